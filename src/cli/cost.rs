//! `plimsoll cost`.

use std::sync::Arc;

use clap::ArgMatches;

use super::args::{CostArgs, CostFormat};
use super::sides::{self, Named};
use super::{Exit, Stop, budgets, common};
use crate::analysis::{Analysis, Request};
use crate::change::{self, MoneyChange};
use crate::cost::breakdown::{self, By, Part};
use crate::cost::estimate::Estimate;
use crate::cost::sensitivity;
use crate::report;
use crate::text::closest;

pub(super) fn run(args: &CostArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let targets = common::targets(&args.format, &args.common.output, matches, CostFormat::Human)?;
    let request = common::request(&args.common, matches, None, Some(&args.price))?;
    let has_view = args.view.why.is_some() || args.view.by.is_some() || args.view.sensitivity;
    if has_view && targets.iter().any(|target| target.format == CostFormat::Markdown) {
        return Err(Stop::usage("--why, --by and --sensitivity are written as human or json"));
    }
    let analysis = common::run(&request, args.common.jobs)?;
    let Some(estimate) = &analysis.estimate else { return Ok(Exit::Clean) };
    let change = args.base.as_ref().map(|base| since(base, &request, &analysis)).transpose()?;
    let money = budgets::money(estimate, &analysis.sources);
    let verdicts = budgets::check(&args.budget, Some(&money), Some(&analysis), change.as_ref())?;
    let outcome = report::Outcome { budgets: Some(&verdicts), ..common::outcome(&analysis, request.as_of) };
    let (color, quiet) = (args.common.color, args.common.quiet);
    if let Some(asked) = &args.view.why {
        is_there(estimate, asked)?;
        common::deliver_all(&targets, color, quiet, |format, style, out| match format {
            CostFormat::Json => report::cost_why::write_json(&outcome, estimate, asked, out),
            CostFormat::Human | CostFormat::Markdown => {
                report::cost_why::write(&outcome, estimate, asked, style, out)
            }
        })?;
    } else if let Some(by) = &args.view.by {
        let parts = parts(&analysis, &request, estimate, by, args.common.jobs)?;
        common::deliver_all(&targets, color, quiet, |format, style, out| match format {
            CostFormat::Json => report::breakdown::write_json(&outcome, &parts, estimate, by, out),
            CostFormat::Human | CostFormat::Markdown => {
                report::breakdown::write(&parts, estimate, by, style, out)
            }
        })?;
    } else if args.view.sensitivity {
        let influences = analysis
            .cost_options
            .as_ref()
            .map(|options| sensitivity::influences(&analysis.deployment, options))
            .unwrap_or_default();
        common::deliver_all(&targets, color, quiet, |format, style, out| match format {
            CostFormat::Json => report::sensitivity::write_json(&outcome, &influences, estimate, out),
            CostFormat::Human | CostFormat::Markdown => {
                report::sensitivity::write(&outcome, &influences, estimate, style, out)
            }
        })?;
    } else {
        common::deliver_all(&targets, color, quiet, |format, style, out| match format {
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
    }
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

/// Whether the estimate speaks of an address.
fn is_there(estimate: &Estimate, asked: &str) -> Result<(), Stop> {
    let known = || {
        let resources = estimate.resources.iter().map(|resource| &*resource.address);
        resources.chain(estimate.unpriced.iter().map(|unpriced| &*unpriced.address))
    };
    if known().any(|address| report::cost_why::is_within(address, asked)) {
        return Ok(());
    }
    let near = closest(asked, known()).map_or_else(
        || "; `plimsoll cost` lists what is priced".to_owned(),
        |near| format!("; did you mean `{near}`?"),
    );
    Err(Stop::usage(format!("the estimate has no `{asked}`{near}")))
}

/// The parts of the total. Each environment of the configuration is evaluated and priced by itself.
fn parts(
    analysis: &Analysis,
    request: &Request,
    estimate: &Estimate,
    by: &By,
    jobs: Option<usize>,
) -> Result<Vec<Part>, Stop> {
    let environments = &analysis.config.environments;
    if *by != By::Environment || environments.is_empty() || request.environment.is_some() {
        return Ok(breakdown::parts(&analysis.deployment, estimate, by));
    }
    let mut parts = Vec::new();
    for environment in environments {
        let request = Request { environment: Some(environment.name.clone()), ..request.clone() };
        let of_environment = common::run(&request, jobs)?;
        let Some(estimate) = &of_environment.estimate else { continue };
        let billed = estimate.resources.iter().filter(|resource| !resource.components.is_empty());
        parts.push(Part {
            name: environment.name.clone(),
            monthly: estimate.total(),
            resources: billed.map(|resource| Arc::clone(&resource.address)).collect(),
            at_least: estimate.is_at_least(),
        });
    }
    Ok(parts)
}
