//! All Linux tasks on Graviton. Source: AWS Fargate pricing, "Linux/ARM".

use super::super::catalogue::{Arch, FargateMetric, Os};
use super::{Base, Column, Priced, set};
use crate::model::graph::TaskDefinitionId;
use crate::model::task::TaskDefinition;
use crate::model::{Id, Tri};

const NAME: &str = "arm";
const TITLE: &str = "All Fargate tasks on Arm";

pub(super) fn columns(base: &Base<'_>) -> Vec<Column> {
    let mut changed = base.deployment.clone();
    let mut priced = Priced::default();
    let mut windows = 0_usize;
    let on_spot = without_spot_price(base);
    for (at, task) in changed.task_definitions.iter_mut().enumerate() {
        if !may_run_on_fargate(task) {
            continue;
        }
        if !task.operating_system.holds(false, |os| os.starts_with("WINDOWS")).is_no() {
            windows += 1;
            continue;
        }
        if task.cpu_architecture.holds(false, |arch| arch == "ARM64").is_yes() {
            continue;
        }
        if on_spot.iter().any(|id| id.index() == at) {
            let why = "has tasks on Spot, and no Spot price for Arm is in the tables";
            priced.notes.push(format!("{} stays: {why}", task.meta.address));
            continue;
        }
        let meta = task.meta.clone();
        let argument = "cpu_architecture";
        priced.changes.push(set(&mut task.cpu_architecture, &meta, argument, "ARM64".to_owned(), "ARM64"));
    }
    if priced.changes.is_empty() {
        if !priced.notes.is_empty() {
            return vec![Column::not_here(NAME, TITLE, priced.notes.join("; "))];
        }
        let why = if windows > 0 { "Windows tasks run on x86 only" } else { "no Fargate task runs on x86" };
        return vec![Column::not_here(NAME, TITLE, why)];
    }
    priced
        .conditions
        .push("every image is built for linux/arm64 too (a multi-architecture image)".to_owned());
    if windows > 0 {
        priced.notes.push(format!("{windows} task definitions stay: Windows runs on x86 only"));
    }
    priced.estimate = base.estimate_of(&changed);
    vec![Column::priced(base, NAME, TITLE, priced)]
}

/// Task definitions that run on Spot where the tables have no Spot price for Arm.
fn without_spot_price(base: &Base<'_>) -> Vec<TaskDefinitionId> {
    let services = base.fargate_services().filter(|(service, resource)| {
        let region = base.region(&service.meta);
        let is_spot = resource.components.iter().any(|component| component.price.table == "fargate_spot");
        let price = base.catalogue.fargate_spot(&region, Os::Linux, Arch::Arm64, FargateMetric::Vcpu);
        is_spot && price.is_none()
    });
    services.filter_map(|(service, _)| service.task_definition_link.to()).collect()
}

/// Whether Fargate may run it: not where only other launch types are named.
pub(super) fn may_run_on_fargate(task: &TaskDefinition) -> bool {
    let named = &task.requires_compatibilities;
    named.items.is_empty()
        || !matches!(named.any(|item| item.holds(false, |name| name == "FARGATE")), Tri::No)
}
