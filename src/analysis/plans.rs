//! Plan files: read, completed from `--source`, and kept apart from the configurations they were made from.

use std::path::{Path, PathBuf};

use super::environments::Chosen;
use super::{Failure, Request};
use crate::discover::{Discovered, FileKind};
use crate::source::{Files, Span};
use crate::terraform::plan::{self, Plan, source};
use crate::terraform::{Configs, Evaluation, Options, evaluate_in};

use super::{Problems, problems};

/// What the plans gave.
#[derive(Debug, Default)]
pub(super) struct Plans {
    /// As they are judged: completed where there is a source.
    pub(super) judged: Vec<Evaluation>,
    /// As they were read, and the configurations they were completed from: for hiding what must not be shown.
    pub(super) read: Vec<Evaluation>,
    pub(super) hidden: Vec<Span>,
    /// Files besides the selected ones whose findings are reported.
    pub(super) places: Vec<PathBuf>,
    /// Number of plan files read.
    pub(super) files: usize,
}

/// What the configuration of a plan is evaluated with.
#[derive(Debug, Clone, Copy)]
pub struct Taken<'a> {
    /// Flags, and what the environment brings.
    pub options: &'a Options,
    pub environment: Option<&'a Chosen<'a>>,
}

/// A plan that was read, completed where there is a source.
#[derive(Debug)]
pub struct Completed {
    pub judged: Evaluation,
    /// The plan as it was read and the configuration it was completed from, where `judged` is neither.
    pub read: Vec<Evaluation>,
    /// Parts of the file that are never to be shown.
    pub hidden: Vec<Span>,
}

/// Reads one plan; `source` is the directory of its configuration, inside `root`.
///
/// # Errors
/// When one of the two cannot be read or the source is not part of the environment. A broken plan is a diagnostic.
pub fn one(
    path: &Path,
    source: Option<&Path>,
    root: &Path,
    taken: Taken<'_>,
    files: &Files,
) -> Result<Completed, Failure> {
    let dir = source.map(|dir| source_dir(dir, root)).transpose()?;
    if let Some(dir) = &dir {
        of_environment(dir, taken, files)?;
    }
    let loaded = files
        .load_up_to(path, FileKind::Plan.size_limit())
        .map_err(|error| Failure::Path(format!("{}: {error}", files.display_name(path))))?;
    let Plan { evaluation, hidden } = plan::read(&loaded.text, loaded.id, path);
    Ok(match &dir {
        Some(dir) => {
            let written = configuration_of(&evaluation, dir, taken.options, files);
            let judged = source::complete(&evaluation, &written);
            Completed { judged, read: vec![evaluation, written], hidden }
        }
        None => Completed { judged: evaluation, read: Vec::new(), hidden },
    })
}

/// Reads the plans that the paths select. Of a plan and its configuration only one is judged: with `--source` or
/// where the plan is named the plan, else the configuration.
pub(super) fn read(
    request: &Request,
    taken: Taken<'_>,
    discovered: &Discovered,
    files: &Files,
    configurations: &mut Vec<Evaluation>,
    problems: &mut Problems,
    notes: &mut Vec<String>,
) -> Result<Plans, Failure> {
    let source = request.source.as_deref().map(|dir| source_dir(dir, &discovered.root)).transpose()?;
    if let Some(dir) = &source {
        of_environment(dir, taken, files)?;
    }
    let named: Vec<PathBuf> = request.paths.iter().filter_map(|path| path.canonicalize().ok()).collect();
    let mut plans = Plans::default();
    let found = discovered.files.iter().filter(|found| found.kind == FileKind::Plan && found.selected);
    for found in found {
        let loaded = files.load_up_to(&found.path, FileKind::Plan.size_limit());
        let Some(loaded) = problems::loaded(loaded, &found.path, files, problems) else { continue };
        let Plan { evaluation, hidden } = plan::read(&loaded.text, loaded.id, &found.path);
        plans.hidden.extend(hidden);
        if let Some(dir) = &source {
            let written = configuration_of(&evaluation, dir, taken.options, files);
            plans.places.extend(written.files.iter().cloned());
            plans.judged.push(source::complete(&evaluation, &written));
            plans.read.extend([evaluation, written]);
            plans.files += 1;
            continue;
        }
        if let Some(own) = own_configuration(&evaluation, &found.path, configurations) {
            let (plan, dir) =
                (files.display_name(&found.path), configurations.get(own).map(|other| other.dir.clone()));
            let dir = dir.map(|dir| files.display_name(&dir)).unwrap_or_default();
            let dir = if dir.is_empty() { ".".to_owned() } else { dir };
            if !named.contains(&found.path) {
                notes.push(format!(
                    "{plan} is a plan of {dir}, which is judged itself; name the plan to judge it instead"
                ));
                plans.read.push(evaluation);
                continue;
            }
            notes.push(format!(
                "{plan} is judged instead of {dir}; add `--source {dir}` to see findings in its files"
            ));
            let replaced = configurations.remove(own);
            plans.read.push(replaced);
        } else if !evaluation.resources.is_empty() {
            let plan = files.display_name(&found.path);
            notes.push(format!(
                "{plan} does not say all that its configuration does; `--source DIR` names that"
            ));
        }
        plans.files += 1;
        plans.judged.push(evaluation);
    }
    let is_alone = configurations.iter().all(|other| other.files.is_empty());
    if source.is_none() && plans.files > 0 && is_alone && !taken.options.inputs.is_empty() {
        notes.push("a plan holds its own values: variables given here count only with `--source`".to_owned());
    }
    if let Some(dir) = &source {
        if plans.files == 0 {
            let message = "`--source` names the configuration of a plan, but no plan was found";
            return Err(Failure::Argument(message.to_owned()));
        }
        configurations.retain(|other| !same_dir(&other.dir, dir));
    }
    Ok(plans)
}

/// Which configuration a plan was made from: of several that look alike (one a stage) the one it lies in.
fn own_configuration(plan: &Evaluation, path: &Path, configurations: &[Evaluation]) -> Option<usize> {
    let alike = || {
        configurations.iter().enumerate().filter(|(_, configuration)| source::is_plan_of(plan, configuration))
    };
    let around = alike().filter(|(_, configuration)| path.starts_with(&configuration.dir));
    let nearest = around.max_by_key(|(_, configuration)| configuration.dir.components().count());
    let only = || alike().next().filter(|_| alike().count() == 1);
    nearest.or_else(only).map(|(at, _)| at)
}

/// The configuration of a plan, evaluated with the plan's variables.
fn configuration_of(plan: &Evaluation, dir: &Path, options: &Options, files: &Files) -> Evaluation {
    let configs = Configs::new(files);
    let written = evaluate_in(&configs, dir, options);
    let missing = source::missing_variables(plan, &written);
    if missing.is_empty() {
        return written;
    }
    let mut options = options.clone();
    options.inputs.extend(missing);
    evaluate_in(&configs, dir, &options)
}

/// Refuses a source that the environment leaves out.
fn of_environment(dir: &Path, taken: Taken<'_>, files: &Files) -> Result<(), Failure> {
    match taken.environment.filter(|chosen| !chosen.has_root(dir)) {
        None => Ok(()),
        Some(chosen) => {
            let (dir, name) = (files.display_name(dir), &chosen.environment.name);
            let dir = if dir.is_empty() { ".".to_owned() } else { dir };
            Err(Failure::Argument(format!("`--source {dir}` is not part of the environment `{name}`")))
        }
    }
}

/// The directory of `--source`, inside the boundary.
fn source_dir(dir: &Path, root: &Path) -> Result<PathBuf, Failure> {
    let shown = dir.display();
    let real = dir.canonicalize().map_err(|error| Failure::Path(format!("`{shown}`: {error}")))?;
    if !real.is_dir() {
        return Err(Failure::Path(format!("`{shown}` is no directory")));
    }
    if !real.starts_with(root) {
        let root = root.display();
        let message = format!("`{shown}` lies outside the scanned root `{root}`; name a wider --root");
        return Err(Failure::Path(message));
    }
    Ok(real)
}

fn same_dir(one: &Path, other: &Path) -> bool {
    one == other || one.canonicalize().is_ok_and(|one| one == other)
}
