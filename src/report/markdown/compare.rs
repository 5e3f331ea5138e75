//! Options side by side as Markdown. Amounts stand without `$`, which begins a formula on GitHub and GitLab.

use std::io::{self, Write};

use super::super::Outcome;
use super::super::compare::Comparison;
use super::super::estimate::{cents, total_words};
use super::escape::{code, words};
use crate::cost::estimate::Range;

/// Writes the comparison as Markdown.
///
/// # Errors
/// When the stream fails.
pub fn comparison(outcome: &Outcome<'_>, comparison: &Comparison<'_>, out: &mut dyn Write) -> io::Result<()> {
    let plain = |range: Range| {
        if range.is_exact() {
            cents(range.expected)
        } else {
            format!("{} ({} to {})", cents(range.expected), cents(range.low), cents(range.high))
        }
    };
    writeln!(out, "### Options: {} USD a month now\n", total_words(comparison.current).replace('$', ""))?;
    writeln!(out, "| Option | USD a month | saves | upfront |\n|---|--:|--:|--:|")?;
    for (column, priced) in comparison.priced() {
        let saving = priced.saving(comparison.current);
        let upfront = if priced.upfront.is_zero() { String::new() } else { cents(priced.upfront) };
        let name = code(&column.name);
        writeln!(out, "| {name} | {} | {} | {upfront} |", plain(priced.total()), plain(saving))?;
    }
    for (name, lines) in comparison.remarks(outcome) {
        writeln!(out, "\n<details><summary>{}</summary>\n", code(&name).replace('`', ""))?;
        for line in lines {
            writeln!(out, "- {}", words(&line.replace('$', "USD ")))?;
        }
        writeln!(out, "\n</details>")?;
    }
    let mut not_here = comparison.not_here().peekable();
    if not_here.peek().is_some() {
        writeln!(out, "\nNot for this deployment:\n")?;
        for (column, why) in not_here {
            let why = outcome.words(why).replace('$', "USD ");
            writeln!(out, "- {}: {}", code(&column.name), words(&why))?;
        }
    }
    Ok(())
}
