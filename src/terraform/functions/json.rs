//! `jsonencode` and `jsondecode`, and the structure inside JSON strings.

use std::sync::Arc;

use super::Failure;
use super::arguments::{Call, Outcome, normalized};
use super::json_text::{self, Problem};
use crate::value::{
    Built, Kind, Mapping, MappingKind, Sequence, SequenceKind, Step, Text, Type, Unknown, Value,
};

/// Deeper nesting than this is not decoded or encoded.
const DEEPEST: usize = 200;

pub(super) fn jsonencode(call: &Call<'_>) -> Outcome {
    let value = call.arg(0);
    if value.is_wholly_known() {
        let mut text = String::new();
        encode(&value, &mut text, DEEPEST).map_err(Failure::new)?;
        if text.len() > call.context.limits.string {
            return Ok(call.limit("length of a string"));
        }
        let text = Text::built(normalized(text), Built::Json(value));
        return Ok(Value::new(Kind::String(text), call.origin()));
    }
    let mut unknown = call.unknown_parts();
    unknown.prefix = match &value.kind {
        Kind::Sequence(_) => Some("[".into()),
        Kind::Mapping(_) => Some("{".into()),
        _ => None,
    };
    unknown.built = Some(Arc::new(Built::Json(value)));
    Ok(Value::from_unknown(unknown, call.origin()))
}

pub(super) fn jsondecode(call: &Call<'_>) -> Outcome {
    let value = call.arg(0);
    match decode(&value) {
        Ok(mut decoded) => {
            decoded.origin = decoded.origin.via(Step::Function("jsondecode".into()), call.context.span);
            Ok(decoded)
        }
        Err(Problem::TooMany) => Ok(call.limit(super::VALUE)),
        Err(Problem::TooDeep) => Ok(call.limit("nesting of a JSON text")),
        Err(Problem::Invalid(message)) => Err(Failure::argument(0, message)),
    }
}

/// The value inside a string of JSON, known, partly known or unknown; each leaf with the place it was written at.
///
/// # Errors
/// Where the text is no JSON whatever its unknown parts are.
pub(super) fn decode(value: &Value) -> Result<Value, Problem> {
    let built = match &value.kind {
        Kind::String(text) => text.built.as_deref(),
        Kind::Unknown(unknown) => unknown.built.as_deref(),
        _ => None,
    };
    match (built, &value.kind) {
        (Some(Built::Json(inner)), _) => {
            let inner = value.child(inner);
            decoded(&inner, DEEPEST).ok_or(Problem::TooDeep)
        }
        (Some(Built::Template(_)), _) | (_, Kind::String(_)) => json_text::parse(value),
        _ => {
            let mut unknown = Unknown::new(value.causes());
            if let Some(unknown_text) = value.as_unknown() {
                let start = unknown_text.prefix.as_deref().unwrap_or_default().trim_start();
                unknown.ty = match start.chars().next() {
                    Some('"') => Type::String,
                    Some('t' | 'f') => Type::Bool,
                    Some('-' | '0'..='9') => Type::Number,
                    _ => Type::Dynamic,
                };
            }
            Ok(Value::from_unknown(unknown, value.origin.clone()))
        }
    }
}

/// What comes out when a value goes through `jsonencode` and `jsondecode`: tuples and objects. `None` when
/// nested too deeply.
fn decoded(value: &Value, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    let kind = match &value.kind {
        Kind::Null(_) => Kind::Null(Type::Dynamic),
        Kind::Bool(_) | Kind::Number(_) => value.kind.clone(),
        Kind::String(_) => value.kind.clone(),
        Kind::Sequence(sequence) => Kind::Sequence(Arc::new(Sequence {
            kind: SequenceKind::Tuple,
            items: sequence.items.iter().map(|item| decoded(item, depth)).collect::<Option<_>>()?,
            rest: sequence.rest.clone(),
        })),
        Kind::Mapping(mapping) => {
            let mut entries = mapping.entries.clone();
            for entry in entries.values_mut() {
                entry.value = decoded(&entry.value, depth)?;
            }
            Kind::Mapping(Arc::new(Mapping {
                kind: MappingKind::Object,
                entries,
                rest: mapping.rest.clone(),
            }))
        }
        Kind::Unknown(unknown) => {
            let mut unknown = Unknown::clone(unknown);
            if !matches!(unknown.ty, Type::Bool | Type::Number | Type::String) {
                unknown.ty = Type::Dynamic;
            }
            let alternatives = unknown.alternatives.iter().map(|value| decoded(value, depth));
            unknown.alternatives = alternatives.collect::<Option<_>>()?;
            Kind::Unknown(Arc::new(unknown))
        }
    };
    Some(Value { kind, origin: value.origin.clone(), sensitive: value.sensitive })
}

/// Writes a wholly known value as Terraform's `jsonencode` does: sorted keys, `<`, `>`, `&` escaped.
pub(super) fn encode(value: &Value, into: &mut String, depth: usize) -> Result<(), &'static str> {
    let Some(depth) = depth.checked_sub(1) else { return Err("the value is nested too deeply") };
    match &value.kind {
        Kind::Null(_) | Kind::Unknown(_) => into.push_str("null"),
        Kind::Bool(value) => into.push_str(if *value { "true" } else { "false" }),
        Kind::Number(number) => match number.to_json() {
            Some(text) => into.push_str(&text),
            None => return Err("cannot serialize infinity as JSON"),
        },
        Kind::String(text) => quote(text.as_str(), into),
        Kind::Sequence(sequence) => {
            into.push('[');
            for (at, item) in sequence.items.iter().enumerate() {
                if at > 0 {
                    into.push(',');
                }
                encode(item, into, depth)?;
            }
            into.push(']');
        }
        Kind::Mapping(mapping) => {
            into.push('{');
            for (at, (name, entry)) in mapping.entries.iter().enumerate() {
                if at > 0 {
                    into.push(',');
                }
                quote(name, into);
                into.push(':');
                encode(&entry.value, into, depth)?;
            }
            into.push('}');
        }
    }
    Ok(())
}

/// A JSON string as Go's encoder writes it.
pub(super) fn quote(text: &str, into: &mut String) {
    into.push('"');
    for character in text.chars() {
        match character {
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            '\t' => into.push_str("\\t"),
            '\u{8}' => into.push_str("\\b"),
            '\u{c}' => into.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                into.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            other => into.push(other),
        }
    }
    into.push('"');
}
