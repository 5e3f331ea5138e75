//! `plimsoll show`: what evaluating a root module found, and why a value is what it is.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::args::{Format, ShowArgs};
use super::module::{Place, Where};
use super::{Exit, Stop, common};
use crate::analysis::plans::{self, Completed, Taken};
use crate::analysis::secret_places;
use crate::report::show::Shown;
use crate::report::veil::Veil;
use crate::report::why::Asked;
use crate::report::{self, Style};
use crate::source::Span;
use crate::terraform::{self, Configs, Diagnostic, Evaluation, Lookup, lookup};
use crate::text::closest;
use crate::value::Value;

pub(super) fn run(args: &ShowArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let options = common::terraform_options(&args.terraform, matches)?;
    let (path, only) = targets(args)?;
    let at = Where {
        path: &path,
        root: args.root.as_deref(),
        config: args.config.as_deref(),
        environment: args.terraform.environment.as_deref(),
    };
    let place = Place::find(at, options)?;
    let name = place.name();
    let why = args.why.as_deref();
    let seen = match &place.plan {
        Some(plan) => of_plan(&place, plan, args.source.as_deref())?,
        None if args.source.is_some() => {
            return Err(Stop::usage("`--source` names the configuration of a plan, but no plan is given"));
        }
        None => of_module(&place, why),
    };
    let decide_with = place.decide_with(&seen.judged);
    let what = if place.plan.is_some() { "plan" } else { "root module" };
    let others = place.others;
    let sources = place.files.into_sources();
    let mut masks = secret_places::of_evaluations(seen.read.iter().chain([&seen.judged]), &sources);
    seen.hidden.iter().for_each(|span| masks.add_part(*span));
    if let Some(Ok(value)) = &seen.asked {
        secret_places::add_value(&mut masks, value, &sources);
    }
    let evaluation = &seen.judged;
    let asked = seen.asked;
    let veil = Veil { masks: &masks, sources: &sources, decide_with: &decide_with };

    if let Some(address) = why {
        let value = value_at(evaluation, address, asked, &name, veil)?;
        let asked = Asked { address, value: &value, evaluation, veil };
        common::deliver(args.output.as_deref(), args.color, false, |style, out| match args.format {
            Format::Human => report::why::human(&asked, style, out),
            Format::Json => report::why::json(&asked, out),
        })?;
        return Ok(Exit::Clean);
    }

    let shown = Shown { evaluation, veil, what, root: &name, other_roots: &others, only: &only };
    if !only.is_empty() && !shown.has_any() {
        if let ([address], Format::Human) = (only.as_slice(), args.format)
            && let Lookup::Found(value) = lookup(evaluation, address)
        {
            common::deliver(args.output.as_deref(), args.color, false, |_, out| {
                report::show::expression(&value, address, veil, out)
            })?;
            return Ok(Exit::Clean);
        }
        return Err(unknown_address(evaluation, &only.join("`, `"), &name));
    }
    common::deliver(args.output.as_deref(), args.color, false, |style, out| match args.format {
        Format::Human => report::show::human(&shown, style, out),
        Format::Json => report::show::json(&shown, out),
    })?;
    Ok(Exit::Clean)
}

/// What was evaluated.
struct Seen {
    judged: Evaluation,
    /// Further evaluations in which secrets are looked for.
    read: Vec<Evaluation>,
    /// Parts of files that are never to be shown.
    hidden: Vec<Span>,
    /// The expression that `--why` asks for.
    asked: Option<Result<Value, Unanswered>>,
}

/// An expression without a value, and what was meant.
struct Unanswered {
    error: Box<Diagnostic>,
    hint: Option<String>,
}

fn of_module(place: &Place, why: Option<&str>) -> Seen {
    let configs = Configs::new(&place.files);
    let (judged, asked) = terraform::with_session(&configs, &place.dir, &place.options, |session| {
        let evaluation = session.evaluation();
        // A reference such as `var.image` is an expression; what stands in a resource has an address.
        let of_resource = |address| !matches!(lookup(&evaluation, address), Lookup::NoResource);
        let asked = why.filter(|address| {
            !address.starts_with("output.") && !of_resource(address) && !names_resource(address)
        });
        let asked = asked.map(|address| {
            session.eval_expression(address).map_err(|error| {
                let hint = misspelt(address, &evaluation, |name| session.eval_expression(name).is_ok());
                Unanswered { error, hint }
            })
        });
        (evaluation, asked)
    });
    Seen { judged, read: Vec::new(), hidden: Vec::new(), asked }
}

/// What `var.…` or `local.…` was probably meant to be; names of other modules do not exist here.
fn misspelt(address: &str, evaluation: &Evaluation, exists: impl Fn(&str) -> bool) -> Option<String> {
    let (kind, name) = address.split_once('.').filter(|(kind, _)| matches!(*kind, "var" | "local"))?;
    let known = evaluation.named.iter().chain(&evaluation.variables);
    let known: BTreeSet<&str> = known.map(|(known, _)| &**known).filter(|known| *known != name).collect();
    let here = known.into_iter().filter(|known| exists(&format!("{kind}.{known}")));
    closest(name, here).map(|known| format!("{kind}.{known}"))
}

fn of_plan(place: &Place, plan: &Path, source: Option<&Path>) -> Result<Seen, Stop> {
    let chosen = place.chosen().ok().flatten();
    let taken = Taken { options: &place.options, environment: chosen.as_ref() };
    let Completed { judged, read, hidden } =
        plans::one(plan, source, place.files.root(), taken, &place.files).map_err(common::stop)?;
    Ok(Seen { judged, read, hidden, asked: None })
}

/// Whether an address that leads nowhere was meant to name a resource: no other name in Terraform starts so.
fn names_resource(address: &str) -> bool {
    let start = address.split(['.', '[']).next().unwrap_or_default();
    let rest = address.get(start.len()..).unwrap_or_default();
    rest.starts_with('.')
        && start.contains('_')
        && address.chars().all(|c| c.is_alphanumeric() || "_-.[]\"/".contains(c))
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
    asked: Option<Result<Value, Unanswered>>,
    place: &str,
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
        Some(Err(Unanswered { error, hint })) => {
            let mut stop = failure(&error, veil);
            if let Some(meant) = hint {
                stop.message = format!("{}\n  did you mean `{meant}`?", stop.message);
            }
            return Err(stop);
        }
        None => {}
    }
    if let Some(name) = address.strip_prefix("var.") {
        let found = evaluation.variables.iter().find(|(known, _)| **known == *name);
        return found.map(|(_, value)| value.clone()).ok_or_else(|| {
            let known = evaluation.variables.iter().map(|(name, _)| &**name);
            Stop::usage(format!("there is no variable `{name}`{}", meant(name, known)))
        });
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
        Lookup::NoResource => Err(unknown_address(evaluation, address, place)),
    }
}

fn meant<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    closest(word, known).map_or_else(String::new, |known| format!("; did you mean `{known}`?"))
}

fn unknown_address(evaluation: &Evaluation, address: &str, place: &str) -> Stop {
    // Of `aws_ecs_service.ap.desired_count` only the part that names a resource is compared.
    let dots: Vec<usize> = address.match_indices('.').map(|(at, _)| at).collect();
    let start = |steps: usize| dots.get(steps).and_then(|at| address.get(..*at)).unwrap_or(address);
    let known = || evaluation.resources.iter().map(|resource| &*resource.address);
    let steps = |address: &str| address.matches('.').count();
    let instance = known().find_map(|known| {
        let asked = start(steps(known.split('[').next().unwrap_or_default()));
        known.strip_prefix(asked)?.starts_with('[').then_some((known, asked))
    });
    let lengths: BTreeSet<usize> = known().map(steps).collect();
    let nearest = || {
        lengths.iter().rev().find_map(|length| {
            let asked = start(*length);
            Some((closest(asked, known().filter(|known| steps(known) == *length))?, asked))
        })
    };
    let hint = match instance.or_else(nearest) {
        Some((meant, asked)) => {
            format!("did you mean `{meant}{}`?", address.get(asked.len()..).unwrap_or_default())
        }
        None => "`plimsoll show` lists what there is".to_owned(),
    };
    Stop::usage(format!("nothing in {place} has the address `{address}`; {hint}"))
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
