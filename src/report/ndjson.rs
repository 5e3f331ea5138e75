//! One JSON object a line, for programs that read a stream: the records of `plimsoll/findings/1`, each with its `type`.

use std::io::{self, Write};

use serde::Serialize;

use super::Outcome;
use super::json::{self, EstimateReport, FindingRecord, Summary, SuppressedRecord, UndecidedRecord};

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    /// First: what the others belong to.
    Run(Run<'a>),
    Finding(FindingRecord<'a>),
    Undecided(UndecidedRecord<'a>),
    Suppressed(SuppressedRecord<'a>),
    /// `plimsoll/estimate/1`, whole.
    Estimate(EstimateReport<'a>),
    /// Last: a stream without it was cut.
    Summary(Summary),
}

#[derive(Serialize)]
struct Run<'a> {
    schema: &'a str,
    version: &'a str,
    as_of: String,
    notes: &'a [String],
    environment: &'a [String],
    environment_name: Option<&'a str>,
}

/// Writes the run, findings, undecided checks, suppressed findings, the estimate if there is one, the summary.
///
/// # Errors
/// When the stream fails.
pub fn write(outcome: &Outcome<'_>, out: &mut dyn Write) -> io::Result<()> {
    let judgement = outcome.judgement;
    let run = Run {
        schema: json::FINDINGS_SCHEMA,
        version: outcome.version,
        as_of: outcome.as_of.to_string(),
        notes: outcome.notes,
        environment: outcome.environment,
        environment_name: outcome.environment_name,
    };
    json::compact(&Line::Run(run), out)?;
    for record in &judgement.findings {
        json::compact(&Line::Finding(json::finding_record(outcome, record)), out)?;
    }
    for record in &judgement.undecided {
        json::compact(&Line::Undecided(json::undecided_record(outcome, record)), out)?;
    }
    for record in &judgement.suppressed {
        json::compact(&Line::Suppressed(json::suppressed_record(outcome, record)), out)?;
    }
    if let Some(estimate) = outcome.estimate {
        json::compact(&Line::Estimate(json::estimate_report(outcome, estimate)), out)?;
    }
    json::compact(&Line::Summary(json::summary(outcome)), out)
}
