//! `plimsoll cost`.

use clap::ArgMatches;

use super::args::{CostArgs, CostFormat};
use super::{Exit, Stop, common};
use crate::report;

pub(super) fn run(args: &CostArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let targets = common::targets(&args.format, &args.common.output, matches, CostFormat::Human)?;
    let request = common::request(&args.common, matches, None, Some(&args.price))?;
    let analysis = common::run(&request, args.common.jobs)?;
    let outcome = common::outcome(&analysis, request.as_of);
    if let Some(estimate) = &analysis.estimate {
        common::deliver_all(
            &targets,
            args.common.color,
            args.common.quiet,
            |format, style, out| match format {
                CostFormat::Human => {
                    report::estimate::write(&outcome, estimate, style, out)?;
                    report::human::notes(&outcome, style, out)
                }
                CostFormat::Json => report::json::estimate(&outcome, estimate, out),
                CostFormat::Markdown => report::markdown::cost(&outcome, estimate, style, out),
            },
        )?;
    }
    Ok(Exit::Clean)
}
