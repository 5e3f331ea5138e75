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
    Some((new != old).then(|| TextEdit::new(range, new)))
}

/// The same with quotes around it.
pub(super) fn quote(scan: &Scan<'_>, range: Range<usize>) -> Option<TextEdit> {
    let old = scan.text.get(range.clone())?;
    let is_plain = old == "true" || old == "false" || is_number(old);
    is_plain.then(|| TextEdit::new(range, quoted(old, scan.strings)))
}

/// The same without its quotes, where that is a literal.
pub(super) fn unquote(scan: &Scan<'_>, range: Range<usize>) -> Option<TextEdit> {
    let inner = scan.text.get(range.clone())?.strip_prefix('"')?.strip_suffix('"')?;
    let is_plain = inner == "true" || inner == "false" || is_number(inner);
    is_plain.then(|| TextEdit::new(range, inner.to_owned()))
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
            let has_template = strings == Strings::Templates && (inner.contains("${") || inner.contains("%{"));
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
