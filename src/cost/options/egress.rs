//! How tasks reach AWS and the internet: NAT gateways, interface endpoints or public addresses.
//! Sources: Amazon VPC pricing (NAT gateways, public IPv4 addresses); AWS PrivateLink pricing; the gateway endpoint of
//! S3 is free. ECS developer guide, "Amazon ECS interface VPC endpoints".

use std::sync::Arc;

use rust_decimal::Decimal;

use super::super::estimate::Range;
use super::{Addition, Against, Base, Change, Column, Priced, dollars, set};
use crate::model::service::ServiceNetwork;
use crate::model::{Deployment, Field, Meta, State};

/// Endpoints that Fargate tasks need to start, log and read secrets without a way to the internet.
const SERVICES: [&str; 5] = ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm"];

const AGAINST_PUBLIC: Against = Against {
    rule: "public-ip-assigned",
    why: "each task can be reached from the internet where its group admits it",
};

/// What leads out now.
struct Ways {
    region: Arc<str>,
    zones: Decimal,
    gateways: Decimal,
    /// Services have public addresses.
    public: bool,
    /// GB a month through the gateways, where usage says.
    gb: Option<Decimal>,
    /// Interface endpoints of [`SERVICES`] that are there.
    endpoints: usize,
}

impl Ways {
    fn read(base: &Base<'_>) -> Option<Self> {
        let services: Vec<_> = base.fargate_services().map(|(service, _)| service).collect();
        let first = services.first()?;
        let networks = || services.iter().filter_map(|service| service.network.known());
        let zones = networks().map(|network| network.subnets.items.len()).max().unwrap_or(0).max(1);
        let public = networks().any(|network| network.assign_public_ip.holds(false, |it| *it).is_yes());
        let of_gateways = base.current.resources.iter().filter(|resource| resource.kind == "nat-gateway");
        let data =
            of_gateways.flat_map(|resource| &resource.components).filter(|component| component.unit == "GB");
        let amounts: Vec<Decimal> = data.map(|component| component.quantity.expected).collect();
        let is_of = |endpoint: &&crate::model::network::VpcEndpoint| {
            let name = endpoint.service_name.known();
            name.is_some_and(|name| SERVICES.iter().any(|service| name.ends_with(service)))
        };
        Some(Self {
            region: base.region(&first.meta),
            zones: u64::try_from(zones).unwrap_or(1).into(),
            gateways: u64::try_from(base.deployment.nat_gateways.len()).unwrap_or_default().into(),
            public,
            gb: (!amounts.is_empty()).then(|| amounts.into_iter().sum()),
            endpoints: base.deployment.vpc_endpoints.iter().filter(is_of).count(),
        })
    }
}

/// Prices an hour or a GB; `None` where the tables lack one.
struct Prices {
    nat_hour: Decimal,
    nat_gb: Decimal,
    endpoint_hour: Decimal,
    endpoint_gb: Decimal,
    address_hour: Decimal,
}

impl Prices {
    fn read(base: &Base<'_>, region: &str) -> Option<Self> {
        let price = |item: &str| Some(base.catalogue.network(region, item)?.list_price()?.amount);
        Some(Self {
            nat_hour: price("nat_gateway_hour")?,
            nat_gb: price("nat_gateway_data")?,
            endpoint_hour: price("vpc_interface_endpoint_hour")?,
            endpoint_gb: price("vpc_interface_endpoint_data")?,
            address_hour: price("public_ipv4_in_use")?,
        })
    }
}

pub(super) fn nat(base: &Base<'_>) -> Vec<Column> {
    column(base, "nat", "NAT gateways instead of public addresses", |ways, prices, hours, priced, changed| {
        if !ways.gateways.is_zero() {
            return Some("there is a NAT gateway already".to_owned());
        }
        if !ways.public {
            return Some("no service has public addresses".to_owned());
        }
        public_addresses(changed, false, priced);
        let gateway = hours.saturating_mul(prices.nat_hour + prices.address_hour);
        let data = ways.gb.unwrap_or_default().saturating_mul(prices.nat_gb);
        priced.additions.push(Addition {
            what: format!(
                "a NAT gateway with its address in each of {} zones (low: one for all)",
                ways.zones
            ),
            monthly: Range::spanning(
                gateway + data,
                gateway * ways.zones + data,
                gateway * ways.zones + data,
            ),
        });
        priced.notes.push(format!(
            "each GB through a gateway costs ${} more, which is not in it",
            prices.nat_gb.normalize()
        ));
        priced.conditions.push("the tasks move to private subnets that route to a gateway".to_owned());
        None
    })
}

pub(super) fn endpoints(base: &Base<'_>) -> Vec<Column> {
    let title = "Interface endpoints instead of the way out";
    column(base, "endpoints", title, |ways, prices, hours, priced, changed| {
        if ways.gateways.is_zero() && !ways.public {
            return Some("the tasks have neither NAT gateways nor public addresses".to_owned());
        }
        let missing = SERVICES.len().saturating_sub(ways.endpoints);
        remove_gateways(changed, priced);
        public_addresses(changed, false, priced);
        let count = Decimal::from(u64::try_from(missing).unwrap_or_default()).saturating_mul(ways.zones);
        let fixed = count.saturating_mul(hours).saturating_mul(prices.endpoint_hour);
        let data = ways.gb.unwrap_or_default().saturating_mul(prices.endpoint_gb);
        priced.additions.push(Addition {
            what: format!("{missing} interface endpoints ({}) in {} zones", SERVICES.join(", "), ways.zones),
            monthly: Range::exactly(fixed + data),
        });
        let gateways = if ways.gateways.is_zero() { ways.zones } else { ways.gateways };
        let nat = gateways.saturating_mul(hours).saturating_mul(prices.nat_hour + prices.address_hour);
        let per_gb = prices.nat_gb - prices.endpoint_gb;
        let words = if fixed <= nat {
            format!(
                "the endpoints cost {} a month, {} NAT gateways {}: endpoints are cheaper at any traffic",
                dollars(fixed),
                gateways,
                dollars(nat)
            )
        } else {
            let even = (fixed - nat).checked_div(per_gb).unwrap_or_default().round_dp(0);
            format!(
                "break-even with {gateways} NAT gateways ({} a month and ${} a GB, endpoints {} and ${} a GB): {even} GB a month",
                dollars(nat),
                prices.nat_gb.normalize(),
                dollars(fixed),
                prices.endpoint_gb.normalize()
            )
        };
        priced.notes.push(words);
        priced.conditions.push(
            "the tasks call nothing else on the internet: no payment, mail or login provider".to_owned(),
        );
        priced
            .conditions
            .push("a gateway endpoint for S3, which is free: image layers come from there".to_owned());
        None
    })
}

pub(super) fn public_ip(base: &Base<'_>) -> Vec<Column> {
    let title = "Public addresses of tasks instead of NAT gateways";
    column(base, "public-ip", title, |ways, _, _, priced, changed| {
        if ways.gateways.is_zero() {
            return Some("there is no NAT gateway".to_owned());
        }
        remove_gateways(changed, priced);
        public_addresses(changed, true, priced);
        priced.against.push(AGAINST_PUBLIC);
        priced.conditions.push(
            "the tasks move to public subnets, and their groups admit the load balancer only".to_owned(),
        );
        None
    })
}

/// A column whose `fill` changes the deployment, or says why there is none.
fn column(
    base: &Base<'_>,
    name: &str,
    title: &str,
    fill: impl FnOnce(&Ways, &Prices, Decimal, &mut Priced, &mut Deployment) -> Option<String>,
) -> Vec<Column> {
    let Some(ways) = Ways::read(base) else {
        return vec![Column::not_here(name, title, "no service runs on Fargate")];
    };
    let Some(prices) = Prices::read(base, &ways.region) else {
        let why = format!("the tables lack prices of gateways or endpoints in {}", ways.region);
        return vec![Column::not_here(name, title, why)];
    };
    let mut changed = base.deployment.clone();
    let mut priced = Priced::default();
    if let Some(why) = fill(&ways, &prices, base.options.hours, &mut priced, &mut changed) {
        return vec![Column::not_here(name, title, why)];
    }
    if ways.gb.is_none() && !ways.gateways.is_zero() {
        priced
            .assumptions
            .push("traffic is not given, and in no figure (usage key `processed_gb`)".to_owned());
    }
    priced.estimate = base.estimate_of(&changed);
    vec![Column::priced(base, name, title, priced)]
}

/// Takes out the NAT gateways and the addresses that only they have.
fn remove_gateways(changed: &mut Deployment, priced: &mut Priced) {
    let gateways = std::mem::take(&mut changed.nat_gateways);
    let addresses: Vec<_> = gateways.iter().filter_map(|gateway| gateway.allocation_link.to()).collect();
    let mut removed: Vec<Meta> = gateways.into_iter().map(|gateway| gateway.meta).collect();
    // Indices mean nothing to anyone once the gateways are gone.
    let taken: Vec<Meta> = addresses
        .iter()
        .filter_map(|id| changed.elastic_ip(*id))
        .map(|address| address.meta.clone())
        .collect();
    changed
        .elastic_ips
        .retain(|ip| !taken.iter().any(|meta| meta.address == ip.meta.address && meta.unit == ip.meta.unit));
    removed.extend(taken);
    priced.changes.extend(removed.into_iter().map(|meta| Change {
        address: meta.address,
        span: meta.origin.span,
        argument: String::new(),
        to: "remove it".to_owned(),
    }));
}

/// Gives every service a public address, or takes it.
fn public_addresses(changed: &mut Deployment, to: bool, priced: &mut Priced) {
    let services = changed.services.iter_mut().map(|service| (&service.meta, &mut service.network));
    let schedules = changed.scheduled_tasks.iter_mut().map(|task| (&task.meta, &mut task.network));
    for (meta, network) in services.chain(schedules) {
        let network: &mut Field<ServiceNetwork> = network;
        let State::Known(network) = &mut network.state else { continue };
        let now = network.assign_public_ip.holds(false, |assigned| *assigned);
        if (to && now.is_yes()) || (!to && now.is_no()) {
            continue;
        }
        let shown = if to { "true" } else { "false" };
        priced.changes.push(set(&mut network.assign_public_ip, meta, "assign_public_ip", to, shown));
    }
}
