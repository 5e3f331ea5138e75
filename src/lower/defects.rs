//! What is wrong with task definitions as they are written: JSON that cannot be read, shapes the API does not
//! take. Found beside lowering, which reads on leniently.

use std::sync::Arc;

use super::RawTaskDefinition;
use super::read::Reader;
use super::shape::{self, Names, ShapeOpen, ShapeProblem};
use super::task_definition::{Document, structure};
use crate::source::Span;
use crate::syntax::template_json;
use crate::syntax::{Duplicate, SyntaxError};
use crate::terraform::{Evaluation, Mode, Resource};

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
    /// A key twice in an object of that JSON.
    Duplicate(Duplicate),
    /// What is unknown keeps the shape from being decided.
    Open {
        shape: ShapeOpen,
        span: Span,
    },
}

/// Defects of the task definitions that Terraform writes.
#[must_use]
pub fn of_evaluation(evaluation: &Evaluation) -> Vec<Defect> {
    let mut found = Vec::new();
    for resource in &evaluation.resources {
        if resource.mode == Mode::Managed && &*resource.ty == "aws_ecs_task_definition" {
            of_resource(resource, &mut found);
        }
    }
    found
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
    let Some(text) = Reader::new(resource.body.clone()).get("container_definitions") else { return };
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
