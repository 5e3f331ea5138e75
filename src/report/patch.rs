//! A fix as people read it: the lines it takes away and the lines it puts there, masked and cut to the width.

use super::{Outcome, text};
use crate::lint::{Applicability, Edit, Finding};

/// Lines of a fix that are shown.
const MOST_LINES: usize = 8;

/// Longer lines, in bytes, are not shown whole.
const LONGEST_LINE: usize = 4096;

/// Columns shown before the first difference of lines that are cut.
const BEFORE: usize = 12;

/// The fix of a finding, if it has one, in lines of at most `width` columns.
pub(super) fn lines(outcome: &Outcome<'_>, finding: &Finding, width: usize) -> Option<String> {
    let fix = finding.fix.as_ref()?;
    let title = match fix.applicability {
        Applicability::Safe => "fix:",
        Applicability::Unsafe => "fix (may change behaviour):",
    };
    let mut edits: Vec<&Edit> = fix.edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);
    let mut lines = Vec::new();
    for group in edits.chunk_by(|a, b| share_a_line(outcome, a, b)) {
        change(outcome, group, width, &mut lines);
        if lines.len() > MOST_LINES {
            break;
        }
    }
    let more = lines.len() > MOST_LINES;
    lines.truncate(MOST_LINES);
    let mut note = title.to_owned();
    for line in lines {
        note.push('\n');
        note.push_str(&clip(&line, width));
    }
    if more {
        note.push_str("\n…");
    }
    Some(note)
}

/// Whether the second of two edits starts on the line on which the first one ends: they are shown as one change.
fn share_a_line(outcome: &Outcome<'_>, first: &Edit, second: &Edit) -> bool {
    let Some(file) = outcome.sources.get(first.span.file) else { return false };
    first.span.file == second.span.file
        && first.span.end <= second.span.start
        && file.line_index(first.span.end) == file.line_index(second.span.start)
}

/// The lines that edits of one place take away and put there, below the place where they stand.
fn change(outcome: &Outcome<'_>, edits: &[&Edit], width: usize, lines: &mut Vec<String>) {
    let (Some(start), Some(end)) = (edits.first(), edits.last()) else { return };
    let Some(file) = outcome.sources.get(start.span.file) else { return };
    let (first, last) = (file.line_index(start.span.start), file.line_index(end.span.end));
    let (from, to) = (file.line_range(first).start, file.line_range(last).end);
    let shown = |range| outcome.masks.render(outcome.sources, start.span.file, range).text;
    let new_text = |edit: &Edit| outcome.masks.clean(outcome.sources, &edit.text).into_owned();
    lines.push(format!("{}:{}", text::line(&file.name), first + 1));
    let (old, new) = if to.saturating_sub(from) > LONGEST_LINE {
        let range = start.span.range();
        let old = shown(range.start..range.end.min(range.start + LONGEST_LINE));
        (old.lines().take(1).map(safe).collect(), new_text(start).lines().map(safe).collect())
    } else {
        let mut new = String::new();
        let mut at = from;
        for edit in edits {
            let range = edit.span.range();
            new.push_str(&shown(at..range.start));
            new.push_str(&new_text(edit));
            at = range.end.min(to);
        }
        new.push_str(&shown(at..to));
        differing(&shown(from..to), &new)
    };
    let skip = columns_to_skip(&old, &new, width);
    lines.extend(old.iter().map(|line| format!("- {}", without_start(line, skip))));
    let has_text = |line: &&String| !line.trim().is_empty();
    lines.extend(new.iter().filter(has_text).map(|line| format!("+ {}", without_start(line, skip))));
}

fn safe(line: &str) -> String {
    text::line(&line.replace('\t', "    "))
}

/// The lines of two texts without those that are equal at the start and at the end.
fn differing(old: &str, new: &str) -> (Vec<String>, Vec<String>) {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let start = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let rest = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(old, new)| old == new).count();
    let middle = |all: &[&str]| all.iter().take(all.len() - end).skip(start).map(|line| safe(line)).collect();
    (middle(&old), middle(&new))
}

/// How much to leave out at the start of lines that are too long, so that their difference is seen.
fn columns_to_skip(old: &[String], new: &[String], width: usize) -> usize {
    let room = width.saturating_sub("- ".len());
    if old.iter().chain(new).all(|line| text::width(line) <= room) {
        return 0;
    }
    let common = |a: &String, b: &String| -> usize {
        let equal = a.chars().zip(b.chars()).take_while(|(a, b)| a == b);
        equal.map(|(c, _)| text::char_width(c)).sum()
    };
    match (old, new) {
        ([old], [new]) => common(old, new).saturating_sub(BEFORE),
        // Of several lines only the indentation is left out.
        _ => {
            let indents = old.iter().chain(new).filter(|line| !line.trim().is_empty());
            indents.map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0)
        }
    }
}

/// A line without its first columns, with a sign where more than white space was cut.
fn without_start(line: &str, columns: usize) -> String {
    let mut used = 0;
    let rest: String = line
        .chars()
        .skip_while(|c| {
            let skip = used < columns;
            used += text::char_width(*c);
            skip
        })
        .collect();
    let is_blank = line.strip_suffix(&rest).is_none_or(|head| head.trim().is_empty());
    if is_blank { rest } else { format!("…{rest}") }
}

/// `line` in at most `width` columns, with a sign where it was cut.
fn clip(line: &str, width: usize) -> String {
    if text::width(line) <= width {
        return line.to_owned();
    }
    let mut used = 1;
    let mut cut: String = line
        .chars()
        .take_while(|c| {
            used += text::char_width(*c);
            used <= width
        })
        .collect();
    cut.push('…');
    cut
}
