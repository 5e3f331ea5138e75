//! Capacity units of load balancers. Billed is, for every hour, the dimension that is used most.
//! Source: Elastic Load Balancing pricing, "LCU details", "NLCU details", "GLCU details".

use rust_decimal::Decimal;

use super::super::catalogue::LbKind;
use super::super::estimate::{Driver, Range, UsageAsked, UsageState};
use super::super::quantity::{Derived, Known, Missing};
use super::super::sheet::Sheet;
use super::{Flow, KB_PER_GB, figure};
use crate::model::balancer::LoadBalancer;
use crate::model::graph::LoadBalancerId;
use crate::model::{Deployment, Id};

const SECONDS_PER_HOUR: Decimal = Decimal::from_parts(3600, 0, 0, false, 0);

/// Rules of a listener that are evaluated for nothing.
const FREE_RULES: Decimal = Decimal::from_parts(10, 0, 0, false, 0);

/// What one capacity unit holds, GB aside: that is 1 an hour for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Limits {
    name: &'static str,
    /// New connections or flows a second.
    new: u32,
    /// Open connections or flows, sampled every minute.
    active: u32,
    /// Rule evaluations a second.
    rules: Option<u32>,
}

const ALB: Limits = Limits { name: "HTTP", new: 25, active: 3_000, rules: Some(1_000) };
const NLB_TCP: Limits = Limits { name: "TCP", new: 800, active: 100_000, rules: None };
const NLB_UDP: Limits = Limits { name: "UDP", new: 400, active: 50_000, rules: None };
const NLB_TLS: Limits = Limits { name: "TLS", new: 50, active: 3_000, rules: None };
const GWLB: Limits = Limits { name: "flows", new: 600, active: 60_000, rules: None };

/// The load of a stretch of hours.
#[derive(Debug, Clone, Copy, Default)]
struct Load {
    /// Hours of the month that it lasts.
    hours: Decimal,
    new: Decimal,
    active: Decimal,
    gb_an_hour: Decimal,
    rules: Decimal,
}

impl Load {
    fn plus(self, other: Self) -> Self {
        Self {
            hours: self.hours,
            new: self.new.saturating_add(other.new),
            active: self.active.saturating_add(other.active),
            gb_an_hour: self.gb_an_hour.saturating_add(other.gb_an_hour),
            rules: self.rules.saturating_add(other.rules),
        }
    }

    fn times(self, factor: Decimal) -> Self {
        Self {
            hours: self.hours,
            new: self.new.saturating_mul(factor),
            active: self.active.saturating_mul(factor),
            gb_an_hour: self.gb_an_hour.saturating_mul(factor),
            rules: self.rules.saturating_mul(factor),
        }
    }

    fn units(&self, limits: Limits) -> [(String, Decimal); 4] {
        let of = |what: &str, amount: Decimal, limit: u32| {
            let units = amount / Decimal::from(limit);
            (format!("{what} {} / {limit} = {}", figure(amount), figure(units)), units)
        };
        let rules = match limits.rules {
            Some(limit) => of("rule evaluations", self.rules, limit),
            None => (String::new(), Decimal::ZERO),
        };
        [
            of("new connections a second", self.new, limits.new),
            of("active connections", self.active, limits.active),
            (format!("GB an hour {}", figure(self.gb_an_hour)), self.gb_an_hour),
            rules,
        ]
    }
}

/// Unit-hours of loads, and their arithmetic. Shorter hours are taken to lie within longer ones: in them the loads add
/// up.
fn unit_hours(loads: &[Load], limits: Limits) -> (Decimal, String) {
    let mut ends: Vec<Decimal> = loads.iter().map(|load| load.hours).collect();
    ends.sort_unstable();
    ends.dedup();
    let (mut before, mut sum, mut words) = (Decimal::ZERO, Decimal::ZERO, Vec::new());
    for end in ends {
        let during =
            loads.iter().filter(|load| load.hours >= end).fold(Load::default(), |sum, it| sum.plus(*it));
        let units = during.units(limits);
        let most = units.iter().map(|(_, units)| *units).max().unwrap_or_default();
        let hours = end - before;
        sum = sum.saturating_add(most.saturating_mul(hours));
        let shown: Vec<&str> =
            units.iter().map(|(words, _)| words.as_str()).filter(|it| !it.is_empty()).collect();
        words.push(format!("{} for {} hours, the most of {}", figure(most), figure(hours), shown.join(", ")));
        before = end;
    }
    (sum, words.join("; "))
}

/// Capacity-unit hours from what is said of the balancer's connections and GB, and from the traffic of the services
/// behind it. `None` where nothing is said of either.
pub(in crate::cost) fn capacity(
    sheet: &mut Sheet<'_>,
    balancer: &LoadBalancer,
    kind: LbKind,
) -> Option<Known<Derived>> {
    let context = sheet.context;
    let deployment = context.deployment;
    let id: LoadBalancerId = Deployment::id_of(&deployment.load_balancers, balancer)?;
    let behind: Vec<(&Flow, Limits, Decimal)> = context
        .traffic()
        .flows()
        .iter()
        .filter_map(|flow| {
            let entrance = flow.entrances.iter().find(|it| it.balancer == id)?;
            flow.per_second()?;
            Some((flow, limits(kind, entrance.protocol.as_deref()), entrance.rules))
        })
        .collect();
    let direct = Direct::read(sheet, &behind);
    if behind.is_empty() && direct.is_empty() {
        return None;
    }
    let unsaid = behind.iter().find(|(flow, ..)| flow.kb("response_kb").is_none());
    if let Some((flow, ..)) = unsaid.filter(|_| direct.gb.is_none()) {
        return Some(Err(Missing {
            complete: true,
            ..Missing::because(format!(
                "usage not given: KB of a response, for the capacity units (usage key `response_kb` of {})",
                flow.address
            ))
        }));
    }
    let mut drivers: Vec<Driver> = direct.drivers.clone();
    for (flow, ..) in &behind {
        drivers.extend(flow.drivers(&[
            "requests_per_second",
            "traffic_hours",
            "cache_hit_rate",
            "request_kb",
            "response_kb",
            "requests_per_connection",
            "connection_seconds",
        ]));
    }
    let hours = sheet.hours();
    let of = |count: fn(&Range) -> Decimal| {
        let mut protocols: Vec<Limits> = behind.iter().map(|(_, limits, _)| *limits).collect();
        if protocols.is_empty() {
            protocols.push(dearest(deployment, id, kind));
        }
        protocols.dedup();
        protocols.sort_unstable_by_key(|limits| limits.name);
        protocols.dedup();
        let (mut sum, mut words) = (Decimal::ZERO, Vec::new());
        for (at, limits) in protocols.iter().enumerate() {
            let flows = behind.iter().filter(|(_, of, _)| of == limits);
            let mut loads: Vec<Load> = flows
                .map(|(flow, _, rules)| direct.without(load(flow, *rules)).times(count(&flow.count)))
                .collect();
            // What is said of the balancer itself is said once, and for every hour.
            if at == 0 {
                loads.extend(direct.load(hours));
            }
            let (units, arithmetic) = unit_hours(&loads, *limits);
            sum = sum.saturating_add(units);
            let several = protocols.len() > 1;
            words.push(if several { format!("{}: {arithmetic}", limits.name) } else { arithmetic });
        }
        (sum, words.join("; "))
    };
    let (low, _) = of(|count| count.low);
    let (expected, arithmetic) = of(|count| count.expected);
    let (high, _) = of(|count| count.high);
    let names: Vec<&str> = behind.iter().map(|(flow, ..)| &*flow.address).collect();
    let from = if names.is_empty() { String::new() } else { format!(" (traffic of {})", names.join(", ")) };
    Some(Ok(Derived {
        what: "capacity",
        range: Range::spanning(low, expected, high),
        drivers,
        words: format!("{arithmetic}{from}"),
        left_out: Vec::new(),
    }))
}

fn limits(kind: LbKind, protocol: Option<&str>) -> Limits {
    match (kind, protocol) {
        (LbKind::Nlb, Some("TLS")) => NLB_TLS,
        (LbKind::Nlb, Some("UDP" | "TCP_UDP" | "QUIC" | "TCP_QUIC")) => NLB_UDP,
        (LbKind::Nlb, _) => NLB_TCP,
        (LbKind::Gwlb, _) => GWLB,
        (LbKind::Alb | LbKind::Clb, _) => ALB,
    }
}

/// The limits of the listener whose connections cost most.
fn dearest(deployment: &Deployment, id: LoadBalancerId, kind: LbKind) -> Limits {
    let of_listeners = deployment
        .listeners
        .iter()
        .filter(|listener| listener.load_balancer_link.to().is_some_and(|to| to.index() == id.index()))
        .map(|listener| limits(kind, listener.protocol.known().map(String::as_str)));
    of_listeners.min_by_key(|limits| limits.new).unwrap_or_else(|| limits(kind, None))
}

/// A quotient that stops at the largest decimal; the divisor is above 0.
fn quotient(amount: Decimal, divisor: Decimal) -> Decimal {
    amount.checked_div(divisor).unwrap_or(Decimal::MAX)
}

/// The load of one instance of a service on one of its balancers.
fn load(flow: &Flow, rules: Decimal) -> Load {
    let balancers = Decimal::from(flow.entrances.len().max(1));
    let per_second = flow.per_second().unwrap_or_default() / balancers;
    let kb = flow.request_kb().saturating_add(flow.kb("response_kb").unwrap_or_default());
    let new = quotient(per_second, flow.requests_per_connection());
    Load {
        hours: flow.hours(),
        new,
        active: new.saturating_mul(flow.connection_seconds()),
        gb_an_hour: per_second.saturating_mul(kb).saturating_mul(SECONDS_PER_HOUR) / KB_PER_GB,
        rules: per_second.saturating_mul((rules - FREE_RULES).max(Decimal::ZERO)),
    }
}

/// What is said of the balancer's dimensions; each replaces what would follow from traffic.
#[derive(Default)]
struct Direct {
    new: Option<Decimal>,
    active: Option<Decimal>,
    /// A month.
    gb: Option<Decimal>,
    rules: Option<Decimal>,
    drivers: Vec<Driver>,
}

impl Direct {
    fn read(sheet: &mut Sheet<'_>, behind: &[(&Flow, Limits, Decimal)]) -> Self {
        let mut direct = Self::default();
        for (key, noun) in [
            ("new_connections", "new connections a second"),
            ("active_connections", "active connections"),
            ("processed_gb", "GB processed"),
            ("rule_evaluations", "rule evaluations a second"),
        ] {
            let given = sheet.context.options.usage.quantity(&sheet.meta.address, &sheet.meta.kind, key);
            let state = match given {
                Some(given) => UsageState::Given(given.amount),
                None if behind.is_empty() => UsageState::Missing,
                None => UsageState::Assumed("follows from the traffic of the services behind it".to_owned()),
            };
            sheet.ask(UsageAsked {
                address: sheet.meta.address.clone(),
                ty: sheet.meta.kind.clone(),
                key,
                noun: noun.to_owned(),
                state,
                is_needed: false,
                span: sheet.meta.origin.span,
            });
            let Some(given) = given else { continue };
            direct.drivers.push(Driver { span: given.span, what: key.to_owned() });
            let slot = match key {
                "new_connections" => &mut direct.new,
                "active_connections" => &mut direct.active,
                "processed_gb" => &mut direct.gb,
                _ => &mut direct.rules,
            };
            *slot = Some(given.amount);
        }
        direct
    }

    fn is_empty(&self) -> bool {
        self.new.is_none() && self.active.is_none() && self.gb.is_none() && self.rules.is_none()
    }

    /// A load without the dimensions that are said of the balancer.
    fn without(&self, load: Load) -> Load {
        let unless =
            |direct: Option<Decimal>, derived| if direct.is_some() { Decimal::ZERO } else { derived };
        Load {
            hours: load.hours,
            new: unless(self.new, load.new),
            active: unless(self.active, load.active),
            gb_an_hour: unless(self.gb, load.gb_an_hour),
            rules: unless(self.rules, load.rules),
        }
    }

    fn load(&self, hours: Decimal) -> Option<Load> {
        if self.is_empty() || hours.is_zero() {
            return None;
        }
        Some(Load {
            hours,
            new: self.new.unwrap_or_default(),
            active: self.active.unwrap_or_default(),
            gb_an_hour: quotient(self.gb.unwrap_or_default(), hours),
            rules: self.rules.unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use proptest::prelude::*;

    fn load_of(hours: u32, new: u32, active: u32, gb: u32, rules: u32) -> Load {
        Load {
            hours: hours.into(),
            new: new.into(),
            active: active.into(),
            gb_an_hour: gb.into(),
            rules: rules.into(),
        }
    }

    #[test]
    fn the_dimension_used_most_is_billed() {
        // 100/25 = 4, 3,000/3,000 = 1, 2 GB, 500/1,000 = 0.5: 4 for 10 hours.
        assert_eq!(unit_hours(&[load_of(10, 100, 3_000, 2, 500)], ALB).0, Decimal::from(40));
        assert_eq!(unit_hours(&[load_of(10, 100, 3_000, 2, 500)], NLB_TCP).0, Decimal::from(20));
        // TLS: 100/50 = 2, 3,000/3,000 = 1, 2 GB.
        assert_eq!(unit_hours(&[load_of(1, 100, 9_000, 2, 0)], NLB_TLS).0, Decimal::from(3));
        assert_eq!(unit_hours(&[load_of(1, 1_000, 50_000, 2, 0)], NLB_UDP).0, "2.5".parse().unwrap());
        assert_eq!(unit_hours(&[load_of(1, 1_200, 240_000, 2, 0)], GWLB).0, Decimal::from(4));
    }

    #[test]
    fn loads_add_up_in_the_hours_they_share() {
        // 10 hours of 2 GB alone, 5 of them with 3 GB more: 5 x 5 + 5 x 2 = 35.
        let loads = [load_of(10, 0, 0, 2, 0), load_of(5, 0, 0, 3, 0)];
        assert_eq!(unit_hours(&loads, ALB).0, Decimal::from(35));
    }

    fn any_load() -> impl Strategy<Value = Load> {
        (0_u32..745, 0_u32..5_000, 0_u32..90_000, 0_u32..50, 0_u32..9_000)
            .prop_map(|(hours, new, active, gb, rules)| load_of(hours, new, active, gb, rules))
    }

    proptest! {
        #[test]
        fn more_traffic_never_takes_fewer_units(
            loads in proptest::collection::vec(any_load(), 1..5), more in any_load(), longer in 0_u32..100
        ) {
            for limits in [ALB, NLB_TCP, NLB_UDP, NLB_TLS, GWLB] {
                let units = unit_hours(&loads, limits).0;
                let mut grown = loads.clone();
                grown.push(more);
                prop_assert!(unit_hours(&grown, limits).0 >= units);
                let mut lasting = loads.clone();
                lasting[0].hours += Decimal::from(longer);
                prop_assert!(unit_hours(&lasting, limits).0 >= units);
            }
        }
    }
}
