//! A change as Markdown: what it costs, the resources behind that, budgets and findings. Amounts stand without `$`, which
//! begins a formula on GitHub and GitLab.

use super::super::Style;
use super::super::change::{
    Report, because_words, checked_words, component_words, finding_remarks, findings_words, sign, signed,
    total_words, unchecked_words, unpriced_words,
};
use super::super::estimate::cents;
use super::escape::{code, plain, words};
use super::fitting;
use crate::change::budget::{Kept, Verdicts};
use crate::change::{Difference, Finding, MoneyChange, ResourceChange};
use crate::cost::estimate::Range;
use crate::text::plural;

/// The change in at most `room` bytes, or a little more where not even its headings fit.
pub(super) fn section(report: &Report<'_>, style: &Style, room: usize) -> String {
    let mut text = format!("### Plimsoll: {}\n", heading(report.difference));
    if !style.quiet {
        let sides = format!("From {} to {}", code(&report.base.words()), code(&report.head.words()));
        text.push_str(&format!("\n{sides}\n"));
    }
    budgets(report.budgets, style, &mut text);
    if let Some(money) = &report.difference.money {
        of_money(money, style, room, &mut text);
    }
    if let Some(of) = &report.difference.findings {
        let title = findings_words(of.added.len(), of.removed.len());
        let rows =
            of.added.iter().map(|finding| ("new", finding)).chain(of.removed.iter().map(|f| ("gone", f)));
        let room = room.saturating_sub(text.len() + 400);
        let (rows, left) = fitting(rows, room, |(state, finding)| finding_row(state, finding));
        if !of.added.is_empty() || !of.removed.is_empty() {
            text.push_str(&format!(
                "\n#### Findings: {title}\n\n| | | Where | What | Rule |\n|---|---|---|---|---|\n"
            ));
            text.push_str(&rows);
            more(left, "more finding", &mut text);
        }
    }
    if !style.quiet && !report.notes.is_empty() {
        let room = room.saturating_sub(text.len() + 100);
        let (notes, _) = fitting(report.notes, room, |note| format!("- {}\n", words(note)));
        if !notes.is_empty() {
            text.push_str(&format!("\n<details><summary>Notes</summary>\n\n{notes}\n</details>\n"));
        }
    }
    text
}

fn without_dollars(text: &str) -> String {
    text.replace('$', "USD ")
}

fn heading(difference: &Difference) -> String {
    if difference.is_empty() {
        return "no change in cost or findings".to_owned();
    }
    let money = difference.money.as_ref().map(|money| {
        let change = signed(money.delta().expected);
        let unpriced = if money.unpriced.added.is_empty() { "" } else { " and what is not priced" };
        format!("{} USD a month{unpriced}", plain(&change))
    });
    let findings = difference
        .findings
        .as_ref()
        .filter(|of| !of.added.is_empty() || !of.removed.is_empty())
        .map(|of| format!("findings: {}", findings_words(of.added.len(), of.removed.len())));
    money.into_iter().chain(findings).collect::<Vec<_>>().join("; ")
}

/// What became of the budgets, exceeded ones with what takes the most.
pub(super) fn budgets(verdicts: &Verdicts, style: &Style, text: &mut String) {
    let mut lines = String::new();
    for checked in &verdicts.checked {
        if style.quiet && checked.kept != Kept::No {
            continue;
        }
        let said = words(&without_dollars(&checked_words(checked)));
        lines.push_str(&if checked.kept == Kept::No {
            format!("- **{said}**\n")
        } else {
            format!("- {said}\n")
        });
        for because in &checked.because {
            let said = because_words(because, checked.budget.limit.is_increase());
            lines.push_str(&format!("  - {}\n", words(&without_dollars(&said))));
        }
        if checked.further > 0 {
            lines.push_str(&format!("  - and {} more\n", checked.further));
        }
    }
    if !style.quiet {
        for unchecked in &verdicts.unchecked {
            lines.push_str(&format!("- {}\n", words(&unchecked_words(unchecked))));
        }
    }
    if !lines.is_empty() {
        text.push_str(&format!("\n{lines}"));
    }
}

fn of_money(money: &MoneyChange, style: &Style, room: usize, text: &mut String) {
    let has_change = !money.resources.is_empty();
    if has_change || !style.quiet {
        text.push_str(&format!("\n{}\n", words(&without_dollars(&total_words(money)))));
    }
    let (rows, left) = fitting(&money.resources, room / 3, resource_row);
    if !rows.is_empty() {
        text.push_str(
            "\n| | Resource | Where | Before | After | Change, USD a month |\n|---|---|---|--:|--:|--:|\n",
        );
        text.push_str(&rows);
        more(left, "more resource", text);
    }
    if style.quiet {
        return;
    }
    let parts = money.resources.iter().flat_map(|of| {
        // Named once: the parts below it are its own.
        let names = std::iter::once(code(&of.address)).chain(std::iter::repeat(String::new()));
        names.zip(&of.components)
    });
    let (parts, left) = fitting(parts, room / 4, |(name, of)| {
        let delta = plain(&signed(of.delta().expected));
        format!("| {name} | {} | {delta} |\n", plain(&component_words(of)))
    });
    if !parts.is_empty() {
        text.push_str("\n<details><summary>How it adds up</summary>\n\n| Resource | Part | USD a month |\n|---|---|--:|\n");
        text.push_str(&parts);
        more(left, "more line", text);
        text.push_str("\n</details>\n");
    }
    for (title, list) in [
        ("Not priced, and new with the change, so that it costs more than this:", &money.unpriced.added),
        ("Was not priced, and is gone:", &money.unpriced.removed),
    ] {
        let (lines, left) =
            fitting(list, room / 10, |of| format!("- {}\n", words(&without_dollars(&unpriced_words(of)))));
        if !lines.is_empty() {
            text.push_str(&format!("\n{title}\n\n{lines}"));
            if left > 0 {
                text.push_str(&format!("- and {left} more\n"));
            }
        }
    }
}

fn more(left: usize, what: &str, text: &mut String) {
    if left > 0 {
        text.push_str(&format!("\n… and {}\n", plural(left, what)));
    }
}

fn resource_row(of: &ResourceChange) -> String {
    let was = of.previous_address.as_ref().map_or_else(String::new, |was| format!(", was {}", code(was)));
    let amount = |range: Option<Range>| range.map_or_else(String::new, |range| plain(&cents(range.expected)));
    let cells = [
        plain(&sign(of).to_string()),
        format!("{}{was}", code(&of.address)),
        code(&format!("{}:{}", of.file, of.line)),
        amount(of.before),
        amount(of.after),
        plain(&signed(of.delta().expected)),
    ];
    format!("| {} |\n", cells.join(" | "))
}

fn finding_row(state: &str, finding: &Finding) -> String {
    let mut what = words(&finding.message);
    for remark in finding_remarks(finding) {
        what.push_str(&format!("; {}", words(&without_dollars(&remark))));
    }
    let at = code(&format!("{}:{}", finding.file, finding.line));
    format!("| {state} | {} | {at} | {what} | {} |\n", finding.severity, code(&finding.rule))
}
