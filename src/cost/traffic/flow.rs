//! The traffic profile of one service: what is said, what is assumed, and where its tasks stand.

use std::collections::HashMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::super::Context;
use super::super::estimate::{Driver, Range};
use super::super::items::service::task_count;
use super::super::quantity::Known;
use super::super::sheet::Sheet;
use super::super::usage::keys;
use super::{KB_PER_GB, SERVICE};
use crate::model::balancer::ListenerAction;
use crate::model::graph::{LoadBalancerId, ServiceId, TaskDefinitionId, VpcId};
use crate::model::service::Service;
use crate::model::task::Container;
use crate::model::{Count, Deployment, Link, Meta, Tri, Unit};
use crate::source::Span;

/// Seconds that a connection stays open when nobody says: the idle timeout of an Application Load Balancer.
const ASSUMED_CONNECTION: Decimal = Decimal::from_parts(60, 0, 0, false, 0);
const SECONDS_PER_HOUR: Decimal = Decimal::from_parts(3600, 0, 0, false, 0);

/// A number of the profile.
#[derive(Debug, Clone, Copy)]
pub(in crate::cost) struct Said {
    pub(in crate::cost) amount: Decimal,
    /// Where it is written; `None` for a number of a usage profile.
    pub(in crate::cost) span: Option<Span>,
}

/// A load balancer through which requests reach the service.
#[derive(Debug, Clone)]
pub(in crate::cost) struct Entrance {
    pub(in crate::cost) balancer: LoadBalancerId,
    /// Rules of the listener, the default one not counted.
    pub(in crate::cost) rules: Decimal,
    /// `HTTPS`, `TLS`, `TCP` …; `None` where it is not known.
    pub(in crate::cost) protocol: Option<String>,
}

/// The traffic of one service a month.
pub(in crate::cost) struct Flow {
    pub(in crate::cost) address: Arc<str>,
    unit: Unit,
    pub(in crate::cost) service: ServiceId,
    said: HashMap<&'static str, Said>,
    /// Instances of the service's block.
    pub(in crate::cost) count: Range,
    /// Tasks of one instance.
    pub(in crate::cost) tasks: Known<Range>,
    definition: Option<TaskDefinitionId>,
    pub(in crate::cost) entrances: Vec<Entrance>,
    /// Some load balancer of it faces the internet.
    pub(in crate::cost) is_public: bool,
    /// Its tasks have no public address.
    pub(in crate::cost) private: Tri,
    pub(in crate::cost) vpc: Option<VpcId>,
    /// Zones its tasks stand in, as far as subnets are known.
    zones: Option<usize>,
    month: Decimal,
}

impl Flow {
    /// `None` where nothing is said of the service.
    pub(super) fn of(context: &Context<'_>, id: ServiceId) -> Option<Self> {
        let usage = &context.options.usage;
        let service = context.deployment.service(id)?;
        let said: HashMap<&'static str, Said> = keys::of_type(SERVICE)
            .filter_map(|key| {
                let given = usage.quantity(&service.meta.address, SERVICE, key.key);
                let said = given.map(|given| Said { amount: given.amount, span: Some(given.span) });
                let of_profile = || usage.profile()?.amount(SERVICE, key.key);
                Some((key.key, said.or_else(|| Some(Said { amount: of_profile()?, span: None }))?))
            })
            .collect();
        if said.is_empty() {
            return None;
        }
        let deployment = context.deployment;
        let network = service.network.known();
        let subnets = network.map(|network| network.subnet_links.as_slice()).unwrap_or_default();
        let vpc = subnets.iter().find_map(|link| deployment.subnet(link.to()?)?.vpc_link.to());
        let zones = network.map(|network| network.subnets.items.len()).filter(|count| *count > 0);
        let entrances = entrances(context, service);
        let is_public = entrances.iter().filter_map(|it| deployment.load_balancer(it.balancer)).any(|it| {
            // Unknown is taken as facing the internet, which costs more.
            !it.internal.holds(false, |internal| *internal).is_yes()
        });
        // Nothing is kept of this sheet but the count.
        let mut sheet = Sheet::new(context, &service.meta, "ecs-service");
        let tasks = task_count(&mut sheet, service).map(|tasks| tasks.range);
        Some(Self {
            address: service.meta.address.clone(),
            unit: service.meta.unit,
            service: id,
            said,
            count: instances(&service.meta),
            tasks,
            definition: service.task_definition_link.to(),
            entrances,
            is_public,
            private: network.map_or(Tri::Yes, |it| it.assign_public_ip.holds(false, |it| *it).negate()),
            vpc,
            zones,
            month: context.options.hours,
        })
    }

    pub(in crate::cost) fn said(&self, key: &str) -> Option<Said> {
        self.said.get(key).copied()
    }

    fn amount(&self, key: &str) -> Option<Decimal> {
        self.said(key).map(|said| said.amount)
    }

    /// Where the numbers of keys are written.
    pub(in crate::cost) fn drivers(&self, keys: &[&'static str]) -> Vec<Driver> {
        let driver =
            |key: &&'static str| Some(Driver { span: self.said(key)?.span?, what: (*key).to_owned() });
        keys.iter().filter_map(driver).collect()
    }

    /// Hours of the month with traffic.
    pub(in crate::cost) fn hours(&self) -> Decimal {
        self.amount("traffic_hours").map_or(self.month, |hours| hours.min(self.month))
    }

    /// Requests a second that reach the service, past the cache in front.
    pub(in crate::cost) fn per_second(&self) -> Option<Decimal> {
        let missed = Decimal::ONE - self.amount("cache_hit_rate").unwrap_or_default();
        Some(self.amount("requests_per_second")?.saturating_mul(missed))
    }

    /// Requests a month that reach the service.
    pub(in crate::cost) fn requests(&self) -> Option<Decimal> {
        Some(self.per_second()?.saturating_mul(SECONDS_PER_HOUR).saturating_mul(self.hours()))
    }

    /// GB a month of so many KB a request.
    pub(in crate::cost) fn gb_of(&self, kb: Decimal) -> Option<Decimal> {
        Some(self.requests()?.saturating_mul(kb) / KB_PER_GB)
    }

    /// KB a request that a key says.
    pub(in crate::cost) fn kb(&self, key: &str) -> Option<Decimal> {
        self.amount(key)
    }

    pub(in crate::cost) fn request_kb(&self) -> Decimal {
        self.amount("request_kb").unwrap_or(Decimal::ONE)
    }

    pub(in crate::cost) fn requests_per_connection(&self) -> Decimal {
        self.amount("requests_per_connection").filter(|it| !it.is_zero()).unwrap_or(Decimal::ONE)
    }

    pub(in crate::cost) fn connection_seconds(&self) -> Decimal {
        self.amount("connection_seconds").unwrap_or(ASSUMED_CONNECTION)
    }

    /// Share of responses that leave to the internet.
    pub(in crate::cost) fn internet_share(&self) -> Decimal {
        let assumed = if self.is_public { Decimal::ONE } else { Decimal::ZERO };
        self.amount("internet_share").unwrap_or(assumed)
    }

    /// Share of the traffic inside the VPC that crosses zones.
    pub(in crate::cost) fn cross_zone_share(&self) -> Decimal {
        let zones = Decimal::from(self.zones.unwrap_or(2).max(1));
        self.amount("cross_zone_share").unwrap_or_else(|| (zones - Decimal::ONE) / zones)
    }

    /// A figure of one instance, for all of them.
    pub(in crate::cost) fn all(&self, amount: Decimal) -> Range {
        self.count.times(amount)
    }

    /// Whether its tasks share a network with a resource: the VPC where both are known, else the root module.
    pub(in crate::cost) fn shares_network(&self, unit: Unit, vpc: Option<VpcId>) -> bool {
        match (self.vpc, vpc) {
            (Some(own), Some(other)) => own == other,
            _ => self.unit == unit,
        }
    }

    pub(in crate::cost) fn containers<'d>(
        &self,
        deployment: &'d Deployment,
    ) -> impl Iterator<Item = &'d Container> {
        let definition = self.definition.and_then(|id| deployment.task_definition(id));
        definition.into_iter().flat_map(|definition| definition.containers.iter())
    }
}

/// How many instances a block stands for; an open end counts as the fewest.
pub(super) fn instances(meta: &Meta) -> Range {
    match &meta.count {
        Count::One => Range::exactly(Decimal::ONE),
        Count::Between { low, high, .. } => {
            let high = Decimal::from(high.unwrap_or_else(|| (*low).max(1)));
            Range { low: Decimal::from(*low).min(high), expected: high, high }
        }
    }
}

/// The load balancers whose listeners forward to the service, each once.
fn entrances(context: &Context<'_>, service: &Service) -> Vec<Entrance> {
    let groups: Vec<_> = service.load_balancers.iter().filter_map(|it| it.target_group_link.to()).collect();
    let mut found: Vec<Entrance> = Vec::new();
    if groups.is_empty() {
        return found;
    }
    let leads_here = |action: &ListenerAction| {
        action.target_group_links.iter().filter_map(Link::to).any(|id| groups.contains(&id))
    };
    for listener in &context.deployment.listeners {
        let mut actions =
            listener.default_actions.iter().chain(listener.rules.iter().flat_map(|rule| rule.actions.iter()));
        let Some(balancer) = listener.load_balancer_link.to().filter(|_| actions.any(leads_here)) else {
            continue;
        };
        let rules = listener.rules.iter().map(|rule| instances(&rule.meta).expected).sum();
        match found.iter_mut().find(|it| it.balancer == balancer) {
            Some(known) => known.rules = known.rules.max(rules),
            None => {
                let protocol = listener.protocol.known().cloned();
                found.push(Entrance { balancer, rules, protocol });
            }
        }
    }
    found
}
