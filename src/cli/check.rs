//! `plimsoll check`.

use clap::ArgMatches;

use super::args::{CheckArgs, CheckFormat, GateArgs};
use super::{Exit, Stop, common};
use crate::analysis::{Analysis, Request};
use crate::config::FailOn;
use crate::lint::Severity;
use crate::report;

pub(super) fn run(args: &CheckArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let request = common::request(&args.common, matches, Some(&args.gate), None)?;
    let analysis = common::run(&request, args.common.jobs)?;
    report(args, &analysis, &request)?;
    Ok(exit(&analysis, &args.gate))
}

/// Writes what was found.
pub(super) fn report(args: &CheckArgs, analysis: &Analysis, request: &Request) -> Result<(), Stop> {
    let outcome = common::outcome(analysis, request.as_of);
    common::deliver(args.common.output.as_deref(), args.common.color, args.common.quiet, |style, out| {
        match args.format {
            CheckFormat::Human => report::human::write(&outcome, style, out),
            CheckFormat::Json => report::json::findings(&outcome, out),
            CheckFormat::Sarif => report::sarif::write(&outcome, out),
            CheckFormat::Github => report::github::write(&outcome, out),
        }
    })
}

/// Whether the findings fail the run.
pub(super) fn exit(analysis: &Analysis, gate: &GateArgs) -> Exit {
    let threshold = gate.fail_on.or(analysis.config.fail_on).unwrap_or(FailOn::Severity(Severity::Warning));
    let failing = analysis.judgement.findings.iter().any(|finding| threshold.fails(finding.severity));
    let open = gate.fail_on_undecided && analysis.judgement.undecided_checks > 0;
    if failing || open { Exit::Findings } else { Exit::Clean }
}
