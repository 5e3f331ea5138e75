//! Findings for people at a terminal: snippets, most severe first, equal ones folded; then what could
//! not be decided, grouped by what would decide it; then one line that sums up.

use std::collections::BTreeMap;
use std::io::{self, Write};

use codespan_reporting::diagnostic::{Diagnostic, Label, Severity as Level};
use codespan_reporting::term::{self, Config};
use rust_decimal::Decimal;
use termcolor::{Ansi, Color, ColorSpec};

use super::view::{Mark, View};
use super::{Outcome, Style, grouped, listed, patch, text};
use crate::lint::{Applicability, Finding, Severity, Undecided};
use crate::model::Stage;
use crate::source::{FileId, Span};
use crate::text::plural;
use crate::value::Cause;

/// Findings of one rule in one file that are shown in full.
const SHOWN_OF_A_GROUP: usize = 3;

/// Findings of one rule in one file that are listed after those.
const SHOWN_OF_THE_REST: usize = 12;

/// Columns before the words of a note: line numbers of up to four digits, the bullet.
const NOTE_INDENT: usize = 6;

/// Writes findings, what is undecided, notes and the summary line.
///
/// # Errors
/// When the stream fails.
pub fn write(outcome: &Outcome<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    findings(outcome, style, out)?;
    undecided(outcome, style, out)?;
    notes(outcome, style, out)?;
    summary(outcome, style, out)?;
    fixable(outcome, style, out)
}

/// Writes the findings, each as a snippet.
///
/// # Errors
/// When the stream fails.
pub fn findings(outcome: &Outcome<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    // In order of first appearance.
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut index: BTreeMap<(Severity, &str, FileId), usize> = BTreeMap::new();
    for finding in outcome.by_severity() {
        let at =
            *index.entry((finding.severity, &*finding.rule, finding.primary.file)).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    for group in groups {
        for finding in group.iter().take(SHOWN_OF_A_GROUP) {
            one(outcome, style, finding, out)?;
        }
        folded(outcome, style, &group, out)?;
    }
    Ok(())
}

/// What a group holds beyond the findings shown in full: lines where the words would be the same, else a
/// line for each.
fn folded(outcome: &Outcome<'_>, style: &Style, group: &[&Finding], out: &mut dyn Write) -> io::Result<()> {
    let (shown, more) = group.split_at(group.len().min(SHOWN_OF_A_GROUP));
    let Some(first) = more.first() else { return Ok(()) };
    let is_said = |finding: &&&Finding| shown.iter().any(|other| other.message == finding.message);
    let (said, new): (Vec<&&Finding>, Vec<&&Finding>) = more.iter().partition(is_said);
    let name = outcome.sources.name(first.primary.file);
    let line_of = |finding: &Finding| outcome.sources.position(finding.primary).line.to_string();
    let mut words = format!("and {} more in {name}", more.len());
    if !said.is_empty() {
        let lines: Vec<String> = said.iter().map(|finding| line_of(finding)).collect();
        let at = if lines.len() == 1 { "line" } else { "lines" };
        words.push_str(&format!(", {at} {}", listed(lines.iter().map(String::as_str), SHOWN_OF_THE_REST)));
    }
    header(style, first.severity, &first.rule, &words, out)?;
    for finding in new.iter().take(SHOWN_OF_THE_REST) {
        indented(&format!("{name}:{}: {}", line_of(finding), outcome.words(&finding.message)), style, out)?;
    }
    if new.len() > SHOWN_OF_THE_REST {
        indented(&format!("… and {} more", new.len() - SHOWN_OF_THE_REST), style, out)?;
    }
    writeln!(out)
}

fn one(outcome: &Outcome<'_>, style: &Style, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let mut marks = vec![Mark { span: finding.primary, message: String::new() }];
    marks.extend(
        finding.related.iter().map(|related| Mark {
            span: related.span,
            message: text::line(&outcome.words(&related.message)),
        }),
    );
    let (view, placed) = View::new(outcome.sources, outcome.masks, &marks, style.width);
    let mut diagnostic = Diagnostic::new(level(finding.severity));
    let mut elsewhere = Vec::new();
    for (index, (mark, placed)) in marks.iter().zip(placed).enumerate() {
        let fits = placed.as_ref().is_some_and(|placed| placed.has_room);
        if let Some(placed) = placed {
            let label = if index == 0 { Label::primary } else { Label::secondary };
            let message = if fits { mark.message.clone() } else { String::new() };
            diagnostic.labels.push(label(placed.file, placed.range).with_message(message));
        }
        if !fits && !mark.message.is_empty() {
            let place = outcome.place(mark.span);
            elsewhere.push(format!("{}:{}: {}", text::line(place.file), place.start.line, mark.message));
        }
    }
    elsewhere.extend(remarks(outcome, finding));
    diagnostic.notes.extend(elsewhere.iter().map(|remark| note(remark, style)));
    diagnostic.notes.extend(patch::lines(outcome, finding, style.width.saturating_sub(NOTE_INDENT)));

    header(style, finding.severity, &finding.rule, &outcome.words(&finding.message), out)?;
    emit(&view, &diagnostic, style.color, out)
}

/// Writes snippets and notes of a diagnostic. Its header is ours: that says `info`, and wraps.
pub(super) fn emit(
    view: &View,
    diagnostic: &Diagnostic<FileId>,
    color: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let config = Config::default();
    let mut buffer = Vec::new();
    let result = if color {
        term::emit_to_write_style(&mut Ansi::new(&mut buffer), &config, view, diagnostic)
    } else {
        term::emit_to_io_write(&mut buffer, &config, view, diagnostic)
    };
    result.map_err(io::Error::other)?;
    let body = buffer.iter().position(|byte| *byte == b'\n').and_then(|end| buffer.get(end + 1..));
    // Pointers to labels end in spaces.
    for line in body.unwrap_or_default().split_inclusive(|byte| *byte == b'\n') {
        out.write_all(line.trim_ascii_end())?;
        writeln!(out)?;
    }
    Ok(())
}

/// `error[rule-id]: message`, wrapped; without a rule `error: message`.
pub(super) fn header(
    style: &Style,
    severity: Severity,
    rule: &str,
    message: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let head = if rule.is_empty() { severity.to_string() } else { format!("{severity}[{rule}]") };
    let mut lines = text::wrap(&format!("{head}: {message}"), style.width).into_iter();
    let first = lines.next().unwrap_or_default();
    let (head, rest) = match first.strip_prefix(&head) {
        Some(rest) => (head.as_str(), rest),
        None => (first.as_str(), ""),
    };
    style.paint(&severity_color(severity), head, out)?;
    let bold = ColorSpec::new().set_bold(true).clone();
    style.paint(&bold, rest, out)?;
    for line in lines {
        writeln!(out)?;
        style.paint(&bold, &line, out)?;
    }
    writeln!(out)
}

/// A note as wide as fits behind its bullet.
pub(super) fn note(words: &str, style: &Style) -> String {
    text::wrap(words, style.width.saturating_sub(NOTE_INDENT)).join("\n")
}

/// What is said about a finding below its snippet.
fn remarks(outcome: &Outcome<'_>, finding: &Finding) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(help) = outcome.help(finding) {
        remarks.push(format!("help: {help}"));
    }
    let mut addresses = finding.instances.iter().map(|instance| &*instance.address);
    let own = addresses.next().filter(|address| *address != outcome.sources.name(finding.primary.file));
    match (own, &finding.element) {
        (Some(address), Some(element)) => remarks.push(format!("in {address}, {element}")),
        (Some(address), None) => remarks.push(format!("in {address}")),
        (None, Some(element)) => remarks.push(format!("in {element}")),
        (None, None) => {}
    }
    if finding.instances.len() > 1 {
        remarks.push(format!("also {}", listed(addresses, 3)));
    }
    if finding.conditional {
        remarks.push(super::CONDITIONAL.to_owned());
    }
    let weighs = outcome.catalogue.info(&finding.rule).is_some_and(|info| info.stage.is_some());
    if weighs {
        match (&finding.stage.hint, finding.stage.stage) {
            (Some(hint), Stage::Unknown) => remarks.push(format!("stage unknown: {hint}")),
            (Some(hint), stage) => remarks.push(format!("stage {}: {hint}", stage.as_str())),
            (None, Stage::Unknown) => {}
            (None, stage) => remarks.push(format!("stage {}", stage.as_str())),
        }
    }
    if let Some(monthly) = &finding.monthly {
        let verb = if monthly.amount.is_sign_negative() { "saves" } else { "costs" };
        let amount = super::estimate::dollars(monthly.amount.abs());
        let basis = if monthly.basis.is_empty() { String::new() } else { format!(": {}", monthly.basis) };
        remarks.push(format!("{verb} {amount} a month{basis}"));
    }
    remarks
}

/// Writes what could not be decided, grouped by cause, the cause that decides most first.
///
/// # Errors
/// When the stream fails.
pub fn undecided(outcome: &Outcome<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if style.quiet {
        return Ok(());
    }
    let by_cause = grouped(&outcome.judgement.undecided, |record| &record.cause);
    let mut causes: Vec<(&Cause, Vec<&Undecided>)> = by_cause.into_iter().collect();
    let checks = |records: &[&Undecided]| -> usize {
        records.iter().map(|record| record.instances.len().max(1)).sum()
    };
    causes.sort_by_key(|(_, records)| std::cmp::Reverse(checks(records)));
    for (cause, records) in causes {
        let cause_words = cause.to_string();
        let words =
            format!("undecided: {}: {}", outcome.words(&cause_words), plural(checks(&records), "check"));
        for line in text::wrap(&words, style.width) {
            style.paint(ColorSpec::new().set_fg(Some(Color::Magenta)).set_bold(true), &line, out)?;
            writeln!(out)?;
        }
        for (rule, records) in grouped(records, |record| &*record.rule) {
            let places: Vec<String> = records.iter().map(|record| place(outcome, record.span)).collect();
            let words = format!("{rule} at {}", listed(places.iter().map(String::as_str), 3));
            indented(&words, style, out)?;
        }
        if let Some(how) = outcome.decide_with(cause) {
            let how = if matches!(cause, Cause::MissingVariable { .. }) {
                format!("decide with {how}")
            } else {
                format!("to decide: {how}")
            };
            indented(&how, style, out)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn place(outcome: &Outcome<'_>, span: Span) -> String {
    let place = outcome.place(span);
    format!("{}:{}", place.file, place.start.line)
}

fn indented(words: &str, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for line in text::wrap(words, style.width.saturating_sub(2)) {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}

/// Writes remarks on the run as a whole.
///
/// # Errors
/// When the stream fails.
pub fn notes(outcome: &Outcome<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if style.quiet {
        return Ok(());
    }
    let environment = (!outcome.environment.is_empty())
        .then(|| format!("values from the environment: {}", outcome.environment.join(", ")));
    for note in outcome.notes.iter().chain(&environment) {
        for line in text::wrap(&format!("note: {note}"), style.width) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// Writes the one line that sums up.
///
/// # Errors
/// When the stream fails.
pub fn summary(outcome: &Outcome<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if style.quiet {
        return Ok(());
    }
    let counts = outcome.counts();
    let found: Vec<String> = [
        (counts.error, plural(counts.error, "error")),
        (counts.warning, plural(counts.warning, "warning")),
        (counts.info, format!("{} info", counts.info)),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(_, words)| words)
    .collect();
    let found = if found.is_empty() { "no findings".to_owned() } else { found.join(", ") };
    let mut words = format!("{found} in {}", plural(outcome.files, "file"));
    if let Some(name) = outcome.environment_name {
        words.push_str(&format!("; environment {name}"));
    }
    words.push_str(&format!("; {} of {} decided", counts.decided, plural(counts.applicable, "check")));
    if counts.undecided > 0 {
        words.push_str(&format!(", {} undecided", counts.undecided));
    }
    if counts.suppressed > 0 {
        let by = grouped(&outcome.judgement.suppressed, |suppressed| super::json::by(suppressed.by));
        let by: Vec<String> = by.iter().map(|(by, of)| format!("{} by {by}", of.len())).collect();
        words.push_str(&format!("; {} suppressed ({})", counts.suppressed, by.join(", ")));
    }
    if let Some(estimate) = outcome.estimate.filter(|estimate| !super::estimate::is_empty(estimate)) {
        words.push_str(&format!("; {} a month", super::estimate::total_words(estimate)));
    }
    words.push_str(&format!("; as of {}", outcome.as_of));
    let worst = outcome.judgement.findings.iter().map(|finding| finding.severity).max();
    let color = severity_color(worst.unwrap_or(Severity::Info));
    for line in text::wrap(&words, style.width) {
        style.paint(&color, &line, out)?;
        writeln!(out)?;
    }
    Ok(())
}

/// Writes how many findings the program could fix, where it could.
///
/// # Errors
/// When the stream fails.
pub fn fixable(outcome: &Outcome<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let words = fixes(outcome).filter(|_| !style.quiet);
    words.iter().flat_map(|words| text::wrap(words, style.width)).try_for_each(|line| writeln!(out, "{line}"))
}

fn fixes(outcome: &Outcome<'_>) -> Option<String> {
    let fixes = || outcome.judgement.findings.iter().filter_map(|finding| finding.fix.as_ref());
    let of = |kind| fixes().filter(|fix| fix.applicability == kind).count();
    match (of(Applicability::Safe), of(Applicability::Unsafe)) {
        (0, 0) => None,
        (safe, 0) => Some(format!("fix available: {safe} with --fix")),
        (0, more) => Some(format!("fix available: {more} with --fix --unsafe-fixes")),
        (safe, more) => Some(format!("fix available: {safe} with --fix, {more} more with --unsafe-fixes")),
    }
}

fn level(severity: Severity) -> Level {
    match severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
        Severity::Info => Level::Note,
    }
}

pub(super) fn severity_color(severity: Severity) -> ColorSpec {
    let color = match severity {
        Severity::Error => Color::Red,
        Severity::Warning => Color::Yellow,
        Severity::Info => Color::Green,
    };
    ColorSpec::new().set_fg(Some(color)).set_bold(true).set_intense(true).clone()
}

/// Whether an amount is too small to round to a cent.
pub(super) fn is_below_a_cent(amount: Decimal) -> bool {
    !amount.is_zero() && amount.abs() < Decimal::new(5, 3)
}
