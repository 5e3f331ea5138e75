//! An evaluated value as people read it: in the form of HCL, over several lines where it is nested, unknown
//! parts in parentheses with their cause.

use super::text;
use super::veil::{HIDDEN, Veil};
use crate::lint::secrets::name_of;
use crate::value::{Built, Cause, Kind, Mapping, Part, Rest, Sequence, Unknown, Value};

/// Columns of one level of nesting.
const INDENT: usize = 2;

/// Lists of plain values are written on one line up to this many columns.
const WIDEST_LIST: usize = 80;

/// Parts of a text are looked into up to this depth.
const DEEPEST: usize = 32;

/// A value called `name`, for a place that is indented by `indent` columns. The first line has no indent.
pub(super) fn of(value: &Value, name: &str, indent: usize, veil: Veil<'_>) -> String {
    Writer { veil }.value(value, name, indent, false, 0)
}

/// `name = value` lines of an object, names aligned.
pub(super) fn members(mapping: &Mapping, indent: usize, veil: Veil<'_>) -> Vec<String> {
    Writer { veil }.members(mapping, indent, false, 0)
}

/// Why something has no value, in parentheses.
pub(super) fn why(causes: &[Cause]) -> String {
    let words: Vec<String> = causes.iter().map(cause).collect();
    if words.is_empty() { "(unknown)".to_owned() } else { format!("({})", words.join("; ")) }
}

fn cause(cause: &Cause) -> String {
    let name = text::line(&cause.name());
    match cause {
        Cause::Computed { .. } => format!("known after apply: {name}"),
        Cause::MissingVariable { .. } => format!("no value: var.{name}"),
        Cause::Data { .. } => format!("read from outside: {name}"),
        other => text::line(&other.to_string()),
    }
}

struct Writer<'a> {
    veil: Veil<'a>,
}

impl Writer<'_> {
    fn value(&self, value: &Value, name: &str, indent: usize, hidden: bool, depth: usize) -> String {
        let hidden = hidden || value.sensitive || self.veil.hides(name, value);
        if let Kind::Unknown(unknown) = &value.kind {
            return self.unknown(unknown, name, indent, hidden, depth);
        }
        if hidden {
            return HIDDEN.to_owned();
        }
        if depth > DEEPEST {
            return "(nested too deep to show)".to_owned();
        }
        match &value.kind {
            Kind::Null(_) | Kind::Unknown(_) => "null".to_owned(),
            Kind::Bool(value) => value.to_string(),
            Kind::Number(number) => number.to_json().unwrap_or_else(|| "infinite".to_owned()),
            Kind::String(text) => match text.built.as_deref() {
                Some(Built::Json(inner)) if is_nested(inner) => self.json(inner, name, indent, depth),
                _ => string(&self.veil.text(text), indent),
            },
            Kind::Sequence(sequence) => self.sequence(sequence, name, indent, depth),
            Kind::Mapping(mapping) => {
                if mapping.entries.is_empty() && mapping.rest.is_none() {
                    return "{}".to_owned();
                }
                let lines = self.members(mapping, indent + INDENT, false, depth + 1);
                format!("{{\n{}\n{}}}", lines.join("\n"), " ".repeat(indent))
            }
        }
    }

    fn members(&self, mapping: &Mapping, indent: usize, hidden: bool, depth: usize) -> Vec<String> {
        let names: Vec<String> = mapping.entries.keys().map(|key| key_text(&self.veil.plain(key))).collect();
        let width = names.iter().map(|name| text::width(name)).max().unwrap_or(0);
        let pad = " ".repeat(indent);
        let mut lines: Vec<String> = mapping
            .entries
            .iter()
            .zip(names)
            .map(|((key, entry), shown)| {
                let value = self.value(&entry.value, name_of(mapping, key), indent, hidden, depth);
                format!("{pad}{shown}{} = {value}", " ".repeat(width - text::width(&shown)))
            })
            .collect();
        lines.extend(self.rest(mapping.rest.as_deref(), &pad));
        lines
    }

    fn rest(&self, rest: Option<&Rest>, pad: &str) -> Option<String> {
        rest.map(|rest| format!("{pad}# and perhaps more {}", why(&self.veil.causes(&rest.causes))))
    }

    fn sequence(&self, sequence: &Sequence, name: &str, indent: usize, depth: usize) -> String {
        if sequence.items.is_empty() && sequence.rest.is_none() {
            return "[]".to_owned();
        }
        let inner = indent + INDENT;
        let items: Vec<String> =
            sequence.items.iter().map(|item| self.value(item, name, inner, false, depth + 1)).collect();
        let width: usize = items.iter().map(|item| text::width(item) + 2).sum();
        if sequence.rest.is_none() && width <= WIDEST_LIST && items.iter().all(|item| !item.contains('\n')) {
            return format!("[{}]", items.join(", "));
        }
        let pad = " ".repeat(inner);
        let mut lines: Vec<String> = items.iter().map(|item| format!("{pad}{item},")).collect();
        lines.extend(self.rest(sequence.rest.as_deref(), &pad));
        format!("[\n{}\n{}]", lines.join("\n"), " ".repeat(indent))
    }

    fn json(&self, inner: &Value, name: &str, indent: usize, depth: usize) -> String {
        format!("jsonencode({})", self.value(inner, name, indent, false, depth + 1))
    }

    fn unknown(&self, unknown: &Unknown, name: &str, indent: usize, hidden: bool, depth: usize) -> String {
        let reason = why(&self.veil.causes(&unknown.causes));
        if hidden {
            return format!("{HIDDEN} {reason}");
        }
        if depth > DEEPEST {
            return reason;
        }
        if !unknown.alternatives.is_empty() {
            let choices: Vec<String> = unknown
                .alternatives
                .iter()
                .map(|choice| self.value(choice, name, indent, false, depth + 1))
                .collect();
            return format!("{} {reason}", choices.join(" or "));
        }
        match unknown.built.as_deref() {
            Some(Built::Json(inner)) => self.json(inner, name, indent, depth),
            Some(Built::Template(parts)) => {
                let pieces = parts.iter().map(|part| match part {
                    Part::Literal { text, .. } => escaped(&self.veil.plain(text)),
                    Part::Hole(hole) if hole.as_unknown().is_some() => {
                        format!("${{{}}}", self.value(hole, "", indent, false, depth + 1))
                    }
                    Part::Hole(hole) if hole.sensitive || self.veil.hides("", hole) => HIDDEN.to_owned(),
                    Part::Hole(hole) => escaped(&self.veil.plain(hole.as_str().unwrap_or_default())),
                });
                format!("\"{}\"", pieces.collect::<String>())
            }
            None => match &unknown.prefix {
                Some(prefix) => format!("\"{}${{{reason}}}\"", escaped(&self.veil.plain(prefix))),
                None => reason,
            },
        }
    }
}

fn is_nested(value: &Value) -> bool {
    matches!(value.kind, Kind::Sequence(_) | Kind::Mapping(_))
}

fn key_text(key: &str) -> String {
    let is_name = key.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    if is_name { key.to_owned() } else { format!("\"{}\"", escaped(key)) }
}

/// A string in quotes; of several lines as a heredoc.
fn string(string: &str, indent: usize) -> String {
    let Some(body) = string.strip_suffix('\n').filter(|body| body.contains('\n')) else {
        return format!("\"{}\"", escaped(string));
    };
    let pad = " ".repeat(indent + INDENT);
    let lines: Vec<String> = body
        .lines()
        .map(|line| {
            let line: String = line.chars().map(text::visible_in_line).collect();
            if line.is_empty() { line } else { format!("{pad}{line}") }
        })
        .collect();
    format!("<<-EOT\n{}\n{}EOT", lines.join("\n"), " ".repeat(indent))
}

/// As between quotes of HCL.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            c if text::visible(c) != c => escaped.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => escaped.push(c),
        }
    }
    escaped
}
