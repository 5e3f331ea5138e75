//! Findings that say what their fix saves, where the estimate knows how much is at stake.

use rust_decimal::Decimal;

use crate::cost::estimate::{Component, Estimate};
use crate::lint::{Finding, Monthly};

/// The rule on log groups that keep everything.
const LOG_RETENTION: &str = "log-retention";
/// Days that the rule's remediation proposes.
const PROPOSED_DAYS: i64 = 30;

/// Adds the amounts. Storage of logs without retention is priced at the age of a year (`cost::items::log_group`); with 30
/// days kept, 30 / 365 of it remain.
pub(super) fn tell(findings: &mut [Finding], estimate: &Estimate) {
    for finding in findings.iter_mut().filter(|it| &*it.rule == LOG_RETENTION && it.monthly.is_none()) {
        let stored: Option<Vec<Decimal>> =
            finding.instances.iter().map(|instance| for_ever(estimate, &instance.address)).collect();
        let Some(stored) = stored else { continue };
        let sum: Decimal = stored.into_iter().sum();
        let kept = Decimal::from(PROPOSED_DAYS) / Decimal::from(365);
        let saved = (sum * (Decimal::ONE - kept)).round_dp(2);
        if saved > Decimal::ZERO {
            finding.monthly = Some(Monthly {
                amount: -saved,
                basis: format!("log storage after a year, against {PROPOSED_DAYS} days kept"),
            });
        }
    }
}

/// What the storage of a log group without retention costs a month after a year.
fn for_ever(estimate: &Estimate, address: &str) -> Option<Decimal> {
    let mut groups = estimate.resources.iter().filter(|resource| *resource.address == *address);
    let group = groups.next().filter(|_| groups.next().is_none())?;
    let grows = |component: &&Component| component.name == "Log storage" && !component.monthly.is_exact();
    group.components.iter().find(grows).map(|component| component.monthly.expected)
}
