//! Containers whose output nobody keeps.

use super::super::facts::{edits, launch};
use crate::lint::{Applicability, Change, Probe, Problem, Severity};
use crate::model::Tri;
use crate::model::task::{Container, LogConfiguration, TaskDefinition};

const HELP: &str = "send the output to a log group with a retention (awslogs), or to a FireLens router";

fn lost(name: &str) -> Problem {
    Problem::new(format!("{name} has no log configuration: on Fargate its output is lost")).help(HELP)
}

fn left_to_host(name: &str) -> Problem {
    Problem::new(format!(
        "{name} has no log configuration: its output goes where the host's Docker daemon sends it"
    ))
    .severity(Severity::Info)
    .help(HELP)
}

pub(super) fn check(probe: &mut Probe<'_>, task: &TaskDefinition, container: &Container) {
    let counts = container.essential.holds(true, |essential| *essential).or(container.firelens.is_set());
    if counts.is_no() {
        return;
    }
    let on_fargate = launch::of_task(probe.deployment, task).fargate();
    let name =
        container.name.known().map_or_else(|| "container".to_owned(), |name| format!("container {name}"));
    let bad = counts.and(container.log.is_set().negate());
    probe.decide(bad, &container.log.origin, || match on_fargate {
        Tri::Yes => like_another(lost(&name), Applicability::Safe, task, container),
        // It is the milder case where the launch type is not known.
        Tri::No | Tri::Maybe(_) => like_another(left_to_host(&name), Applicability::Unsafe, task, container),
    });
}

/// Where another container of the task sends its output, this one's is looked for as well: streams are told apart
/// by the names of the containers.
fn like_another(
    problem: Problem,
    applicability: Applicability,
    task: &TaskDefinition,
    container: &Container,
) -> Problem {
    let is_awslogs = |log: &LogConfiguration| log.driver.known().is_some_and(|driver| driver == "awslogs");
    let is_written_beside = |other: &&Container| {
        other.log.known().is_some_and(is_awslogs)
            && edits::is_beside(&container.origin, &other.log.origin)
            && other.origin.span.file == container.origin.span.file
    };
    let other = task.containers.iter().find(is_written_beside);
    match other.filter(|_| container.log.is_absent() && edits::is_in_place(&container.origin)) {
        Some(other) => {
            let (from, to) = (other.origin.span, container.origin.span);
            problem.fix(applicability, Change::Copy { from, to, member: "logConfiguration" })
        }
        None => problem,
    }
}
