//! `cost --why`: the arithmetic of resources, each number with the place where it is written.

use std::io::{self, Write};

use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use super::estimate::{cents, dollars, quantity, unit_price};
use super::json::{exact, exact_money};
use super::{Outcome, Style, json, text};
use crate::cost::catalogue::{self, GLOBAL};
use crate::cost::estimate::{Component, Estimate, Factor, Range, ResourceCost, Unpriced};

/// Version of the shape.
pub const SCHEMA: &str = "plimsoll/cost-why/1";

/// Divisors up to here are shown as such: `÷ 1024` instead of `× 0.0009765625`.
const LARGEST_DIVISOR: i64 = 1_000_000;

/// Whether `asked` is the address, or the address of a module or resource that holds it.
#[must_use]
pub fn is_within(address: &str, asked: &str) -> bool {
    address.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn of<'a>(estimate: &'a Estimate, asked: &'a str) -> (Vec<&'a ResourceCost>, Vec<&'a Unpriced>) {
    let resources = estimate.resources.iter().filter(|of| is_within(&of.address, asked)).collect();
    let unpriced = estimate.unpriced.iter().filter(|of| is_within(&of.address, asked)).collect();
    (resources, unpriced)
}

/// Writes the arithmetic of what has this address.
///
/// # Errors
/// When the stream fails.
pub fn write(
    outcome: &Outcome<'_>,
    estimate: &Estimate,
    asked: &str,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (resources, unpriced) = of(estimate, asked);
    for (index, resource) in resources.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        let place = place(outcome, resource.span);
        let head = format!("{} ({}, {}) {place}", resource.address, resource.kind, resource.region);
        writeln!(out, "{}", text::line(&head))?;
        if let Some(reason) = resource.free {
            indented(&format!("$0.00: {reason}"), style, 2, out)?;
        }
        for component in &resource.components {
            writeln!(out, "\n  {}", text::line(&component.name))?;
            of_component(outcome, estimate, resource, component, style, out)?;
        }
        if resource.components.len() > 1 {
            let parts: Vec<String> =
                resource.components.iter().map(|it| cents(it.monthly.expected)).collect();
            writeln!(out)?;
            let sum = format!("together {} = {}", parts.join(" + "), range_words(resource.monthly()));
            indented(&sum, style, 2, out)?;
        }
    }
    if !unpriced.is_empty() {
        if !resources.is_empty() {
            writeln!(out)?;
        }
        writeln!(out, "Not in the total:")?;
        for item in unpriced {
            let price = match (item.unit_price, &item.unit) {
                (Some(price), Some(unit)) => format!(" (${} per {unit})", unit_price(price)),
                _ => String::new(),
            };
            let place = place(outcome, item.span);
            indented(&format!("{}: {}{price} {place}", item.address, item.reason), style, 2, out)?;
        }
    }
    Ok(())
}

fn of_component(
    outcome: &Outcome<'_>,
    estimate: &Estimate,
    resource: &ResourceCost,
    component: &Component,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut row = |title: &str, words: &str| -> io::Result<()> {
        let indent = 15;
        let mut lines = text::wrap(words, style.width.saturating_sub(indent)).into_iter();
        writeln!(out, "    {title:<11}{}", lines.next().unwrap_or_default())?;
        lines.try_for_each(|line| writeln!(out, "{:1$}{line}", "", indent))
    };
    let total = format!("{} {}", range_figure(component.quantity), component.unit);
    match product(&component.factors) {
        Some(product) => row("quantity", &format!("{product} = {total}"))?,
        None => row("quantity", &total)?,
    }
    let written = |what: &str, value: Option<Range>, span| {
        let value = value.map_or_else(String::new, |value| format!(" = {}", range_figure(value)));
        format!("{what}{value} {}", place(outcome, span))
    };
    for factor in &component.factors {
        if let Some(span) = factor.span {
            row("", &written(&factor.what, Some(factor.value), span))?;
        }
    }
    for driver in &component.drivers {
        let is_told = |factor: &Factor| factor.span == Some(driver.span) && factor.what == driver.what;
        if !component.factors.iter().any(is_told) {
            row("", &written(&driver.what, None, driver.span))?;
        }
    }
    row(
        "unit price",
        &format!(
            "${} per {}: table {}, {}, source {}, captured {}",
            unit_price(component.unit_price),
            component.unit.strip_suffix('s').unwrap_or(&component.unit),
            component.price.table,
            price_region(resource, component),
            component.price.source,
            component.price.captured
        ),
    )?;
    row(
        "monthly",
        &format!(
            "{} × {} = {}",
            quantity(component.quantity.expected),
            unit_price(component.unit_price),
            range_words(component.monthly)
        ),
    )?;
    if let Some(name) = &component.assumption {
        let assumption = estimate.assumptions.iter().find(|it| it.name == *name);
        let words = assumption.map_or_else(|| name.clone(), |it| format!("{name}: {}", it.value));
        row("assumed", &words)?;
    }
    Ok(())
}

/// Where the price holds: the region, or everywhere.
fn price_region<'a>(resource: &'a ResourceCost, component: &Component) -> &'a str {
    let tables = catalogue::Catalogue::embedded();
    let is_in = |region: &str| {
        catalogue::Table::from_name(component.price.table).is_some_and(|table| {
            tables.items(table, region).any(|item| {
                item.price.amount == component.unit_price && item.price.captured == component.price.captured
            })
        })
    };
    if !is_in(&resource.region) && is_in(GLOBAL) { "the same in all regions" } else { &resource.region }
}

/// `2 (desired_count) × 730 (hours a month) ÷ 1024`; `None` where a single nameless number would be repeated.
fn product(factors: &[Factor]) -> Option<String> {
    if let [only] = factors
        && only.what.is_empty()
    {
        return None;
    }
    let mut words = String::new();
    for factor in factors {
        let (sign, figure) = match divisor(factor.value) {
            Some(divisor) if !words.is_empty() => (" ÷ ", quantity(divisor)),
            _ => (if words.is_empty() { "" } else { " × " }, range_figure(factor.value)),
        };
        words.push_str(sign);
        words.push_str(&figure);
        if !factor.what.is_empty() {
            words.push_str(&format!(" ({})", factor.what));
        }
    }
    Some(words)
}

/// The whole number by which a factor below 1 divides.
fn divisor(value: Range) -> Option<Decimal> {
    if !value.is_exact() || value.expected <= Decimal::ZERO || value.expected >= Decimal::ONE {
        return None;
    }
    let divisor = Decimal::ONE.checked_div(value.expected)?;
    let whole = divisor.round();
    let is_whole = (divisor - whole).abs() < Decimal::new(1, 12) && whole <= Decimal::from(LARGEST_DIVISOR);
    // 0.5 and 0.25 read better as they are.
    (is_whole && value.expected.scale() > 4).then_some(whole)
}

fn range_figure(range: Range) -> String {
    if range.is_exact() {
        quantity(range.expected)
    } else {
        let (low, high) = (quantity(range.low), quantity(range.high));
        format!("{} [{low}–{high}]", quantity(range.expected))
    }
}

fn range_words(range: Range) -> String {
    let expected = dollars(range.expected);
    if range.is_exact() {
        format!("{expected} a month")
    } else {
        format!("{expected} a month ({} to {})", dollars(range.low), dollars(range.high))
    }
}

fn place(outcome: &Outcome<'_>, span: crate::source::Span) -> String {
    let place = outcome.place(span);
    format!("at {}:{}:{}", place.file, place.start.line, place.start.column)
}

fn indented(words: &str, style: &Style, indent: usize, out: &mut dyn Write) -> io::Result<()> {
    for line in text::wrap(words, style.width.saturating_sub(indent)) {
        writeln!(out, "{:1$}{line}", "", indent)?;
    }
    Ok(())
}

/// Writes `plimsoll/cost-why/1`.
///
/// # Errors
/// When the stream fails.
pub fn write_json(
    outcome: &Outcome<'_>,
    estimate: &Estimate,
    asked: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (resources, unpriced) = of(estimate, asked);
    let at = |span| {
        let place = outcome.place(span);
        (place.file.to_owned(), place.start.line, place.start.column)
    };
    let component = |resource: &ResourceCost, component: &Component| -> Json {
        let factors = component.factors.iter().map(|factor| {
            let (file, line, column) = factor.span.map(at).map_or((None, None, None), |(file, line, column)| {
                (Some(file), Some(line), Some(column))
            });
            json!({"what": factor.what, "value": exact_range(factor.value), "file": file, "line": line, "column": column})
        });
        let drivers = component.drivers.iter().map(|driver| {
            let (file, line, column) = at(driver.span);
            json!({"what": driver.what, "file": file, "line": line, "column": column})
        });
        let assumption = component.assumption.as_ref().map(|name| {
            let found = estimate.assumptions.iter().find(|it| it.name == *name);
            json!({"name": name, "value": found.map(|it| &it.value), "set_with": found.map(|it| &it.set_with)})
        });
        json!({
            "name": component.name,
            "quantity": exact_range(component.quantity),
            "factors": factors.collect::<Vec<_>>(),
            "drivers": drivers.collect::<Vec<_>>(),
            "unit": component.unit,
            "unit_price": exact(component.unit_price),
            "price": {
                "table": component.price.table, "region": price_region(resource, component),
                "source": component.price.source, "captured": component.price.captured,
            },
            "monthly": money_range(component.monthly),
            "assumption": assumption,
        })
    };
    let resource = |resource: &&ResourceCost| -> Json {
        let (file, line, _) = at(resource.span);
        json!({
            "address": &*resource.address, "kind": resource.kind, "region": &*resource.region,
            "file": file, "line": line, "monthly": money_range(resource.monthly()), "free": resource.free,
            "components": resource.components.iter().map(|it| component(resource, it)).collect::<Vec<_>>(),
        })
    };
    let left_out = |item: &&Unpriced| -> Json {
        json!({
            "address": &*item.address, "reason": item.reason,
            "unit_price": item.unit_price.map(exact), "unit": item.unit,
        })
    };
    let report = json!({
        "schema": SCHEMA,
        "version": outcome.version,
        "as_of": outcome.as_of.to_string(),
        "currency": "USD",
        "address": asked,
        "resources": resources.iter().map(resource).collect::<Vec<_>>(),
        "unpriced": unpriced.iter().map(left_out).collect::<Vec<_>>(),
    });
    json::write(&report, out)
}

/// A quantity with its range.
pub(super) fn exact_range(range: Range) -> Json {
    json!({"low": exact(range.low), "expected": exact(range.expected), "high": exact(range.high)})
}

/// An amount with its range.
pub(super) fn money_range(range: Range) -> Json {
    json!({
        "low": exact_money(range.low), "expected": exact_money(range.expected), "high": exact_money(range.high)
    })
}
