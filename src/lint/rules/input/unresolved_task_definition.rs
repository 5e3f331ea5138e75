//! Services, schedules and `run-task` calls whose task definition no file of the scan holds.

use super::super::facts::deploys::ecs_operation;
use super::super::facts::longrunning::{family_of, run_task_commands};
use crate::lint::{Check, Probe, Problem, Severity};
use crate::model::graph::TaskDefinitionId;
use crate::model::schedule::ScheduledTask;
use crate::model::service::Service;
use crate::model::workflow::{Job, Workflow};
use crate::model::{Field, Link, PatternPart, Reference, State, Tri};
use crate::value::{Cause, Origin};

pub(super) const CHECKS: &[Check] =
    &[Check::Service(service), Check::ScheduledTask(schedule), Check::Job(job)];

fn not_found(user: &str, name: &str) -> Problem {
    Problem::new(format!(
        "{user} task definition `{name}`, and no scanned file declares the family `{}`: it is neither checked nor priced",
        family_of(name)
    ))
    .help("correct the name, scan the directory that holds the definition as well, or commit it beside this file")
}

fn is_text_of_one(user: &str) -> Problem {
    Problem::new(format!("{user} the JSON text of a task definition, where its family or ARN is meant"))
        .help("register the text with an `aws_ecs_task_definition` and name its `arn` here")
}

fn service(probe: &mut Probe<'_>, service: &Service) {
    // An EXTERNAL controller names the definition in its task sets.
    let external = service.deployment_controller.holds(false, |controller| controller == "EXTERNAL");
    if service.task_definition.is_absent() && !external.is_no() {
        return;
    }
    if starts_as_json(&service.task_definition) {
        let here = Origin::at(service.task_definition.origin.use_site());
        return probe.fail(&here, is_text_of_one("the service names"));
    }
    let runs_nothing = service.desired_count.known().is_some_and(|count| *count == 0);
    link(probe, &service.task_definition_link, &service.task_definition, |name| {
        let problem = not_found("the service runs", name);
        if runs_nothing { problem.severity(Severity::Info) } else { problem }
    });
}

/// Neither a family nor an ARN starts with a brace or bracket, whatever follows.
fn starts_as_json(field: &Field<Reference>) -> bool {
    let pattern = match &field.state {
        State::Known(reference) => match &reference.text {
            Some(text) => return is_json(text),
            None => reference.pattern.as_deref(),
        },
        State::Unknown(unknown) => unknown.pattern.as_deref(),
        State::Absent => None,
    };
    matches!(pattern.and_then(<[_]>::first), Some(PatternPart::Known(text)) if is_json(text))
}

fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

fn schedule(probe: &mut Probe<'_>, schedule: &ScheduledTask) {
    link(probe, &schedule.task_definition_link, &schedule.task_definition, |name| {
        not_found("the schedule runs", name)
    });
}

fn link(
    probe: &mut Probe<'_>,
    link: &Link<TaskDefinitionId>,
    field: &Field<Reference>,
    problem: impl FnOnce(&str) -> Problem,
) {
    match link {
        Link::To(_) => probe.pass(),
        Link::NotFound(name) => probe.fail(&field.origin.reference(), problem(name)),
        Link::Unknown(causes) => probe.undecided(&field.origin, causes),
        Link::Absent => {}
    }
}

/// Whether the value is what a command printed.
fn is_of_output(field: &Field<String>) -> bool {
    let causes = field.causes();
    causes.first().is_some()
        && causes.iter().all(|cause| matches!(cause, Cause::Unsupported { what } if &**what == "$(…)"))
}

fn registers(job: &Job) -> bool {
    job.steps
        .iter()
        .filter_map(|step| step.run.as_ref())
        .flat_map(|script| &script.commands)
        .any(|command| ecs_operation(command) == Some("register-task-definition"))
}

fn job(probe: &mut Probe<'_>, _: &Workflow, job: &Job) {
    for command in run_task_commands(job) {
        let Some(named) = command.option("--task-definition") else { continue };
        let Some(text) = named.known() else {
            if is_of_output(named) && registers(job) {
                // The job runs what it has just registered.
                continue;
            }
            probe.undecided(&named.origin, &named.causes());
            continue;
        };
        let name = text.strip_prefix("--task-definition=").unwrap_or(text);
        let is_this = |family: &Field<String>| family.holds(false, |family| family == family_of(name));
        let families = probe.deployment.task_definitions.iter().map(|task| is_this(&task.family));
        let declared = families.fold(Tri::No, Tri::or);
        probe.decide(declared.negate(), &named.origin, || not_found("run-task starts", name));
    }
}
