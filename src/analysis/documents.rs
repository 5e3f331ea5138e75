//! Files that hold one document: task definitions, workflows and the actions they use.

use std::collections::HashSet;
use std::sync::Arc;

use super::written::{self, Written};
use super::{Problems, problems};
use crate::discover::{Discovered, FileKind, Found, NoteKind};
use crate::lint::sink::InputProblem;
use crate::lower::RawTaskDefinition;
use crate::lower::workflow::{self, Document};
use crate::model::workflow::Workflow;
use crate::source::{FileId, Files, Span};
use crate::syntax::{Parsed, json, yaml};

/// What the document files gave.
#[derive(Debug, Default)]
pub(super) struct Documents {
    pub(super) task_definitions: Vec<RawTaskDefinition>,
    pub(super) workflows: Vec<Workflow>,
    /// Credentials written in workflows and actions.
    pub(super) credentials: Vec<Written>,
    /// Files that are judged as what they are.
    pub(super) known: HashSet<FileId>,
    /// Number of files read.
    pub(super) files: usize,
}

/// Reads every task definition and workflow; what is wrong with a file goes to `problems`.
pub(super) fn read(discovered: &Discovered, files: &Files, problems: &mut Problems) -> Documents {
    let mut documents = Documents::default();
    let (mut workflows, mut actions) = (Vec::new(), Vec::new());
    for found in &discovered.files {
        match found.kind {
            FileKind::TaskDefinition => task_definition(found, files, problems, &mut documents),
            FileKind::Workflow => workflows.extend(yaml_document(found, files, problems, &mut documents)),
            FileKind::Action => actions.extend(yaml_document(found, files, problems, &mut documents)),
            FileKind::Terraform
            | FileKind::TerraformVariables
            | FileKind::Plan
            | FileKind::Configuration
            | FileKind::Other => {}
        }
    }
    problems.extend(workflow::circles(&workflows).iter().filter_map(problems::of_circle));
    documents.credentials = workflows.iter().chain(&actions).flat_map(written::of_workflow).collect();
    documents.workflows = workflow::lower(&workflows, &actions);
    for note in discovered.notes.iter().filter(|note| note.selected) {
        if let NoteKind::TooLarge { limit, .. } = &note.kind {
            let span = Span::new(files.mention(&note.path), 0..0);
            let message = format!("the file is larger than {limit} bytes, so it was not read");
            problems.push(InputProblem::new("limit-reached", span, message));
        }
    }
    documents
}

fn task_definition(found: &Found, files: &Files, problems: &mut Problems, documents: &mut Documents) {
    let Some(loaded) = problems::loaded(files.load(&found.path), &found.path, files, problems) else {
        return;
    };
    documents.files += 1;
    documents.known.insert(loaded.id);
    let parsed = json::parse(&loaded.text, loaded.id, true);
    report("JSON", &parsed, problems);
    if let Some(root) = parsed.root() {
        let name: Arc<str> = files.display_name(&found.path).into();
        documents.task_definitions.push(RawTaskDefinition { name, root: root.to_value() });
    }
}

fn yaml_document(
    found: &Found,
    files: &Files,
    problems: &mut Problems,
    documents: &mut Documents,
) -> Option<Document> {
    let loaded = problems::loaded(files.load(&found.path), &found.path, files, problems)?;
    documents.files += 1;
    let parsed = yaml::parse(&loaded.text, loaded.id, yaml::Dialect::GITHUB);
    report("YAML", &parsed, problems);
    let root = Arc::new(parsed.root()?.clone());
    let name = files.display_name(&found.path).into();
    Some(Document { path: found.path.clone(), name, text: loaded.text, root })
}

/// Errors and duplicate keys of a document.
fn report(language: &str, parsed: &Parsed, problems: &mut Problems) {
    problems.extend(parsed.errors.iter().map(|error| problems::of_syntax(language, error)));
    problems.extend(parsed.duplicates.iter().map(problems::duplicate_key));
}
