//! Unknowns of which every possible value is known: built from branches, computed with one by one.

use std::sync::Arc;

use super::Evaluator;
use crate::terraform::convert;
use crate::value::{Causes, Kind, Origin, Sequence, Type, Unknown, Value};

use super::Outcome;

/// One of `choices`, it is not known which, because of `causes`.
///
/// Equal choices are one; more than [`Unknown::MOST_ALTERNATIVES`] are forgotten but for their type.
pub(crate) fn combine(choices: Vec<Value>, causes: Causes, origin: Origin) -> Value {
    let mut flat: Vec<Value> = Vec::new();
    let mut causes = causes;
    let mut overflow = false;
    let sensitive = choices.iter().any(|choice| choice.sensitive);
    let mut add = |value: Value| {
        if !flat.iter().any(|known| same(known, &value)) {
            if flat.len() >= Unknown::MOST_ALTERNATIVES {
                overflow = true;
            } else {
                flat.push(value);
            }
        }
    };
    let mut types = Vec::new();
    for choice in choices {
        match &choice.kind {
            Kind::Unknown(unknown) if !unknown.alternatives.is_empty() => {
                causes.add_all(&unknown.causes);
                for alternative in &unknown.alternatives {
                    add(choice.child(alternative));
                }
            }
            Kind::Unknown(unknown) => {
                causes.add_all(&unknown.causes);
                add(choice);
            }
            _ => add(choice),
        }
    }
    if flat.len() == 1
        && !overflow
        && let Some(mut only) = flat.pop()
    {
        only.sensitive |= sensitive;
        return only;
    }
    for choice in &flat {
        types.push(convert::value_type(choice));
    }
    let ty = match types.split_first() {
        Some((first, rest)) if rest.iter().all(|ty| ty == first) => first.clone(),
        _ => Type::Dynamic,
    };
    let not_null = !overflow && flat.iter().all(is_not_null);
    let mut unknown = Unknown::of_type(causes, ty);
    unknown.not_null = not_null;
    if !overflow {
        unknown.alternatives = flat;
    }
    let mut value = Value::from_unknown(unknown, origin);
    value.sensitive = sensitive;
    value
}

pub(crate) fn is_not_null(value: &Value) -> bool {
    match &value.kind {
        Kind::Null(_) => false,
        Kind::Unknown(unknown) => unknown.not_null,
        _ => true,
    }
}

/// An unknown of `ty` for the reasons of `values`.
pub(crate) fn unknown_like<'v>(
    values: impl IntoIterator<Item = &'v Value>,
    ty: Type,
    origin: Origin,
) -> Value {
    let mut causes = Causes::none();
    let mut sensitive = false;
    for value in values {
        causes.add_all(&value.causes());
        sensitive |= value.sensitive;
    }
    let mut value = Value::from_unknown(Unknown::of_type(causes, ty), origin);
    value.sensitive = sensitive;
    value
}

/// Whether two values are one and the same for every completion: the known ones equal, the unknown ones
/// read from the same place.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    match (&a.kind, &b.kind) {
        (Kind::Null(_), Kind::Null(_)) => true,
        (Kind::Bool(a), Kind::Bool(b)) => a == b,
        (Kind::Number(a), Kind::Number(b)) => a == b,
        (Kind::String(a), Kind::String(b)) => a.as_str() == b.as_str(),
        (Kind::Sequence(a), Kind::Sequence(b)) => {
            Arc::ptr_eq(a, b)
                || (a.kind == b.kind
                    && a.rest.is_none()
                    && b.rest.is_none()
                    && a.items.len() == b.items.len()
                    && a.items.iter().zip(&b.items).all(|(a, b)| same(a, b)))
        }
        (Kind::Mapping(a), Kind::Mapping(b)) => {
            Arc::ptr_eq(a, b)
                || (a.kind == b.kind
                    && a.rest.is_none()
                    && b.rest.is_none()
                    && a.entries.len() == b.entries.len()
                    && a.entries
                        .iter()
                        .zip(&b.entries)
                        .all(|((k, a), (l, b))| k == l && same(&a.value, &b.value)))
        }
        (Kind::Unknown(a), Kind::Unknown(b)) => Arc::ptr_eq(a, b),
        _ => false,
    }
}

/// Whether the value is one of several known ones.
pub(crate) fn choices(value: &Value) -> Option<Vec<Value>> {
    let unknown = value.as_unknown()?;
    (!unknown.alternatives.is_empty())
        .then(|| unknown.alternatives.iter().map(|alternative| value.child(alternative)).collect())
}

/// A sequence with an unknown rest, or any unknown: its length is not known.
pub(crate) fn open_sequence(
    kind: crate::value::SequenceKind,
    items: Vec<Value>,
    template: Option<Value>,
    causes: Causes,
    origin: Origin,
) -> Value {
    use crate::value::Rest;
    let rest = Rest { causes, template, overrides: false };
    Value::new(Kind::Sequence(Arc::new(Sequence { kind, items, rest: Some(Arc::new(rest)) })), origin)
}

impl Evaluator<'_> {
    /// Computes with each choice of `value` where it has several; a choice for which Terraform would stop
    /// is no completion. `None` where it has none.
    pub(crate) fn for_each_choice(
        &self,
        value: &Value,
        origin: &Origin,
        mut compute: impl FnMut(Value) -> Outcome,
    ) -> Option<Outcome> {
        let choices = choices(value)?;
        let mut results = Vec::with_capacity(choices.len());
        let mut failure = None;
        for choice in choices {
            match compute(choice) {
                Ok(result) => results.push(result),
                Err(error) if !error.catchable => return Some(Err(error)),
                Err(error) => failure = Some(error),
            }
        }
        if let Some(error) = failure {
            if results.is_empty() {
                return Some(Err(error));
            }
            self.note_may_fail();
        }
        let causes = value.as_unknown().map(|unknown| unknown.causes.clone()).unwrap_or_default();
        let mut combined = combine(results, causes, origin.clone());
        combined.sensitive |= value.sensitive;
        Some(Ok(combined))
    }
}
