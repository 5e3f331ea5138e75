//! `plimsoll cost`.

use clap::ArgMatches;

use super::args::{CostArgs, CostFormat};
use super::sides::{self, Named};
use super::{Exit, Stop, budgets, common};
use crate::analysis::{Analysis, Request};
use crate::change::{self, MoneyChange};
use crate::report;

pub(super) fn run(args: &CostArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let targets = common::targets(&args.format, &args.common.output, matches, CostFormat::Human)?;
    let request = common::request(&args.common, matches, None, Some(&args.price))?;
    let analysis = common::run(&request, args.common.jobs)?;
    let Some(estimate) = &analysis.estimate else { return Ok(Exit::Clean) };
    let change = args.base.as_ref().map(|base| since(base, &request, &analysis)).transpose()?;
    let money = budgets::money(estimate, &analysis.sources);
    let verdicts = budgets::check(&args.budget, Some(&money), Some(&analysis), change.as_ref())?;
    let outcome = report::Outcome { budgets: Some(&verdicts), ..common::outcome(&analysis, request.as_of) };
    common::deliver_all(&targets, args.common.color, args.common.quiet, |format, style, out| match format {
        CostFormat::Human => {
            report::estimate::write(&outcome, estimate, style, out)?;
            if !verdicts.is_empty() && !style.quiet {
                writeln!(out)?;
            }
            report::change::budgets(&verdicts, style, out)?;
            report::human::notes(&outcome, style, out)
        }
        CostFormat::Json => report::json::estimate(&outcome, estimate, out),
        CostFormat::Markdown => report::markdown::cost(&outcome, estimate, style, out),
    })?;
    Ok(if verdicts.is_exceeded() { Exit::Findings } else { Exit::Clean })
}

/// What became dearer since `--base`.
fn since(base: &str, request: &Request, analysis: &Analysis) -> Result<MoneyChange, Stop> {
    let named = Named::of(base, &request.working_directory)?;
    let before = sides::read(&named, request, Some(&analysis.catalogue), None)?;
    let after = sides::state(analysis, request.as_of)?;
    change::compare(&before.state, &after, &analysis.moves)
        .money
        .ok_or_else(|| Stop::usage(format!("--base: `{base}` holds no estimate")))
}
