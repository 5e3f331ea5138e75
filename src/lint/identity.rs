//! Which finding it is, wherever it stands: rule, resource and element. No value, and no hash of one.

use std::collections::HashMap;
use std::fmt::Write as _;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::finding::{Finding, Instance};
use super::policy::Policy;
use crate::source::{FileId, SourceMap};

/// What stays the same when lines move, files are renamed and resources change their order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Identity {
    pub(crate) rule: String,
    /// Address without numeric keys; `None` for what has no name but that of its file.
    pub(crate) resource: Option<String>,
    pub(crate) element: Option<String>,
}

impl Identity {
    /// What a finding is of one of its instances.
    pub(crate) fn of(finding: &Finding, instance: &Instance, sources: &SourceMap) -> Self {
        Self {
            rule: finding.rule.to_string(),
            resource: resource(instance, file_of(finding, instance), sources),
            element: match (finding.element.as_deref().map(element), &finding.part) {
                (Some(element), Some(part)) => Some(format!("{element}, {part}")),
                (element, part) => element.or_else(|| part.clone()),
            },
        }
    }
}

/// The file that an instance of a finding is in: that of its resource, which stays when the cause moves.
pub(crate) fn file_of(finding: &Finding, instance: &Instance) -> FileId {
    instance.block.first().map_or(finding.primary.file, |block| block.file)
}

fn resource(instance: &Instance, file: FileId, sources: &SourceMap) -> Option<String> {
    let address = &*instance.address;
    // A file's name and that of a root module depend on where the run was started.
    let is_place = address == sources.name(file) || address.starts_with("root module ");
    (!is_place && !address.is_empty()).then(|| without_numbers(address))
}

/// The address without the numbers of `count`: they say how many there are, not which.
pub(crate) fn without_numbers(address: &str) -> String {
    let mut kept = String::with_capacity(address.len());
    let mut quoted = false;
    let mut escaped = false;
    let mut rest = address.chars();
    while let Some(c) = rest.next() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' if !quoted => {
                let after = rest.as_str();
                let digits = after.trim_start_matches(|c: char| c.is_ascii_digit());
                if let Some(behind) = digits.strip_prefix(']').filter(|_| digits.len() < after.len()) {
                    rest = behind.chars();
                    continue;
                }
            }
            _ => {}
        }
        kept.push(c);
    }
    kept
}

/// The element without its place in a list: `ingress rule 2` is an ingress rule.
fn element(element: &str) -> String {
    let numbered = element
        .rsplit_once(' ')
        .filter(|(name, number)| name.ends_with(" rule") && number.bytes().all(|byte| byte.is_ascii_digit()));
    numbered.map_or(element, |(name, _)| name).to_owned()
}

/// Gives findings their fingerprints: a hash of what they are and the how-maniest of these, in this order.
///
/// What has no name but its file's is told apart by the file: there a new name is a new fingerprint.
pub(super) fn add_fingerprints<'f>(
    findings: impl IntoIterator<Item = &'f mut Finding>,
    policy: &Policy,
    sources: &SourceMap,
) {
    let findings: Vec<&mut Finding> = findings.into_iter().collect();
    let identity = |finding: &&mut Finding| {
        let first = finding.instances.first()?;
        let Identity { rule, resource, element } = Identity::of(finding, first, sources);
        let resource = resource
            .unwrap_or_else(|| sources.path_below(file_of(finding, first), &policy.root).into_owned());
        Some(format!("{rule}\n{resource}\n{}", element.as_deref().unwrap_or("")))
    };
    let identities: Vec<Option<String>> = findings.par_iter().map(identity).collect();
    let mut seen: HashMap<&str, usize> = HashMap::with_capacity(identities.len());
    let mut numbered = Vec::with_capacity(identities.len());
    for identity in &identities {
        let count = identity.as_deref().map(|identity| {
            let seen = seen.entry(identity).or_default();
            *seen += 1;
            *seen - 1
        });
        numbered.push(identity.as_deref().zip(count));
    }
    findings.into_par_iter().zip(numbered).for_each(|(finding, numbered)| {
        let Some((identity, count)) = numbered else { return };
        let digest = Sha256::digest(format!("{identity}\n{count}").as_bytes());
        let mut fingerprint = String::with_capacity(16);
        for byte in digest.iter().take(8) {
            // Writing to a string does not fail.
            let _ = write!(fingerprint, "{byte:02x}");
        }
        finding.fingerprint = fingerprint;
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_count_go_and_names_stay() {
        let cases = [
            ("aws_x.a[0]", "aws_x.a"),
            ("module.m[12].aws_x.a[\"k[0].z\"]", "module.m.aws_x.a[\"k[0].z\"]"),
            ("module.m[\"a\\\"[1]\"].aws_x.a[*]", "module.m[\"a\\\"[1]\"].aws_x.a[*]"),
            ("aws_x.a[", "aws_x.a["),
            ("aws_x.a[]", "aws_x.a[]"),
        ];
        for (address, expected) in cases {
            assert_eq!(without_numbers(address), expected);
        }
        assert_eq!(element("ingress rule 12"), "ingress rule");
        assert_eq!(element("container 2"), "container 2");
    }
}
