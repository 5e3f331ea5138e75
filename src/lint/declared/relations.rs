//! What is connected to what: the links of the model followed in both directions, and for resources as written what
//! they refer to. Worked out once a run, when a rule first asks.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::condition::Select;
use super::tables::{Nodes, SELECTABLE};
use super::view::{Fields, Follow};
use crate::model::address::Address;
use crate::model::network::SecurityGroup;
use crate::model::{Deployment, Items, RawResource, Unit};
use crate::value::{Built, Cause, Causes, Kind as ValueKind, Part, Step, Value};

/// Values nested deeper than this are not searched for references.
const DEEPEST: usize = 24;

/// Which node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    kind: &'static str,
    identity: usize,
}

impl Key {
    pub(super) fn of(node: &dyn Fields) -> Self {
        Self { kind: node.kind().name, identity: node.identity() }
    }

    /// By position among the resources as written.
    pub(super) fn resource(at: usize) -> Self {
        Self { kind: "", identity: at }
    }
}

#[derive(Debug, Default)]
pub(super) struct Relations<'a> {
    nodes: HashMap<Key, Vec<&'a dyn Fields>>,
    /// Links of one node to a kind that cannot be followed.
    open: HashMap<(Key, &'static str), Causes>,
    /// Links of a kind to a kind that cannot be followed: any node may be meant.
    open_between: HashMap<(&'static str, &'static str), Causes>,
    resources: HashMap<usize, BTreeSet<usize>>,
    /// Why a resource may refer to others that are not seen.
    open_resources: HashMap<usize, Causes>,
    open_by_type: HashMap<Arc<str>, Causes>,
    missing: HashMap<Unit, Causes>,
}

impl<'a> Relations<'a> {
    pub(super) fn of(deployment: &'a Deployment) -> Self {
        let mut relations = Self::default();
        for selectable in SELECTABLE {
            match selectable.nodes {
                Nodes::Family(visit) => visit(deployment, &mut |node| relations.add(node, deployment)),
                Nodes::Containers => {
                    for task in &deployment.task_definitions {
                        task.containers.with_template().for_each(|node| relations.add(node, deployment));
                    }
                }
                Nodes::SecurityGroupRules => {
                    let groups = deployment.security_groups.iter();
                    groups
                        .flat_map(SecurityGroup::inline_rules)
                        .flat_map(Items::with_template)
                        .chain(&deployment.security_group_rules)
                        .for_each(|node| relations.add(node, deployment));
                }
                // Nothing links workflows and resources.
                Nodes::Jobs | Nodes::Steps => {}
            }
        }
        relations.add_resources(&deployment.resources);
        for module in &deployment.missing_modules {
            let cause = Cause::UnresolvedModule { source: module.source.clone() };
            relations.missing.entry(module.unit).or_default().add(cause);
        }
        relations
    }

    fn add(&mut self, node: &'a dyn Fields, deployment: &'a Deployment) {
        let key = Key::of(node);
        node.visit_links(deployment, &mut |kind, follow| match follow {
            Follow::To(target) => {
                self.nodes.entry(key).or_default().push(target);
                self.nodes.entry(Key::of(target)).or_default().push(node);
            }
            Follow::Unknown(causes) => {
                self.open.entry((key, kind.name)).or_default().add_all(causes);
                self.open_between.entry((key.kind, kind.name)).or_default().add_all(causes);
            }
            Follow::NotFound(_) | Follow::Absent => {}
        });
    }

    fn add_resources(&mut self, resources: &[RawResource]) {
        let mut by_base: HashMap<(Unit, &str), Vec<usize>> = HashMap::new();
        for (at, resource) in resources.iter().enumerate() {
            let base = Address::parse(&resource.meta.address).base;
            by_base.entry((resource.meta.unit, base)).or_default().push(at);
        }
        for (at, resource) in resources.iter().enumerate() {
            let mut found = Mentions::default();
            found.search(&resource.arguments, 0);
            for address in &found.addresses {
                let base = Address::parse(address).base;
                let named = by_base.get(&(resource.meta.unit, base)).map_or(&[][..], Vec::as_slice);
                // With an instance key the one instance is meant, else all of the block.
                let exact: Vec<usize> = named
                    .iter()
                    .copied()
                    .filter(|to| resources.get(*to).is_some_and(|to| to.meta.address == *address))
                    .collect();
                let targets = if exact.is_empty() { named } else { exact.as_slice() };
                for to in targets.iter().filter(|to| **to != at) {
                    self.resources.entry(at).or_default().insert(*to);
                    self.resources.entry(*to).or_default().insert(at);
                }
            }
            if !found.open.is_empty() {
                self.open_by_type.entry(resource.meta.kind.clone()).or_default().add_all(&found.open);
                self.open_resources.insert(at, found.open);
            }
        }
    }

    /// Nodes connected to this one; one that is linked twice comes twice.
    pub(super) fn nodes(&self, key: Key) -> impl Iterator<Item = &'a dyn Fields> {
        self.nodes.get(&key).into_iter().flatten().copied()
    }

    /// Positions of the resources connected to this one.
    pub(super) fn resources(&self, key: Key) -> impl Iterator<Item = usize> {
        self.resources.get(&key.identity).into_iter().flatten().copied()
    }

    /// Why a connection may exist that is not seen.
    pub(super) fn open(&self, key: Key, to: &Select, unit: Unit) -> Causes {
        let mut causes = self.missing.get(&unit).cloned().unwrap_or_default();
        let mut add = |further: Option<&Causes>| further.into_iter().for_each(|more| causes.add_all(more));
        match to {
            Select::Kind(kind) => {
                let kind = (kind.kind)().name;
                add(self.open.get(&(key, kind)));
                add(self.open_between.get(&(kind, key.kind)));
            }
            Select::Resource(ty) => {
                add(self.open_resources.get(&key.identity));
                add(self.open_by_type.get(ty));
            }
        }
        causes
    }
}

/// What the arguments of a resource refer to.
#[derive(Default)]
struct Mentions {
    addresses: HashSet<Arc<str>>,
    /// Values that may name any resource.
    open: Causes,
}

impl Mentions {
    fn search(&mut self, value: &Value, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        let mut named = false;
        for via in value.origin.steps() {
            if let Step::Attribute { address, .. } = &via.step {
                named = true;
                self.addresses.insert(address.clone());
            }
        }
        match &value.kind {
            ValueKind::Sequence(sequence) => {
                let template = sequence.rest.as_ref().and_then(|rest| rest.template.as_ref());
                sequence.items.iter().chain(template).for_each(|item| self.search(item, depth + 1));
                if let Some(rest) = &sequence.rest {
                    self.open.add_all(&rest.causes);
                }
            }
            ValueKind::Mapping(mapping) => {
                mapping.entries.values().for_each(|entry| self.search(&entry.value, depth + 1));
                if let Some(rest) = &mapping.rest {
                    self.open.add_all(&rest.causes);
                }
            }
            ValueKind::String(text) => self.built(text.built.as_deref(), depth),
            ValueKind::Unknown(unknown) => {
                self.built(unknown.built.as_deref(), depth);
                unknown.alternatives.iter().for_each(|choice| self.search(choice, depth + 1));
                if !named && unknown.built.is_none() && unknown.alternatives.is_empty() {
                    self.open.add_all(&unknown.causes);
                }
            }
            ValueKind::Null(_) | ValueKind::Bool(_) | ValueKind::Number(_) => {}
        }
    }

    fn built(&mut self, built: Option<&Built>, depth: usize) {
        match built {
            Some(Built::Json(value)) => self.search(value, depth + 1),
            Some(Built::Template(parts)) => {
                for part in parts {
                    if let Part::Hole(value) = part {
                        self.search(value, depth + 1);
                    }
                }
            }
            None => {}
        }
    }
}
