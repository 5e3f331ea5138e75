//! What fixing changes, as a unified diff. Every line is masked like a snippet.

use std::io::{self, Write};
use std::ops::Range;

use termcolor::{Color, ColorSpec};

use super::{Outcome, Style, text};
use crate::analysis::Analysis;
use crate::source::{FileId, SourceFile};

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// Changed lines beyond this are shown as one replacement.
const MOST_CHANGES: usize = 2_000;

/// The same run before and after.
#[derive(Debug)]
pub struct Pair<'a> {
    pub old: &'a Outcome<'a>,
    pub new: &'a Outcome<'a>,
}

/// Writes the difference of the files of these names.
///
/// # Errors
/// When the stream fails.
pub fn write(pair: &Pair<'_>, names: &[&str], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for name in names {
        if let (Some(old), Some(new)) = (side(pair.old, name), side(pair.new, name)) {
            file(name, &old, &new, style, out)?;
        }
    }
    Ok(())
}

/// Words about a run, safe to show.
#[must_use]
pub fn words(of: &Analysis, words: &str) -> String {
    text::line(&of.masks.words(&of.sources, words))
}

/// One file of one side, by lines.
struct Side<'a> {
    outcome: &'a Outcome<'a>,
    id: FileId,
    source: &'a SourceFile,
    lines: Vec<&'a str>,
}

fn side<'a>(outcome: &'a Outcome<'a>, name: &str) -> Option<Side<'a>> {
    // A file that could not be read is there as well, without text.
    let named = outcome.sources.iter().filter(|(_, file)| file.name == name && !file.text.is_empty());
    let (id, source) = named.last()?;
    Some(Side { outcome, id, source, lines: source.text.split_inclusive('\n').collect() })
}

impl Side<'_> {
    /// A line without what is hidden, and whether it ends in a line break.
    fn line(&self, at: usize) -> (String, bool) {
        let range = self.source.line_range(at);
        let written = self.lines.get(at).copied().unwrap_or_default();
        let shown = self.outcome.masks.render(self.outcome.sources, self.id, range).text;
        let mut shown: String = shown.chars().map(text::visible_in_line).collect();
        if written.ends_with("\r\n") {
            shown.push('\r');
        }
        (shown, written.ends_with('\n'))
    }
}

fn file(name: &str, old: &Side<'_>, new: &Side<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let changes = changes(&old.lines, &new.lines);
    if changes.is_empty() {
        return Ok(());
    }
    let bold = ColorSpec::new().set_bold(true).clone();
    let name = text::line(name);
    style.paint(&bold, &format!("--- {name}\n+++ {name}\n"), out)?;
    for hunk in hunks(&changes) {
        write_hunk(hunk, old, new, style, out)?;
    }
    Ok(())
}

/// Lines that give way to others.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    old: Range<usize>,
    new: Range<usize>,
}

/// Changes near enough to share their context.
fn hunks(changes: &[Change]) -> impl Iterator<Item = &[Change]> {
    changes.chunk_by(|one, next| next.old.start - one.old.end <= 2 * CONTEXT)
}

fn write_hunk(
    changes: &[Change],
    old: &Side<'_>,
    new: &Side<'_>,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (Some(first), Some(last)) = (changes.first(), changes.last()) else { return Ok(()) };
    let before = first.old.start.min(CONTEXT);
    let after = (old.lines.len() - last.old.end).min(CONTEXT);
    let (from, to) = (first.old.start - before, last.old.end + after);
    let (new_from, new_to) = (first.new.start - before, last.new.end + after);
    let place = |from: usize, to: usize| {
        let start = if from == to { from } else { from + 1 };
        if to - from == 1 { start.to_string() } else { format!("{start},{}", to - from) }
    };
    let head = format!("@@ -{} +{} @@\n", place(from, to), place(new_from, new_to));
    style.paint(ColorSpec::new().set_fg(Some(Color::Cyan)), &head, out)?;
    let mut put = |sign: char, side: &Side<'_>, at: usize| -> io::Result<()> {
        let (line, has_end) = side.line(at);
        let mut color = ColorSpec::new();
        match sign {
            '-' => _ = color.set_fg(Some(Color::Red)),
            '+' => _ = color.set_fg(Some(Color::Green)),
            _ => {}
        }
        style.paint(&color, &format!("{sign}{line}"), out)?;
        writeln!(out)?;
        if has_end { Ok(()) } else { writeln!(out, "\\ No newline at end of file") }
    };
    let mut at = from;
    for change in changes {
        (at..change.old.start).try_for_each(|line| put(' ', old, line))?;
        change.old.clone().try_for_each(|line| put('-', old, line))?;
        change.new.clone().try_for_each(|line| put('+', new, line))?;
        at = change.old.end;
    }
    (at..to).try_for_each(|line| put(' ', old, line))
}

/// What differs, by the shortest list of lines taken away and put there (E. Myers, "An O(ND) Difference Algorithm").
fn changes(old: &[&str], new: &[&str]) -> Vec<Change> {
    let start = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let most = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(old, new)| old == new).count();
    let (inner_old, inner_new) = (
        old.get(start..old.len() - end).unwrap_or_default(),
        new.get(start..new.len() - end).unwrap_or_default(),
    );
    let whole = || vec![(0..inner_old.len(), 0..inner_new.len())];
    let found = shortest(inner_old, inner_new).unwrap_or_else(whole);
    found
        .into_iter()
        .filter(|(old, new)| !old.is_empty() || !new.is_empty())
        .map(|(old, new)| Change {
            old: old.start + start..old.end + start,
            new: new.start + start..new.end + start,
        })
        .collect()
}

fn shortest(old: &[&str], new: &[&str]) -> Option<Vec<(Range<usize>, Range<usize>)>> {
    let (rows, columns) = (old.len(), new.len());
    // For each number of changes the furthest row on each diagonal; diagonal k stands at `k + limit`.
    let limit = (rows + columns).min(MOST_CHANGES);
    let mut furthest = vec![0_usize; 2 * limit + 2];
    let mut history = Vec::new();
    let get = |of: &[usize], at: usize| of.get(at).copied().unwrap_or_default();
    'search: {
        for changed in 0..=limit {
            history.push(furthest.get(limit - changed..=limit + changed + 1)?.to_vec());
            for at in (limit - changed..=limit + changed).step_by(2) {
                let down = at == limit - changed
                    || (at != limit + changed && get(&furthest, at - 1) < get(&furthest, at + 1));
                let mut row = if down { get(&furthest, at + 1) } else { get(&furthest, at - 1) + 1 };
                let Some(mut column) = (row + limit).checked_sub(at) else { continue };
                // A diagonal k holds column - row = limit - at.
                while row < rows && column < columns && old.get(row) == new.get(column) {
                    (row, column) = (row + 1, column + 1);
                }
                *furthest.get_mut(at)? = row;
                if row >= rows && column >= columns {
                    break 'search;
                }
            }
        }
        return None;
    }
    Some(way_back(&history, limit, rows, columns))
}

/// The changes on the way from the end back to the start, joined where they touch.
fn way_back(
    history: &[Vec<usize>],
    limit: usize,
    rows: usize,
    columns: usize,
) -> Vec<(Range<usize>, Range<usize>)> {
    let mut steps: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    let (mut row, mut column) = (rows, columns);
    for (changed, known) in history.iter().enumerate().rev().take_while(|(changed, _)| *changed > 0) {
        let first = limit - changed;
        let of = |at: usize| at.checked_sub(first).and_then(|at| known.get(at)).copied().unwrap_or_default();
        let at = row + limit - column;
        let down = at == limit - changed || (at != limit + changed && of(at - 1) < of(at + 1));
        let (old_row, from) = if down { (of(at + 1), at + 1) } else { (of(at - 1), at - 1) };
        let old_column = old_row + limit - from;
        let step = if down {
            (old_row..old_row, old_column..old_column + 1)
        } else {
            (old_row..old_row + 1, old_column..old_column)
        };
        match steps.last_mut() {
            Some(next) if next.0.start == step.0.end && next.1.start == step.1.end => {
                *next = (step.0.start..next.0.end, step.1.start..next.1.end);
            }
            _ => steps.push(step),
        }
        (row, column) = (old_row, old_column);
    }
    steps.reverse();
    steps
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

    use proptest::prelude::*;

    use super::*;

    /// The new lines, made of the old ones and the changes.
    fn patched<'a>(old: &[&'a str], new: &[&'a str], changes: &[Change]) -> Vec<&'a str> {
        let mut lines = Vec::new();
        let mut at = 0;
        for change in changes {
            lines.extend(&old[at..change.old.start]);
            assert_eq!(lines.len(), change.new.start);
            lines.extend(&new[change.new.clone()]);
            at = change.old.end;
        }
        lines.extend(&old[at..]);
        lines
    }

    proptest! {
        #[test]
        fn the_changes_lead_from_one_text_to_the_other(
            old in proptest::collection::vec("[abc]", 0..24),
            new in proptest::collection::vec("[abc]", 0..24),
        ) {
            let old: Vec<&str> = old.iter().map(String::as_str).collect();
            let new: Vec<&str> = new.iter().map(String::as_str).collect();
            let found = changes(&old, &new);
            prop_assert_eq!(patched(&old, &new, &found), new.clone());
            prop_assert!(found.windows(2).all(|two| two[0].old.end < two[1].old.start || two[0].new.end < two[1].new.start));
        }
    }

    #[test]
    fn an_inserted_line_is_one_change() {
        let old: Vec<&str> = "a b c d".split(' ').collect();
        let new: Vec<&str> = "a b x c d".split(' ').collect();
        assert_eq!(changes(&old, &new), [Change { old: 2..2, new: 2..3 }]);
    }
}
