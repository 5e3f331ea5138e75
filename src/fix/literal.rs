//! Literals in the notation of the text around them.

use std::ops::Range;

use super::TextEdit;
use super::scan::{Scan, Strings};
use crate::lint::Term;

/// A text in quotes. Marks of templates are doubled where strings are templates.
pub(super) fn quoted(text: &str, strings: Strings) -> String {
    let json = serde_json::Value::String(text.to_owned()).to_string();
    match strings {
        Strings::Plain => json,
        Strings::Templates => json.replace("${", "$${").replace("%{", "%%{"),
    }
}

/// A value that stands nowhere yet.
pub(super) fn of_term(term: &Term, strings: Strings) -> String {
    match term {
        Term::Bool(value) => value.to_string(),
        Term::Number(number) => number.to_string(),
        Term::Text(text) => quoted(text, strings),
    }
}

/// Another value for the literal at `range`: what is quoted stays quoted. `None` where no literal stands there.
pub(super) fn replace(scan: &Scan<'_>, range: Range<usize>, term: &Term) -> Option<Option<TextEdit>> {
    let old = scan.text.get(range.clone())?;
    let new = match kind(old, scan.strings)? {
        Kind::Bare => of_term(term, scan.strings),
        Kind::Quoted(quote) => {
            let plain = match term {
                Term::Bool(value) => value.to_string(),
                Term::Number(number) => number.to_string(),
                Term::Text(text) => text.clone(),
            };
            match quote {
                '"' => quoted(&plain, scan.strings),
                _ => format!("'{}'", plain.replace('\'', "''")),
            }
        }
    };
    Some((new != old).then(|| with_comment_in_place(scan, range, old, new)))
}

/// A comment that stands some way behind a value keeps its column, where others may stand below it.
fn with_comment_in_place(scan: &Scan<'_>, range: Range<usize>, old: &str, mut new: String) -> TextEdit {
    let rest = scan.text.get(range.end..scan.end_of_line(range.end)).unwrap_or_default();
    let gap = rest.len() - rest.trim_start_matches(' ').len();
    let is_comment = rest.trim_start().starts_with(['#', '/']);
    if gap < 2 || !is_comment {
        return TextEdit::new(range, new);
    }
    let column = old.chars().count() + gap;
    let gap_then = column.saturating_sub(new.chars().count()).max(1);
    new.push_str(&" ".repeat(gap_then));
    TextEdit::new(range.start..range.end + gap, new)
}

/// Quotes around a bare literal. The edits do not repeat the value.
pub(super) fn quote(scan: &Scan<'_>, range: Range<usize>) -> Option<Vec<TextEdit>> {
    let is_plain = is_bare(scan.text.get(range.clone())?);
    let mark = |at: usize| TextEdit::new(at..at, "\"".to_owned());
    is_plain.then(|| vec![mark(range.start), mark(range.end)])
}

/// The quotes around a text that is a literal without them go.
pub(super) fn unquote(scan: &Scan<'_>, range: Range<usize>) -> Option<Vec<TextEdit>> {
    let inner = scan.text.get(range.clone())?.strip_prefix('"')?.strip_suffix('"')?;
    let gone = |at: usize| TextEdit::new(at..at + 1, String::new());
    is_bare(inner).then(|| vec![gone(range.start), gone(range.end - 1)])
}

fn is_bare(text: &str) -> bool {
    matches!(text, "true" | "false") || is_number(text)
}

enum Kind {
    Bare,
    Quoted(char),
}

fn kind(text: &str, strings: Strings) -> Option<Kind> {
    if matches!(text, "true" | "false" | "null") || is_number(text) {
        return Some(Kind::Bare);
    }
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote)) {
            let has_template =
                strings == Strings::Templates && (inner.contains("${") || inner.contains("%{"));
            let is_one = !inner.contains([quote, '\n']);
            return (is_one && !has_template).then_some(Kind::Quoted(quote));
        }
    }
    None
}

/// A decimal number as JSON and HCL write it.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let has_lead = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let parts: Vec<&str> = digits.split('.').collect();
    !has_lead
        && matches!(parts.len(), 1 | 2)
        && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}
