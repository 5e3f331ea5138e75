//! All Linux tasks on Graviton. Source: AWS Fargate pricing, "Linux/ARM".

use super::{Base, Column, Priced, set};
use crate::model::Tri;
use crate::model::task::TaskDefinition;

const NAME: &str = "arm";
const TITLE: &str = "All Fargate tasks on Arm";

pub(super) fn columns(base: &Base<'_>) -> Vec<Column> {
    let mut changed = base.deployment.clone();
    let mut priced = Priced::default();
    let mut windows = 0_usize;
    for task in &mut changed.task_definitions {
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
        let meta = task.meta.clone();
        let argument = "cpu_architecture";
        priced.changes.push(set(
            &mut task.cpu_architecture,
            &meta,
            argument,
            "ARM64".to_owned(),
            "ARM64",
        ));
    }
    if priced.changes.is_empty() {
        let why = if windows > 0 { "Windows tasks run on x86 only" } else { "no Fargate task runs on x86" };
        return vec![Column::not_here(NAME, TITLE, why)];
    }
    priced.conditions.push("every image is built for linux/arm64 too (a multi-architecture image)".to_owned());
    if windows > 0 {
        priced.notes.push(format!("{windows} task definitions stay: Windows runs on x86 only"));
    }
    priced.estimate = base.estimate_of(&changed);
    vec![Column::priced(base, NAME, TITLE, priced)]
}

/// Whether Fargate may run it: not where only other launch types are named.
pub(super) fn may_run_on_fargate(task: &TaskDefinition) -> bool {
    let named = &task.requires_compatibilities;
    named.items.is_empty() || !matches!(named.any(|item| item.holds(false, |name| name == "FARGATE")), Tri::No)
}
