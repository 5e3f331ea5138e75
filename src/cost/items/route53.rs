//! Route 53: hosted zones and their queries, health checks, resolver endpoints. Cloud Map: its DNS namespaces are hosted
//! zones; instances and discovery calls. Sources: Route 53 pricing; AWS Cloud Map pricing.

use super::super::Ledger;
use super::super::metered::Metered;
use super::super::quantity::{Choices, Known, Missing, Quantity, Rate};
use super::super::sheet::Sheet;
use crate::model::dns::HealthCheck;
use crate::model::{Field, Reference, State};

/// Seconds between two checks for which the fast interval is billed.
const FAST_INTERVAL: i64 = 10;

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    let deployment = ledger.deployment();
    for zone in &deployment.zones {
        ledger.price(&zone.meta, "dns-zone", |sheet| {
            let one = Ok(Quantity::exactly(1));
            sheet.charge_service("Hosted zone", "zone-months", one, ("route53", "hosted_zone"));
            sheet.by_use(
                "Queries",
                "route53",
                &[
                    query("queries", "DNS queries", "Queries", "query_standard", true),
                    query(
                        "latency_queries",
                        "latency-routed DNS queries",
                        "Latency-routed queries",
                        "query_latency",
                        false,
                    ),
                ],
            );
        });
    }
    for check in &deployment.health_checks {
        ledger.price(&check.meta, "health-check", |sheet| health_check(sheet, check));
    }
    for endpoint in &deployment.resolver_endpoints {
        ledger.price(&endpoint.meta, "resolver-endpoint", |sheet| {
            let addresses = &endpoint.addresses;
            let interfaces = if addresses.is_closed() {
                let count = u64::try_from(addresses.items.len()).unwrap_or(u64::MAX);
                Ok(Quantity::exactly(count)
                    .times(sheet.hours())
                    .driven_by(addresses.origin.span, "ip_address"))
            } else {
                Err(Missing::unknown("ip_address", addresses.causes()))
            };
            let item = ("route53", "resolver_endpoint_eni");
            sheet.charge_service("Resolver network interfaces", "interface-hours", interfaces, item);
            let queries = query("queries", "resolver queries", "Resolver queries", "resolver_query", true);
            sheet.by_use("Resolver queries", "route53", &[queries]);
        });
    }
    for service in &deployment.discovery_services {
        ledger.price(&service.meta, "discovery-service", |sheet| {
            if service.health_check.is_written() {
                let missing =
                    Missing::because("one for each registered instance, whose number is in no file");
                sheet.leave_out("Route 53 health checks", missing, None);
            }
            let calls = Metered {
                key: "api_calls",
                noun: "DiscoverInstances calls",
                name: "Discovery calls",
                unit: "calls",
                item: "discovery_api_call",
                asked: false,
            };
            if sheet.usage("api_calls", "DiscoverInstances calls").is_err()
                && !service.health_check.is_written()
            {
                return sheet
                    .free("what ECS registers is free, lookups by DNS are billed with the namespace");
            }
            sheet.by_use("Discovery calls", "cloudmap", &[calls]);
        });
    }
    for instance in &deployment.discovery_instances {
        ledger.price(&instance.meta, "discovery-instance", |sheet| {
            let one = Ok(Quantity::exactly(1));
            let item = ("cloudmap", "registered_resource");
            sheet.charge_service("Registered instance", "resource-months", one, item);
        });
    }
}

const fn query(
    key: &'static str,
    noun: &'static str,
    name: &'static str,
    item: &'static str,
    asked: bool,
) -> Metered {
    Metered { key, noun, name, unit: "queries", item, asked }
}

fn health_check(sheet: &mut Sheet<'_>, check: &HealthCheck) {
    let kind = match &check.kind.state {
        State::Known(kind) => kind.clone(),
        State::Absent => {
            return sheet.leave_out("Health check", Missing::because("`type` is not written"), None);
        }
        State::Unknown(unknown) => {
            let missing = Missing::unknown("type", unknown.causes.clone());
            return sheet.leave_out("Health check", missing, None);
        }
    };
    let within_aws = is_aws(&check.host);
    let rate = priced_by_host(sheet, "health_check_basic", within_aws);
    let one = Quantity::exactly(1).driven_by(check.kind.span(), "type");
    sheet.charge("Health check", "check-months", Ok(one), rate);
    let fast = check.interval.holds(false, |seconds| *seconds == FAST_INTERVAL);
    let latency = check.measures_latency.holds(false, |on| *on);
    let features = [
        ("HTTPS", kind.starts_with("HTTPS").into(), check.kind.span()),
        ("string matching", kind.ends_with("STR_MATCH").into(), check.kind.span()),
        ("fast interval", fast, check.interval.span()),
        ("latency measurement", latency, check.measures_latency.span()),
    ];
    for (feature, on, span) in features {
        let quantity = match on {
            crate::model::Tri::No => continue,
            crate::model::Tri::Yes => Ok(Quantity::exactly(1).driven_by(span, feature)),
            crate::model::Tri::Maybe(causes) => Err(Missing::unknown(feature, causes)),
        };
        let rate = priced_by_host(sheet, "health_check_optional_feature", within_aws);
        sheet.charge(format!("Health check: {feature}"), "feature-months", quantity, rate);
    }
}

/// The price for a host in AWS, for one outside, or both where the host does not tell.
fn priced_by_host(sheet: &mut Sheet<'_>, item: &str, within_aws: Option<bool>) -> Known<Rate> {
    let endings = match item {
        "health_check_basic" => ["aws_endpoint", "external"],
        _ => ["aws", "external"],
    };
    let [aws, external] = endings.map(|ending| {
        let tiers = sheet.context.catalogue.service(&sheet.region(), "route53", &format!("{item}_{ending}"));
        tiers.and_then(|tiers| tiers.list_price())
    });
    let (values, assumption) = match within_aws {
        Some(true) => (vec![aws], None),
        Some(false) => (vec![external], None),
        None => {
            let value = "outside AWS, low: in AWS";
            let name = sheet.assume("what Route 53 health checks look at", value, "fqdn");
            (vec![aws, external], Some(name))
        }
    };
    let choices = Choices { values, drivers: Vec::new(), assumption };
    sheet.rate_of(choices, "Route 53 health checks", |price| *price)
}

/// Whether the host that is checked is a resource of AWS; `None` where its name does not tell.
fn is_aws(host: &Field<Reference>) -> Option<bool> {
    let host = host.known()?;
    if let Some((address, _)) = &host.target {
        return address.contains("aws_").then_some(true);
    }
    host.text.as_ref()?.ends_with(".amazonaws.com").then_some(true)
}
