//! The Code Quality report of GitLab: a JSON list that merge requests show beside the changed lines.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;

use super::{Outcome, json};
use crate::lint::{Finding, Severity};

/// A violation, as GitLab documents it ("Code Quality report format").
#[derive(Serialize)]
struct Violation<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

/// Writes the findings. What is undecided or suppressed has no place in this format. Paths are relative to the
/// working directory, which GitLab expects to be the top of the repository.
///
/// # Errors
/// When the stream fails.
pub fn write(outcome: &Outcome<'_>, out: &mut dyn Write) -> io::Result<()> {
    // GitLab shows one of the violations that share a fingerprint.
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let violations: Vec<Violation<'_>> = outcome
        .judgement
        .findings
        .iter()
        .map(|finding| {
            let times = seen.entry(&finding.fingerprint).or_default();
            *times += 1;
            violation(outcome, finding, *times)
        })
        .collect();
    json::write(&violations, out)
}

fn violation<'a>(outcome: &Outcome<'a>, finding: &'a Finding, times: usize) -> Violation<'a> {
    let place = outcome.place(finding.primary);
    let fingerprint = match times {
        1 => finding.fingerprint.clone(),
        times => format!("{}-{times}", finding.fingerprint),
    };
    Violation {
        description: outcome.sentence(finding),
        check_name: &finding.rule,
        fingerprint,
        severity: match finding.severity {
            Severity::Error => "critical",
            Severity::Warning => "major",
            Severity::Info => "info",
        },
        location: Location {
            path: outcome.sources.name(finding.primary.file),
            lines: Lines { begin: place.start.line },
        },
    }
}
