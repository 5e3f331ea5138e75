//! `cost --by`: the parts of the total, for people and as `plimsoll/breakdown/1`.

use std::io::{self, Write};

use serde_json::json;

use super::cost_why::money_range;
use super::estimate::{cents, total_words};
use super::table::{Align, Cell, Column, Look, Table};
use super::{Outcome, Style, json, text};
use crate::cost::breakdown::{By, Part};
use crate::cost::estimate::{Estimate, Range};

/// Version of the shape.
pub const SCHEMA: &str = "plimsoll/breakdown/1";

/// Writes a table of the parts, the dearest first.
///
/// # Errors
/// When the stream fails.
pub fn write(
    parts: &[Part],
    estimate: &Estimate,
    by: &By,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    if parts.is_empty() {
        return writeln!(out, "Nothing to price: these files declare no AWS resource that is billed");
    }
    let has_ranges = parts.iter().any(|part| !part.monthly.is_exact());
    let total: Range = parts.iter().map(|part| part.monthly).sum();
    let mut columns = vec![
        Column { title: title(by), align: Align::Left, drop: None },
        Column { title: "Share", align: Align::Right, drop: Some(1) },
    ];
    let money = |title, drop| Column { title, align: Align::Right, drop };
    if has_ranges {
        columns.extend([money("Low", Some(2)), money("USD/month", None), money("High", Some(2))]);
    } else {
        columns.push(money("USD/month", None));
    }
    let mut table = Table::new(columns);
    let figures = |range: Range| -> Vec<Cell> {
        let expected = Cell::new(cents(range.expected));
        match (has_ranges, range.is_exact()) {
            (false, _) => vec![expected],
            (true, true) => vec![Cell::default(), expected, Cell::default()],
            (true, false) => vec![Cell::new(cents(range.low)), expected, Cell::new(cents(range.high))],
        }
    };
    for part in parts {
        let share = part.monthly.expected.checked_div(total.expected).unwrap_or_default();
        let percent = (share * rust_decimal::Decimal::ONE_HUNDRED).round();
        let more = if part.at_least { ", at least" } else { "" };
        let mut row =
            vec![Cell::new(text::line(&format!("{}{more}", part.name))), Cell::new(format!("{percent}%"))];
        row.extend(figures(part.monthly));
        table.row(row);
    }
    let words = if estimate.is_at_least() { "Total, at least" } else { "Total" };
    let mut row = vec![Cell::new(words).look(Look::Strong), Cell::default()];
    row.extend(figures(total).into_iter().map(|cell| cell.look(Look::Strong)));
    table.line();
    table.row(row);
    table.write(style, out)?;
    if !style.quiet && *by != By::Environment {
        writeln!(out, "{} a month; `plimsoll cost` lists what is in it", total_words(estimate))?;
    }
    Ok(())
}

fn title(by: &By) -> &'static str {
    match by {
        By::Service => "Service",
        By::Container => "Container",
        By::Tag(_) => "Tag",
        By::Environment => "Environment",
        By::Kind => "Kind",
        By::Module => "Module",
    }
}

/// Writes `plimsoll/breakdown/1`.
///
/// # Errors
/// When the stream fails.
pub fn write_json(
    outcome: &Outcome<'_>,
    parts: &[Part],
    estimate: &Estimate,
    by: &By,
    out: &mut dyn Write,
) -> io::Result<()> {
    let total: Range = parts.iter().map(|part| part.monthly).sum();
    let part = |part: &Part| {
        let resources: Vec<&str> = part.resources.iter().map(|address| &**address).collect();
        json!({
            "name": part.name, "monthly": money_range(part.monthly), "at_least": part.at_least,
            "resources": resources,
        })
    };
    let report = json!({
        "schema": SCHEMA,
        "version": outcome.version,
        "as_of": outcome.as_of.to_string(),
        "currency": "USD",
        "by": by.to_string(),
        "parts": parts.iter().map(part).collect::<Vec<_>>(),
        "total": money_range(total),
        "at_least": estimate.is_at_least(),
    });
    json::write(&report, out)
}
