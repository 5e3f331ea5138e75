//! Compute Savings Plans for Fargate. Source: AWS Compute Savings Plans pricing; only rates of us-east-1 are in the
//! tables, so elsewhere its discounts are assumed, by name. Spot, storage and Windows are not discounted.

use rust_decimal::Decimal;

use super::super::catalogue::{Arch, Catalogue, FargateMetric, Os, Payment, Term};
use super::super::estimate::Component;
use super::commitments::{all, cover, words};
use super::{Base, Column, Priced, dollars};

/// The region with rates.
const RATED: &str = "us-east-1";

pub(super) fn columns(base: &Base<'_>) -> Vec<Column> {
    all().map(|(term, payment)| column(base, term, payment)).collect()
}

/// Parts of the price on demand that are paid under the plan, at the least and at the most.
struct Parts {
    low: Decimal,
    high: Decimal,
    /// The rate of memory is not in the tables, and taken to be that of vCPU.
    is_memory_assumed: bool,
}

fn column(base: &Base<'_>, term: Term, payment: Payment) -> Column {
    let name = format!("savings-plan-{term}-{payment}");
    let title = format!("Compute Savings Plan, {}", words(term, payment));
    let mut priced = Priced { estimate: base.current.clone(), ..Priced::default() };
    let hours = priced.estimate.hours_per_month;
    let mut monthly = Decimal::ZERO;
    let (mut is_elsewhere, mut is_memory_assumed) = (false, false);
    // Scheduled tasks run for minutes: a commitment by the hour would mostly lie idle.
    let services = priced.estimate.resources.iter_mut().filter(|resource| resource.kind == "ecs-service");
    for resource in services {
        let region = resource.region.clone();
        for component in &mut resource.components {
            let Some((arch, metric)) = billed(base.catalogue, &region, component) else { continue };
            let Some(parts) = parts(base.catalogue, arch, metric, term, payment) else {
                let why = format!("no rate in the tables for {arch} {metric}");
                return Column::not_here(name, title, why);
            };
            let price = component.unit_price;
            let Some(covered) = cover(component, hours, (price * parts.low, price * parts.high)) else {
                continue;
            };
            monthly = monthly.saturating_add(covered.high);
            is_elsewhere |= *region != *RATED;
            is_memory_assumed |= parts.is_memory_assumed;
        }
    }
    if monthly.is_zero() {
        return Column::not_here(name, title, "no Linux task runs on Fargate on demand at all times");
    }
    let months = Decimal::from(12 * term.years());
    priced.upfront = match payment {
        Payment::NoUpfront => Decimal::ZERO,
        Payment::PartialUpfront => monthly.saturating_mul(months) / Decimal::TWO,
        Payment::AllUpfront => monthly.saturating_mul(months),
    };
    let hourly = monthly / super::super::HOURS_PER_MONTH;
    priced.notes.push(format!("commits ${} an hour, {} a month", hourly.round_dp(4), dollars(monthly)));
    priced
        .assumptions
        .push("the plan covers the least that always runs; what is above stays on demand".to_owned());
    if is_elsewhere {
        priced
            .assumptions
            .push(format!("the discount of {RATED}: other regions' rates are not in the tables"));
    }
    if is_memory_assumed {
        priced
            .assumptions
            .push("the discount of memory is that of vCPU: its rate is not in the tables".to_owned());
    }
    if payment == Payment::PartialUpfront {
        priced.assumptions.push(
            "partial upfront lies between no upfront (expected) and all upfront (low): its rate is not in the tables"
                .to_owned(),
        );
    }
    priced.conditions.push(format!("the tasks run for {} more", years(term)));
    Column::priced(base, name, title, priced)
}

pub(super) fn years(term: Term) -> &'static str {
    match term {
        Term::OneYear => "a year",
        Term::ThreeYears => "three years",
    }
}

/// Which Linux meter of Fargate a component is.
fn billed(catalogue: Catalogue, region: &str, component: &Component) -> Option<(Arch, FargateMetric)> {
    if component.price.table != "fargate" {
        return None;
    }
    let metric = match component.unit.as_str() {
        "vCPU-hours" => FargateMetric::Vcpu,
        "GB-hours" => FargateMetric::Memory,
        _ => return None,
    };
    let is_it = |arch: &Arch| {
        catalogue
            .fargate(region, Os::Linux, *arch, metric)
            .is_some_and(|price| price.amount == component.unit_price)
    };
    [Arch::X86_64, Arch::Arm64].into_iter().find(is_it).map(|arch| (arch, metric))
}

fn parts(
    catalogue: Catalogue,
    arch: Arch,
    metric: FargateMetric,
    term: Term,
    payment: Payment,
) -> Option<Parts> {
    let of = |metric, payment| {
        let rate = catalogue.savings_plan(RATED, Os::Linux, arch, metric, term, payment)?;
        let on_demand = catalogue.fargate(RATED, Os::Linux, arch, metric)?;
        rate.amount.checked_div(on_demand.amount)
    };
    let part = |payment| match of(metric, payment) {
        Some(part) => Some((part, false)),
        None => of(FargateMetric::Vcpu, payment).map(|part| (part, true)),
    };
    if payment == Payment::PartialUpfront {
        let (low, low_assumed) = part(Payment::AllUpfront)?;
        let (high, high_assumed) = part(Payment::NoUpfront)?;
        return Some(Parts { low, high, is_memory_assumed: low_assumed || high_assumed });
    }
    let (part, is_memory_assumed) = part(payment)?;
    Some(Parts { low: part, high: part, is_memory_assumed })
}
