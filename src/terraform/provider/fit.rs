//! Making values fit the facts: arguments as they are set, and what is not set as a reference sees it.

use std::cmp::Ordering;
use std::sync::Arc;

use super::{BlockFacts, Fact, Nesting, TypeFacts};
use crate::terraform::convert::{self, ConversionError};
use crate::value::{
    Cause, Causes, Entry, Kind, Mapping, MappingKind, Origin, Rest, Sequence, SequenceKind, Type, Unknown,
    Value,
};

/// Depth of nested blocks to which the type of a block is written out; the deepest of the provider repeat themselves.
const TYPE_DEPTH: usize = 8;

/// An argument as it is set.
pub(crate) struct Set {
    pub(crate) value: Value,
    /// Why the value as written does not fit, when it does not.
    pub(crate) error: Option<ConversionError>,
}

impl Set {
    /// `name = value` in a block with these facts.
    pub(crate) fn argument(fact: Option<&Fact>, value: Value) -> Self {
        match fact {
            Some(Fact::Attribute(attribute)) if attribute.content().is_none() => {
                match convert::convert(&value, &kept_apart(attribute.ty(), &value)) {
                    Ok(value) => Self { value, error: None },
                    Err(error) => Self { value, error: Some(error) },
                }
            }
            Some(Fact::Attribute(_) | Fact::Block(_)) => Self { value: as_blocks(value), error: None },
            _ => Self { value, error: None },
        }
    }
}

/// The type to convert an argument to. Unknown elements of a set may be equal, so that a set no longer tells them
/// apart; a list does, and each keeps the resource that it refers to.
fn kept_apart(ty: Type, value: &Value) -> Type {
    match ty {
        Type::Set(item) if !value.is_wholly_known() => Type::List(item),
        ty => ty,
    }
}

/// One object in the place of a list of blocks, as Terraform 0.11 accepted it, as that list.
fn as_blocks(value: Value) -> Value {
    match value.kind {
        Kind::Mapping(_) => {
            let origin = value.origin.clone();
            Value::tuple(vec![value], origin)
        }
        _ => value,
    }
}

/// What an attribute or block of a resource is that is not set. `cause` says so of what AWS decides.
///
/// The schema tells no defaults: an argument that is not computed is null or has a default of the provider, which
/// only single values can have. Collections and blocks that are not set are null and empty. A data source may fill in
/// everything (`is_data`).
pub(crate) fn unset(fact: &Fact, is_data: bool, cause: impl Fn() -> Cause, origin: &Origin) -> Option<Value> {
    let kind = match fact {
        Fact::Removed => return None,
        Fact::Attribute(attribute) => {
            let ty = attribute.ty();
            if is_data
                || attribute.computed
                || matches!(ty, Type::Bool | Type::Number | Type::String | Type::Dynamic)
            {
                Kind::Unknown(Arc::new(Unknown::of_type(Causes::one(cause()), ty)))
            } else {
                Kind::Null(ty)
            }
        }
        Fact::Block(block) if is_data => {
            Kind::Unknown(Arc::new(Unknown::of_type(Causes::one(cause()), block.ty(TYPE_DEPTH))))
        }
        Fact::Block(block) => {
            let content = || block.content.object_type(TYPE_DEPTH);
            let none = |kind| Kind::Sequence(Arc::new(Sequence { kind, items: Vec::new(), rest: None }));
            match block.nesting {
                Nesting::List => none(SequenceKind::List(content())),
                Nesting::Set => none(SequenceKind::Set(content())),
                Nesting::Single => Kind::Null(content()),
            }
        }
    };
    Some(Value::new(kind, origin.clone()))
}

/// A set argument or block as a reference sees it: with the attributes that are not set inside it, and of the type
/// that the schema says.
pub(crate) fn complete(fact: &Fact, value: &Value, cause: &dyn Fn(&str) -> Cause) -> Value {
    match fact {
        Fact::Attribute(attribute) if attribute.content().is_some() => {
            let filled = match attribute.content() {
                Some(content) => each(value, &|item| fill(content, item, cause)),
                None => value.clone(),
            };
            let facts = attribute.content();
            if let (Type::Set(item), Some(facts)) = (attribute.ty(), facts)
                && let Some(set) = ordered_set(Elements { facts, in_attribute: true }, value, &filled, *item)
            {
                return set;
            }
            convert::convert(&filled, &attribute.ty()).unwrap_or(filled)
        }
        Fact::Attribute(attribute) => {
            convert::convert(value, &attribute.ty()).unwrap_or_else(|_| value.clone())
        }
        Fact::Removed => value.clone(),
        Fact::Block(block) => blocks(*block, value, cause, TYPE_DEPTH),
    }
}

fn blocks(block: BlockFacts, value: &Value, cause: &dyn Fn(&str) -> Cause, depth: usize) -> Value {
    if depth == 0 {
        return value.clone();
    }
    let filled = each(value, &|item| fill(block.content, item, cause));
    if block.nesting == Nesting::Single {
        return match filled.as_sequence().map(|sequence| (sequence.items.as_slice(), &sequence.rest)) {
            Some(([only], None)) => filled.child(only),
            _ => filled,
        };
    }
    if let Type::Set(item) = block.ty(depth) {
        let elements = Elements { facts: block.content, in_attribute: false };
        if let Some(set) = ordered_set(elements, value, &filled, *item) {
            return set;
        }
    }
    convert::convert(&filled, &block.ty(depth)).unwrap_or(filled)
}

/// Blocks in a set of more than this are not put in order where something in them is not set.
const MOST_ORDERED: usize = 100;

/// The objects of a set.
#[derive(Clone, Copy)]
struct Elements {
    facts: TypeFacts,
    /// They are objects in an attribute, not blocks: none of their attributes is computed for itself.
    in_attribute: bool,
}

/// The set of the blocks in `filled`, where what is `written` in them tells them apart and puts them in order, whatever
/// the provider's defaults are. An argument that is not set and not computed has the same value in each of them.
fn ordered_set(elements: Elements, written: &Value, filled: &Value, item: Type) -> Option<Value> {
    if filled.is_wholly_known() {
        return None;
    }
    let list = convert::convert(filled, &Type::List(Box::new(item.clone()))).ok()?;
    let written = written.as_sequence().filter(|sequence| sequence.rest.is_none())?;
    let list_items = &list.as_sequence()?.items;
    if list_items.len() != written.items.len() || list_items.len() > MOST_ORDERED {
        return None;
    }
    let mut order: Vec<(&Value, &Value)> = Vec::new();
    for pair in written.items.iter().zip(list_items) {
        let mut place = 0;
        let mut same = false;
        for other in &order {
            match compare(elements, *other, pair)? {
                Ordering::Less => place += 1,
                Ordering::Equal => same = true,
                Ordering::Greater => {}
            }
        }
        if !same {
            order.insert(place, pair);
        }
    }
    let items = order.into_iter().map(|(_, item)| item.clone()).collect();
    let mut set = Value::sequence(SequenceKind::Set(item), items, filled.origin.clone());
    set.sensitive = list.sensitive;
    Some(set)
}

/// The order of two objects in a set, each as written and as completed; `None` where what is not known decides.
fn compare(elements: Elements, a: (&Value, &Value), b: (&Value, &Value)) -> Option<Ordering> {
    let (one, other) = (a.1.as_mapping()?, b.1.as_mapping()?);
    if one.rest.is_some() || other.rest.is_some() {
        return None;
    }
    for (name, entry) in &one.entries {
        let (x, y) = (&entry.value, &other.entries.get(name)?.value);
        let set = |object: &Value| object.member(name).filter(|value| !value.is_null());
        let verdict = match (set(a.0), set(b.0), elements.facts.get(name)) {
            _ if x.is_wholly_known() && y.is_wholly_known() => {
                // What follows a value in the text that sets are sorted by.
                let text = |value: &Value| convert::set_bucket(value) + ";";
                text(x).cmp(&text(y))
            }
            (None, None, Some(Fact::Attribute(attribute)))
                if elements.in_attribute || !attribute.computed =>
            {
                Ordering::Equal
            }
            (Some(v), Some(w), Some(Fact::Block(block))) if block.nesting == Nesting::List => {
                let inner = Elements { facts: block.content, in_attribute: false };
                let [v, w, x, y] = [&v, &w, x, y].map(Value::as_sequence);
                let (v, w, x, y) = (v?, w?, x?, y?);
                let lengths = [v, w, x, y].map(|sequence| (sequence.items.len(), sequence.rest.is_none()));
                if lengths.iter().any(|length| Some(length) != lengths.first() || !length.1) {
                    return None;
                }
                let ones = v.items.iter().zip(&x.items);
                let mut pairs = ones.zip(w.items.iter().zip(&y.items));
                pairs.try_fold(Ordering::Equal, |verdict, (a, b)| match verdict {
                    Ordering::Equal => compare(inner, a, b),
                    decided => Some(decided),
                })?
            }
            _ => return None,
        };
        if verdict != Ordering::Equal {
            return Some(verdict);
        }
    }
    Some(Ordering::Equal)
}

/// The items of a sequence, and what further items look like, each made anew.
fn each(value: &Value, make: &dyn Fn(&Value) -> Value) -> Value {
    let Kind::Sequence(sequence) = &value.kind else { return value.clone() };
    let rest = sequence.rest.as_ref().map(|rest| {
        let template = rest.template.as_ref().map(make);
        Arc::new(Rest { causes: rest.causes.clone(), template, overrides: rest.overrides })
    });
    let items = sequence.items.iter().map(make).collect();
    let kind = Kind::Sequence(Arc::new(Sequence { kind: sequence.kind.clone(), items, rest }));
    Value { kind, origin: value.origin.clone(), sensitive: value.sensitive }
}

/// A block with what is not set in it.
fn fill(facts: TypeFacts, block: &Value, cause: &dyn Fn(&str) -> Cause) -> Value {
    let Kind::Mapping(mapping) = &block.kind else { return block.clone() };
    if mapping.kind != MappingKind::Object || mapping.rest.is_some() {
        return block.clone();
    }
    let mut entries = mapping.entries.clone();
    for (name, fact) in facts.fields() {
        match entries.get_mut(name) {
            Some(entry) if !entry.value.is_null() => {
                let inside = |inner: &str| cause(&format!("{name}.{inner}"));
                entry.value = complete(&fact, &entry.value, &inside);
            }
            _ => {
                let is_data = matches!(cause(name), Cause::Data { .. });
                if let Some(value) = unset(&fact, is_data, || cause(name), &block.origin) {
                    entries.insert(name.into(), Entry { key_span: None, value });
                }
            }
        }
    }
    let kind = Kind::Mapping(Arc::new(Mapping { entries, ..Mapping::clone(mapping) }));
    Value { kind, origin: block.origin.clone(), sensitive: block.sensitive }
}
