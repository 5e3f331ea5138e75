//! Auto Scaling groups: as many instances as the group has at the least, as desired and at the most, of the types that
//! its template or its mixed instances allow. Source: EC2 Auto Scaling user guide, "Auto Scaling groups with multiple
//! instance types and purchase options".

use rust_decimal::Decimal;

use super::super::Ledger;
use super::super::estimate::Range;
use super::super::quantity::{Choices, Known, Missing, Quantity};
use super::super::sheet::Sheet;
use super::ec2::{self, Kind, View};
use super::instance::{is_default, linked};
use crate::model::compute::{AutoScalingGroup, MixedInstances};
use crate::model::{Field, State, Tri};

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    for group in &ledger.deployment().auto_scaling_groups {
        ledger.price(&group.meta, "auto-scaling-group", |sheet| charge(sheet, group));
    }
}

fn charge<'a>(sheet: &mut Sheet<'a>, group: &'a AutoScalingGroup) {
    let template = match linked(sheet, &group.template_link) {
        Ok(Some(template)) => &template.machine,
        Ok(None) => {
            let missing = Missing::because("the group names no launch template");
            return sheet.leave_out("Instances", missing, None);
        }
        Err(missing) => return sheet.leave_out("Instances", missing, None),
    };
    let view = View { own: None, template: Some(template) };
    let mixed = match &group.mixed.state {
        State::Known(mixed) => Some(mixed),
        State::Absent => None,
        State::Unknown(unknown) => {
            let missing = Missing::unknown("mixed_instances_policy", unknown.causes.clone());
            return sheet.leave_out("Instances", missing, None);
        }
    };
    let kinds = match kinds(sheet, view, mixed) {
        Ok(kinds) => kinds,
        Err(missing) => return sheet.leave_out("Instances", missing, None),
    };
    let hours = sheet.hours();
    let units = match capacity(sheet, group) {
        Ok(units) => units,
        // The price of one stands for all that come with it.
        Err(missing) => return ec2::on_demand(sheet, &kinds, Err(missing)),
    };
    match ec2::unpriced_platform(sheet, view) {
        Some(missing) => sheet.leave_out(&format!("Instances ({})", ec2::names(&kinds)), missing, None),
        None => buy(sheet, view, mixed, &kinds, &units, hours),
    }
    let subnets: Vec<_> = group
        .subnets
        .iter()
        .zip(&group.subnet_links)
        .map(|(subnet, link)| (link, is_default(subnet)))
        .collect();
    let is_public = if group.subnets.is_closed() {
        ec2::public(sheet, view, &subnets)
    } else {
        match view.field(|machine| &machine.public_ip).filter(|field| field.is_written()) {
            Some(_) => ec2::public(sheet, view, &[]),
            None => ec2::Public::Unknown(group.subnets.causes()),
        }
    };
    let instances = instances(&units, &kinds);
    ec2::attachments(sheet, view, Some(&kinds), &instances, (hours, false), is_public);
    if group.warm_pool.is_written() {
        let missing = Missing::because("how many instances wait in it is not priced");
        sheet.leave_out("Warm pool", missing, None);
    }
}

/// Hours on demand and on the Spot market.
fn buy(
    sheet: &mut Sheet<'_>,
    view: View<'_>,
    mixed: Option<&MixedInstances>,
    kinds: &Choices<Kind>,
    units: &Quantity,
    hours: Decimal,
) {
    let Some(mixed) = mixed else {
        let spot =
            view.field(|machine| &machine.spot).map_or(Tri::No, |spot| spot.holds(false, |spot| *spot));
        return match spot {
            Tri::Yes if units.range.high.is_zero() => ec2::on_demand(sheet, kinds, Ok(units.clone())),
            Tri::Yes => ec2::spot(sheet, kinds, Some(units.range)),
            Tri::No => ec2::on_demand(sheet, kinds, Ok(units.clone().times(hours))),
            Tri::Maybe(causes) => {
                let missing =
                    Missing { causes, ..Missing::because("whether they are on the Spot market is unknown") };
                ec2::on_demand(sheet, kinds, Err(missing));
            }
        };
    };
    let base = sheet.number(&mixed.on_demand_base, "on_demand_base_capacity", Some(0));
    let percentage =
        sheet.number(&mixed.on_demand_percentage, "on_demand_percentage_above_base_capacity", Some(100));
    let (base, percentage) = match (base, percentage) {
        (Ok(base), Ok(percentage)) => (base, percentage),
        (Err(missing), _) | (_, Err(missing)) => return ec2::on_demand(sheet, kinds, Err(missing)),
    };
    let least = |units| on_demand_units(units, base.range.low, percentage.range.low);
    let most = |units| on_demand_units(units, base.range.high, percentage.range.high);
    let all = units.range;
    let own = Range { low: least(all.low), expected: most(all.expected), high: most(all.high) };
    let spot = Range {
        low: all.low - most(all.low),
        expected: all.expected - least(all.expected),
        high: all.high - least(all.high),
    };
    if !own.high.is_zero() || spot.high.is_zero() {
        let mut quantity = units.with(own).times(hours);
        quantity.drivers.extend(base.drivers);
        quantity.drivers.extend(percentage.drivers);
        quantity.assumption = quantity.assumption.or(base.assumption).or(percentage.assumption);
        ec2::on_demand(sheet, kinds, Ok(quantity));
    }
    if !spot.high.is_zero() {
        ec2::spot(sheet, kinds, Some(spot));
    }
}

/// Of so many units the base, and the percentage of the rest rounded up.
fn on_demand_units(units: Decimal, base: Decimal, percentage: Decimal) -> Decimal {
    let base = base.min(units);
    let share = percentage.min(Decimal::ONE_HUNDRED) / Decimal::ONE_HUNDRED;
    base + ((units - base) * share).ceil()
}

/// The types of the overrides, else that of the template.
fn kinds(sheet: &mut Sheet<'_>, view: View<'_>, mixed: Option<&MixedInstances>) -> Known<Choices<Kind>> {
    let by_requirements = || Missing::because("EC2 chooses their types by `instance_requirements`");
    let overrides = mixed.map(|mixed| &mixed.overrides).filter(|it| !it.items.is_empty() || !it.is_closed());
    let Some(overrides) = overrides else {
        if view.field(|machine| &machine.requirements).is_some_and(Field::is_written) {
            return Err(by_requirements());
        }
        let Some(field) = view.field(|machine| &machine.instance_type) else {
            return Err(Missing::because("`instance_type` is not written"));
        };
        let types = sheet.choices(field, "instance_type", None)?;
        return Ok(types.map(|name| Kind { name, weight: Decimal::ONE }));
    };
    if !overrides.is_closed() {
        return Err(Missing::unknown("override", overrides.causes()));
    }
    let mut all = Choices { values: Vec::new(), drivers: Vec::new(), assumption: None };
    for item in overrides {
        if item.requirements.is_written() {
            return Err(by_requirements());
        }
        // An override may change the weight of the template's own type only.
        let field = match view.field(|machine| &machine.instance_type) {
            Some(of_template) if item.instance_type.is_absent() => of_template,
            _ => &item.instance_type,
        };
        let types = sheet.choices(field, "instance_type", None)?;
        let weights = sheet.choices(&item.weight, "weighted_capacity", Some(1))?;
        if !weights.all(|weight| (1..=999).contains(weight)) {
            return Err(Missing::because("`weighted_capacity` is not between 1 and 999"));
        }
        let found = types.with(&weights).map(|(name, weight)| Kind { name, weight: weight.into() });
        all.values.extend(found.values);
        all.drivers.extend(found.drivers);
        all.assumption = all.assumption.or(found.assumption);
    }
    if all.values.len() > 1 {
        let name = format!("instance types of {}", sheet.meta.address);
        let value = format!("{}: the dearest is expected", ec2::names(&all));
        all.assumption = Some(sheet.assume(name, value, "override"));
    }
    Ok(all)
}

/// Instances behind so many units: of the largest type at the least, of the smallest at the most.
fn instances(units: &Quantity, kinds: &Choices<Kind>) -> Quantity {
    if !ec2::is_weighted(kinds) {
        return units.clone();
    }
    let weights = || kinds.values.iter().map(|kind| kind.weight);
    let (Some(least), Some(most)) = (weights().min(), weights().max()) else { return units.clone() };
    let of = |units: Decimal, weight| units.checked_div(weight).unwrap_or(units).ceil();
    units.with(Range {
        low: of(units.range.low, most),
        expected: of(units.range.expected, least),
        high: of(units.range.high, least),
    })
}

/// Instances (or units of capacity) at the least, as desired, at the most.
fn capacity(sheet: &mut Sheet<'_>, group: &AutoScalingGroup) -> Known<Quantity> {
    let least = sheet.number(&group.min_size, "min_size", None);
    let most = sheet.number(&group.max_size, "max_size", None);
    let desired = if group.desired_capacity.is_absent() {
        let name = format!("desired_capacity of {}", sheet.meta.address);
        let value = "min_size, since it is not written; what scales the group may want more";
        let name = sheet.assume(name, value, "desired_capacity");
        least.clone().map(|least| least.assuming(name))
    } else {
        sheet.number(&group.desired_capacity, "desired_capacity", None)
    };
    match (desired, least, most) {
        (Ok(mut desired), Ok(least), Ok(most)) => {
            let (low, high) = (least.range.low, most.range.high.max(least.range.low));
            desired.drivers.extend(least.drivers);
            desired.drivers.extend(most.drivers);
            let assumption = desired.assumption.or(least.assumption).or(most.assumption);
            desired.assumption = assumption;
            let expected = desired.range.expected.max(low).min(high);
            Ok(desired.with(Range { low, expected, high }))
        }
        (Ok(desired), least, Err(missing)) => {
            sheet.leave_out("Instances above the desired capacity", missing, None);
            let low = least.map_or(Decimal::ZERO, |least| least.range.low);
            Ok(desired.with(Range::spanning(low, desired.range.expected, desired.range.high)))
        }
        (Ok(desired), Err(_), Ok(most)) => {
            let (expected, high) = (desired.range.expected.min(most.range.high), most.range.high);
            Ok(desired.with(Range { low: Decimal::ZERO, expected, high }))
        }
        (Err(_), least, Ok(most)) => {
            let low = least.map_or(Decimal::ZERO, |least| least.range.low);
            let high = most.range.high.max(low);
            let name = format!("desired_capacity of {}", sheet.meta.address);
            let value = format!("between {low} and {high}: the most is expected");
            let name = sheet.assume(name, value, "--var or --var-file");
            Ok(most.with(Range { low, expected: high, high }).assuming(name))
        }
        (Err(missing), _, Err(_)) => Err(missing),
    }
}
