//! Tasks that need an execution role to start, and name none.

use super::super::facts::{image, launch};
use crate::lint::probe::listed;
use crate::lint::{Probe, Problem};
use crate::model::Tri;
use crate::model::task::{Container, TaskDefinition};

fn no_role(reasons: &[&str]) -> Problem {
    Problem::new(format!("the task has no execution role, and needs one for {}", listed(reasons)))
        .help("create a role that ecs-tasks.amazonaws.com may assume, with AmazonECSTaskExecutionRolePolicy, and name it here")
}

pub(super) fn check(probe: &mut Probe<'_>, task: &TaskDefinition) {
    let has_role = task.execution_role.is_set();
    if has_role.is_yes() {
        return probe.pass();
    }
    let on_fargate = launch::of_task(probe.deployment, task).fargate();
    let mut needed = Tri::No;
    let mut reasons = Vec::new();
    for (reason, of) in REASONS {
        let here = task.containers.any(|container| of(container, &on_fargate));
        if here.is_yes() {
            reasons.push(*reason);
        }
        needed = needed.or(here);
    }
    probe.decide(needed.and(has_role.negate()), &task.execution_role.origin, || no_role(&reasons));
}

type Needs = fn(&Container, &Tri) -> Tri;

/// What the ECS agent does with the execution role. On EC2 the instance role pulls images and writes logs.
const REASONS: &[(&str, Needs)] = &[
    ("secrets", |container, _| container.secrets.is_empty().negate()),
    ("environment files", |container, _| container.environment_files.is_empty().negate()),
    ("registry credentials", |container, _| container.repository_credentials.is_set()),
    ("secret log options", |container, _| {
        container.log.possible(None).map_or_else(Tri::Maybe, |logs| {
            logs.iter().map(|log| log.secret_options.is_empty().negate()).fold(Tri::No, Tri::or)
        })
    }),
    ("a private ECR image on Fargate", |container, on_fargate| {
        on_fargate.clone().and(image::is_private_ecr(container))
    }),
    ("awslogs on Fargate", |container, on_fargate| {
        let awslogs = container.log.possible(None).map_or_else(Tri::Maybe, |logs| {
            logs.iter()
                .map(|log| log.driver.holds(false, |driver| driver == "awslogs"))
                .fold(Tri::No, Tri::or)
        });
        on_fargate.clone().and(awslogs)
    }),
];
