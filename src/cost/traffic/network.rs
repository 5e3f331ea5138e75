//! The ways out of a VPC that traffic takes: NAT gateways and endpoints; and the logs on that way.

use rust_decimal::Decimal;

use super::super::Context;
use super::super::estimate::Range;
use super::super::quantity::Derived;
use super::super::sheet::Sheet;
use super::flow::{Flow, instances};
use super::images::{self, is_from_ecr, pulls};
use super::{Sum, figure, many};
use crate::model::graph::VpcId;
use crate::model::logs::LogGroup;
use crate::model::network::{NatGateway, VpcEndpoint};
use crate::model::{Deployment, Link, State, Unit};

/// KB of the answers of ECR to a pull: token and manifest. The layers come from S3.
const MANIFEST_KB: u32 = 10;
/// KB of a byte.
const KB_PER_BYTE: Decimal = Decimal::from_parts(1, 0, 0, false, 3);

const OF_REQUESTS: [&str; 3] = ["requests_per_second", "traffic_hours", "cache_hit_rate"];

/// GB of logs a month of all instances, where it is said.
fn logs(flow: &Flow) -> Option<Range> {
    let kb = flow.kb("log_bytes_per_request")?.saturating_mul(KB_PER_BYTE);
    Some(flow.all(flow.gb_of(kb)?))
}

fn with_requests(key: &'static str) -> Vec<&'static str> {
    OF_REQUESTS.iter().copied().chain([key]).collect()
}

/// What the services log into a group.
pub(in crate::cost) fn log_gb(sheet: &mut Sheet<'_>, group: &LogGroup) -> Option<Derived> {
    let context = sheet.context;
    let id = Deployment::id_of(&context.deployment.log_groups, group)?;
    let mut sum = Sum::new();
    for flow in context.traffic().flows() {
        let mut groups: Vec<_> = flow
            .containers(context.deployment)
            .filter_map(|container| container.log.known()?.group.to())
            .collect();
        groups.sort_unstable();
        groups.dedup();
        if !groups.contains(&id) {
            continue;
        }
        let (Some(gb), Some(requests), Some(bytes)) =
            (logs(flow), flow.requests(), flow.kb("log_bytes_per_request"))
        else {
            continue;
        };
        let (share, among) = match groups.len() {
            1 => (Decimal::ONE, String::new()),
            several => (Decimal::from(several), format!(" / {several} log groups")),
        };
        let gb = Range { low: gb.low / share, expected: gb.expected / share, high: gb.high / share };
        let words = format!("{} requests x {} bytes{among}", many(requests), figure(bytes));
        sum.add(flow, gb, &words, &with_requests("log_bytes_per_request"));
    }
    sum.derived("logs")
}

/// The suffix of a service name: `s3`, `logs`, `ecr.dkr`.
fn service_of(endpoint: &VpcEndpoint) -> Option<&str> {
    let name = match &endpoint.service_name.state {
        State::Known(name) => name.as_str(),
        State::Unknown(unknown) => unknown.known_end()?,
        State::Absent => return None,
    };
    let known = ["logs", "s3", "ecr.dkr", "ecr.api"];
    known.into_iter().find(|suffix| name.strip_suffix(suffix).is_some_and(|before| before.ends_with('.')))
}

/// The endpoint of a service that the tasks of a flow reach; gateway endpoints come first, they cost nothing.
fn endpoint_of<'a>(context: &Context<'a>, flow: &Flow, service: &str) -> Option<&'a VpcEndpoint> {
    let mut reached = context.deployment.vpc_endpoints.iter().filter(|endpoint| {
        flow.shares_network(endpoint.meta.unit, endpoint.vpc_link.to())
            && service_of(endpoint) == Some(service)
    });
    let gateway = reached.clone().find(|endpoint| is_gateway(endpoint));
    gateway.or_else(|| reached.next())
}

fn is_gateway(endpoint: &VpcEndpoint) -> bool {
    endpoint.kind.holds(true, |kind| kind == "Gateway").is_yes()
}

/// What goes through a NAT gateway: everything that tasks without a public address exchange with the internet, and
/// with AWS services that have no endpoint in the VPC. Shared evenly among the gateways of the network.
pub(in crate::cost) fn nat_gb(sheet: &mut Sheet<'_>, gateway: &NatGateway) -> Option<Derived> {
    let context = sheet.context;
    if is_private(gateway) {
        return None;
    }
    let network = network_of(context.deployment, gateway);
    let mut sum = Sum::new();
    for flow in context.traffic().flows() {
        if flow.private.is_no() || !flow.shares_network(network.0, network.1) {
            continue;
        }
        through_nat(context, flow, &mut sum);
    }
    let gateways: Decimal = context
        .deployment
        .nat_gateways
        .iter()
        .filter(|other| !is_private(other) && reaches_same(network, network_of(context.deployment, other)))
        .map(|other| instances(&other.meta).expected)
        .sum();
    let gateways = gateways.max(Decimal::ONE);
    let mut derived = sum.derived("NAT data")?;
    if gateways > Decimal::ONE {
        let part = |gb: Decimal| gb / gateways;
        let range = derived.range;
        derived.range =
            Range { low: part(range.low), expected: part(range.expected), high: part(range.high) };
        derived.words = format!("{}; shared by {} gateways", derived.words, figure(gateways));
    }
    Some(derived)
}

type Network = (Unit, Option<VpcId>);

fn network_of(deployment: &Deployment, gateway: &NatGateway) -> Network {
    let subnet = gateway.subnet_link.to().and_then(|id| deployment.subnet(id));
    (gateway.meta.unit, subnet.and_then(|subnet| Link::to(&subnet.vpc_link)))
}

fn reaches_same(one: Network, other: Network) -> bool {
    match (one.1, other.1) {
        (Some(one), Some(other)) => one == other,
        _ => one.0 == other.0,
    }
}

fn is_private(gateway: &NatGateway) -> bool {
    gateway.connectivity.holds(false, |kind| kind == "private").is_yes()
}

fn through_nat(context: &Context<'_>, flow: &Flow, sum: &mut Sum) {
    // Tasks that may have an address of their own may need no gateway.
    let certain = |gb: Range| if flow.private.is_yes() { gb } else { Range { low: Decimal::ZERO, ..gb } };
    let (sent, received) = (flow.kb("external_sent_kb"), flow.kb("external_received_kb"));
    if let (true, Some(requests)) = (sent.is_some() || received.is_some(), flow.requests()) {
        let kb = sent.unwrap_or_default().saturating_add(received.unwrap_or_default());
        let gb = flow.all(flow.gb_of(kb).unwrap_or_default());
        let words = format!("{} requests x {} KB to and from the internet", many(requests), figure(kb));
        let mut keys = with_requests("external_sent_kb");
        keys.push("external_received_kb");
        sum.add(flow, certain(gb), &words, &keys);
    }
    if let (Some(gb), None) = (logs(flow), endpoint_of(context, flow, "logs")) {
        sum.add(flow, certain(gb), "logs", &with_requests("log_bytes_per_request"));
    }
    let s3 = endpoint_of(context, flow, "s3");
    if let (Some(kb), Some(requests), None) =
        (flow.kb("s3_kb").filter(|kb| !kb.is_zero()), flow.requests(), s3)
    {
        let gb = flow.all(flow.gb_of(kb).unwrap_or_default());
        let words = format!("{} requests x {} KB with S3", many(requests), figure(kb));
        sum.add(flow, certain(gb), &words, &with_requests("s3_kb"));
    }
    if s3.is_none() || !is_from_ecr(flow, context.deployment) {
        match pulls(flow) {
            Some(Ok(pulls)) => sum.add(flow, certain(pulls.gb), &pulls.words, &images::KEYS),
            Some(Err(missing)) => sum.left_out.push(missing),
            None => {}
        }
    }
}

/// What goes through an interface endpoint, for the services of which traffic tells: logs, ECR, S3.
pub(in crate::cost) fn endpoint_gb(sheet: &mut Sheet<'_>, endpoint: &VpcEndpoint) -> Option<Derived> {
    let context = sheet.context;
    let service = service_of(endpoint)?;
    let mut sum = Sum::new();
    for flow in context.traffic().flows() {
        let reached = endpoint_of(context, flow, service);
        if !reached.is_some_and(|reached| std::ptr::eq(reached, endpoint)) {
            continue;
        }
        match service {
            "logs" => {
                if let Some(gb) = logs(flow) {
                    sum.add(flow, gb, "logs", &with_requests("log_bytes_per_request"));
                }
            }
            "ecr.dkr" | "ecr.api" => match pulls(flow).filter(|_| is_from_ecr(flow, context.deployment)) {
                Some(Ok(pulls)) => {
                    let gb = pulls.count.times(Decimal::from(MANIFEST_KB) / super::KB_PER_GB);
                    let words = format!(
                        "{} image pulls x {MANIFEST_KB} KB of manifest (the layers come from S3)",
                        figure(pulls.count.expected)
                    );
                    sum.add(flow, gb, &words, &images::KEYS);
                }
                Some(Err(missing)) => sum.left_out.push(missing),
                None => {}
            },
            _ => {
                if let (Some(kb), Some(requests)) = (flow.kb("s3_kb"), flow.requests()) {
                    let gb = flow.all(flow.gb_of(kb).unwrap_or_default());
                    let words = format!("{} requests x {} KB with S3", many(requests), figure(kb));
                    sum.add(flow, gb, &words, &with_requests("s3_kb"));
                }
                match pulls(flow).filter(|_| is_from_ecr(flow, context.deployment)) {
                    Some(Ok(pulls)) => sum.add(flow, pulls.gb, &pulls.words, &images::KEYS),
                    Some(Err(missing)) => sum.left_out.push(missing),
                    None => {}
                }
            }
        }
    }
    sum.derived("endpoint data")
}
