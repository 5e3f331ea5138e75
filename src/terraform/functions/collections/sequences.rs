//! Functions that give lists made of other lists.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::Failure;
use super::super::arguments::{Call, Outcome};
use super::super::type_name;
use super::is_sequence_type;
use crate::terraform::convert::{bucket, convert, equal, is_open_type, loosen, same, unify, value_type};
use crate::value::{Causes, Kind, Rest, Sequence, SequenceKind, Type, Unknown, Value};

/// The unknown part of a result, collected from several.
#[derive(Default)]
struct Unsure {
    causes: Causes,
    templates: Vec<Option<Value>>,
}

impl Unsure {
    fn add(&mut self, causes: &Causes, template: Option<Value>) {
        self.causes.add_all(causes);
        self.templates.push(template);
    }

    fn rest(self) -> Option<Arc<Rest>> {
        let template = match self.templates.as_slice() {
            [] => return None,
            [only] => only.clone(),
            _ => None,
        };
        Some(Arc::new(Rest { causes: self.causes, template, overrides: false }))
    }
}

pub(in super::super) fn concat(call: &Call<'_>) -> Outcome {
    if call.args.is_empty() {
        return Err(Failure::new("at least one argument is required"));
    }
    let types: Vec<Type> = call.args.iter().map(value_type).collect();
    for (at, (arg, ty)) in call.args.iter().zip(&types).enumerate() {
        let fits = match ty {
            Type::List(_) | Type::Tuple(_) => true,
            Type::Dynamic => arg.as_unknown().is_some() || arg.as_sequence().is_some(),
            _ => false,
        };
        if !fits {
            let what = type_name(arg);
            return Err(Failure::argument(at, format!("all arguments must be lists or tuples; got {what}")));
        }
    }
    let all_lists = types.iter().all(|ty| matches!(ty, Type::List(_)));
    // Lists are brought to one type; tuples keep what they have.
    let open_type =
        matches!(types.first(), Some(Type::List(_) | Type::Dynamic)) && call.args.iter().any(is_open_type);
    let causes = call.causes();
    let list_type = if all_lists { unify(&types) } else { None };
    let mut items = Vec::new();
    let mut unsure = Unsure::default();
    for (at, arg) in call.args.iter().enumerate() {
        let arg = match &list_type {
            Some(ty) => convert(arg, ty).map_err(|error| Failure::argument(at, error.message))?,
            None => arg.clone(),
        };
        let arg = if open_type { loosen(&arg, &causes) } else { arg };
        match &arg.kind {
            Kind::Sequence(sequence) => {
                items.extend(sequence.items.iter().map(|item| arg.child(item)));
                if let Some(rest) = &sequence.rest {
                    unsure.add(&rest.causes, rest.template.clone());
                }
            }
            Kind::Unknown(unknown) => match &unknown.ty {
                Type::Tuple(parts) => items.extend(parts.iter().map(|ty| {
                    let part = crate::value::Unknown::of_type(unknown.causes.clone(), ty.clone());
                    Value::from_unknown(part, arg.origin.clone())
                })),
                _ => unsure.add(&unknown.causes, None),
            },
            _ => {}
        }
    }
    let kind = match list_type {
        Some(Type::List(item)) if open_type && *item != Type::String => SequenceKind::List(Type::Dynamic),
        Some(Type::List(item)) => SequenceKind::List(*item),
        _ => SequenceKind::Tuple,
    };
    Ok(call.sequence(Sequence { kind, items, rest: unsure.rest() }))
}

pub(in super::super) fn flatten(call: &Call<'_>) -> Outcome {
    const LISTS: &str = "can only flatten lists, sets and tuples";
    let list = call.arg(0);
    match &list.kind {
        Kind::Sequence(_) => {}
        Kind::Unknown(unknown) if is_sequence_type(&unknown.ty) != Some(false) => return Ok(call.unknown()),
        _ => return Err(Failure::new(LISTS)),
    }
    let mut items = Vec::new();
    let mut unsure = Unsure::default();
    flatten_into(&list, &mut items, &mut unsure);
    Ok(call.sequence(Sequence { kind: SequenceKind::Tuple, items, rest: unsure.rest() }))
}

/// Nesting is bounded by that of values, which the parser bounds.
fn flatten_into(list: &Value, items: &mut Vec<Value>, unsure: &mut Unsure) {
    let Some(sequence) = list.as_sequence() else { return };
    for item in &sequence.items {
        let item = list.child(item);
        match &item.kind {
            Kind::Sequence(_) => flatten_into(&item, items, unsure),
            Kind::Unknown(unknown) => {
                let no_list = is_sequence_type(&unknown.ty) == Some(false)
                    || (!unknown.alternatives.is_empty()
                        && unknown.alternatives.iter().all(|value| value.as_sequence().is_none()));
                if no_list {
                    items.push(item);
                } else {
                    unsure.add(&unknown.causes, None);
                }
            }
            _ => items.push(item),
        }
    }
    if let Some(rest) = &sequence.rest {
        let template = rest.template.clone().filter(|template| match &template.kind {
            Kind::Sequence(_) => false,
            Kind::Unknown(unknown) => is_sequence_type(&unknown.ty) == Some(false),
            _ => true,
        });
        unsure.add(&rest.causes, template);
    }
}

pub(in super::super) fn compact(call: &Call<'_>) -> Outcome {
    let list = call.arg(0);
    let Some(sequence) = list.as_sequence() else { return Ok(call.unknown()) };
    let mut items = Vec::new();
    let mut unsure = Unsure::default();
    if let Some(rest) = &sequence.rest {
        unsure.add(&rest.causes, rest.template.clone());
    }
    for item in &sequence.items {
        match &item.kind {
            Kind::Null(_) => {}
            Kind::String(text) if text.as_str().is_empty() => {}
            Kind::Unknown(unknown) if !super::parts::has_text(item) => {
                unsure.add(&unknown.causes, Some(item.clone()));
            }
            _ => items.push(list.child(item)),
        }
    }
    Ok(call.sequence(Sequence { kind: SequenceKind::List(Type::String), items, rest: unsure.rest() }))
}

pub(in super::super) fn distinct(call: &Call<'_>) -> Outcome {
    let list = call.arg(0);
    let ty = super::item_type(&value_type(&list));
    let Some(sequence) = list.as_sequence() else { return Ok(call.unknown_of(Type::List(Box::new(ty)))) };
    let mut unsure = Unsure::default();
    if let Some(rest) = &sequence.rest {
        unsure.add(&rest.causes, None);
    }
    let mut seen: HashMap<String, Vec<usize>> = HashMap::new();
    let mut items: Vec<Value> = Vec::new();
    let single = sequence.items.len() == 1;
    for item in &sequence.items {
        if !single && !item.is_wholly_known() {
            unsure.add(&item.causes(), Some(item.clone()));
            continue;
        }
        let group = seen.entry(bucket(item)).or_default();
        if !group.iter().any(|at| items.get(*at).is_some_and(|other| same(other, item))) {
            group.push(items.len());
            items.push(list.child(item));
        }
    }
    Ok(call.sequence(Sequence { kind: SequenceKind::List(ty), items, rest: unsure.rest() }))
}

pub(in super::super) fn chunklist(call: &Call<'_>) -> Outcome {
    let list = call.arg(0);
    let ty = value_type(&list);
    let result = Type::List(Box::new(ty.clone()));
    if call.arg(1).as_unknown().is_some() {
        return Ok(call.unknown_of(result));
    }
    let size = call.int(1)?;
    let Ok(size) = usize::try_from(size) else {
        return Err(Failure::new("the size argument must be positive"));
    };
    let Some(sequence) = list.as_sequence() else { return Ok(call.unknown_of(result)) };
    if sequence.rest.is_some() {
        return Ok(call.unknown_of(result));
    }
    let chunk = |items: &[Value]| {
        let items = items.iter().map(|item| list.child(item)).collect();
        call.sequence(Sequence { kind: sequence.kind.clone(), items, rest: None })
    };
    let chunks = match size {
        _ if sequence.items.is_empty() => Vec::new(),
        0 => vec![list.clone()],
        size => sequence.items.chunks(size).map(chunk).collect(),
    };
    Ok(call.list(ty, chunks))
}

pub(in super::super) fn reverse(call: &Call<'_>) -> Outcome {
    let list = call.arg(0);
    let sequence = match &list.kind {
        Kind::Sequence(sequence) => sequence,
        Kind::Unknown(unknown) => {
            return match &unknown.ty {
                Type::Dynamic => Ok(call.unknown()),
                Type::List(item) | Type::Set(item) => Ok(call.unknown_of(Type::List(item.clone()))),
                Type::Tuple(items) => Ok(call.unknown_of(Type::Tuple(items.iter().rev().cloned().collect()))),
                _ => Err(not_reversible(&list)),
            };
        }
        _ => return Err(not_reversible(&list)),
    };
    let items = sequence.items.iter().rev().map(|item| list.child(item)).collect();
    let kind = match &sequence.kind {
        SequenceKind::Set(item) | SequenceKind::List(item) => SequenceKind::List(item.clone()),
        SequenceKind::Tuple => SequenceKind::Tuple,
    };
    Ok(call.sequence(Sequence { kind, items, rest: sequence.rest.clone() }))
}

fn not_reversible(list: &Value) -> Failure {
    Failure::argument(0, format!("can only reverse list or tuple values, not {}", type_name(list)))
}

/// A slice of an unknown list has at most so many items, each told for itself.
const LONGEST_UNKNOWN: usize = 100;

/// What is known of each item of a list of which no item is known.
fn any_item(list: &Value, ty: &Type, causes: Causes) -> Option<Value> {
    match &list.kind {
        Kind::Sequence(sequence) if sequence.items.is_empty() => {
            Some(list.child(sequence.rest.as_ref()?.template.as_ref()?))
        }
        Kind::Unknown(unknown) if unknown.alternatives.is_empty() => {
            let mut item = list.clone();
            item.kind = Kind::Unknown(Arc::new(Unknown::of_type(causes, ty.clone())));
            Some(item)
        }
        _ => None,
    }
}

pub(in super::super) fn slice(call: &Call<'_>) -> Outcome {
    let list = call.arg(0);
    let ty = value_type(&list);
    match (&ty, &list.kind) {
        (Type::Set(_), _) => {
            return Err(Failure::argument(
                0,
                "cannot slice a set, because its elements do not have indices; explicitly convert to a list if the ordering of the result is not important",
            ));
        }
        (Type::List(_) | Type::Tuple(_), _) | (Type::Dynamic, Kind::Sequence(_) | Kind::Unknown(_)) => {}
        _ => return Err(Failure::argument(0, "must be a list or tuple value")),
    }
    let sequence = list.as_sequence().filter(|sequence| sequence.rest.is_none());
    let length = sequence.map(|sequence| sequence.items.len());
    let bound = |at: usize, what: &str| -> Result<Option<usize>, Failure> {
        if call.arg(at).as_unknown().is_some() {
            return Ok(None);
        }
        let index = call.int(at).map_err(|_| {
            Failure::argument(at, format!("invalid {what} index: {}", super::super::arguments::WHOLE_NUMBER))
        })?;
        let Ok(index) = usize::try_from(index) else {
            return Err(Failure::argument(at, format!("{what} index must not be less than zero")));
        };
        if length.is_some_and(|length| index > length) {
            let message = format!("{what} index must not be greater than the length of the list");
            return Err(Failure::argument(at, message));
        }
        Ok(Some(index))
    };
    let (start, end) = (bound(1, "start")?, bound(2, "end")?);
    if let (Some(start), Some(end)) = (start, end)
        && start > end
    {
        return Err(Failure::argument(1, "start index must not be greater than end index"));
    }
    let (Some(sequence), Some(start), Some(end)) = (sequence, start, end) else {
        if let (Type::List(item), Some(start), Some(end)) = (&ty, start, end)
            && let Some(any) = any_item(&list, item, call.causes())
            && end - start <= LONGEST_UNKNOWN
        {
            // A list that is too short is an error: what comes out has this length.
            let items = std::iter::repeat_n(any, end - start).collect();
            return Ok(Value::sequence(SequenceKind::List((**item).clone()), items, call.origin()));
        }
        return Ok(match ty {
            Type::List(_) => call.unknown_of(ty),
            _ => call.unknown(),
        });
    };
    let items = sequence.items.iter().take(end).skip(start).map(|item| list.child(item)).collect();
    Ok(call.sequence(Sequence { kind: sequence.kind.clone(), items, rest: None }))
}

pub(in super::super) fn sort(call: &Call<'_>) -> Outcome {
    let list = call.arg(0);
    let Some(sequence) = list.as_sequence() else { return Ok(call.unknown()) };
    if sequence.rest.is_some() || !list.is_wholly_known() {
        if sequence.rest.is_none() {
            // Which item comes first is open, how many there are is not.
            let mut item = crate::value::Unknown::of_type(call.causes(), Type::String);
            item.not_null = true;
            let item = Value::from_unknown(item, call.origin());
            return Ok(call.list(Type::String, vec![item; sequence.items.len()]));
        }
        let mut unknown = call.unknown_parts();
        unknown.length.0 = u64::try_from(sequence.items.len()).ok();
        return Ok(Value::from_unknown(unknown, call.origin()));
    }
    if let Some(at) = sequence.items.iter().position(Value::is_null) {
        return Err(Failure::new(format!("given list element {at} is null; a null string cannot be sorted")));
    }
    let mut items: Vec<Value> = sequence.items.iter().map(|item| list.child(item)).collect();
    items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    Ok(call.list(Type::String, items))
}

pub(in super::super) fn matchkeys(call: &Call<'_>) -> Outcome {
    let (values, keys, search) = (call.arg(0), call.arg(1), call.arg(2));
    let result = value_type(&values);
    let Some(ty) = unify(&[value_type(&keys), value_type(&search)]) else {
        return Err(Failure::new("keys and searchset must be of the same type"));
    };
    let (Some(items), Some(all_keys)) = (values.as_sequence(), keys.as_sequence()) else {
        return Ok(call.unknown_of(result));
    };
    if items.rest.is_some() || all_keys.rest.is_some() {
        return Ok(call.unknown_of(result));
    }
    if items.items.len() != all_keys.items.len() {
        return Err(Failure::new("length of keys and values should be equal"));
    }
    let (Ok(keys), Ok(search)) = (convert(&keys, &ty), convert(&search, &ty)) else {
        return Ok(call.unknown_of(result));
    };
    let (Some(keys), Some(search)) = (keys.as_sequence(), search.as_sequence()) else {
        return Ok(call.unknown_of(result));
    };
    let mut wanted: HashMap<String, Vec<&Value>> = HashMap::new();
    let mut open = search.rest.is_some();
    for value in &search.items {
        open |= !value.is_wholly_known();
        wanted.entry(bucket(value)).or_default().push(value);
    }
    let mut chosen = Vec::new();
    for (key, value) in keys.items.iter().zip(&items.items) {
        let group = wanted.get(&bucket(key)).map_or(&[][..], Vec::as_slice);
        if group.iter().any(|other| equal(key, other).as_bool() == Some(true)) {
            chosen.push(values.child(value));
        } else if open || !key.is_wholly_known() && !search.items.is_empty() {
            return Ok(call.unknown_of(result));
        }
    }
    Ok(call.list(super::item_type(&result), chosen))
}
