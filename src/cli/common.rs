//! What several commands share: from arguments to a request, where output goes, how failures read.

use std::path::PathBuf;

use clap::ArgMatches;
use rayon::ThreadPoolBuilder;

use super::args::{CommonArgs, GateArgs, ProfileArg, StageArg, TerraformArgs, UsageProfileArg};
pub(super) use super::output::{deliver, deliver_all, replace, targets};
use super::{Exit, Stop};
use crate::analysis::{Accept, Analysis, Failure, Request, analyse};
use crate::date::Date;
use crate::lint::Profile;
use crate::model::Stage;
use crate::report::{self, Style};
use crate::terraform::{Input, Options};

/// The request that the arguments describe.
pub(super) fn request(
    args: &CommonArgs,
    matches: &ArgMatches,
    gate: Option<&GateArgs>,
    price: Option<&super::args::PriceArgs>,
) -> Result<Request, Stop> {
    Ok(Request {
        paths: args.paths.clone(),
        root: args.root.clone(),
        working_directory: working_directory()?,
        source: args.source.clone(),
        config: args.config.clone(),
        terraform: terraform_options(&args.terraform, matches)?,
        environment: args.terraform.environment.clone(),
        region: args.region.clone(),
        price_region: price.and_then(|price| price.price_region.clone()),
        hours: price.and_then(|price| price.hours.clone()),
        free_tier: price.is_some_and(|price| price.free_tier),
        usage: price.and_then(|price| price.usage.clone()),
        usage_profile: price.and_then(|price| price.usage_profile).map(UsageProfileArg::profile),
        stage: args.stage.map(|stage| match stage {
            StageArg::Production => Stage::Production,
            StageArg::NonProduction => Stage::NonProduction,
        }),
        profile: args.profile.map(|profile| match profile {
            ProfileArg::Default => Profile::Default,
            ProfileArg::Strict => Profile::Strict,
        }),
        no_ignores: gate.is_some_and(|gate| gate.no_ignores),
        baseline: match gate {
            None => Accept::Nothing,
            Some(gate) => gate.baseline.clone().map_or(Accept::Configured, Accept::File),
        },
        since: gate.and_then(|gate| gate.since.clone()),
        rules: None,
        as_of: args.as_of.unwrap_or_else(Date::today),
        overlay: std::sync::Arc::default(),
        price: price.is_some(),
        keep_passed: false,
    })
}

pub(super) fn working_directory() -> Result<PathBuf, Stop> {
    std::env::current_dir()
        .map_err(|error| Stop::path(format!("the working directory cannot be read: {error}")))
}

/// `--var` and `--var-file` in the order written, `TF_VAR_*`, the workspace.
pub(super) fn terraform_options(args: &TerraformArgs, matches: &ArgMatches) -> Result<Options, Stop> {
    let places = |id: &str| matches.indices_of(id).map(Iterator::collect::<Vec<_>>).unwrap_or_default();
    let mut inputs: Vec<(usize, Input)> = Vec::new();
    for (at, text) in places("var").into_iter().zip(&args.var) {
        let (name, value) =
            text.split_once('=').ok_or_else(|| Stop::usage("--var is written NAME=VALUE".to_owned()))?;
        inputs.push((at, Input::Var { name: name.trim().to_owned(), value: value.to_owned() }));
    }
    for (at, path) in places("var_file").into_iter().zip(&args.var_file) {
        if !path.is_file() {
            return Err(Stop::path(format!("the variable file `{}` does not exist", path.display())));
        }
        inputs.push((at, Input::VarFile(path.clone())));
    }
    inputs.sort_by_key(|(at, _)| *at);
    let mut environment: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter_map(|(name, value)| Some((name.strip_prefix("TF_VAR_")?.to_owned(), value)))
        .collect();
    environment.sort();
    Ok(Options {
        inputs: inputs.into_iter().map(|(_, input)| input).collect(),
        environment,
        workspace: args.workspace.clone(),
        ..Options::default()
    })
}

/// Runs the analysis, with `--jobs` threads where given.
pub(super) fn run(request: &Request, jobs: Option<usize>) -> Result<Analysis, Stop> {
    threads(jobs)?;
    analyse(request).map_err(stop)
}

/// The threads of the run, `--jobs` many where given.
pub(super) fn threads(jobs: Option<usize>) -> Result<(), Stop> {
    if jobs == Some(0) {
        return Err(Stop::usage("--jobs must be at least 1"));
    }
    let mut pool = ThreadPoolBuilder::new().stack_size(16 * 1024 * 1024);
    if let Some(jobs) = jobs {
        pool = pool.num_threads(jobs);
    }
    // A pool that exists already serves as well.
    let _ = pool.build_global();
    Ok(())
}

/// How a failed run reads.
pub(super) fn stop(failure: Failure) -> Stop {
    match failure {
        Failure::Path(message) => Stop::path(message),
        Failure::Argument(message) => Stop::usage(message),
        Failure::Config { errors, sources } => {
            let mut text = Vec::new();
            let style = Style::detect(&std::io::stderr(), anstream::ColorChoice::Auto);
            let shown = report::mistakes::write(&errors, &sources, &style, &mut text);
            let message = match shown {
                Ok(()) => String::from_utf8_lossy(&text).trim_end().to_owned(),
                Err(error) => error.to_string(),
            };
            Stop { exit: Exit::Usage, message: format!("the configuration is wrong\n{message}") }
        }
    }
}

/// The parts of an analysis that reports need.
pub(super) fn outcome<'a>(analysis: &'a Analysis, as_of: Date) -> report::Outcome<'a> {
    report::Outcome {
        version: env!("CARGO_PKG_VERSION"),
        as_of,
        catalogue: &analysis.catalogue,
        sources: &analysis.sources,
        masks: &analysis.masks,
        files: analysis.files,
        judgement: &analysis.judgement,
        estimate: analysis.estimate.as_ref(),
        budgets: None,
        notes: &analysis.notes,
        environment: &analysis.environment,
        environment_name: analysis.environment_name.as_deref(),
        decide_with: &analysis.decide_with,
    }
}
