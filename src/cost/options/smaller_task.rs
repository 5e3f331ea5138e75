//! The next smaller size that Fargate sells, as long as it holds what the containers reserve. Source: ECS developer
//! guide, "Task CPU and memory". Nothing in the files says what tasks use, so that it is an assumption, by name.

use rust_decimal::Decimal;

use super::super::catalogue::{Arch, FargateMetric, Os};
use super::arm::may_run_on_fargate;
use super::{Base, Column, Priced, set};
use crate::lint::rules::facts::fargate_sizes::{self, Size};
use crate::model::task::TaskDefinition;
use crate::model::{Id, Meta};

const NAME: &str = "smaller-task";
const TITLE: &str = "The next smaller Fargate size";

pub(super) fn columns(base: &Base<'_>) -> Vec<Column> {
    let mut changed = base.deployment.clone();
    let mut priced = Priced::default();
    let used = used(base);
    for (at, task) in changed.task_definitions.iter_mut().enumerate() {
        if !used.contains(&at) || !may_run_on_fargate(task) {
            continue;
        }
        let found = smaller(base, task);
        let meta: Meta = task.meta.clone();
        match found {
            Err(why) => priced.notes.push(format!("{} stays: {why}", meta.address)),
            Ok((now, next)) => {
                if next.cpu != now.cpu {
                    let shown = next.cpu.to_string();
                    priced.changes.push(set(&mut task.cpu, &meta, "cpu", next.cpu, &shown));
                }
                if next.memory != now.memory {
                    let shown = next.memory.to_string();
                    priced.changes.push(set(&mut task.memory, &meta, "memory", next.memory, &shown));
                }
                priced.assumptions.push(format!(
                    "{} never needs more than {} vCPU and {} GB: nothing in the files says what it uses",
                    meta.address,
                    thousandths(next.cpu),
                    thousandths(next.memory)
                ));
            }
        }
    }
    if priced.changes.is_empty() {
        let why = if priced.notes.is_empty() {
            "no task of known size runs on Fargate".to_owned()
        } else {
            priced.notes.join("; ")
        };
        return vec![Column::not_here(NAME, TITLE, why)];
    }
    priced
        .conditions
        .push("utilisation over two busy weeks stays below the new size (Container Insights)".to_owned());
    priced.estimate = base.estimate_of(&changed);
    vec![Column::priced(base, NAME, TITLE, priced)]
}

/// Task definitions that services or schedules run.
fn used(base: &Base<'_>) -> Vec<usize> {
    let deployment = base.deployment;
    let of_services = base.fargate_services().filter_map(|(service, _)| service.task_definition_link.to());
    let of_schedules = deployment.scheduled_tasks.iter().filter_map(|task| task.task_definition_link.to());
    of_services.chain(of_schedules).map(Id::index).collect()
}

/// The size now, and the dearest one below it that holds the containers.
fn smaller(base: &Base<'_>, task: &TaskDefinition) -> Result<(Size, Size), String> {
    let (Some(cpu), Some(memory)) = (task.cpu.known(), task.memory.known()) else {
        return Err("its size is not known".to_owned());
    };
    let now = Size { cpu: *cpu, memory: *memory };
    let windows = !task.operating_system.holds(false, |os| os.starts_with("WINDOWS")).is_no();
    let floor = reserved(task)?;
    let region = base.region(&task.meta);
    let price =
        |metric| base.catalogue.fargate(&region, Os::Linux, Arch::X86_64, metric).map(|price| price.amount);
    let (Some(vcpu), Some(gb)) = (price(FargateMetric::Vcpu), price(FargateMetric::Memory)) else {
        return Err("no price in the tables".to_owned());
    };
    let cost = |size: &Size| {
        Decimal::from(size.cpu).saturating_mul(vcpu) + Decimal::from(size.memory).saturating_mul(gb)
    };
    let sizes = fargate_sizes::cpus(windows).into_iter().filter(|cpu| *cpu <= now.cpu).flat_map(|cpu| {
        let memories = fargate_sizes::memories(cpu, windows);
        memories.into_iter().map(move |memory| Size { cpu, memory })
    });
    let fits = |size: &Size| {
        *size != now && size.memory <= now.memory && size.cpu >= floor.cpu && size.memory >= floor.memory
    };
    let next = sizes.filter(fits).max_by_key(cost);
    next.map(|next| (now, next)).ok_or_else(|| {
        if now.cpu == 256 && now.memory == 512 {
            "it has the smallest size".to_owned()
        } else {
            "no smaller size holds what its containers reserve".to_owned()
        }
    })
}

/// CPU units and MiB that the containers ask for together. A container without limits asks for nothing.
fn reserved(task: &TaskDefinition) -> Result<Size, String> {
    if !task.containers.is_closed() {
        return Err("its containers are not known".to_owned());
    }
    let mut floor = Size { cpu: 0, memory: 0 };
    for container in &task.containers {
        let number = |field: &crate::model::Field<i64>| match field.not_known() {
            Some(_) => Err("what its containers reserve is not known".to_owned()),
            None => Ok(field.known().copied().unwrap_or_default().max(0)),
        };
        let (hard, soft) = (number(&container.memory)?, number(&container.memory_reservation)?);
        // A hard limit alone is reserved; no hard limit may exceed the task.
        floor.memory = floor.memory.saturating_add(if soft > 0 { soft } else { hard }).max(hard);
        floor.cpu = floor.cpu.saturating_add(number(&container.cpu)?);
    }
    Ok(floor)
}

/// `0.5` of 512.
fn thousandths(units: i64) -> String {
    (Decimal::from(units) / Decimal::from(1024)).round_dp(3).normalize().to_string()
}
