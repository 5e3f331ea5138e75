//! Containers on EC2 that may take all the memory of their host.

use super::super::facts::launch;
use crate::lint::{Probe, Problem};
use crate::model::task::{Container, TaskDefinition};
use crate::model::{Field, Tri};

const LIMIT: &str = "set `memory` in the container above its usual peak, or give the task a memory size";

fn refused() -> Problem {
    Problem::new(
        "container has neither memory nor memoryReservation and the task has no memory: ECS refuses it",
    )
    .help(LIMIT)
}

fn only_reservation() -> Problem {
    Problem::new("container has no memory limit: memoryReservation guides placement only, and a leak can take the host down")
        .help(LIMIT)
}

fn zero() -> Problem {
    Problem::new("memory is 0, which is no limit: a leak can take the host down").help(LIMIT)
}

fn both_zero() -> Problem {
    Problem::new("cpu and memory are both 0: the container has no share and no limit").help(LIMIT)
}

pub(super) fn check(probe: &mut Probe<'_>, task: &TaskDefinition, container: &Container) {
    let on_ec2 = launch::of_task(probe.deployment, task).ec2();
    if on_ec2.is_no() {
        return;
    }
    let limited = has_some(&task.memory).or(has_some(&container.memory));
    let both = is_zero(&container.cpu).and(is_zero(&container.memory));
    let is_both_zero = both.is_yes();
    probe.decide(on_ec2.and(limited.negate().or(both)), &container.memory.origin, || {
        if is_both_zero {
            both_zero()
        } else if container.memory.is_written() {
            zero()
        } else if has_some(&container.memory_reservation).is_no() {
            refused()
        } else {
            only_reservation()
        }
    });
}

fn has_some(memory: &Field<i64>) -> Tri {
    memory.holds(false, |mebibytes| *mebibytes > 0)
}

fn is_zero(field: &Field<i64>) -> Tri {
    field.holds(false, |value| *value == 0)
}
