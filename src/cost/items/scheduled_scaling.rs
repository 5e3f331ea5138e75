//! Scheduled scaling: the bounds of a service over a week, weighted by how long each holds.
//! Source: Application Auto Scaling, "How scheduled scaling works": an action sets new bounds, and scaling out or in
//! happens only where the current count lies outside of them.

use rust_decimal::Decimal;

use super::super::estimate::{Driver, Range};
use super::super::quantity::Quantity;
use super::super::schedule::minutes_of_week;
use super::super::sheet::Sheet;
use crate::model::service::{ScalingTarget, ScheduledAction};

const MINUTES: u16 = 7 * 24 * 60;
/// Most changes of a week that are followed.
const MOST: usize = 10_000;

/// From a minute of the week on: a new lower and upper bound, where the action sets one.
type Change = (u16, Option<i64>, Option<i64>);

/// The tasks of a service whose bounds change over the week; `tasks` are those between the bounds of the target.
pub(super) fn over_the_week(sheet: &mut Sheet<'_>, target: &ScalingTarget, tasks: Quantity) -> Quantity {
    let deployment = sheet.context.deployment;
    let actions: Vec<&ScheduledAction> =
        deployment.scheduled_actions.iter().filter(|action| is_of(action, target)).collect();
    if actions.is_empty() {
        return tasks;
    }
    let mut tasks = tasks;
    for action in &actions {
        tasks.drivers.push(Driver { span: action.schedule.span(), what: "schedule".to_owned() });
    }
    let bounds = (target.min_capacity.known(), target.max_capacity.known());
    let changes = changes(&actions);
    let name = format!("scheduled scaling of {}", sheet.meta.address);
    let (Some(changes), (Some(least), Some(most))) = (changes, bounds) else {
        let known = |field: fn(&ScheduledAction) -> Option<&i64>| {
            actions
                .iter()
                .filter_map(|action| field(action))
                .map(|amount| Decimal::from(*amount))
                .collect::<Vec<_>>()
        };
        let low = known(|action| action.min_capacity.known()).into_iter().fold(tasks.range.low, Decimal::min);
        let high =
            known(|action| action.max_capacity.known()).into_iter().fold(tasks.range.high, Decimal::max);
        let value =
            "not weighted: the schedules are not the same every week, or not known; the bounds are the ends";
        let name = sheet.assume(name, value, "schedule");
        let range = Range { low: low.max(Decimal::ZERO), expected: tasks.range.expected, high };
        return tasks.with(range).assuming(name);
    };
    let range = weighted(&changes, (*least, *most), tasks.range.expected);
    let zones: std::collections::BTreeSet<&str> =
        actions.iter().map(|action| action.timezone.known().map_or("UTC", String::as_str)).collect();
    let mut value = format!("bounds weighted over the week, {} changes", changes.len());
    if zones.len() > 1 {
        value.push_str("; their time zones differ and are taken as one");
    }
    let name = sheet.assume(name, value, "schedule");
    tasks.with(range).assuming(name)
}

/// Whether an action changes the bounds of a target.
fn is_of(action: &ScheduledAction, target: &ScalingTarget) -> bool {
    if action.meta.unit != target.meta.unit {
        return false;
    }
    let names = |address: &std::sync::Arc<str>| {
        *address == target.meta.address || target.service_addresses.contains(address)
    };
    if action.addresses.iter().any(names) {
        return true;
    }
    let text = |field: &crate::model::Field<crate::model::Reference>| field.known()?.text.clone();
    text(&action.resource_id).is_some_and(|id| text(&target.resource_id) == Some(id))
}

/// The changes of a week in order; `None` where one is not known.
fn changes(actions: &[&ScheduledAction]) -> Option<Vec<Change>> {
    let mut changes: Vec<Change> = Vec::new();
    for action in actions {
        let bound = |field: &crate::model::Field<i64>| match (field.known(), field.is_absent()) {
            (Some(amount), _) if (0..=1_000_000).contains(amount) => Some(Some(*amount)),
            (None, true) => Some(None),
            _ => None,
        };
        let (least, most) = (bound(&action.min_capacity)?, bound(&action.max_capacity)?);
        let minutes = minutes_of_week(action.schedule.known()?)?;
        if changes.len() + minutes.len() > MOST {
            return None;
        }
        changes.extend(minutes.into_iter().map(|minute| (minute, least, most)));
    }
    changes.sort_by_key(|(minute, ..)| *minute);
    (!changes.is_empty()).then_some(changes)
}

/// The lower bound, the wished count between the bounds, and the upper bound, each on average over a week. Bounds hold
/// until the next change, also from Saturday night to Sunday.
fn weighted(changes: &[Change], (least, most): (i64, i64), wished: Decimal) -> Range {
    let (mut low, mut high) = (Decimal::from(least), Decimal::from(most));
    let mut sum = Range::default();
    // The first week only finds the bounds that the second one starts with.
    for week in 0..2 {
        let ends = changes.iter().skip(1).map(|(minute, ..)| *minute).chain([MINUTES]);
        let mut hold = |from: u16, to: u16, low: Decimal, high: Decimal| {
            if week == 1 {
                let minutes = Decimal::from(to.saturating_sub(from));
                let high = high.max(low);
                sum += Range { low, expected: wished.max(low).min(high), high }.times(minutes);
            }
        };
        let first = changes.first().map_or(MINUTES, |(minute, ..)| *minute);
        hold(0, first, low, high);
        for ((minute, least, most), end) in changes.iter().zip(ends) {
            low = least.map_or(low, Decimal::from);
            high = most.map_or(high, Decimal::from);
            hold(*minute, end, low, high);
        }
    }
    let week = Decimal::from(MINUTES);
    Range { low: sum.low / week, expected: sum.expected / week, high: sum.high / week }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From 8 to 20 on five days at least 4, else 1: (60 × 4 + 108 × 1) / 168 = 348 / 168.
    #[test]
    fn bounds_hold_until_the_next_change() {
        let mut changes: Vec<Change> = Vec::new();
        for day in 1..=5_u16 {
            changes.push((day * 1440 + 8 * 60, Some(4), Some(10)));
            changes.push((day * 1440 + 20 * 60, Some(1), Some(2)));
        }
        let range = weighted(&changes, (2, 6), Decimal::from(2));
        let of = |weekly: i64| (Decimal::from(weekly) / Decimal::from(168)).round_dp(12);
        assert_eq!(range.low.round_dp(12), of(60 * 4 + 108));
        // Two are wished: four by day, two by night.
        assert_eq!(range.expected.round_dp(12), of(60 * 4 + 108 * 2));
        assert_eq!(range.high.round_dp(12), of(60 * 10 + 108 * 2));
    }
}
