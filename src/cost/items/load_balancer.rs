//! Load balancers: hours, capacity units, and the public addresses of those that face the internet (one in every
//! zone, billed since 2024-02-01). Source: Elastic Load Balancing pricing.

use super::super::Ledger;
use super::super::catalogue::{LbKind, LbMetric};
use super::super::quantity::{Known, Missing, Quantity};
use super::super::sheet::Sheet;
use super::super::traffic;
use super::egress;
use crate::model::Tri;
use crate::model::balancer::LoadBalancer;

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    for balancer in &ledger.deployment().load_balancers {
        ledger.price(&balancer.meta, "load-balancer", |sheet| charge(sheet, balancer));
    }
}

fn charge(sheet: &mut Sheet<'_>, balancer: &LoadBalancer) {
    let kinds = sheet.choices(&balancer.kind, "load_balancer_type", Some("application".to_owned()));
    let named = kinds.and_then(|kinds| {
        let read: Option<Vec<LbKind>> = kinds.values.iter().map(|name| kind(name)).collect();
        let unknown = || Missing::because("`load_balancer_type` is no kind of load balancer");
        read.map(|values| super::super::quantity::Choices {
            values,
            drivers: kinds.drivers.clone(),
            assumption: kinds.assumption.clone(),
        })
        .ok_or_else(unknown)
    });
    let kinds = match named {
        Ok(kinds) => kinds,
        Err(missing) => return sheet.leave_out("Load balancer", missing, None),
    };
    let (catalogue, region, hours) = (sheet.context.catalogue, sheet.region(), sheet.hours());
    let (title, unit) = match kinds.values.first() {
        Some(LbKind::Alb) => ("Application Load Balancer", "LCU"),
        Some(LbKind::Nlb) => ("Network Load Balancer", "NLCU"),
        Some(LbKind::Gwlb) => ("Gateway Load Balancer", "GLCU"),
        Some(LbKind::Clb) | None => ("Classic Load Balancer", "GB"),
    };
    let rate = |sheet: &Sheet<'_>, metric| {
        sheet.rate_of(kinds.clone(), &format!("{title} {metric}"), |kind| {
            catalogue.load_balancer(&region, *kind, metric)
        })
    };
    let hourly = rate(sheet, LbMetric::Hour);
    sheet.charge(format!("{title} hours"), "hours", Ok(Quantity::exactly(hours)), hourly);
    if kinds.all(|kind| *kind == LbKind::Clb) {
        let data = rate(sheet, LbMetric::Data);
        let processed = sheet.usage("processed_gb", "GB processed");
        sheet.charge(format!("{title} data"), "GB", processed, data);
    } else {
        let units = rate(sheet, LbMetric::CapacityUnit);
        let of = [(&*balancer.meta.address, &*balancer.meta.kind)];
        let kind = kinds.values.first().copied().filter(|_| kinds.values.len() == 1);
        let derive = |sheet: &mut Sheet<'_>| traffic::capacity(sheet, balancer, kind?);
        let used = sheet.usage_or(&of, "lcu", &format!("{unit}-hours"), hours, derive);
        sheet.charge(format!("{title} capacity"), &format!("{unit}-hours"), used, units);
    }
    if kinds.all(|kind| *kind != LbKind::Gwlb) {
        addresses(sheet, balancer);
    }
    if balancer.meta.kind.as_ref() != "aws_elb" {
        egress::of_balancer(sheet, !kinds.all(|kind| *kind == LbKind::Alb));
    }
}

fn kind(name: &str) -> Option<LbKind> {
    Some(match name {
        "application" => LbKind::Alb,
        "network" => LbKind::Nlb,
        "gateway" => LbKind::Gwlb,
        "classic" => LbKind::Clb,
        _ => return None,
    })
}

/// One address in every subnet of an internet-facing balancer; Elastic IPs are billed at the Elastic IP.
fn addresses(sheet: &mut Sheet<'_>, balancer: &LoadBalancer) {
    let without = balancer.ip_address_type.holds(false, |kind| kind == "dualstack-without-public-ipv4");
    let internet_facing = balancer.internal.holds(false, |internal| *internal).negate().and(without.negate());
    let hours = sheet.hours();
    match internet_facing {
        Tri::No => {}
        Tri::Yes => {
            let count = zones(balancer).map(|zones| zones.times(hours));
            // A balancer whose addresses are all Elastic IPs has nothing of its own to pay.
            if !count.as_ref().is_ok_and(|count| count.range.high.is_zero()) {
                sheet.public_ipv4(count);
            }
        }
        Tri::Maybe(causes) => sheet.public_ipv4(Err(Missing {
            causes,
            ..Missing::because("whether it faces the internet is unknown")
        })),
    }
}

fn zones(balancer: &LoadBalancer) -> Known<Quantity> {
    let (subnets, mappings) = (&balancer.subnets, &balancer.subnet_mappings);
    if !subnets.is_closed() || !mappings.is_closed() {
        return Err(Missing {
            causes: subnets.causes().and(&mappings.causes()),
            ..Missing::because("in how many zones it stands is unknown")
        });
    }
    let own = mappings.iter().filter(|allocation| allocation.is_absent()).count();
    let count = subnets.items.len().max(own);
    if count == 0 && mappings.items.is_empty() {
        return Err(Missing::because("its subnets are not written"));
    }
    let what = if subnets.items.is_empty() { "subnet_mapping" } else { "subnets" };
    let span = if subnets.items.is_empty() { mappings.origin.span } else { subnets.origin.span };
    Ok(Quantity::exactly(u64::try_from(count).unwrap_or(u64::MAX)).driven_by(span, what))
}
