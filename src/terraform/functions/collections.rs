//! Functions of lists, sets, tuples: length, search, choice, order. Those of maps are in [`maps`].

mod maps;
mod sequences;

pub(super) use maps::{keys, lookup, merge, transpose, values, zipmap};
pub(super) use sequences::{chunklist, compact, concat, distinct, flatten, matchkeys, reverse, slice, sort};

use super::arguments::{Call, Outcome};
use super::{Failure, parts, type_name};
use crate::terraform::convert::{convert, distinct_for_sure, equal, is_open_type, loosen, unify, value_type};
use crate::value::{Kind, Number, SequenceKind, Type, Unknown, Value};

/// Whether a type is a list, set or tuple; `None` where that is not known.
fn is_sequence_type(ty: &Type) -> Option<bool> {
    match ty {
        Type::Dynamic => None,
        Type::List(_) | Type::Set(_) | Type::Tuple(_) => Some(true),
        _ => Some(false),
    }
}

fn item_type(ty: &Type) -> Type {
    match ty {
        Type::List(item) | Type::Set(item) | Type::Map(item) => (**item).clone(),
        _ => Type::Dynamic,
    }
}

pub(super) fn length(call: &Call<'_>) -> Outcome {
    let value = call.arg(0);
    let at_least = |known: usize| {
        let mut unknown = call.unknown_parts();
        unknown.range = (Some(Number::from(known)), None);
        Value::from_unknown(unknown, call.origin())
    };
    Ok(match &value.kind {
        Kind::String(text) => call.num(parts::graphemes(text.as_str()).count()),
        Kind::Sequence(sequence) if sequence.rest.is_none() => call.num(sequence.items.len()),
        Kind::Sequence(sequence) => at_least(sequence.items.len()),
        Kind::Mapping(mapping) if mapping.rest.is_none() => call.num(mapping.entries.len()),
        Kind::Mapping(mapping) => at_least(mapping.entries.len()),
        Kind::Unknown(unknown) => match &unknown.ty {
            Type::Bool | Type::Number => return Err(Failure::new(NO_LENGTH)),
            Type::Tuple(items) => call.num(items.len()),
            Type::Object(attributes) => call.num(attributes.len()),
            Type::String => {
                let known = parts::known_start(&value);
                // The last cluster may go on in what follows.
                at_least(parts::graphemes(&known).count().saturating_sub(1))
            }
            Type::Dynamic | Type::List(_) | Type::Set(_) | Type::Map(_) => {
                if let (Some(least), Some(most)) = unknown.length
                    && least == most
                    && let Ok(length) = i64::try_from(least)
                {
                    return Ok(call.num(length));
                }
                let bound = |bound: Option<u64>| {
                    bound.and_then(|bound| i64::try_from(bound).ok()).map(Number::counted)
                };
                let mut result = call.unknown_parts();
                result.range = (bound(unknown.length.0).or(Some(Number::ZERO)), bound(unknown.length.1));
                Value::from_unknown(result, call.origin())
            }
        },
        Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) => return Err(Failure::new(NO_LENGTH)),
    })
}

const NO_LENGTH: &str = "argument must be a string, a collection type, or a structural type";

pub(super) fn alltrue(call: &Call<'_>) -> Outcome {
    let list = call.arg(0);
    let Some(sequence) = list.as_sequence() else { return Ok(call.unknown()) };
    let fails = |item: &Value| item.is_null() || item.as_bool() == Some(false);
    if sequence.items.iter().any(fails) {
        return Ok(call.bool(false));
    }
    Ok(if list.is_wholly_known() { call.bool(true) } else { call.unknown() })
}

pub(super) fn anytrue(call: &Call<'_>) -> Outcome {
    let list = call.arg(0);
    let Some(sequence) = list.as_sequence() else { return Ok(call.unknown()) };
    if sequence.items.iter().any(|item| item.as_bool() == Some(true)) {
        return Ok(call.bool(true));
    }
    Ok(if list.is_wholly_known() { call.bool(false) } else { call.unknown() })
}

pub(super) fn coalesce(call: &Call<'_>) -> Outcome {
    let types: Vec<Type> = call.args.iter().map(value_type).collect();
    let Some(ty) = unify(&types) else {
        return Err(Failure::new("all arguments must have the same type"));
    };
    if call.args.iter().any(is_open_type) {
        return coalesce_open(call);
    }
    for arg in &call.args {
        let value = match convert(arg, &ty) {
            Ok(value) => value,
            Err(error) => return Err(Failure::new(error.message)),
        };
        match &value.kind {
            Kind::Null(_) => {}
            Kind::String(text) if text.as_str().is_empty() => {}
            Kind::Unknown(unknown) => {
                let is_text = matches!(unknown.ty, Type::String | Type::Dynamic);
                if unknown.not_null && (!is_text || !parts::known_start(&value).is_empty()) {
                    return Ok(value);
                }
                if parts::has_text(&value) {
                    return Ok(value);
                }
                return Ok(call.unknown_of(ty));
            }
            _ => return Ok(value),
        }
    }
    Err(Failure::new("no non-null, non-empty-string arguments"))
}

/// `coalesce` where an argument has no known type: the chosen one may yet be converted.
fn coalesce_open(call: &Call<'_>) -> Outcome {
    for arg in &call.args {
        match &arg.kind {
            Kind::Null(_) => {}
            Kind::String(text) if text.as_str().is_empty() => {}
            Kind::Unknown(_) if !parts::has_text(arg) => break,
            _ => return Ok(loosen(arg, &call.causes())),
        }
    }
    Ok(call.unknown())
}

pub(super) fn coalescelist(call: &Call<'_>) -> Outcome {
    const LISTS: &str = "coalescelist arguments must be lists or tuples";
    if call.args.is_empty() {
        return Err(Failure::new("at least one argument is required"));
    }
    let mut all_known = true;
    for arg in &call.args {
        match &arg.kind {
            Kind::Unknown(_) => all_known = false,
            _ => match value_type(arg) {
                Type::List(_) | Type::Tuple(_) => {}
                Type::Dynamic if arg.as_sequence().is_some() => all_known = false,
                _ if all_known => return Err(Failure::new(LISTS)),
                // Terraform looks no further once something is unknown.
                _ => return Ok(call.unknown()),
            },
        }
    }
    for arg in &call.args {
        match &arg.kind {
            Kind::Sequence(sequence) if !sequence.items.is_empty() => return Ok(arg.clone()),
            Kind::Sequence(sequence) if sequence.rest.is_some() => return Ok(call.unknown()),
            Kind::Unknown(unknown) => {
                let filled = unknown.length.0.is_some_and(|least| least > 0)
                    || matches!(&unknown.ty, Type::Tuple(items) if !items.is_empty());
                return Ok(if filled && unknown.not_null { arg.clone() } else { call.unknown() });
            }
            _ => {}
        }
    }
    Err(Failure::new("no non-null arguments"))
}

pub(super) fn contains(call: &Call<'_>) -> Outcome {
    const LIST: &str = "argument must be list, tuple, or set";
    let (list, wanted) = (call.arg(0), call.arg(1));
    let sequence = match &list.kind {
        Kind::Sequence(sequence) => sequence,
        Kind::Unknown(unknown) if is_sequence_type(&unknown.ty) != Some(false) => return Ok(call.unknown()),
        _ => return Err(Failure::new(LIST)),
    };
    let mut open = sequence.rest.is_some();
    for item in &sequence.items {
        match equal(&wanted, item).as_bool() {
            Some(true) => return Ok(call.bool(true)),
            Some(false) => {}
            None => open = true,
        }
    }
    if let Some(template) = sequence.rest.as_ref().and_then(|rest| rest.template.as_ref())
        && sequence.items.iter().all(|item| distinct_for_sure(&wanted, item))
        && distinct_for_sure(&wanted, template)
    {
        return Ok(call.bool(false));
    }
    Ok(if open { call.unknown() } else { call.bool(false) })
}

pub(super) fn index(call: &Call<'_>) -> Outcome {
    let (list, wanted) = (call.arg(0), call.arg(1));
    let sequence = match &list.kind {
        Kind::Sequence(sequence) if !matches!(sequence.kind, SequenceKind::Set(_)) => sequence,
        Kind::Unknown(unknown) if matches!(unknown.ty, Type::Dynamic | Type::List(_) | Type::Tuple(_)) => {
            return Ok(call.unknown());
        }
        _ => return Err(Failure::new("argument must be a list or tuple")),
    };
    if sequence.rest.is_some() {
        return Ok(call.unknown());
    }
    if sequence.items.is_empty() {
        return Err(Failure::new("cannot search an empty list"));
    }
    for (at, item) in sequence.items.iter().enumerate() {
        match equal(item, &wanted).as_bool() {
            Some(true) => return Ok(call.num(at)),
            Some(false) => {}
            None => return Ok(call.unknown()),
        }
    }
    Err(Failure::new("item not found"))
}

/// Unknown choice among these values: their common type and causes, and the values themselves when few.
fn one_of(call: &Call<'_>, mut unknown: Unknown, choices: Vec<Value>) -> Value {
    let types: Vec<Type> = choices.iter().map(value_type).collect();
    if let Some(first) = types.first()
        && types.iter().all(|ty| ty == first)
    {
        unknown.ty = first.clone();
    }
    choices.iter().for_each(|choice| unknown.causes.add_all(&choice.causes()));
    unknown.not_null = !choices.is_empty()
        && choices.iter().all(|choice| match &choice.kind {
            Kind::Null(_) => false,
            Kind::Unknown(inner) => inner.not_null,
            _ => true,
        });
    let flat = choices.iter().all(|choice| choice.as_unknown().is_none());
    if flat && choices.len() <= Unknown::MOST_ALTERNATIVES {
        unknown.alternatives = choices;
    }
    Value::from_unknown(unknown, call.origin())
}

pub(super) fn element(call: &Call<'_>) -> Outcome {
    const EMPTY: &str = "cannot use element function with an empty list";
    let (list, index) = (call.arg(0), call.arg(1));
    let sequence = match &list.kind {
        Kind::Sequence(sequence) if !matches!(sequence.kind, SequenceKind::Set(_)) => sequence,
        Kind::Unknown(unknown) => {
            return match &unknown.ty {
                Type::List(item) => Ok(call.unknown_of((**item).clone())),
                Type::Tuple(_) | Type::Dynamic => Ok(call.unknown()),
                _ => Err(Failure::new(format!("cannot read elements from {}", type_name(&list)))),
            };
        }
        _ => return Err(Failure::new(format!("cannot read elements from {}", type_name(&list)))),
    };
    let ty = item_type(&value_type(&list));
    if sequence.rest.is_some() {
        return Ok(call.unknown_of(ty));
    }
    if sequence.items.is_empty() {
        return Err(Failure::new(EMPTY));
    }
    if index.as_unknown().is_some() {
        let mut unknown = call.unknown_parts();
        unknown.ty = ty;
        unknown.causes = index.causes();
        let choices = sequence.items.iter().map(|item| list.child(item)).collect();
        return Ok(one_of(call, unknown, choices));
    }
    let index = call.int(1)?;
    let length = i64::try_from(sequence.items.len()).unwrap_or(i64::MAX);
    if index % length < 0 && sequence.kind == SequenceKind::Tuple {
        return Err(Failure::new("the index of a tuple must not be negative"));
    }
    let at = usize::try_from(index.rem_euclid(length)).unwrap_or(0);
    list.item(at).ok_or_else(|| Failure::new(EMPTY))
}

pub(super) fn one(call: &Call<'_>) -> Outcome {
    const ONE: &str = "must be a list, set, or tuple value with either zero or one elements";
    let list = call.arg(0);
    match &list.kind {
        Kind::Sequence(sequence) => {
            let ty = item_type(&value_type(&list));
            match (sequence.items.as_slice(), &sequence.rest) {
                ([], None) => Ok(Value::new(Kind::Null(ty), call.origin())),
                ([item], None) => Ok(list.child(item)),
                ([], Some(_)) => Ok(call.unknown_of(ty)),
                // What else there may be is an error: if Terraform goes on, it is this item.
                ([_], Some(_)) => Ok(call.unknown_of(ty)),
                _ => Err(Failure::argument(0, ONE)),
            }
        }
        Kind::Unknown(unknown) => match &unknown.ty {
            Type::Dynamic => Ok(call.unknown()),
            Type::List(item) | Type::Set(item) => Ok(call.unknown_of((**item).clone())),
            Type::Tuple(items) => match items.as_slice() {
                [] => Ok(Value::new(Kind::Null(Type::Dynamic), call.origin())),
                [item] => Ok(call.unknown_of(item.clone())),
                _ => Err(Failure::argument(0, ONE)),
            },
            _ => Err(Failure::argument(0, ONE)),
        },
        _ => Err(Failure::argument(0, ONE)),
    }
}
