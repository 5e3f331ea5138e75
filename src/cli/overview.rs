//! `plimsoll [PATH…]`: findings, then the estimate, then one summary line.

use clap::ArgMatches;

use super::args::{Format, OverviewArgs};
use super::{Exit, Stop, check, common};
use crate::report;

pub(super) fn run(args: &OverviewArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let request = common::request(&args.common, matches, Some(&args.gate), Some(&args.price))?;
    let analysis = common::run(&request, args.common.jobs)?;
    let outcome = common::outcome(&analysis, request.as_of);
    common::deliver(args.common.output.as_deref(), args.common.color, args.common.quiet, |style, out| {
        match args.format {
            Format::Human => {
                report::human::findings(&outcome, style, out)?;
                report::human::undecided(&outcome, style, out)?;
                report::human::notes(&outcome, style, out)?;
                if let Some(estimate) = &analysis.estimate {
                    report::estimate::write(&outcome, estimate, style, out)?;
                }
                if analysis.estimate.is_some() && !style.quiet {
                    writeln!(out)?;
                }
                report::human::summary(&outcome, style, out)
            }
            Format::Json => report::json::overview(&outcome, out),
        }
    })?;
    Ok(check::exit(&analysis, &args.gate))
}
