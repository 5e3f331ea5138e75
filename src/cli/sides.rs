//! The two sides of a comparison: a revision, a directory, a plan or another file, or a saved report; each read into a
//! state that can be compared.

use std::path::{Path, PathBuf};

use super::{Stop, common};
use crate::analysis::{Analysis, Request, analyse_revision, find_revision};
use crate::change::{State, saved};
use crate::date::Date;
use crate::lint::Catalogue;
use crate::report;
use crate::report::change::{Side, SideKind};
use crate::source::Files;

/// Bytes of a report that is read.
const LARGEST_REPORT: u64 = 256 * 1024 * 1024;

/// Bytes by which a report is told from other files.
const HEAD: usize = 4096;

/// One side as it is written on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    Revision(String),
    WorkingTree,
    Path(PathBuf),
    Report(PathBuf),
}

impl Named {
    /// Reads what the user wrote: a path that exists, else a revision.
    ///
    /// # Errors
    /// When it is neither, or both.
    pub(super) fn of(text: &str, around: &Path) -> Result<Self, Stop> {
        let path = PathBuf::from(text);
        if !path.exists() {
            return match find_revision(around, text) {
                Ok(_) => Ok(Self::Revision(text.to_owned())),
                Err(reason) => {
                    Err(Stop::path(format!("`{text}` is no file or directory, and no revision: {reason}")))
                }
            };
        }
        // `./infra` is a path to git as well as to people.
        let could_be_both = !text.starts_with('.') && !path.is_absolute();
        if could_be_both && find_revision(around, text).is_ok() {
            return Err(Stop::usage(format!(
                "`{text}` is a path and a revision: write `./{text}` for the path, `{text}^0` for the revision"
            )));
        }
        if path.is_file() && starts_as_report(&path) { Ok(Self::Report(path)) } else { Ok(Self::Path(path)) }
    }

    pub(super) fn is_revision(&self) -> bool {
        matches!(self, Self::Revision(_))
    }
}

fn starts_as_report(path: &Path) -> bool {
    use std::io::Read as _;
    let mut head = Vec::new();
    let read = std::fs::File::open(path)
        .and_then(|file| file.take(u64::try_from(HEAD).unwrap_or(u64::MAX)).read_to_end(&mut head));
    read.is_ok() && saved::is_report(&String::from_utf8_lossy(&head))
}

/// A side that was read.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) side: Side,
    pub(super) state: State,
    /// The run, unless the side is a report that was saved.
    pub(super) analysis: Option<Analysis>,
}

/// Judges a side, or reads it; `rules` are those that judged the other one, for a revision.
///
/// # Errors
/// See [`Stop`].
pub(super) fn read(
    named: &Named,
    request: &Request,
    rules: Option<&Catalogue>,
    jobs: Option<usize>,
) -> Result<Read, Stop> {
    common::threads(jobs)?;
    match named {
        Named::Revision(revision) => {
            let of = analyse_revision(request, revision, rules).map_err(common::stop)?;
            let side = Side { kind: SideKind::Revision, name: revision.clone(), commit: Some(of.commit) };
            of_analysis(side, of.analysis, request)
        }
        Named::WorkingTree => {
            let analysis = common::run(request, jobs)?;
            let name = "the working tree".to_owned();
            of_analysis(Side { kind: SideKind::WorkingTree, name, commit: None }, analysis, request)
        }
        Named::Path(path) => {
            let request = Request { paths: vec![path.clone()], ..request.clone() };
            let analysis = common::run(&request, jobs)?;
            let side = Side { kind: SideKind::Path, name: path.display().to_string(), commit: None };
            of_analysis(side, analysis, &request)
        }
        Named::Report(path) => {
            let refused = |reason: &str| Stop::path(format!("`{}` cannot be read: {reason}", path.display()));
            let size = std::fs::metadata(path).map_err(|error| refused(&error.to_string()))?.len();
            if size > LARGEST_REPORT {
                return Err(refused("it is too large for a report"));
            }
            let text = std::fs::read_to_string(path).map_err(|error| refused(&error.to_string()))?;
            let state = saved::read(&text).map_err(|reason| refused(&reason))?;
            let side = Side { kind: SideKind::Report, name: path.display().to_string(), commit: None };
            Ok(Read { side, state, analysis: None })
        }
    }
}

fn of_analysis(side: Side, analysis: Analysis, request: &Request) -> Result<Read, Stop> {
    Ok(Read { side, state: state(&analysis, request.as_of)?, analysis: Some(analysis) })
}

/// What a run reports, in the words of its JSON.
pub(super) fn state(analysis: &Analysis, as_of: Date) -> Result<State, Stop> {
    let mut text = Vec::new();
    report::json::overview(&common::outcome(analysis, as_of), &mut text)?;
    saved::read(&String::from_utf8_lossy(&text)).map_err(Stop::internal)
}

/// The names that reports give files below a directory start with this.
pub(super) fn prefix(directory: &Path, request: &Request) -> String {
    let files = Files::new(directory, &request.working_directory);
    let name = files.map(|files| files.display_name(directory)).unwrap_or_default();
    if name.is_empty() || name == "." { String::new() } else { format!("{name}/") }
}
