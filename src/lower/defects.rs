//! What is wrong with task definitions as they are written: JSON that cannot be read, shapes the API does not take;
//! and with any JSON text inside a file: keys written twice. Found beside lowering, which reads on leniently.

use std::sync::Arc;

use super::read::Reader;
use super::shape::{self, Names, ShapeOpen, ShapeProblem};
use super::task_definition::{Document, structure};
use super::{RawTaskDefinition, registered};
use crate::model::workflow::Workflow;
use crate::source::Span;
use crate::syntax::template_json;
use crate::syntax::{Duplicate, SyntaxError};
use crate::terraform::{Evaluation, Mode, Resource};
use crate::value::{Built, Kind, Part, Value};

/// A defect and the task definition it is in.
#[derive(Debug, Clone)]
pub struct Defect {
    /// Address of the resource, family or file.
    pub resource: Arc<str>,
    pub kind: DefectKind,
}

#[derive(Debug, Clone)]
pub enum DefectKind {
    /// The JSON inside a string of Terraform breaks the grammar.
    Syntax(SyntaxError),
    Shape(ShapeProblem),
    /// A key twice in an object of a JSON text.
    Duplicate(Duplicate),
    /// What is unknown keeps the shape from being decided.
    Open {
        shape: ShapeOpen,
        span: Span,
    },
}

const CONTAINERS: &str = "container_definitions";

/// Defects of the task definitions that Terraform writes, and of every JSON text in an argument of AWS: policies,
/// task overrides, event patterns.
#[must_use]
pub fn of_evaluation(evaluation: &Evaluation) -> Vec<Defect> {
    let mut found = Vec::new();
    for resource in &evaluation.resources {
        let is_task_definition = resource.mode == Mode::Managed && &*resource.ty == "aws_ecs_task_definition";
        if is_task_definition {
            of_resource(resource, &mut found);
        }
        let Kind::Mapping(arguments) = &resource.body.kind else { continue };
        if !resource.ty.starts_with("aws_") {
            continue;
        }
        let mut twice = Vec::new();
        for (name, entry) in &arguments.entries {
            if is_task_definition && &**name == CONTAINERS {
                continue;
            }
            for_each_json(&entry.value, 0, &mut |text| {
                // Whether such a text is broken JSON or none at all is for those who know the argument.
                let _ = template_json::decode_noting(text, &mut twice);
            });
        }
        found.extend(twice.into_iter().map(|duplicate| Defect {
            resource: resource.address.clone(),
            kind: DefectKind::Duplicate(duplicate),
        }));
    }
    found
}

/// Keys written twice in the JSON that scripts of a workflow hold: heredocs, and words of `aws` commands.
#[must_use]
pub fn of_workflow(workflow: &Workflow) -> Vec<Defect> {
    let mut twice = Vec::new();
    let mut look = |text: &Value| {
        if may_be_json(text) {
            let _ = template_json::decode_noting(text, &mut twice);
        }
    };
    let scripts = workflow.jobs.iter().flat_map(|job| job.steps.iter()).filter_map(|step| step.run.as_ref());
    for script in scripts {
        script.heredocs.iter().for_each(|heredoc| look(&heredoc.text));
        for command in script.commands.iter().filter(|command| command.starts_with(&["aws"])) {
            command.words.iter().for_each(|word| look(&registered::value(word)));
        }
    }
    let resource = &workflow.meta.address;
    twice
        .into_iter()
        .map(|duplicate| Defect { resource: resource.clone(), kind: DefectKind::Duplicate(duplicate) })
        .collect()
}

/// Arguments nested deeper are not looked at.
const DEEPEST: usize = 16;

/// Every text in `value` that looks like JSON.
fn for_each_json(value: &Value, depth: usize, look: &mut dyn FnMut(&Value)) {
    if depth > DEEPEST {
        return;
    }
    match &value.kind {
        Kind::String(_) | Kind::Unknown(_) if may_be_json(value) => look(value),
        Kind::Sequence(sequence) => {
            let template = sequence.rest.as_ref().and_then(|rest| rest.template.as_ref());
            sequence.items.iter().chain(template).for_each(|item| for_each_json(item, depth + 1, look));
        }
        Kind::Mapping(mapping) => {
            mapping.entries.values().for_each(|entry| for_each_json(&entry.value, depth + 1, look));
        }
        Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Unknown(_) => {}
    }
}

/// Whether a text starts as JSON with keys does. What `jsonencode` made has no key twice.
fn may_be_json(value: &Value) -> bool {
    let starts = |text: &str| text.trim_start().starts_with(['{', '[']);
    match &value.kind {
        Kind::String(text) => !matches!(text.built.as_deref(), Some(Built::Json(_))) && starts(text.as_str()),
        Kind::Unknown(unknown) => match unknown.built.as_deref() {
            Some(Built::Template(parts)) => {
                matches!(parts.first(), Some(Part::Literal { text, .. }) if starts(text))
            }
            Some(Built::Json(_)) | None => false,
        },
        _ => false,
    }
}

/// Defects of a file that holds a task definition.
#[must_use]
pub fn of_document(raw: &RawTaskDefinition) -> Vec<Defect> {
    let Some(document) = Document::of(&raw.root) else { return Vec::new() };
    let problems = if document.bare {
        shape::check_containers(&document.definition, Names::Exact)
    } else {
        shape::check_task_definition(&document.definition, Names::Exact)
    };
    let resource = document.family().map_or_else(|| raw.name.clone(), Arc::from);
    let defect = |problem| Defect { resource: resource.clone(), kind: DefectKind::Shape(problem) };
    problems.into_iter().map(defect).collect()
}

fn of_resource(resource: &Resource, into: &mut Vec<Defect>) {
    let Some(text) = Reader::new(resource.body.clone()).get(CONTAINERS) else { return };
    let mut add = |kind| into.push(Defect { resource: resource.address.clone(), kind });
    let mut twice = Vec::new();
    let decoded = template_json::decode_noting(&text, &mut twice);
    twice.into_iter().for_each(|duplicate| add(DefectKind::Duplicate(duplicate)));
    if let Some(Err(error)) = decoded {
        add(DefectKind::Syntax(error));
        return;
    }
    let containers = structure(&text).unwrap_or(text);
    let problems = shape::check_containers(&containers, Names::AnyCase);
    problems.into_iter().for_each(|problem| add(DefectKind::Shape(problem)));
    let open = shape::open(&containers);
    if !open.fields.is_empty() || !open.types.is_empty() {
        add(DefectKind::Open { shape: open, span: containers.span() });
    }
}
