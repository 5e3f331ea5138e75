//! The common type of several types: of the branches of a conditional, of the elements of a list or a map.

use std::cmp::Ordering;

use super::{distinct_types, has_dynamic, resolve};
use crate::value::{ObjectAttribute, Type};

/// The type that values of all these types can be converted to, as Terraform chooses it. `None` where there is
/// none, or where no type is given.
#[must_use]
pub fn unify(types: &[Type]) -> Option<Type> {
    let types = distinct_types(types.iter());
    match types.as_slice() {
        [] => return None,
        [only] => return Some(only.clone()),
        _ => {}
    }
    let count = |of: fn(&Type) -> bool| types.iter().filter(|ty| of(ty)).count();
    let maps = count(|ty| matches!(ty, Type::Map(_)));
    let lists = count(|ty| matches!(ty, Type::List(_)));
    let sets = count(|ty| matches!(ty, Type::Set(_)));
    let objects = count(|ty| matches!(ty, Type::Object(_)));
    let tuples = count(|ty| matches!(ty, Type::Tuple(_)));
    let dynamics = count(|ty| matches!(ty, Type::Dynamic));
    let all = types.len();

    if maps > 0 && maps + dynamics == all {
        return unify_items(&types, dynamics > 0).map(|item| Type::Map(Box::new(item)).or_dynamic(dynamics));
    }
    if maps > 0 && maps + objects + dynamics == all {
        if let Some(ty) = unify_objects_as_maps(&types) {
            return Some(ty);
        }
    } else if lists > 0 && lists + dynamics == all {
        return unify_items(&types, dynamics > 0).map(|item| Type::List(Box::new(item)).or_dynamic(dynamics));
    } else if lists > 0 && lists + tuples + dynamics == all {
        if let Some(ty) = unify_tuples_as_lists(&types) {
            return Some(ty);
        }
    } else if sets > 0 && sets + dynamics == all {
        return unify_items(&types, dynamics > 0).map(|item| Type::Set(Box::new(item)).or_dynamic(dynamics));
    } else if objects > 0 && objects + dynamics == all {
        return if dynamics > 0 { Some(Type::Dynamic) } else { unify_object_types(&types) };
    } else if tuples > 0 && tuples + dynamics == all {
        return if dynamics > 0 { Some(Type::Dynamic) } else { unify_tuple_types(&types) };
    } else if objects > 0 && tuples > 0 {
        return None;
    }
    by_preference(&types)
}

impl Type {
    fn or_dynamic(self, dynamics: usize) -> Self {
        if dynamics > 0 { Self::Dynamic } else { self }
    }
}

/// The first type in order of preference that all others convert to.
fn by_preference(types: &[Type]) -> Option<Type> {
    let mut order: Vec<&Type> = Vec::new();
    let mut waiting: Vec<&Type> = types.iter().collect();
    while !waiting.is_empty() {
        // Those that no waiting type is preferred to come first, in the order given.
        let (free, rest): (Vec<&Type>, Vec<&Type>) = waiting
            .iter()
            .partition(|ty| !waiting.iter().any(|other| preference(other, ty) == Ordering::Less));
        if free.is_empty() {
            order.extend(rest);
            break;
        }
        order.extend(free);
        waiting = rest;
    }
    order.into_iter().find(|want| types.iter().all(|ty| ty == *want || resolve(ty, want).is_some())).cloned()
}

fn item_of(ty: &Type) -> Option<&Type> {
    match ty {
        Type::List(item) | Type::Set(item) | Type::Map(item) => Some(item),
        _ => None,
    }
}

fn unify_items(types: &[Type], dynamic: bool) -> Option<Type> {
    if dynamic {
        return Some(Type::Dynamic);
    }
    let items: Vec<Type> = types.iter().filter_map(item_of).cloned().collect();
    unify(&items)
}

fn unify_objects_as_maps(types: &[Type]) -> Option<Type> {
    let objects: Vec<Type> = types.iter().filter(|ty| matches!(ty, Type::Object(_))).cloned().collect();
    let map = objects_to_map(&objects)?;
    let mapped: Vec<Type> =
        types.iter().map(|ty| if matches!(ty, Type::Object(_)) { map.clone() } else { ty.clone() }).collect();
    unify(&mapped).filter(|ty| matches!(ty, Type::Map(_)))
}

fn unify_tuples_as_lists(types: &[Type]) -> Option<Type> {
    let tuples: Vec<Type> = types.iter().filter(|ty| matches!(ty, Type::Tuple(_))).cloned().collect();
    let list = tuples_to_list(&tuples)?;
    let listed: Vec<Type> =
        types.iter().map(|ty| if matches!(ty, Type::Tuple(_)) { list.clone() } else { ty.clone() }).collect();
    unify(&listed).filter(|ty| matches!(ty, Type::List(_)))
}

fn objects_to_map(types: &[Type]) -> Option<Type> {
    let mut attributes = Vec::new();
    for ty in types {
        if let Type::Object(members) = ty {
            attributes.extend(members.values().map(|attribute| attribute.ty.clone()));
        }
    }
    let map = Type::Map(Box::new(unify(&attributes)?));
    types.iter().all(|ty| resolve(ty, &map).is_some()).then_some(map)
}

fn tuples_to_list(types: &[Type]) -> Option<Type> {
    let mut items = Vec::new();
    for ty in types {
        if let Type::Tuple(members) = ty {
            items.extend(members.iter().cloned());
        }
    }
    let list = Type::List(Box::new(unify(&items)?));
    types.iter().all(|ty| resolve(ty, &list).is_some()).then_some(list)
}

fn unify_object_types(types: &[Type]) -> Option<Type> {
    let members: Vec<_> = types
        .iter()
        .filter_map(|ty| match ty {
            Type::Object(members) => Some(members),
            _ => None,
        })
        .collect();
    let first = members.first()?;
    if !members.iter().all(|other| other.len() == first.len() && other.keys().eq(first.keys())) {
        return objects_to_map(types);
    }
    let mut unified = std::collections::BTreeMap::new();
    for name in first.keys() {
        let across: Vec<Type> = members
            .iter()
            .filter_map(|member| member.get(name))
            .map(|attribute| attribute.ty.clone())
            .collect();
        unified.insert(name.clone(), ObjectAttribute { ty: unify(&across)?, optional: false });
    }
    let unified = Type::Object(unified);
    if types.iter().all(|ty| resolve(ty, &unified).is_some()) { Some(unified) } else { objects_to_map(types) }
}

fn unify_tuple_types(types: &[Type]) -> Option<Type> {
    let members: Vec<&Vec<Type>> = types
        .iter()
        .filter_map(|ty| match ty {
            Type::Tuple(members) => Some(members),
            _ => None,
        })
        .collect();
    let first = members.first()?;
    if !members.iter().all(|other| other.len() == first.len()) {
        return tuples_to_list(types);
    }
    let mut unified = Vec::with_capacity(first.len());
    for at in 0..first.len() {
        let across: Vec<Type> = members.iter().filter_map(|member| member.get(at)).cloned().collect();
        unified.push(unify(&across)?);
    }
    let unified = Type::Tuple(unified);
    if types.iter().all(|ty| resolve(ty, &unified).is_some()) { Some(unified) } else { tuples_to_list(types) }
}

/// `Less` where `a` is preferred as the common type, `Greater` where `b` is.
fn preference(a: &Type, b: &Type) -> Ordering {
    match (a, b) {
        (Type::Dynamic, Type::Dynamic) => Ordering::Equal,
        (Type::Dynamic, _) => Ordering::Greater,
        (_, Type::Dynamic) => Ordering::Less,
        (Type::String, Type::Bool | Type::Number) => Ordering::Less,
        (Type::Bool | Type::Number, Type::String) => Ordering::Greater,
        (Type::List(a), Type::List(b)) | (Type::Set(a), Type::Set(b)) | (Type::Map(a), Type::Map(b)) => {
            preference(a, b)
        }
        (Type::Tuple(_) | Type::List(_), Type::Set(_))
        | (Type::List(_), Type::Tuple(_))
        | (Type::Map(_), Type::Object(_)) => Ordering::Less,
        (Type::Set(_), Type::Tuple(_) | Type::List(_))
        | (Type::Tuple(_), Type::List(_))
        | (Type::Object(_), Type::Map(_)) => Ordering::Greater,
        (Type::Object(a), Type::Object(b)) if a.keys().eq(b.keys()) => {
            all_prefer(a.values().zip(b.values()).map(|(a, b)| preference(&a.ty, &b.ty)))
        }
        (Type::Tuple(a), Type::Tuple(b)) if a.len() == b.len() => {
            all_prefer(a.iter().zip(b).map(|(a, b)| preference(a, b)))
        }
        _ => Ordering::Equal,
    }
}

fn all_prefer(members: impl Iterator<Item = Ordering>) -> Ordering {
    let (mut first, mut second) = (false, false);
    for member in members {
        first |= member == Ordering::Less;
        second |= member == Ordering::Greater;
    }
    match (first, second) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}

/// Whether two types certainly differ, whatever `any` stands for.
pub(super) fn differ(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Dynamic, _) | (_, Type::Dynamic) => false,
        (Type::List(a), Type::List(b)) | (Type::Set(a), Type::Set(b)) | (Type::Map(a), Type::Map(b)) => {
            differ(a, b)
        }
        (Type::Tuple(a), Type::Tuple(b)) => a.len() != b.len() || a.iter().zip(b).any(|(a, b)| differ(a, b)),
        (Type::Object(a), Type::Object(b)) => {
            !a.keys().eq(b.keys()) || a.values().zip(b.values()).any(|(a, b)| differ(&a.ty, &b.ty))
        }
        _ => {
            a != b && !has_dynamic(a) && !has_dynamic(b)
                || std::mem::discriminant(a) != std::mem::discriminant(b)
        }
    }
}
