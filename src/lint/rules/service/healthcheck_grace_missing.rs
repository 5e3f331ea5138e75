//! Load-balanced services without a grace period that covers the start of their containers.

use crate::lint::rules::facts::edits;
use crate::lint::rules::facts::image::{self, Image};
use crate::lint::{Applicability, Probe, Problem};
use crate::model::balancer::TargetGroup;
use crate::model::service::Service;
use crate::model::task::{Container, TaskDefinition};
use crate::model::{Link, PatternPart, Tri};
use crate::value::Origin;

/// Web servers that serve files at once.
const STATIC_SERVERS: [&str; 3] = ["nginx", "httpd", "caddy"];
/// Seconds a target group must wait before it gives a task up, to do without a grace period.
const LAX: i64 = 180;
/// Seconds that a fix gives an application whose own start period is shorter or not known.
const USUAL: i64 = 60;
/// Seconds between checks of a target group where none are written (Elastic Load Balancing API).
const DEFAULT_INTERVAL: i64 = 30;
/// Failed checks in a row where none are written (provider of Terraform).
const DEFAULT_THRESHOLD: i64 = 3;

fn missing() -> Problem {
    Problem::new(
        "health_check_grace_period_seconds is not written: ECS stops tasks whose checks fail while they still start",
    )
    .help("give the application time to start, usually 60 to 120 seconds; the period holds back container checks too")
}

fn zero() -> Problem {
    Problem::new(
        "health_check_grace_period_seconds is 0: ECS stops tasks whose checks fail while they still start",
    )
    .help("give the application time to start, usually 60 to 120 seconds; the period holds back container checks too")
}

fn too_short(grace: Option<i64>, start: i64, at: &Origin) -> Problem {
    let grace = grace.map_or_else(|| "shorter".to_owned(), |grace| grace.to_string());
    Problem::new(format!(
        "health_check_grace_period_seconds is {grace}, but the container may take {start} seconds to start"
    ))
    .help(format!(
        "set it to {start} or more: the balancer's checks must not count before the container's do"
    ))
    .related(at, format!("startPeriod is {start} seconds here"))
}

pub(super) fn check(probe: &mut Probe<'_>, service: &Service) {
    let balanced = service.load_balancers.is_empty().negate().or(service.lattice.is_empty().negate());
    if balanced.is_no() || is_lax(probe, service).is_yes() {
        return;
    }
    let task = service.task_definition_link.to().and_then(|id| probe.deployment.task_definition(id));
    let quick = match (task, &service.task_definition_link) {
        (Some(task), _) => task.containers.all(is_static_server),
        (None, Link::Unknown(causes)) => Tri::Maybe(causes.clone()),
        (None, _) => Tri::No,
    };
    let applies = balanced.and(quick.negate()).and(is_lax(probe, service).negate());
    if applies.is_no() {
        return;
    }
    let grace = &service.health_check_grace_period;
    match grace.holds(true, |seconds| *seconds <= 0) {
        Tri::No => {}
        bad => {
            let place = if grace.is_absent() { &service.meta.origin } else { &grace.origin };
            let start = task.and_then(longest_start).map_or(USUAL, |(start, _)| start.max(USUAL));
            probe.decide(applies.and(bad), place, || {
                wait(if grace.is_absent() { missing() } else { zero() }, service, start)
            });
            return;
        }
    }
    let short = match (grace.known(), task, &service.task_definition_link) {
        (Some(grace), Some(task), _) => task.containers.any(|container| starts_longer(container, *grace)),
        (Some(_), None, Link::Unknown(causes)) => Tri::Maybe(causes.clone()),
        _ => Tri::No,
    };
    let bad = applies.and(short);
    match (bad.is_yes(), task.and_then(longest_start)) {
        (true, Some((start, at))) => {
            probe.fail(&grace.origin, wait(too_short(grace.known().copied(), start, at), service, start));
        }
        _ => probe.decide(bad, &grace.origin, missing),
    }
}

/// How long the application takes to start is a guess.
fn wait(problem: Problem, service: &Service, seconds: i64) -> Problem {
    let name = "health_check_grace_period_seconds";
    let grace = &service.health_check_grace_period;
    edits::set(problem, service.meta.block, grace, Applicability::Unsafe, &[], name, seconds)
}

/// Whether the container is essential and may take longer to start than the grace period, in seconds.
fn starts_longer(container: &Container, grace: i64) -> Tri {
    let longer = match (container.health_check.known(), container.health_check.not_known()) {
        (Some(check), _) => check.start_period.holds(false, |start| *start > grace),
        (None, Some(unknown)) => Tri::Maybe(unknown.causes.clone()),
        (None, None) => Tri::No,
    };
    container.essential.holds(true, |essential| *essential).and(longer)
}

/// The longest known start period of an essential container.
fn longest_start(task: &TaskDefinition) -> Option<(i64, &Origin)> {
    let essential = |container: &&Container| !container.essential.holds(true, |essential| *essential).is_no();
    task.containers
        .iter()
        .filter(essential)
        .filter_map(|container| {
            let start = &container.health_check.known()?.start_period;
            Some((*start.known()?, &start.origin))
        })
        .max_by_key(|(start, _)| *start)
}

/// Whether every target group of the service is patient enough by itself. One outside the code counts as usual.
fn is_lax(probe: &Probe<'_>, service: &Service) -> Tri {
    if !service.lattice.is_empty().is_yes() || service.load_balancers.is_empty().is_yes() {
        return Tri::No;
    }
    service.load_balancers.all(|balancer| match &balancer.target_group_link {
        Link::To(id) => probe.deployment.target_group(*id).map_or(Tri::No, waits_long),
        Link::Unknown(causes) => Tri::Maybe(causes.clone()),
        Link::NotFound(_) | Link::Absent => Tri::No,
    })
}

fn waits_long(group: &TargetGroup) -> Tri {
    let Some(check) = group.health_check.known() else {
        return group.health_check.not_known().map_or(Tri::No, |unknown| Tri::Maybe(unknown.causes.clone()));
    };
    let intervals = check.interval.possible(Some(&DEFAULT_INTERVAL));
    let thresholds = check.unhealthy_threshold.possible(Some(&DEFAULT_THRESHOLD));
    match (intervals, thresholds) {
        (Ok(intervals), Ok(thresholds)) => {
            let lax = |interval: &i64| {
                thresholds.iter().map(|times| interval.saturating_mul(**times) >= LAX).collect()
            };
            let answers: Vec<bool> =
                intervals.into_iter().flat_map(|interval| -> Vec<bool> { lax(interval) }).collect();
            if answers.iter().all(|lax| *lax) {
                Tri::Yes
            } else if answers.iter().all(|lax| !lax) {
                Tri::No
            } else {
                Tri::Maybe(check.interval.causes().and(&check.unhealthy_threshold.causes()))
            }
        }
        (intervals, thresholds) => {
            let causes = |result: Result<_, _>| result.err().unwrap_or_default();
            Tri::Maybe(causes(intervals).and(&causes(thresholds)))
        }
    }
}

/// Whether the image is a plain web server, by the name of its repository.
fn is_static_server(container: &Container) -> Tri {
    let image = &container.image;
    let parts = image.not_known().and_then(|unknown| unknown.pattern.as_deref());
    if let Some(name) = parts.and_then(known_repository) {
        return STATIC_SERVERS.contains(&name).into();
    }
    // An image that is only known to lie in a registry of one's own is the application's.
    if image.not_known().is_some() && image::is_private_ecr(container).is_yes() {
        return Tri::No;
    }
    image.holds(false, |text| STATIC_SERVERS.contains(&repository(text)))
}

/// The last part of a repository's name: `nginx` of `public.ecr.aws/nginx/nginx:1.27`.
fn repository(image: &str) -> &str {
    let name = Image::parse(image).repository;
    name.rsplit('/').next().unwrap_or(name)
}

/// The same of a partly known image whose tag or digest is what is not known.
fn known_repository(parts: &[PatternPart]) -> Option<&str> {
    let [PatternPart::Known(start), ..] = parts else { return None };
    let last = start.rsplit('/').next().unwrap_or(start);
    last.contains([':', '@']).then(|| repository(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_are_named_by_their_last_part() {
        assert_eq!(repository("public.ecr.aws/nginx/nginx:1.27.3"), "nginx");
        assert_eq!(repository("localhost:5000/caddy@sha256:00"), "caddy");
        assert_eq!(repository("nginx"), "nginx");
        let open = [PatternPart::Known("ghcr.io/acme/shop:".into()), PatternPart::Hole];
        assert_eq!(known_repository(&open), Some("shop"));
        let open = [PatternPart::Known("ghcr.io/acme/".into()), PatternPart::Hole];
        assert_eq!(known_repository(&open), None);
    }
}
