//! The table of rules: id to check. Facts come from the pages under `rules/`; a test holds both together.

use std::sync::LazyLock;

use super::rule::{Check, Rule, RuleInfo};
use super::rules::FAMILIES;

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// Rules reported while reading; the others stand in the tables of their families.
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
    INPUT.iter().chain(FAMILIES.iter().flat_map(|family| family.iter()))
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    INFOS
        .iter()
        .filter_map(|info| {
            let (_, check) = checks().find(|(id, _)| *id == info.id)?;
            Some(Rule { info, check: *check })
        })
        .collect()
});

/// All rules, in order of id.
#[must_use]
pub fn rules() -> &'static [Rule] {
    &RULES
}

/// Facts of a rule, by id.
#[must_use]
pub fn info(id: &str) -> Option<&'static RuleInfo> {
    INFOS.binary_search_by(|info| info.id.cmp(id)).ok().and_then(|at| INFOS.get(at))
}

/// Every rule page's facts, in order of id.
#[must_use]
pub fn infos() -> &'static [RuleInfo] {
    INFOS
}

/// Rules that carry `alias`, an id of another tool (compared without case).
pub fn by_alias(alias: &str) -> impl Iterator<Item = &'static RuleInfo> {
    INFOS.iter().filter(move |info| {
        info.aliases.iter().any(|known| {
            known.eq_ignore_ascii_case(alias)
                || known.split_once(':').is_some_and(|(_, id)| id.eq_ignore_ascii_case(alias))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_checks_match() {
        let pages: Vec<&str> = INFOS.iter().map(|info| info.id).collect();
        let mut checks: Vec<&str> = checks().map(|(id, _)| *id).collect();
        checks.sort_unstable();
        assert_eq!(pages, checks, "every page has a check and every check a page");
    }
}
