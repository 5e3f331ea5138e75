//! What the model says of the input itself: references that lead nowhere.

mod unresolved_task_definition;

use crate::lint::rule::Check;

pub(in crate::lint) const CHECKS: &[(&str, Check)] =
    &[("unresolved-task-definition", Check::Several(unresolved_task_definition::CHECKS))];
