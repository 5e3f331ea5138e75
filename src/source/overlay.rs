//! Files as they were: contents that stand for those on disk, and files that are not to be seen.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Another state of some files. Paths are absolute and resolved.
#[derive(Debug, Clone, Default)]
pub struct Overlay {
    files: HashMap<PathBuf, Layer>,
    /// Directories that hold files of this state, whether they are on disk or not.
    directories: HashSet<PathBuf>,
}

/// What stands for a file on disk.
#[derive(Debug, Clone)]
pub enum Layer {
    Content(Arc<[u8]>),
    /// There was no such file.
    Absent,
}

impl Overlay {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The file is not to be seen.
    pub fn hide(&mut self, path: PathBuf) {
        self.files.insert(path, Layer::Absent);
    }

    /// The file holds this.
    pub fn put(&mut self, path: PathBuf, content: impl Into<Arc<[u8]>>) {
        for above in path.ancestors().skip(1) {
            if !self.directories.insert(above.to_path_buf()) {
                break;
            }
        }
        self.files.insert(path, Layer::Content(content.into()));
    }

    #[must_use]
    pub fn get(&self, path: &Path) -> Option<&Layer> {
        self.files.get(path)
    }

    /// What a file holds, where that is not what is on disk.
    #[must_use]
    pub fn content(&self, path: &Path) -> Option<&Arc<[u8]>> {
        match self.files.get(path) {
            Some(Layer::Content(content)) => Some(content),
            Some(Layer::Absent) | None => None,
        }
    }

    #[must_use]
    pub fn hides(&self, path: &Path) -> bool {
        matches!(self.files.get(path), Some(Layer::Absent))
    }

    /// Whether it is a directory of a file with content here.
    #[must_use]
    pub fn is_directory(&self, path: &Path) -> bool {
        self.directories.contains(path)
    }

    /// Files with content, in no order.
    pub fn contents(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().filter_map(|(path, layer)| match layer {
            Layer::Content(_) => Some(path.as_path()),
            Layer::Absent => None,
        })
    }

    /// Names of the files with content directly in a directory.
    pub(super) fn names_in<'a>(&'a self, directory: &'a Path) -> impl Iterator<Item = String> + 'a {
        let files = self.contents().filter(move |path| path.parent() == Some(directory));
        files.filter_map(|path| path.file_name()?.to_str().map(str::to_owned))
    }

    /// Names of the directories directly in a directory that hold files with content.
    pub(super) fn directories_in<'a>(&'a self, directory: &'a Path) -> impl Iterator<Item = String> + 'a {
        let inner = self.directories.iter().filter(move |path| path.parent() == Some(directory));
        inner.filter_map(|path| path.file_name()?.to_str().map(str::to_owned))
    }
}
