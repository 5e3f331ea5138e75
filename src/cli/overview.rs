//! `plimsoll [PATH…]`: findings, then the estimate, then one summary line. Formats that have no place for money
//! hold the findings.

use std::path::PathBuf;

use clap::{ArgMatches, CommandFactory};

use super::args::{BudgetArgs, CheckFormat, Cli, OverviewArgs};
use super::{Exit, Stop, budgets, check, common};
use crate::report;
use crate::text::closest;

pub(super) fn run(args: &OverviewArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let targets = common::targets(&args.format, &args.common.output, matches, CheckFormat::Human)?;
    let request = common::request(&args.common, matches, Some(&args.gate), Some(&args.price))?;
    let analysis =
        common::run(&request, args.common.jobs).map_err(|stop| or_command(stop, &args.common.paths))?;
    // What a month may cost is said by the configuration and the code; the flags are those of `cost` and `diff`.
    let money = analysis.estimate.as_ref().map(|estimate| budgets::money(estimate, &analysis.sources));
    let verdicts = budgets::check(&BudgetArgs::default(), money.as_ref(), Some(&analysis), None)?;
    let outcome = report::Outcome { budgets: Some(&verdicts), ..common::outcome(&analysis, request.as_of) };
    let fails = check::fails(&analysis, &args.gate);
    common::deliver_all(&targets, args.common.color, args.common.quiet, |format, style, out| match format {
        CheckFormat::Human => {
            report::human::findings(&outcome, style, out)?;
            report::human::undecided(&outcome, style, out)?;
            report::human::notes(&outcome, style, out)?;
            if let Some(estimate) = &analysis.estimate {
                report::estimate::write(&outcome, estimate, style, out)?;
            }
            if !verdicts.is_empty() && !style.quiet {
                writeln!(out)?;
            }
            report::change::budgets(&verdicts, style, out)?;
            if analysis.estimate.is_some() && !style.quiet {
                writeln!(out)?;
            }
            report::human::summary(&outcome, style, out)?;
            report::human::fixable(&outcome, style, out)
        }
        CheckFormat::Json => report::json::overview(&outcome, out),
        format => check::write(format, &outcome, &fails, style, out),
    })?;
    Ok(if verdicts.is_exceeded() { Exit::Findings } else { check::exit(&analysis, &args.gate) })
}

/// A word that is no path may be a misspelt command.
fn or_command(stop: Stop, paths: &[PathBuf]) -> Stop {
    let [path] = paths else { return stop };
    let Some(word) = path.to_str().filter(|_| stop.exit == Exit::Path && !path.exists()) else { return stop };
    let program = Cli::command();
    match closest(word, program.get_subcommands().map(clap::Command::get_name)) {
        Some(name) => Stop::path(format!("{}; did you mean the command `{name}`?", stop.message)),
        None => stop,
    }
}
