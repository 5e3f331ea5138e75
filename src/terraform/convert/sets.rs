//! Sets: unique items in Terraform's iteration order.

use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::equality::same;
use crate::value::{Causes, Digits, Kind, Number, Origin, Rest, Sequence, SequenceKind, Type, Value};

/// A set of these items, which already have the type `item`. Unknown items may equal others, so beside others
/// they become the set's unknown part.
#[must_use]
pub fn set_of(items: Vec<Value>, item: Type, rest: Option<Arc<Rest>>, origin: Origin) -> Value {
    let sensitive = items.iter().any(is_sensitive);
    let single = items.len() == 1 && rest.is_none();
    let mut unknown: Vec<Value> = Vec::new();
    let mut known: Vec<(Key, Value)> = Vec::new();
    for value in items {
        if single || value.is_wholly_known() {
            known.push((key(&value), value));
        } else {
            unknown.push(value);
        }
    }
    known.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut unique: Vec<Value> = Vec::with_capacity(known.len());
    let mut run: Vec<Key> = Vec::new();
    for (key, value) in known {
        // Items with the same key stand together; only those can be equal.
        let repeated = unique
            .iter()
            .rev()
            .zip(run.iter().rev())
            .take_while(|(_, other)| *other == &key)
            .any(|(other, _)| same(other, &value));
        if !repeated {
            unique.push(value);
            run.push(key);
        }
    }
    let rest = match (rest, unknown.is_empty()) {
        (rest, true) => rest,
        (rest, false) => {
            let mut causes = rest.as_ref().map_or_else(Causes::none, |rest| rest.causes.clone());
            unknown.iter().for_each(|value| causes.add_all(&value.causes()));
            let template = match (unknown.as_slice(), &rest) {
                ([only], None) => Some(only.clone()),
                _ => None,
            };
            Some(Arc::new(Rest { causes, template, overrides: false }))
        }
    };
    let sequence = Sequence { kind: SequenceKind::Set(item), items: unique, rest };
    let mut set = Value::new(Kind::Sequence(Arc::new(sequence)), origin);
    set.sensitive = sensitive;
    set
}

/// Whether a part of the value is marked sensitive, at any depth.
pub(crate) fn is_sensitive(value: &Value) -> bool {
    value.sensitive
        || match &value.kind {
            Kind::Sequence(sequence) => sequence.items.iter().any(is_sensitive),
            Kind::Mapping(mapping) => mapping.entries.values().any(|entry| is_sensitive(&entry.value)),
            _ => false,
        }
}

/// What Terraform sorts by: primitives by value, everything else by the text it hashes; null last.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Bool(bool),
    /// With whether it is zero without the minus sign: a set holds both zeros, which are equal otherwise.
    Number(Number, bool),
    String(Arc<str>),
    Hash(String),
    Null,
    Unknown,
}

fn key(value: &Value) -> Key {
    match &value.kind {
        Kind::Null(_) => Key::Null,
        Kind::Bool(value) => Key::Bool(*value),
        Kind::Number(number) => Key::Number(number.clone(), number.is_zero() && !number.has_minus()),
        Kind::String(text) => Key::String(text.shared().clone()),
        Kind::Unknown(_) => Key::Unknown,
        Kind::Sequence(_) | Kind::Mapping(_) => {
            let mut text = String::new();
            hash_text(value, true, &mut text);
            Key::Hash(text)
        }
    }
}

/// Text that is equal for equal values (and rarely for others): what to look them up by.
pub(crate) fn bucket(value: &Value) -> String {
    let mut text = String::new();
    hash_text(value, false, &mut text);
    text
}

/// Text by which a set looks up its items: only those with the same text can be one item. It tells `0` from `-0`,
/// although they are equal.
pub(crate) fn set_bucket(value: &Value) -> String {
    let mut text = String::new();
    hash_text(value, true, &mut text);
    text
}

/// `signed` tells the two zeros apart.
fn hash_text(value: &Value, signed: bool, into: &mut String) {
    match &value.kind {
        Kind::Unknown(_) => into.push('?'),
        Kind::Null(_) => into.push('~'),
        Kind::Bool(value) => into.push(if *value { 'T' } else { 'F' }),
        Kind::Number(number) => {
            if signed && number.is_zero() && number.has_minus() {
                into.push('-');
            }
            match (if number.is_zero() { number.abs() } else { number.clone() }).exact_digits() {
                Some(digits) => into.push_str(&Digits::general(&digits, Some(10))),
                None => into.push_str(&number.to_string()),
            }
        }
        Kind::String(text) => quoted(text.as_str(), into),
        Kind::Sequence(sequence) => {
            let (open, close) = if sequence.kind == SequenceKind::Tuple { ('<', '>') } else { ('[', ']') };
            into.push(open);
            for item in &sequence.items {
                hash_text(item, signed, into);
                into.push(';');
            }
            into.push(close);
        }
        Kind::Mapping(mapping) => {
            let object = mapping.kind == crate::value::MappingKind::Object;
            into.push(if object { '<' } else { '{' });
            for (name, entry) in &mapping.entries {
                if !object {
                    quoted(name, into);
                    into.push(':');
                }
                hash_text(&entry.value, signed, into);
                into.push(';');
            }
            into.push(if object { '>' } else { '}' });
        }
    }
}

/// Characters that Go prints as they are: letters, marks, numbers, punctuation and symbols.
static PRINTED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[\p{L}\p{M}\p{N}\p{P}\p{S}]$").ok());

/// As Go quotes a string (`%q`).
fn quoted(text: &str, into: &mut String) {
    into.push('"');
    for character in text.chars() {
        match character {
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            '\x07' => into.push_str("\\a"),
            '\x08' => into.push_str("\\b"),
            '\x0c' => into.push_str("\\f"),
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            '\t' => into.push_str("\\t"),
            '\x0b' => into.push_str("\\v"),
            control if control.is_ascii_control() => {
                into.push_str(&format!("\\x{:02x}", u32::from(control)));
            }
            ascii if ascii.is_ascii() => into.push(ascii),
            other => {
                let mut buffer = [0; 4];
                let printed =
                    PRINTED.as_ref().is_none_or(|printed| printed.is_match(other.encode_utf8(&mut buffer)));
                match u32::from(other) {
                    _ if printed => into.push(other),
                    code @ 0..=0xffff => into.push_str(&format!("\\u{code:04x}")),
                    code => into.push_str(&format!("\\U{code:08x}")),
                }
            }
        }
    }
    into.push('"');
}
