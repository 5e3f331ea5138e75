//! Conditions about values as they are written: the arguments of any Terraform resource, policy documents.

use std::sync::Arc;

use super::evaluate::{of_absent, of_count, of_list};
use super::operator::{Given, Operator, Test};
use super::view::{Further, List, Seen};
use crate::model::Tri;
use crate::value::{Cause, Causes, Kind, Mapping, Origin, Value};

/// What a name leads to.
pub(super) enum Member<'a> {
    One(Seen<'a>),
    /// A list of blocks, of each of which the name is asked.
    Each(List<'a>),
    /// One of several objects.
    Choice(Vec<Value>, Causes),
}

/// The member `key`; what is absent is blamed on the object, for the resource itself on its header.
pub(super) fn member<'a>(value: &Value, key: &Arc<str>, header: &Origin) -> Member<'a> {
    let absent = || Member::One(Seen::Absent(header.clone()));
    match &value.kind {
        Kind::Mapping(mapping) => Member::One(of_mapping(value, mapping, key, header)),
        Kind::Sequence(_) => match list(value, header) {
            Ok(list) => Member::Each(list),
            Err(causes) => Member::One(Seen::Unknown(causes, value.origin.clone())),
        },
        Kind::Unknown(unknown) if unknown.alternatives.is_empty() => {
            Member::One(Seen::Unknown(unknown.causes.clone(), value.origin.clone()))
        }
        Kind::Unknown(unknown) => {
            let choices = unknown.alternatives.iter().map(|choice| value.child(choice)).collect();
            Member::Choice(choices, unknown.causes.clone())
        }
        Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => absent(),
    }
}

fn of_mapping<'a>(value: &Value, mapping: &Mapping, key: &Arc<str>, header: &Origin) -> Seen<'a> {
    match (mapping.entries.get(key), &mapping.rest) {
        (Some(_), Some(rest)) if rest.overrides => Seen::Unknown(rest.causes.clone(), value.origin.clone()),
        (Some(entry), _) if entry.value.is_null() => Seen::Absent(header.clone()),
        (Some(entry), _) => {
            let part = value.child(&entry.value);
            let header = if part.as_mapping().is_some() { part.origin.clone() } else { header.clone() };
            Seen::Raw(part, header)
        }
        (None, Some(rest)) => Seen::Unknown(rest.causes.clone(), header.clone()),
        (None, None) => Seen::Absent(header.clone()),
    }
}

/// The items of a list, or the values of a mapping.
pub(super) fn list<'a>(value: &Value, header: &Origin) -> Result<List<'a>, Causes> {
    let part = |part: &Value| {
        let part = value.child(part);
        // A block is blamed for what is absent in it.
        let header = if part.as_mapping().is_some() { part.origin.clone() } else { header.clone() };
        Seen::Raw(part, header)
    };
    let (items, rest, absent) = match &value.kind {
        Kind::Sequence(sequence) => {
            let items = sequence.items.iter().filter(|item| !item.is_null()).map(part).collect();
            (items, &sequence.rest, false)
        }
        Kind::Mapping(mapping) => {
            let entries = mapping.entries.values().map(|entry| &entry.value);
            (entries.filter(|item| !item.is_null()).map(part).collect(), &mapping.rest, false)
        }
        Kind::Unknown(unknown) => return Err(unknown.causes.clone()),
        Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => (Vec::new(), &None, true),
    };
    let open = rest.as_ref().map(|rest| Further {
        causes: rest.causes.clone(),
        template: rest.template.as_ref().map(|template| Box::new(part(template))),
    });
    let origin = if absent { header.clone() } else { value.origin.clone() };
    Ok(List { items, open, origin, absent })
}

/// The answer of a test about a value, negation not applied.
pub(super) fn answer(test: &Test, operator: Operator, value: &Value, header: &Origin) -> Tri {
    match &value.kind {
        Kind::Null(_) => of_absent(test, operator),
        Kind::Bool(flag) => test.of_value(operator, Given::Flag(*flag)).into(),
        Kind::Number(number) => match number.to_decimal() {
            Some(number) => test.of_value(operator, Given::Number(number)).into(),
            None => test.of_value(operator, Given::Text(&number.to_string())).into(),
        },
        Kind::String(text) => test.of_value(operator, Given::Text(text.as_str())).into(),
        Kind::Sequence(_) => match list(value, header) {
            Ok(list) => of_list(test, operator, &list),
            Err(causes) => Tri::Maybe(causes),
        },
        Kind::Mapping(mapping) => of_keys(test, operator, mapping),
        Kind::Unknown(unknown) => {
            let maybe = || Tri::Maybe(unknown.causes.clone());
            // A reference to what another resource will have is written, and will not be null.
            let is_reference = value.origin.attribute().is_some()
                && unknown.causes.iter().all(|cause| matches!(cause, Cause::Computed { .. }));
            if operator == Operator::Exists && (unknown.not_null || is_reference) {
                return Tri::Yes;
            }
            let mut answers =
                unknown.alternatives.iter().map(|choice| answer(test, operator, choice, header));
            match answers.next() {
                Some(first) if answers.all(|answer| answer == first) => first,
                Some(_) => maybe(),
                None => match &unknown.prefix {
                    Some(prefix) => {
                        test.of_parts(operator, prefix, &[prefix], "").map_or_else(maybe, Tri::from)
                    }
                    None => maybe(),
                },
            }
        }
    }
}

/// Of a mapping: which keys it has.
fn of_keys(test: &Test, operator: Operator, mapping: &Mapping) -> Tri {
    let open = mapping.rest.as_ref().map(|rest| &rest.causes);
    if operator == Operator::Contains {
        let has = mapping.entries.keys().any(|key| test.of_value(Operator::Equals, Given::Text(key)));
        return match open {
            Some(causes) if !has => Tri::Maybe(causes.clone()),
            _ => has.into(),
        };
    }
    of_count(test, operator, mapping.entries.len(), open, false)
}

/// A value for a message.
pub(super) fn shown(value: &Value) -> String {
    if value.sensitive {
        return "(sensitive)".to_owned();
    }
    match &value.kind {
        Kind::Null(_) => "not set".to_owned(),
        Kind::Bool(flag) => flag.to_string(),
        Kind::Number(number) => number.to_string(),
        Kind::String(text) => text.as_str().to_owned(),
        Kind::Sequence(sequence) if sequence.items.is_empty() && sequence.rest.is_none() => {
            "empty".to_owned()
        }
        Kind::Sequence(sequence) => sequence.items.iter().take(5).map(shown).collect::<Vec<_>>().join(", "),
        Kind::Mapping(_) => "set".to_owned(),
        Kind::Unknown(_) => match value.origin.attribute() {
            Some((address, attribute)) => format!("{address}.{attribute}"),
            None => "not known".to_owned(),
        },
    }
}
