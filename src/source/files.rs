//! The only door to the disk: reads files inside the boundary of the run, once each.
//!
//! Nothing outside the boundary is read, whatever a file asks for: `..`, absolute paths and symbolic
//! links are resolved before the check.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use thiserror::Error;

use super::decode::text_start;
use super::{DecodeError, FileId, Layer, Overlay, SourceMap, decode_text};

/// Largest size of an ordinary input file, in bytes.
pub const LARGEST_FILE: u64 = 20 * 1024 * 1024;

/// Why a file was not read.
#[derive(Debug, Clone, Error)]
pub enum LoadError {
    #[error("the file does not exist")]
    NotFound,
    #[error("the path leads outside the scanned root")]
    Outside,
    /// Sizes in bytes.
    #[error("the file is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error("it is no regular file")]
    NotAFile,
    #[error("{0}")]
    Io(Arc<str>),
}

/// A file that was read.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub id: FileId,
    pub text: Arc<str>,
}

/// Files of a run, read on demand and kept; shared between threads.
#[derive(Debug)]
pub struct Files {
    root: PathBuf,
    display_base: PathBuf,
    /// Another state of the files, where that is judged.
    overlay: Option<Arc<Overlay>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    map: SourceMap,
    by_path: HashMap<PathBuf, Result<Loaded, LoadError>>,
}

impl Files {
    /// `root` is the boundary, `display_base` what shown names are relative to (the working directory).
    ///
    /// # Errors
    /// When `root` cannot be resolved.
    pub fn new(root: &Path, display_base: &Path) -> std::io::Result<Self> {
        Ok(Self {
            root: root.canonicalize()?,
            display_base: display_base.canonicalize().unwrap_or_else(|_| display_base.to_path_buf()),
            overlay: None,
            state: Mutex::default(),
        })
    }

    /// The same with another state of the files laid over those on disk.
    #[must_use]
    pub fn with_overlay(self, overlay: Arc<Overlay>) -> Self {
        let overlay = (!overlay.is_empty()).then_some(overlay);
        Self { overlay, ..self }
    }

    /// The boundary, resolved.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `path` without `.` and `..`, by text alone; absolute paths stay absolute.
    #[must_use]
    pub fn normalize(path: &Path) -> PathBuf {
        let mut clean = PathBuf::new();
        for part in path.components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir => {
                    if !clean.pop() {
                        clean.push("..");
                    }
                }
                other => clean.push(other.as_os_str()),
            }
        }
        clean
    }

    /// The real path behind `path`, if it lies inside the boundary.
    ///
    /// # Errors
    /// When it does not exist or leads outside.
    pub fn resolve(&self, path: &Path) -> Result<PathBuf, LoadError> {
        if let Some(overlay) = &self.overlay {
            let clean = Self::normalize(&self.absolute(path));
            match overlay.get(&clean) {
                Some(Layer::Absent) => return Err(LoadError::NotFound),
                Some(Layer::Content(_)) if clean.starts_with(&self.root) => return Ok(clean),
                None if overlay.is_directory(&clean) && clean.starts_with(&self.root) => return Ok(clean),
                Some(Layer::Content(_)) | None => {}
            }
        }
        let real = path.canonicalize().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound if !Self::normalize(path).starts_with(&self.root) => {
                LoadError::Outside
            }
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => LoadError::NotFound,
            _ => LoadError::Io(error.to_string().into()),
        })?;
        if self.overlay.as_ref().is_some_and(|overlay| overlay.hides(&real)) {
            return Err(LoadError::NotFound);
        }
        if real.starts_with(&self.root) { Ok(real) } else { Err(LoadError::Outside) }
    }

    /// Whether a resolved path is a regular file.
    #[must_use]
    pub fn is_file(&self, real: &Path) -> bool {
        match self.overlay.as_ref().and_then(|overlay| overlay.get(real)) {
            Some(layer) => matches!(layer, Layer::Content(_)),
            None => real.is_file(),
        }
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        if path.is_absolute() { path.to_path_buf() } else { self.display_base.join(path) }
    }

    /// Reads a text file (at most [`LARGEST_FILE`] bytes), or returns what was read before.
    ///
    /// # Errors
    /// See [`LoadError`]; the error is remembered too.
    pub fn load(&self, path: &Path) -> Result<Loaded, LoadError> {
        self.load_up_to(path, LARGEST_FILE)
    }

    /// Reads a text file of at most `limit` bytes.
    ///
    /// # Errors
    /// See [`LoadError`].
    pub fn load_up_to(&self, path: &Path, limit: u64) -> Result<Loaded, LoadError> {
        if let Some(known) = self.state().by_path.get(path) {
            return known.clone();
        }
        let read =
            self.read_bytes(path, limit).and_then(|bytes| Ok((decode_text(&bytes)?, text_start(&bytes))));
        let mut state = self.state();
        if let Some(known) = state.by_path.get(path) {
            return known.clone();
        }
        let loaded = read.map(|(text, start)| {
            let id = state.map.add(self.display_name(path), path, text.clone());
            state.map.begins_at(id, start);
            Loaded { id, text }
        });
        state.by_path.insert(path.to_path_buf(), loaded.clone());
        loaded
    }

    /// Reads a file the user named on the command line, wherever it lies.
    ///
    /// # Errors
    /// See [`LoadError`].
    pub fn load_trusted(&self, path: &Path) -> Result<Loaded, LoadError> {
        let io = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound => LoadError::NotFound,
            _ => LoadError::Io(error.to_string().into()),
        };
        let metadata = std::fs::metadata(path).map_err(io)?;
        if metadata.len() > LARGEST_FILE {
            return Err(LoadError::TooLarge { limit: LARGEST_FILE });
        }
        let real = path.canonicalize().ok();
        let laid_over = self.overlay.as_ref().zip(real).and_then(|(overlay, real)| overlay.content(&real));
        let bytes: Arc<[u8]> = match laid_over {
            Some(bytes) => bytes.clone(),
            None => std::fs::read(path).map_err(io)?.into(),
        };
        let text = decode_text(&bytes)?;
        let mut state = self.state();
        let id = state.map.add(self.display_name(path), path, text.clone());
        state.map.begins_at(id, text_start(&bytes));
        let loaded = Loaded { id, text };
        state.by_path.insert(path.to_path_buf(), Ok(loaded.clone()));
        Ok(loaded)
    }

    /// An id for a file that could not be read, so that something can be said about it.
    pub fn mention(&self, path: &Path) -> FileId {
        self.state().map.add(self.display_name(path), path, "")
    }

    /// Reads raw bytes inside the boundary, without keeping them.
    ///
    /// # Errors
    /// See [`LoadError`].
    pub fn read_bytes(&self, path: &Path, limit: u64) -> Result<Vec<u8>, LoadError> {
        let real = self.resolve(path)?;
        if let Some(content) = self.overlay.as_ref().and_then(|overlay| overlay.content(&real)) {
            let fits = content.len() as u64 <= limit;
            return if fits { Ok(content.to_vec()) } else { Err(LoadError::TooLarge { limit }) };
        }
        let io = |error: std::io::Error| LoadError::Io(error.to_string().into());
        let metadata = std::fs::metadata(&real).map_err(io)?;
        if !metadata.is_file() {
            return Err(LoadError::NotAFile);
        }
        if metadata.len() > limit {
            return Err(LoadError::TooLarge { limit });
        }
        let mut bytes = Vec::new();
        let file = std::fs::File::open(&real).map_err(io)?;
        file.take(limit + 1).read_to_end(&mut bytes).map_err(io)?;
        if bytes.len() as u64 > limit { Err(LoadError::TooLarge { limit }) } else { Ok(bytes) }
    }

    /// Names of the regular files (or links to such) directly in `dir`, sorted; empty where it is no directory inside the boundary.
    #[must_use]
    pub fn file_names(&self, dir: &Path) -> Vec<String> {
        let Ok(real) = self.resolve(dir) else { return Vec::new() };
        let overlay = self.overlay.as_deref();
        let entries = std::fs::read_dir(&real).into_iter().flatten();
        let mut names: Vec<String> = entries
            .filter_map(Result::ok)
            .filter(|entry| overlay.is_none_or(|overlay| !overlay.hides(&entry.path())))
            .filter(|entry| match entry.file_type() {
                Ok(kind) if kind.is_symlink() => entry.path().is_file(),
                kind => kind.is_ok_and(|kind| kind.is_file()),
            })
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.extend(overlay.into_iter().flat_map(|overlay| overlay.names_in(&real)));
        names.sort();
        names.dedup();
        names
    }

    /// Names of the directories directly in `dir`, sorted, links left out; empty where it is no directory inside the boundary.
    #[must_use]
    pub fn directory_names(&self, dir: &Path) -> Vec<String> {
        let Ok(real) = self.resolve(dir) else { return Vec::new() };
        let entries = std::fs::read_dir(&real).into_iter().flatten();
        let mut names: Vec<String> = entries
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.extend(self.overlay.iter().flat_map(|overlay| overlay.directories_in(&real)));
        names.sort();
        names.dedup();
        names
    }

    /// A pseudo file, such as the value of a command-line argument.
    pub fn add_pseudo(&self, name: impl Into<String>, text: impl Into<Arc<str>>) -> Loaded {
        let text = text.into();
        let id = self.state().map.add_pseudo(name, text.clone());
        Loaded { id, text }
    }

    /// The name shown for a path: relative to the working directory, `/` separated.
    #[must_use]
    pub fn display_name(&self, path: &Path) -> String {
        let absolute = Self::normalize(&self.absolute(path));
        let mut up = 0;
        let mut base = self.display_base.as_path();
        let relative = loop {
            if let Ok(rest) = absolute.strip_prefix(base) {
                break rest.to_path_buf();
            }
            match base.parent() {
                Some(parent) => {
                    base = parent;
                    up += 1;
                }
                None => break absolute.clone(),
            }
        };
        let parts = std::iter::repeat_n("..".to_owned(), up)
            .chain(relative.components().map(|part| part.as_os_str().to_string_lossy().into_owned()));
        let name = parts.collect::<Vec<_>>().join("/");
        if name.is_empty() { ".".to_owned() } else { name }
    }

    /// The sources read so far, by id.
    pub fn into_sources(self) -> SourceMap {
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner).map
    }

    /// Runs `look` on the sources read so far.
    pub fn with_sources<T>(&self, look: impl FnOnce(&SourceMap) -> T) -> T {
        look(&self.state().map)
    }
}
