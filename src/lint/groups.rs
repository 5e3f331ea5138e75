//! What one rule found, brought together by cause: findings of equal place, severity and message, and checks that one
//! cause keeps open. Each look-up takes the same time however much was found before.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::BuildHasher;
use std::sync::Arc;

use super::finding::{Finding, Instance, Severity, Undecided};
use super::text::RuleId;
use crate::source::Span;
use crate::value::Cause;

/// What is equal for all instances of a finding; of the message a hash.
pub(super) type Key = (Span, Severity, u64);

/// Findings of one rule by cause, in the order in which they were met.
#[derive(Default)]
pub(super) struct Groups {
    groups: Vec<Group>,
    /// The last group of each key.
    by_key: HashMap<Key, usize>,
    hasher: RandomState,
}

pub(super) struct Group {
    pub(super) finding: Finding,
    /// The first instance of each address, from [`Group::MANY`] instances on.
    by_address: HashMap<Arc<str>, usize>,
    /// The group before this one whose message has the same hash.
    before: Option<usize>,
}

impl Groups {
    pub(super) fn key(&self, span: Span, severity: Severity, message: &str) -> Key {
        (span, severity, self.hasher.hash_one(message))
    }

    pub(super) fn get_mut(&mut self, key: Key, message: &str) -> Option<&mut Group> {
        let mut at = self.by_key.get(&key).copied();
        while let Some(group) = at.and_then(|at| self.groups.get(at)) {
            if group.finding.message == message {
                break;
            }
            at = group.before;
        }
        self.groups.get_mut(at?)
    }

    /// Adds the first of a group that is not there yet.
    pub(super) fn insert(&mut self, key: Key, finding: Finding) {
        let before = self.by_key.insert(key, self.groups.len());
        self.groups.push(Group { finding, by_address: HashMap::new(), before });
    }

    pub(super) fn sort_instances(&mut self) {
        for group in &mut self.groups {
            group.by_address = HashMap::new();
            group.finding.instances.sort_by(|a, b| a.address.cmp(&b.address));
        }
    }

    pub(super) fn finish(self) -> impl Iterator<Item = Finding> {
        self.groups.into_iter().map(|group| group.finding)
    }
}

impl Group {
    /// From this number of instances on they are looked up by address.
    const MANY: usize = 8;

    /// As [`Finding::add_instance`].
    pub(super) fn add_instance(&mut self, instance: Instance) -> bool {
        let known = self.finding.instances.len();
        if known < Self::MANY {
            return self.finding.add_instance(instance);
        }
        if self.by_address.is_empty() {
            for (at, of) in self.finding.instances.iter().enumerate() {
                self.by_address.entry(of.address.clone()).or_insert(at);
            }
        }
        if self.by_address.contains_key(&instance.address) {
            return self.finding.add_instance(instance);
        }
        self.by_address.insert(instance.address.clone(), known);
        self.finding.instances.push(instance);
        true
    }
}

/// Open checks of one rule by cause.
#[derive(Default)]
pub(super) struct OpenPlaces {
    /// The first place in question, and the resources.
    by_cause: BTreeMap<Cause, (Span, HashSet<Arc<str>>)>,
}

impl OpenPlaces {
    pub(super) fn add(&mut self, cause: &Cause, span: Span, address: &Arc<str>) {
        let Some((first, instances)) = self.by_cause.get_mut(cause) else {
            self.by_cause.insert(cause.clone(), (span, HashSet::from([address.clone()])));
            return;
        };
        if first.file == span.file && span.start < first.start {
            *first = span;
        }
        if !instances.contains(address) {
            instances.insert(address.clone());
        }
    }

    pub(super) fn finish(self, rule: &RuleId) -> Vec<Undecided> {
        let records = self.by_cause.into_iter().map(|(cause, (span, instances))| {
            let mut instances: Vec<Arc<str>> = instances.into_iter().collect();
            instances.sort_unstable();
            Undecided { rule: rule.clone(), cause, span, instances }
        });
        records.collect()
    }
}
