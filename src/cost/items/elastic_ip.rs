//! Elastic IP addresses: every public IPv4 address costs the same, in use or idle, since 2024-02-01.

use super::super::Ledger;
use super::super::quantity::Quantity;

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    for address in &ledger.deployment().elastic_ips {
        ledger.price(&address.meta, "elastic-ip", |sheet| {
            let hours = sheet.hours();
            sheet.public_ipv4(Ok(Quantity::exactly(hours)));
        });
    }
}
