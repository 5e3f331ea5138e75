//! Changes that several rules propose in the same way, and where a value may be changed at all.

use std::sync::Arc;

use crate::lint::{Applicability, Change, Problem, Term};
use crate::model::task::TaskDefinition;
use crate::model::{Field, Input};
use crate::source::Span;
use crate::value::{Origin, Step};

/// Proposes to set an argument of the block at `place`, or of a nested one that `within` leads to. A value that the caller of
/// a module writes as a literal is changed there, which the caller must agree to: the variable may serve other
/// arguments. One that came through a default, a variable file, a local or a loop may serve other resources: these
/// get no change.
pub(crate) fn set<T>(
    problem: Problem,
    place: Span,
    field: &Field<T>,
    applicability: Applicability,
    within: &[&'static str],
    name: &str,
    value: impl Into<Term>,
) -> Problem {
    if field.not_known().is_some() {
        problem
    } else if field.is_absent() || field.origin.via.is_none() {
        problem.fix(applicability, Change::set_within(place, within, [(name, value.into())]))
    } else if is_argument(&field.origin) {
        problem.fix(Applicability::Unsafe, Change::Replace { literal: field.span(), value: value.into() })
    } else {
        problem
    }
}

/// Proposes to set a member of an object that the resource holds, such as a container.
pub(crate) fn set_member<T>(
    problem: Problem,
    object: &Origin,
    field: &Field<T>,
    applicability: Applicability,
    within: &[&'static str],
    name: &str,
    value: impl Into<Term>,
) -> Problem {
    if field.not_known().is_none()
        && is_in_place(object)
        && (field.is_absent() || is_beside(object, &field.origin))
    {
        problem.fix(applicability, Change::set_within(object.span, within, [(name, value.into())]))
    } else {
        problem
    }
}

/// A number of the task, as the input writes it: the API takes text.
pub(crate) fn task_number(task: &TaskDefinition, number: i64) -> Term {
    match task.meta.input {
        Input::Terraform | Input::Plan => Term::Number(number),
        Input::TaskDefinition | Input::Workflow => Term::Text(number.to_string()),
    }
}

/// The name of a task-level field: `network_mode` in Terraform is `networkMode` in the API.
pub(crate) fn task_field(task: &TaskDefinition, name: &str) -> Arc<str> {
    if matches!(task.meta.input, Input::Terraform | Input::Plan) {
        return name.into();
    }
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    let camel = words.fold(first, |mut all, word| {
        let mut letters = word.chars();
        all.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        all.push_str(letters.as_str());
        all
    });
    camel.into()
}

/// Whether an object is written for the resources that show it: in them, in a local or in a template.
pub(crate) fn is_in_place(object: &Origin) -> bool {
    object.steps().all(|via| matches!(via.step, Step::Local(_) | Step::Function(_) | Step::Template(_)))
}

/// Whether a value is written in the object itself: its way is no longer than the object's.
pub(crate) fn is_beside(object: &Origin, value: &Origin) -> bool {
    value.steps().count() == object.steps().count()
}

/// Whether a literal is an argument of a module call and nothing else happened to it.
pub(crate) fn is_argument(origin: &Origin) -> bool {
    let mut steps = origin.steps().map(|via| &via.step);
    steps.all(|step| matches!(step, Step::Variable(_) | Step::Argument(_)))
        && origin.steps().any(|via| matches!(via.step, Step::Argument(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    #[test]
    fn only_what_a_caller_writes_counts_as_argument() {
        let span = Span::new(SourceMap::default().add_pseudo("t", ""), 0..0);
        let literal = Origin::at(span);
        let default = literal.via(Step::Variable("days".into()), span);
        let given = literal.via(Step::Argument("days".into()), span).via(Step::Variable("days".into()), span);
        let local = given.via(Step::Local("days".into()), span);
        assert!(is_argument(&given));
        assert!(!is_argument(&literal) && !is_argument(&default) && !is_argument(&local));
    }
}
