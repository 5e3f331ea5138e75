//! Completes a plan from the configuration it was made from: holes are filled with what the configuration says,
//! and places become those of the configuration. What the plan knows stays as the plan has it.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::provider::{self, Fact};
use super::super::{Evaluation, Input, Resource};
use crate::syntax::template_json;
use crate::value::{
    Built, Entries, Entry, Kind, Mapping, Number, Origin, Rest, Sequence, SequenceKind, Text, Unknown, Value,
};

/// Lists longer than this are joined by position only.
const LONGEST_MATCHED: usize = 256;
/// Values nested deeper keep the plan's places.
const DEEPEST: usize = 64;

/// The plan's variables that the configuration alone does not have, to evaluate it with. Those that agree are
/// left out, so that their places stay those of the configuration.
#[must_use]
pub fn missing_variables(plan: &Evaluation, source: &Evaluation) -> Vec<Input> {
    let have: HashMap<&str, &Value> = source.variables.iter().map(|(name, value)| (&**name, value)).collect();
    let differs = |(name, value): &&(Arc<str>, Value)| {
        have.get(&**name).is_some_and(|have| !have.is_wholly_known() || !same(value, have, 0))
    };
    let missing = plan.variables.iter().filter(differs);
    missing.map(|(name, value)| Input::Value { name: name.to_string(), value: value.clone() }).collect()
}

/// The plan with what `source` (its configuration, evaluated) adds. Resources that only one of them has stay out,
/// or as they are: the plan decides what exists.
#[must_use]
pub fn complete(plan: &Evaluation, source: &Evaluation) -> Evaluation {
    let exact: HashMap<&str, &Resource> =
        source.resources.iter().map(|resource| (&*resource.address, resource)).collect();
    let mut symbolic: HashMap<String, Vec<&Resource>> = HashMap::new();
    for resource in source.resources.iter().filter(|resource| resource.address.contains("[*]")) {
        symbolic.entry(without_keys(&resource.address)).or_default().push(resource);
    }
    let find = |address: &str| {
        exact.get(address).copied().or_else(|| match symbolic.get(&without_keys(address))?.as_slice() {
            [only] => Some(*only),
            _ => None,
        })
    };
    let resources = plan.resources.iter().map(|planned| match find(&planned.address) {
        Some(written) => Resource {
            header: written.header,
            block: written.block,
            calls: written.calls.clone(),
            body: without_unwritten(fill(&planned.body, &written.body, 0), planned, written),
            lifecycle: written.lifecycle.clone(),
            provider: written.provider.clone().or_else(|| planned.provider.clone()),
            depends_on: written.depends_on.clone(),
            ..planned.clone()
        },
        None => planned.clone(),
    });
    Evaluation {
        dir: source.dir.clone(),
        resources: resources.collect(),
        outputs: plan.outputs.clone(),
        variables: plan.variables.clone(),
        files: plan.files.iter().chain(&source.files).cloned().collect(),
        unresolved_modules: Vec::new(),
        undeclared: source.undeclared.clone(),
        diagnostics: plan.diagnostics.iter().chain(&source.diagnostics).cloned().collect(),
        named: source.named.clone(),
        moved: plan.moved.iter().chain(&source.moved).cloned().collect(),
    }
}

/// A resource's arguments without those that a plan alone cannot tell from dynamic blocks, and that the configuration
/// does not write: the provider computes them.
fn without_unwritten(mut body: Value, planned: &Resource, written: &Resource) -> Value {
    let (Some(facts), Kind::Mapping(mapping)) = (provider::facts(planned.mode, &planned.ty), &mut body.kind)
    else {
        return body;
    };
    let says = |name: &str| match &written.body.kind {
        Kind::Mapping(mapping) => {
            mapping.rest.is_some() || mapping.entries.get(name).is_some_and(|entry| !entry.value.is_null())
        }
        _ => true,
    };
    let unwritten = |name: &str, entry: &Entry| {
        matches!(entry.value.kind, Kind::Unknown(_))
            && matches!(facts.get(name), Some(Fact::Attribute(fact)) if fact.computed && fact.may_be_blocks())
            && !says(name)
    };
    if mapping.entries.iter().any(|(name, entry)| unwritten(name, entry)) {
        Arc::make_mut(mapping).entries.retain(|name, entry| !unwritten(name, entry));
    }
    body
}

/// Whether the plan is one of this configuration, now or as it was some changes ago: at least half of its managed
/// resources are declared there.
#[must_use]
pub fn is_plan_of(plan: &Evaluation, source: &Evaluation) -> bool {
    let declared: std::collections::HashSet<String> =
        source.resources.iter().map(|resource| without_keys(&resource.address)).collect();
    let managed = plan.resources.iter().filter(|resource| resource.mode == super::Mode::Managed);
    let (here, all) = managed.fold((0, 0), |(here, all), resource| {
        (here + usize::from(declared.contains(&without_keys(&resource.address))), all + 1)
    });
    here > 0 && here * 2 >= all
}

/// An address without any instance keys.
fn without_keys(address: &str) -> String {
    super::links::names(address).join(".")
}

/// `plan` with the places of `source`, and with its values where the plan has none.
fn fill(plan: &Value, source: &Value, depth: usize) -> Value {
    if depth > DEEPEST {
        return plan.clone();
    }
    let kind = match (&plan.kind, &source.kind) {
        (Kind::Unknown(_), Kind::Null(_)) => return plan.clone(),
        (Kind::Unknown(_), Kind::Unknown(unknown)) if !tells(source, unknown) => {
            let origin = Origin { span: source.origin.span, via: plan.origin.via.clone() };
            return Value { origin, ..plan.clone() };
        }
        (Kind::Unknown(_), _) => {
            return Value { sensitive: plan.sensitive || source.sensitive, ..source.clone() };
        }
        (Kind::Mapping(planned), Kind::Mapping(written)) => {
            Kind::Mapping(Arc::new(mapping(planned, written, &source.origin, depth)))
        }
        (Kind::Sequence(planned), Kind::Sequence(written)) => {
            Kind::Sequence(Arc::new(sequence(planned, written, &source.origin, depth)))
        }
        (Kind::Mapping(_) | Kind::Sequence(_), _) => {
            return relocated(plan, &source.origin, depth);
        }
        (Kind::String(text), Kind::String(written)) if text.as_str() == written.as_str() => {
            source.kind.clone()
        }
        (Kind::String(text), Kind::String(_) | Kind::Unknown(_)) => {
            Kind::String(string(plan, text, source, depth))
        }
        (known, _) => known.clone(),
    };
    let origin = match &source.kind {
        // Of a choice, the branch that the plan took is what a person edits.
        Kind::Unknown(unknown) => {
            let taken = unknown.alternatives.iter().find(|choice| same(plan, choice, 0));
            taken.map_or_else(|| source.origin.clone(), |taken| source.child(taken).origin)
        }
        _ => source.origin.clone(),
    };
    Value { kind, origin, sensitive: plan.sensitive || source.sensitive }
}

/// Whether an unknown of the configuration says more than that it is unknown.
fn tells(value: &Value, unknown: &Unknown) -> bool {
    unknown.built.is_some()
        || unknown.prefix.is_some()
        || !unknown.alternatives.is_empty()
        || value.origin.attribute().is_some()
}

/// A known string; where both hold JSON, with the places inside it.
fn string(plan: &Value, text: &Text, source: &Value, depth: usize) -> Text {
    let is_json = text.as_str().trim_start().starts_with(['{', '[']);
    let plain = || Text::plain(text.shared().clone());
    if !is_json {
        return plain();
    }
    match (template_json::decode(plan), template_json::decode(source)) {
        (Some(Ok(planned)), Some(Ok(written))) => {
            Text::built(text.shared().clone(), Built::Json(fill(&planned, &written, depth + 1)))
        }
        (Some(Ok(planned)), _) => {
            Text::built(text.shared().clone(), Built::Json(relocated(&planned, &source.origin, depth + 1)))
        }
        _ => plain(),
    }
}

fn mapping(plan: &Mapping, source: &Mapping, header: &Origin, depth: usize) -> Mapping {
    let mut entries = Entries::new();
    for (key, entry) in &plan.entries {
        let written = source.entries.get(key);
        let value = match written {
            Some(written) => fill(&entry.value, &written.value, depth + 1),
            // Decided by the provider: the object around it is where it could be set.
            None => relocated(&entry.value, header, depth + 1),
        };
        let key_span = written.map_or(entry.key_span, |written| written.key_span);
        entries.insert(key.clone(), Entry { key_span, value });
    }
    for (key, written) in &source.entries {
        // What the plan leaves out is null, or computed: an unknown dynamic block for example.
        if !entries.contains_key(key) && !written.value.is_wholly_known() {
            entries.insert(key.clone(), written.clone());
        }
    }
    Mapping { kind: source.kind.clone(), entries, rest: plan.rest.clone() }
}

fn sequence(plan: &Sequence, source: &Sequence, origin: &Origin, depth: usize) -> Sequence {
    let template = source.rest.as_deref().and_then(|rest: &Rest| rest.template.as_ref());
    let by_position = plan.items.len() == source.items.len()
        && (plan.items.len() > LONGEST_MATCHED
            || !matches!(source.kind, SequenceKind::Set(_))
                && plan.items.iter().zip(&source.items).all(|(plan, source)| agree(plan, source, 0)));
    let mut used = vec![false; source.items.len()];
    let mut find = |at: usize, item: &Value| -> Option<&Value> {
        if by_position {
            return source.items.get(at);
        }
        if plan.items.len() > LONGEST_MATCHED || source.items.len() > LONGEST_MATCHED {
            return None;
        }
        let found =
            source.items.iter().zip(&used).position(|(written, used)| !used && agree(item, written, 0))?;
        if let Some(used) = used.get_mut(found) {
            *used = true;
        }
        source.items.get(found)
    };
    let items = plan.items.iter().enumerate().map(|(at, item)| match find(at, item).or(template) {
        Some(written) => fill(item, written, depth + 1),
        None => relocated(item, origin, depth + 1),
    });
    let mut items: Vec<Value> = items.collect();
    let mut rest = plan.rest.clone();
    if rest.is_some() {
        // What the plan leaves open is what the configuration has beside the known items.
        rest = source.rest.clone();
        if !by_position && plan.items.len().max(source.items.len()) <= LONGEST_MATCHED {
            items.extend(
                source.items.iter().zip(&used).filter(|(_, used)| !**used).map(|(item, _)| item.clone()),
            );
        } else if source.items.len() != plan.items.len() {
            rest = plan.rest.clone();
        }
    }
    Sequence { items, kind: plan.kind.clone(), rest }
}

/// The plan's value with every place inside it at `origin`; what it refers to stays.
fn relocated(value: &Value, origin: &Origin, depth: usize) -> Value {
    if depth > DEEPEST {
        return value.clone();
    }
    let kind = match &value.kind {
        Kind::Mapping(mapping) => {
            let inside =
                |entry: &Entry| Entry { key_span: None, value: relocated(&entry.value, origin, depth + 1) };
            let entries = mapping.entries.iter().map(|(key, entry)| (key.clone(), inside(entry))).collect();
            Kind::Mapping(Arc::new(Mapping { entries, ..Mapping::clone(mapping) }))
        }
        Kind::Sequence(sequence) => {
            let items = sequence.items.iter().map(|item| relocated(item, origin, depth + 1)).collect();
            Kind::Sequence(Arc::new(Sequence { items, ..Sequence::clone(sequence) }))
        }
        // Its parts have places in the plan.
        Kind::String(text) => Kind::String(Text::plain(text.shared().clone())),
        kind => kind.clone(),
    };
    let via = if value.origin.via.is_some() { value.origin.via.clone() } else { origin.via.clone() };
    Value { kind, origin: Origin { span: origin.span, via }, sensitive: value.sensitive }
}

/// A scalar as Terraform converts it to a string.
fn scalar(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Bool(value) => Some(value.to_string()),
        Kind::Number(number) => Some(Number::to_string(number)),
        Kind::String(text) => Some(text.as_str().to_owned()),
        _ => None,
    }
}

/// Whether two known values are the same, after Terraform's conversions.
fn same(plan: &Value, source: &Value, depth: usize) -> bool {
    let compare = |plan: &Value, source: &Value| depth < DEEPEST && same(plan, source, depth + 1);
    match (&plan.kind, &source.kind) {
        (Kind::Null(_), Kind::Null(_)) => true,
        (Kind::Sequence(plan), Kind::Sequence(source)) => {
            plan.items.len() == source.items.len()
                && plan.items.iter().zip(&source.items).all(|(plan, source)| compare(plan, source))
        }
        (Kind::Mapping(plan), Kind::Mapping(source)) => {
            plan.entries.len() == source.entries.len()
                && plan.entries.iter().all(|(key, entry)| {
                    source.entries.get(key).is_some_and(|other| compare(&entry.value, &other.value))
                })
        }
        _ => scalar(plan).is_some_and(|plan| scalar(source).is_some_and(|source| plan == source)),
    }
}

/// Whether a value of the configuration can be the one of the plan.
fn agree(plan: &Value, source: &Value, depth: usize) -> bool {
    let compare = |plan: &Value, source: &Value| depth >= DEEPEST || agree(plan, source, depth + 1);
    match (&plan.kind, &source.kind) {
        (Kind::Unknown(_), _) | (_, Kind::Unknown(_)) => true,
        (Kind::Null(_), Kind::Null(_)) => true,
        (Kind::Sequence(plan), Kind::Sequence(source)) => {
            source.rest.is_some() || plan.items.len() == source.items.len()
        }
        (Kind::Mapping(plan), Kind::Mapping(source)) => {
            source.entries.iter().filter(|(_, entry)| !entry.value.is_null()).all(|(key, entry)| {
                match plan.entries.get(key) {
                    Some(planned) => compare(&planned.value, &entry.value),
                    None => !entry.value.is_wholly_known() || is_empty(&entry.value),
                }
            })
        }
        _ => scalar(plan).is_some_and(|plan| scalar(source).is_some_and(|source| plan == source)),
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_sequence().is_some_and(|sequence| sequence.items.is_empty())
}
