//! What `plimsoll init` proposes for a repository: a configuration and CI snippets that fit what is there. Looks
//! and words; writing files is for `cli`.

mod environments;
mod words;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub use environments::FoundEnvironment;

use crate::analysis::Analysis;
use crate::discover::{self, DiscoverError, FileKind};
use crate::source::Files;

/// What a repository has that a configuration can speak of.
#[derive(Debug, Default)]
pub struct Survey {
    /// Top of the repository: where CI and pre-commit look for their files.
    pub top: PathBuf,
    /// Where `plimsoll.yaml` goes.
    pub directory: PathBuf,
    /// Regions that the files name, sorted.
    pub regions: Vec<String>,
    pub environments: Vec<FoundEnvironment>,
    /// Addresses whose cost depends on usage, by file and line; with what is missing.
    pub unpriced: Vec<String>,
    pub errors: usize,
    pub warnings: usize,
    pub systems: Systems,
}

/// The systems whose files are there already.
#[derive(Debug, Default, Clone, Copy)]
pub struct Systems {
    pub pre_commit: bool,
    pub github: bool,
    pub gitlab: bool,
    pub jenkins: bool,
}

/// A file that is proposed.
#[derive(Debug, PartialEq, Eq)]
pub struct Proposal {
    pub path: PathBuf,
    pub text: String,
    pub kind: ProposalKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProposalKind {
    /// A file of its own.
    File,
    /// To be added to a file that people keep.
    Snippet,
}

/// Looks at the repository around `directory`.
///
/// # Errors
/// When the directory cannot be walked.
pub fn survey(directory: &Path, analysis: &Analysis) -> Result<Survey, DiscoverError> {
    let discovered = discover::discover(&[directory.to_path_buf()], None)?;
    let top = discovered.root.clone();
    let directory = directory.canonicalize().unwrap_or_else(|_| directory.to_path_buf());
    let regions: BTreeSet<&String> =
        analysis.deployment.metas().filter_map(|meta| meta.region.known()).collect();
    let terraform: BTreeSet<PathBuf> = discovered
        .files
        .iter()
        .filter(|found| found.kind == FileKind::Terraform && found.path.starts_with(&directory))
        .filter_map(|found| found.path.parent().map(Path::to_path_buf))
        .collect();
    let environments = Files::new(&top, &directory)
        .map_or_else(|_| Vec::new(), |files| environments::find(&files, &terraform, &directory));
    let of =
        |severity| analysis.judgement.findings.iter().filter(|finding| finding.severity == severity).count();
    Ok(Survey {
        regions: regions.into_iter().cloned().collect(),
        environments,
        unpriced: words::usage_missing(analysis),
        errors: of(crate::lint::Severity::Error),
        warnings: of(crate::lint::Severity::Warning),
        systems: Systems {
            pre_commit: top.join(".pre-commit-config.yaml").exists(),
            github: top.join(".github").is_dir(),
            gitlab: top.join(".gitlab-ci.yml").exists(),
            jenkins: top.join("Jenkinsfile").exists(),
        },
        top,
        directory,
    })
}

/// The files to write and the snippets to add.
#[must_use]
pub fn proposals(survey: &Survey) -> Vec<Proposal> {
    let file = |path: PathBuf, text: String| Proposal { path, text, kind: ProposalKind::File };
    let snippet = |path: PathBuf, text: String| Proposal { path, text, kind: ProposalKind::Snippet };
    let mut proposals = vec![file(survey.directory.join("plimsoll.yaml"), words::configuration(survey))];
    let pre_commit = survey.top.join(".pre-commit-config.yaml");
    proposals.push(if survey.systems.pre_commit {
        snippet(pre_commit, words::pre_commit_hook())
    } else {
        file(pre_commit, words::pre_commit())
    });
    let path = survey.directory.strip_prefix(&survey.top).unwrap_or(Path::new(""));
    let path = path.to_string_lossy().replace('\\', "/");
    let path = if path.is_empty() { "." } else { &path };
    if survey.systems.github {
        proposals.push(file(survey.top.join(".github/workflows/plimsoll.yml"), words::github(path)));
    }
    if survey.systems.gitlab {
        proposals.push(snippet(survey.top.join(".gitlab-ci.yml"), words::gitlab(path)));
    }
    if survey.systems.jenkins {
        proposals.push(snippet(survey.top.join("Jenkinsfile"), words::jenkins(path)));
    }
    proposals
}
