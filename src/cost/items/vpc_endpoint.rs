//! VPC endpoints: gateway endpoints are free, interface endpoints are billed by hour and zone and by data.
//! Source: AWS PrivateLink pricing.

use rust_decimal::Decimal;

use super::super::Ledger;
use super::super::quantity::{Known, Missing, Quantity, Rate};
use super::super::sheet::Sheet;
use super::super::traffic;
use crate::model::State;
use crate::model::network::VpcEndpoint;

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    for endpoint in &ledger.deployment().vpc_endpoints {
        ledger.price(&endpoint.meta, "vpc-endpoint", |sheet| charge(sheet, endpoint));
    }
}

fn charge(sheet: &mut Sheet<'_>, endpoint: &VpcEndpoint) {
    let (hourly, data) = match &endpoint.kind.state {
        State::Absent => return sheet.free("gateway endpoints are free"),
        State::Known(kind) => match kind.as_str() {
            "Gateway" => return sheet.free("gateway endpoints are free"),
            "Interface" => ("vpc_interface_endpoint_hour", "vpc_interface_endpoint_data"),
            "GatewayLoadBalancer" => ("vpc_gwlb_endpoint_hour", "vpc_gwlb_endpoint_data"),
            other => {
                let missing = Missing::because(format!("endpoints of type `{other}` are not priced"));
                return sheet.leave_out("Endpoint", missing, None);
            }
        },
        State::Unknown(unknown) => {
            let missing = Missing::unknown("vpc_endpoint_type", unknown.causes.clone());
            return sheet.leave_out("Endpoint", missing, None);
        }
    };
    let hours = sheet.hours();
    let rate = sheet.network_rate(hourly, "interface endpoints");
    sheet.charge("Endpoint hours", "endpoint-hours", zones(endpoint).map(|zones| zones.times(hours)), rate);
    let of = [(&*endpoint.meta.address, &*endpoint.meta.kind)];
    let derive = |sheet: &mut Sheet<'_>| traffic::endpoint_gb(sheet, endpoint).map(Ok);
    let processed = sheet.usage_or(&of, "processed_gb", "GB processed", Decimal::ONE, derive);
    let rate = first_tier(sheet, data);
    sheet.charge("Endpoint data", "GB", processed, rate);
}

/// Data has tiers of the account that begin at a petabyte; one endpoint is priced in the first.
fn first_tier(sheet: &Sheet<'_>, item: &str) -> Known<Rate> {
    let tiers = sheet.context.catalogue.network(&sheet.region(), item);
    sheet.rate("endpoint data", tiers.and_then(|tiers| tiers.list_price()))
}

/// One endpoint interface in every subnet.
fn zones(endpoint: &VpcEndpoint) -> Known<Quantity> {
    let subnets = &endpoint.subnets;
    if !subnets.is_closed() {
        return Err(Missing {
            causes: subnets.causes(),
            ..Missing::because("in how many zones it stands is unknown")
        });
    }
    if subnets.items.is_empty() {
        return Err(Missing::because("its subnets are not written in it"));
    }
    let count = u64::try_from(subnets.items.len()).unwrap_or(u64::MAX);
    Ok(Quantity::exactly(count).driven_by(subnets.origin.span, "subnet_ids"))
}
