//! `plimsoll compare`.

use clap::ArgMatches;
use rust_decimal::Decimal;

use super::args::{CompareArgs, CompareFormat};
use super::{Exit, Stop, common, scenarios};
use crate::cost::catalogue::Catalogue;
use crate::cost::options::{self, OPTIONS};
use crate::report;
use crate::text::closest;

pub(super) fn run(args: &CompareArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let targets = common::targets(&args.format, &args.common.output, matches, CompareFormat::Human)?;
    let wanted = wanted(args)?;
    let request = common::request(&args.common, matches, None, Some(&args.price))?;
    let analysis = common::run(&request, args.common.jobs)?;
    let outcome = common::outcome(&analysis, request.as_of);
    let (Some(estimate), Some(cost_options)) = (&analysis.estimate, &analysis.cost_options) else {
        return Ok(Exit::Clean);
    };
    let mut columns = options::compare(&analysis.deployment, cost_options, estimate, &wanted);
    if args.options.is_empty() {
        columns.extend(scenarios::columns(&analysis, &request, &wanted, args.common.jobs)?);
    }
    let comparison = report::compare::Comparison { current: estimate, columns: &columns };
    common::deliver_all(&targets, args.common.color, args.common.quiet, |format, style, out| match format {
        CompareFormat::Human => {
            report::compare::human(&outcome, &comparison, style, out)?;
            report::human::notes(&outcome, style, out)
        }
        CompareFormat::Json => report::compare::json(&outcome, &comparison, out),
        CompareFormat::Markdown => report::markdown::comparison(&outcome, &comparison, out),
    })?;
    Ok(Exit::Clean)
}

/// What the arguments ask for.
fn wanted(args: &CompareArgs) -> Result<options::Request, Stop> {
    for name in &args.options {
        if !options::is_known(name) {
            let names = OPTIONS.iter().map(|choice| choice.name);
            let help = closest(name, names.clone()).map_or_else(
                || format!("there are {}", names.collect::<Vec<_>>().join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(Stop::usage(format!("no option is called `{name}`; {help}")));
        }
    }
    if let Some(region) = &args.to_region {
        let catalogue = Catalogue::embedded();
        if catalogue.region(region).is_none() {
            let near = closest(region, catalogue.regions().map(|region| region.code));
            let help = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            return Err(Stop::usage(format!("--to-region: no region is called `{region}`{help}")));
        }
    }
    if args.vendor_per_host.is_some_and(|price| price.is_sign_negative() || price > Decimal::from(1_000_000))
    {
        return Err(Stop::usage("--vendor-per-host is USD a month, from 0 to 1000000"));
    }
    Ok(options::Request {
        only: args.options.clone(),
        to_region: args.to_region.clone(),
        vendor_per_host: args.vendor_per_host,
    })
}
