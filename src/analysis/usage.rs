//! Where quantities come from: `--usage FILE`, the configuration, an `infracost-usage.yml` beside what is scanned.

use std::path::Path;

use super::{Failure, Request, scan_start};
use crate::config::ConfigError;
use crate::cost::Usage;
use crate::cost::usage::{UsageProblem, is_infracost};
use crate::discover::Discovered;
use crate::source::{Files, Loaded};
use crate::syntax::tree::{Node, NodeKind};
use crate::syntax::yaml::{self, Dialect};

/// Infracost's usage file, where its own program looks for it.
const INFRACOST: [&str; 2] = ["infracost-usage.yml", "infracost-usage.yaml"];
/// Keys without counterpart that are named; the others are counted.
const SHOWN: usize = 6;

/// What is wrong with a file of quantities.
pub(super) type Mistakes = Vec<ConfigError>;

/// All quantities of a run: the file of `--usage` wins over the configuration, by key; an `infracost-usage.yml` that lies
/// beside what is scanned is read after both.
pub(super) fn read(
    request: &Request,
    discovered: &Discovered,
    files: &Files,
    configured: Usage,
    notes: &mut Vec<String>,
) -> Result<Result<Usage, Mistakes>, Failure> {
    let mut usage = configured;
    if let Some(path) = &request.usage {
        let unreadable = |error| Failure::Path(format!("{}: {error}", files.display_name(path)));
        let loaded = files.load_trusted(path).map_err(unreadable)?;
        match of_file(&loaded, &files.display_name(path), notes) {
            Ok(given) => usage = given.over(usage),
            Err(mistakes) => return Ok(Err(mistakes)),
        }
    }
    if request.price {
        let start = scan_start(request, discovered);
        let beside = start.ancestors().take_while(|dir| dir.starts_with(&discovered.root));
        let found = beside.flat_map(|dir| INFRACOST.map(|name| dir.join(name))).find(|path| path.is_file());
        if let Some(path) = found.filter(|path| !is_same(request.usage.as_deref(), path)) {
            usage = usage.over(beside_the_files(&path, files, notes));
        }
    }
    Ok(Ok(usage.with_profile(request.usage_profile)))
}

fn is_same(given: Option<&Path>, found: &Path) -> bool {
    given.and_then(|path| path.canonicalize().ok()).is_some_and(|path| path == found)
}

/// Quantities of a file of Infracost that nobody named: what is wrong with it is a note.
fn beside_the_files(path: &Path, files: &Files, notes: &mut Vec<String>) -> Usage {
    let name = files.display_name(path);
    let loaded = match files.load(path) {
        Ok(loaded) => loaded,
        Err(error) => {
            notes.push(format!("usage: {name} is not read: {error}"));
            return Usage::default();
        }
    };
    match of_file(&loaded, &name, notes) {
        Ok(usage) => {
            notes.push(format!("usage: {name} is read; `usage:` in plimsoll.yaml and --usage win over it"));
            usage
        }
        Err(mistakes) => {
            let first = mistakes.first().map_or_else(String::new, |mistake| mistake.message.clone());
            notes.push(format!("usage: {name} is not read: {first}"));
            Usage::default()
        }
    }
}

/// Reads a usage file of ours (with or without `usage:` around it) or of Infracost.
fn of_file(loaded: &Loaded, name: &str, notes: &mut Vec<String>) -> Result<Usage, Mistakes> {
    let parsed = yaml::parse(&loaded.text, loaded.id, Dialect::PLAIN);
    let mut mistakes: Mistakes = Vec::new();
    for error in &parsed.errors {
        mistakes.push(ConfigError { span: error.span, message: error.message.clone(), help: None });
    }
    for duplicate in &parsed.duplicates {
        let message = format!("`{}` is written twice", duplicate.key);
        mistakes.push(ConfigError { span: duplicate.second, message, help: None });
    }
    let document = match parsed.documents.as_slice() {
        [] => return if mistakes.is_empty() { Ok(Usage::default()) } else { Err(mistakes) },
        [document] => document,
        [_, second, ..] => {
            let message = "the file must hold one document".to_owned();
            mistakes.push(ConfigError { span: second.span, message, help: None });
            return Err(mistakes);
        }
    };
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let (usage, problems) = if is_infracost(document) {
        let (usage, unknown, problems) = Usage::from_infracost(document);
        notes.extend(without_counterpart(name, &unknown));
        (usage, problems)
    } else {
        Usage::from_node(inside(document))
    };
    if problems.is_empty() { Ok(usage) } else { Err(problems.into_iter().map(mistake).collect()) }
}

/// The map below `usage:` of a file that has nothing else.
fn inside(document: &Node) -> &Node {
    match &document.kind {
        NodeKind::Map(members) => match members.as_slice() {
            [only] if &*only.key == "usage" => &only.value,
            _ => document,
        },
        _ => document,
    }
}

pub(super) fn mistake(problem: UsageProblem) -> ConfigError {
    ConfigError { span: problem.span, message: problem.message, help: problem.help }
}

fn without_counterpart(name: &str, unknown: &[String]) -> Option<String> {
    if unknown.is_empty() {
        return None;
    }
    let mut shown: Vec<String> = unknown.iter().take(SHOWN).map(|key| format!("`{key}`")).collect();
    if let Some(more) = unknown.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        shown.push(format!("{more} more"));
    }
    Some(format!("usage: not used from {name}, because nothing here means the same: {}", shown.join(", ")))
}

/// Reads a usage file by itself.
///
/// # Errors
/// When the file cannot be read, or with the mistakes in it.
pub fn read_usage(path: &Path, request: &Request) -> Result<Usage, Failure> {
    let directory = &request.working_directory;
    let files = Files::new(directory, directory)
        .map_err(|error| Failure::Path(format!("{}: {error}", directory.display())))?;
    let name = files.display_name(path);
    let loaded = files.load_trusted(path).map_err(|error| Failure::Path(format!("{name}: {error}")))?;
    of_file(&loaded, &name, &mut Vec::new())
        .map_err(|errors| Failure::Config { errors, sources: files.into_sources() })
}
