//! Data that a service sends to the internet and between zones, from its traffic profile; part of the service's costs.
//! Source: Amazon EC2 on-demand pricing, "Data Transfer". Tiers count the traffic of all services of a region.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::super::catalogue::Tiers;
use super::super::estimate::{Range, UsageAsked, UsageState};
use super::super::quantity::{Derived, Missing, Quantity};
use super::super::sheet::Sheet;
use super::super::traffic::{Flow, SERVICE, figure, many};
use super::super::usage::keys;
use super::egress::{self, DIRECTIONS, INTERNET, ZONES};
use crate::model::Deployment;
use crate::model::service::Service;

pub(super) fn charge<'a>(sheet: &mut Sheet<'a>, service: &'a Service) {
    let context = sheet.context;
    let id = Deployment::id_of(&context.deployment.services, service);
    let flow = id.and_then(|id| context.traffic().of_service(id));
    ask(sheet, service, flow);
    // What is said in GB goes before what follows from requests.
    match (egress::said(sheet, egress::INTERNET_KEY), flow) {
        (Some(gb), _) => egress::to_the_internet(sheet, &gb),
        (None, Some(flow)) => to_the_internet(sheet, flow),
        (None, None) => {}
    }
    match (egress::said(sheet, egress::ZONES_KEY), flow) {
        (Some(gb), _) => egress::between_zones(sheet, gb),
        (None, Some(flow)) => between_zones(sheet, flow),
        (None, None) => {}
    }
}

/// Lists the keys of the service's traffic profile.
fn ask(sheet: &mut Sheet<'_>, service: &Service, flow: Option<&Flow>) {
    let behind_balancer = !service.load_balancers.items.is_empty() || !service.load_balancers.is_closed();
    for key in keys::of_type(SERVICE) {
        // Asked for where they are used.
        if [egress::INTERNET_KEY, egress::ZONES_KEY, "external_instances"].contains(&key.key) {
            continue;
        }
        let of_balancer = ["request_kb", "response_kb", "requests_per_connection", "connection_seconds"];
        let said = flow.and_then(|flow| flow.said(key.key));
        if !behind_balancer && of_balancer.contains(&key.key) && said.is_none() {
            continue;
        }
        let state = match said {
            Some(said) if said.span.is_some() => UsageState::Given(said.amount),
            Some(said) => UsageState::Profile(said.amount),
            None => UsageState::Missing,
        };
        sheet.ask(UsageAsked {
            address: sheet.meta.address.clone(),
            ty: Arc::from(SERVICE),
            key: key.key,
            noun: key.sentence(),
            state,
            is_needed: false,
            span: sheet.meta.origin.span,
        });
    }
}

/// GB a month that one instance sends to the internet, with the arithmetic; `Err` names the key that is missing.
fn sent(flow: &Flow) -> Option<Result<(Decimal, String), &'static str>> {
    let requests = flow.requests()?;
    let (response, external) = (flow.kb("response_kb"), flow.kb("external_sent_kb"));
    let share = flow.internet_share();
    if response.is_none() && !share.is_zero() {
        return Some(Err("response_kb"));
    }
    if external.is_none() && share.is_zero() {
        return None;
    }
    let response = response.unwrap_or_default();
    let kb = response.saturating_mul(share).saturating_add(external.unwrap_or_default());
    let mut parts = Vec::new();
    if !share.is_zero() && !response.is_zero() {
        let of_it = if share == Decimal::ONE { String::new() } else { format!(" x {}", figure(share)) };
        parts.push(format!("{} KB of response{of_it}", figure(response)));
    }
    parts.extend(external.map(|kb| format!("{} KB to services on the internet", figure(kb))));
    let words = format!("{} requests x ({})", many(requests), parts.join(" + "));
    Some(Ok((flow.gb_of(kb)?, words)))
}

fn to_the_internet(sheet: &mut Sheet<'_>, flow: &Flow) {
    let region = sheet.region();
    let tiers = sheet.context.catalogue.network(&region, "data_transfer_out_internet");
    let list_price = tiers.as_ref().and_then(Tiers::list_price).map(|price| (price.amount, price.unit));
    let (gb, words) = match sent(flow) {
        None => return,
        Some(Err(key)) => {
            let missing = Missing {
                complete: true,
                wants: Some(key),
                ..Missing::because(format!("usage not given: {INTERNET} (usage key `{key}`)"))
            };
            return sheet.leave_out(INTERNET, missing, list_price);
        }
        Some(Ok(sent)) => sent,
    };
    let derived = Derived {
        what: INTERNET,
        range: Range::exactly(gb),
        drivers: flow.drivers(&[
            "requests_per_second",
            "traffic_hours",
            "cache_hit_rate",
            "response_kb",
            "internet_share",
            "external_sent_kb",
        ]),
        words: format!("{words} = {} GB", figure(gb)),
        left_out: Vec::new(),
    };
    let quantity = sheet.derived(derived, "usage keys of aws_ecs_service");
    egress::to_the_internet(sheet, &quantity);
}

/// GB a month that one instance of a service sends to the internet, where its traffic says it.
pub(super) fn sent_gb(flow: &Flow) -> Option<Decimal> {
    Some(sent(flow)?.ok()?.0)
}

/// Traffic with databases, caches and other services, and that of network load balancers with cross-zone load balancing,
/// whose way to their targets is billed when it crosses zones (that of application load balancers is not).
fn between_zones(sheet: &mut Sheet<'_>, flow: &Flow) {
    let Some(requests) = flow.requests() else { return };
    let deployment = sheet.context.deployment;
    let network_balancer =
        flow.entrances.iter().filter_map(|entrance| deployment.load_balancer(entrance.balancer)).any(
            |balancer| {
                let crosses = !balancer.cross_zone.holds(false, |crosses| *crosses).is_no();
                crosses && balancer.kind.holds(false, |kind| kind == "network").is_yes()
            },
        );
    let backend = flow.kb("backend_kb");
    let balanced = flow.kb("response_kb").filter(|_| network_balancer);
    if backend.is_none() && balanced.is_none() {
        return;
    }
    let through = balanced.map(|kb| kb.saturating_add(flow.request_kb())).unwrap_or_default();
    let kb = backend.unwrap_or_default().saturating_add(through);
    let share = flow.cross_zone_share();
    let crossing = flow.gb_of(kb.saturating_mul(share)).unwrap_or_default();
    let gb = crossing.saturating_mul(DIRECTIONS);
    if gb.is_zero() {
        return;
    }
    let derived = Derived {
        what: ZONES,
        range: Range::exactly(gb),
        drivers: flow.drivers(&[
            "requests_per_second",
            "traffic_hours",
            "cache_hit_rate",
            "backend_kb",
            "cross_zone_share",
        ]),
        words: format!(
            "{} requests x {} KB x {} that cross zones x 2 directions = {} GB",
            many(requests),
            figure(kb),
            figure(share),
            figure(gb)
        ),
        left_out: Vec::new(),
    };
    let quantity: Quantity = sheet.derived(derived, "usage keys `backend_kb`, `cross_zone_share`");
    let rate = sheet.network_rate("data_transfer_inter_az_each_direction", "data transfer between zones");
    sheet.charge(ZONES, "GB", Ok(quantity), rate);
}
