//! Jobs that deploy or push with access keys stored as secrets.

use super::super::facts::deploys;
use crate::lint::{Probe, Problem};
use crate::model::workflow::{Action, Job, Step, Workflow, WorkflowVariable};
use crate::value::Origin;

fn keys(what: &str) -> Problem {
    Problem::new(format!("`{what}` gives the job a long-lived AWS key")).help(
        "let the job assume a role with OpenID Connect: `permissions: id-token: write` and `role-to-assume`, without keys",
    )
}

pub(super) fn check(probe: &mut Probe<'_>, workflow: &Workflow, job: &Job) {
    if !deploys::deploys_or_pushes(job) {
        return;
    }
    match first_key(workflow, job) {
        Some((at, what)) => probe.fail(&at, keys(what)),
        None => probe.pass(),
    }
}

/// The first place that gives the job a key, from the widest scope to the narrowest.
fn first_key<'a>(workflow: &'a Workflow, job: &'a Job) -> Option<(Origin, &'a str)> {
    in_env(&workflow.env).or_else(|| in_env(&job.env)).or_else(|| {
        job.steps.with_template().find_map(|step| {
            let by_action = step.action.as_ref().and_then(in_credentials);
            by_action.or_else(|| if is_other_vendor(step) { None } else { in_env(&step.env) })
        })
    })
}

fn in_env(env: &[WorkflowVariable]) -> Option<(Origin, &str)> {
    let variable = env.iter().find(|variable| &*variable.name == "AWS_SECRET_ACCESS_KEY")?;
    is_stored(variable).then(|| (variable.value.origin.clone(), &*variable.name))
}

fn in_credentials(action: &Action) -> Option<(Origin, &str)> {
    if &*action.name != "aws-actions/configure-aws-credentials" {
        return None;
    }
    let key = action.input("aws-access-key-id")?;
    is_stored(key).then(|| (key.value.origin.clone(), &*key.name))
}

/// A reference to a stored key. Literal keys are the business of the rules on secrets, and the outputs of an earlier step are
/// short-lived credentials.
fn is_stored(variable: &WorkflowVariable) -> bool {
    let of_step = |context: &str| context.starts_with("steps.") || context.starts_with("needs.");
    let literal = variable.contexts.is_empty() && variable.value.known().is_some();
    !literal && variable.value.is_written() && !variable.contexts.iter().any(|context| of_step(context))
}

/// Whether every AWS command of the step talks to somebody else's endpoint.
fn is_other_vendor(step: &Step) -> bool {
    let commands = || {
        let scripts = step.run.iter().flat_map(|script| &script.commands);
        scripts.filter(|command| {
            command.words.first().and_then(|word| word.known()).is_some_and(|word| word == "aws")
        })
    };
    let elsewhere = |text: &String| !text.contains(".amazonaws.com");
    let foreign = |command: &crate::model::workflow::Command| {
        command.option("--endpoint-url").is_some_and(|url| url.known().is_none_or(elsewhere))
    };
    let by_env = step.env.iter().any(|variable| {
        variable.name.starts_with("AWS_ENDPOINT_URL") && variable.value.known().is_none_or(elsewhere)
    });
    by_env || (commands().next().is_some() && commands().all(foreign))
}
