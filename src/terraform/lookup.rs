//! A value by the address of its resource and a path in it: `aws_ecs_service.api.network_configuration[0].subnets`.

use super::{Evaluation, Resource};
use crate::value::{Built, Kind, Value};

/// What an address leads to.
#[derive(Debug)]
pub enum Lookup<'e> {
    Found(Box<Value>),
    /// The resource exists; this step of the path leads nowhere. The names that exist there.
    NoMember {
        resource: &'e Resource,
        step: String,
        known: Vec<String>,
    },
    /// No resource has such an address.
    NoResource,
}

/// Looks up `address`, which names a resource or something in one.
#[must_use]
pub fn lookup<'e>(evaluation: &'e Evaluation, address: &str) -> Lookup<'e> {
    let rest_of = |resource: &'e Resource| {
        let rest = address.strip_prefix(&*resource.address)?;
        (rest.is_empty() || rest.starts_with(['.', '['])).then_some((resource, rest))
    };
    // `x.y["a"]` is a resource and not the member `a` of `x.y`, where both could be meant.
    let named = evaluation.resources.iter().filter_map(rest_of).min_by_key(|(_, rest)| rest.len());
    let Some((resource, rest)) = named else { return Lookup::NoResource };
    let mut value = resource.body.clone();
    for step in steps(rest) {
        let inside = match (&value.kind, &step) {
            (Kind::Unknown(unknown), _) => match unknown.built.as_deref() {
                Some(Built::Json(inner)) => value.child(inner),
                _ => return Lookup::Found(Box::new(value)),
            },
            (Kind::String(text), _) => match text.built.as_deref() {
                Some(Built::Json(inner)) => value.child(inner),
                _ => value.clone(),
            },
            // A block that exists once, written as in a reference without its number.
            (Kind::Sequence(sequence), Step::Name(_)) if sequence.items.len() == 1 => {
                value.item(0).unwrap_or_else(|| value.clone())
            }
            _ => value.clone(),
        };
        let next = match &step {
            Step::Name(name) => inside.member(name),
            Step::Index(index) => inside.item(*index),
        };
        let Some(next) = next else {
            let known = match inside.as_mapping() {
                Some(mapping) => mapping.entries.keys().map(ToString::to_string).collect(),
                None => Vec::new(),
            };
            return Lookup::NoMember { resource, step: step.to_string(), known };
        };
        value = next;
    }
    Lookup::Found(Box::new(value))
}

enum Step {
    Name(String),
    Index(usize),
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// `.a[0]["b.c"].1` in steps.
fn steps(path: &str) -> Vec<Step> {
    let step = |text: &str| match text.parse() {
        Ok(index) => Step::Index(index),
        Err(_) => Step::Name(text.to_owned()),
    };
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix("[\"") {
            let (key, tail) = quoted.split_once("\"]").unwrap_or((quoted, ""));
            steps.push(Step::Name(key.to_owned()));
            rest = tail;
        } else if let Some(index) = rest.strip_prefix('[') {
            let (index, tail) = index.split_once(']').unwrap_or((index, ""));
            steps.push(step(index));
            rest = tail;
        } else {
            let name = rest.strip_prefix('.').unwrap_or(rest);
            let end = name.find(['.', '[']).unwrap_or(name.len());
            let (name, tail) = name.split_at_checked(end).unwrap_or((name, ""));
            if !name.is_empty() {
                steps.push(step(name));
            } else if tail.len() == rest.len() {
                break;
            }
            rest = tail;
        }
    }
    steps
}
