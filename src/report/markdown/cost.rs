//! The estimate as Markdown: the total, a table by resource, and what it lacks and assumes. Amounts stand without `$`,
//! which begins a formula on GitHub and GitLab.

use super::super::estimate::{by_reason, cents, listed, prices, quantity, total_words, unit_price};
use super::super::{Outcome, Style};
use super::escape::{code, plain, words};
use super::fitting;
use crate::cost::estimate::{Component, Estimate, Range, ResourceCost};
use crate::text::plural;

/// The estimate in at most `room` bytes, or a little more where not even its headings fit.
pub(super) fn section(outcome: &Outcome<'_>, estimate: &Estimate, style: &Style, room: usize) -> String {
    if super::super::estimate::is_empty(estimate) {
        return "### Cost\n\nNothing to price: these files declare no AWS resource\n".to_owned();
    }
    let total = total_words(estimate).replace('$', "");
    let mut report = format!("### Cost: {total} USD a month\n");
    if let Some(budgets) = outcome.budgets {
        super::change::budgets(budgets, style, &mut report);
    }
    let billed: Vec<&ResourceCost> =
        estimate.resources.iter().filter(|resource| !resource.components.is_empty()).collect();
    let has_ranges = billed.iter().any(|resource| !resource.monthly().is_exact());
    let row = |resource: &&ResourceCost| {
        let place = outcome.place(resource.span);
        let at = code(&format!("{}:{}", place.file, place.start.line));
        format!("| {} | {at} {}\n", code(&resource.address), amounts(resource.monthly(), has_ranges))
    };
    let (rows, left) = fitting(&billed, room / 2, row);
    if !rows.is_empty() {
        report.push_str(if has_ranges {
            "\n| Resource | Where | Low | USD a month | High |\n|---|---|--:|--:|--:|\n"
        } else {
            "\n| Resource | Where | USD a month |\n|---|---|--:|\n"
        });
        report.push_str(&rows);
        if left > 0 {
            report.push_str(&format!("\n… and {}\n", plural(left, "more resource")));
        }
    }
    if style.quiet {
        return report;
    }
    let parts = billed.iter().flat_map(|resource| {
        // Named once: the parts below it are its own.
        let names = std::iter::once(code(&resource.address)).chain(std::iter::repeat(String::new()));
        names.zip(&resource.components)
    });
    let (parts, left) = fitting(parts, room / 4, |(name, component)| component_row(name, component));
    if !parts.is_empty() {
        report.push_str("\n<details><summary>How it adds up</summary>\n\n");
        report.push_str(
            "| Resource | Part | Quantity | Unit | Price | USD a month |\n|---|---|--:|---|--:|--:|\n",
        );
        report.push_str(&parts);
        if left > 0 {
            report.push_str(&format!("\n… and {}\n", plural(left, "more line")));
        }
        report.push_str("\n</details>\n");
    }
    let unpriced = by_reason(&estimate.unpriced);
    list(&mut report, "Not priced, so the bill will be higher", unpriced, room, |(reason, addresses)| {
        format!(
            "- {}: {}
",
            code(&listed(&addresses)),
            words(&reason.replace('$', "USD "))
        )
    });
    list(&mut report, "Assumed", &estimate.assumptions, room, |assumption| {
        let how = if assumption.set_with.is_empty() {
            String::new()
        } else {
            format!(" (set with {})", words(&assumption.set_with))
        };
        format!(
            "- {}: {}{how}
",
            code(&assumption.name),
            words(&assumption.value)
        )
    });
    if let Some(prices) = prices(estimate).filter(|prices| report.len() + prices.len() + 2 <= room) {
        report.push_str(&format!("\n{}\n", words(&prices)));
    }
    report
}

/// A folded list of what fits into the rest of `room`.
fn list<T>(
    report: &mut String,
    title: &str,
    items: impl IntoIterator<Item = T>,
    room: usize,
    write: impl FnMut(T) -> String,
) {
    // Kept for the lines around it.
    let (items, left) = fitting(items, room.saturating_sub(report.len() + 200), write);
    if items.is_empty() {
        return;
    }
    report.push_str(&format!("\n<details><summary>{title}</summary>\n\n{items}"));
    if left > 0 {
        report.push_str(&format!("- and {left} more\n"));
    }
    report.push_str("\n</details>\n");
}

fn component_row(name: String, component: &Component) -> String {
    let range = component.quantity;
    let number = if range.is_exact() {
        quantity(range.expected)
    } else {
        format!("{}–{}", quantity(range.low), quantity(range.high))
    };
    let cells = [
        name,
        plain(&component.name),
        plain(&number),
        plain(&component.unit),
        plain(&unit_price(component.unit_price)),
        plain(&cents(component.monthly.expected)),
    ];
    format!("| {} |\n", cells.join(" | "))
}

fn amounts(range: Range, has_ranges: bool) -> String {
    let expected = plain(&cents(range.expected));
    match (has_ranges, range.is_exact()) {
        (false, _) => format!("| {expected} |"),
        (true, true) => format!("| | {expected} | |"),
        (true, false) => {
            format!("| {} | {expected} | {} |", plain(&cents(range.low)), plain(&cents(range.high)))
        }
    }
}
