//! Which root module `eval` and `show` look at.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Stop;
use super::common::{self, working_directory};
use crate::analysis::environments::{Refused, choose};
use crate::analysis::read_configuration;
use crate::config::{self, Config};
use crate::discover::{self, FileKind};
use crate::source::Files;
use crate::terraform::{Configs, Options, find_roots};

/// The files of a root module, its directory, and the names of other root modules beside it.
pub(super) struct Place {
    pub(super) files: Files,
    pub(super) dir: PathBuf,
    pub(super) others: Vec<String>,
}

/// The root module in `dir`, or the first one below it.
pub(super) fn find(dir: &Path, root: Option<&Path>) -> Result<Place, Stop> {
    let real = dir.canonicalize().map_err(|error| Stop::path(format!("`{}`: {error}", dir.display())))?;
    let real = match real.parent() {
        Some(parent) if real.is_file() => parent.to_path_buf(),
        _ => real,
    };
    let top = match root {
        Some(root) => {
            root.canonicalize().map_err(|error| Stop::path(format!("`{}`: {error}", root.display())))?
        }
        None => real.ancestors().find(|above| above.join(".git").exists()).unwrap_or(&real).to_path_buf(),
    };
    if !real.starts_with(&top) {
        return Err(Stop::path(format!("`{}` lies outside the root `{}`", dir.display(), top.display())));
    }
    let files = Files::new(&top, &working_directory()?)
        .map_err(|error| Stop::path(format!("`{}`: {error}", top.display())))?;
    let discovered = discover::discover(std::slice::from_ref(&real), Some(&top))
        .map_err(|error| Stop::path(error.to_string()))?;
    let directories: BTreeSet<PathBuf> = discovered
        .files
        .iter()
        .filter(|found| found.kind == FileKind::Terraform && found.path.starts_with(&real))
        .filter_map(|found| found.path.parent().map(Path::to_path_buf))
        .collect();
    let has_own = directories.contains(&real);
    let mut roots: Vec<PathBuf> =
        find_roots(&Configs::new(&files), &directories).into_iter().map(|root| root.dir).collect();
    let dir = match roots.first() {
        Some(first) if !has_own => first.clone(),
        _ => real,
    };
    roots.retain(|other| *other != dir);
    let others = roots.iter().map(|other| name(&files, other)).collect();
    Ok(Place { files, dir, others })
}

/// Options with what the environment that was asked for brings.
pub(super) fn with_environment(
    place: Place,
    name: Option<&str>,
    config: Option<&Path>,
    options: Options,
) -> Result<(Place, Options), Stop> {
    let Some(name) = name else { return Ok((place, options)) };
    let path = config.map(Path::to_path_buf).or_else(|| config::find(&place.dir, place.files.root()));
    let read = match path {
        None => Ok((Config::default(), None)),
        Some(path) => read_configuration(&path, &place.files)
            .map_err(common::stop)?
            .map(|(config, directory)| (config, Some(directory))),
    };
    let (config, directory) = match read {
        Ok(read) => read,
        Err(errors) => return Err(common::stop(Refused::Config(errors).into_failure(place.files))),
    };
    let chosen = match choose(&config, directory.as_deref(), name, &place.files) {
        Ok(chosen) => chosen,
        Err(refused) => return Err(common::stop(refused.into_failure(place.files))),
    };
    if !chosen.has_root(&place.dir) {
        let root = self::name(&place.files, &place.dir);
        return Err(Stop::usage(format!("the root module {root} is not part of the environment `{name}`")));
    }
    let options = chosen.options(options);
    Ok((place, options))
}

/// A directory as it is shown: `.` for the working directory.
pub(super) fn name(files: &Files, dir: &Path) -> String {
    let name = files.display_name(dir);
    if name.is_empty() { ".".to_owned() } else { name }
}
