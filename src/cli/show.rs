//! `plimsoll show`: what evaluating a root module found, and why a value is what it is.

use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::args::{Format, ShowArgs};
use super::{Exit, Stop, common, module};
use crate::analysis::secret_places;
use crate::report::show::Shown;
use crate::report::veil::Veil;
use crate::report::why::Asked;
use crate::report::{self, Style};
use crate::terraform::{self, Configs, Diagnostic, Evaluation, Lookup, lookup};
use crate::text::closest;
use crate::value::Value;

pub(super) fn run(args: &ShowArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let options = common::terraform_options(&args.terraform, matches)?;
    let (dir, only) = targets(args)?;
    let place = module::find(&dir, args.root.as_deref())?;
    let environment = args.terraform.environment.as_deref();
    let (place, options) = module::with_environment(place, environment, args.config.as_deref(), options)?;
    let module::Place { files, dir, others } = place;
    let root = module::name(&files, &dir);
    let configs = Configs::new(&files);
    let why = args.why.as_deref();
    let (evaluation, asked) = terraform::with_session(&configs, &dir, &options, |session| {
        let evaluation = session.evaluation();
        // A reference such as `var.image` is an expression; what stands in a resource has an address.
        let of_resource = |address| !matches!(lookup(&evaluation, address), Lookup::NoResource);
        let asked = why.filter(|address| !address.starts_with("output.") && !of_resource(address));
        let asked = asked.map(|address| session.eval_expression(address));
        (evaluation, asked)
    });
    drop(configs);
    let sources = files.into_sources();
    let evaluations = [evaluation];
    let mut masks = secret_places::of_evaluations(&evaluations, &sources);
    if let Some(Ok(value)) = &asked {
        secret_places::add_value(&mut masks, value, &sources);
    }
    let [evaluation] = &evaluations;
    let veil = Veil { masks: &masks, sources: &sources };

    if let Some(address) = why {
        let value = value_at(evaluation, address, asked, veil)?;
        let asked = Asked { address, value: &value, evaluation, veil };
        common::deliver(args.output.as_deref(), args.color, false, |style, out| match args.format {
            Format::Human => report::why::human(&asked, style, out),
            Format::Json => report::why::json(&asked, out),
        })?;
        return Ok(Exit::Clean);
    }

    let shown = Shown { evaluation, veil, root: &root, other_roots: &others, only: &only };
    if !only.is_empty() && !shown.has_any() {
        if let ([address], Format::Human) = (only.as_slice(), args.format)
            && let Lookup::Found(value) = lookup(evaluation, address)
        {
            common::deliver(args.output.as_deref(), args.color, false, |_, out| {
                report::show::expression(&value, address, veil, out)
            })?;
            return Ok(Exit::Clean);
        }
        return Err(unknown_address(evaluation, &only.join("`, `"), &root));
    }
    common::deliver(args.output.as_deref(), args.color, false, |style, out| match args.format {
        Format::Human => report::show::human(&shown, style, out),
        Format::Json => report::show::json(&shown, out),
    })?;
    Ok(Exit::Clean)
}

/// The directory, and the addresses that were asked for.
fn targets(args: &ShowArgs) -> Result<(PathBuf, Vec<String>), Stop> {
    let (paths, addresses): (Vec<&String>, Vec<&String>) =
        args.targets.iter().partition(|target| Path::new(target).exists() || !is_address(target));
    let mut paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).chain(args.dir.clone()).collect();
    let dir = paths.pop().unwrap_or_else(|| PathBuf::from("."));
    if let Some(other) = paths.first() {
        return Err(Stop::usage(format!(
            "show looks at one root module: `{}` or `{}`",
            other.display(),
            dir.display()
        )));
    }
    Ok((dir, addresses.into_iter().cloned().collect()))
}

/// Whether a text can be an address, or the start of one, such as `aws_ecs_service.api` and `module.api["x/y"]`.
fn is_address(text: &str) -> bool {
    let head = text.split('[').next().unwrap_or_default();
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    head.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && head.chars().all(is_name)
        && (head.contains(['.', '_']) || text.contains('['))
}

fn value_at(
    evaluation: &Evaluation,
    address: &str,
    asked: Option<Result<Value, Box<Diagnostic>>>,
    veil: Veil<'_>,
) -> Result<Value, Stop> {
    if let Some(name) = address.strip_prefix("output.") {
        let found = evaluation.outputs.iter().find(|(known, _)| **known == *name);
        return found.map(|(_, value)| value.clone()).ok_or_else(|| {
            let known = evaluation.outputs.iter().map(|(name, _)| &**name);
            Stop::usage(format!("there is no output `{name}`{}", meant(name, known)))
        });
    }
    match asked {
        Some(Ok(value)) => return Ok(value),
        Some(Err(diagnostic)) => return Err(failure(&diagnostic, veil)),
        None => {}
    }
    match lookup(evaluation, address) {
        Lookup::Found(value) => Ok(*value),
        Lookup::NoMember { resource, step, known } => {
            let place = veil.sources.position(resource.header);
            Err(Stop::usage(format!(
                "`{step}` is not set in `{}` ({}:{}){}; what a provider fills in is known after apply",
                resource.address,
                veil.sources.name(resource.header.file),
                place.line,
                meant(&step, known.iter().map(String::as_str))
            )))
        }
        Lookup::NoResource => Err(unknown_address(evaluation, address, "this module")),
    }
}

fn meant<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    closest(word, known).map_or_else(String::new, |known| format!("; did you mean `{known}`?"))
}

fn unknown_address(evaluation: &Evaluation, address: &str, root: &str) -> Stop {
    let known = evaluation.resources.iter().map(|resource| &*resource.address);
    let hint = meant(address, known);
    let hint = if hint.is_empty() { "; `plimsoll show` lists what there is".to_owned() } else { hint };
    Stop::usage(format!("nothing in {root} has the address `{address}`{hint}"))
}

/// An error of evaluation, with the place it stands at.
pub(super) fn failure(diagnostic: &Diagnostic, veil: Veil<'_>) -> Stop {
    let style = Style::detect(&std::io::stderr(), anstream::ColorChoice::Auto);
    let mut text = Vec::new();
    let message = match report::mistakes::evaluation(diagnostic, veil, &style, &mut text) {
        Ok(()) => {
            let text = String::from_utf8_lossy(&text);
            text.trim_end().to_owned()
        }
        Err(error) => error.to_string(),
    };
    Stop { exit: Exit::Findings, message: format!("the expression has no value\n{message}") }
}
