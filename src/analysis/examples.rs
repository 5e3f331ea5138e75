//! Runs the examples of rule pages: each is written into a directory of its own and analysed as a repository.

use std::path::{Component, Path};

use super::{Analysis, Failure, Request, analyse};
use crate::config::rules::{Example, Expected, Verdict};
use crate::date::Date;
use crate::lint::{Catalogue, Finding, Profile, RuleInfo};
use crate::model::Stage;
use crate::terraform;

/// What differs from what the example says, one line each; empty when it comes out as written.
///
/// # Errors
/// When the example cannot be run: the disk, its arguments.
pub fn run(
    example: &Example,
    info: &RuleInfo,
    catalogue: &Catalogue,
    as_of: Date,
) -> Result<Vec<String>, String> {
    let folder = tempfile::Builder::new()
        .prefix("plimsoll-example-")
        .tempdir()
        .map_err(|error| format!("no directory for the example: {error}"))?;
    let directory = folder.path().canonicalize().map_err(|error| error.to_string())?;
    for (name, text) in &example.files {
        let path = directory.join(name);
        let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        let parent = path.parent().filter(|_| inside).ok_or_else(|| format!("`{name}` is no file name"))?;
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::write(&path, text))
            .map_err(|error| format!("{name}: {error}"))?;
    }
    let request = request(example, &directory, catalogue, as_of)?;
    match analyse(&request) {
        Ok(analysis) => Ok(differences(example, info, &analysis)),
        Err(Failure::Path(message) | Failure::Argument(message)) => Err(message),
        Err(Failure::Config { errors, .. }) => {
            Err(errors.into_iter().map(|error| error.message).collect::<Vec<_>>().join("; "))
        }
    }
}

/// The flags that examples may have.
fn request(
    example: &Example,
    directory: &Path,
    catalogue: &Catalogue,
    as_of: Date,
) -> Result<Request, String> {
    let options = terraform::Options::default();
    let mut request = Request::new(directory.to_path_buf(), options, as_of);
    request.root = Some(directory.to_path_buf());
    request.profile = Some(Profile::Strict);
    request.rules = Some(catalogue.clone());
    let mut words = example.args.iter().map(String::as_str);
    while let Some(word) = words.next() {
        if !word.starts_with('-') {
            request.paths = vec![directory.join(word)];
            continue;
        }
        let (flag, value) = match word.split_once('=') {
            Some(split) => split,
            None => (word, words.next().ok_or_else(|| format!("`{word}` needs a value"))?),
        };
        let terraform = &mut request.terraform;
        match flag {
            "--stage" => {
                request.stage = Some(match value {
                    "production" => Stage::Production,
                    "non-production" => Stage::NonProduction,
                    _ => return Err(format!("there is no stage `{value}`")),
                });
            }
            "--region" => request.region = Some(value.to_owned()),
            "--workspace" => terraform.workspace = Some(value.to_owned()),
            "--environment" => request.environment = Some(value.to_owned()),
            "--as-of" => request.as_of = value.parse().map_err(|_| format!("`{value}` is no date"))?,
            "--var" => {
                let (name, value) =
                    value.split_once('=').ok_or_else(|| "--var is written NAME=VALUE".to_owned())?;
                let (name, value) = (name.trim().to_owned(), value.to_owned());
                terraform.inputs.push(terraform::Input::Var { name, value });
            }
            "--var-file" => terraform.inputs.push(terraform::Input::VarFile(directory.join(value))),
            _ => return Err(format!("examples cannot have `{flag}`")),
        }
    }
    Ok(request)
}

fn differences(example: &Example, info: &RuleInfo, analysis: &Analysis) -> Vec<String> {
    let judgement = &analysis.judgement;
    let mut findings: Vec<&Finding> =
        judgement.findings.iter().filter(|finding| finding.rule == info.id).collect();
    let place = |finding: &Finding| {
        let file = analysis.sources.name(finding.primary.file).to_owned();
        (file, u64::try_from(analysis.sources.position(finding.primary).line).unwrap_or(u64::MAX))
    };
    let mut lines = Vec::new();
    for expected in &example.expect {
        let Expected { file, line, severity, message } = expected;
        let severity = severity.unwrap_or(info.severity);
        let found = findings.iter().position(|finding| {
            place(finding) == (file.clone(), *line)
                && finding.severity == severity
                && finding.message.contains(message)
        });
        match found {
            Some(at) => {
                findings.remove(at);
            }
            None => lines.push(format!("missing: {file}:{line} {severity}: …{message}…")),
        }
    }
    for finding in findings {
        let (file, line) = place(finding);
        lines.push(format!("not expected: {file}:{line} {}: {}", finding.severity, finding.message));
    }
    let mut open = judgement.undecided.iter().filter(|record| record.rule == info.id);
    match (example.verdict, &example.cause) {
        (Verdict::Undecided, Some(cause)) => {
            if !open.any(|record| record.cause.kind() == cause) {
                lines.push(format!("not undecided because of {cause}"));
            }
        }
        (Verdict::Undecided, None) => {
            if open.next().is_none() {
                lines.push("not undecided".to_owned());
            }
        }
        (Verdict::Good, _) => {
            lines.extend(open.map(|record| format!("undecided instead of good: {}", record.cause)));
        }
        (Verdict::Bad, _) => {}
    }
    lines
}
