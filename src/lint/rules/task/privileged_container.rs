//! Containers with `privileged: true`.

use super::super::facts::launch;
use crate::lint::{Applicability, Probe, Problem};
use crate::model::Field;
use crate::model::task::{Container, TaskDefinition};

fn privileged(on_fargate: bool, field: &Field<bool>) -> Problem {
    let why =
        if on_fargate { "Fargate refuses to register it" } else { "who takes it over is root on the host" };
    Problem::new(format!("container runs privileged: {why}"))
        .help("drop `privileged`, and add the one Linux capability or device that is needed")
        // Where it runs today, the program may need what it has.
        .rewrite(if on_fargate { Applicability::Safe } else { Applicability::Unsafe }, field, "false")
}

pub(super) fn check(probe: &mut Probe<'_>, task: &TaskDefinition, container: &Container) {
    let is_privileged = container.privileged.holds(false, |privileged| *privileged);
    let deployment = probe.deployment;
    probe.decide(is_privileged, &container.privileged.origin, || {
        privileged(launch::of_task(deployment, task).fargate().is_yes(), &container.privileged)
    });
}
