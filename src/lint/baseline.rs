//! Findings that were accepted: which ones, in a file that people review, and which of today's these are.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::finding::{Finding, Severity, Suppressed, SuppressedBy};
use super::identity::{Identity, file_of};
use super::sink::Judgement;
use crate::source::SourceMap;

/// Version of the shape of a baseline.
pub const SCHEMA: &str = "plimsoll/baseline/1";

/// Accepted findings of one rule in one part of one resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    pub rule: String,
    /// Address without the numbers of `count`; `None` for what has no name but that of its file.
    pub resource: Option<String>,
    pub element: Option<String>,
    /// Path below the boundary, `/` separated: for people, and to tell equal ones apart.
    pub file: String,
    /// How many findings, at least 1.
    #[serde(default = "one")]
    pub count: usize,
}

fn one() -> usize {
    1
}

/// An accepted finding with what it is compared by.
#[derive(Debug)]
struct Accepted {
    identity: Identity,
    file: String,
    /// How many findings are still to be matched.
    left: usize,
    /// Findings worse than this one are not it.
    worst: Option<Severity>,
}

/// Accepted findings.
#[derive(Debug, Default)]
pub struct Baseline {
    entries: Vec<Accepted>,
    by_identity: HashMap<Identity, Vec<usize>>,
}

/// What comparing depends on besides the findings.
pub struct Places<'a> {
    pub sources: &'a SourceMap,
    /// Directory that paths of entries are relative to.
    pub root: &'a std::path::Path,
    /// Whether a file of an entry is not there any more.
    pub is_gone: &'a dyn Fn(&str) -> bool,
}

/// The instances of a finding that are one thing to a baseline.
struct Claim {
    finding: usize,
    instances: Vec<usize>,
    identity: Identity,
    file: String,
    severity: Severity,
}

/// How sure it is that an entry is a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nearness {
    SameFile,
    /// The resource moved to another file of its module.
    SameDirectory,
    /// The file was renamed or moved.
    Renamed,
}

impl Baseline {
    /// Reads a baseline file.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Vec<Entry>, String> {
        #[derive(Deserialize)]
        struct Written {
            entries: Vec<Entry>,
        }
        let value: Value = serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
        match value.get("schema").and_then(Value::as_str) {
            Some(SCHEMA) => {}
            Some(other) if other.starts_with("plimsoll/baseline/") => {
                return Err(format!("it is a `{other}`, and this version reads `{SCHEMA}`"));
            }
            _ => return Err(format!("it is no baseline: `\"schema\": \"{SCHEMA}\"` is missing")),
        }
        let written: Written =
            serde_json::from_value(value).map_err(|error| format!("an entry is wrong: {error}"))?;
        if written.entries.iter().any(|entry| entry.count == 0) {
            return Err("an entry is wrong: `count` must be at least 1".to_owned());
        }
        Ok(written.entries)
    }

    /// Makes entries ready for comparison.
    #[must_use]
    pub fn new(entries: &[Entry]) -> Self {
        Self::of(entries.iter().map(|entry| {
            let Entry { rule, resource, element, file, count } = entry.clone();
            Accepted { identity: Identity { rule, resource, element }, file, left: count, worst: None }
        }))
    }

    fn of(entries: impl Iterator<Item = Accepted>) -> Self {
        let entries: Vec<Accepted> = entries.collect();
        let mut by_identity: HashMap<Identity, Vec<usize>> = HashMap::new();
        for (at, entry) in entries.iter().enumerate() {
            by_identity.entry(entry.identity.clone()).or_default().push(at);
        }
        Self { entries, by_identity }
    }

    /// The findings of another state of the files; `renamed` says what a path of that state is called today.
    pub(crate) fn of_state(
        judgement: &Judgement,
        places: &Places<'_>,
        renamed: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let claims = claims(&judgement.findings, places);
        Self::of(claims.into_iter().map(|claim| Accepted {
            file: renamed(&claim.file).unwrap_or(claim.file),
            identity: claim.identity,
            left: 1,
            worst: Some(claim.severity),
        }))
    }

    /// For each finding, which of its instances are in the baseline. What was found is not found again.
    pub(crate) fn take(&mut self, findings: &[Finding], places: &Places<'_>) -> Vec<Vec<bool>> {
        let mut taken: Vec<Vec<bool>> =
            findings.iter().map(|finding| vec![false; finding.instances.len()]).collect();
        let mut open = claims(findings, places);
        for nearness in [Nearness::SameFile, Nearness::SameDirectory, Nearness::Renamed] {
            open.retain(|claim| {
                let found = self.consume(claim, nearness, places);
                if found && let Some(of_finding) = taken.get_mut(claim.finding) {
                    for at in &claim.instances {
                        of_finding.get_mut(*at).into_iter().for_each(|taken| *taken = true);
                    }
                }
                !found
            });
        }
        taken
    }

    fn consume(&mut self, claim: &Claim, nearness: Nearness, places: &Places<'_>) -> bool {
        let Some(candidates) = self.by_identity.get(&claim.identity) else { return false };
        for at in candidates {
            let Some(entry) = self.entries.get_mut(*at).filter(|entry| entry.left > 0) else { continue };
            let is_near = match nearness {
                Nearness::SameFile => entry.file == claim.file,
                // Of what is named by its file alone, another one is another thing while the file is there.
                Nearness::SameDirectory => {
                    claim.identity.resource.is_some() && directory(&entry.file) == directory(&claim.file)
                }
                Nearness::Renamed => (places.is_gone)(&entry.file),
            };
            if is_near && entry.worst.is_none_or(|worst| claim.severity <= worst) {
                entry.left -= 1;
                return true;
            }
        }
        false
    }

    /// Takes accepted findings out of a judgement.
    pub(crate) fn suppress(&mut self, judgement: &mut Judgement, places: &Places<'_>) {
        let taken = self.take(&judgement.findings, places);
        let findings = std::mem::take(&mut judgement.findings);
        for (mut finding, taken) in findings.into_iter().zip(taken) {
            let mut taken = taken.into_iter();
            let (accepted, new): (Vec<_>, Vec<_>) = std::mem::take(&mut finding.instances)
                .into_iter()
                .partition(|_| taken.next().unwrap_or_default());
            if !accepted.is_empty() {
                let mut finding = finding.clone();
                finding.keep_instances(accepted);
                judgement.suppressed.push(Suppressed {
                    finding,
                    by: SuppressedBy::Baseline,
                    reason: None,
                    until: None,
                });
            }
            if !new.is_empty() {
                finding.keep_instances(new);
                judgement.findings.push(finding);
            }
        }
        judgement.sort_suppressed(places.sources);
    }

    /// What was not found since: entries with the number of findings that are missing.
    pub(crate) fn unmatched(&self) -> Vec<Entry> {
        let left = self.entries.iter().filter(|entry| entry.left > 0).map(Accepted::as_entry);
        merged(left)
    }
}

impl Accepted {
    fn as_entry(&self) -> Entry {
        let Identity { rule, resource, element } = self.identity.clone();
        Entry { rule, resource, element, file: self.file.clone(), count: self.left }
    }
}

/// Entries that accept these findings.
pub(crate) fn entries_of(findings: &[Finding], places: &Places<'_>) -> Vec<Entry> {
    merged(claims(findings, places).into_iter().map(|claim| {
        let Identity { rule, resource, element } = claim.identity;
        Entry { rule, resource, element, file: claim.file, count: 1 }
    }))
}

/// Equal entries as one, in the order of the file.
#[must_use]
pub fn merged(entries: impl IntoIterator<Item = Entry>) -> Vec<Entry> {
    let mut counts: BTreeMap<Entry, usize> = BTreeMap::new();
    for mut entry in entries {
        let count = std::mem::take(&mut entry.count);
        *counts.entry(entry).or_default() += count;
    }
    counts.into_iter().map(|(entry, count)| Entry { count, ..entry }).collect()
}

/// A baseline as it is written: one entry a line, so that a diff shows what was accepted.
#[must_use]
pub fn to_json(entries: &[Entry]) -> String {
    let mut text = format!("{{\n  \"schema\": \"{SCHEMA}\",\n  \"entries\": [");
    for (at, entry) in entries.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(text, "{comma}\n    {{\"rule\": {}", Value::from(entry.rule.as_str()));
        for (key, value) in [("resource", &entry.resource), ("element", &entry.element)] {
            let _ = write!(text, ", \"{key}\": {}", Value::from(value.as_deref()));
        }
        let _ =
            write!(text, ", \"file\": {}, \"count\": {}}}", Value::from(entry.file.as_str()), entry.count);
    }
    text.push_str(if entries.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" });
    text
}

fn claims(findings: &[Finding], places: &Places<'_>) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    for (at, finding) in findings.iter().enumerate() {
        let first = claims.len();
        for (index, instance) in finding.instances.iter().enumerate() {
            let identity = Identity::of(finding, instance, places.sources);
            let file = places.sources.path_below(file_of(finding, instance), places.root).into_owned();
            let mut own = claims.iter_mut().skip(first);
            match own.find(|claim| claim.identity == identity && claim.file == file) {
                Some(claim) => claim.instances.push(index),
                None => claims.push(Claim {
                    finding: at,
                    instances: vec![index],
                    identity,
                    file,
                    severity: finding.severity,
                }),
            }
        }
    }
    claims
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_baseline_reads_what_it_writes() {
        let entry = |rule: &str, resource: Option<&str>, count| Entry {
            rule: rule.to_owned(),
            resource: resource.map(str::to_owned),
            element: None,
            file: "infra/\"odd\"\n.tf".to_owned(),
            count,
        };
        let entries = merged([
            entry("b", None, 1),
            entry("a", Some("x[\"k\"]"), 2),
            entry("b", None, 3),
            entry("a", None, 1),
        ]);
        let counts: Vec<_> = entries.iter().map(|entry| (entry.rule.as_str(), entry.count)).collect();
        assert_eq!(counts, [("a", 1), ("a", 2), ("b", 4)]);
        assert_eq!(Baseline::parse(&to_json(&entries)).unwrap(), entries);
        assert_eq!(Baseline::parse(&to_json(&[])).unwrap(), []);
    }

    #[test]
    fn what_is_no_baseline_is_told() {
        let cases = [
            ("[", "it is no JSON"),
            ("{}", "it is no baseline"),
            (r#"{"schema": "plimsoll/baseline/2", "entries": []}"#, "this version reads"),
            (r#"{"schema": "plimsoll/baseline/1"}"#, "missing field `entries`"),
            (
                r#"{"schema": "plimsoll/baseline/1", "entries": [{"rule": "a", "file": "x", "count": 0}]}"#,
                "at least 1",
            ),
        ];
        for (text, expected) in cases {
            let error = Baseline::parse(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
