//! The baseline of a run: where it lies, what of it is found, what is not found any more.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::{Analysis, Failure, Request};
use crate::config::ConfigError;
use crate::lint::baseline::{Baseline, Entry, Places, entries_of};
use crate::lint::identity::without_numbers;
use crate::source::Files;

/// Which baseline a run compares with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Accept {
    /// None, whatever is configured.
    #[default]
    Nothing,
    /// `baseline:` of the configuration, if there is one.
    Configured,
    /// The same, and this file where nothing is configured.
    ConfiguredOr(PathBuf),
    File(PathBuf),
}

/// A baseline, compared with what was found.
#[derive(Debug)]
pub struct Compared {
    pub path: PathBuf,
    /// The file as shown.
    pub name: String,
    pub entries: Vec<Entry>,
    /// Entries that match nothing any more, with the number of findings that are missing.
    pub fixed: Vec<Entry>,
    /// Entries of files that this run did not look at, of rules that are off, or that are undecided.
    pub not_judged: Vec<Entry>,
}

impl Analysis {
    /// Where the configuration says that the baseline lies, resolved as far as it exists.
    #[must_use]
    pub fn configured_baseline(&self) -> Option<PathBuf> {
        let (file, _) = self.config.baseline.as_ref()?;
        Some(Files::normalize(&self.config_directory.as_ref()?.join(file)))
    }

    /// Entries that accept what was found.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.with_places(|places| entries_of(&self.judgement.findings, places))
    }

    pub(super) fn with_places<T>(&self, look: impl FnOnce(&Places<'_>) -> T) -> T {
        let is_gone = |file: &str| {
            let path = Files::normalize(&self.root.join(file));
            !path.starts_with(&self.root) || !path.exists()
        };
        look(&Places { sources: &self.sources, root: &self.root, is_gone: &is_gone })
    }

    /// Compares with entries of a baseline; what is accepted by them is suppressed.
    pub fn compare(&mut self, path: &Path, name: String, entries: Vec<Entry>) {
        let mut baseline = Baseline::new(&entries);
        let mut judgement = std::mem::take(&mut self.judgement);
        self.with_places(|places| baseline.suppress(&mut judgement, places));
        self.judgement = judgement;
        let open: HashSet<(&str, String)> = self
            .judgement
            .undecided
            .iter()
            .flat_map(|record| {
                record.instances.iter().map(|address| (&*record.rule, without_numbers(address)))
            })
            .collect();
        let is_judged = |entry: &Entry| {
            let is_open = || {
                let resource = entry.resource.clone().unwrap_or_else(|| entry.file.clone());
                open.contains(&(entry.rule.as_str(), resource))
            };
            let runs = self.catalogue.info(&entry.rule).is_none_or(|info| self.policy.runs(info));
            runs && self.is_looked_at(&entry.file) && !is_open()
        };
        let (fixed, not_judged) = baseline.unmatched().into_iter().partition(is_judged);
        self.baseline = Some(Compared { path: path.to_path_buf(), name, entries, fixed, not_judged });
    }

    /// Whether findings in a file of a baseline would be reported.
    fn is_looked_at(&self, file: &str) -> bool {
        let path = Files::normalize(&self.root.join(file));
        self.selection.covers(&self.root) || self.selection.covers(&path)
    }
}

/// Reads the baseline that the request names, and takes out what it accepts.
pub(super) fn apply(request: &Request, mut analysis: Analysis) -> Result<Analysis, Failure> {
    let configured = || {
        let path = analysis.configured_baseline()?;
        // A configuration outside the boundary was named on the command line.
        let of = analysis.config_directory.as_deref();
        Some((path, of.is_some_and(|directory| !directory.starts_with(&analysis.root))))
    };
    let found = match &request.baseline {
        Accept::Nothing => None,
        // One that the author of the files chose is the author's own ignore.
        Accept::Configured if request.no_ignores => None,
        Accept::Configured => configured(),
        Accept::ConfiguredOr(otherwise) => configured().or_else(|| Some((otherwise.clone(), true))),
        Accept::File(path) => Some((path.clone(), true)),
    };
    let Some((path, is_trusted)) = found else { return Ok(analysis) };
    match read(&path, is_trusted, &analysis.root, &request.working_directory) {
        Ok((name, entries)) => {
            analysis.compare(&path, name, entries);
            if let Some(compared) = analysis.baseline.as_ref().filter(|compared| !compared.fixed.is_empty()) {
                let note = compared.note();
                analysis.notes.push(note);
            }
            Ok(analysis)
        }
        Err(Refused::Unreadable(message)) => match (&request.baseline, &analysis.config.baseline) {
            (Accept::Configured | Accept::ConfiguredOr(_), Some((_, span))) => {
                let help = Some("`plimsoll baseline create` writes it".to_owned());
                let error = ConfigError { span: *span, message: format!("the baseline {message}"), help };
                Err(Failure::Config { errors: vec![error], sources: analysis.sources })
            }
            _ => Err(Failure::Path(format!("the baseline {message}"))),
        },
        Err(Refused::Wrong(message)) => Err(Failure::Argument(message)),
    }
}

impl Compared {
    fn note(&self) -> String {
        let count: usize = self.fixed.iter().map(|entry| entry.count).sum();
        let (findings, are) = if count == 1 { ("finding", "is") } else { ("findings", "are") };
        format!(
            "{count} accepted {findings} of {} {are} not found any more; `plimsoll baseline create --update` takes them out",
            self.name
        )
    }
}

/// Why a baseline was not read.
#[derive(Debug)]
pub enum Refused {
    /// It does not exist or cannot be read.
    Unreadable(String),
    /// It is no baseline.
    Wrong(String),
}

/// Reads a baseline with the name it is shown under. One that is not trusted must lie inside the boundary.
///
/// # Errors
/// See [`Refused`].
pub fn read(
    path: &Path,
    is_trusted: bool,
    root: &Path,
    working_directory: &Path,
) -> Result<(String, Vec<Entry>), Refused> {
    let unreadable =
        |error: &dyn std::fmt::Display| Refused::Unreadable(format!("`{}`: {error}", path.display()));
    let files = Files::new(root, working_directory).map_err(|error| unreadable(&error))?;
    let name = files.display_name(path);
    let loaded = if is_trusted { files.load_trusted(path) } else { files.load(path) };
    let unreadable = |error: &dyn std::fmt::Display| Refused::Unreadable(format!("`{name}`: {error}"));
    let text = loaded.map_err(|error| unreadable(&error))?.text;
    let entries =
        Baseline::parse(&text).map_err(|error| Refused::Wrong(format!("the baseline `{name}`: {error}")))?;
    Ok((name, entries))
}
