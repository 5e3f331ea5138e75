//! Plan files: read, completed from `--source`, and kept apart from the configurations they were made from.

use std::path::{Path, PathBuf};

use super::{Failure, Request};
use crate::discover::{Discovered, FileKind};
use crate::source::{Files, Span};
use crate::terraform::plan::{self, Plan, source};
use crate::terraform::{Configs, Evaluation, evaluate_in};

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

/// Reads the plans that the paths select. Of a plan and its configuration only one is judged: with `--source` or
/// where the plan is named the plan, else the configuration.
pub(super) fn read(
    request: &Request,
    discovered: &Discovered,
    files: &Files,
    configurations: &mut Vec<Evaluation>,
    problems: &mut Problems,
    notes: &mut Vec<String>,
) -> Result<Plans, Failure> {
    let source = request.source.as_deref().map(|dir| source_dir(dir, discovered)).transpose()?;
    let named: Vec<PathBuf> = request.paths.iter().filter_map(|path| path.canonicalize().ok()).collect();
    let mut plans = Plans::default();
    let found = discovered.files.iter().filter(|found| found.kind == FileKind::Plan && found.selected);
    for found in found {
        let loaded = files.load_up_to(&found.path, FileKind::Plan.size_limit());
        let Some(loaded) = problems::loaded(loaded, &found.path, files, problems) else { continue };
        let Plan { evaluation, hidden } = plan::read(&loaded.text, loaded.id, &found.path);
        plans.hidden.extend(hidden);
        if let Some(dir) = &source {
            complete(evaluation, dir, request, files, &mut plans);
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

fn complete(evaluation: Evaluation, dir: &Path, request: &Request, files: &Files, plans: &mut Plans) {
    let configs = Configs::new(files);
    let mut options = request.terraform.clone();
    let mut written = evaluate_in(&configs, dir, &options);
    let missing = source::missing_variables(&evaluation, &written);
    if !missing.is_empty() {
        options.inputs.extend(missing);
        written = evaluate_in(&configs, dir, &options);
    }
    plans.places.extend(written.files.iter().cloned());
    plans.judged.push(source::complete(&evaluation, &written));
    plans.read.extend([evaluation, written]);
    plans.files += 1;
}

/// The directory of `--source`, inside the boundary.
fn source_dir(dir: &Path, discovered: &Discovered) -> Result<PathBuf, Failure> {
    let shown = dir.display();
    let real = dir.canonicalize().map_err(|error| Failure::Path(format!("`{shown}`: {error}")))?;
    if !real.is_dir() {
        return Err(Failure::Path(format!("`{shown}` is no directory")));
    }
    if !real.starts_with(&discovered.root) {
        let root = discovered.root.display();
        let message = format!("`{shown}` lies outside the scanned root `{root}`; name a wider --root");
        return Err(Failure::Path(message));
    }
    Ok(real)
}

fn same_dir(one: &Path, other: &Path) -> bool {
    one == other || one.canonicalize().is_ok_and(|one| one == other)
}
