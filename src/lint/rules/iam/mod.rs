//! Task and execution roles.

mod execution_role_missing;
mod task_role_same_as_execution;

use crate::lint::rule::Check;

pub(in crate::lint) const CHECKS: &[(&str, Check)] = &[
    ("execution-role-missing", Check::Task(execution_role_missing::check)),
    ("task-role-same-as-execution", Check::Task(task_role_same_as_execution::check)),
];
