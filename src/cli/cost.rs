//! `plimsoll cost`.

use clap::ArgMatches;

use super::args::{CostArgs, Format};
use super::{Exit, Stop, common};
use crate::report;

pub(super) fn run(args: &CostArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let request = common::request(&args.common, matches, None, Some(&args.price))?;
    let analysis = common::run(&request, args.common.jobs)?;
    let outcome = common::outcome(&analysis, request.as_of);
    if let Some(estimate) = &analysis.estimate {
        common::deliver(
            args.common.output.as_deref(),
            args.common.color,
            args.common.quiet,
            |style, out| match args.format {
                Format::Human => {
                    report::estimate::write(&outcome, estimate, style, out)?;
                    report::human::notes(&outcome, style, out)
                }
                Format::Json => report::json::estimate(&outcome, estimate, out),
            },
        )?;
    }
    Ok(Exit::Clean)
}
