//! Containers with `privileged: true`.

use super::super::facts::{edits, launch};
use crate::lint::{Applicability, Probe, Problem};
use crate::model::task::{Container, TaskDefinition};

fn privileged(on_fargate: bool, container: &Container) -> Problem {
    let why =
        if on_fargate { "Fargate refuses to register it" } else { "who takes it over is root on the host" };
    let problem = Problem::new(format!("container runs privileged: {why}"))
        .help("drop `privileged`, and add the one Linux capability or device that is needed");
    // Where it runs today, the program may need what it has.
    let how = if on_fargate { Applicability::Safe } else { Applicability::Unsafe };
    edits::set_member(problem, &container.origin, &container.privileged, how, &[], "privileged", false)
}

pub(super) fn check(probe: &mut Probe<'_>, task: &TaskDefinition, container: &Container) {
    let is_privileged = container.privileged.holds(false, |privileged| *privileged);
    let deployment = probe.deployment;
    probe.decide(is_privileged, &container.privileged.origin, || {
        privileged(launch::of_task(deployment, task).fargate().is_yes(), container)
    });
}
