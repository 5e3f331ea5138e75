//! Fargate Spot for the services that bear an interruption. Sources: ECS developer guide, "Fargate Spot" (two
//! minutes' warning); Fargate pricing. The price floats, so it is a band.

use rust_decimal::Decimal;

use super::super::catalogue::{Arch, Catalogue, FargateMetric, Os, Price, Table};
use super::super::estimate::{Component, Estimate, Range};
use super::{Base, Change, Column, Priced, listed};
use crate::lint::rules::facts::celery;
use crate::model::service::{CapacityProviderStrategy, Service};
use crate::model::{Deployment, Field, Items, State};

const NAME: &str = "spot";
const TITLE: &str = "Fargate Spot where it is safe";

pub(super) fn columns(base: &Base<'_>) -> Vec<Column> {
    let mut moved = Vec::new();
    let mut left = Vec::new();
    for (service, resource) in base.fargate_services() {
        if !resource.components.iter().any(|component| component.price.table == "fargate") {
            continue;
        }
        match refusal(base, service) {
            None => moved.push(service.meta.clone()),
            Some(why) => left.push(format!("{} ({why})", service.meta.address)),
        }
    }
    if moved.is_empty() {
        let why = match left.as_slice() {
            [] => "no service runs on Fargate on demand".to_owned(),
            left => format!("no service is safe to interrupt: {}", listed(left)),
        };
        return vec![Column::not_here(NAME, TITLE, why)];
    }
    let mut changed = base.deployment.clone();
    let mut priced = Priced::default();
    for service in &mut changed.services {
        let of = &service.meta;
        if moved.iter().any(|meta| meta.address == of.address && meta.origin.span == of.origin.span) {
            priced.changes.push(to_spot(service));
        }
    }
    priced.estimate = base.estimate_of(&changed);
    let captured = as_band(base.catalogue, &mut priced.estimate);
    for (region, date) in captured {
        priced.assumptions.push(format!(
            "the Fargate Spot price floats: as captured in {region} on {date}; low and high are the largest and the \
             smallest discount captured in any region"
        ));
    }
    priced
        .conditions
        .push("a task ends cleanly within two minutes of SIGTERM, and its work can be done again".to_owned());
    priced.conditions.push("Spot capacity can run out: a base on FARGATE keeps the service alive".to_owned());
    if !left.is_empty() {
        priced.notes.push(format!("stay on demand: {}", listed(&left)));
    }
    vec![Column::priced(base, NAME, TITLE, priced)]
}

/// Why the tasks of a service should not be interrupted.
fn refusal(base: &Base<'_>, service: &Service) -> Option<&'static str> {
    let deployment: &Deployment = base.deployment;
    let task = service.task_definition_link.to().and_then(|id| deployment.task_definition(id))?;
    if !task.operating_system.holds(false, |os| os.starts_with("WINDOWS")).is_no() {
        return Some("Windows has no Spot");
    }
    if !task.containers.any(celery::runs_beat).is_no() {
        return Some("runs a scheduler: a second copy doubles jobs, none loses them");
    }
    if base.tasks(service).is_none_or(|tasks| tasks.low < Decimal::TWO) {
        return Some("may run a single task: an interruption stops it");
    }
    if !service.load_balancers.is_empty().is_yes() {
        return Some("answers requests of a load balancer: an interruption drops them");
    }
    None
}

fn to_spot(service: &mut Service) -> Change {
    let (origin, span) = if service.launch_type.is_absent() {
        (service.strategy.origin.clone(), service.strategy.origin.span)
    } else {
        (service.launch_type.origin.clone(), service.launch_type.span())
    };
    let change = Change {
        address: service.meta.address.clone(),
        span,
        argument: "capacity_provider_strategy".to_owned(),
        to: "{ capacity_provider = \"FARGATE_SPOT\", weight = 1 } instead of launch_type".to_owned(),
    };
    let known = |value| Field { state: State::Known(value), origin: origin.clone(), sensitive: false };
    service.launch_type.state = State::Absent;
    let line = CapacityProviderStrategy {
        origin: origin.clone(),
        provider: Field {
            state: State::Known("FARGATE_SPOT".to_owned()),
            origin: origin.clone(),
            sensitive: false,
        },
        weight: known(1),
        base: known(0),
    };
    service.strategy = Items::known(vec![line], origin.clone());
    change
}

/// Widens every Spot line to the discounts that were captured; gives regions and dates.
fn as_band(catalogue: Catalogue, estimate: &mut Estimate) -> Vec<(String, &'static str)> {
    let Some((least, most)) = discounts(catalogue) else { return Vec::new() };
    let mut captured: Vec<(String, &'static str)> = Vec::new();
    for resource in &mut estimate.resources {
        for component in &mut resource.components {
            if component.price.table != "fargate_spot" {
                continue;
            }
            let Some(on_demand) = on_demand(catalogue, &resource.region, component) else { continue };
            let at = |discount: Decimal| on_demand * (Decimal::ONE - discount);
            let range = component.monthly;
            component.monthly = Range {
                low: range.low.min(component.quantity.low.saturating_mul(at(most))),
                expected: range.expected,
                high: range.high.max(component.quantity.high.saturating_mul(at(least))),
            };
            let at = (resource.region.to_string(), component.price.captured);
            if !captured.contains(&at) {
                captured.push(at);
            }
        }
    }
    captured
}

/// The on-demand price of what a Spot line bills.
fn on_demand(catalogue: Catalogue, region: &str, spot: &Component) -> Option<Decimal> {
    pairs(catalogue, region)
        .find(|(price, _)| price.amount == spot.unit_price && spot.unit.starts_with(price.unit))
        .map(|(_, on_demand)| on_demand)
}

/// Spot prices of a region with those on demand.
fn pairs(catalogue: Catalogue, region: &str) -> impl Iterator<Item = (Price, Decimal)> {
    let metrics = [FargateMetric::Vcpu, FargateMetric::Memory];
    let all = [Arch::X86_64, Arch::Arm64].map(|arch| metrics.map(|metric| (arch, metric)));
    all.into_iter().flatten().filter_map(move |(arch, metric)| {
        let spot = catalogue.fargate_spot(region, Os::Linux, arch, metric)?;
        Some((spot, catalogue.fargate(region, Os::Linux, arch, metric)?.amount))
    })
}

/// The smallest and the largest discount in any region.
fn discounts(catalogue: Catalogue) -> Option<(Decimal, Decimal)> {
    let regions = catalogue.tables().find(|table| table.table == Table::FargateSpot)?.regions;
    let discounts: Vec<Decimal> = regions
        .iter()
        .flat_map(|region| pairs(catalogue, region))
        .filter_map(|(spot, on_demand)| Some(Decimal::ONE - spot.amount.checked_div(on_demand)?))
        .collect();
    Some((discounts.iter().copied().min()?, discounts.into_iter().max()?))
}
