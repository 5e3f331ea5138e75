//! Terraform's types at work: the type of a value, conversion to a type, the common type of several, equality.
//! Where the type constraint of a variable comes from and its defaults are for the evaluator.

mod equality;
mod sets;
mod unification;

pub use equality::equal;
pub(crate) use equality::{distinct_for_sure, same};
pub use sets::set_of;
pub(crate) use sets::{bucket, is_sensitive, set_bucket};
pub use unification::unify;

use std::sync::Arc;

use crate::value::{
    Causes, Entries, Entry, Kind, Mapping, MappingKind, Number, ObjectAttribute, Rest, Sequence,
    SequenceKind, Text, Type, Unknown, Value,
};

/// Why a value does not fit a type, in Terraform's words: `element 2: a number is required`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ConversionError {
    pub message: String,
}

impl ConversionError {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }

    fn within(self, place: &str) -> Self {
        Self { message: format!("{place}: {}", self.message) }
    }
}

/// The type of a value. What stands in a collection with an unknown part has no exact type: `Dynamic`.
#[must_use]
pub fn value_type(value: &Value) -> Type {
    match &value.kind {
        Kind::Null(ty) => ty.clone(),
        Kind::Bool(_) => Type::Bool,
        Kind::Number(_) => Type::Number,
        Kind::String(_) => Type::String,
        Kind::Unknown(unknown) => unknown.ty.clone(),
        Kind::Sequence(sequence) => match &sequence.kind {
            SequenceKind::List(item) => Type::List(Box::new(item.clone())),
            SequenceKind::Set(item) => Type::Set(Box::new(item.clone())),
            SequenceKind::Tuple if sequence.rest.is_some() => Type::Dynamic,
            SequenceKind::Tuple => Type::Tuple(sequence.items.iter().map(value_type).collect()),
        },
        Kind::Mapping(mapping) => match &mapping.kind {
            MappingKind::Map(item) => Type::Map(Box::new(item.clone())),
            MappingKind::Object if mapping.rest.is_some() => Type::Dynamic,
            MappingKind::Object => Type::Object(
                mapping
                    .entries
                    .iter()
                    .map(|(name, entry)| {
                        let ty = value_type(&entry.value);
                        (name.clone(), ObjectAttribute { ty, optional: false })
                    })
                    .collect(),
            ),
        },
    }
}

/// Converts a value as Terraform does for an argument, a variable or a conditional.
///
/// Unknown values keep causes, alternatives and structure and gain the type; optional attributes that are not
/// there become null.
///
/// # Errors
/// Where Terraform refuses, whatever the unknown parts turn out to be.
pub fn convert(value: &Value, to: &Type) -> Result<Value, ConversionError> {
    match (to, &value.kind) {
        (Type::Dynamic, _)
        | (Type::String, Kind::String(_))
        | (Type::Number, Kind::Number(_))
        | (Type::Bool, Kind::Bool(_)) => return Ok(value.clone()),
        _ => {}
    }
    let from = value_type(value);
    if from == *to && !matches!(value.kind, Kind::Unknown(_)) {
        return Ok(value.clone());
    }
    let Some(target) = resolve(&from, to) else {
        return Err(ConversionError::new(mismatch(&from, to)));
    };
    let result = apply(value, &target)?;
    Ok(if chosen_by_unknown(value, to) { loosen_items(&result) } else { result })
}

/// Whether the element type is still to be found among elements, one of which has no known type.
fn chosen_by_unknown(value: &Value, to: &Type) -> bool {
    let (Type::List(item) | Type::Set(item) | Type::Map(item)) = to else { return false };
    if **item != Type::Dynamic {
        return false;
    }
    match &value.kind {
        Kind::Sequence(sequence) if sequence.kind == SequenceKind::Tuple => {
            sequence.rest.is_some() || sequence.items.iter().any(is_open_type)
        }
        Kind::Mapping(mapping) if mapping.kind == MappingKind::Object => {
            mapping.rest.is_some() || mapping.entries.values().any(|entry| is_open_type(&entry.value))
        }
        _ => false,
    }
}

/// Whether what is unknown of a value leaves its type open.
#[must_use]
pub(crate) fn is_open_type(value: &Value) -> bool {
    !value.is_wholly_known() && has_dynamic(&value_type(value))
}

/// A value that may yet be converted to a common type with something unknown: a number may become a string.
#[must_use]
pub(crate) fn loosen(value: &Value, causes: &Causes) -> Value {
    let kind = match &value.kind {
        Kind::Number(_) | Kind::Bool(_) => {
            let mut unknown = Unknown::new(causes.clone());
            unknown.not_null = true;
            unknown.alternatives.push(value.clone());
            unknown.alternatives.extend(convert(value, &Type::String).ok());
            Kind::Unknown(Arc::new(unknown))
        }
        Kind::Unknown(unknown) if unknown.ty == Type::String => value.kind.clone(),
        Kind::Unknown(unknown) => {
            let mut loose = Unknown::new(unknown.causes.clone().and(causes));
            loose.not_null = unknown.not_null;
            Kind::Unknown(Arc::new(loose))
        }
        Kind::Null(_) | Kind::String(_) => value.kind.clone(),
        Kind::Sequence(sequence) => Kind::Sequence(Arc::new(Sequence {
            kind: sequence.kind.clone(),
            items: sequence.items.iter().map(|item| loosen(item, causes)).collect(),
            rest: sequence.rest.clone(),
        })),
        Kind::Mapping(mapping) => {
            let mut entries = mapping.entries.clone();
            for entry in entries.values_mut() {
                entry.value = loosen(&entry.value, causes);
            }
            Kind::Mapping(Arc::new(Mapping {
                kind: mapping.kind.clone(),
                entries,
                rest: mapping.rest.clone(),
            }))
        }
    };
    Value { kind, origin: value.origin.clone(), sensitive: value.sensitive }
}

/// Likewise a member of a set: what is a collection may become equal to another.
#[must_use]
pub(crate) fn loosen_member(value: &Value, causes: &Causes) -> Value {
    match &value.kind {
        Kind::Sequence(_) | Kind::Mapping(_) => {
            let unknown = Unknown::new(causes.clone());
            Value { kind: Kind::Unknown(Arc::new(unknown)), ..value.clone() }
        }
        _ => loosen(value, causes),
    }
}

/// A collection with its elements loosened; it no longer has an exact element type.
fn loosen_items(value: &Value) -> Value {
    let causes = value.causes();
    let kind = match &value.kind {
        Kind::Sequence(sequence) => match &sequence.kind {
            SequenceKind::Set(item) => {
                let items = sequence.items.iter().map(|item| loosen_member(item, &causes)).collect();
                let ty = if *item == Type::String { Type::String } else { Type::Dynamic };
                let mut set = set_of(items, ty, sequence.rest.clone(), value.origin.clone());
                set.sensitive |= value.sensitive;
                return set;
            }
            kind => {
                let items = sequence.items.iter().map(|item| loosen(item, &causes)).collect();
                let kind = match kind {
                    SequenceKind::List(Type::String) => SequenceKind::List(Type::String),
                    SequenceKind::List(_) => SequenceKind::List(Type::Dynamic),
                    other => other.clone(),
                };
                Kind::Sequence(Arc::new(Sequence { kind, items, rest: sequence.rest.clone() }))
            }
        },
        Kind::Mapping(mapping) => {
            let mut entries = mapping.entries.clone();
            for entry in entries.values_mut() {
                entry.value = loosen(&entry.value, &causes);
            }
            let kind = match &mapping.kind {
                MappingKind::Map(Type::String) => MappingKind::Map(Type::String),
                MappingKind::Map(_) => MappingKind::Map(Type::Dynamic),
                MappingKind::Object => MappingKind::Object,
            };
            Kind::Mapping(Arc::new(Mapping { kind, entries, rest: mapping.rest.clone() }))
        }
        other => other.clone(),
    };
    Value { kind, origin: value.origin.clone(), sensitive: value.sensitive }
}

/// The type without the mark that attributes are optional, at any depth.
pub(crate) fn without_optional(ty: &Type) -> Type {
    match ty {
        Type::List(item) => Type::List(Box::new(without_optional(item))),
        Type::Set(item) => Type::Set(Box::new(without_optional(item))),
        Type::Map(item) => Type::Map(Box::new(without_optional(item))),
        Type::Tuple(items) => Type::Tuple(items.iter().map(without_optional).collect()),
        Type::Object(attributes) => Type::Object(
            attributes
                .iter()
                .map(|(name, attribute)| {
                    let ty = without_optional(&attribute.ty);
                    (name.clone(), ObjectAttribute { ty, optional: false })
                })
                .collect(),
        ),
        Type::Dynamic | Type::Bool | Type::Number | Type::String => ty.clone(),
    }
}

/// Whether `any` stands in the type, at any depth.
#[must_use]
pub(crate) fn has_dynamic(ty: &Type) -> bool {
    match ty {
        Type::Dynamic => true,
        Type::List(item) | Type::Set(item) | Type::Map(item) => has_dynamic(item),
        Type::Tuple(items) => items.iter().any(has_dynamic),
        Type::Object(attributes) => attributes.values().any(|attribute| has_dynamic(&attribute.ty)),
        Type::Bool | Type::Number | Type::String => false,
    }
}

/// What a value of type `from` becomes when converted to `to`: `to` with each `any` replaced by what is found
/// there. Marks of optional attributes stay, because elements are converted one by one later; types of values
/// have none. `None` where no value of that type can be converted.
#[must_use]
pub(crate) fn resolve(from: &Type, to: &Type) -> Option<Type> {
    match (from, to) {
        (_, Type::Dynamic) => Some(from.clone()),
        (Type::Dynamic, _) => Some(to.clone()),
        (Type::Bool | Type::Number | Type::String, Type::String)
        | (Type::String | Type::Bool, Type::Bool)
        | (Type::String | Type::Number, Type::Number) => Some(to.clone()),
        (Type::Object(have), Type::Object(want)) => want
            .iter()
            .map(|(name, attribute)| {
                let ty = match have.get(name) {
                    Some(found) => resolve(&found.ty, &attribute.ty)?,
                    None if attribute.optional => attribute.ty.clone(),
                    None => return None,
                };
                Some((name.clone(), ObjectAttribute { ty, optional: attribute.optional }))
            })
            .collect::<Option<_>>()
            .map(Type::Object),
        (Type::Map(have), Type::Object(want)) => want
            .iter()
            .map(|(name, attribute)| {
                let ty = match resolve(have, &attribute.ty) {
                    Some(ty) => ty,
                    None if attribute.optional => attribute.ty.clone(),
                    None => return None,
                };
                Some((name.clone(), ObjectAttribute { ty, optional: attribute.optional }))
            })
            .collect::<Option<_>>()
            .map(Type::Object),
        (Type::Tuple(have), Type::Tuple(want)) if have.len() == want.len() => {
            let items = have.iter().zip(want).map(|(have, want)| resolve(have, want));
            items.collect::<Option<_>>().map(Type::Tuple)
        }
        (Type::List(have) | Type::Set(have), Type::List(want)) => {
            Some(Type::List(Box::new(resolve(have, want)?)))
        }
        (Type::List(have) | Type::Set(have), Type::Set(want)) => {
            Some(Type::Set(Box::new(resolve(have, want)?)))
        }
        (Type::Map(have), Type::Map(want)) => Some(Type::Map(Box::new(resolve(have, want)?))),
        (Type::Tuple(have), Type::List(want)) => {
            common_item(&distinct_types(have.iter()), want, true).map(|item| Type::List(Box::new(item)))
        }
        (Type::Tuple(have), Type::Set(want)) => {
            common_item(&distinct_types(have.iter()), want, false).map(|item| Type::Set(Box::new(item)))
        }
        (Type::Object(have), Type::Map(want)) => {
            let types = distinct_types(have.values().map(|attribute| &attribute.ty));
            common_item(&types, want, true).map(|item| Type::Map(Box::new(item)))
        }
        _ => None,
    }
}

/// Each type once, in order of first appearance.
fn distinct_types<'a>(types: impl Iterator<Item = &'a Type>) -> Vec<Type> {
    let mut distinct: Vec<Type> = Vec::new();
    for ty in types {
        if !distinct.contains(ty) {
            distinct.push(ty.clone());
        }
    }
    distinct
}

/// The element type of a collection made of elements of these types.
fn common_item(types: &[Type], want: &Type, unify_results: bool) -> Option<Type> {
    if types.is_empty() {
        return Some(want.clone());
    }
    let goal = if *want == Type::Dynamic { unify(types)? } else { want.clone() };
    let results = types.iter().map(|ty| resolve(ty, &goal)).collect::<Option<Vec<_>>>()?;
    let results = distinct_types(results.iter());
    match results.as_slice() {
        [only] => Some(only.clone()),
        _ if unify_results => unify(&results),
        // A `Dynamic` stands for what is not known: the rest decides once it is.
        _ if results.iter().any(has_dynamic) => Some(Type::Dynamic),
        _ => None,
    }
}

/// Converts to a type that [`resolve`] gave.
fn apply(value: &Value, to: &Type) -> Result<Value, ConversionError> {
    let kind = match (&value.kind, to) {
        (Kind::Unknown(unknown), _) => Kind::Unknown(Arc::new(apply_unknown(unknown, to))),
        (_, Type::Dynamic) => return Ok(value.clone()),
        (Kind::Null(_), _) => Kind::Null(without_optional(to)),
        (Kind::String(_), Type::String) | (Kind::Number(_), Type::Number) | (Kind::Bool(_), Type::Bool) => {
            return Ok(value.clone());
        }
        (Kind::Number(number), Type::String) => Kind::String(Text::plain(number.to_string())),
        (Kind::Bool(value), Type::String) => Kind::String(Text::plain(if *value { "true" } else { "false" })),
        (Kind::String(text), Type::Number) => match text.as_str().parse::<Number>() {
            Ok(number) => Kind::Number(number),
            Err(error) => return Err(ConversionError::new(error.to_string())),
        },
        (Kind::String(text), Type::Bool) => Kind::Bool(parse_bool(text.as_str())?),
        (Kind::Sequence(sequence), _) => return apply_sequence(value, sequence, to),
        (Kind::Mapping(mapping), _) => return apply_mapping(value, mapping, to),
        _ => return Err(ConversionError::new(mismatch(&value_type(value), to))),
    };
    Ok(Value { kind, origin: value.origin.clone(), sensitive: value.sensitive })
}

fn parse_bool(text: &str) -> Result<bool, ConversionError> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => {
            let lowercase = text.to_lowercase();
            Err(ConversionError::new(match lowercase.as_str() {
                "true" | "false" => {
                    format!("a bool is required; to convert from string, use lowercase \"{lowercase}\"")
                }
                _ => "a bool is required".to_owned(),
            }))
        }
    }
}

fn apply_unknown(unknown: &Unknown, to: &Type) -> Unknown {
    let ty = without_optional(&resolve(&unknown.ty, to).unwrap_or_else(|| to.clone()));
    let same_type = unknown.ty == ty || unknown.ty == Type::Dynamic;
    let mut result = Unknown::of_type(unknown.causes.clone(), ty);
    result.not_null = unknown.not_null;
    result.length = match (&unknown.ty, to) {
        (Type::Tuple(items), Type::List(_)) => {
            let length = u64::try_from(items.len()).ok();
            (length, length)
        }
        (_, Type::Set(_)) if !matches!(unknown.ty, Type::Set(_)) => {
            (unknown.length.0.map(|least| least.min(1)), unknown.length.1)
        }
        _ => unknown.length,
    };
    if same_type {
        result.prefix = unknown.prefix.clone();
        result.range = unknown.range.clone();
        result.built = unknown.built.clone();
    }
    let alternatives: Result<Vec<Value>, _> =
        unknown.alternatives.iter().map(|alternative| convert(alternative, to)).collect();
    result.alternatives = alternatives.unwrap_or_default();
    if *to != Type::String {
        result.prefix = None;
        result.built = None;
    }
    if *to != Type::Number {
        result.range = (None, None);
    }
    result
}

fn apply_rest(rest: Option<&Arc<Rest>>, to: &Type) -> Option<Arc<Rest>> {
    rest.map(|rest| {
        let template = rest.template.as_ref().and_then(|template| convert(template, to).ok());
        Arc::new(Rest { causes: rest.causes.clone(), template, overrides: rest.overrides })
    })
}

fn apply_items(items: &[Value], to: &Type) -> Result<Vec<Value>, ConversionError> {
    items
        .iter()
        .enumerate()
        .map(|(at, item)| element(item, to).map_err(|error| error.within(&format!("element {at}"))))
        .collect()
}

/// One element: what contains unknown parts may still need its own type check.
fn element(value: &Value, to: &Type) -> Result<Value, ConversionError> {
    if has_dynamic(to) || matches!(value.kind, Kind::Sequence(_) | Kind::Mapping(_)) {
        convert(value, to)
    } else {
        apply(value, to)
    }
}

fn apply_sequence(value: &Value, sequence: &Sequence, to: &Type) -> Result<Value, ConversionError> {
    let (kind, items, rest) = match to {
        Type::List(item) => {
            let items = apply_items(&sequence.items, item)?;
            (SequenceKind::List(without_optional(item)), items, apply_rest(sequence.rest.as_ref(), item))
        }
        Type::Set(item) => {
            let items = apply_items(&sequence.items, item)?;
            let rest = apply_rest(sequence.rest.as_ref(), item);
            let mut set = set_of(items, without_optional(item), rest, value.origin.clone());
            set.sensitive |= value.sensitive;
            return Ok(set);
        }
        Type::Tuple(types) => {
            if sequence.rest.is_some() || types.len() != sequence.items.len() {
                return unfinished(value, to);
            }
            let items = sequence.items.iter().zip(types).enumerate().map(|(at, (item, ty))| {
                element(item, ty).map_err(|error| error.within(&format!("element {at}")))
            });
            (SequenceKind::Tuple, items.collect::<Result<_, _>>()?, None)
        }
        _ => return Err(ConversionError::new(mismatch(&value_type(value), to))),
    };
    let kind = Kind::Sequence(Arc::new(Sequence { kind, items, rest }));
    Ok(Value { kind, origin: value.origin.clone(), sensitive: value.sensitive })
}

fn apply_mapping(value: &Value, mapping: &Mapping, to: &Type) -> Result<Value, ConversionError> {
    let converted = |name: &str, entry: &Entry, ty: &Type| {
        let value =
            element(&entry.value, ty).map_err(|error| error.within(&format!("attribute \"{name}\"")))?;
        Ok(Entry { key_span: entry.key_span, value })
    };
    let members = match to {
        Type::Object(attributes) => attributes.len(),
        _ => mapping.entries.len(),
    };
    let mut entries = Entries::with_capacity(members);
    let (kind, rest) = match to {
        Type::Map(item) => {
            for (name, entry) in &mapping.entries {
                entries.insert(name.clone(), converted(name, entry, item)?);
            }
            (MappingKind::Map(without_optional(item)), apply_rest(mapping.rest.as_ref(), item))
        }
        Type::Object(attributes) => {
            for (name, attribute) in attributes {
                let entry = match mapping.entries.get(name) {
                    Some(entry) => match &mapping.rest {
                        Some(rest) if rest.overrides => Entry {
                            key_span: entry.key_span,
                            value: Value::from_unknown(
                                Unknown::of_type(rest.causes.clone(), without_optional(&attribute.ty)),
                                entry.value.origin.clone(),
                            ),
                        },
                        _ => converted(name, entry, &attribute.ty)?,
                    },
                    None => {
                        let kind = match &mapping.rest {
                            Some(rest) => Kind::Unknown(Arc::new(Unknown::of_type(
                                rest.causes.clone(),
                                without_optional(&attribute.ty),
                            ))),
                            // `resolve` sees to it that objects have what is required; maps are checked here.
                            None if attribute.optional || mapping.kind == MappingKind::Object => {
                                Kind::Null(without_optional(&attribute.ty))
                            }
                            None => {
                                return Err(ConversionError::new(format!(
                                    "map has no element for required attribute \"{name}\""
                                )));
                            }
                        };
                        Entry { key_span: None, value: Value::new(kind, value.origin.clone()) }
                    }
                };
                entries.insert(name.clone(), entry);
            }
            (MappingKind::Object, None)
        }
        _ => return Err(ConversionError::new(mismatch(&value_type(value), to))),
    };
    let kind = Kind::Mapping(Arc::new(Mapping { kind, entries, rest }));
    Ok(Value { kind, origin: value.origin.clone(), sensitive: value.sensitive })
}

/// A collection whose unknown part decides whether it fits: unknown of the type.
fn unfinished(value: &Value, to: &Type) -> Result<Value, ConversionError> {
    let causes = value.causes();
    if causes.is_empty() {
        return Err(ConversionError::new(mismatch(&value_type(value), to)));
    }
    let kind = Kind::Unknown(Arc::new(Unknown::of_type(causes, without_optional(to))));
    Ok(Value { kind, origin: value.origin.clone(), sensitive: value.sensitive })
}

/// Terraform's name of a kind of type in messages: `list of string`, `object`.
#[must_use]
pub fn friendly_name(ty: &Type) -> String {
    match ty {
        Type::Dynamic => "dynamic".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Number => "number".to_owned(),
        Type::String => "string".to_owned(),
        Type::List(item) => format!("list of {}", friendly_item(item)),
        Type::Set(item) => format!("set of {}", friendly_item(item)),
        Type::Map(item) => format!("map of {}", friendly_item(item)),
        Type::Tuple(_) => "tuple".to_owned(),
        Type::Object(_) => "object".to_owned(),
    }
}

fn friendly_item(ty: &Type) -> String {
    if *ty == Type::Dynamic { "any single type".to_owned() } else { friendly_name(ty) }
}

/// Why no value of type `from` can become a `to`.
fn mismatch(from: &Type, to: &Type) -> String {
    match (from, to) {
        (Type::Object(have), Type::Object(want)) => {
            let missing: Vec<String> = want
                .iter()
                .filter(|(name, attribute)| !attribute.optional && !have.contains_key(*name))
                .map(|(name, _)| format!("\"{name}\""))
                .collect();
            match missing.as_slice() {
                [] => {}
                [one] => return format!("attribute {one} is required"),
                [one, two] => return format!("attributes {one} and {two} are required"),
                [most @ .., last] => {
                    return format!("attributes {}, and {last} are required", most.join(", "));
                }
            }
            let wrong = want.iter().find_map(|(name, attribute)| {
                let found = have.get(name)?;
                let bad = resolve(&found.ty, &attribute.ty).is_none();
                bad.then(|| format!("attribute \"{name}\": {}", mismatch(&found.ty, &attribute.ty)))
            });
            wrong.unwrap_or_else(|| "incorrect object attributes".to_owned())
        }
        (Type::Tuple(_), Type::List(item)) if **item == Type::Dynamic => {
            "all list elements must have the same type".to_owned()
        }
        (Type::Tuple(_), Type::Set(item)) if **item == Type::Dynamic => {
            "all set elements must have the same type".to_owned()
        }
        (Type::Object(_), Type::Map(item)) if **item == Type::Dynamic => {
            "all map elements must have the same type".to_owned()
        }
        (Type::Tuple(have), Type::List(want) | Type::Set(want)) => {
            let wrong = have.iter().enumerate().find(|(_, ty)| resolve(ty, want).is_none());
            match wrong {
                Some((at, ty)) => format!("element {at}: {}", mismatch(ty, want)),
                None => format!("all elements must be {}", friendly_name(want)),
            }
        }
        (Type::Object(have), Type::Map(want)) => {
            let wrong = have.iter().find(|(_, attribute)| resolve(&attribute.ty, want).is_none());
            match wrong {
                Some((name, attribute)) => format!("element \"{name}\": {}", mismatch(&attribute.ty, want)),
                None => format!("all elements must be {}", friendly_name(want)),
            }
        }
        (Type::List(have) | Type::Set(have), Type::List(want) | Type::Set(want))
        | (Type::Map(have), Type::Map(want)) => format!("incorrect element type: {}", mismatch(have, want)),
        _ => format!("{} required", friendly_name(to)),
    }
}
