//! Functions of sets.

use std::collections::HashMap;
use std::sync::Arc;

use super::Failure;
use super::arguments::{Call, Outcome};
use crate::terraform::convert::{
    convert, is_open_type, loosen_member, same, set_bucket, set_of, unify, value_type,
};
use crate::value::{Causes, Kind, Origin, Rest, Sequence, Type, Value};

/// Tuples with more members in all are not built.
const LARGEST_PRODUCT: usize = 100_000;

/// The type of the result of a set operation: the common type of all sets that are not empty literals.
fn common_type(call: &Call<'_>) -> Result<Type, Failure> {
    let mut items = Vec::new();
    for arg in &call.args {
        let Type::Set(item) = value_type(arg) else { continue };
        let empty = arg.as_sequence().is_some_and(|set| set.items.is_empty() && set.rest.is_none());
        if !(empty && *item == Type::Dynamic) {
            items.push(*item);
        }
    }
    if items.is_empty() {
        return Ok(Type::Dynamic);
    }
    unify(&items).ok_or_else(|| Failure::new("given sets must all have compatible element types"))
}

fn converted(call: &Call<'_>, item: &Type) -> Result<Vec<Value>, Failure> {
    let ty = Type::Set(Box::new(item.clone()));
    call.args
        .iter()
        .enumerate()
        .map(|(at, arg)| convert(arg, &ty).map_err(|error| Failure::argument(at, error.message)))
        .collect()
}

pub(super) fn union(call: &Call<'_>) -> Outcome {
    let open_type = call.args.iter().any(is_open_type);
    let item = if open_type { Type::Dynamic } else { common_type(call)? };
    let mut sets = converted(call, &item)?;
    if open_type {
        let causes = call.causes();
        for set in &mut sets {
            if let Kind::Sequence(sequence) = &set.kind {
                let items = sequence.items.iter().map(|item| loosen_member(item, &causes)).collect();
                let sequence = Sequence { items, ..Sequence::clone(sequence) };
                set.kind = Kind::Sequence(Arc::new(sequence));
            }
        }
    }
    let mut items = Vec::new();
    let mut causes = Causes::none();
    let mut open = false;
    for set in &sets {
        match &set.kind {
            Kind::Sequence(sequence) => {
                items.extend(sequence.items.iter().map(|item| set.child(item)));
                if let Some(rest) = &sequence.rest {
                    open = true;
                    causes.add_all(&rest.causes);
                }
            }
            _ => {
                open = true;
                causes.add_all(&set.causes());
            }
        }
    }
    let rest = open.then(|| Arc::new(Rest { causes, template: None, overrides: false }));
    Ok(set_of(items, item, rest, Origin::at(call.context.span)))
}

pub(super) fn intersection(call: &Call<'_>) -> Outcome {
    filter(call, |here, inside| here && inside)
}

pub(super) fn subtract(call: &Call<'_>) -> Outcome {
    filter(call, |here, inside| here && !inside)
}

/// The items of the first set, kept or not by whether they are in each other set.
fn filter(call: &Call<'_>, keep: fn(bool, bool) -> bool) -> Outcome {
    if call.args.iter().any(is_open_type) {
        return Ok(call.unknown());
    }
    let item = common_type(call)?;
    let sets = converted(call, &item)?;
    if !sets.iter().all(Value::is_wholly_known) {
        return Ok(call.unknown_of(Type::Set(Box::new(item))));
    }
    let Some((first, others)) = sets.split_first() else { return Ok(call.unknown()) };
    let mut items: Vec<Value> = first
        .as_sequence()
        .map(|set| set.items.iter().map(|item| first.child(item)).collect())
        .unwrap_or_default();
    for other in others {
        let mut members: HashMap<String, Vec<&Value>> = HashMap::new();
        for value in other.as_sequence().map_or(&[][..], |set| &set.items) {
            members.entry(set_bucket(value)).or_default().push(value);
        }
        items.retain(|value| {
            let group = members.get(&set_bucket(value)).map_or(&[][..], Vec::as_slice);
            keep(true, group.iter().any(|other| same(other, value)))
        });
    }
    Ok(set_of(items, item, None, Origin::at(call.context.span)))
}

pub(super) fn product(call: &Call<'_>) -> Outcome {
    if call.args.len() < 2 {
        return Err(Failure::new("at least two arguments are required"));
    }
    let mut ordered = true;
    let mut types = Vec::new();
    let mut open = false;
    for (at, arg) in call.args.iter().enumerate() {
        types.push(match value_type(arg) {
            Type::Set(item) => {
                ordered = false;
                *item
            }
            Type::List(item) => *item,
            Type::Tuple(items) if items.is_empty() => Type::Dynamic,
            Type::Tuple(items) => {
                unify(&items).ok_or_else(|| Failure::argument(at, "all elements must be of the same type"))?
            }
            Type::Dynamic if matches!(arg.kind, Kind::Unknown(_) | Kind::Sequence(_)) => {
                open = true;
                Type::Dynamic
            }
            _ => return Err(Failure::argument(at, "a set or a list is required")),
        });
        open |= is_open_type(arg) || arg.as_sequence().is_none_or(|sequence| sequence.rest.is_some());
    }
    let tuple = Type::Tuple(types.clone());
    if open {
        return Ok(call.unknown());
    }
    let mut columns: Vec<Vec<Value>> = Vec::new();
    let mut total = 1_usize;
    for (at, ty) in types.iter().enumerate() {
        let column = call.items(at).iter().map(|item| convert(&call.arg(at).child(item), ty));
        let column =
            column.collect::<Result<Vec<_>, _>>().map_err(|error| Failure::argument(at, error.message))?;
        total = total.saturating_mul(column.len());
        columns.push(column);
    }
    if total.saturating_mul(columns.len()) > LARGEST_PRODUCT {
        return Ok(call.limit("number of combinations of setproduct"));
    }
    let mut rows: Vec<Vec<Value>> = if total == 0 { Vec::new() } else { vec![Vec::new()] };
    if total > 0 {
        for column in &columns {
            rows = rows
                .iter()
                .flat_map(|row| column.iter().map(move |value| row.iter().chain([value]).cloned().collect()))
                .collect();
        }
    }
    let origin = Origin::at(call.context.span);
    let rows: Vec<Value> = rows.into_iter().map(|row| Value::tuple(row, origin.clone())).collect();
    Ok(if ordered { call.list(tuple, rows) } else { set_of(rows, tuple, None, origin) })
}
