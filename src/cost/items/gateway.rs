//! Connections of a VPC that are billed by the hour: transit gateway attachments and VPN connections. What goes through
//! an attachment is billed by the GB, what leaves through a VPN as data transfer. Source: AWS Transit Gateway pricing;
//! AWS VPN pricing.

use super::super::Ledger;
use super::super::quantity::Quantity;

/// Resource type, item of the hour, its name, and the item of a GB where data is billed by the connection.
const CONNECTIONS: [(&str, &str, &str, Option<&str>); 2] = [
    (
        "aws_ec2_transit_gateway_vpc_attachment",
        "transit_gateway_vpc_attachment_hour",
        "Transit gateway attachment",
        Some("transit_gateway_vpc_data"),
    ),
    ("aws_vpn_connection", "vpn_connection_hour", "VPN connection", None),
];

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    for (kind, hourly, title, data) in CONNECTIONS {
        for connection in ledger.deployment().others_of_kind(kind) {
            ledger.price(&connection.meta, "vpc-connection", |sheet| {
                let hours = Quantity::exactly(sheet.hours());
                let rate = sheet.network_rate(hourly, title);
                sheet.charge(format!("{title} hours"), "connection-hours", Ok(hours), rate);
                if let Some(data) = data {
                    let rate = sheet.network_rate(data, &format!("{title} data"));
                    let processed = sheet.usage("processed_gb", "GB processed");
                    sheet.charge(format!("{title} data"), "GB", processed, rate);
                }
            });
        }
    }
}
