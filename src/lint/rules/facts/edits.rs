//! Edits that several rules offer in the same way.

use crate::lint::{Applicability, Problem};
use crate::model::{Field, Input, Meta};

/// Offers to replace a value where it stands in the resource itself. A value that came through a variable, a local
/// or a loop may serve others, and a plan is no source: these get no edit.
pub(crate) fn replace<T>(
    problem: Problem,
    meta: &Meta,
    field: &Field<T>,
    applicability: Applicability,
    text: &str,
) -> Problem {
    let is_own = field.known().is_some() && field.origin.via.is_none();
    if is_own && meta.input == Input::Terraform {
        problem.edit(applicability, field.span(), text)
    } else {
        problem
    }
}
