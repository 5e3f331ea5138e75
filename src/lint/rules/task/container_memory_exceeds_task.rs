//! Containers that ask together, or one alone, for more than their task has.

use super::super::facts::launch;
use crate::lint::probe::container_element;
use crate::lint::{Probe, Problem, Severity};
use crate::model::task::{Container, TaskDefinition};
use crate::model::{Field, Items, Tri};
use crate::value::Causes;

fn container_above_task(memory: i64, task: i64) -> Problem {
    Problem::new(format!("container asks for {memory} MiB, the task has {task} MiB: ECS refuses it"))
        .help("raise the memory of the task, or lower that of the container")
}

fn reservations_above_task(sum: i64, task: i64) -> Problem {
    Problem::new(format!("containers reserve {sum} MiB together, the task has {task} MiB"))
        .help("raise the memory of the task, or lower the containers' numbers until they fit")
}

fn limits_above_task(sum: i64, task: i64) -> Problem {
    Problem::new(format!("the containers' memory limits add up to {sum} MiB, the task has {task} MiB: not all can reach their limit"))
        .severity(Severity::Info)
        .help("raise the memory of the task, or lower the limits")
}

fn cpu_above_task(sum: i64, task: i64) -> Problem {
    Problem::new(format!(
        "containers ask for {sum} cpu units together, the task has {task}: Fargate refuses it"
    ))
    .help("raise the cpu of the task, or lower the containers' numbers until they fit")
}

fn reservation_above_limit(reservation: i64, memory: i64) -> Problem {
    Problem::new(format!(
        "memoryReservation {reservation} is above the memory {memory} of the same container"
    ))
    .help("lower memoryReservation, or raise memory")
}

pub(super) fn check(probe: &mut Probe<'_>, task: &TaskDefinition) {
    for (index, container) in task.containers.with_template().enumerate() {
        reservation(probe, container, index);
    }
    memory(probe, task);
    cpu(probe, task);
}

/// What a number may be, and why it is not known.
#[derive(Debug, Clone)]
struct Range {
    low: i64,
    high: Option<i64>,
    causes: Causes,
}

impl Range {
    /// The amount in a field; absent is 0, and negative numbers do not count.
    fn of(field: &Field<i64>) -> Self {
        match field.possible(Some(&0)) {
            Ok(values) => Self {
                low: values.iter().map(|value| **value).min().unwrap_or(0).max(0),
                high: Some(values.iter().map(|value| **value).max().unwrap_or(0).max(0)),
                causes: field.causes(),
            },
            Err(causes) => Self { low: 0, high: None, causes },
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            low: self.low.saturating_add(other.low),
            high: self.high.zip(other.high).map(|(a, b)| a.saturating_add(b)),
            causes: self.causes.and(&other.causes),
        }
    }

    /// The sum over all containers; further unknown ones may add anything.
    fn sum(containers: &Items<Container>, of: impl Fn(&Container) -> Self) -> Self {
        let none = Self { low: 0, high: Some(0), causes: Causes::none() };
        let known = containers.iter().map(&of).fold(none, Self::plus);
        match &containers.open {
            None => known,
            Some(open) => {
                let adds_nothing =
                    open.template.as_deref().is_some_and(|container| of(container).high == Some(0));
                let rest = Self { low: 0, high: adds_nothing.then_some(0), causes: open.causes.clone() };
                known.plus(rest)
            }
        }
    }

    fn exceeds(&self, limit: &Self) -> Tri {
        if limit.high.is_some_and(|high| self.low > high) {
            Tri::Yes
        } else if self.high.is_some_and(|high| high <= limit.low) {
            Tri::No
        } else {
            Tri::Maybe(self.causes.clone().and(&limit.causes))
        }
    }
}

/// `memoryReservation`, else `memory`: what ECS counts against the task.
fn reserved(container: &Container) -> Range {
    match container.memory_reservation.is_set() {
        Tri::Yes => Range::of(&container.memory_reservation),
        Tri::No => Range::of(&container.memory),
        Tri::Maybe(_) => Range::of(&container.memory_reservation),
    }
}

fn memory(probe: &mut Probe<'_>, task: &TaskDefinition) {
    let limit = Range::of(&task.memory);
    if task.memory.is_absent() || limit.high == Some(0) || task.containers.is_empty().is_yes() {
        return;
    }
    let mut found = false;
    for (index, container) in task.containers.with_template().enumerate() {
        let own = Range::of(&container.memory);
        if own.exceeds(&limit).is_yes() {
            let problem = container_above_task(own.low, limit.high.unwrap_or_default());
            let problem = problem.element(container_element(container.name.known(), index));
            probe.fail(&container.memory.origin, problem.related(&task.memory.origin, "the task's memory"));
            found = true;
        }
    }
    if found {
        return;
    }
    let reservations = Range::sum(&task.containers, reserved);
    let limits = Range::sum(&task.containers, |container| Range::of(&container.memory));
    let task_memory = limit.high.unwrap_or_default();
    match reservations.exceeds(&limit) {
        Tri::Yes => probe.fail(&task.memory.origin, reservations_above_task(reservations.low, task_memory)),
        Tri::Maybe(causes) => probe.undecided(&task.memory.origin, &causes),
        Tri::No => probe.decide(limits.exceeds(&limit), &task.memory.origin, || {
            limits_above_task(limits.low, task_memory)
        }),
    }
}

fn cpu(probe: &mut Probe<'_>, task: &TaskDefinition) {
    let on_fargate = launch::of_task(probe.deployment, task).fargate();
    if task.cpu.is_absent() || on_fargate.is_no() {
        return;
    }
    let limit = Range::of(&task.cpu);
    let sum = Range::sum(&task.containers, |container| Range::of(&container.cpu));
    probe.decide(on_fargate.and(sum.exceeds(&limit)), &task.cpu.origin, || {
        cpu_above_task(sum.low, limit.high.unwrap_or_default())
    });
}

fn reservation(probe: &mut Probe<'_>, container: &Container, index: usize) {
    let positive = |field: &Field<i64>| field.holds(false, |value| *value > 0);
    if container.memory.is_absent()
        || container.memory_reservation.is_absent()
        || positive(&container.memory).is_no()
    {
        return;
    }
    let (own, limit) = (Range::of(&container.memory_reservation), Range::of(&container.memory));
    let element = container_element(container.name.known(), index);
    probe.decide(own.exceeds(&limit), &container.memory_reservation.origin, || {
        reservation_above_limit(own.low, limit.high.unwrap_or_default()).element(element)
    });
}
