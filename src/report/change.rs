//! A change for people: money by resource, what is not priced, findings that are new or gone, and budgets.

use std::io::{self, Write};

use rust_decimal::Decimal;
use termcolor::{Color, ColorSpec};

use super::estimate::{cents, dollars, quantity, unit_price};
use super::human::is_below_a_cent;
use super::table::{Align, Cell, Column, Look, Table};
use super::{Style, text};
use crate::change::budget::{Because, By, Checked, Kept, Limit, Unchecked, Verdicts};
use crate::change::{ComponentChange, Difference, Finding, MoneyChange, ResourceChange, Unpriced};
use crate::cost::estimate::Range;
use crate::date::Date;
use crate::text::plural;

/// Everything a report may tell of a change.
#[derive(Debug)]
pub struct Report<'a> {
    /// Version of Plimsoll.
    pub version: &'a str,
    /// The date the run judged by.
    pub as_of: Date,
    pub base: &'a Side,
    pub head: &'a Side,
    pub difference: &'a Difference,
    pub budgets: &'a Verdicts,
    /// Remarks on the run as a whole, one sentence each.
    pub notes: &'a [String],
}

/// What is compared, as people call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    pub kind: SideKind,
    /// The revision or path as written; `the working tree`.
    pub name: String,
    /// Id of the commit, for a revision.
    pub commit: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SideKind {
    Revision,
    WorkingTree,
    /// A directory, a plan, or another file that can be judged.
    Path,
    /// A report that was saved.
    Report,
}

impl Side {
    /// `main (1a2b3c4d5)`, `infra/`.
    pub(super) fn words(&self) -> String {
        match &self.commit {
            Some(commit) if !commit.starts_with(&self.name) => {
                let short: String = commit.chars().take(9).collect();
                format!("{} ({short})", self.name)
            }
            _ => self.name.clone(),
        }
    }
}

/// Writes a change.
///
/// # Errors
/// When the stream fails.
pub fn write(report: &Report<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    wrapped(&format!("From {} to {}", report.base.words(), report.head.words()), 0, style, out)?;
    writeln!(out)?;
    match &report.difference.money {
        Some(money) => of_money(money, style, out)?,
        None => wrapped("Cost: not compared, one of the two reports holds no estimate", 0, style, out)?,
    }
    if let Some(findings) = &report.difference.findings {
        writeln!(out)?;
        let count = findings_words(findings.added.len(), findings.removed.len());
        wrapped(&format!("Findings: {count}"), 0, style, out)?;
        for (sign, list) in [('+', &findings.added), ('-', &findings.removed)] {
            for finding in list {
                one_finding(sign, finding, style, out)?;
            }
        }
        if findings.undecided_before != findings.undecided_after && !style.quiet {
            let words = format!(
                "Undecided: {} before, {} now",
                plural(findings.undecided_before, "check"),
                findings.undecided_after
            );
            wrapped(&words, 0, style, out)?;
        }
    }
    if !report.budgets.is_empty() {
        writeln!(out)?;
    }
    budgets(report.budgets, style, out)?;
    if !style.quiet && !report.notes.is_empty() {
        writeln!(out)?;
        for note in report.notes {
            wrapped(&format!("note: {note}"), 0, style, out)?;
        }
    }
    Ok(())
}

/// `2 new, 1 gone`.
pub(super) fn findings_words(added: usize, removed: usize) -> String {
    match (added, removed) {
        (0, 0) => "no change".to_owned(),
        (added, 0) => format!("{added} new"),
        (0, removed) => format!("{removed} gone"),
        (added, removed) => format!("{added} new, {removed} gone"),
    }
}

fn of_money(money: &MoneyChange, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if money.resources.is_empty() {
        let total = at_least(money.after_at_least, &dollars(money.after.expected));
        wrapped(&format!("Cost: no change, {total} a month"), 0, style, out)?;
    } else {
        table(money).write(style, out)?;
        if !style.quiet {
            wrapped(&total_words(money), 0, style, out)?;
        }
    }
    if style.quiet {
        return Ok(());
    }
    for (words, list) in [
        ("Not priced, and new with the change, so that it costs more than this:", &money.unpriced.added),
        ("Was not priced, and is gone:", &money.unpriced.removed),
    ] {
        if !list.is_empty() {
            writeln!(out)?;
            wrapped(words, 0, style, out)?;
            for unpriced in list {
                wrapped(&unpriced_words(unpriced), 2, style, out)?;
            }
        }
    }
    Ok(())
}

/// `aws_lb.main: usage not given: LCU-hours ($0.008 per LCU-hour)`.
pub(super) fn unpriced_words(of: &Unpriced) -> String {
    let price = match (of.unit_price, &of.unit) {
        (Some(price), Some(unit)) => format!(" (${} per {unit})", unit_price(price)),
        (Some(price), None) => format!(" (${} each)", unit_price(price)),
        (None, _) => String::new(),
    };
    format!("{}: {}{price}", of.address, of.reason)
}

/// `+$42.45 a month (+49.3 %), from $86.12 to $128.57`.
pub(super) fn total_words(money: &MoneyChange) -> String {
    let delta = money.delta();
    let percent = money.percent().map_or_else(String::new, |share| format!(" ({} %)", signed_percent(share)));
    let before = at_least(money.before_at_least, &dollars(money.before.expected));
    let after = at_least(money.after_at_least, &dollars(money.after.expected));
    let mut words = format!("{} a month{percent}, from {before} to {after}", signed_dollars(delta.expected));
    if delta.low != delta.expected || delta.high != delta.expected {
        words.push_str(&format!("; low {}, high {}", signed_dollars(delta.low), signed_dollars(delta.high)));
    }
    words
}

fn at_least(is_at_least: bool, amount: &str) -> String {
    if is_at_least { format!("at least {amount}") } else { amount.to_owned() }
}

fn table(money: &MoneyChange) -> Table {
    let right = |title, drop| Column { title, align: Align::Right, drop };
    let has_ranges = money.resources.iter().any(|of| !is_even(of.delta()));
    let mut columns = vec![
        Column { title: "Resource", align: Align::Left, drop: None },
        right("Before", Some(2)),
        right("After", Some(2)),
        right("Change", None),
    ];
    if has_ranges {
        columns.extend([right("Low", Some(1)), right("High", Some(1))]);
    }
    let mut table = Table::new(columns);
    for of in &money.resources {
        let mut row = vec![Cell::new(text::line(&resource_words(of))).look(Look::Strong)];
        row.extend(
            figures(of.before, of.after, of.delta(), has_ranges).into_iter().map(|c| c.look(Look::Strong)),
        );
        table.row(row);
        for component in &of.components {
            let mut row = vec![Cell::new(text::line(&component_words(component))).indent(4)];
            let monthly = |amount: Option<crate::change::Amount>| amount.map(|amount| amount.monthly);
            let (before, after) = (monthly(component.before), monthly(component.after));
            row.extend(figures(before, after, component.delta(), has_ranges));
            table.row(row);
        }
    }
    table.line();
    let mut row = vec![Cell::new("Total").look(Look::Strong)];
    let total = figures(Some(money.before), Some(money.after), money.delta(), has_ranges);
    row.extend(total.into_iter().map(|cell| cell.look(Look::Strong)));
    table.row(row);
    table
}

fn figures(before: Option<Range>, after: Option<Range>, delta: Range, has_ranges: bool) -> Vec<Cell> {
    let amount = |range: Option<Range>| range.map_or_else(Cell::default, |of| Cell::new(cents(of.expected)));
    let mut cells = vec![amount(before), amount(after), Cell::new(signed(delta.expected))];
    if has_ranges {
        let is_even = is_even(delta);
        cells.extend(
            [delta.low, delta.high]
                .map(|figure| if is_even { Cell::default() } else { Cell::new(signed(figure)) }),
        );
    }
    cells
}

/// Whether the three figures change by the same.
fn is_even(delta: Range) -> bool {
    delta.low == delta.expected && delta.high == delta.expected
}

/// `+ aws_nat_gateway.b (net.tf:12)`, `~ module.a.x, was module.b.x (a.tf:3)`.
fn resource_words(of: &ResourceChange) -> String {
    let was = of.previous_address.as_ref().map_or_else(String::new, |was| format!(", was {was}"));
    format!("{} {}{was} ({}:{})", sign(of), of.address, of.file, of.line)
}

/// What happened to a resource, in one sign.
pub(super) fn sign(of: &ResourceChange) -> char {
    match (of.before.is_some(), of.after.is_some()) {
        (false, _) => '+',
        (true, false) => '-',
        (true, true) => '~',
    }
}

/// `NAT gateway: 730 → 1460 hours × 0.045`.
pub(super) fn component_words(of: &ComponentChange) -> String {
    let name = match &of.previous_name {
        Some(was) => format!("{was} → {}", of.name),
        None => of.name.clone(),
    };
    format!("{name}: {}", arithmetic(of))
}

/// `730 → 1460 hours × 0.045`, `730 hours × 0.02 → 0.04`.
pub(super) fn arithmetic(of: &ComponentChange) -> String {
    let words = |range: Range| {
        if range.is_exact() {
            quantity(range.expected)
        } else {
            format!("{}–{}", quantity(range.low), quantity(range.high))
        }
    };
    let change = |before: Option<String>, after: Option<String>| match (before, after) {
        (Some(before), Some(after)) if before != after => format!("{before} → {after}"),
        (before, after) => after.or(before).unwrap_or_default(),
    };
    let quantity =
        change(of.before.map(|amount| words(amount.quantity)), of.after.map(|amount| words(amount.quantity)));
    let price = change(
        of.before.map(|amount| unit_price(amount.unit_price)),
        of.after.map(|amount| unit_price(amount.unit_price)),
    );
    format!("{quantity} {} × {price}", of.unit)
}

/// `+12.50`, `-3.00`, `0.00`.
pub(super) fn signed(amount: Decimal) -> String {
    with_sign(amount, &cents(amount.abs()))
}

fn signed_dollars(amount: Decimal) -> String {
    if is_below_a_cent(amount) {
        return format!("{}less than $0.01", if amount.is_sign_negative() { "-" } else { "+" });
    }
    with_sign(amount, &format!("${}", cents(amount.abs())))
}

fn with_sign(amount: Decimal, words: &str) -> String {
    let sign = if amount > Decimal::ZERO {
        "+"
    } else if amount < Decimal::ZERO {
        "-"
    } else {
        ""
    };
    format!("{sign}{words}")
}

/// `+49.3`, with one digit behind the point.
pub(super) fn signed_percent(share: Decimal) -> String {
    with_sign(share, &share.abs().round_dp(1).normalize().to_string())
}

fn one_finding(sign: char, finding: &Finding, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let color = match sign {
        '+' => super::human::severity_color(finding.severity),
        _ => ColorSpec::new().set_fg(Some(Color::Green)).clone(),
    };
    let head = format!("{sign} {}[{}]", finding.severity, finding.rule);
    style.paint(&color, &text::line(&head), out)?;
    writeln!(out)?;
    wrapped(&format!("{}:{}: {}", finding.file, finding.line, finding.message), 4, style, out)?;
    for words in finding_remarks(finding) {
        wrapped(&words, 4, style, out)?;
    }
    Ok(())
}

/// What there is to say of a finding beside its place and message.
pub(super) fn finding_remarks(finding: &Finding) -> Vec<String> {
    let named: Vec<&str> =
        finding.instances.iter().map(String::as_str).filter(|address| *address != finding.file).collect();
    let of = (!named.is_empty()).then(|| {
        let listed = super::listed(named.iter().copied(), 3);
        match &finding.element {
            Some(element) => format!("in {listed}, {element}"),
            None => format!("in {listed}"),
        }
    });
    let monthly = finding.monthly.map(|amount| {
        let verb = if amount.is_sign_negative() { "its fix saves" } else { "it costs" };
        format!("{verb} {} a month", dollars(amount.abs()))
    });
    of.into_iter().chain(monthly).collect()
}

/// Writes which budgets are kept, and what takes the most of those that are not.
///
/// # Errors
/// When the stream fails.
pub fn budgets(verdicts: &Verdicts, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for checked in &verdicts.checked {
        if style.quiet && checked.kept != Kept::No {
            continue;
        }
        let color = match checked.kept {
            Kept::No => Color::Red,
            Kept::PricedPart => Color::Yellow,
            Kept::Yes => Color::Green,
        };
        let lines = text::wrap(&checked_words(checked), style.width);
        for line in lines {
            style.paint(ColorSpec::new().set_fg(Some(color)), &line, out)?;
            writeln!(out)?;
        }
        for because in &checked.because {
            wrapped(&because_words(because, checked.budget.limit.is_increase()), 2, style, out)?;
        }
        if checked.further > 0 {
            wrapped(&format!("and {} more", checked.further), 2, style, out)?;
        }
    }
    if !style.quiet {
        for unchecked in &verdicts.unchecked {
            wrapped(&unchecked_words(unchecked), 0, style, out)?;
        }
    }
    Ok(())
}

/// `net.tf:12: aws_nat_gateway.b: +$32.85`.
pub(super) fn because_words(of: &Because, is_increase: bool) -> String {
    let amount = if is_increase { signed_dollars(of.amount) } else { dollars(of.amount) };
    format!("{}:{}: {}: {amount}", of.file, of.line, of.address)
}

/// `Budget exceeded: $128.57 a month expected, --max-monthly allows $100.00`.
pub(super) fn checked_words(of: &Checked) -> String {
    let verdict = match of.kept {
        Kept::No => "Budget exceeded",
        Kept::PricedPart => "Budget kept by what is priced, more comes on top",
        Kept::Yes => "Budget kept",
    };
    let on = of.budget.on.as_str();
    let actual = match (of.actual, of.budget.limit) {
        (Some(actual), Limit::Monthly(_)) => {
            let of = if matches!(of.budget.by, By::Resource { .. }) { " by its root module" } else { "" };
            format!("{} a month {on}{of}", dollars(actual))
        }
        (Some(actual), Limit::Increase(_)) => format!("{} a month {on}", signed_dollars(actual)),
        (Some(actual), Limit::IncreasePercent(_)) => format!("{} % {on}", signed_percent(actual)),
        (None, _) => "more than nothing".to_owned(),
    };
    let by = by_words(&of.budget.by, of.budget.limit);
    let allows = match of.budget.limit {
        Limit::Monthly(limit) => format!("allows {}", dollars(limit)),
        Limit::Increase(limit) => format!("allows +{}", dollars(limit)),
        Limit::IncreasePercent(limit) => format!("allows +{} %", limit.normalize()),
    };
    format!("{verdict}: {actual}; {by} {allows}")
}

fn by_words(by: &By, limit: Limit) -> String {
    match by {
        By::Flag if limit.is_increase() => "--max-increase".to_owned(),
        By::Flag => "--max-monthly".to_owned(),
        By::Config { file, line } => format!("budgets of {file}:{line}"),
        By::Resource { address, file, line } => format!("{address} ({file}:{line})"),
    }
}

/// `Budget not checked: aws_budgets_budget.x (main.tf:1): …`.
pub(super) fn unchecked_words(of: &Unchecked) -> String {
    let place = format!("{} ({}:{})", of.address, of.file, of.line);
    format!("Budget not checked: {place}: {}", of.reason)
}

fn wrapped(words: &str, indent: usize, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for line in text::wrap(words, style.width.saturating_sub(indent)) {
        writeln!(out, "{:1$}{line}", "", indent)?;
    }
    Ok(())
}
