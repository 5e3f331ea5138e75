//! Deploys that report success before ECS has replaced the tasks.

use super::super::facts::deploys::{self, By, Deploy, Event};
use crate::lint::{Applicability, Change, Probe, Problem, Term};
use crate::model::workflow::{Job, Workflow};
use crate::model::{Field, Tri};

const WAIT: &str = "wait-for-service-stability";

fn input_missing() -> Problem {
    Problem::new("the deploy does not wait: `wait-for-service-stability` is not set")
        .help("set `wait-for-service-stability: true`, or end with `aws ecs wait services-stable`")
}

fn input_is_no(value: &str) -> Problem {
    Problem::new(format!(
        "the deploy does not wait: `wait-for-service-stability` is `{value}`, and only `true` waits"
    ))
    .help("set `wait-for-service-stability: true`")
}

fn command_does_not_wait(service: Option<&String>) -> Problem {
    let which = service.map_or_else(|| "the service".to_owned(), |name| format!("`{name}`"));
    Problem::new(format!("nothing waits until {which} is stable after this update"))
        .help("follow it with `aws ecs wait services-stable` for that service")
}

pub(super) fn check(probe: &mut Probe<'_>, workflow: &Workflow, job: &Job) {
    for (step_at, step) in job.steps.items.iter().enumerate() {
        for (event_at, event) in deploys::events(step).iter().enumerate() {
            let Event::Deploy(deploy) = event else { continue };
            let later = deploys::waited_for_later(workflow, job, step_at, event_at, deploy.service);
            judge(probe, deploy, later);
        }
    }
}

fn judge(probe: &mut Probe<'_>, deploy: &Deploy<'_>, later: Tri) {
    match deploy.by {
        By::Command => {
            probe.decide(later.negate(), deploy.at, || command_does_not_wait(deploy.service.known()))
        }
        By::Action { wait, service_key } => {
            let waits = wait
                .map_or(Tri::No, |wait| wait.holds(false, |value| value.trim().eq_ignore_ascii_case("true")));
            let written: Option<(&Field<String>, &String)> =
                wait.and_then(|wait| Some((wait, wait.known()?)));
            let at = wait.filter(|wait| wait.is_written()).map_or(deploy.at, |wait| &wait.origin);
            probe.decide(waits.or(later).negate(), at, || match written {
                // What an expression or a caller gives is changed there.
                Some((field, value)) if field.origin.via.is_none() => {
                    let change = Change::Replace { literal: field.span(), value: Term::Bool(true) };
                    input_is_no(value).fix(Applicability::Safe, change)
                }
                Some((_, value)) => input_is_no(value),
                None if wait.is_some() => input_missing(),
                None => {
                    let argument = (WAIT.into(), Term::Bool(true));
                    input_missing().fix(Applicability::Safe, Change::Beside { key: service_key, argument })
                }
            });
        }
    }
}
