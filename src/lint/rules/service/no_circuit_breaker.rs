//! Rolling services without a deployment circuit breaker: a broken release restarts for ever.

use crate::lint::rules::facts::edits;
use crate::lint::{Applicability, Change, Probe, Problem, Term};
use crate::model::service::{DeploymentAlarms, Service};
use crate::model::{Field, State, Tri};

const BLOCK: &str = "add deployment_circuit_breaker { enable = true, rollback = true }, one setting a line";

fn missing() -> Problem {
    Problem::new(
        "no deployment_circuit_breaker: a release whose tasks never become healthy restarts for ever",
    )
    .help(BLOCK)
}

fn switched_off() -> Problem {
    Problem::new("deployment_circuit_breaker is off: a release whose tasks never become healthy restarts for ever")
        .help("set enable = true in deployment_circuit_breaker, and rollback = true to return to the last good revision")
}

pub(super) fn check(probe: &mut Probe<'_>, service: &Service) {
    let rolling = service
        .deployment_controller
        .holds(true, |kind| kind.eq_ignore_ascii_case("ECS"))
        .and(service.deployment_strategy.holds(true, |kind| kind.eq_ignore_ascii_case("ROLLING")));
    let applies = rolling.and(roll_back(&service.deployment_alarms).negate());
    match &service.circuit_breaker.state {
        _ if applies.is_no() => {}
        State::Absent => probe.decide(applies, &service.meta.origin, || {
            let on = [("enable", Term::Bool(true)), ("rollback", Term::Bool(true))];
            let change = Change::set_within(service.meta.block, &["deployment_circuit_breaker"], on);
            missing().fix(Applicability::Safe, change)
        }),
        State::Unknown(unknown) => {
            probe.decide(
                applies.and(Tri::Maybe(unknown.causes.clone())),
                &service.circuit_breaker.origin,
                missing,
            );
        }
        State::Known(breaker) => {
            let off = breaker.enable.holds(true, |enable| !enable);
            let meta = probe.meta();
            probe.decide(applies.and(off), &breaker.enable.origin, || {
                let (field, within) = (&breaker.enable, ["deployment_circuit_breaker"]);
                edits::set(switched_off(), meta.block, field, Applicability::Safe, &within, "enable", true)
            });
        }
    }
}

/// Whether alarms stop and roll back a broken deployment.
fn roll_back(alarms: &Field<DeploymentAlarms>) -> Tri {
    match &alarms.state {
        State::Absent => Tri::No,
        State::Unknown(unknown) => Tri::Maybe(unknown.causes.clone()),
        State::Known(alarms) => alarms
            .enable
            .holds(false, |enable| *enable)
            .and(alarms.rollback.holds(false, |rollback| *rollback)),
    }
}
