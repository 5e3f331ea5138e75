//! Findings and estimate as Markdown, for a comment on a pull request or the summary of a CI job. Never longer than
//! such a comment may be: what does not fit is counted.

mod change;
mod compare;
mod cost;
mod escape;

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};

pub use self::compare::comparison;
use self::escape::{code, words};
use super::change::Report;
use super::{Outcome, Style, grouped, human, patch};
use crate::cost::estimate::Estimate;
use crate::lint::{Finding, Undecided};
use crate::text::plural;
use crate::value::Cause;

/// Bytes of a whole report. GitHub takes comments of 65,536 characters.
const LARGEST: usize = 60_000;

/// Bytes kept for the estimate where both are told.
const OF_THE_ESTIMATE: usize = 20_000;

/// Columns of the lines of a fix.
const FIX_WIDTH: usize = 120;

/// Places that are named of what is undecided.
const SHOWN_PLACES: usize = 3;

/// Findings that need the same whose places are shown, and related places of one.
const SHOWN_OF_A_GROUP: usize = 10;

/// First line: by this a script finds the comment to bring up to date.
const MARKER: &str = "<!-- plimsoll -->";

/// First line of what tells of a change, which may be a comment beside the other one.
const CHANGE_MARKER: &str = "<!-- plimsoll diff -->";

/// Writes findings, what is undecided, and the estimate if there is one.
///
/// # Errors
/// When the stream fails.
pub fn write(outcome: &Outcome<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let estimate = outcome.estimate.filter(|estimate| !super::estimate::is_empty(estimate));
    let room = if estimate.is_some() { LARGEST - OF_THE_ESTIMATE } else { LARGEST };
    let mut report = findings(outcome, style, room)?;
    if let Some(estimate) = estimate {
        report.push('\n');
        let room = LARGEST.saturating_sub(report.len());
        report.push_str(&cost::section(outcome, estimate, style, room));
    }
    writeln!(out, "{MARKER}")?;
    out.write_all(report.as_bytes())
}

/// Writes the estimate.
///
/// # Errors
/// When the stream fails.
pub fn cost(
    outcome: &Outcome<'_>,
    estimate: &Estimate,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{MARKER}")?;
    out.write_all(cost::section(outcome, estimate, style, LARGEST).as_bytes())
}

/// Writes a change.
///
/// # Errors
/// When the stream fails.
pub fn change(report: &Report<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{CHANGE_MARKER}")?;
    out.write_all(change::section(report, style, LARGEST).as_bytes())
}

fn findings(outcome: &Outcome<'_>, style: &Style, room: usize) -> io::Result<String> {
    let counts = outcome.counts();
    let found: Vec<String> = [
        (counts.error, plural(counts.error, "error")),
        (counts.warning, plural(counts.warning, "warning")),
        (counts.info, format!("{} info", counts.info)),
    ]
    .into_iter()
    .filter_map(|(count, words)| (count > 0).then_some(words))
    .collect();
    let found = if found.is_empty() { "no findings".to_owned() } else { found.join(", ") };
    let mut report = format!("### Plimsoll: {found}\n");
    if !style.quiet {
        report.push_str(&format!("\n{}\n", words(&rest_of_the_summary(outcome, &found)?)));
    }

    let findings = outcome.by_severity();
    // Half for the table, a quarter for the details, the rest for what is undecided.
    let (rows, left) = fitting(&findings, room / 2, |finding| row(outcome, finding));
    if !rows.is_empty() {
        report.push_str("\n| | Where | What | Rule |\n|---|---|---|---|\n");
        report.push_str(&rows);
        if left > 0 {
            report.push_str(&format!(
                "\n… and {}; a report in another format has all of them.\n",
                plural(left, "more finding")
            ));
        }
    }
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut index: HashMap<(&str, Option<Cow<'_, str>>), usize> = HashMap::new();
    for finding in &findings {
        let at = *index.entry((&finding.rule, outcome.help(finding))).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    let (details, left) = fitting(&groups, room / 4, |group| details(outcome, group));
    if !details.is_empty() {
        report.push_str("\n<details><summary>What to do</summary>\n\n");
        report.push_str(&details);
        if left > 0 {
            let rules = plural(left, "more group");
            report.push_str(&format!("… and {rules} (`plimsoll explain RULE`)\n\n"));
        }
        report.push_str("</details>\n");
    }
    if !style.quiet {
        open_checks(outcome, room.saturating_sub(report.len()), &mut report);
    }
    Ok(report)
}

/// The summary line without what the heading says already.
fn rest_of_the_summary(outcome: &Outcome<'_>, found: &str) -> io::Result<String> {
    let mut line = Vec::new();
    human::summary(outcome, &Style::plain(usize::MAX), &mut line)?;
    let line = String::from_utf8_lossy(&line).replace('\n', " ").replace('$', "USD ");
    let rest = line.strip_prefix(found).and_then(|rest| rest.strip_prefix(" in "));
    Ok(rest.unwrap_or(&line).trim_end().to_owned())
}

/// As many items as fit when written, and how many did not; those are not written at all.
fn fitting<T>(
    items: impl IntoIterator<Item = T>,
    room: usize,
    mut write: impl FnMut(T) -> String,
) -> (String, usize) {
    let mut text = String::new();
    let mut items = items.into_iter();
    while let Some(item) = items.next() {
        let block = write(item);
        if text.len() + block.len() > room {
            return (text, 1 + items.count());
        }
        text.push_str(&block);
    }
    (text, 0)
}

fn row(outcome: &Outcome<'_>, finding: &Finding) -> String {
    let place = outcome.place(finding.primary);
    let at = code(&format!("{}:{}", place.file, place.start.line));
    let message = words(&outcome.words(&finding.message));
    let rule = match outcome.catalogue.info(&finding.rule).and_then(|info| info.url()) {
        Some(url) => escape::link(&finding.rule, url),
        None => code(&finding.rule),
    };
    format!("| {} | {at} | {message} | {rule} |\n", finding.severity)
}

/// What is said of findings beside their rows, once for all of a rule that need the same: what to do, then where each
/// comes from, and its fix.
fn details(outcome: &Outcome<'_>, findings: &[&Finding]) -> String {
    let mut text = String::new();
    if let Some(first) = findings.first() {
        let help = outcome.help(first).map_or(String::new(), |help| format!(": {}", words(&help)));
        text.push_str(&format!("**{}**{help}\n\n", code(&first.rule)));
    }
    for finding in findings.iter().take(SHOWN_OF_A_GROUP) {
        text.push_str(&one(outcome, finding));
    }
    let more = findings.len().saturating_sub(SHOWN_OF_A_GROUP);
    if more > 0 {
        text.push_str(&format!("- and {more} more\n"));
    }
    text.push('\n');
    text
}

fn one(outcome: &Outcome<'_>, finding: &Finding) -> String {
    let place = outcome.place(finding.primary);
    let mut text = format!("- {}", code(&format!("{}:{}", place.file, place.start.line)));
    if let Some(affected) = outcome.affected(finding) {
        text.push_str(&format!(" in {}", code(&affected)));
    }
    text.push('\n');
    if finding.conditional {
        text.push_str(&format!("  - {}\n", super::CONDITIONAL));
    }
    for related in finding.related.iter().take(SHOWN_OF_A_GROUP) {
        let place = outcome.place(related.span);
        let at = code(&format!("{}:{}", place.file, place.start.line));
        text.push_str(&format!("  - see {at}: {}\n", words(&outcome.words(&related.message))));
    }
    if let Some(monthly) = &finding.monthly {
        let verb = if monthly.amount.is_sign_negative() { "saves" } else { "costs" };
        let amount = super::estimate::cents(monthly.amount.abs());
        text.push_str(&format!("  - {verb} {} USD a month", escape::plain(&amount)));
        if !monthly.basis.is_empty() {
            text.push_str(&format!(": {}", words(&monthly.basis)));
        }
        text.push('\n');
    }
    if let Some(fix) = patch::lines(outcome, finding, FIX_WIDTH) {
        let mut lines = fix.lines();
        let title = lines.next().unwrap_or_default();
        text.push_str(&format!("  - {}\n\n", words(title)));
        for line in escape::block("diff", lines).lines() {
            text.push_str(&format!("    {line}\n"));
        }
        text.push('\n');
    }
    text
}

/// What could not be decided, by cause, the cause that decides most first.
fn open_checks(outcome: &Outcome<'_>, room: usize, report: &mut String) {
    let by_cause = grouped(&outcome.judgement.undecided, |record| &record.cause);
    let mut causes: Vec<(&Cause, Vec<&Undecided>)> = by_cause.into_iter().collect();
    let checks = |records: &[&Undecided]| -> usize {
        records.iter().map(|record| record.instances.len().max(1)).sum()
    };
    causes.sort_by_key(|(_, records)| std::cmp::Reverse(checks(records)));
    let write = |(cause, records): &(&Cause, Vec<&Undecided>)| {
        let cause_words = cause.to_string();
        let count = plural(checks(records), "check");
        let mut block = format!("- cause: {} ({count})\n", words(&outcome.words(&cause_words)));
        for (rule, records) in grouped(records, |record| &record.rule) {
            let place = |record: &&&Undecided| {
                let place = outcome.place(record.span);
                code(&format!("{}:{}", place.file, place.start.line))
            };
            let places: Vec<String> = records.iter().map(place).collect();
            let places = super::listed(places.iter().map(String::as_str), SHOWN_PLACES);
            block.push_str(&format!("  - {} at {places}\n", code(rule)));
        }
        if let Some(how) = outcome.decide_with(cause) {
            block.push_str(&format!("  - to decide: {}\n", words(&how)));
        }
        block
    };
    // Kept for the lines around it.
    let (blocks, left) = fitting(&causes, room.saturating_sub(200), write);
    if blocks.is_empty() {
        return;
    }
    let count = plural(outcome.judgement.undecided_checks, "check");
    report.push_str(&format!("\n<details><summary>{count} undecided</summary>\n\n{blocks}"));
    if left > 0 {
        report.push_str(&format!("- and {}\n", plural(left, "more cause")));
    }
    report.push_str("\n</details>\n");
}
