//! Arithmetic that Savings Plans and reservations share: a commitment covers the least that runs, is paid for every
//! hour of the term, and what is paid at the start is spread over the months.

use rust_decimal::Decimal;

use super::super::HOURS_PER_MONTH;
use super::super::catalogue::{Payment, Term};
use super::super::estimate::Component;

/// Terms and payments, in the order of columns.
pub(super) fn all() -> impl Iterator<Item = (Term, Payment)> {
    Term::ALL.iter().flat_map(|term| Payment::ALL.iter().map(|payment| (*term, *payment)))
}

/// `1 year, no upfront`.
pub(super) fn words(term: Term, payment: Payment) -> String {
    let years = match term {
        Term::OneYear => "1 year",
        Term::ThreeYears => "3 years",
    };
    let payment = match payment {
        Payment::NoUpfront => "no upfront",
        Payment::PartialUpfront => "partial upfront",
        Payment::AllUpfront => "all upfront",
    };
    format!("{years}, {payment}")
}

/// USD a month that a commitment for one component costs.
pub(super) struct Covered {
    /// At the cheapest and the dearest rate.
    pub(super) low: Decimal,
    pub(super) high: Decimal,
}

/// Puts the least of a component under a commitment at `low` to `high` USD per unit; gives what the commitment
/// costs a month. `hours` is how long things run a month: the commitment is paid for all 730.
pub(super) fn cover(
    component: &mut Component,
    hours: Decimal,
    (low, high): (Decimal, Decimal),
) -> Option<Covered> {
    let units = component.quantity.low;
    if units.is_zero() || hours.is_zero() {
        return None;
    }
    let committed = units.checked_mul(HOURS_PER_MONTH)?.checked_div(hours)?;
    let covered = Covered { low: committed.checked_mul(low)?, high: committed.checked_mul(high)? };
    let on_demand = units.checked_mul(component.unit_price)?;
    let monthly = &mut component.monthly;
    monthly.low = monthly.low.saturating_sub(on_demand).saturating_add(covered.low);
    monthly.expected = monthly.expected.saturating_sub(on_demand).saturating_add(covered.high);
    monthly.high = monthly.high.saturating_sub(on_demand).saturating_add(covered.high);
    Some(covered)
}
