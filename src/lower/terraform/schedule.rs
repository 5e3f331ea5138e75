//! Scheduled tasks: EventBridge rules joined with their ECS targets, and EventBridge Scheduler.

use std::collections::HashMap;

use super::Context;
use super::ecs::{TASK_DEFINITION, network, strategy};
use crate::lower::read::Reader;
use crate::model::schedule::ScheduledTask;
use crate::model::{Deployment, Field, Link, Reference, State, Tri};
use crate::terraform::Resource;

const RULE: [&str; 1] = ["aws_cloudwatch_event_rule"];

/// EventBridge rules by known name: targets may name them by text.
pub(super) fn rules_by_name<'a>(
    resources: impl Iterator<Item = &'a Resource>,
) -> HashMap<String, &'a Resource> {
    resources
        .filter(|resource| RULE.contains(&&*resource.ty))
        .filter_map(|resource| Some((resource.body.member("name")?.as_str()?.to_owned(), resource)))
        .collect()
}

/// `aws_cloudwatch_event_target` with an ECS target; other targets run no task.
pub(super) fn event_target(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    if matches!(reader.present("ecs_target").is_set(), Tri::No) {
        into.others.push(context.other(resource));
        return;
    }
    let target = reader.within("ecs_target");
    let rule = reader.reference("rule", &RULE);
    let found = of_rule(context, &rule);
    let (expression, enabled) = match found.map(|found| context.reader(found)) {
        Some(rule) => (rule.string("schedule_expression"), enabled(&rule)),
        None => (unknown_of(&rule), unknown_of(&rule)),
    };
    into.scheduled_tasks.push(ScheduledTask {
        meta: context.meta(resource),
        rule: found.map(|rule| rule.address.clone()),
        expression,
        enabled,
        task_definition: target.reference("task_definition_arn", &TASK_DEFINITION),
        task_definition_link: Link::Absent,
        task_count: target.integer("task_count"),
        launch_type: target.string("launch_type"),
        strategy: strategy(&target, "capacity_provider_strategy"),
        network: network(&target, "network_configuration"),
        platform_version: target.string("platform_version"),
    });
}

fn of_rule<'a>(context: &'a Context<'_>, rule: &Field<Reference>) -> Option<&'a Resource> {
    let reference = rule.known()?;
    let by_address =
        || context.target(&reference.target.as_ref()?.0).filter(|rule| RULE.contains(&&*rule.ty));
    let by_name = || context.event_rules.get(&**reference.text.as_ref()?).copied();
    by_address().or_else(by_name)
}

/// What is known of a rule that is not in the files: nothing, for the reason the reference gives.
fn unknown_of<T>(rule: &Field<Reference>) -> Field<T> {
    let causes = match &rule.state {
        State::Unknown(unknown) => unknown.causes.clone(),
        State::Known(Reference { text: Some(name), .. }) => {
            crate::model::field::unsupported(format!("the EventBridge rule {name}"))
        }
        State::Known(_) | State::Absent => crate::model::field::unsupported("the EventBridge rule"),
    };
    Field::unknown(causes, rule.origin.clone())
}

/// `state` (`ENABLED…` or `DISABLED`), else the older `is_enabled`.
fn enabled(rule: &Reader) -> Field<bool> {
    let state = rule.string("state");
    if state.is_written() { state.map(|state| state != "DISABLED") } else { rule.boolean("is_enabled") }
}

/// `aws_scheduler_schedule` with ECS parameters.
pub(super) fn schedule(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let target = reader.within("target");
    if matches!(target.present("ecs_parameters").is_set(), Tri::No) {
        into.others.push(context.other(resource));
        return;
    }
    let parameters = target.within("ecs_parameters");
    into.scheduled_tasks.push(ScheduledTask {
        meta: context.meta(resource),
        rule: None,
        expression: reader.string("schedule_expression"),
        enabled: reader.string("state").map(|state| state != "DISABLED"),
        task_definition: parameters.reference("task_definition_arn", &TASK_DEFINITION),
        task_definition_link: Link::Absent,
        task_count: parameters.integer("task_count"),
        launch_type: parameters.string("launch_type"),
        strategy: strategy(&parameters, "capacity_provider_strategy"),
        network: network(&parameters, "network_configuration"),
        platform_version: parameters.string("platform_version"),
    });
}
