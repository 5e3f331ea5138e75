//! What `eval` and `show` look at: a root module, or a plan; and what `plimsoll.yaml` says of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Stop;
use super::common::{self, working_directory};
use crate::analysis::environments::{Chosen, Refused, Search, choose};
use crate::analysis::read_configuration;
use crate::config::{self, Config};
use crate::discover::{self, Discovered, FileKind};
use crate::source::Files;
use crate::terraform::{Configs, Evaluation, Options, find_roots};

/// Arguments that say where to look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Where<'a> {
    pub(super) path: &'a Path,
    /// `--root`.
    pub(super) root: Option<&'a Path>,
    /// `--config`.
    pub(super) config: Option<&'a Path>,
    /// `--environment`.
    pub(super) environment: Option<&'a str>,
}

/// A place and what is known of it.
pub(super) struct Place {
    pub(super) files: Files,
    /// The root module, or the directory of the plan.
    pub(super) dir: PathBuf,
    /// Names of other root modules beside it.
    pub(super) others: Vec<String>,
    /// The plan, where the path names one.
    pub(super) plan: Option<PathBuf>,
    /// Flags, and what the environment and the configuration add to them.
    pub(super) options: Options,
    given: Options,
    config: Config,
    /// Directory of the configuration file.
    config_dir: Option<PathBuf>,
    environment: Option<String>,
}

impl Place {
    /// The root module in the directory, or the first one below it; a file stands for its directory, a plan for itself.
    pub(super) fn find(at: Where<'_>, given: Options) -> Result<Self, Stop> {
        let discovered = discover::discover(std::slice::from_ref(&at.path.to_path_buf()), at.root)
            .map_err(|error| Stop::path(error.to_string()))?;
        let real = at
            .path
            .canonicalize()
            .map_err(|error| Stop::path(format!("`{}`: {error}", at.path.display())))?;
        let files = Files::new(&discovered.root, &working_directory()?)
            .map_err(|error| Stop::path(format!("`{}`: {error}", discovered.root.display())))?;
        let is_plan = discovered.files.iter().any(|found| found.path == real && found.kind == FileKind::Plan);
        let (plan, dir) = match real.parent() {
            Some(parent) if real.is_file() => (is_plan.then(|| real.clone()), parent.to_path_buf()),
            _ => (None, real.clone()),
        };
        let (dir, others) = match plan {
            Some(_) => (dir, Vec::new()),
            None => root_module(dir, &discovered, &files),
        };
        let place = Self {
            files,
            dir,
            others,
            plan,
            options: given.clone(),
            given,
            config: Config::default(),
            config_dir: None,
            environment: at.environment.map(str::to_owned),
        };
        place.configured(at.config)
    }

    /// With what the configuration and its environment add.
    fn configured(mut self, config: Option<&Path>) -> Result<Self, Stop> {
        let path = config.map(Path::to_path_buf).or_else(|| config::find(&self.dir, self.files.root()));
        if let Some(path) = path {
            match read_configuration(&path, &self.files).map_err(common::stop)? {
                Ok((config, directory)) => (self.config, self.config_dir) = (config, Some(directory)),
                Err(errors) => return Err(common::stop(Refused::Config(errors).into_failure(self.files))),
            }
        }
        if let Some(most) = self.config.most_instances {
            self.options.limits.instances = most;
        }
        match self.chosen() {
            Ok(None) => {}
            Err(refused) => return Err(common::stop(refused.into_failure(self.files))),
            // Whether a plan's configuration belongs to it is asked of its source.
            Ok(Some(chosen)) if self.plan.is_none() && !chosen.has_root(&self.dir) => {
                return Err(Stop::usage(format!(
                    "the root module {} is not part of the environment `{}`",
                    self.name(),
                    chosen.environment.name
                )));
            }
            Ok(Some(chosen)) => self.options = chosen.options(self.options.clone()),
        }
        Ok(self)
    }

    /// The environment that was asked for.
    pub(super) fn chosen(&self) -> Result<Option<Chosen<'_>>, Refused> {
        let choose = |name: &String| choose(&self.config, self.config_dir.as_deref(), name, &self.files);
        self.environment.as_ref().map(choose).transpose()
    }

    /// What gives the variables without value one, by their names: environments, else var files.
    pub(super) fn decide_with(&self, evaluation: &Evaluation) -> BTreeMap<String, String> {
        let search = Search {
            files: &self.files,
            config: &self.config,
            directory: self.config_dir.as_deref(),
            chosen: self.chosen().ok().flatten(),
            given: &self.given.inputs,
        };
        search.advice([evaluation]).decide_with
    }

    /// The root module's directory, or the plan, as shown: `.` for the working directory.
    pub(super) fn name(&self) -> String {
        name(&self.files, self.plan.as_ref().unwrap_or(&self.dir))
    }
}

/// The root module in `dir`, or the first one below it, and the names of the others there.
fn root_module(dir: PathBuf, discovered: &Discovered, files: &Files) -> (PathBuf, Vec<String>) {
    let directories: BTreeSet<PathBuf> = discovered
        .files
        .iter()
        .filter(|found| found.kind == FileKind::Terraform && found.path.starts_with(&dir))
        .filter_map(|found| found.path.parent().map(Path::to_path_buf))
        .collect();
    let has_own = directories.contains(&dir);
    let mut roots: Vec<PathBuf> =
        find_roots(&Configs::new(files), &directories).into_iter().map(|root| root.dir).collect();
    let dir = match roots.first() {
        Some(first) if !has_own => first.clone(),
        _ => dir,
    };
    roots.retain(|other| *other != dir);
    let others = roots.iter().map(|other| name(files, other)).collect();
    (dir, others)
}

fn name(files: &Files, path: &Path) -> String {
    let name = files.display_name(path);
    if name.is_empty() { ".".to_owned() } else { name }
}
