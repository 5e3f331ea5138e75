//! The environment that was asked for, and what to pass where variables have no value.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Failure;
use crate::config::{Config, ConfigError, Environment};
use crate::lint::sink::Judgement;
use crate::source::{Files, LoadError};
use crate::terraform::{self, Evaluation, Input, var_files};
use crate::text::{closest, plural};
use crate::value::Cause;

/// Names of var files or environments in one piece of advice.
const MOST_NAMES: usize = 3;

/// The environment of a run, with the directory that its paths are relative to.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'c> {
    pub environment: &'c Environment,
    directory: &'c Path,
}

/// Why an environment cannot be used.
#[derive(Debug)]
pub enum Refused {
    /// There is none of this name.
    Unknown(String),
    /// Its var files are not there.
    Config(Vec<ConfigError>),
}

impl Refused {
    /// The failure of a run.
    #[must_use]
    pub fn into_failure(self, files: Files) -> Failure {
        match self {
            Self::Unknown(message) => Failure::Argument(message),
            Self::Config(errors) => Failure::Config { errors, sources: files.into_sources() },
        }
    }
}

/// The environment called `name`; `directory` is the one of the configuration file, if there is one.
///
/// # Errors
/// See [`Refused`].
pub fn choose<'c>(
    config: &'c Config,
    directory: Option<&'c Path>,
    name: &str,
    files: &Files,
) -> Result<Chosen<'c>, Refused> {
    let found = config.environments.iter().find(|environment| environment.name == name);
    let (Some(environment), Some(directory)) = (found, directory) else {
        let known: Vec<&str> = config.environments.iter().map(|known| known.name.as_str()).collect();
        let help = match closest(name, known.iter().copied()) {
            Some(known) => format!("did you mean `{known}`?"),
            None if known.is_empty() => "plimsoll.yaml names none under `environments:`".to_owned(),
            None => format!("known: {}", known.join(", ")),
        };
        return Err(Refused::Unknown(format!("there is no environment `{name}`; {help}")));
    };
    let chosen = Chosen { environment, directory };
    let missing: Vec<ConfigError> = environment
        .var_files
        .iter()
        .filter_map(|file| {
            let reason = match files.resolve(&chosen.path(&file.path)) {
                Ok(real) if files.is_file(&real) => return None,
                Ok(_) => LoadError::NotAFile.to_string(),
                Err(error) => error.to_string(),
            };
            let message = format!("the var file `{}` cannot be read: {reason}", file.path);
            Some(ConfigError { span: file.span, message, help: None })
        })
        .collect();
    if missing.is_empty() { Ok(chosen) } else { Err(Refused::Config(missing)) }
}

impl Chosen<'_> {
    fn path(&self, path: &str) -> PathBuf {
        Files::normalize(&self.directory.join(path))
    }

    fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.environment.var_files.iter().map(|file| self.path(&file.path))
    }

    /// Options with its var files before the flags, which win, and its workspace where no flag names one.
    #[must_use]
    pub fn options(&self, mut options: terraform::Options) -> terraform::Options {
        let flags = std::mem::take(&mut options.inputs);
        options.inputs = self.paths().map(Input::VarFile).chain(flags).collect();
        options.workspace = options.workspace.or_else(|| self.environment.workspace.clone());
        options
    }

    /// Whether the root module in `dir` belongs to it.
    #[must_use]
    pub fn has_root(&self, dir: &Path) -> bool {
        let inside = dir.strip_prefix(self.directory);
        let shown = inside.map(|inside| inside.to_string_lossy().replace('\\', "/"));
        self.environment.roots.is_none() || shown.is_ok_and(|shown| self.environment.has_root(&shown))
    }

    /// What it brings, as a note.
    pub(super) fn note(&self) -> String {
        let Environment { name, var_files, workspace, .. } = self.environment;
        let paths: Vec<&str> = var_files.iter().map(|file| file.path.as_str()).collect();
        let workspace = workspace.as_ref().map(|workspace| format!("workspace {workspace}"));
        let files = (!paths.is_empty()).then(|| paths.join(", "));
        let brings: Vec<String> = files.into_iter().chain(workspace).collect();
        let brings = if brings.is_empty() { "no var files".to_owned() } else { brings.join("; ") };
        format!("environment {name}: {brings}")
    }
}

/// What decides the variables that have no value: a flag with its values, by the variable's name.
#[derive(Debug, Default)]
pub struct Advice {
    pub decide_with: BTreeMap<String, String>,
}

/// Where one looks for values of variables.
#[derive(Debug)]
pub struct Search<'a> {
    pub files: &'a Files,
    pub config: &'a Config,
    pub directory: Option<&'a Path>,
    pub chosen: Option<Chosen<'a>>,
    /// Var files given as flags.
    pub given: &'a [Input],
}

impl Search<'_> {
    /// For each variable without a value: the environments that set it, else the var files around the root module that do.
    #[must_use]
    pub fn advice<'e>(&self, evaluations: impl IntoIterator<Item = &'e Evaluation>) -> Advice {
        let mut read: BTreeMap<PathBuf, BTreeSet<Arc<str>>> = BTreeMap::new();
        let mut found: BTreeMap<Arc<str>, (Vec<String>, Vec<String>)> = BTreeMap::new();
        for evaluation in evaluations {
            let missing = missing(evaluation);
            if missing.is_empty() {
                continue;
            }
            let environments: Vec<Chosen<'_>> = match (self.chosen, self.directory) {
                (None, Some(directory)) => self
                    .config
                    .environments
                    .iter()
                    .map(|environment| Chosen { environment, directory })
                    .filter(|of| of.has_root(&evaluation.dir))
                    .collect(),
                _ => Vec::new(),
            };
            let around = self.unused(var_files::around(self.files, &evaluation.dir));
            for name in missing {
                let mut sets = |path: &Path| {
                    let of = || var_files::names_set(self.files, path);
                    read.entry(path.to_path_buf()).or_insert_with(of).contains(&name)
                };
                let (names, paths) = found.entry(name.clone()).or_default();
                for of in &environments {
                    if !names.contains(&of.environment.name) && of.paths().any(|path| sets(&path)) {
                        names.push(of.environment.name.clone());
                    }
                }
                for path in &around {
                    let shown = self.files.display_name(path);
                    if !paths.contains(&shown) && sets(path) {
                        paths.push(shown);
                    }
                }
            }
        }
        let decide_with = found
            .into_iter()
            .filter_map(|(name, (environments, paths))| {
                let how = match (environments.as_slice(), paths.as_slice()) {
                    ([], []) => return None,
                    ([], paths) => format!("--var-file {}", either(paths)),
                    (environments, _) => format!("--environment {}", either(environments)),
                };
                Some((name.to_string(), how))
            })
            .collect();
        Advice { decide_with }
    }

    /// Without the files that are given already, and those of environments when one is chosen.
    fn unused(&self, mut paths: Vec<PathBuf>) -> Vec<PathBuf> {
        let given = self.given.iter().filter_map(|input| match input {
            Input::VarFile(path) => path.canonicalize().ok(),
            Input::Var { .. } | Input::Value { .. } => None,
        });
        let of_environments =
            self.directory.into_iter().filter(|_| self.chosen.is_some()).flat_map(|directory| {
                let all = self.config.environments.iter();
                all.flat_map(move |environment| Chosen { environment, directory }.paths().collect::<Vec<_>>())
            });
        let used: BTreeSet<PathBuf> = given.chain(of_environments).collect();
        paths.retain(|path| !used.contains(path));
        paths
    }
}

/// Root variables without a value.
fn missing(evaluation: &Evaluation) -> Vec<Arc<str>> {
    let lacks = |(name, value): &&(Arc<str>, crate::value::Value)| {
        let causes = value.causes();
        causes.iter().any(|cause| matches!(cause, Cause::MissingVariable { name: of } if of == name))
    };
    evaluation.variables.iter().filter(lacks).map(|(name, _)| name.clone()).collect()
}

/// `a`, `a or b`, `a, b or c`; further ones are counted.
fn either(names: &[String]) -> String {
    match names {
        [one] => one.clone(),
        _ if names.len() > MOST_NAMES => {
            let shown: Vec<&str> = names.iter().take(MOST_NAMES).map(String::as_str).collect();
            format!("{} (or {} more)", shown.join(", "), names.len() - MOST_NAMES)
        }
        _ => names
            .split_last()
            .map_or_else(String::new, |(last, first)| format!("{} or {last}", first.join(", "))),
    }
}

impl Advice {
    /// One note for the variables that the same thing decides.
    pub(super) fn notes(&self, judgement: &Judgement) -> Vec<String> {
        let mut by_how: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, how) in &self.decide_with {
            by_how.entry(how).or_default().push(name);
        }
        by_how
            .into_iter()
            .map(|(how, names)| {
                let open = judgement.undecided.iter().filter(
                    |record| matches!(&record.cause, Cause::MissingVariable { name } if names.contains(&&**name)),
                );
                let checks: usize = open.map(|record| record.instances.len().max(1)).sum();
                let verb = if names.len() == 1 { "has" } else { "have" };
                let listed: Vec<String> = names.iter().take(MOST_NAMES).map(|name| format!("`var.{name}`")).collect();
                let more = match names.len().saturating_sub(MOST_NAMES) {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                let keeps = if checks == 0 { String::new() } else { format!(": {}", plural(checks, "check")) };
                format!("{}{more} {verb} no value{keeps}; pass {how}", listed.join(", "))
            })
            .collect()
    }
}
