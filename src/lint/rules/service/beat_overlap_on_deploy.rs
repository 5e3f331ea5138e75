//! Celery beat services whose deployments, or zone rebalancing, start a second copy before the first one stops.

use crate::lint::rules::facts::{celery, edits};
use crate::lint::{Applicability, Change, Probe, Problem, Severity, Term};
use crate::model::service::Service;
use crate::model::{Field, Tri};

const SETTINGS: &str = "write deployment_maximum_percent = 100, deployment_minimum_healthy_percent = 0 and \
                        availability_zone_rebalancing = \"DISABLED\"";

fn overlaps(maximum: &Field<i64>, minimum: &Field<i64>) -> Problem {
    let text = |field: &Field<i64>, default: &str| match field.known() {
        Some(value) => value.to_string(),
        None if field.is_absent() => format!("{default} (the default)"),
        None => "not known".to_owned(),
    };
    Problem::new(format!(
        "a deploy runs two celery beats side by side: deployment_maximum_percent is {} and \
         deployment_minimum_healthy_percent is {}",
        text(maximum, "200"),
        text(minimum, "100"),
    ))
    .help(SETTINGS)
}

fn two_sets(what: &str, name: Option<&String>) -> Problem {
    let name = name.map_or("this deployment type", String::as_str);
    Problem::new(format!(
        "{name} keeps the old tasks while the new ones start: a deploy runs two celery beats"
    ))
    .help(format!("use a rolling deployment for the beat service ({what}), and {SETTINGS}"))
}

fn rebalanced() -> Problem {
    Problem::new(
        "availability_zone_rebalancing starts celery beat in another zone before it stops the old one",
    )
    .help("set availability_zone_rebalancing = \"DISABLED\"")
}

fn refused() -> Problem {
    Problem::new("ECS refuses availability_zone_rebalancing ENABLED beside deployment_maximum_percent 100")
        .help("set availability_zone_rebalancing = \"DISABLED\"")
        .severity(Severity::Error)
}

fn rebalancing_not_written() -> Problem {
    Problem::new(
        "availability_zone_rebalancing is not written: a service that has it ENABLED keeps it, and the update to \
         maximum 100 is refused",
    )
    .help("set availability_zone_rebalancing = \"DISABLED\"")
    .severity(Severity::Info)
}

pub(super) fn check(probe: &mut Probe<'_>, service: &Service) {
    let paused = service.desired_count.holds(false, |count| *count == 0);
    let beat = celery::runs_unlocked_beat(probe.deployment, service).and(paused.negate());
    let daemon = service.scheduling_strategy.holds(false, |strategy| strategy.eq_ignore_ascii_case("DAEMON"));
    let controller = &service.deployment_controller;
    let strategy = &service.deployment_strategy;
    let external = controller.holds(false, |kind| kind.eq_ignore_ascii_case("EXTERNAL"));
    // A daemon beat is one too many all the time, which beat-count-not-1 says.
    let beat = beat.and(daemon.negate()).and(external.negate());
    if beat.is_no() {
        return;
    }
    let code_deploy = controller.holds(false, |kind| kind.eq_ignore_ascii_case("CODE_DEPLOY"));
    let blue_green = strategy.holds(false, |kind| !kind.eq_ignore_ascii_case("ROLLING"));
    if code_deploy.is_yes() {
        probe
            .decide(beat.clone(), &controller.origin, || two_sets("controller type ECS", controller.known()));
    } else if blue_green.is_yes() {
        probe.decide(beat.clone(), &strategy.origin, || two_sets("strategy ROLLING", strategy.known()));
    } else {
        rolling(probe, service, beat.clone(), code_deploy.or(blue_green));
    }
    rebalancing(probe, service, &beat);
}

/// Maximum 100 and minimum 0 stop the old task first, unless the deployment type starts a second set anyway. Of
/// the two the written one that is wrong is to blame.
fn rolling(probe: &mut Probe<'_>, service: &Service, beat: Tri, two_sets: Tri) {
    let (maximum, minimum) = (&service.maximum_percent, &service.minimum_healthy_percent);
    let too_high = maximum.holds(true, |percent| *percent != 100);
    let too_healthy = minimum.holds(true, |percent| *percent != 0);
    let place = if maximum.is_written() && !too_high.is_no() {
        &maximum.origin
    } else if minimum.is_written() && !too_healthy.is_no() {
        &minimum.origin
    } else {
        &service.meta.origin
    };
    probe.decide(beat.and(too_high.or(too_healthy).or(two_sets)), place, || {
        one_at_a_time(overlaps(maximum, minimum), service)
    });
}

/// Writes all three settings, where none of them comes from elsewhere.
fn one_at_a_time(problem: Problem, service: &Service) -> Problem {
    let is_open = |field: &Field<i64>| field.not_known().is_some() || field.origin.via.is_some();
    let zones = &service.availability_zone_rebalancing;
    if is_open(&service.maximum_percent)
        || is_open(&service.minimum_healthy_percent)
        || zones.not_known().is_some()
        || zones.origin.via.is_some()
    {
        return problem;
    }
    let settings = [
        ("deployment_maximum_percent", Term::Number(100)),
        ("deployment_minimum_healthy_percent", Term::Number(0)),
        ("availability_zone_rebalancing", Term::from("DISABLED")),
    ];
    problem.fix(Applicability::Safe, Change::set(service.meta.block, settings))
}

fn stay_in_zone(problem: Problem, service: &Service) -> Problem {
    let (name, field) = ("availability_zone_rebalancing", &service.availability_zone_rebalancing);
    edits::set(problem, service.meta.block, field, Applicability::Safe, &[], name, "DISABLED")
}

fn rebalancing(probe: &mut Probe<'_>, service: &Service, beat: &Tri) {
    let field = &service.availability_zone_rebalancing;
    let one_at_a_time = service.maximum_percent.known() == Some(&100);
    if field.is_absent() {
        if one_at_a_time && service.minimum_healthy_percent.known() == Some(&0) && !beat.is_no() {
            probe.decide(beat.clone(), &service.meta.origin, || {
                stay_in_zone(rebalancing_not_written(), service)
            });
        }
        return;
    }
    let enabled = field.holds(false, |value| value.eq_ignore_ascii_case("ENABLED"));
    probe.decide(beat.clone().and(enabled), &field.origin, || {
        stay_in_zone(if one_at_a_time { refused() } else { rebalanced() }, service)
    });
}
