//! Strings as known text and holes: what is known of a string that is not known as a whole.

use std::ops::Range;
use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use super::arguments::{Call, normalized};
use crate::source::Span;
use crate::value::{Built, Causes, Kind, Part, Text, Type, Unknown, Value};

/// What people see as single characters; Terraform counts strings in them.
pub(super) fn graphemes(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.graphemes(true)
}

/// The text a known hole puts into a template.
pub(super) fn hole_text(value: &Value) -> Option<Arc<str>> {
    match &value.kind {
        Kind::String(text) => Some(text.shared().clone()),
        Kind::Number(number) => Some(number.to_string().into()),
        Kind::Bool(value) => Some(if *value { "true" } else { "false" }.into()),
        _ => None,
    }
}

fn part_text(part: &Part) -> Option<Arc<str>> {
    match part {
        Part::Literal { text, .. } => Some(text.clone()),
        Part::Hole(value) => hole_text(value),
    }
}

/// The parts of a string: those it was built from, with nested templates taken apart.
pub(super) fn parts_of(value: &Value) -> Vec<Part> {
    let mut parts = Vec::new();
    collect(value, &mut parts, 16);
    parts
}

fn collect(value: &Value, into: &mut Vec<Part>, depth: usize) {
    let built = match &value.kind {
        Kind::String(text) => text.built.as_deref(),
        Kind::Unknown(unknown) => unknown.built.as_deref(),
        _ => None,
    };
    match (built, &value.kind) {
        (Some(Built::Template(parts)), _) if depth > 0 => {
            for part in parts {
                match part {
                    Part::Literal { .. } => into.push(part.clone()),
                    Part::Hole(hole) => {
                        let taken_apart = match &hole.kind {
                            Kind::String(text) => matches!(text.built.as_deref(), Some(Built::Template(_))),
                            Kind::Unknown(unknown) => {
                                matches!(unknown.built.as_deref(), Some(Built::Template(_)))
                            }
                            _ => false,
                        };
                        if taken_apart {
                            collect(hole, into, depth - 1);
                        } else {
                            into.push(Part::hole(value.child(hole)));
                        }
                    }
                }
            }
        }
        (None, Kind::String(text)) => {
            into.push(Part::Literal { text: text.shared().clone(), span: value.span() });
        }
        _ => into.push(Part::hole(value.clone())),
    }
}

/// The text that a string surely starts with.
pub(super) fn known_start(value: &Value) -> String {
    let start: String = parts_of(value).iter().map_while(part_text).map(|text| text.to_string()).collect();
    match value.as_unknown().and_then(|unknown| unknown.prefix.as_deref()) {
        Some(prefix) if prefix.len() > start.len() => prefix.to_owned(),
        _ => start,
    }
}

/// The text that a string surely ends with.
pub(super) fn known_end(value: &Value) -> String {
    let parts = parts_of(value);
    let mut end: Vec<Arc<str>> = parts.iter().rev().map_while(part_text).collect();
    end.reverse();
    end.concat()
}

/// Whether a string surely is not empty.
pub(super) fn has_text(value: &Value) -> bool {
    let prefix = value.as_unknown().and_then(|unknown| unknown.prefix.as_ref());
    prefix.is_some_and(|prefix| !prefix.is_empty())
        || parts_of(value).iter().any(|part| part_text(part).is_some_and(|text| !text.is_empty()))
}

/// Whether `wanted` surely stands somewhere in a string.
pub(super) fn surely_contains(value: &Value, wanted: &str) -> bool {
    let mut run = String::new();
    for part in parts_of(value) {
        match part_text(&part) {
            Some(text) => run.push_str(&text),
            None if run.contains(wanted) => return true,
            None => run.clear(),
        }
    }
    run.contains(wanted)
}

/// The part of a literal's source under a range of its text, where the two agree byte by byte.
pub(super) fn literal_span(text: &str, span: Span, range: &Range<usize>) -> Span {
    if span.range().len() == text.len() {
        Span::new(span.file, span.start as usize + range.start..span.start as usize + range.end)
    } else {
        span
    }
}

/// The parts under a byte range of a wholly known string.
pub(super) fn cut(parts: &[Part], range: Range<usize>) -> Vec<Part> {
    let mut result = Vec::new();
    let mut at = 0;
    for part in parts {
        let Some(text) = part_text(part) else { continue };
        let start = range.start.clamp(at, at + text.len()) - at;
        let end = range.end.clamp(at, at + text.len()) - at;
        at += text.len();
        if start >= end {
            continue;
        }
        if end - start == text.len() {
            result.push(part.clone());
            continue;
        }
        let Some(kept) = text.get(start..end) else { continue };
        let span = match part {
            Part::Literal { span, .. } => literal_span(&text, *span, &(start..end)),
            Part::Hole(value) => value.span(),
        };
        result.push(Part::Literal { text: kept.into(), span });
    }
    result
}

/// A string made of parts: known where all holes are.
pub(super) fn assemble(call: &Call<'_>, parts: Vec<Part>) -> Value {
    let parts: Vec<Part> = parts
        .into_iter()
        .filter(|part| !matches!(part, Part::Literal { text, .. } if text.is_empty()))
        .collect();
    let known = parts.iter().filter_map(part_text).map(|text| text.len()).sum::<usize>();
    if known > call.context.limits.string {
        return call.limit("length of a string");
    }
    let texts: Option<Vec<Arc<str>>> = parts.iter().map(part_text).collect();
    match texts {
        Some(texts) => {
            let text = normalized(texts.concat());
            Value::new(Kind::String(Text::built(text, Built::Template(parts))), call.origin())
        }
        None => {
            let mut causes = Causes::none();
            for part in &parts {
                if let Part::Hole(hole) = part {
                    causes.add_all(&hole.causes());
                }
            }
            let start: String = parts.iter().map_while(part_text).map(|text| text.to_string()).collect();
            let mut unknown = Unknown::of_type(causes, Type::String);
            unknown.not_null = true;
            unknown.prefix = (!start.is_empty()).then(|| start.into());
            unknown.built = Some(Arc::new(Built::Template(parts)));
            Value::from_unknown(unknown, call.origin())
        }
    }
}

/// A hole whose content goes through a function that is not evaluated on it.
pub(super) fn changed_hole(value: &Value) -> Value {
    let mut unknown = Unknown::of_type(value.causes(), Type::String);
    unknown.not_null = true;
    Value { kind: Kind::Unknown(Arc::new(unknown)), ..value.clone() }
}

/// A string with a change that works character by character applied to what is known of it.
pub(super) fn map(call: &Call<'_>, at: usize, change: impl Fn(&str) -> String) -> Value {
    let value = call.arg(at);
    if let Some(text) = value.as_str() {
        return call.string(change(text));
    }
    let parts = parts_of(&value)
        .into_iter()
        .map(|part| match part {
            Part::Literal { text, span } => Part::Literal { text: change(&text).into(), span },
            Part::Hole(hole) => match hole_text(&hole) {
                Some(text) => Part::hole(Value::string(change(&text), hole.origin)),
                None => Part::hole(changed_hole(&hole)),
            },
        })
        .collect();
    assemble(call, parts)
}
