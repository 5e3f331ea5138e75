//! Terraform's `==`, in three values: equal, different, not known.

use std::collections::HashMap;
use std::sync::Arc;

use super::sets::set_bucket;
use super::unification::differ;
use super::value_type;
use crate::value::{
    Built, Kind, Mapping, MappingKind, Number, Part, Sequence, SequenceKind, Type, Unknown, Value,
};

/// What comparing can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Equal,
    Different,
    Open,
}

/// `a == b`: a bool, or unknown with the causes of both sides. `1 == "1"` is false: types must agree.
#[must_use]
pub fn equal(a: &Value, b: &Value) -> Value {
    let origin = a.origin.clone();
    let mut result = match compare(a, b) {
        Verdict::Equal => Value::bool(true, origin),
        Verdict::Different => Value::bool(false, origin),
        Verdict::Open => {
            let mut unknown = Unknown::of_type(a.causes().and(&b.causes()), Type::Bool);
            unknown.not_null = true;
            Value::from_unknown(unknown, origin)
        }
    };
    result.sensitive = super::sets::is_sensitive(a) || super::sets::is_sensitive(b);
    result
}

/// Whether two wholly known values are equal, types included.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    compare(a, b) == Verdict::Equal
}

/// Whether two values differ whatever their unknown parts are.
pub(crate) fn distinct_for_sure(a: &Value, b: &Value) -> bool {
    compare(a, b) == Verdict::Different
}

fn compare(a: &Value, b: &Value) -> Verdict {
    let from = |equal: bool| if equal { Verdict::Equal } else { Verdict::Different };
    match (&a.kind, &b.kind) {
        (Kind::Unknown(one), Kind::Unknown(other)) => compare_unknowns(one, other),
        (Kind::Unknown(unknown), _) => compare_unknown(unknown, b),
        (_, Kind::Unknown(unknown)) => compare_unknown(unknown, a),
        (Kind::Null(_), Kind::Null(_)) => Verdict::Equal,
        (Kind::Null(_), _) | (_, Kind::Null(_)) => Verdict::Different,
        (Kind::Bool(a), Kind::Bool(b)) => from(a == b),
        (Kind::Number(a), Kind::Number(b)) => from(a == b),
        (Kind::String(a), Kind::String(b)) => from(a.as_str() == b.as_str()),
        (Kind::Sequence(a), Kind::Sequence(b)) => compare_sequences(a, b),
        (Kind::Mapping(a), Kind::Mapping(b)) => compare_mappings(a, b),
        _ => Verdict::Different,
    }
}

fn compare_unknowns(a: &Unknown, b: &Unknown) -> Verdict {
    let all_differ = |alternatives: &[Value], other: &Unknown| {
        !alternatives.is_empty()
            && alternatives.iter().all(|value| compare_unknown(other, value) == Verdict::Different)
    };
    if all_differ(&a.alternatives, b) || all_differ(&b.alternatives, a) {
        return Verdict::Different;
    }
    Verdict::Open
}

fn compare_unknown(unknown: &Unknown, known: &Value) -> Verdict {
    if !unknown.alternatives.is_empty() {
        let mut verdicts = unknown.alternatives.iter().map(|alternative| compare(alternative, known));
        let first = verdicts.next().unwrap_or(Verdict::Open);
        if verdicts.all(|verdict| verdict == first) {
            return first;
        }
        return Verdict::Open;
    }
    if known.is_null() {
        return if unknown.not_null { Verdict::Different } else { Verdict::Open };
    }
    if unknown.ty != Type::Dynamic && differ(&unknown.ty, &value_type(known)) {
        return Verdict::Different;
    }
    let outside = match &known.kind {
        Kind::String(text) => !may_be(unknown, text.as_str()),
        Kind::Number(number) => out_of_range(unknown, number),
        Kind::Sequence(sequence) => sequence.rest.is_none() && wrong_length(unknown, sequence.items.len()),
        Kind::Mapping(mapping) => mapping.rest.is_none() && wrong_length(unknown, mapping.entries.len()),
        _ => false,
    };
    if outside { Verdict::Different } else { Verdict::Open }
}

fn out_of_range(unknown: &Unknown, number: &Number) -> bool {
    unknown.range.0.as_ref().is_some_and(|least| number < least)
        || unknown.range.1.as_ref().is_some_and(|most| number > most)
}

fn wrong_length(unknown: &Unknown, length: usize) -> bool {
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    unknown.length.0.is_some_and(|least| length < least) || unknown.length.1.is_some_and(|most| length > most)
}

/// Whether an unknown string can turn out to be `text`.
fn may_be(unknown: &Unknown, text: &str) -> bool {
    if unknown.prefix.as_ref().is_some_and(|prefix| !text.starts_with(&**prefix)) {
        return false;
    }
    match unknown.built.as_deref() {
        Some(Built::Template(parts)) => parts_may_be(parts, text),
        _ => true,
    }
}

/// Whether holes can be filled so that the literal parts give `text`: they must appear in order.
pub(crate) fn parts_may_be(parts: &[Part], text: &str) -> bool {
    let literal = |part: &Part| -> Option<Arc<str>> {
        match part {
            Part::Literal { text, .. } => Some(text.clone()),
            Part::Hole(hole) => match &hole.kind {
                Kind::String(text) => Some(text.shared().clone()),
                Kind::Number(number) => Some(number.to_string().into()),
                Kind::Bool(value) => Some(value.to_string().into()),
                _ => None,
            },
        }
    };
    let mut rest = text;
    let mut anchored = true;
    for part in parts {
        let Some(literal) = literal(part) else {
            anchored = false;
            continue;
        };
        if anchored {
            match rest.strip_prefix(&*literal) {
                Some(after) => rest = after,
                None => return false,
            }
        } else {
            match rest.split_once(&*literal) {
                Some((_, after)) if !literal.is_empty() => rest = after,
                Some(_) => continue,
                None => return false,
            }
            // The text between two holes may also match further right; only what follows must not be pinned.
            anchored = false;
            continue;
        }
    }
    let last = parts.last().and_then(literal);
    match last {
        Some(last) if parts.iter().any(|part| matches!(part, Part::Hole(_))) => text.ends_with(&*last),
        Some(_) => rest.is_empty(),
        None => true,
    }
}

fn all(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let mut open = false;
    for verdict in verdicts {
        match verdict {
            Verdict::Different => return Verdict::Different,
            Verdict::Open => open = true,
            Verdict::Equal => {}
        }
    }
    if open { Verdict::Open } else { Verdict::Equal }
}

fn compare_sequences(a: &Sequence, b: &Sequence) -> Verdict {
    match (&a.kind, &b.kind) {
        (SequenceKind::Tuple, SequenceKind::Tuple) => {}
        (SequenceKind::List(one), SequenceKind::List(other))
        | (SequenceKind::Set(one), SequenceKind::Set(other)) => {
            if differ(one, other) {
                return Verdict::Different;
            }
        }
        _ => return Verdict::Different,
    }
    if a.rest.is_some() || b.rest.is_some() {
        // Known items of a list or tuple keep their number at least.
        let too_many = |more: &Sequence, fewer: &Sequence| {
            !matches!(more.kind, SequenceKind::Set(_))
                && fewer.rest.is_none()
                && more.items.len() > fewer.items.len()
        };
        return if too_many(a, b) || too_many(b, a) { Verdict::Different } else { Verdict::Open };
    }
    if let SequenceKind::Set(_) = a.kind {
        let known = |set: &Sequence| set.items.iter().all(Value::is_wholly_known);
        if !known(a) || !known(b) {
            return Verdict::Open;
        }
    }
    if a.items.len() != b.items.len() {
        return Verdict::Different;
    }
    if let SequenceKind::Set(_) = a.kind {
        let mut members: HashMap<String, Vec<&Value>> = HashMap::new();
        for item in &b.items {
            members.entry(set_bucket(item)).or_default().push(item);
        }
        let inside = |item: &Value| {
            members.get(&set_bucket(item)).is_some_and(|group| group.iter().any(|other| same(item, other)))
        };
        return if a.items.iter().all(inside) { Verdict::Equal } else { Verdict::Different };
    }
    all(a.items.iter().zip(&b.items).map(|(a, b)| compare(a, b)))
}

fn compare_mappings(a: &Mapping, b: &Mapping) -> Verdict {
    match (&a.kind, &b.kind) {
        (MappingKind::Object, MappingKind::Object) => {}
        (MappingKind::Map(one), MappingKind::Map(other)) => {
            if differ(one, other) {
                return Verdict::Different;
            }
        }
        _ => return Verdict::Different,
    }
    let lacks = |some: &Mapping, other: &Mapping| {
        other.rest.is_none() && some.entries.keys().any(|key| !other.entries.contains_key(key))
    };
    if lacks(a, b) || lacks(b, a) {
        return Verdict::Different;
    }
    let overridden = |mapping: &Mapping| mapping.rest.as_ref().is_some_and(|rest| rest.overrides);
    let certain = !overridden(a) && !overridden(b);
    let shared = a.entries.iter().filter_map(|(key, entry)| Some((entry, b.entries.get(key)?)));
    let verdict = all(shared.map(|(one, other)| compare(&one.value, &other.value)));
    match verdict {
        Verdict::Different if certain => Verdict::Different,
        Verdict::Equal if a.rest.is_none() && b.rest.is_none() => Verdict::Equal,
        _ => Verdict::Open,
    }
}
