//! Celery beat services that run, or may be scaled to, more than one task; each copy sends every job.

use crate::lint::rules::facts::{celery, edits};
use crate::lint::{Applicability, Change, Probe, Problem, Severity, Term};
use crate::model::service::{ScalingTarget, Service};
use crate::model::{Field, Stage, Tri};

fn too_many(count: i64) -> Problem {
    Problem::new(format!("celery beat runs {count} times: every scheduled job is sent {count} times"))
        .help("set desired_count = 1, or use a scheduler that takes a lock, such as RedBeat")
}

fn too_many_unnumbered() -> Problem {
    Problem::new("celery beat runs more than once: every scheduled job is sent once per copy")
        .help("set desired_count = 1, or use a scheduler that takes a lock, such as RedBeat")
}

fn may_scale(most: Option<i64>) -> Problem {
    let most = most.map_or_else(|| "above 1".to_owned(), |most| format!("to {most} tasks"));
    Problem::new(format!(
        "autoscaling may take celery beat {most} (max_capacity): jobs are sent once per copy"
    ))
    .help("keep autoscaling away from the beat service: remove this target, or set max_capacity = 1")
}

fn one_per_instance() -> Problem {
    Problem::new("DAEMON runs one celery beat on every container instance: jobs are sent once per instance")
        .help("use the REPLICA strategy with desired_count = 1")
}

fn paused() -> Problem {
    Problem::new("celery beat is paused in production: desired_count is 0, so no scheduled job is sent")
        .help("set desired_count = 1 when the pause is over")
        .severity(Severity::Info)
}

pub(super) fn check(probe: &mut Probe<'_>, service: &Service) {
    let beat = celery::runs_unlocked_beat(probe.deployment, service);
    if beat.is_no() {
        return;
    }
    let daemon = service.scheduling_strategy.holds(false, |strategy| strategy.eq_ignore_ascii_case("DAEMON"));
    if !daemon.is_no() {
        settle(probe, &beat, daemon, &service.scheduling_strategy, one_per_instance);
        return;
    }
    let count = &service.desired_count;
    if count.known() == Some(&0) && probe.stage() == Stage::Production {
        probe.decide(beat, &count.origin, paused);
        return;
    }
    let many = count.holds(false, |count| *count > 1);
    let meta = probe.meta();
    settle(probe, &beat, many, count, || match count.known() {
        Some(known) => {
            edits::set(too_many(*known), meta.block, count, Applicability::Safe, &[], "desired_count", 1)
        }
        None => too_many_unnumbered(),
    });
    for target in service.scaling.iter().filter_map(|id| probe.deployment.scaling_target(*id)) {
        let most = &target.max_capacity;
        let above = most.holds(false, |most| *most > 1);
        settle(probe, &beat, above, most, || {
            let problem = may_scale(most.known().copied());
            match most.known().is_some_and(|_| most.origin.via.is_none()) {
                true => problem.fix_of(&target.meta, Applicability::Safe, one_at_most(target)),
                false => problem,
            }
        });
    }
}

/// A minimum above the maximum is refused.
fn one_at_most(target: &ScalingTarget) -> Change {
    let lowered = target.min_capacity.known().is_some_and(|least| *least > 1);
    if lowered {
        Change::set(target.meta.block, [("min_capacity", Term::Number(1)), ("max_capacity", Term::Number(1))])
    } else {
        Change::set(target.meta.block, [("max_capacity", Term::Number(1))])
    }
}

/// What may not be a beat at all says nothing unless it could be wrong.
fn settle<T>(
    probe: &mut Probe<'_>,
    beat: &Tri,
    bad: Tri,
    field: &Field<T>,
    problem: impl FnOnce() -> Problem,
) {
    let bad = beat.clone().and(bad);
    if beat.is_yes() || !bad.is_no() {
        probe.decide(bad, &field.origin, problem);
    }
}
