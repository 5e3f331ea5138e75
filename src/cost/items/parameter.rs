//! SSM parameters: standard ones are free, advanced ones are billed by the hour.

use super::super::Ledger;
use super::super::quantity::{Missing, Quantity};
use crate::model::Tri;

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    for parameter in &ledger.deployment().parameters {
        ledger.price(&parameter.meta, "parameter", |sheet| {
            let advanced = parameter.tier.holds(false, |tier| tier == "Advanced");
            let count = match advanced {
                Tri::No => return sheet.free("standard parameters are free"),
                Tri::Yes => Ok(Quantity::exactly(sheet.hours()).driven_by(parameter.tier.span(), "tier")),
                Tri::Maybe(causes) => Err(Missing::unknown("tier", causes)),
            };
            let rate = sheet.service_rate("ssm", "parameter_advanced", "advanced parameters");
            sheet.charge("Advanced parameter", "parameter-hours", count, rate);
        });
    }
}
