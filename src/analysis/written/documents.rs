//! Workflows and actions, env files that they or containers read, and files that Terraform renders.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Collector, Written};
use crate::lint::rules::secrets::plaintext_secret::Place;
use crate::lower::workflow::Document;
use crate::model::{Deployment, Field};
use crate::source::{FileId, Files};
use crate::syntax::tree::{Node, NodeKind};

/// Nodes nested deeper are not looked at.
const DEEPEST: usize = 64;
/// Larger files are not looked at, in bytes.
const LARGEST: usize = 1024 * 1024;
/// Env files that are read, at most.
const MOST_ENV_FILES: usize = 64;

/// Credentials in a workflow or action: `env`, `with`, `run`. Databases that a job starts for its tests have passwords of
/// their own, which nothing else uses.
pub(in crate::analysis) fn of_workflow(document: &Document) -> Vec<Written> {
    let mut found = Vec::new();
    let mut out = Collector { owner: document.name.clone(), place: Place::Workflow, into: &mut found };
    let root: &Node = &document.root;
    variables(&mut out, root.get("env"), false);
    let steps_of = |node: &Node| node.get("steps").map(|steps| steps.items().to_vec()).unwrap_or_default();
    let mut steps = root.get("runs").map(|runs| (steps_of(runs), false)).into_iter().collect::<Vec<_>>();
    for job in root.get("jobs").map(Node::members).unwrap_or_default() {
        let tests = job.value.get("services").is_some();
        variables(&mut out, job.value.get("env"), tests);
        variables(&mut out, job.value.get("with"), tests);
        steps.push((steps_of(&job.value), tests));
    }
    for (steps, tests) in steps {
        for step in &steps {
            variables(&mut out, step.get("env"), tests);
            variables(&mut out, step.get("with"), tests);
            if let Some(run) = step.get("run") {
                source(&mut out, run, &document.text, tests);
            }
        }
    }
    found
}

/// `tests`: the job runs its own databases, so that only credentials of known formats count.
fn variables(out: &mut Collector<'_>, list: Option<&Node>, tests: bool) {
    let before = out.into.len();
    for member in list.map(Node::members).unwrap_or_default() {
        match &member.value.kind {
            NodeKind::String(text) if !text.contains('\n') => out.text(&member.key, text, member.value.span),
            NodeKind::String(text) => {
                // Lines of `NAME=value`, such as the inputs of the render action.
                for found in crate::lint::secrets::written(text) {
                    out.add(found.name, found.kind, member.value.span);
                }
            }
            _ => {}
        }
    }
    if tests {
        keep_formats(out, before);
    }
}

fn source(out: &mut Collector<'_>, node: &Node, text: &str, tests: bool) {
    let before = out.into.len();
    if let Some(script) = text.get(node.span.range()) {
        out.scan(script, node.span.file, node.span.range().start);
    }
    if tests {
        keep_formats(out, before);
    }
}

fn keep_formats(out: &mut Collector<'_>, from: usize) {
    let mut at = 0;
    out.into.retain(|written| {
        at += 1;
        at <= from || crate::lint::secrets::is_format(written.kind)
    });
}

/// Every text of a document, under its key.
pub(super) fn nodes(out: &mut Collector<'_>, name: &str, node: &Node, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    match &node.kind {
        NodeKind::String(text) => out.text(name, text, node.span),
        NodeKind::List(items) => items.iter().for_each(|item| nodes(out, name, item, depth + 1)),
        NodeKind::Map(members) => {
            let beside = node.get("name").and_then(Node::as_str);
            for member in members {
                let name = if &*member.key == "value" { beside.unwrap_or("value") } else { &member.key };
                nodes(out, name, &member.value, depth + 1);
            }
        }
        NodeKind::Null | NodeKind::Bool(_) | NodeKind::Number(_) | NodeKind::Broken(_) => {}
    }
}

/// Credentials in files that were read to be rendered: templates of user data and task definitions, scripts.
pub(in crate::analysis) fn of_templates(files: &Files, known: &HashSet<FileId>) -> Vec<Written> {
    let texts: Vec<(FileId, Arc<str>, Arc<str>)> = files.with_sources(|sources| {
        let rendered = sources.iter().filter(|(id, file)| {
            let name = file.path.as_deref().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
            let of_terraform = [".tf", ".tf.json", ".tfvars", ".tfvars.json", ".yml", ".yaml"];
            file.path.is_some()
                && !known.contains(id)
                && file.text.len() <= LARGEST
                && !of_terraform.iter().any(|end| name.ends_with(end))
        });
        rendered.map(|(id, file)| (id, file.name.as_str().into(), file.text.clone())).collect()
    });
    let mut found = Vec::new();
    for (id, name, text) in texts {
        Collector { owner: name, place: Place::File, into: &mut found }.scan(&text, id, 0);
    }
    found
}

/// Credentials in env files of the repository that a workflow or a container reads.
pub(in crate::analysis) fn of_env_files(deployment: &Deployment, files: &Files) -> Vec<Written> {
    let mut found = Vec::new();
    let paths = env_files(deployment, files);
    for path in paths.into_iter().take(MOST_ENV_FILES) {
        let Ok(loaded) = files.load_up_to(&path, LARGEST as u64) else { continue };
        let owner: Arc<str> = files.display_name(&path).into();
        Collector { owner, place: Place::EnvFile, into: &mut found }.scan(&loaded.text, loaded.id, 0);
    }
    found
}

/// Env files that are named: words of scripts, inputs of actions, `environmentFiles`, below the directories where they
/// may be meant.
fn env_files(deployment: &Deployment, files: &Files) -> BTreeSet<PathBuf> {
    let mut names = BTreeSet::new();
    let mut name = |text: &str| {
        names.extend(
            text.split([' ', '\n', ',', '"', '\'', '=', ':']).filter_map(env_file_name).map(str::to_owned),
        );
    };
    let jobs = deployment.workflows.iter().flat_map(|workflow| &workflow.jobs);
    for step in jobs.flat_map(|job| job.steps.with_template()) {
        let commands = step.run.iter().flat_map(|script| &script.commands);
        commands
            .flat_map(|command| &command.words)
            .filter_map(|word| word.known())
            .for_each(|word| name(word));
        let inputs = step.action.iter().flat_map(|action| &action.inputs);
        inputs.filter_map(|input| input.value.known()).for_each(|value| name(value));
    }
    for task in &deployment.task_definitions {
        for container in task.containers.with_template() {
            container.environment_file_names.iter().filter_map(Field::known).for_each(|file| name(file));
        }
    }
    for other in &deployment.others {
        if matches!(&*other.meta.kind, "aws_s3_object" | "aws_s3_bucket_object") {
            let sources = other.mentions.iter().filter(|(path, _)| &**path == "source");
            sources.filter_map(|(_, to)| to.known()?.text.as_deref()).for_each(&mut name);
        }
    }
    // Where such a name may be meant: the top, and beside the configurations and definitions that name it.
    let root = files.root();
    let of_tasks =
        deployment.task_definitions.iter().filter_map(|task| Path::new(&**task.file.as_ref()?).parent());
    let of_units = deployment.units.iter().map(|unit| Path::new(&*unit.name));
    let directories: BTreeSet<PathBuf> =
        of_tasks.chain(of_units).map(|directory| root.join(directory)).collect();
    let mut found = BTreeSet::new();
    for name in names {
        let alone = name.rsplit('/').next().unwrap_or(&name);
        let meant = [name.as_str(), alone].map(|name| name.trim_start_matches("./"));
        let places = std::iter::once(root).chain(directories.iter().map(PathBuf::as_path));
        let all = places.flat_map(|directory| meant.map(|name| Files::normalize(&directory.join(name))));
        found.extend(all.filter(|path| path.starts_with(root) && path.is_file()));
    }
    found
}

/// `.env`, `prod.env`, `config/.env.production`; the last part of the key of an S3 object. Not those that show others how
/// to write one.
fn env_file_name(word: &str) -> Option<&str> {
    let word = word.trim_start_matches('@');
    let file = word.rsplit('/').next()?;
    let is_env = file == ".env" || file.starts_with(".env.") || (file.ends_with(".env") && file.len() > 4);
    let shows = ["example", "sample", "template", "dist", "test", "local", "ci"];
    let lower = file.to_ascii_lowercase();
    let is_shown = lower.split('.').any(|part| shows.contains(&part));
    (is_env && !is_shown && !word.contains(['$', '*', '{'])).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn env_files_are_known_by_name() {
        for name in [".env", "./prod.env", "config/.env.production", "deploy/api.env"] {
            assert_eq!(env_file_name(name), Some(name));
        }
        for name in [".env.example", "env", "environment", "$DIR/.env", "test.env", ".environment", "*.env"] {
            assert_eq!(env_file_name(name), None, "{name}");
        }
    }
}
