//! `cost --sensitivity`: what moves the total, for people and as `plimsoll/sensitivity/1`.

use std::io::{self, Write};

use rust_decimal::Decimal;
use serde_json::json;

use super::cost_why::money_range;
use super::estimate::{cents, total_words};
use super::json::exact_money;
use super::table::{Align, Cell, Column, Table};
use super::{Outcome, Style, json, text};
use crate::cost::estimate::Estimate;
use crate::cost::sensitivity::Influence;

/// Version of the shape.
pub const SCHEMA: &str = "plimsoll/sensitivity/1";

/// Writes a table of what moves the total, the largest first.
///
/// # Errors
/// When the stream fails.
pub fn write(
    outcome: &Outcome<'_>,
    influences: &[Influence],
    estimate: &Estimate,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{} a month. What moves it most:", total_words(estimate))?;
    if influences.is_empty() {
        return writeln!(out, "nothing: no quantity is given, and nothing has a range");
    }
    let column = |title, align, drop| Column { title, align, drop };
    let mut table = Table::new(vec![
        column("Input", Align::Left, None),
        column("Change", Align::Left, Some(2)),
        column("Down", Align::Right, None),
        column("Up", Align::Right, None),
        column("Place", Align::Left, Some(1)),
    ]);
    for influence in influences {
        let name = match &influence.address {
            Some(address) => format!("{address}: {}", influence.input),
            None => influence.input.clone(),
        };
        let place = influence.span.map(|span| outcome.place(span));
        let place = place.map_or_else(String::new, |place| format!("{}:{}", place.file, place.start.line));
        table.row(vec![
            Cell::new(text::line(&name)),
            Cell::new(text::line(&influence.change)),
            Cell::new(signed(influence.low)),
            Cell::new(signed(influence.high)),
            Cell::new(text::line(&place)),
        ]);
    }
    table.write(style, out)
}

fn signed(amount: Decimal) -> String {
    if amount.is_zero() {
        "0.00".to_owned()
    } else if amount.is_sign_negative() {
        format!("-{}", cents(-amount))
    } else {
        format!("+{}", cents(amount))
    }
}

/// Writes `plimsoll/sensitivity/1`.
///
/// # Errors
/// When the stream fails.
pub fn write_json(
    outcome: &Outcome<'_>,
    influences: &[Influence],
    estimate: &Estimate,
    out: &mut dyn Write,
) -> io::Result<()> {
    let influence = |influence: &Influence| {
        let place = influence.span.map(|span| outcome.place(span));
        json!({
            "address": influence.address.as_deref(),
            "input": influence.input,
            "change": influence.change,
            "low": exact_money(influence.low),
            "high": exact_money(influence.high),
            "swing": exact_money(influence.swing()),
            "file": place.as_ref().map(|place| place.file),
            "line": place.as_ref().map(|place| place.start.line),
        })
    };
    let report = json!({
        "schema": SCHEMA,
        "version": outcome.version,
        "as_of": outcome.as_of.to_string(),
        "currency": "USD",
        "total": money_range(estimate.total()),
        "influences": influences.iter().map(influence).collect::<Vec<_>>(),
    });
    json::write(&report, out)
}
