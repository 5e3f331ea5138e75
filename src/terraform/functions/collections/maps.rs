//! Functions of maps and objects.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::Failure;
use super::super::arguments::{Call, Outcome};
use super::super::type_name;
use super::{item_type, one_of};
use crate::terraform::convert::{convert, value_type};
use crate::value::{
    Causes, Entries, Entry, Kind, Mapping, MappingKind, Origin, Rest, Sequence, SequenceKind, Type, Unknown,
    Value,
};

pub(in super::super) fn keys(call: &Call<'_>) -> Outcome {
    let map = call.arg(0);
    let strings = || Type::List(Box::new(Type::String));
    let mapping = match &map.kind {
        Kind::Mapping(mapping) => mapping,
        Kind::Unknown(unknown) => {
            return match &unknown.ty {
                Type::Object(attributes) => {
                    let items = attributes.keys().map(|name| Value::string(name.clone(), call.origin()));
                    Ok(Value::tuple(items.collect(), call.origin()))
                }
                Type::Map(_) => Ok(call.unknown_of(strings())),
                Type::Dynamic => Ok(call.unknown()),
                _ => Err(Failure::argument(0, "must have map or object type")),
            };
        }
        _ => return Err(Failure::argument(0, "must have map or object type")),
    };
    let items = mapping
        .entries
        .iter()
        .map(|(name, entry)| {
            let written = entry.key_span.unwrap_or(call.context.span);
            map.child(&Value::string(name.clone(), Origin::at(written)))
        })
        .collect();
    let kind = match &mapping.kind {
        MappingKind::Map(_) => SequenceKind::List(Type::String),
        MappingKind::Object => SequenceKind::Tuple,
    };
    let rest = mapping.rest.as_ref().map(|rest| {
        let key = Unknown::of_type(rest.causes.clone(), Type::String);
        let template = Some(Value::from_unknown(Unknown { not_null: true, ..key }, call.origin()));
        Arc::new(Rest { causes: rest.causes.clone(), template, overrides: false })
    });
    Ok(call.sequence(Sequence { kind, items, rest }))
}

pub(in super::super) fn values(call: &Call<'_>) -> Outcome {
    const MAP: &str = "values() requires a map as the first argument";
    let map = call.arg(0);
    let mapping = match &map.kind {
        Kind::Mapping(mapping) => mapping,
        Kind::Unknown(unknown) => {
            return match &unknown.ty {
                Type::Object(attributes) => {
                    let types = attributes.values().map(|attribute| attribute.ty.clone()).collect();
                    Ok(call.unknown_of(Type::Tuple(types)))
                }
                Type::Map(item) => Ok(call.unknown_of(Type::List(item.clone()))),
                Type::Dynamic => Ok(call.unknown()),
                _ => Err(Failure::new(MAP)),
            };
        }
        _ => return Err(Failure::new(MAP)),
    };
    let kind = match &mapping.kind {
        MappingKind::Map(item) => SequenceKind::List(item.clone()),
        MappingKind::Object => SequenceKind::Tuple,
    };
    let hidden = mapping.rest.as_ref().filter(|rest| rest.overrides);
    let items = mapping
        .entries
        .values()
        .map(|entry| match hidden {
            Some(rest) => unsure(&rest.causes, &entry.value),
            None => map.child(&entry.value),
        })
        .collect();
    let rest = mapping.rest.as_ref().map(|rest| Arc::new(Rest { overrides: false, ..(**rest).clone() }));
    Ok(call.sequence(Sequence { kind, items, rest }))
}

/// A value that something unknown may have replaced.
fn unsure(causes: &Causes, value: &Value) -> Value {
    Value::from_unknown(Unknown::new(causes.clone().and(&value.causes())), value.origin.clone())
}

pub(in super::super) fn lookup(call: &Call<'_>) -> Outcome {
    if call.args.len() > 3 {
        return Err(Failure::new(format!("lookup() takes two or three arguments, got {}", call.args.len())));
    }
    let (map, key) = (call.arg(0), call.arg(1));
    let fallback = call.args.get(2);
    let ty = value_type(&map);
    let fallback = match (&ty, fallback) {
        (Type::Map(item), Some(value)) => Some(convert(value, item).map_err(|_| {
            Failure::argument(2, "the default value must have the same type as the map elements")
        })?),
        (_, value) => value.cloned(),
    };
    let mapping = match &map.kind {
        Kind::Mapping(mapping) => mapping,
        Kind::Unknown(unknown) => {
            return match &unknown.ty {
                Type::Dynamic => Ok(call.unknown()),
                Type::Map(item) => Ok(call.unknown_of((**item).clone())),
                Type::Object(attributes) => match key.as_str() {
                    None => Ok(call.unknown()),
                    Some(key) => match (attributes.get(key), fallback) {
                        (Some(attribute), _) => Ok(call.unknown_of(attribute.ty.clone())),
                        (None, Some(fallback)) => Ok(fallback),
                        (None, None) => Err(Failure::argument(0, "the given object has no such attribute")),
                    },
                },
                _ => Err(Failure::argument(0, "lookup() requires a map as the first argument")),
            };
        }
        _ => return Err(Failure::argument(0, "lookup() requires a map as the first argument")),
    };
    let item = item_type(&ty);
    let Some(name) = key.as_str() else {
        if mapping.rest.is_some() {
            return Ok(call.unknown_of(item));
        }
        let mut unknown = call.unknown_parts();
        unknown.ty = item;
        unknown.causes = key.causes();
        let fits = |name: &str| match key.as_unknown() {
            Some(unknown) => unknown.prefix.as_ref().is_none_or(|prefix| name.starts_with(&**prefix)),
            None => true,
        };
        let found = mapping.entries.iter().filter(|(name, _)| fits(name));
        let choices = found.map(|(_, entry)| map.child(&entry.value)).chain(fallback).collect();
        return Ok(one_of(call, unknown, choices));
    };
    match (mapping.entries.get(name), &mapping.rest) {
        (Some(entry), Some(rest)) if rest.overrides => {
            let mut value = unsure(&rest.causes, &entry.value);
            if let Kind::Unknown(unknown) = &value.kind {
                let ty = item;
                value = Value::from_unknown(Unknown { ty, ..(**unknown).clone() }, value.origin);
            }
            Ok(value)
        }
        (Some(entry), _) => Ok(map.child(&entry.value)),
        (None, Some(_)) => Ok(call.unknown_of(item)),
        (None, None) => match (fallback, &mapping.kind) {
            (Some(fallback), _) => Ok(fallback),
            (None, MappingKind::Object) if key.sensitive => {
                Err(Failure::argument(0, "the given object has no such attribute"))
            }
            (None, MappingKind::Object) => {
                Err(Failure::argument(0, format!("the given object has no attribute \"{name}\"")))
            }
            (None, MappingKind::Map(_)) if key.sensitive => {
                Err(Failure::new("lookup failed to find the key"))
            }
            (None, MappingKind::Map(_)) => Err(Failure::new(format!("lookup failed to find key \"{name}\""))),
        },
    }
}

pub(in super::super) fn merge(call: &Call<'_>) -> Outcome {
    let types: Vec<Type> = call.args.iter().map(value_type).collect();
    for (at, (arg, ty)) in call.args.iter().zip(&types).enumerate() {
        let fits = match ty {
            Type::Map(_) | Type::Object(_) => true,
            Type::Dynamic => arg.is_null() || arg.as_unknown().is_some() || arg.as_mapping().is_some(),
            _ => false,
        };
        if !fits {
            let what = type_name(arg);
            let message = format!("arguments must be maps or objects, got \"{what}\"");
            return Err(Failure::Error { argument: Some(at), message });
        }
    }
    let kind = match types.split_first() {
        Some((Type::Map(item), others)) if others.iter().all(|ty| Some(ty) == types.first()) => {
            MappingKind::Map((**item).clone())
        }
        _ => MappingKind::Object,
    };
    let mut entries = Entries::new();
    let mut rest: Option<Rest> = None;
    let mut covered = |entries: &mut Entries, causes: &Causes, template: Option<Value>| {
        // What comes later is certain, what was there may be replaced.
        if !entries.is_empty() {
            for entry in entries.values_mut() {
                entry.value = unsure(causes, &entry.value);
            }
        }
        match &mut rest {
            Some(rest) => {
                rest.causes.add_all(causes);
                rest.template = None;
            }
            None => rest = Some(Rest { causes: causes.clone(), template, overrides: false }),
        }
    };
    let last = call.args.len().saturating_sub(1);
    let mut overrides = false;
    for (at, arg) in call.args.iter().enumerate() {
        match &arg.kind {
            Kind::Mapping(mapping) => {
                if let Some(rest) = &mapping.rest {
                    let own_last = at == last;
                    if own_last && (rest.overrides || !entries.is_empty()) {
                        // Nothing certain follows: the entries stay visible beside the mark that they may be hidden.
                        overrides = true;
                        covered(&mut Entries::new(), &rest.causes, rest.template.clone());
                    } else {
                        covered(&mut entries, &rest.causes, rest.template.clone());
                    }
                }
                let hidden = mapping.rest.as_ref().filter(|rest| rest.overrides && at != last);
                for (name, entry) in &mapping.entries {
                    let value = match hidden {
                        Some(rest) => unsure(&rest.causes, &entry.value),
                        None => arg.child(&entry.value),
                    };
                    entries.insert(name.clone(), Entry { key_span: entry.key_span, value });
                }
            }
            Kind::Unknown(unknown) => match &unknown.ty {
                Type::Object(attributes) if unknown.not_null => {
                    for (name, attribute) in attributes {
                        let part = Unknown::of_type(unknown.causes.clone(), attribute.ty.clone());
                        let value = Value::from_unknown(part, arg.origin.clone());
                        entries.insert(name.clone(), Entry { key_span: None, value });
                    }
                }
                _ if at == last => {
                    overrides = !entries.is_empty();
                    covered(&mut Entries::new(), &unknown.causes, None);
                }
                _ => covered(&mut entries, &unknown.causes, None),
            },
            _ => {}
        }
    }
    if let Some(rest) = &mut rest {
        rest.overrides = overrides;
    }
    Ok(call.mapping(Mapping { kind, entries, rest: rest.map(Arc::new) }))
}

pub(in super::super) fn transpose(call: &Call<'_>) -> Outcome {
    let map = call.arg(0);
    let Some(mapping) = map.as_mapping() else { return Ok(call.unknown()) };
    let mut groups: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
    for (name, entry) in &mapping.entries {
        let Some(list) = entry.value.as_sequence() else {
            return Err(Failure::new("input must not contain null list"));
        };
        let origin = Origin::at(entry.key_span.unwrap_or(call.context.span));
        for item in &list.items {
            let Kind::String(text) = &item.kind else {
                return Err(Failure::new("input list must not contain null string"));
            };
            let value = Value::string(name.clone(), origin.clone());
            groups.entry(text.shared().clone()).or_default().push(value);
        }
    }
    let entries = groups
        .into_iter()
        .map(|(name, items)| (name, Entry { key_span: None, value: call.list(Type::String, items) }))
        .collect();
    let kind = MappingKind::Map(Type::List(Box::new(Type::String)));
    Ok(call.mapping(Mapping { kind, entries, rest: None }))
}

pub(in super::super) fn zipmap(call: &Call<'_>) -> Outcome {
    let (keys, values) = (call.arg(0), call.arg(1));
    let ty = value_type(&values);
    let result = match (&ty, &values.kind) {
        (Type::List(item), _) => Type::Map(item.clone()),
        (Type::Tuple(_), _) | (Type::Dynamic, Kind::Unknown(_) | Kind::Sequence(_)) => Type::Dynamic,
        _ => return Err(Failure::new("values argument must be a list or tuple value")),
    };
    let Some(names) = keys.as_sequence().filter(|_| keys.is_wholly_known()) else {
        return Ok(call.unknown_of(result));
    };
    let items: Vec<Value> = match &values.kind {
        Kind::Sequence(sequence) if sequence.rest.is_none() => {
            sequence.items.iter().map(|item| values.child(item)).collect()
        }
        Kind::Unknown(unknown) if ty != Type::Dynamic => {
            let part = |item: &Type| {
                let part = Unknown::of_type(unknown.causes.clone(), item.clone());
                Value::from_unknown(part, values.origin.clone())
            };
            match &ty {
                Type::Tuple(types) => types.iter().map(part).collect(),
                other => names.items.iter().map(|_| part(&item_type(other))).collect(),
            }
        }
        _ => return Ok(call.unknown_of(result)),
    };
    if names.items.len() != items.len() {
        return Err(Failure::new(format!(
            "number of keys ({}) does not match number of values ({})",
            names.items.len(),
            items.len()
        )));
    }
    let mut entries = Entries::new();
    for (at, (name, value)) in names.items.iter().zip(items).enumerate() {
        let Kind::String(text) = &name.kind else {
            return Err(Failure::new(format!("keys list has null value at index {at}")));
        };
        entries.insert(text.shared().clone(), Entry { key_span: Some(name.span()), value });
    }
    let kind = match result {
        Type::Map(item) => MappingKind::Map(*item),
        _ => MappingKind::Object,
    };
    let mut result = call.mapping(Mapping { kind, entries, rest: None });
    // Keys cannot be marked: the mark moves to the whole.
    result.sensitive |= names.items.iter().any(|name| name.sensitive);
    Ok(result)
}
