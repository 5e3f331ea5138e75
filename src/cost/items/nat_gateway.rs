//! NAT gateways: hours and data. The Elastic IP of a gateway is billed at the Elastic IP, so that it counts once.

use super::super::Ledger;
use super::super::quantity::Quantity;
use super::super::sheet::Sheet;
use super::super::traffic;
use rust_decimal::Decimal;

use crate::model::network::NatGateway;
use crate::model::{State, Tri};

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    for gateway in &ledger.deployment().nat_gateways {
        ledger.price(&gateway.meta, "nat-gateway", |sheet| charge(sheet, gateway));
    }
}

fn charge(sheet: &mut Sheet<'_>, gateway: &NatGateway) {
    let hours = sheet.hours();
    let hourly = sheet.network_rate("nat_gateway_hour", "NAT gateways");
    sheet.charge("NAT gateway hours", "hours", Ok(Quantity::exactly(hours)), hourly);
    let data = sheet.network_rate("nat_gateway_data", "NAT gateway data");
    let of = [(&*gateway.meta.address, &*gateway.meta.kind)];
    let derive = |sheet: &mut Sheet<'_>| traffic::nat_gb(sheet, gateway).map(Ok);
    let processed = sheet.usage_or(&of, "processed_gb", "GB processed", Decimal::ONE, derive);
    sheet.charge("NAT gateway data", "GB", processed, data);
    if has_foreign_address(gateway) {
        let quantity = Quantity::exactly(hours).driven_by(gateway.allocation.span(), "allocation_id");
        sheet.public_ipv4(Ok(quantity));
    }
}

/// Whether the address of a public gateway comes from outside the files, so that nothing else bills it.
fn has_foreign_address(gateway: &NatGateway) -> bool {
    let private = gateway.connectivity.holds(false, |kind| kind == "private");
    if !matches!(private, Tri::No) {
        return false;
    }
    let referred = match &gateway.allocation.state {
        State::Known(reference) => reference.target.is_some(),
        State::Unknown(_) | State::Absent => gateway.allocation.origin.attribute().is_some(),
    };
    gateway.allocation_link.to().is_none() && !referred
}
