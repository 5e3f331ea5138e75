//! Containers whose output nobody keeps.

use super::super::facts::launch;
use crate::lint::{Probe, Problem, Severity};
use crate::model::Tri;
use crate::model::task::{Container, TaskDefinition};

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
        Tri::Yes => lost(&name),
        // It is the milder case where the launch type is not known.
        Tri::No | Tri::Maybe(_) => left_to_host(&name),
    });
}
