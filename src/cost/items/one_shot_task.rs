//! Tasks that a pipeline runs once and waits for, such as migrations: `aws ecs run-task`, the deploy action's
//! `run-task`, and actions made for it. Runs a month × tasks × minutes; how often a pipeline runs is in no file.
//! Fargate bills at least a minute a run (Linux) or five (Windows).

use std::collections::BTreeMap;

use super::super::Ledger;
use super::super::estimate::Driver;
use super::super::quantity::{Known, Missing};
use super::super::sheet::Sheet;
use super::super::usage;
use super::fargate::{self, Capacity, Task};
use super::scheduled_task::{billed_minutes, divided};
use crate::model::task::TaskDefinition;
use crate::model::workflow::{Action, Command, Job, Workflow};
use crate::model::{Deployment, Field, Input, PatternPart};
use crate::value::Origin;

const DEPLOY: &str = "aws-actions/amazon-ecs-deploy-task-definition";
const RENDER: &str = "aws-actions/amazon-ecs-render-task-definition";
/// Most tasks that one call starts (ECS API, `RunTask`).
const MOST_TASKS: i64 = 10;

/// One place that runs a task.
pub(super) struct Call<'a> {
    at: &'a Origin,
    /// `run-task`: how it is named for people.
    what: &'static str,
    /// Where the tasks run: `FARGATE`, `EC2`, a capacity-provider strategy as text.
    on: On,
    tasks: Known<i64>,
    is_public: bool,
}

/// What says where a run goes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum On {
    Fargate,
    FargateSpot,
    Instances,
    /// Nothing says it: the cluster does, or the task definition.
    Unsaid,
    Unknown,
}

/// The runs of pipelines.
pub(super) struct Calls<'a> {
    /// By index of the task definition.
    pub(super) of: BTreeMap<usize, Vec<Call<'a>>>,
    /// Runs of something that is not found, with the reason.
    unresolved: Vec<(&'a Workflow, Call<'a>, Missing)>,
}

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    let deployment = ledger.deployment();
    let Calls { of, unresolved } = calls(deployment);
    for (at, calls) in of {
        let Some(definition) = deployment.task_definitions.get(at) else { continue };
        ledger.price(&definition.meta, "one-shot-task", |sheet| charge(sheet, definition, &calls));
    }
    for (workflow, call, missing) in unresolved {
        ledger.price(&workflow.meta, "one-shot-task", |sheet| {
            sheet.leave_out(&format!("Task of {}", call.what), missing, None);
        });
    }
}

fn charge<'a>(sheet: &mut Sheet<'a>, definition: &'a TaskDefinition, calls: &[Call<'a>]) {
    let known: Known<&TaskDefinition> = Ok(definition);
    let capacity = match capacity(&known, calls) {
        Ok(Some(capacity)) => capacity,
        Ok(None) => return sheet.free("tasks on EC2 cost nothing by themselves, the instances do"),
        Err(missing) => return sheet.leave_out("One-shot tasks", missing, None),
    };
    let size = Task::read(sheet, &known);
    let address = match definition.meta.input {
        Input::TaskDefinition => usage::of_raw_definition(&definition.meta.address),
        _ => definition.meta.address.to_string(),
    };
    let of = [(address.as_str(), &*definition.meta.kind)];
    let minutes = billed_minutes(sheet, &of, size.may_be_windows());
    let runs = sheet.usage_of(&of, "runs", "runs a month, which pipelines decide");
    let tasks = calls.iter().map(|call| call.tasks.clone()).collect::<Known<Vec<i64>>>();
    let hours_a_run = divided(minutes.range, 60).high;
    let task_hours = runs.and_then(|runs| {
        let tasks = tasks?.into_iter().max().unwrap_or(1);
        let mut quantity = minutes.clone().by(&runs).times(tasks);
        quantity.range = divided(quantity.range, 60);
        quantity
            .drivers
            .extend(calls.iter().map(|call| Driver { span: call.at.span, what: call.what.to_owned() }));
        Ok(quantity)
    });
    size.charge(sheet, &task_hours, capacity, (hours_a_run, "run"));
    if calls.iter().any(|call| call.is_public) && task_hours.is_ok() {
        sheet.public_ipv4(task_hours);
    }
}

/// What Fargate bills the runs as; `None` for runs on EC2.
fn capacity(definition: &Known<&TaskDefinition>, calls: &[Call<'_>]) -> Known<Option<Capacity>> {
    let mut places = calls.iter().map(|call| &call.on);
    let first = places.next().cloned().unwrap_or(On::Unsaid);
    if places.any(|place| *place != first) {
        return Err(Missing::because("its runs differ in launch type"));
    }
    match first {
        On::Fargate => Ok(Some(Capacity::OnDemand)),
        On::FargateSpot => Ok(Some(Capacity::Spot)),
        On::Instances => Ok(None),
        On::Unsaid if fargate::only_fargate(definition) => Ok(Some(Capacity::OnDemand)),
        On::Unsaid => Err(Missing::because("no launch type is written where it is run")),
        On::Unknown => Err(Missing::because("the launch type of its runs is unknown")),
    }
}

/// Every run of a task by a workflow.
pub(super) fn calls(deployment: &Deployment) -> Calls<'_> {
    let mut calls = Calls { of: BTreeMap::new(), unresolved: Vec::new() };
    for workflow in &deployment.workflows {
        for job in &workflow.jobs {
            for step in &job.steps {
                let commands = step.run.iter().flat_map(|script| &script.commands);
                let of_commands = commands
                    .filter(|command| command.starts_with(&["aws", "ecs", "run-task"]))
                    .map(|command| (of_command(command), command.option("--task-definition")));
                let of_action = step.action.iter().filter_map(|action| {
                    Some((of_action(action)?, action.input("task-definition").map(|input| &input.value)))
                });
                for (call, named) in of_commands.chain(of_action) {
                    match definition(deployment, job, named) {
                        Ok(at) => calls.of.entry(at).or_default().push(call),
                        Err(missing) => calls.unresolved.push((workflow, call, missing)),
                    }
                }
            }
        }
    }
    calls
}

fn of_command(command: &Command) -> Call<'_> {
    let launch_type = text(command.option("--launch-type"), "--launch-type=");
    let strategy = text(command.option("--capacity-provider-strategy"), "--capacity-provider-strategy=");
    let count = text(command.option("--count"), "--count=");
    let network = text(command.option("--network-configuration"), "--network-configuration=");
    Call {
        at: &command.origin,
        what: "aws ecs run-task",
        on: place(&launch_type, &strategy),
        tasks: tasks(&count),
        is_public: network.is_some_and(|network| has_public_ip(&network)),
    }
}

fn of_action(action: &Action) -> Option<Call<'_>> {
    let input = |name: &str| text(action.input(name).map(|input| &input.value), "");
    let is = |name: &str, wanted: &str| input(name).is_some_and(|text| text.eq_ignore_ascii_case(wanted));
    if *action.name == *DEPLOY {
        if !is("run-task", "true") {
            return None;
        }
        let launch_type = input("run-task-launch-type");
        let strategy = input("run-task-capacity-provider-strategy");
        // The action's own default.
        let on = match place(&launch_type, &strategy) {
            On::Unsaid => On::Fargate,
            on => on,
        };
        let is_public = is("run-task-assign-public-IP", "ENABLED");
        return Some(Call { at: &action.origin, what: "run-task", on, tasks: Ok(1), is_public });
    }
    let is_runner = action.name.contains("ecs") && action.name.contains("run-task");
    let on = place(&input("launch-type"), &input("capacity-provider-strategy"));
    is_runner.then(|| Call {
        at: &action.origin,
        what: "a run-task action",
        on,
        tasks: tasks(&input("count")),
        is_public: is("assign-public-ip", "ENABLED"),
    })
}

/// What is known of a word, its unknown parts left out; the text behind `--name=`.
fn text(word: Option<&Field<String>>, prefix: &str) -> Option<String> {
    let word = word?;
    let text = match word.known() {
        Some(text) => text.clone(),
        None => {
            let parts = word.not_known()?.pattern.as_deref()?.iter();
            parts
                .map(|part| match part {
                    PatternPart::Known(text) => text,
                    PatternPart::Hole => "",
                })
                .collect()
        }
    };
    Some(text.strip_prefix(prefix).map(str::to_owned).unwrap_or(text))
}

fn place(launch_type: &Option<String>, strategy: &Option<String>) -> On {
    match (launch_type.as_deref(), strategy.as_deref()) {
        (Some("FARGATE"), _) => On::Fargate,
        (Some("EC2" | "EXTERNAL"), _) => On::Instances,
        (None | Some(""), None | Some("")) => On::Unsaid,
        (None | Some(""), Some(strategy)) => {
            let spot = strategy.contains("FARGATE_SPOT");
            let on_demand = strategy.replace("FARGATE_SPOT", "").contains("FARGATE");
            match (on_demand, spot) {
                (true, false) => On::Fargate,
                (false, true) => On::FargateSpot,
                (true, true) => On::Unknown,
                (false, false) => On::Instances,
            }
        }
        (Some(_), _) => On::Unknown,
    }
}

fn tasks(count: &Option<String>) -> Known<i64> {
    let Some(count) = count else { return Ok(1) };
    let parsed = count.trim().parse().ok().filter(|count| (1..=MOST_TASKS).contains(count));
    parsed.ok_or_else(|| Missing::because(format!("`--count` is not between 1 and {MOST_TASKS}")))
}

/// `assignPublicIp=ENABLED` of the short form or of JSON.
fn has_public_ip(network: &str) -> bool {
    let plain: String =
        network.chars().filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\'' | '\\')).collect();
    plain.contains("assignPublicIp=ENABLED") || plain.contains("assignPublicIp:ENABLED")
}

/// The task definition that a run names: by family, by ARN, or by the file that a render step of the job fills in.
fn definition(deployment: &Deployment, job: &Job, named: Option<&Field<String>>) -> Known<usize> {
    let Some(field) = named else { return Err(Missing::because("it names no task definition")) };
    let Some(name) = field.known() else {
        return rendered(deployment, job).ok_or_else(|| Missing {
            causes: field.causes(),
            ..Missing::because("which task definition it runs is unknown")
        });
    };
    let name = name.strip_prefix("--task-definition=").unwrap_or(name);
    let family = name.rsplit_once("task-definition/").map_or(name, |(_, name)| name);
    let family = family.split(':').next().unwrap_or(family);
    let by_family =
        only(deployment, |definition| definition.family.known().is_some_and(|known| known == family));
    by_family
        .or_else(|| of_file(deployment, name))
        .ok_or_else(|| Missing::because(format!("its task definition `{name}` is in no file, or in several")))
}

fn rendered(deployment: &Deployment, job: &Job) -> Option<usize> {
    let mut files = job
        .steps
        .iter()
        .filter_map(|step| step.action.as_ref())
        .filter(|action| *action.name == *RENDER)
        .filter_map(|action| action.input("task-definition")?.value.known());
    match (files.next(), files.next()) {
        (Some(file), None) => of_file(deployment, file),
        _ => None,
    }
}

fn of_file(deployment: &Deployment, file: &str) -> Option<usize> {
    let file = file.trim_start_matches("./");
    only(deployment, |definition| {
        definition.file.as_deref().is_some_and(|known| {
            known.strip_suffix(file).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        })
    })
}

/// The one task definition of which something holds; of several, the one that Terraform declares.
fn only(deployment: &Deployment, test: impl Fn(&TaskDefinition) -> bool) -> Option<usize> {
    let found: Vec<(usize, &TaskDefinition)> =
        deployment.task_definitions.iter().enumerate().filter(|(_, definition)| test(definition)).collect();
    let declared: Vec<_> =
        found.iter().filter(|(_, definition)| definition.meta.input != Input::TaskDefinition).collect();
    match (found.as_slice(), declared.as_slice()) {
        ([(at, _)], _) | (_, [(at, _)]) => Some(*at),
        _ => None,
    }
}
