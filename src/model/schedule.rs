//! One-shot tasks on a schedule: EventBridge rules with ECS targets, and EventBridge Scheduler.

use super::graph::TaskDefinitionId;
use super::service::{CapacityProviderStrategy, ServiceNetwork};
use super::{Field, Items, Link, Meta, Reference};

/// A schedule that runs an ECS task.
#[derive(Debug, Clone)]
pub struct ScheduledTask {
    pub meta: Meta,
    /// Address of the EventBridge rule whose target this is, when it is in the files.
    pub rule: Option<std::sync::Arc<str>>,
    /// `cron(…)`, `rate(…)` or `at(…)`; absent for a rule that waits for events.
    pub expression: Field<String>,
    /// False when the rule is disabled.
    pub enabled: Field<bool>,
    pub task_definition: Field<Reference>,
    pub task_definition_link: Link<TaskDefinitionId>,
    /// Tasks per run; 1 where absent.
    pub task_count: Field<i64>,
    pub launch_type: Field<String>,
    pub strategy: Items<CapacityProviderStrategy>,
    pub network: Field<ServiceNetwork>,
    pub platform_version: Field<String>,
}
