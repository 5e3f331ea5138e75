//! Data to the internet and between zones: the prices, and GB that the usage says directly of a service or a load
//! balancer; what follows from a traffic profile is worked out in `data_transfer`. Tiers count everything that a region
//! sends, services first. Source: Amazon EC2 on-demand pricing, "Data Transfer".

use rust_decimal::Decimal;

use super::super::Context;
use super::super::catalogue::{Price, Tiers};
use super::super::estimate::Range;
use super::super::quantity::{Known, Quantity, Rate};
use super::super::sheet::Sheet;
use super::super::traffic::figure;
use super::data_transfer;
use crate::model::{Count, Deployment, Meta};

pub(super) const INTERNET: &str = "Data transfer to the internet";
pub(super) const ZONES: &str = "Data transfer between zones";
/// Usage keys of GB that are said directly.
pub(super) const INTERNET_KEY: &str = "internet_gb";
pub(super) const ZONES_KEY: &str = "cross_zone_gb";
/// A GB that crosses zones is billed where it leaves and where it arrives.
pub(super) const DIRECTIONS: Decimal = Decimal::TWO;

/// GB that the usage says of this resource.
pub(super) fn said(sheet: &mut Sheet<'_>, key: &'static str) -> Option<Quantity> {
    let noun = if key == INTERNET_KEY { "GB sent to the internet" } else { "GB that cross zones" };
    let said: Known<Quantity> = sheet.usage(key, noun);
    said.ok()
}

/// What the usage says directly of a load balancer. Application Load Balancers have no zone traffic to pay: AWS bears it.
pub(super) fn of_balancer(sheet: &mut Sheet<'_>, pays_zones: bool) {
    if let Some(gb) = said(sheet, INTERNET_KEY) {
        to_the_internet(sheet, &gb);
    }
    if pays_zones && let Some(gb) = said(sheet, ZONES_KEY) {
        between_zones(sheet, gb);
    }
}

/// Charges GB to the internet in the tiers that the resources before it leave.
pub(super) fn to_the_internet(sheet: &mut Sheet<'_>, quantity: &Quantity) {
    let region = sheet.region();
    let Some(tiers) = sheet.context.catalogue.network(&region, "data_transfer_out_internet") else {
        let missing = sheet.no_price("data transfer to the internet");
        return sheet.leave_out(INTERNET, missing, None);
    };
    let before = before(sheet.context, sheet.meta, &region);
    for (name, part, price) in parts(&tiers, before, quantity.range.expected) {
        let rate = Rate { low: price, high: price, drivers: Vec::new(), assumption: None };
        sheet.charge(name, "GB", Ok(quantity.with(Range::exactly(part))), Ok(rate));
    }
}

/// Which GB of `gb`, that come after `before`, fall into which tier.
fn parts(tiers: &Tiers, before: Decimal, gb: Decimal) -> Vec<(String, Decimal, Price)> {
    let part = |tier: &super::super::catalogue::Tier| {
        let up_to = |gb: Decimal| tier.to.map_or(gb, |to| gb.min(to)).max(tier.from);
        let part = up_to(before.saturating_add(gb)) - up_to(before);
        let name = if tier.from.is_zero() {
            INTERNET.to_owned()
        } else {
            format!("{INTERNET} above {} GB", figure(tier.from))
        };
        (!part.is_zero()).then_some((name, part, tier.price))
    };
    tiers.iter().filter_map(part).collect()
}

/// GB that the services and load balancers before this one send from the same region.
fn before(context: &Context<'_>, meta: &Meta, region: &str) -> Decimal {
    let deployment = context.deployment;
    let services = deployment.services.iter().map(|service| {
        let id = Deployment::id_of(&deployment.services, service);
        let flow = id.and_then(|id| context.traffic().of_service(id));
        (&service.meta, flow.and_then(data_transfer::sent_gb))
    });
    let balancers = deployment.load_balancers.iter().map(|balancer| (&balancer.meta, None));
    services
        .chain(balancers)
        .take_while(|(other, _)| !std::ptr::eq(*other, meta))
        .filter(|(other, _)| *context.region(other).0 == *region)
        .filter_map(|(other, derived)| {
            let direct = context.options.usage.quantity(&other.address, &other.kind, INTERNET_KEY);
            Some(direct.map(|said| said.amount).or(derived)?.saturating_mul(most(&other.count)))
        })
        .fold(Decimal::ZERO, Decimal::saturating_add)
}

/// How many are expected, as `Sheet::charge` counts.
fn most(count: &Count) -> Decimal {
    match count {
        Count::One => Decimal::ONE,
        Count::Between { high, .. } => high.unwrap_or_default().into(),
    }
}

/// Charges GB that cross zones once, in both directions.
pub(super) fn between_zones(sheet: &mut Sheet<'_>, crossing: Quantity) {
    let rate = sheet.network_rate("data_transfer_inter_az_each_direction", "data transfer between zones");
    sheet.charge(ZONES, "GB", Ok(crossing.times(DIRECTIONS)), rate);
}
