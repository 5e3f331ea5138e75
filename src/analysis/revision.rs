//! The files as they were at a revision, read from git into memory: what differs from those on the disk lies over them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::accepted::Accept;
use super::git::{Changed, Commit, Git};
use super::{Analysis, Failure, Request, state};
use crate::config;
use crate::lint::Catalogue;
use crate::source::{Files, Overlay};

/// Another state of the files, and how it differs from the one on the disk.
#[derive(Debug)]
pub(super) struct Then {
    pub(super) git: Git,
    pub(super) commit: Commit,
    pub(super) changes: Vec<Changed>,
    pub(super) overlay: Overlay,
}

impl Then {
    /// The files below `root` at a revision of the repository around `directory`. Configuration files, and the one
    /// `named`, stay as they are.
    ///
    /// # Errors
    /// In words, when there is no such repository or revision.
    pub(super) fn read(
        directory: &Path,
        revision: &str,
        root: &Path,
        named: Option<&Path>,
    ) -> Result<Self, String> {
        let git = Git::around(directory)?;
        let commit = git.commit(revision)?;
        let changes = git.changes(&commit)?;
        let overlay = overlay(&git, &changes, root, named)?;
        Ok(Self { git, commit, changes, overlay })
    }
}

/// What a revision was judged to be.
#[derive(Debug)]
pub struct OfRevision {
    pub analysis: Analysis,
    /// Id of the commit.
    pub commit: String,
}

/// Id of the commit that `text` names in the repository around a directory.
///
/// # Errors
/// In words, when there is no such repository or commit.
pub fn find_revision(directory: &Path, text: &str) -> Result<String, String> {
    Ok(Git::around(directory)?.commit(text)?.id)
}

/// Judges the files as they were at a revision; `rules` are those of the state that it is compared with. The
/// configuration of now holds.
///
/// # Errors
/// See [`Failure`].
pub fn analyse_revision(
    request: &Request,
    revision: &str,
    rules: Option<&Catalogue>,
) -> Result<OfRevision, Failure> {
    let first = request.paths.first().unwrap_or(&request.working_directory);
    let around = Files::normalize(&request.working_directory.join(first));
    let around = around.ancestors().find(|above| above.is_dir()).unwrap_or(&request.working_directory);
    let around = around.canonicalize().unwrap_or_else(|_| around.to_path_buf());
    let root = match &request.root {
        Some(root) => root.canonicalize().unwrap_or_else(|_| root.clone()),
        None => crate::discover::boundary_of(&around),
    };
    let then = Then::read(&around, revision, &root, request.config.as_deref()).map_err(Failure::Argument)?;
    let paths = paths_of_then(request, &then.changes, &then.overlay);
    let state_of_then = Request {
        paths,
        root: Some(root),
        baseline: Accept::Nothing,
        since: None,
        rules: rules.cloned().or_else(|| request.rules.clone()),
        overlay: Arc::new(then.overlay),
        ..request.clone()
    };
    Ok(OfRevision { analysis: state(&state_of_then)?, commit: then.commit.id })
}

/// The files of then, laid over those of now: what git does not track is taken as it is.
fn overlay(git: &Git, changes: &[Changed], root: &Path, named: Option<&Path>) -> Result<Overlay, String> {
    let mut overlay = Overlay::default();
    for path in changes.iter().filter_map(|change| change.now.clone()) {
        overlay.hide(path);
    }
    let before: Vec<&(PathBuf, String)> = changes
        .iter()
        .filter_map(|change| change.before.as_ref())
        .filter(|(path, _)| path.starts_with(root))
        .collect();
    let ids: Vec<&str> = before.iter().map(|(_, id)| id.as_str()).collect();
    for ((path, _), content) in before.iter().zip(git.contents(&ids)?) {
        // The settings of now hold for both states.
        let is_configuration = config::FILE_NAMES.iter().any(|name| path.ends_with(name))
            || named.is_some_and(|named| named.canonicalize().is_ok_and(|real| real == *path));
        if let Some(content) = content.filter(|_| !is_configuration) {
            overlay.put(path.clone(), content);
        }
    }
    Ok(overlay)
}

/// Where what is looked at now was then: renamed files are followed.
pub(super) fn paths_of_then(request: &Request, changes: &[Changed], overlay: &Overlay) -> Vec<PathBuf> {
    let mut paths = BTreeSet::new();
    for path in &request.paths {
        let real = path.canonicalize().unwrap_or_else(|_| {
            // Gone since: then it was there.
            Files::normalize(&request.working_directory.join(path))
        });
        if !real.exists() && overlay.content(&real).is_none() && !overlay.is_directory(&real) {
            continue;
        }
        let is_directory = real.is_dir();
        for change in changes {
            let (Some((old, _)), Some(new)) = (&change.before, &change.now) else { continue };
            if new.starts_with(&real) && !old.starts_with(&real) {
                let old = if is_directory { old.parent().unwrap_or(old) } else { old };
                paths.insert(old.to_path_buf());
            }
        }
        if is_directory || !overlay.hides(&real) {
            paths.insert(real);
        }
    }
    if paths.is_empty() {
        // Files that are all new: nothing of them was there, but a run has to look at something.
        let around =
            request.paths.iter().filter_map(|path| path.canonicalize().ok()?.parent().map(Path::to_path_buf));
        paths.extend(around);
    }
    paths.into_iter().collect()
}
