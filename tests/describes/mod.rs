//! Whether what is said of a value that is partly known holds for what it turns out to be.

use plimsoll::terraform::convert::{convert, equal, value_type};
use plimsoll::value::{Kind, Type, Value};

/// Whether `said` allows for `truth`: what is known of it holds.
pub(crate) fn describes(said: &Value, truth: &Value) -> bool {
    match (&said.kind, &truth.kind) {
        (Kind::Unknown(unknown), _) => {
            let typed = truth.is_null()
                || unknown.ty == Type::Dynamic
                || convert(truth, &unknown.ty).is_ok_and(|same| equal(&same, truth).as_bool() != Some(false))
                || value_type(truth) == Type::Dynamic;
            let null = !(unknown.not_null && truth.is_null());
            let prefix = match (&unknown.prefix, truth.as_str()) {
                (Some(prefix), Some(text)) => text.starts_with(&**prefix),
                _ => true,
            };
            let range = match truth.as_number() {
                Some(number) => {
                    unknown.range.0.as_ref().is_none_or(|least| least <= number)
                        && unknown.range.1.as_ref().is_none_or(|most| most >= number)
                }
                None => true,
            };
            let alternatives = unknown.alternatives.is_empty()
                || unknown.alternatives.iter().any(|one| describes(one, truth));
            let equality = equal(said, truth).as_bool() != Some(false);
            typed && null && prefix && range && alternatives && equality
        }
        (Kind::Sequence(a), Kind::Sequence(b)) => match &a.rest {
            None => {
                a.items.len() == b.items.len() && a.items.iter().zip(&b.items).all(|(a, b)| describes(a, b))
            }
            Some(_) => {
                // Each item said to be there is, each its own.
                let mut left: Vec<&Value> = b.items.iter().collect();
                a.items.iter().all(|item| match left.iter().position(|other| describes(item, other)) {
                    Some(at) => {
                        left.remove(at);
                        true
                    }
                    None => false,
                })
            }
        },
        (Kind::Mapping(a), Kind::Mapping(b)) => {
            let overrides = a.rest.as_ref().is_some_and(|rest| rest.overrides);
            let there = a.entries.iter().all(|(name, entry)| {
                b.entries.get(name).is_some_and(|other| overrides || describes(&entry.value, &other.value))
            });
            there && (a.rest.is_some() || a.entries.len() == b.entries.len())
        }
        (Kind::Null(_), Kind::Null(_)) => true,
        (Kind::Bool(a), Kind::Bool(b)) => a == b,
        (Kind::Number(a), Kind::Number(b)) => a == b,
        (Kind::String(a), Kind::String(b)) => a.as_str() == b.as_str(),
        _ => false,
    }
}
