//! `plimsoll check`.

use std::io::{self, Write};

use clap::ArgMatches;

use super::args::{CheckArgs, CheckFormat, GateArgs};
use super::fixing::{self, Left};
use super::output::Target;
use super::{Exit, Stop, common};
use crate::analysis::{Analysis, Request};
use crate::config::FailOn;
use crate::lint::Severity;
use crate::report::{self, Fails, Outcome, Style};

pub(super) fn run(args: &CheckArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let targets = common::targets(&args.format, &args.common.output, matches, CheckFormat::Human)?;
    let request = common::request(&args.common, matches, Some(&args.gate), None)?;
    let analysis = common::run(&request, args.common.jobs)?;
    let analysis = match fixing::run(args, &request, analysis)? {
        Left::Findings(analysis) => *analysis,
        Left::Shown(analysis) => return Ok(exit(&analysis, &args.gate)),
    };
    report(args, &analysis, &request, &targets)?;
    if args.timings {
        // A closed stream takes nothing from the findings.
        let _ = report::timings::write(&analysis.judgement.timings, &mut anstream::stderr().lock());
    }
    Ok(exit(&analysis, &args.gate))
}

/// Writes what was found to where it is wanted.
pub(super) fn report(
    args: &CheckArgs,
    analysis: &Analysis,
    request: &Request,
    targets: &[Target<CheckFormat>],
) -> Result<(), Stop> {
    let outcome = common::outcome(analysis, request.as_of);
    let fails = fails(analysis, &args.gate);
    common::deliver_all(targets, args.common.color, args.common.quiet, |format, style, out| {
        write(format, &outcome, &fails, style, out)
    })
}

/// Writes the findings in a format.
pub(super) fn write(
    format: CheckFormat,
    outcome: &Outcome<'_>,
    fails: &Fails,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        CheckFormat::Human => report::human::write(outcome, style, out),
        CheckFormat::Json => report::json::findings(outcome, out),
        CheckFormat::Ndjson => report::ndjson::write(outcome, out),
        CheckFormat::Sarif => report::sarif::write(outcome, out),
        CheckFormat::Github => report::github::write(outcome, style, out),
        CheckFormat::Gitlab => report::gitlab::write(outcome, out),
        CheckFormat::Junit => report::junit::write(outcome, fails, out),
        CheckFormat::Checkstyle => report::checkstyle::write(outcome, out),
        CheckFormat::Markdown => report::markdown::write(outcome, style, out),
    }
}

/// What fails the run, by the flags, else by the configuration.
pub(super) fn fails(analysis: &Analysis, gate: &GateArgs) -> Fails {
    let threshold = gate.fail_on.or(analysis.config.fail_on).unwrap_or(FailOn::Severity(Severity::Warning));
    let from = match threshold {
        FailOn::Severity(least) => Some(least),
        FailOn::Never => None,
    };
    Fails { from, undecided: gate.fail_on_undecided }
}

/// Whether the findings fail the run.
pub(super) fn exit(analysis: &Analysis, gate: &GateArgs) -> Exit {
    let fails = fails(analysis, gate);
    let failing = analysis.judgement.findings.iter().any(|finding| fails.on(finding.severity));
    let open = fails.undecided && analysis.judgement.undecided_checks > 0;
    if failing || open { Exit::Findings } else { Exit::Clean }
}
