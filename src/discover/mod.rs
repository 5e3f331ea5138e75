//! Which files a run looks at: the boundary, the walk, and what each file is. Files are read only as far as
//! needed to tell their kind; reading them for their content is in `source`.

mod classify;
mod walk;

pub use classify::{FileKind, TaskDefinitionForm, kind_by_name, kind_of_content, task_definition_form};

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::source::Overlay;

/// What a run looks at.
#[derive(Debug)]
pub struct Discovered {
    /// The boundary, resolved: nothing outside it is read.
    pub root: PathBuf,
    pub selection: Selection,
    /// Files of a known kind inside the projects of the named paths, by path. Named files are here whatever they are.
    pub files: Vec<Found>,
    /// What could not be looked at, by path.
    pub notes: Vec<Note>,
}

/// A file and its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Absolute and resolved.
    pub path: PathBuf,
    pub kind: FileKind,
    /// Its findings are reported. Other files are only there to judge the selected ones by.
    pub selected: bool,
}

/// What the named paths select for the report.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    paths: Vec<PathBuf>,
}

impl Selection {
    /// Whether findings in `path` (absolute, resolved) are reported.
    #[must_use]
    pub fn covers(&self, path: &Path) -> bool {
        self.paths.iter().any(|selected| path.starts_with(selected))
    }
}

/// Something that was not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub path: PathBuf,
    pub kind: NoteKind,
    pub selected: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoteKind {
    /// Larger than its kind may be; `limit` in bytes. For the rule `limit-reached`.
    TooLarge { kind: FileKind, limit: u64 },
    /// A directory or file that could not be read, with the system's reason.
    Unreadable { reason: String },
}

#[derive(Debug, Error)]
pub enum DiscoverError {
    #[error("`{}` does not exist", .0.display())]
    NotFound(PathBuf),
    #[error("`{}` cannot be read: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("`{}` lies outside the scanned root `{}`; scan it in a run of its own or name a wider --root", path.display(), root.display())]
    Outside { path: PathBuf, root: PathBuf },
}

/// Finds the files that `paths` (at least one) select, and those needed to judge them.
///
/// The boundary is `root`, else the git top level around the first path, else that path (for a file: its directory).
/// A directory is walked; beside it the workflows of the directories around it are read. A file belongs to the
/// project around it (the nearest directory up to the boundary with `.git`, `.github` or `plimsoll.yaml`), which is
/// walked so that callers, services and workflows are known. Ignore files are honoured except for named paths;
/// `.git`, `.terraform`, `.terragrunt-cache` and `node_modules` are never entered; symbolic links are not followed.
///
/// # Errors
/// When a named path does not exist, cannot be read or lies outside the boundary.
pub fn discover(paths: &[PathBuf], root: Option<&Path>) -> Result<Discovered, DiscoverError> {
    discover_at(paths, root, None)
}

/// The same in another state of the files. Its paths are absolute and resolved.
///
/// # Errors
/// See [`discover`].
pub fn discover_at(
    paths: &[PathBuf],
    root: Option<&Path>,
    overlay: Option<&Overlay>,
) -> Result<Discovered, DiscoverError> {
    let is_of_overlay = |path: &Path| {
        overlay.is_some_and(|overlay| overlay.content(path).is_some() || overlay.is_directory(path))
    };
    let found = |path: &PathBuf| if is_of_overlay(path) { Ok(path.clone()) } else { resolve(path) };
    let named = paths.iter().map(found).collect::<Result<Vec<_>, _>>()?;
    let root = match (root, named.first()) {
        (Some(root), _) => resolve(root)?,
        (None, Some(first)) => boundary_of(first),
        (None, None) => resolve(Path::new("."))?,
    };
    for (path, real) in paths.iter().zip(&named) {
        if !real.starts_with(&root) {
            return Err(DiscoverError::Outside { path: path.clone(), root });
        }
        if !is_of_overlay(real) {
            readable(path, real)?;
        }
    }
    let selection = Selection { paths: named };
    let (files, notes) = walk::walk(&root, &selection, overlay);
    Ok(Discovered { root, selection, files, notes })
}

fn resolve(path: &Path) -> Result<PathBuf, DiscoverError> {
    path.canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
            DiscoverError::NotFound(path.to_path_buf())
        }
        _ => DiscoverError::Unreadable { path: path.to_path_buf(), reason: error.to_string() },
    })
}

fn readable(path: &Path, real: &Path) -> Result<(), DiscoverError> {
    let opened = if real.is_dir() {
        std::fs::read_dir(real).map(|_| ())
    } else {
        std::fs::File::open(real).map(|_| ())
    };
    opened.map_err(|error| DiscoverError::Unreadable { path: path.to_path_buf(), reason: error.to_string() })
}

/// The git top level around a resolved path, else the directory itself.
pub(crate) fn boundary_of(path: &Path) -> PathBuf {
    let directory = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let top = directory.ancestors().find(|above| above.join(".git").exists());
    top.unwrap_or(directory).to_path_buf()
}

#[cfg(test)]
mod tests;
