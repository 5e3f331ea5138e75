//! The walk through the directories.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::{DirEntry, WalkBuilder};

use super::classify::{FileKind, HEAD, is_template, kind_by_name, kind_of_content, may_hold_json, promises};
use super::{Found, Note, NoteKind, Selection};
use crate::source::{Overlay, SourceMap};

/// Directories that hold what tools fetched or wrote, never sources.
const NEVER: [&str; 6] = [".git", ".hg", ".svn", ".terraform", ".terragrunt-cache", "node_modules"];

/// A part of the tree that is walked.
struct Target {
    directory: PathBuf,
    /// Only the files directly in it.
    flat: bool,
}

pub(super) fn walk(root: &Path, selection: &Selection, overlay: Option<&Overlay>) -> (Vec<Found>, Vec<Note>) {
    let mut finder = Finder { root, selection, overlay, files: Vec::new(), notes: Vec::new() };
    let is_directory_now = |path: &Path| finder.is_directory(path);
    let targets: Vec<Target> =
        selection.paths.iter().flat_map(|path| targets_of(root, path, is_directory_now(path))).collect();
    // Starting at the boundary lets its ignore files count, without any from outside.
    let mut builder = WalkBuilder::new(root);
    builder.hidden(false).parents(false).git_global(false).require_git(false).follow_links(false);
    let inside: Vec<(PathBuf, bool)> =
        targets.into_iter().map(|target| (target.directory, target.flat)).collect();
    let holds =
        |inside: &[(PathBuf, bool)], path: &Path| {
            inside.iter().any(|(directory, flat)| {
                if *flat { path.parent() == Some(directory) } else { path.starts_with(directory) }
            })
        };
    let of_overlay: Vec<PathBuf> = overlay
        .into_iter()
        .flat_map(Overlay::contents)
        .filter(|path| path.starts_with(root) && holds(&inside, path) && !is_never(root, path))
        .map(Path::to_path_buf)
        .collect();
    builder.filter_entry(move |entry| {
        let path = entry.path();
        if !is_directory(entry) {
            return holds(&inside, path);
        }
        let wanted = inside
            .iter()
            .any(|(directory, flat)| directory.starts_with(path) || (!flat && path.starts_with(directory)));
        wanted && !(entry.depth() > 0 && NEVER.iter().any(|name| entry.file_name() == OsStr::new(name)))
    });
    for entry in builder.build() {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                finder.found(entry.path(), false)
            }
            Ok(_) => {}
            Err(error) => finder.failed(&error),
        }
    }
    for path in of_overlay {
        if !finder.files.iter().any(|found| found.path == path) {
            finder.found(&path, false);
        }
    }
    // Named files count although ignored, whatever they are.
    for path in &selection.paths {
        if finder.is_file(path) && !finder.files.iter().any(|found| found.path == *path) {
            finder.found(path, true);
        } else if finder.is_directory(path) && finder.ignored_directory(path) {
            finder.walk_ignored(path);
        }
    }
    finder.files.sort_by(|a, b| a.path.cmp(&b.path));
    finder.files.dedup_by(|a, b| a.path == b.path);
    finder.notes.sort_by(|a, b| a.path.cmp(&b.path));
    finder.notes.dedup();
    (finder.files, finder.notes)
}

/// What to walk for a named path.
fn targets_of(root: &Path, path: &Path, is_directory: bool) -> Vec<Target> {
    let mut targets = Vec::new();
    let directory = if is_directory {
        targets.push(Target { directory: path.to_path_buf(), flat: false });
        path
    } else {
        let parent = path.parent().unwrap_or(root);
        let is_project = |above: &&Path| {
            [".git", ".github", "plimsoll.yaml", "plimsoll.yml"].iter().any(|name| above.join(name).exists())
        };
        let project = parent.ancestors().take_while(|above| above.starts_with(root)).find(is_project);
        targets.push(match project {
            Some(project) => Target { directory: project.to_path_buf(), flat: false },
            // Outside of any project only its neighbours: the directory may be anything, a home for example.
            None => Target { directory: parent.to_path_buf(), flat: true },
        });
        parent
    };
    for above in directory.ancestors().take_while(|above| above.starts_with(root)) {
        targets.push(Target { directory: above.join(".github"), flat: false });
        targets.push(Target { directory: above.to_path_buf(), flat: true });
    }
    targets
}

/// Whether a path below the boundary is in a directory that is never entered.
fn is_never(root: &Path, path: &Path) -> bool {
    let below = path.strip_prefix(root).unwrap_or(path);
    below.components().any(|part| NEVER.iter().any(|name| part.as_os_str() == OsStr::new(name)))
}

fn is_directory(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
}

struct Finder<'a> {
    root: &'a Path,
    selection: &'a Selection,
    /// Another state of the files, where that is looked at.
    overlay: Option<&'a Overlay>,
    files: Vec<Found>,
    notes: Vec<Note>,
}

impl Finder<'_> {
    fn content(&self, path: &Path) -> Option<&Arc<[u8]>> {
        self.overlay.and_then(|overlay| overlay.content(path))
    }

    fn is_file(&self, path: &Path) -> bool {
        self.content(path).is_some()
            || (path.is_file() && !self.overlay.is_some_and(|overlay| overlay.hides(path)))
    }

    fn is_directory(&self, path: &Path) -> bool {
        path.is_dir() || self.overlay.is_some_and(|overlay| overlay.is_directory(path))
    }

    fn found(&mut self, path: &Path, named: bool) {
        if self.overlay.is_some_and(|overlay| overlay.hides(path)) {
            return;
        }
        let selected = self.selection.covers(path);
        let named = named || self.selection.paths.iter().any(|selected| selected == path);
        let relative = path.strip_prefix(self.root).unwrap_or(path);
        let kind = match kind_by_name(relative) {
            Some(kind) => {
                let size = match self.content(path) {
                    Some(content) => Ok(content.len() as u64),
                    None => path.metadata().map(|metadata| metadata.len()),
                };
                if size.is_ok_and(|size| size > kind.size_limit()) {
                    self.too_large(path, kind);
                    return;
                }
                Some(kind)
            }
            None if !is_template(path) && (named || may_hold_json(path)) => self.look(path),
            None => None,
        };
        // Surroundings of a named directory count only as far as they configure or deploy it.
        let near = selected || !matches!(kind, Some(FileKind::Other) | None);
        match kind {
            Some(kind) if near => self.files.push(Found { path: path.to_path_buf(), kind, selected }),
            None if named => {
                self.files.push(Found { path: path.to_path_buf(), kind: FileKind::Other, selected })
            }
            _ => {}
        }
    }

    /// The kind of a file that may hold JSON.
    fn look(&mut self, path: &Path) -> Option<FileKind> {
        let mut bytes = Vec::new();
        let read = match self.content(path).cloned() {
            Some(content) => {
                bytes.extend(content.iter().take(HEAD));
                let size = content.len() as u64;
                let rest: Vec<u8> = content.iter().skip(HEAD).copied().collect();
                Ok((size, Box::new(std::io::Cursor::new(rest)) as Box<dyn Read>))
            }
            None => File::open(path).and_then(|mut file| {
                file.by_ref().take(HEAD as u64).read_to_end(&mut bytes)?;
                Ok((file.metadata()?.len(), Box::new(file) as Box<dyn Read>))
            }),
        };
        let (size, file) = match read {
            Ok(read) => read,
            Err(error) => {
                self.unreadable(path, &error);
                return None;
            }
        };
        let whole = size <= bytes.len() as u64;
        let promised = promises(&bytes, whole);
        if !whole {
            // Bracket and key words stand at the start of a plan; a long definition may name its family first.
            let starts =
                matches!(bytes.iter().find(|byte| !byte.is_ascii_whitespace()), Some(b'{' | b'[' | 0xEF));
            if promised.is_none() && (!starts || size > FileKind::TaskDefinition.size_limit()) {
                return None;
            }
            let kind = promised.unwrap_or(FileKind::TaskDefinition);
            if size > kind.size_limit() {
                self.too_large(path, kind);
                return None;
            }
            if kind == FileKind::Plan {
                return Some(kind);
            }
            let rest = kind.size_limit().saturating_sub(bytes.len() as u64);
            if let Err(error) = file.take(rest).read_to_end(&mut bytes) {
                self.unreadable(path, &error);
                return None;
            }
        } else if promised.is_none() {
            return None;
        }
        let pseudo = SourceMap::default().add_pseudo("", "");
        kind_of_content(&bytes, pseudo)
    }

    fn too_large(&mut self, path: &Path, kind: FileKind) {
        let selected = self.selection.covers(path);
        let limit = kind.size_limit();
        self.notes.push(Note {
            path: path.to_path_buf(),
            kind: NoteKind::TooLarge { kind, limit },
            selected,
        });
    }

    fn unreadable(&mut self, path: &Path, error: &std::io::Error) {
        // A file that vanished since the directory was listed is simply not there.
        if error.kind() == std::io::ErrorKind::NotFound {
            return;
        }
        let selected = self.selection.covers(path);
        let kind = NoteKind::Unreadable { reason: error.to_string() };
        self.notes.push(Note { path: path.to_path_buf(), kind, selected });
    }

    fn failed(&mut self, error: &ignore::Error) {
        let Some((path, error)) = path_and_cause(error) else { return };
        self.unreadable(&path, error);
    }

    /// Whether a named directory lies in an ignored part, so that the walk from the boundary did not reach it.
    fn ignored_directory(&self, path: &Path) -> bool {
        !self.files.iter().any(|found| found.path.starts_with(path)) && path != self.root
    }

    fn walk_ignored(&mut self, path: &Path) {
        let mut builder = WalkBuilder::new(path);
        builder.hidden(false).parents(false).git_global(false).require_git(false).follow_links(false);
        builder.filter_entry(|entry| {
            !(is_directory(entry)
                && entry.depth() > 0
                && NEVER.iter().any(|name| entry.file_name() == OsStr::new(name)))
        });
        for entry in builder.build() {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                    self.found(entry.path(), false)
                }
                Ok(_) => {}
                Err(error) => self.failed(&error),
            }
        }
    }
}

/// The place and the system's reason inside the walker's error.
fn path_and_cause(error: &ignore::Error) -> Option<(PathBuf, &std::io::Error)> {
    match error {
        ignore::Error::WithPath { path, err } => match err.as_ref() {
            ignore::Error::Io(cause) => Some((path.clone(), cause)),
            inner => path_and_cause(inner),
        },
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_and_cause(err)
        }
        ignore::Error::Partial(errors) => errors.iter().find_map(path_and_cause),
        _ => None,
    }
}
