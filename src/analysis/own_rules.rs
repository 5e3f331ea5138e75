//! Finds and reads the user's rules: `.plimsoll/rules/` at the boundary and `rule_paths:` of the configuration; with
//! a configuration named on the command line, which is trusted, only what lies beside it or is named by it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Failure;
use crate::config::rules::{self, Example, RulePage};
use crate::config::{Config, ConfigError};
use crate::lint::declared::parse::{Described, Schema};
use crate::lint::{Catalogue, RuleInfo};
use crate::source::{FileId, Files, Span};
use crate::terraform;

/// Where rules are, below the boundary or beside a trusted configuration.
pub const DIRECTORY: &str = ".plimsoll/rules";
/// Rule files of a run.
const MOST_FILES: usize = 1_000;
/// Bytes of one rule file.
const LARGEST_FILE: u64 = 256 * 1024;
/// Directories below a rules directory.
const DEEPEST: usize = 8;

/// What the AWS provider's schema says of attributes.
#[derive(Debug)]
struct ProviderSchema;

impl Schema for ProviderSchema {
    fn attribute(&self, ty: &str, names: &[Arc<str>]) -> Result<Described, String> {
        terraform::is_computed(ty, names).map(|computed| Described { computed })
    }
}

/// The rules of a run with the files that they were read from; and remarks on rules that were left out.
///
/// # Errors
/// Mistakes in rule files.
pub(super) fn read(
    files: &Files,
    config: &Config,
    directory: Option<&Path>,
    is_trusted: bool,
    notes: &mut Vec<String>,
) -> Result<(Catalogue, HashSet<FileId>), Vec<ConfigError>> {
    let scanned = files.root().join(DIRECTORY);
    let beside = directory.filter(|_| is_trusted).map(|directory| directory.join(DIRECTORY));
    let mut errors = Vec::new();
    let mut paths = Vec::new();
    match &beside {
        None => list(files, &scanned, 0, &mut paths),
        Some(beside) => {
            if beside.is_dir() {
                list_trusted(beside, files, &mut paths);
            }
            let is_same = beside.canonicalize().is_ok_and(|real| real == scanned);
            let has_rules = || {
                let mut left_out = Vec::new();
                list(files, &scanned, 0, &mut left_out);
                !left_out.is_empty()
            };
            if !is_same && has_rules() {
                notes.push(format!(
                    "rules in {} are left out: --config names a configuration, and its rules count",
                    files.display_name(&scanned)
                ));
            }
        }
    }
    for (written, span) in &config.rule_paths {
        let Some(directory) = directory else { continue };
        let path = directory.join(written);
        let before = paths.len();
        if is_trusted && (path.is_dir() || path.is_file()) {
            if path.is_file() { paths.push(path.clone()) } else { list_trusted(&path, files, &mut paths) }
        } else if !is_trusted {
            match files.resolve(&path) {
                Ok(real) if real.is_file() => paths.push(real),
                Ok(real) => list(files, &real, 0, &mut paths),
                Err(_) => {}
            }
        }
        if paths.len() == before {
            errors.push(ConfigError {
                span: *span,
                message: format!("`rule_paths`: there are no rules at `{written}`"),
                help: Some(
                    "paths are relative to the configuration file and stay inside the repository".to_owned(),
                ),
            });
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    paths.sort();
    paths.dedup();
    let pages = pages(files, &paths, is_trusted)?;
    let read = pages.iter().map(|page| page.id_span.file).collect();
    rules::catalogue(pages).map(|catalogue| (catalogue, read))
}

/// Reads the pages at these paths.
///
/// # Errors
/// Mistakes in them.
fn pages(files: &Files, paths: &[PathBuf], is_trusted: bool) -> Result<Vec<RulePage>, Vec<ConfigError>> {
    let mut errors = Vec::new();
    let mut read = Vec::new();
    for (at, path) in paths.iter().enumerate() {
        let refuse = |message: String| {
            let file = files.mention(path);
            ConfigError { span: Span::new(file, 0..0), message, help: None }
        };
        if at >= MOST_FILES {
            errors.push(refuse(format!("there are more than {MOST_FILES} rule files")));
            break;
        }
        let loaded = if is_trusted { files.load_trusted(path) } else { files.load_up_to(path, LARGEST_FILE) };
        match loaded {
            Ok(loaded) => match rules::read(&loaded.text, loaded.id, &ProviderSchema) {
                Ok(page) => read.push(page),
                Err(mistakes) => errors.extend(mistakes),
            },
            Err(error) => errors.push(refuse(format!("the rule file cannot be read: {error}"))),
        }
    }
    if errors.is_empty() { Ok(read) } else { Err(errors) }
}

/// A rule page with the examples that test it.
#[derive(Debug)]
pub struct RuleTest {
    /// The file as shown.
    pub file: String,
    pub info: RuleInfo,
    pub examples: Vec<Example>,
}

/// The pages at these files and below these directories, of the working directory's repository where none is named,
/// and the catalogue that they are tested in. A page of a built-in rule tests that rule.
///
/// # Errors
/// When a path cannot be read, and for mistakes in pages.
pub fn to_test(paths: &[PathBuf], working_directory: &Path) -> Result<(Vec<RuleTest>, Catalogue), Failure> {
    let unreadable = |path: &Path, error: std::io::Error| {
        Failure::Path(match error.kind() {
            std::io::ErrorKind::NotFound => format!("`{}` does not exist", path.display()),
            _ => format!("`{}`: {error}", path.display()),
        })
    };
    let top = crate::discover::boundary_of(working_directory);
    let files = Files::new(&top, working_directory).map_err(|error| unreadable(&top, error))?;
    let mut found = Vec::new();
    if paths.is_empty() {
        list(&files, &top.join(DIRECTORY), 0, &mut found);
    }
    for path in paths {
        let real = path.canonicalize().map_err(|error| unreadable(path, error))?;
        if real.is_dir() { list_trusted(&real, &files, &mut found) } else { found.push(real) }
    }
    let failure = |errors, files: Files| Failure::Config { errors, sources: files.into_sources() };
    let pages = match pages(&files, &found, true) {
        Ok(pages) => pages,
        Err(errors) => return Err(failure(errors, files)),
    };
    let built_in = Catalogue::default();
    let mut tests = Vec::new();
    let mut own = Vec::new();
    for (path, page) in found.iter().zip(pages) {
        let file = files.display_name(path);
        tests.push(RuleTest { file, info: page.info.clone(), examples: page.examples.clone() });
        if built_in.info(&page.info.id).is_none() {
            own.push(page);
        }
    }
    match rules::catalogue(own) {
        Ok(catalogue) => Ok((tests, catalogue)),
        Err(errors) => Err(failure(errors, files)),
    }
}

/// The rules that a run in a directory would have.
///
/// # Errors
/// For mistakes in the configuration and in rules.
pub fn of_directory(working_directory: &Path, config: Option<&Path>) -> Result<Catalogue, Failure> {
    let top = crate::discover::boundary_of(working_directory);
    let files = Files::new(&top, working_directory)
        .map_err(|error| Failure::Path(format!("{}: {error}", top.display())))?;
    let is_trusted = config.is_some();
    let path = config.map(Path::to_path_buf).or_else(|| crate::config::find(working_directory, files.root()));
    let read = match path {
        None => Ok((Config::default(), None)),
        Some(path) => {
            super::read_configuration(&path, &files)?.map(|(config, directory)| (config, Some(directory)))
        }
    };
    let rules = read.and_then(|(config, directory)| {
        self::read(&files, &config, directory.as_deref(), is_trusted, &mut Vec::new()).map(|(rules, _)| rules)
    });
    rules.map_err(|errors| Failure::Config { errors, sources: files.into_sources() })
}

/// Rule files below a directory inside the boundary. Links to directories are not followed.
fn list(files: &Files, directory: &Path, depth: usize, into: &mut Vec<PathBuf>) {
    if into.len() > MOST_FILES {
        return;
    }
    let names = files.file_names(directory);
    into.extend(names.iter().filter(|name| is_rule_file(name)).map(|name| directory.join(name)));
    if depth < DEEPEST {
        for name in files.directory_names(directory) {
            list(files, &directory.join(name), depth + 1, into);
        }
    }
}

/// The same for a trusted directory, wherever it lies: it is a boundary of its own.
fn list_trusted(directory: &Path, files: &Files, into: &mut Vec<PathBuf>) {
    if let Ok(own) = Files::new(directory, files.root()) {
        list(&own, directory, 0, into);
    }
}

fn is_rule_file(name: &str) -> bool {
    [".yaml", ".yml"].iter().any(|extension| name.ends_with(extension)) && !name.starts_with('.')
}
