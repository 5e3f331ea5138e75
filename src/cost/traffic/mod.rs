//! What follows from the traffic of services: the load on balancers, GB through NAT gateways and endpoints, logs, image
//! pulls and storage, data that leaves. One profile a service feeds them all; quantities said of a resource itself win.
//! 1 GB is 1,000,000 KB here, as in AWS's own examples of capacity units.

mod balancer;
mod flow;
mod images;
mod network;

pub(super) use balancer::capacity;
pub(super) use flow::Flow;
pub(super) use images::stored_gb;
pub(super) use network::{endpoint_gb, log_gb, nat_gb};

use rust_decimal::Decimal;

use super::Context;
use super::estimate::{Driver, Range};
use super::quantity::{Derived, Missing};
use crate::model::Id;
use crate::model::graph::ServiceId;

/// Resource type whose usage keys make a traffic profile.
pub(super) const SERVICE: &str = "aws_ecs_service";

/// KB of a GB.
pub(super) const KB_PER_GB: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);

/// The traffic of every service of which any is said.
#[derive(Default)]
pub(super) struct Traffic {
    flows: Vec<Flow>,
}

impl Traffic {
    pub(super) fn of(context: &Context<'_>) -> Self {
        if !context.options.usage.speaks_of(SERVICE) {
            return Self::default();
        }
        let flows =
            (0..context.deployment.services.len()).filter_map(|at| Flow::of(context, ServiceId::new(at)));
        Self { flows: flows.collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.flows.is_empty()
    }

    pub(super) fn flows(&self) -> &[Flow] {
        &self.flows
    }

    /// The traffic of a service, if any is said.
    pub(super) fn of_service(&self, id: ServiceId) -> Option<&Flow> {
        self.flows.iter().find(|flow| flow.service == id)
    }
}

/// A sum that is put together from the shares of services.
struct Sum {
    range: Range,
    drivers: Vec<Driver>,
    words: Vec<String>,
    left_out: Vec<Missing>,
}

impl Sum {
    fn new() -> Self {
        Self { range: Range::default(), drivers: Vec::new(), words: Vec::new(), left_out: Vec::new() }
    }

    /// Adds a share in GB with its arithmetic and the keys it comes from.
    fn add(&mut self, flow: &Flow, gb: Range, words: &str, keys: &[&'static str]) {
        self.range += gb;
        self.drivers.extend(flow.drivers(keys));
        self.words.push(format!("{} {words} = {} GB", flow.address, figure(gb.expected)));
    }

    /// `None` when nothing was added.
    fn derived(self, what: &'static str) -> Option<Derived> {
        if self.words.is_empty() && self.left_out.is_empty() {
            return None;
        }
        let words = match self.words.as_slice() {
            [] => "0 GB".to_owned(),
            [only] => only.clone(),
            several => format!("{} GB: {}", figure(self.range.expected), several.join("; ")),
        };
        Some(Derived { what, range: self.range, drivers: self.drivers, words, left_out: self.left_out })
    }
}

/// `52.56 million` or `2400`: how many, for a sentence.
pub(super) fn many(amount: Decimal) -> String {
    let million = Decimal::from(1_000_000);
    if amount < million { figure(amount) } else { format!("{} million", figure(amount / million)) }
}

/// A number for a sentence: four decimals below 1, two above, none where it is whole.
pub(super) fn figure(amount: Decimal) -> String {
    let places = if amount < Decimal::ONE { 4 } else { 2 };
    amount.round_dp(places).normalize().to_string()
}
