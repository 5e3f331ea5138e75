//! Options side by side: for people, and `plimsoll/compare/1`.

use std::io::{self, Write};

use serde::Serialize;

use super::estimate::{cents, dollars, total_words};
use super::json::{RangeRecord, exact_money};
use super::table::{Align, Cell, Column as TableColumn, Look, Table};
use super::{Outcome, Style, json, text};
use crate::cost::estimate::{Estimate, Range};
use crate::cost::options::{Column, Outcome as Result, Priced, option_of};

/// Version of the shape of comparisons.
pub const COMPARE_SCHEMA: &str = "plimsoll/compare/1";

/// What is there now, and what it may be instead.
#[derive(Debug)]
pub struct Comparison<'a> {
    pub current: &'a Estimate,
    pub columns: &'a [Column],
}

impl<'a> Comparison<'a> {
    pub(super) fn priced(&self) -> impl Iterator<Item = (&'a Column, &'a Priced)> {
        self.columns.iter().filter_map(|column| match &column.outcome {
            Result::Priced(priced) => Some((column, &**priced)),
            Result::NotHere(_) => None,
        })
    }

    pub(super) fn not_here(&self) -> impl Iterator<Item = (&'a Column, &'a str)> {
        self.columns.iter().filter_map(|column| match &column.outcome {
            Result::Priced(_) => None,
            Result::NotHere(why) => Some((column, why.as_str())),
        })
    }

    /// What is said of options, those of one option together, each sentence once.
    pub(super) fn remarks(&self, outcome: &Outcome<'_>) -> Vec<(String, Vec<String>)> {
        let mut groups: Vec<(String, Vec<String>)> = Vec::new();
        for (column, priced) in self.priced() {
            let name = option_of(&column.name).unwrap_or(&column.name);
            if groups.last().is_none_or(|(last, _)| last != name) {
                groups.push((name.to_owned(), Vec::new()));
            }
            let Some((_, lines)) = groups.last_mut() else { continue };
            for line in remarks(outcome, column, priced) {
                if !lines.contains(&line) {
                    lines.push(line);
                }
            }
        }
        groups
    }
}

/// The sentences about one column.
fn remarks(outcome: &Outcome<'_>, column: &Column, priced: &Priced) -> Vec<String> {
    let mut lines = Vec::new();
    for change in &priced.changes {
        let place = outcome.place(change.span);
        let at = format!("{}:{}", place.file, place.start.line);
        lines.push(if change.argument.is_empty() {
            format!("do at {at}, {}: {}", change.address, change.to)
        } else {
            format!("change {at}, {}: {} = {}", change.address, change.argument, change.to)
        });
    }
    lines.extend(
        priced
            .additions
            .iter()
            .map(|addition| format!("adds {}: {} a month", addition.what, range_words(addition.monthly))),
    );
    lines.extend(priced.conditions.iter().map(|condition| format!("needs: {condition}")));
    lines.extend(priced.assumptions.iter().map(|assumption| format!("assumes: {assumption}")));
    let is_part = option_of(&column.name).is_some_and(|option| option != column.name);
    lines.extend(priced.notes.iter().map(|note| match is_part {
        true => format!("{}: {note}", column.name),
        false => note.clone(),
    }));
    for against in &priced.against {
        let found = outcome.judgement.findings.iter().filter(|finding| *finding.rule == *against.rule);
        let places: Vec<String> = found
            .map(|finding| {
                let place = outcome.place(finding.primary);
                format!("{}:{}", place.file, place.start.line)
            })
            .collect();
        let at = if places.is_empty() { String::new() } else { format!(", found at {}", places.join(", ")) };
        lines.push(format!("against it: {} ({}){at}", against.rule, against.why));
    }
    lines.into_iter().map(|line| outcome.words(&line).into_owned()).collect()
}

fn range_words(range: Range) -> String {
    if range.is_exact() {
        dollars(range.expected)
    } else {
        format!("{} ({} to {})", dollars(range.expected), dollars(range.low), dollars(range.high))
    }
}

fn is_ranged(comparison: &Comparison<'_>) -> bool {
    !comparison.current.total().is_exact()
        || comparison
            .priced()
            .any(|(_, priced)| !priced.total().is_exact() || !priced.saving(comparison.current).is_exact())
}

/// Writes the comparison for people: a line for each option, then what each takes.
///
/// # Errors
/// When the stream fails.
pub fn human(
    outcome: &Outcome<'_>,
    comparison: &Comparison<'_>,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    if super::estimate::is_empty(comparison.current) {
        return writeln!(out, "Nothing to compare: these files declare no AWS resource");
    }
    let has_ranges = is_ranged(comparison);
    let has_upfront = comparison.priced().any(|(_, priced)| !priced.upfront.is_zero());
    let right = |title, drop| TableColumn { title, align: Align::Right, drop };
    let mut columns = vec![TableColumn { title: "Option", align: Align::Left, drop: None }];
    if has_ranges {
        columns.extend([right("Low", Some(2)), right("USD/month", None), right("High", Some(2))]);
    } else {
        columns.push(right("USD/month", None));
    }
    columns.push(right("Saves", None));
    if has_ranges {
        columns.push(right("at least", Some(1)));
        columns.push(right("at most", Some(1)));
    }
    if has_upfront {
        columns.push(right("Upfront", Some(3)));
    }
    let mut table = Table::new(columns);
    let row = |name: String, total: Range, saving: Option<Range>, upfront: Option<rust_decimal::Decimal>| {
        let mut row = vec![Cell::new(text::line(&name))];
        let ends = |range: Range, value: rust_decimal::Decimal| {
            if range.is_exact() { Cell::default() } else { Cell::new(cents(value)) }
        };
        if has_ranges {
            row.push(ends(total, total.low));
        }
        row.push(Cell::new(cents(total.expected)).look(Look::Strong));
        if has_ranges {
            row.push(ends(total, total.high));
        }
        row.push(
            saving.map_or_else(Cell::default, |saving| Cell::new(signed(saving.expected)).look(Look::Strong)),
        );
        if has_ranges {
            row.push(saving.map_or_else(Cell::default, |saving| {
                if saving.is_exact() { Cell::default() } else { Cell::new(signed(saving.low)) }
            }));
            row.push(saving.map_or_else(Cell::default, |saving| {
                if saving.is_exact() { Cell::default() } else { Cell::new(signed(saving.high)) }
            }));
        }
        if has_upfront {
            let paid = upfront.filter(|upfront| !upfront.is_zero());
            row.push(paid.map_or_else(Cell::default, |upfront| Cell::new(cents(upfront))));
        }
        row
    };
    table.row(row("current".to_owned(), comparison.current.total(), None, None));
    table.line();
    for (column, priced) in comparison.priced() {
        let saving = priced.saving(comparison.current);
        table.row(row(column.name.clone(), priced.total(), Some(saving), Some(priced.upfront)));
    }
    table.write(style, out)?;
    if comparison.current.is_at_least() {
        writeln!(out)?;
        let words = format!(
            "The bill now is {}: what `plimsoll cost` lists as not priced is in no line",
            total_words(comparison.current)
        );
        paragraph(&words, style, 0, out)?;
    }
    if style.quiet {
        return Ok(());
    }
    for (name, lines) in comparison.remarks(outcome) {
        writeln!(out)?;
        let titles: Vec<&str> = comparison
            .priced()
            .filter(|(column, _)| option_of(&column.name).unwrap_or(&column.name) == name)
            .map(|(column, _)| column.title.as_str())
            .collect();
        let title = match titles.as_slice() {
            [one] => format!("{name}: {one}"),
            _ => name,
        };
        paragraph(&title, style, 0, out)?;
        for line in lines {
            paragraph(&line, style, 2, out)?;
        }
    }
    let mut not_here = comparison.not_here().peekable();
    if not_here.peek().is_some() {
        writeln!(out, "\nNot for this deployment:")?;
        for (column, why) in not_here {
            paragraph(&format!("{}: {}", column.name, outcome.words(why)), style, 2, out)?;
        }
    }
    if let Some(words) = super::estimate::prices(comparison.current) {
        writeln!(out)?;
        paragraph(&words, style, 0, out)?;
    }
    Ok(())
}

/// A saving, with `+` in front of what costs more turned into words by its sign: `7.21`, `-7.30`.
fn signed(amount: rust_decimal::Decimal) -> String {
    if amount.round_dp(2).is_zero() { "0.00".to_owned() } else { cents(amount) }
}

fn paragraph(words: &str, style: &Style, indent: usize, out: &mut dyn Write) -> io::Result<()> {
    for line in text::wrap(&text::line(words), style.width.saturating_sub(indent)) {
        writeln!(out, "{:1$}{line}", "", indent)?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Report<'a> {
    schema: &'a str,
    version: &'a str,
    currency: &'a str,
    as_of: String,
    hours_per_month: String,
    current: CurrentRecord<'a>,
    columns: Vec<ColumnRecord<'a>>,
}

#[derive(Serialize)]
struct CurrentRecord<'a> {
    total: RangeRecord,
    at_least: bool,
    resources: Vec<ResourceRecord<'a>>,
}

#[derive(Serialize)]
struct ResourceRecord<'a> {
    address: &'a str,
    kind: &'a str,
    monthly: RangeRecord,
}

#[derive(Serialize)]
struct ColumnRecord<'a> {
    name: &'a str,
    option: Option<&'a str>,
    title: &'a str,
    /// Why there is no figure; null where there is one.
    not_here: Option<String>,
    total: Option<RangeRecord>,
    saving: Option<RangeRecord>,
    at_least: bool,
    upfront: Option<String>,
    resources: Vec<ResourceRecord<'a>>,
    additions: Vec<AdditionRecord<'a>>,
    changes: Vec<ChangeRecord<'a>>,
    conditions: &'a [String],
    assumptions: &'a [String],
    notes: Vec<String>,
    against: Vec<AgainstRecord<'a>>,
}

#[derive(Serialize)]
struct AdditionRecord<'a> {
    what: &'a str,
    monthly: RangeRecord,
}

#[derive(Serialize)]
struct ChangeRecord<'a> {
    address: &'a str,
    file: &'a str,
    line: usize,
    argument: &'a str,
    to: String,
}

#[derive(Serialize)]
struct AgainstRecord<'a> {
    rule: &'a str,
    why: &'a str,
    findings: Vec<PlaceRecord<'a>>,
}

#[derive(Serialize)]
struct PlaceRecord<'a> {
    file: &'a str,
    line: usize,
}

/// Writes `plimsoll/compare/1`.
///
/// # Errors
/// When the stream fails.
pub fn json(outcome: &Outcome<'_>, comparison: &Comparison<'_>, out: &mut dyn Write) -> io::Result<()> {
    let columns = comparison.columns.iter().map(|column| column_record(outcome, comparison, column));
    let report = Report {
        schema: COMPARE_SCHEMA,
        version: outcome.version,
        currency: "USD",
        as_of: outcome.as_of.to_string(),
        hours_per_month: json::exact(comparison.current.hours_per_month),
        current: CurrentRecord {
            total: comparison.current.total().into(),
            at_least: comparison.current.is_at_least(),
            resources: resources(comparison.current),
        },
        columns: columns.collect(),
    };
    json::write(&report, out)
}

fn resources(estimate: &Estimate) -> Vec<ResourceRecord<'_>> {
    let billed = estimate.resources.iter().filter(|resource| !resource.components.is_empty());
    billed
        .map(|resource| ResourceRecord {
            address: &resource.address,
            kind: resource.kind,
            monthly: resource.monthly().into(),
        })
        .collect()
}

fn column_record<'a>(
    outcome: &Outcome<'a>,
    comparison: &Comparison<'a>,
    column: &'a Column,
) -> ColumnRecord<'a> {
    let empty = ColumnRecord {
        name: &column.name,
        option: option_of(&column.name),
        title: &column.title,
        not_here: None,
        total: None,
        saving: None,
        at_least: false,
        upfront: None,
        resources: Vec::new(),
        additions: Vec::new(),
        changes: Vec::new(),
        conditions: &[],
        assumptions: &[],
        notes: Vec::new(),
        against: Vec::new(),
    };
    let priced: &Priced = match &column.outcome {
        Result::NotHere(why) => {
            return ColumnRecord { not_here: Some(outcome.words(why).into_owned()), ..empty };
        }
        Result::Priced(priced) => priced,
    };
    let place = |span| {
        let place = outcome.place(span);
        PlaceRecord { file: place.file, line: place.start.line }
    };
    ColumnRecord {
        total: Some(priced.total().into()),
        saving: Some(priced.saving(comparison.current).into()),
        at_least: priced.estimate.is_at_least(),
        upfront: Some(exact_money(priced.upfront)),
        resources: resources(&priced.estimate),
        additions: priced
            .additions
            .iter()
            .map(|addition| AdditionRecord { what: &addition.what, monthly: addition.monthly.into() })
            .collect(),
        changes: priced
            .changes
            .iter()
            .map(|change| {
                let PlaceRecord { file, line } = place(change.span);
                let to = outcome.words(&change.to).into_owned();
                ChangeRecord { address: &change.address, file, line, argument: &change.argument, to }
            })
            .collect(),
        conditions: &priced.conditions,
        assumptions: &priced.assumptions,
        notes: priced.notes.iter().map(|note| outcome.words(note).into_owned()).collect(),
        against: priced
            .against
            .iter()
            .map(|against| {
                let found =
                    outcome.judgement.findings.iter().filter(|finding| *finding.rule == *against.rule);
                let findings = found.map(|finding| place(finding.primary)).collect();
                AgainstRecord { rule: against.rule, why: against.why, findings }
            })
            .collect(),
        ..empty
    }
}
