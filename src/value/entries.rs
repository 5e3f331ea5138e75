//! The members of a mapping, by key. Most objects have a few, which lie side by side; a tree of nodes with room
//! for eleven members each would take several times the memory.

use std::collections::{BTreeMap, btree_map};
use std::sync::Arc;
use std::{slice, vec};

use super::Entry;

/// More members than this are kept in a tree: adding one never moves more than these.
const MOST_FLAT: usize = 24;

/// Members in order of key, each key once.
#[derive(Debug, Clone)]
pub struct Entries {
    kept: Kept,
}

type Member = (Arc<str>, Entry);

#[derive(Debug, Clone)]
enum Kept {
    Flat(Vec<Member>),
    Tree(BTreeMap<Arc<str>, Entry>),
}

impl Default for Entries {
    fn default() -> Self {
        Self::new()
    }
}

impl Entries {
    #[must_use]
    pub const fn new() -> Self {
        Self { kept: Kept::Flat(Vec::new()) }
    }

    /// None yet, with room for about `members`.
    #[must_use]
    pub fn with_capacity(members: usize) -> Self {
        Self { kept: Kept::Flat(Vec::with_capacity(members.min(MOST_FLAT))) }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        match &self.kept {
            Kept::Flat(members) => members.len(),
            Kept::Tree(members) => members.len(),
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Entry> {
        match &self.kept {
            Kept::Flat(members) => members.get(place(members, key).ok()?).map(|(_, entry)| entry),
            Kept::Tree(members) => members.get(key),
        }
    }

    pub fn get_mut(&mut self, key: &str) -> Option<&mut Entry> {
        match &mut self.kept {
            Kept::Flat(members) => {
                let at = place(members, key).ok()?;
                members.get_mut(at).map(|(_, entry)| entry)
            }
            Kept::Tree(members) => members.get_mut(key),
        }
    }

    #[must_use]
    pub fn contains_key(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Adds a member; the one that had the key before is given back.
    pub fn insert(&mut self, key: Arc<str>, entry: Entry) -> Option<Entry> {
        let members = match &mut self.kept {
            Kept::Tree(members) => return members.insert(key, entry),
            Kept::Flat(members) => members,
        };
        let at = match members.last() {
            Some((last, _)) if **last >= *key => place(members, &key),
            Some(_) | None => Err(members.len()),
        };
        match at {
            Ok(at) => members.get_mut(at).map(|(_, before)| std::mem::replace(before, entry)),
            Err(_) if members.len() >= MOST_FLAT => {
                let mut tree: BTreeMap<_, _> = std::mem::take(members).into_iter().collect();
                tree.insert(key, entry);
                self.kept = Kept::Tree(tree);
                None
            }
            Err(at) => {
                members.insert(at, (key, entry));
                None
            }
        }
    }

    /// Adds a member where there is none of that key.
    pub fn fill(&mut self, key: &str, make: impl FnOnce() -> Entry) {
        if !self.contains_key(key) {
            self.insert(key.into(), make());
        }
    }

    pub fn remove(&mut self, key: &str) -> Option<Entry> {
        match &mut self.kept {
            Kept::Flat(members) => place(members, key).ok().map(|at| members.remove(at).1),
            Kept::Tree(members) => members.remove(key),
        }
    }

    /// Keeps the members for which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&Arc<str>, &Entry) -> bool) {
        match &mut self.kept {
            Kept::Flat(members) => members.retain(|(key, entry)| keep(key, entry)),
            Kept::Tree(members) => members.retain(|key, entry| keep(key, entry)),
        }
    }

    #[must_use]
    pub fn iter(&self) -> Iter<'_> {
        match &self.kept {
            Kept::Flat(members) => Iter::Flat(members.iter()),
            Kept::Tree(members) => Iter::Tree(members.iter()),
        }
    }

    pub fn keys(&self) -> impl Iterator<Item = &Arc<str>> {
        self.iter().map(|(key, _)| key)
    }

    pub fn values(&self) -> impl Iterator<Item = &Entry> {
        self.iter().map(|(_, entry)| entry)
    }

    pub fn iter_mut(&mut self) -> IterMut<'_> {
        match &mut self.kept {
            Kept::Flat(members) => IterMut::Flat(members.iter_mut()),
            Kept::Tree(members) => IterMut::Tree(members.iter_mut()),
        }
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.iter_mut().map(|(_, entry)| entry)
    }
}

/// Where the key is, or where it belongs.
fn place(members: &[Member], key: &str) -> Result<usize, usize> {
    members.binary_search_by(|(of, _)| (**of).cmp(key))
}

#[derive(Debug, Clone)]
pub enum Iter<'a> {
    Flat(slice::Iter<'a, Member>),
    Tree(btree_map::Iter<'a, Arc<str>, Entry>),
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a Arc<str>, &'a Entry);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Flat(members) => members.next().map(|(key, entry)| (key, entry)),
            Self::Tree(members) => members.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Flat(members) => members.size_hint(),
            Self::Tree(members) => members.size_hint(),
        }
    }
}

#[derive(Debug)]
pub enum IterMut<'a> {
    Flat(slice::IterMut<'a, Member>),
    Tree(btree_map::IterMut<'a, Arc<str>, Entry>),
}

impl<'a> Iterator for IterMut<'a> {
    type Item = (&'a Arc<str>, &'a mut Entry);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Flat(members) => members.next().map(|(key, entry)| (&*key, entry)),
            Self::Tree(members) => members.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Flat(members) => members.size_hint(),
            Self::Tree(members) => members.size_hint(),
        }
    }
}

#[derive(Debug)]
pub enum IntoIter {
    Flat(vec::IntoIter<Member>),
    Tree(btree_map::IntoIter<Arc<str>, Entry>),
}

impl Iterator for IntoIter {
    type Item = Member;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Flat(members) => members.next(),
            Self::Tree(members) => members.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Flat(members) => members.size_hint(),
            Self::Tree(members) => members.size_hint(),
        }
    }
}

impl<'a> IntoIterator for &'a Entries {
    type Item = (&'a Arc<str>, &'a Entry);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl<'a> IntoIterator for &'a mut Entries {
    type Item = (&'a Arc<str>, &'a mut Entry);
    type IntoIter = IterMut<'a>;

    fn into_iter(self) -> IterMut<'a> {
        self.iter_mut()
    }
}

impl IntoIterator for Entries {
    type Item = Member;
    type IntoIter = IntoIter;

    fn into_iter(self) -> IntoIter {
        match self.kept {
            Kept::Flat(members) => IntoIter::Flat(members.into_iter()),
            Kept::Tree(members) => IntoIter::Tree(members.into_iter()),
        }
    }
}

impl Extend<Member> for Entries {
    fn extend<I: IntoIterator<Item = Member>>(&mut self, members: I) {
        for (key, entry) in members {
            self.insert(key, entry);
        }
    }
}

impl FromIterator<Member> for Entries {
    /// Of members with the same key the last one is kept.
    fn from_iter<I: IntoIterator<Item = Member>>(members: I) -> Self {
        let members = members.into_iter();
        let mut entries = Self::with_capacity(members.size_hint().0);
        entries.extend(members);
        entries
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::source::{SourceMap, Span};
    use crate::value::{Origin, Value};

    fn entry(number: usize) -> Entry {
        let span = Span::new(SourceMap::default().add_pseudo("a", ""), 0..0);
        Entry { key_span: None, value: Value::string(number.to_string(), Origin::at(span)) }
    }

    fn shown(entries: &Entries) -> Vec<(String, String)> {
        entries.iter().map(|(key, of)| (key.to_string(), of.value.as_str().unwrap().to_owned())).collect()
    }

    #[test]
    fn members_are_those_of_a_sorted_map_whatever_their_number() {
        for count in [0, 1, 5, MOST_FLAT, MOST_FLAT + 1, 200] {
            let mut entries = Entries::new();
            let mut wanted = BTreeMap::new();
            // Neither sorted nor each once.
            for number in 0..count * 2 {
                let key = format!("k{}", number * 37 % count);
                let before = entries.insert(key.as_str().into(), entry(number));
                let of = before.map(|before| before.value.as_str().unwrap().to_owned());
                assert_eq!(of, wanted.insert(key, number.to_string()));
            }
            let all: Vec<(String, String)> = wanted.clone().into_iter().collect();
            assert_eq!(shown(&entries), all);
            assert_eq!(shown(&entries.clone().into_iter().collect()), all);
            assert_eq!((entries.len(), entries.is_empty()), (count, count == 0));
            for key in wanted.keys() {
                assert!(entries.contains_key(key) && entries.get_mut(key).is_some());
            }
            assert!(!entries.contains_key("k") && entries.get_mut("z").is_none());
            entries.fill("k0", || entry(7));
            entries.fill("z", || entry(7));
            assert_eq!(entries.remove("z").unwrap().value.as_str(), Some("7"));
            assert!(entries.remove("z").is_none());
            entries.values_mut().for_each(|of| of.value.sensitive = true);
            assert!(entries.values().all(|of| of.value.sensitive));
            assert_eq!(entries.keys().count(), count.max(1));
            entries.retain(|key, _| &**key != "k0");
            assert_eq!(entries.len(), count.max(1) - 1);
        }
    }
}
