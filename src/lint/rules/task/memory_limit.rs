//! Containers on EC2 that may take all the memory of their host.

use super::super::facts::launch;
use crate::lint::{Probe, Problem};
use crate::model::task::{Container, TaskDefinition};
use crate::model::{Field, Tri};

const LIMIT: &str = "set `memory` in the container above its usual peak, or give the task a memory size";

fn refused(written: &str) -> Problem {
    Problem::new(format!(
        "{written}, and the task has no memory: ECS refuses a container with neither memory nor memoryReservation"
    ))
    .help(LIMIT)
}

fn only_reservation() -> Problem {
    Problem::new("container has no memory limit, as memoryReservation guides placement only: a leak can take the host down")
        .help(LIMIT)
}

fn zero() -> Problem {
    Problem::new("memory is 0, which is no limit: a leak can take the host down").help(LIMIT)
}

fn both_zero() -> Problem {
    Problem::new("cpu and memory are both 0: the container has neither a share nor a limit of its own")
        .help(LIMIT)
}

pub(super) fn check(probe: &mut Probe<'_>, task: &TaskDefinition, container: &Container) {
    let on_ec2 = launch::of_task(probe.deployment, task).ec2();
    if on_ec2.is_no() {
        return;
    }
    let limited = has_some(&task.memory).or(has_some(&container.memory));
    let both = is_zero(&container.cpu).and(is_zero(&container.memory));
    let unlimited = limited.negate();
    probe.decide(on_ec2.and(unlimited.clone().or(both.clone())), &container.memory.origin, || {
        let problem = match (unlimited.is_yes(), has_some(&container.memory_reservation).is_no()) {
            (true, true) => refused(match (both.is_yes(), container.memory.is_written()) {
                (true, _) => "cpu and memory are both 0",
                (false, true) => "memory is 0",
                (false, false) => "container has no memory",
            }),
            (false, _) => both_zero(),
            (true, false) if both.is_yes() => both_zero(),
            (true, false) if container.memory.is_written() => zero(),
            (true, false) => only_reservation(),
        };
        if both.is_yes() { problem.related(&container.cpu.origin, "cpu is 0 as well") } else { problem }
    });
}

fn has_some(memory: &Field<i64>) -> Tri {
    memory.holds(false, |mebibytes| *mebibytes > 0)
}

fn is_zero(field: &Field<i64>) -> Tri {
    field.holds(false, |value| *value == 0)
}
