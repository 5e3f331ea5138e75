//! The catalogue of rules: id to facts and check. Facts of built-in rules come from the pages under `rules/`; a test
//! holds both together.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use super::declared::parse::resource_types;
use super::declared::{BuiltIn, Declared};
use super::rule::{Check, Rule, RuleInfo};
use super::rules::FAMILIES;
use super::text::{Text, Texts};

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// Rules reported while reading. Declarative ones are in their pages, the others in the tables of their families.
const INPUT: &[(&str, Check)] = &[
    ("duplicate-key", Check::Input),
    ("evaluation-error", Check::Input),
    ("failed-check", Check::Input),
    ("ignore-expired", Check::Input),
    ("ignore-unknown-rule", Check::Input),
    ("ignore-unused", Check::Input),
    ("limit-reached", Check::Input),
    ("reference-cycle", Check::Input),
    ("syntax-error", Check::Input),
    ("unknown-field", Check::Input),
    ("wrong-type", Check::Input),
];

fn checks() -> impl Iterator<Item = &'static (&'static str, Check)> {
    INPUT.iter().chain(DECLARED).chain(FAMILIES.iter().flat_map(|family| family.iter()))
}

static BUILT_IN: LazyLock<Vec<Rule<'static>>> = LazyLock::new(|| {
    INFOS
        .iter()
        .filter_map(|info| {
            let (_, check) = checks().find(|(id, _)| info.id == *id)?;
            Some(Rule { info, check })
        })
        .collect()
});

/// The rules of a run: the built-in ones, and those that the user wrote. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// In order of id; no id of a built-in rule.
    own: Arc<[OwnRule]>,
}

/// A rule that the user wrote.
#[derive(Debug)]
pub struct OwnRule {
    pub info: RuleInfo,
    pub check: Check,
}

impl Catalogue {
    /// The built-in rules together with the user's, whose ids must be new.
    #[must_use]
    pub fn with(mut own: Vec<OwnRule>) -> Self {
        own.sort_by(|a, b| a.info.id.cmp(&b.info.id));
        Self { own: own.into() }
    }

    /// All rules that can run: built-in ones first, each part in order of id.
    pub fn rules(&self) -> impl Iterator<Item = Rule<'_>> {
        let own = self.own.iter().map(|rule| Rule { info: &rule.info, check: &rule.check });
        BUILT_IN.iter().copied().chain(own)
    }

    /// Facts of a rule, by id.
    #[must_use]
    pub fn info(&self, id: &str) -> Option<&RuleInfo> {
        let built_in = INFOS.binary_search_by(|info| info.id.as_str().cmp(id)).ok();
        built_in.and_then(|at| INFOS.get(at)).or_else(|| {
            let at = self.own.binary_search_by(|rule| rule.info.id.as_str().cmp(id)).ok()?;
            self.own.get(at).map(|rule| &rule.info)
        })
    }

    /// Facts of every rule, in the order of [`rules`](Self::rules).
    pub fn infos(&self) -> impl Iterator<Item = &RuleInfo> {
        INFOS.iter().chain(self.own.iter().map(|rule| &rule.info))
    }

    /// Terraform resource types whose arguments the user's rules look at.
    #[must_use]
    pub fn resource_types(&self) -> BTreeSet<Arc<str>> {
        let checks = self.own.iter().filter_map(|rule| match &rule.check {
            Check::Declared(Declared::Own(own)) => Some(&own.0),
            _ => None,
        });
        checks.flat_map(|checks| resource_types(checks)).collect()
    }

    /// Rules that carry `alias`, an id of another tool (compared without case).
    pub fn by_alias(&self, alias: &str) -> impl Iterator<Item = &RuleInfo> {
        self.infos().filter(move |info| {
            info.aliases.iter().any(|known| {
                known.eq_ignore_ascii_case(alias)
                    || known.split_once(':').is_some_and(|(_, id)| id.eq_ignore_ascii_case(alias))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::*;

    #[test]
    fn declared_checks_are_right() {
        assert!(!DECLARED.is_empty());
        for (id, check) in DECLARED {
            let Check::Declared(Declared::BuiltIn(check)) = check else { unreachable!("{id}") };
            let read = check.parse().unwrap_or_else(|mistakes| panic!("{id}: {mistakes:?}"));
            assert!(!read.is_empty(), "{id}");
        }
    }

    #[test]
    fn pages_and_checks_match() {
        let pages: Vec<&str> = INFOS.iter().map(|info| &*info.id).collect();
        let mut checks: Vec<&str> = checks().map(|(id, _)| *id).collect();
        checks.sort_unstable();
        assert_eq!(pages, checks, "every page has a check and every check a page");
    }
}
