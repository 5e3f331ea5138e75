//! Services whose task definition both Terraform and CI write.

use super::super::facts::deploys::{self, Deploy};
use crate::lint::{Applicability, Change, Probe, Problem};
use crate::model::address::Address;
use crate::model::service::Service;
use crate::model::workflow::Workflow;
use crate::model::{Input, Tri};
use crate::value::{Cause, Causes, Origin};

fn two_writers(
    service: Option<&String>,
    has_ignores: bool,
    workflow: &Workflow,
    deploy: &Deploy<'_>,
) -> Problem {
    let which = service.map_or_else(|| "the service".to_owned(), |name| format!("`{name}`"));
    let what = if has_ignores {
        "`ignore_changes` lacks `task_definition`"
    } else {
        "there is no `ignore_changes` for `task_definition`"
    };
    Problem::new(format!("CI deploys revisions of {which}, but {what}: the next apply reverts the deploy"))
        .help("add `task_definition` to `lifecycle { ignore_changes = […] }`, or let Terraform receive the image tag from CI")
        .related(deploy.at, format!("{} deploys a revision here", workflow.meta.address))
}

pub(super) fn check(probe: &mut Probe<'_>, service: &Service) {
    if service.meta.input == Input::Workflow {
        return;
    }
    let controller = service.deployment_controller.holds(true, |kind| kind == "ECS");
    if controller.is_no() || reads_newest_revision(service) {
        return;
    }
    let ignored = &service.meta.ignored;
    let mut open = Causes::none();
    for (workflow, deploy) in deploys::revisions(probe.deployment) {
        match deploys::same_name(&service.name, deploy.service).and(controller.clone()) {
            Tri::No => {}
            Tri::Maybe(causes) => open.add_all(&causes),
            Tri::Yes if ignored.covers("task_definition") => return probe.pass(),
            Tri::Yes if !ignored.unsaid.is_empty() => open.add_all(&ignored.unsaid),
            Tri::Yes => {
                let at = ignored.span.map_or_else(|| service.meta.origin.clone(), Origin::at);
                let has_ignores = ignored.span.is_some();
                let change = Change::Append {
                    place: service.meta.block,
                    within: vec!["lifecycle"],
                    list: "ignore_changes",
                    name: "task_definition",
                };
                let problem = two_writers(service.name.known(), has_ignores, workflow, &deploy);
                return probe.fail(&at, problem.fix(Applicability::Safe, change));
            }
        }
    }
    if !open.is_empty() && !ignored.covers("task_definition") {
        probe.undecided(&service.name.origin, &open);
    }
}

/// `max(resource revision, data revision)` keeps what CI registered: the value reads a data source of task definitions.
fn reads_newest_revision(service: &Service) -> bool {
    let is_revision = |address: &str| {
        let address = Address::parse(address);
        address.data && address.ty == "aws_ecs_task_definition"
    };
    let named = service.task_definition.known();
    named.is_some_and(|named| named.data_sources.iter().any(|address| is_revision(address)))
        || service
            .task_definition
            .causes()
            .iter()
            .any(|cause| matches!(cause, Cause::Data { address, .. } if is_revision(address)))
}
