//! The estimate for people: a table by resource, what it assumes, what it lacks, and the date of its prices.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};

use rust_decimal::{Decimal, RoundingStrategy};

use super::human::is_below_a_cent;
use super::table::{Align, Cell, Column, Look, Table};
use super::{Outcome, Style, text};
use crate::cost::estimate::{Component, Estimate, Range, ResourceCost, Unpriced};
use crate::source::Span;
use crate::text::plural;

/// Addresses that are named where one reason holds for many.
const SHOWN_ADDRESSES: usize = 4;
/// Reasons why something is free that are named.
const SHOWN_REASONS: usize = 4;

/// Writes the estimate.
///
/// # Errors
/// When the stream fails.
pub fn write(
    outcome: &Outcome<'_>,
    estimate: &Estimate,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (free, billed): (Vec<&ResourceCost>, Vec<&ResourceCost>) =
        estimate.resources.iter().partition(|resource| resource.components.is_empty());
    let total = estimate.total();
    let has_ranges = billed.iter().any(|resource| !resource.monthly().is_exact());
    let mut is_told = false;
    if !billed.is_empty() {
        let table = table(outcome, estimate, &billed, has_ranges);
        table.write(style, out)?;
        is_told = total.is_exact() || table.shows_all(style.width);
    }
    if is_empty(estimate) {
        return indented("Nothing to price: these files declare no AWS resource", style, 0, out);
    }
    if !is_told {
        indented(&format!("{} a month", total_words(estimate)), style, 0, out)?;
    }
    if style.quiet {
        return Ok(());
    }
    if !estimate.unpriced.is_empty() {
        writeln!(out)?;
        indented("Not priced, so the bill will be higher:", style, 0, out)?;
        for (reason, addresses) in by_reason(&estimate.unpriced) {
            indented(&format!("{}: {reason}", listed(&addresses)), style, 2, out)?;
        }
    }
    if !estimate.assumptions.is_empty() {
        writeln!(out, "\nAssumed:")?;
        for assumption in &estimate.assumptions {
            let how = if assumption.set_with.is_empty() {
                String::new()
            } else {
                format!(" (set with {})", assumption.set_with)
            };
            indented(&format!("{}: {}{how}", assumption.name, assumption.value), style, 2, out)?;
        }
    }
    if !free.is_empty() {
        let reasons: BTreeSet<&str> = free.iter().filter_map(|resource| resource.free).collect();
        let more = reasons.len().saturating_sub(SHOWN_REASONS);
        let mut why: Vec<String> = reasons.into_iter().take(SHOWN_REASONS).map(str::to_owned).collect();
        if more > 0 {
            why.push(format!("and {more} other reasons"));
        }
        let words = format!("Free: {}: {}", plural(free.len(), "resource"), why.join("; "));
        writeln!(out)?;
        indented(&words, style, 0, out)?;
    }
    if let Some(words) = prices(estimate) {
        writeln!(out)?;
        indented(&words, style, 0, out)?;
    }
    Ok(())
}

/// What is not priced, by reason, in order of first appearance: one reason often holds for many resources.
pub(super) fn by_reason(unpriced: &[Unpriced]) -> Vec<(String, Vec<&str>)> {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    let mut index: HashMap<String, usize> = HashMap::new();
    for item in unpriced {
        let price = match (item.unit_price, &item.unit) {
            (Some(price), Some(unit)) => format!(" (${} per {unit})", unit_price(price)),
            (Some(price), None) => format!(" (${} each)", unit_price(price)),
            (None, _) => String::new(),
        };
        let reason = format!("{}{price}", item.reason);
        let at = *index.entry(reason.clone()).or_insert(groups.len());
        if at == groups.len() {
            groups.push((reason, Vec::new()));
        }
        if let Some((_, addresses)) = groups.get_mut(at) {
            addresses.push(&item.address);
        }
    }
    groups
}

/// `a`; `a, b and c`; `a (3 times), b and 12 more`.
pub(super) fn listed(addresses: &[&str]) -> String {
    let mut times: HashMap<&str, usize> = HashMap::new();
    let mut distinct: Vec<&str> = Vec::new();
    for address in addresses {
        let seen = times.entry(address).or_default();
        *seen += 1;
        if *seen == 1 {
            distinct.push(address);
        }
    }
    let named = |address: &&str| match times.get(address) {
        Some(times) if *times > 1 => format!("{address} ({times} times)"),
        _ => (*address).to_owned(),
    };
    let mut words: Vec<String> = distinct.iter().take(SHOWN_ADDRESSES).map(named).collect();
    let more = distinct.len().saturating_sub(SHOWN_ADDRESSES);
    let last = if more > 0 { Some(format!("{more} more")) } else { words.pop() };
    let last = last.unwrap_or_default();
    if words.is_empty() { last } else { format!("{} and {last}", words.join(", ")) }
}

fn table(outcome: &Outcome<'_>, estimate: &Estimate, billed: &[&ResourceCost], has_ranges: bool) -> Table {
    let mut columns = vec![
        Column { title: "Resource", align: Align::Left, drop: None },
        Column { title: "Quantity", align: Align::Right, drop: Some(2) },
        Column { title: "Unit", align: Align::Left, drop: Some(2) },
        Column { title: "Price", align: Align::Right, drop: Some(1) },
    ];
    let money = |title, drop| Column { title, align: Align::Right, drop };
    if has_ranges {
        columns.extend([money("Low", Some(3)), money("USD/month", None), money("High", Some(3))]);
    } else {
        columns.push(money("USD/month", None));
    }
    let mut table = Table::new(columns);
    let mut same: HashMap<(&str, Span), usize> = HashMap::new();
    for resource in billed {
        *same.entry((&*resource.address, resource.span)).or_default() += 1;
    }
    // Root modules that share a module may share its addresses too: their calls tell them apart.
    let shown = |resource: &ResourceCost| {
        let is_shared = same.get(&(&*resource.address, resource.span)).is_some_and(|times| *times > 1);
        resource.call.filter(|_| is_shared).unwrap_or(resource.span)
    };
    let directory = common_directory(billed.iter().map(|resource| outcome.place(shown(resource)).file));
    for resource in billed {
        let place = outcome.place(shown(resource));
        let file = place.file.strip_prefix(directory).unwrap_or(place.file);
        let name = format!("{} ({file}:{})", resource.address, place.start.line);
        let mut row = vec![
            Cell::new(text::line(&name)).look(Look::Strong),
            Cell::default(),
            Cell::default(),
            Cell::default(),
        ];
        row.extend(amounts(resource.monthly(), has_ranges).into_iter().map(|cell| cell.look(Look::Strong)));
        table.row(row);
        for component in &resource.components {
            table.row(component_row(component, has_ranges));
        }
    }
    let words = if estimate.is_at_least() { "Total, at least" } else { "Total" };
    let mut row =
        vec![Cell::new(words).look(Look::Strong), Cell::default(), Cell::default(), Cell::default()];
    row.extend(amounts(estimate.total(), has_ranges).into_iter().map(|cell| cell.look(Look::Strong)));
    table.line();
    table.row(row);
    table
}

/// The directory, with its final `/`, that all files are in; empty if there is none.
fn common_directory<'a>(mut files: impl Iterator<Item = &'a str>) -> &'a str {
    let upto_slash = |path: &'a str| path.rfind('/').and_then(|at| path.get(..=at)).unwrap_or_default();
    let mut common = files.next().map(upto_slash).unwrap_or_default();
    for file in files {
        while !file.starts_with(common) {
            common = upto_slash(common.strip_suffix('/').unwrap_or_default());
        }
    }
    common
}

fn component_row(component: &Component, has_ranges: bool) -> Vec<Cell> {
    let range = component.quantity;
    let amount = if range.is_exact() {
        quantity(range.expected)
    } else {
        format!("{}–{}", quantity(range.low), quantity(range.high))
    };
    let mut row = vec![
        Cell::new(text::line(&component.name)).indent(2),
        Cell::new(amount),
        Cell::new(text::line(&component.unit)),
        Cell::new(unit_price(component.unit_price)),
    ];
    row.extend(amounts(component.monthly, has_ranges));
    row
}

fn amounts(range: Range, has_ranges: bool) -> Vec<Cell> {
    let expected = Cell::new(cents(range.expected));
    match (has_ranges, range.is_exact()) {
        (false, _) => vec![expected],
        (true, true) => vec![Cell::default(), expected, Cell::default()],
        (true, false) => vec![Cell::new(cents(range.low)), expected, Cell::new(cents(range.high))],
    }
}

/// `Prices: …, captured 2025-04 to 2025-06-17`.
pub(super) fn prices(estimate: &Estimate) -> Option<String> {
    let captured: BTreeSet<&str> = estimate
        .resources
        .iter()
        .flat_map(|resource| &resource.components)
        .map(|component| component.price.captured)
        .collect();
    let regions: BTreeSet<&str> = estimate
        .resources
        .iter()
        .filter(|resource| !resource.components.is_empty())
        .map(|resource| &*resource.region)
        .collect();
    let (first, last) = (captured.first()?, captured.last()?);
    let dates = if first == last { (*first).to_owned() } else { format!("{first} to {last}") };
    let regions: Vec<&str> = regions.into_iter().collect();
    Some(format!(
        "AWS list prices in USD before tax, {}, captured {dates}; a month has {} hours",
        regions.join(", "),
        quantity(estimate.hours_per_month)
    ))
}

/// Whether there was nothing to price: that is no bill of $0.
pub(super) fn is_empty(estimate: &Estimate) -> bool {
    estimate.resources.is_empty() && estimate.unpriced.is_empty()
}

/// `$86.12`; `$86.12 ($83.10 to $140.00)`; `at least $83.10`; `at least $83.10 (expected $86.12 or more)`.
pub(super) fn total_words(estimate: &Estimate) -> String {
    let total = estimate.total();
    let (low, expected, high) = (dollars(total.low), dollars(total.expected), dollars(total.high));
    match (estimate.is_at_least(), total.is_exact()) {
        (false, true) => expected,
        (false, false) => format!("{expected} ({low} to {high})"),
        (true, true) => format!("at least {expected}"),
        // Nothing is known of how much is missing, so that no upper end can be said.
        (true, false) if total.low == total.expected => format!("at least {low}"),
        (true, false) => format!("at least {low} (expected {expected} or more)"),
    }
}

/// An amount rounded to cents, with `$`.
pub(super) fn dollars(amount: Decimal) -> String {
    if is_below_a_cent(amount) { "less than $0.01".to_owned() } else { format!("${}", cents(amount)) }
}

/// An amount rounded half away from zero to cents: `1,234.50`.
pub(super) fn cents(amount: Decimal) -> String {
    if is_below_a_cent(amount) {
        return "<0.01".to_owned();
    }
    let mut rounded = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    let text = rounded.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "00"));
    format!("{sign}{}.{fraction}", thousands(whole))
}

fn thousands(digits: &str) -> String {
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A quantity for people: at most four digits behind the point, of small ones at least two that count.
pub(super) fn quantity(number: Decimal) -> String {
    let rounded = if number.abs() >= Decimal::new(1, 2) {
        number.round_dp(4)
    } else {
        number.round_sf(3).unwrap_or(number)
    };
    rounded.normalize().to_string()
}

/// A unit price as AWS lists it; computed ones with more than eight digits behind the point are rounded.
pub(super) fn unit_price(price: Decimal) -> String {
    let price = price.normalize();
    let price = if price.scale() > 8 { price.round_sf(6).unwrap_or(price) } else { price };
    price.normalize().to_string()
}

fn indented(words: &str, style: &Style, indent: usize, out: &mut dyn Write) -> io::Result<()> {
    for line in text::wrap(words, style.width.saturating_sub(indent)) {
        writeln!(out, "{:1$}{line}", "", indent)?;
    }
    Ok(())
}
