//! What CI does to ECS services: deploy steps, `aws ecs` commands, and what waits for them.

use crate::model::workflow::{Action, Command, Job, Step, Workflow};
use crate::model::{Deployment, Field, NotKnown, PatternPart, State, Tri};
use crate::source::Span;
use crate::value::Origin;

const DEPLOY_ACTION: &str = "aws-actions/amazon-ecs-deploy-task-definition";

/// One update of an ECS service by CI.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deploy<'a> {
    pub(crate) service: &'a Field<String>,
    /// The step or the command.
    pub(crate) at: &'a Origin,
    pub(crate) by: By<'a>,
    /// It makes the service run another revision of its task definition.
    pub(crate) new_revision: bool,
}

/// How CI updates a service.
#[derive(Debug, Clone, Copy)]
pub(crate) enum By<'a> {
    /// The deploy action, with its `wait-for-service-stability` input.
    Action {
        wait: Option<&'a Field<String>>,
        /// Where the name of the input `service` is written.
        service_key: Span,
    },
    /// `aws ecs update-service`.
    Command,
}

/// Something that waits until services are stable; empty means every service.
#[derive(Debug, Clone)]
pub(crate) struct Wait<'a> {
    pub(crate) services: Vec<&'a Field<String>>,
}

/// What one step does, in order.
#[derive(Debug, Clone)]
pub(crate) enum Event<'a> {
    Deploy(Deploy<'a>),
    Wait(Wait<'a>),
}

/// Deploys and waits of a step, in order of execution.
pub(crate) fn events(step: &Step) -> Vec<Event<'_>> {
    let mut events = Vec::new();
    if let Some(action) = &step.action {
        events.extend(of_action(step, action).map(Event::Deploy));
    }
    if let Some(script) = &step.run {
        events.extend(script.commands.iter().filter_map(of_command));
    }
    events
}

fn of_action<'a>(step: &'a Step, action: &'a Action) -> Option<Deploy<'a>> {
    if *action.name != *DEPLOY_ACTION {
        return None;
    }
    let input = action.input("service")?;
    let service = &input.value;
    // Without a service the action only registers; an empty input counts as none.
    if service.is_absent() || service.known().is_some_and(String::is_empty) {
        return None;
    }
    let wait = action.input("wait-for-service-stability").map(|input| &input.value);
    Some(Deploy {
        service,
        at: &step.origin,
        by: By::Action { wait, service_key: input.name_span },
        new_revision: true,
    })
}

fn of_command(command: &Command) -> Option<Event<'_>> {
    let operation = ecs_operation(command)?;
    match operation {
        "update-service" => {
            let stopped = command.option("--desired-count").is_some_and(|count| {
                count.known().is_some_and(|text| text.trim_start_matches("--desired-count=") == "0")
            });
            if stopped {
                return None;
            }
            let service = command.option("--service")?;
            let new_revision = command.option("--task-definition").is_some();
            Some(Event::Deploy(Deploy { service, at: &command.origin, by: By::Command, new_revision }))
        }
        "wait" => Some(Event::Wait(Wait { services: values_of(command, "--services") })),
        "describe-services" => {
            // A loop that looks at the rollout is a wait of its own making.
            let watches = command.words.iter().filter_map(Field::known).any(|word| {
                word.contains("rolloutState") || word.contains("runningCount") || word.contains("deployments")
            });
            watches.then(|| Event::Wait(Wait { services: values_of(command, "--services") }))
        }
        _ => None,
    }
}

/// The operation of an `aws ecs …` command; options before it are skipped.
pub(crate) fn ecs_operation(command: &Command) -> Option<&str> {
    aws_words(command, "ecs")
}

/// The word after `aws <service>`, where the command is one of that service.
pub(crate) fn aws_words<'a>(command: &'a Command, service: &str) -> Option<&'a str> {
    const WITH_VALUE: [&str; 8] = [
        "--region",
        "--profile",
        "--output",
        "--query",
        "--endpoint-url",
        "--color",
        "--ca-bundle",
        "--cli-read-timeout",
    ];
    let mut words = command.words.iter();
    let program = words.next()?.known()?;
    if program != "aws" && !program.ends_with("/aws") {
        return None;
    }
    let mut plain = Vec::new();
    while let Some(word) = words.next() {
        let Some(text) = word.known() else { continue };
        if text.starts_with("--") {
            if WITH_VALUE.contains(&text.as_str()) {
                words.next();
            }
            continue;
        }
        plain.push(text.as_str());
        if plain.len() == 2 {
            break;
        }
    }
    match plain.as_slice() {
        [first, second] if *first == service => Some(second),
        _ => None,
    }
}

/// Words between `option` and the next option.
fn values_of<'a>(command: &'a Command, option: &str) -> Vec<&'a Field<String>> {
    let start = command.words.iter().position(|word| word.known().is_some_and(|text| text == option));
    let Some(start) = start else { return Vec::new() };
    command
        .words
        .iter()
        .skip(start + 1)
        .take_while(|word| word.known().is_none_or(|text| !text.starts_with("--")))
        .collect()
}

/// Whether a job deploys to ECS or pushes images.
pub(crate) fn deploys_or_pushes(job: &Job) -> bool {
    job.steps.with_template().any(|step| {
        let by_action = step.action.as_ref().is_some_and(|action| {
            let name = &*action.name;
            let pushes = || {
                let push = action.input("push").and_then(|input| input.value.known());
                push.is_none_or(|value| value != "false")
            };
            name == DEPLOY_ACTION
                || name == "aws-actions/amazon-ecr-login"
                || (name == "docker/build-push-action" && pushes())
                || applies_terraform(name)
        });
        let by_command = step.run.iter().flat_map(|script| &script.commands).any(|command| {
            let ecs = ecs_operation(command);
            ecs.is_some_and(|word| {
                matches!(
                    word,
                    "update-service" | "register-task-definition" | "run-task" | "create-service" | "deploy"
                )
            }) || aws_words(command, "ecr").is_some_and(|word| word.starts_with("get-login"))
                || command.starts_with(&["docker", "push"])
                || command.starts_with(&["terraform", "apply"])
        });
        by_action || by_command
    })
}

/// Whether an action runs `terraform apply`, by the words of its name: `acme/actions/terraform/apply`.
fn applies_terraform(action: &str) -> bool {
    let mut words = action.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| matches!(word, "terraform" | "tofu" | "opentofu")) && words.any(|word| word == "apply")
}

/// Every deploy of every workflow that brings a new revision, with its workflow.
pub(crate) fn revisions(deployment: &Deployment) -> impl Iterator<Item = (&Workflow, Deploy<'_>)> {
    deployment.workflows.iter().flat_map(|workflow| {
        let steps = workflow.jobs.iter().flat_map(|job| job.steps.with_template());
        steps.flat_map(events).filter_map(move |event| match event {
            Event::Deploy(deploy) if deploy.new_revision => Some((workflow, deploy)),
            Event::Deploy(_) | Event::Wait(_) => None,
        })
    })
}

/// Whether two names are the same. Two unknowns are the same when they are unknown for the same reason.
pub(crate) fn same_name(a: &Field<String>, b: &Field<String>) -> Tri {
    match (&a.state, &b.state) {
        (State::Known(a), State::Known(b)) => (last_part(a) == last_part(b)).into(),
        (State::Known(text), State::Unknown(unknown)) | (State::Unknown(unknown), State::Known(text)) => {
            may_be(unknown, text)
        }
        (State::Unknown(a), State::Unknown(b)) if a.causes == b.causes && a.pattern == b.pattern => Tri::Yes,
        (State::Unknown(a), State::Unknown(b)) => Tri::Maybe(a.causes.clone().and(&b.causes)),
        (State::Absent, _) | (_, State::Absent) => Tri::No,
    }
}

/// A service may be named by its ARN.
fn last_part(name: &str) -> &str {
    if name.starts_with("arn:") { name.rsplit('/').next().unwrap_or(name) } else { name }
}

fn may_be(unknown: &NotKnown<String>, text: &str) -> Tri {
    if !unknown.alternatives.is_empty() {
        return unknown.holds(|alternative| last_part(alternative) == last_part(text));
    }
    match unknown.pattern.as_deref() {
        Some(parts) if !fits(parts, text) => Tri::No,
        _ => Tri::Maybe(unknown.causes.clone()),
    }
}

/// Whether `text` can come out of a pattern.
fn fits(parts: &[PatternPart], text: &str) -> bool {
    let mut rest = text;
    let mut after_hole = false;
    for part in parts {
        match part {
            PatternPart::Hole => after_hole = true,
            PatternPart::Known(known) => {
                let found =
                    if after_hole { rest.find(&**known) } else { rest.starts_with(&**known).then_some(0) };
                let Some(at) = found else { return false };
                rest = rest.get(at + known.len()..).unwrap_or_default();
                after_hole = false;
            }
        }
    }
    match parts.last() {
        Some(PatternPart::Known(known)) => text.ends_with(&**known),
        _ => true,
    }
}

/// Whether a wait covers a service.
pub(crate) fn covers(wait: &Wait<'_>, service: &Field<String>) -> Tri {
    if wait.services.is_empty() {
        return Tri::Yes;
    }
    wait.services.iter().map(|name| same_name(name, service)).fold(Tri::No, Tri::or)
}

/// Whether something after place (`job`, `step`, `event`) of the workflow waits for `service`.
pub(crate) fn waited_for_later(
    workflow: &Workflow,
    job: &Job,
    step_at: usize,
    event_at: usize,
    service: &Field<String>,
) -> Tri {
    let mut answer = Tri::No;
    for (at, step) in job.steps.items.iter().enumerate().skip(step_at) {
        for (number, event) in events(step).iter().enumerate() {
            if (at > step_at || number > event_at)
                && let Event::Wait(wait) = event
            {
                answer = answer.or(covers(wait, service));
            }
        }
    }
    if let Some(open) = &job.steps.open {
        answer = answer.or(Tri::Maybe(open.causes.clone()));
    }
    for later in dependents(workflow, job) {
        for event in later.steps.with_template().flat_map(events) {
            if let Event::Wait(wait) = event {
                answer = answer.or(covers(&wait, service));
            }
        }
    }
    answer
}

/// Jobs that need `job`, directly or through others.
fn dependents<'a>(workflow: &'a Workflow, job: &Job) -> Vec<&'a Job> {
    let mut reached = vec![job.id.clone()];
    let mut found: Vec<&Job> = Vec::new();
    loop {
        let next: Vec<&Job> = workflow
            .jobs
            .iter()
            .filter(|other| {
                !reached.contains(&other.id) && other.needs.iter().any(|need| reached.contains(need))
            })
            .collect();
        if next.is_empty() {
            return found;
        }
        reached.extend(next.iter().map(|job| job.id.clone()));
        found.extend(next);
    }
}
