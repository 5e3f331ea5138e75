//! Essential containers of long-running tasks without a health check.

use super::super::facts::{image, launch, longrunning};
use crate::lint::{Probe, Problem, Severity};
use crate::model::service::{Service, ServiceLoadBalancer};
use crate::model::task::{Container, TaskDefinition};
use crate::model::{Link, Tri};
use crate::value::Causes;

const WRITE_ONE: &str =
    "add a healthCheck that uses what the image holds; a HEALTHCHECK in the Dockerfile does not count";

fn missing(name: &str, container: &Container) -> Problem {
    let problem = Problem::new(format!("{name} has no health check: ECS keeps it when it hangs"));
    without_shell(problem, container)
}

fn behind_target_group(name: &str, container: &Container, balancer: &ServiceLoadBalancer) -> Problem {
    let problem =
        Problem::new(format!("{name} has no health check of its own: only the target group looks at it"))
            .severity(Severity::Info)
            .related(&balancer.origin, "the target group that checks it");
    without_shell(problem, container)
}

fn without_shell(problem: Problem, container: &Container) -> Problem {
    if image::has_no_shell(&container.image) {
        problem.severity(Severity::Info).help(
            "the image has no shell: use the CMD form with a program of its own, such as `[\"CMD\", \"/app/healthcheck\"]`",
        )
    } else {
        problem.help(WRITE_ONE)
    }
}

pub(super) fn check(probe: &mut Probe<'_>, task: &TaskDefinition, container: &Container) {
    let essential = container.essential.holds(true, |essential| *essential);
    let lasting = longrunning::is_one_off(probe.deployment, task, container).negate();
    let applies = essential.and(lasting);
    if applies.is_no() {
        return;
    }
    let name =
        container.name.known().map_or_else(|| "container".to_owned(), |name| format!("container {name}"));
    let origin = &container.health_check.origin;
    let bad = applies.and(container.health_check.is_set().negate());
    if !bad.is_yes() {
        return probe.decide(bad, origin, || missing(&name, container));
    }
    match coverage(launch::services(probe.deployment, task), container) {
        Coverage::None => probe.fail(origin, missing(&name, container)),
        Coverage::TargetGroup(balancer) => {
            probe.fail(origin, behind_target_group(&name, container, balancer))
        }
        Coverage::Unknown(causes) => probe.undecided(origin, &causes),
    }
}

/// Whether a load balancer looks at the container, in every service that runs it.
enum Coverage<'a> {
    None,
    TargetGroup(&'a ServiceLoadBalancer),
    Unknown(Causes),
}

fn coverage<'a>(services: impl Iterator<Item = &'a Service>, container: &Container) -> Coverage<'a> {
    let mut result = None;
    for service in services {
        match of_service(service, container) {
            Coverage::None => return Coverage::None,
            Coverage::Unknown(causes) => result = Some(Coverage::Unknown(causes)),
            covered @ Coverage::TargetGroup(_) => {
                result.get_or_insert(covered);
            }
        }
    }
    result.unwrap_or(Coverage::None)
}

fn of_service<'a>(service: &'a Service, container: &Container) -> Coverage<'a> {
    let mut unknown = service.load_balancers.causes();
    for balancer in &service.load_balancers {
        let is_this = match container.name.known() {
            Some(name) => balancer.container_name.holds(false, |named| named == name),
            None => Tri::Maybe(container.name.causes()),
        };
        match (is_this, &balancer.target_group_link) {
            (Tri::No, _) | (_, Link::Absent) => {}
            (Tri::Maybe(causes), _) => unknown.add_all(&causes),
            (Tri::Yes, Link::Unknown(causes)) => unknown.add_all(causes),
            (Tri::Yes, Link::To(_) | Link::NotFound(_)) => return Coverage::TargetGroup(balancer),
        }
    }
    if unknown.is_empty() { Coverage::None } else { Coverage::Unknown(unknown) }
}
