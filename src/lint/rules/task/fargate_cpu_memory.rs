//! Task sizes that Fargate does not sell, and large ones on an old platform version.

use super::super::facts::fargate_sizes::{self as sizes, Size};
use super::super::facts::launch;
use crate::lint::probe::listed;
use crate::lint::rules::facts::edits;
use crate::lint::{Applicability, Change, Check, Probe, Problem};
use crate::model::graph::TaskDefinitionId;
use crate::model::schedule::ScheduledTask;
use crate::model::service::Service;
use crate::model::task::TaskDefinition;
use crate::model::{Field, Link, Tri};
use crate::value::Causes;

pub(super) const CHECKS: &[Check] =
    &[Check::Task(task), Check::Service(service), Check::ScheduledTask(schedule)];

fn no_cpu_size(cpu: i64, windows: bool, advice: String) -> Problem {
    let on = if windows { "Fargate for Windows" } else { "Fargate" };
    let valid: Vec<String> = sizes::cpus(windows).iter().map(ToString::to_string).collect();
    Problem::new(format!("{cpu} cpu units are no size of {on}, which has {}", listed(&valid))).help(advice)
}

fn no_pair(size: Size, windows: bool, advice: String) -> Problem {
    let on = if windows { "Fargate for Windows" } else { "Fargate" };
    let valid = sizes::memories(size.cpu, windows);
    let range = match valid.as_slice() {
        [low, .., high] if valid.len() > 4 => format!("{low} to {high} in steps of {}", step(&valid)),
        all => listed(&all.iter().map(ToString::to_string).collect::<Vec<_>>()),
    };
    let Size { cpu, memory } = size;
    Problem::new(format!("{memory} MiB do not go with {cpu} cpu units: {on} has {range} MiB there"))
        .help(advice)
}

fn old_platform(version: &str, cpu: i64) -> Problem {
    Problem::new(format!(
        "platform version {version} has no tasks of {} vCPU, which need 1.4.0 or later",
        cpu / 1024
    ))
    .help("set the platform version to `LATEST` or `1.4.0`, or leave it out")
}

fn advice(wanted: Size, floor: i64, windows: bool) -> String {
    let nearest = sizes::nearest(wanted, floor, windows);
    let holding = sizes::cheapest_holding(Size { memory: wanted.memory.max(floor), ..wanted }, windows);
    let words = |size: Size| format!("{} with {}", size.cpu, size.memory);
    match (nearest, holding) {
        (Some(nearest), Some(holding)) if nearest == holding => format!("use {}", words(nearest)),
        (Some(nearest), Some(holding)) => {
            format!(
                "nearest valid pair: {}; cheapest with at least this much: {}",
                words(nearest),
                words(holding)
            )
        }
        (Some(only), None) | (None, Some(only)) => format!("use {}", words(only)),
        (None, None) => "split the task: Fargate has no size that large".to_owned(),
    }
}

/// Writes the cheapest size that holds what is written and what the containers need, where both numbers stand in
/// the task definition.
fn with_size(problem: Problem, task: &TaskDefinition, floor: i64, windows: bool) -> Problem {
    let (Some(cpu), Some(memory)) = (task.cpu.known(), task.memory.known()) else { return problem };
    let wanted = Size { cpu: *cpu, memory: (*memory).max(floor) };
    let in_place = task.cpu.origin.via.is_none()
        && task.memory.origin.via.is_none()
        && task.operating_system.not_known().is_none();
    let Some(size) = sizes::cheapest_holding(wanted, windows).filter(|_| in_place) else { return problem };
    let change = Change::set(
        task.meta.block,
        [("cpu", edits::task_number(task, size.cpu)), ("memory", edits::task_number(task, size.memory))],
    );
    problem.fix(Applicability::Safe, change)
}

fn step(values: &[i64]) -> i64 {
    match values {
        [first, second, ..] => second - first,
        _ => 0,
    }
}

fn task(probe: &mut Probe<'_>, task: &TaskDefinition) {
    let on_fargate = launch::of_task(probe.deployment, task).fargate();
    // What is absent is for fargate-required-properties.
    if on_fargate.is_no() || task.cpu.is_absent() {
        return;
    }
    let windows =
        task.operating_system.holds(false, |system| system.to_ascii_uppercase().starts_with("WINDOWS"));
    let systems: &[bool] = match windows {
        Tri::Yes => &[true],
        Tri::No => &[false],
        Tri::Maybe(_) => &[false, true],
    };
    let cpu_is_wrong = systems
        .iter()
        .map(|windows| task.cpu.holds(false, |cpu| !sizes::is_cpu(*cpu, *windows)))
        .fold(None, |answer, next| agreed(answer, next, &task.operating_system))
        .unwrap_or(Tri::No);
    let memory_causes = task.cpu.causes().and(&task.memory.causes());
    let pair_is_wrong = systems
        .iter()
        .map(|windows| pair_is_wrong(task, *windows, &memory_causes))
        .fold(None, |answer, next| agreed(answer, next, &task.operating_system))
        .unwrap_or(Tri::No);
    let windows = windows.is_yes();
    let floor = limits(task);
    let cpu = first(&task.cpu);
    let wanted = Size { cpu, memory: first(&task.memory) };
    if cpu_is_wrong.is_yes() || task.memory.is_absent() {
        probe.decide(on_fargate.and(cpu_is_wrong), &task.cpu.origin, || {
            with_size(no_cpu_size(cpu, windows, advice(wanted, floor, windows)), task, floor, windows)
        });
    } else {
        let wrong = on_fargate.and(pair_is_wrong);
        let is_open = matches!(wrong, Tri::Maybe(_)) && task.cpu.not_known().is_some();
        let at = if is_open { &task.cpu.origin } else { &task.memory.origin };
        probe.decide(wrong, at, || {
            let problem = no_pair(wanted, windows, advice(wanted, floor, windows));
            with_size(problem.related(&task.cpu.origin, "the task's cpu"), task, floor, windows)
        });
    }
}

/// Answers for several operating systems, where which one it is is not known.
fn agreed(answer: Option<Tri>, next: Tri, system: &Field<String>) -> Option<Tri> {
    match answer {
        None => Some(next),
        Some(answer) if answer == next => Some(answer),
        Some(answer) => {
            let mut causes = system.causes();
            for part in [answer, next] {
                if let Tri::Maybe(more) = part {
                    causes.add_all(&more);
                }
            }
            Some(Tri::Maybe(causes))
        }
    }
}

/// Whether no possible pair is valid.
fn pair_is_wrong(task: &TaskDefinition, windows: bool, causes: &Causes) -> Tri {
    let (cpus, memories) = match (task.cpu.possible(None), task.memory.possible(None)) {
        (Ok(cpus), Ok(memories)) => (cpus, memories),
        // One half is enough when nothing goes with it.
        (Err(_), Ok(memories)) => {
            let fits = |memory: i64| {
                sizes::cpus(windows).into_iter().any(|cpu| sizes::is_valid(Size { cpu, memory }, windows))
            };
            let none_fits = !memories.is_empty() && memories.iter().all(|memory| !fits(**memory));
            return if none_fits { Tri::Yes } else { Tri::Maybe(causes.clone()) };
        }
        _ => return Tri::Maybe(causes.clone()),
    };
    let pairs =
        cpus.iter().flat_map(|cpu| memories.iter().map(|memory| Size { cpu: **cpu, memory: **memory }));
    let mut answers = pairs.map(|size| !sizes::is_valid(size, windows));
    match answers.next() {
        None => Tri::No,
        Some(first) if answers.all(|answer| answer == first) => first.into(),
        Some(_) => Tri::Maybe(causes.clone()),
    }
}

/// The value to speak of: the known one, else the smallest alternative.
fn first(field: &Field<i64>) -> i64 {
    field.possible(None).ok().and_then(|values| values.into_iter().copied().min()).unwrap_or_default()
}

/// Known hard limits of the containers in MiB: advice must not go below.
fn limits(task: &TaskDefinition) -> i64 {
    task.containers
        .iter()
        .filter_map(|container| container.memory.known())
        .fold(0, |sum, memory| sum.saturating_add(*memory))
}

fn service(probe: &mut Probe<'_>, service: &Service) {
    platform(probe, &service.platform_version, &service.task_definition_link);
}

fn schedule(probe: &mut Probe<'_>, schedule: &ScheduledTask) {
    platform(probe, &schedule.platform_version, &schedule.task_definition_link);
}

fn platform(probe: &mut Probe<'_>, version: &Field<String>, link: &Link<TaskDefinitionId>) {
    let Some(task) = link.to().and_then(|id| probe.deployment.task_definition(id)) else { return };
    let is_large = task.cpu.holds(false, |cpu| *cpu >= sizes::LARGE_CPU);
    if version.is_absent() || is_large.is_no() {
        return;
    }
    let is_old = version.holds(false, |version| is_before_1_4(version));
    probe.decide(is_large.and(is_old), &version.origin, || {
        old_platform(version.known().map_or("", String::as_str), first(&task.cpu))
            .related(&task.cpu.origin, "the task's cpu")
    });
}

fn is_before_1_4(version: &str) -> bool {
    let mut numbers = version.split('.').map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) < (1, 4),
        (Some(Ok(major)), None) => major < 1,
        // `LATEST`
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_platform_versions_are_told() {
        assert!(is_before_1_4("1.3.0"));
        assert!(!is_before_1_4("1.4.0"));
        assert!(!is_before_1_4("LATEST"));
    }
}
