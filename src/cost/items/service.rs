//! ECS services: tasks that run all month, at the desired count, between the bounds of their scaling.

use rust_decimal::Decimal;

use super::super::estimate::Range;
use super::super::quantity::{Known, Missing, Quantity};
use super::super::sheet::Sheet;
use super::super::{Context, Ledger};
use super::capacity::{Placement, Provider, Share, split_quantity};
use super::data_transfer;
use super::fargate::{self, Capacity, Task};
use super::scheduled_scaling::over_the_week;
use super::{carrier, ebs};
use crate::model::service::{ScalingTarget, Service};

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    for service in &ledger.deployment().services {
        ledger.price(&service.meta, "ecs-service", |sheet| {
            charge(sheet, service);
            data_transfer::charge(sheet, service);
        });
    }
}

fn charge<'a>(sheet: &mut Sheet<'a>, service: &'a Service) {
    let definition = fargate::linked(sheet, &service.task_definition_link);
    let deployment = sheet.context.deployment;
    let placement = Placement {
        launch_type: &service.launch_type,
        strategy: &service.strategy,
        cluster: service.cluster_link.to().and_then(|id| deployment.cluster(id)),
        only_fargate: fargate::only_fargate(&definition),
    };
    let shares = match placement.shares(sheet) {
        Ok(shares) => shares,
        Err(missing) => return sheet.leave_out("Tasks", missing, None),
    };
    let hours = sheet.hours();
    let tasks = task_count(sheet, service);
    let split = match &tasks {
        Ok(tasks) => split_quantity(&shares, tasks).into_iter().map(Ok).collect(),
        Err(missing) => vec![Err(missing.clone()); shares.len()],
    };
    let size = Task::read(sheet, &definition);
    let addresses = fargate::public_addresses(sheet, &service.network);
    for (share, tasks) in shares.iter().zip(split) {
        let Some(capacity) = fargate_capacity(sheet, share.provider, &shares, &placement) else { continue };
        let task_hours = tasks.map(|tasks| tasks.times(hours));
        size.charge(sheet, &task_hours, capacity, (hours, "task-month"));
        if let Some(addresses) = &addresses {
            sheet.public_ipv4(fargate::address_hours(&task_hours, addresses));
        }
    }
    volumes(sheet, service, &tasks);
}

/// EBS volumes that ECS makes for each task and deletes with it.
fn volumes(sheet: &mut Sheet<'_>, service: &Service, tasks: &Known<Quantity>) {
    if let Some(open) = &service.volumes.open {
        let missing = Missing::unknown("volume_configuration", open.causes.clone());
        sheet.leave_out("EBS volumes of tasks", missing, None);
    }
    let month = sheet.hours().checked_div(super::super::HOURS_PER_MONTH).unwrap_or_default();
    for disk in &service.volumes {
        let size = sheet.number(&disk.size, "size_in_gb", None);
        match tasks {
            Ok(tasks) => {
                let volumes = tasks.clone().times(month);
                ebs::charge(sheet, disk, "EBS volumes of tasks", &volumes, size, ebs::USUAL_TYPE);
            }
            Err(missing) => sheet.leave_out("EBS volumes of tasks", missing.clone(), None),
        }
    }
}

/// Tasks of a service at the least, as desired, at the most; `None` where that is not known.
pub(in crate::cost) fn counts<'a>(context: &'a Context<'a>, service: &'a Service) -> Option<Range> {
    let mut sheet = Sheet::new(context, &service.meta, "ecs-service");
    task_count(&mut sheet, service).ok().map(|tasks| tasks.range)
}

/// Tasks at the least, as desired, at the most.
pub(in crate::cost) fn task_count(sheet: &mut Sheet<'_>, service: &Service) -> Known<Quantity> {
    // Terraform's provider creates no task when nothing is written.
    let mut desired = sheet.number(&service.desired_count, "desired_count", Some(0));
    let deployment = sheet.context.deployment;
    let mut targets = service.scaling.iter().filter_map(|id| deployment.scaling_target(*id));
    let of_count = |target: &&ScalingTarget| {
        !target.scalable_dimension.holds(true, |dimension| dimension == "ecs:service:DesiredCount").is_no()
    };
    let Some(target) = targets.rfind(of_count) else {
        if service.desired_count.is_absent() {
            let value = "0 where it is not written, as Terraform creates the service";
            let name = sheet.assume("desired_count", value, "desired_count");
            desired = desired.map(|tasks| tasks.assuming(name));
        }
        return desired;
    };
    let least = sheet.number(&target.min_capacity, "min_capacity", None);
    let most = sheet.number(&target.max_capacity, "max_capacity", None);
    let scaled = match (desired, least, most) {
        (Ok(desired), Ok(least), Ok(most)) => {
            let (low, high) = (least.range.low, most.range.high.max(least.range.low));
            // Scaling keeps the count between its bounds.
            let range = Range { low, expected: desired.range.expected.max(low).min(high), high };
            join(&desired, &[&least, &most]).with(range)
        }
        (Ok(desired), Err(_), Ok(most)) => {
            let expected = desired.range.expected.min(most.range.high);
            join(&desired, &[&most]).with(Range { low: Decimal::ZERO, expected, high: most.range.high })
        }
        (Ok(desired), least, Err(missing)) => {
            sheet.leave_out("Tasks above the desired count", missing, None);
            let low = least.map_or(Decimal::ZERO, |least| least.range.low);
            desired.with(Range::spanning(low, desired.range.expected, desired.range.high))
        }
        (Err(_), Ok(least), Ok(most)) => {
            let (low, high) = (least.range.low, most.range.high.max(least.range.low));
            let name = format!("desired_count of {}", sheet.meta.address);
            let value = format!("between {low} and {high}: the most is expected");
            let name = sheet.assume(name, value, "--var or --var-file");
            let range = Range { low, expected: high, high };
            join(&least, &[&most]).with(range).assuming(name)
        }
        (Err(missing), ..) => return Err(missing),
    };
    Ok(over_the_week(sheet, target, scaled))
}

fn join(first: &Quantity, others: &[&Quantity]) -> Quantity {
    let mut joined = first.clone();
    for other in others {
        joined.drivers.extend(other.drivers.iter().cloned());
        joined.assumption = joined.assumption.or_else(|| other.assumption.clone());
    }
    joined
}

/// What Fargate bills a share of the tasks as; other providers have their remark noted and no such bill.
pub(super) fn fargate_capacity(
    sheet: &mut Sheet<'_>,
    provider: Provider,
    shares: &[Share],
    placement: &Placement<'_>,
) -> Option<Capacity> {
    match provider {
        Provider::Fargate => Some(Capacity::OnDemand),
        Provider::FargateSpot => Some(Capacity::Spot),
        Provider::Instances => {
            on_instances(sheet, placement, shares);
            None
        }
        Provider::External => {
            anywhere(sheet);
            None
        }
    }
}

/// Tasks on EC2 cost nothing by themselves; the instances do, and are named.
fn on_instances(sheet: &mut Sheet<'_>, placement: &Placement<'_>, shares: &[Share]) {
    match carrier::of(sheet, placement) {
        carrier::Carriers::Missing(missing) => sheet.leave_out("Tasks", missing, None),
        carrier::Carriers::Known(carriers) => {
            let names: Vec<String> = carriers.into_iter().collect();
            let value = format!("{} on {}", sheet.meta.address, names.join(" or "));
            sheet.assume("tasks on EC2, which cost nothing of their own", value, "");
            if shares.iter().all(|share| share.provider == Provider::Instances) {
                sheet.free("tasks on EC2 cost nothing by themselves, the instances do");
            }
        }
    }
}

/// ECS Anywhere bills the registered instances, which are in no file.
fn anywhere(sheet: &mut Sheet<'_>) {
    let rate = sheet.rate("ECS Anywhere", sheet.context.catalogue.ecs_anywhere(&sheet.region()));
    let hours = sheet.hours();
    let instances =
        sheet.usage("external_instances", "ECS Anywhere instances").map(|given| given.times(hours));
    sheet.charge("ECS Anywhere instances", "instance-hours", instances, rate);
}
