//! Credentials written as plain values into a container's environment.

use crate::lint::secrets::{Secret, ValueClass, classify, is_secret_name, value_class};
use crate::lint::{Probe, Problem};
use crate::model::task::{Container, EnvironmentVariable, TaskDefinition};
use crate::model::workflow::{Job, Workflow};
use crate::model::{Field, NotKnown, PatternPart, State};
use crate::value::{Cause, Causes};

fn in_plain_text(name: &str, secret: Secret) -> Problem {
    Problem::new(format!("`{name}` holds {} in plain text", secret.kind)).part(name).help(
        "store it in Secrets Manager or as an SSM SecureString, reference it under `secrets`, and change it: it has been seen",
    )
}

pub(super) fn check(probe: &mut Probe<'_>, _task: &TaskDefinition, container: &Container) {
    for variable in container.environment.with_template() {
        judge(probe, variable);
    }
    if let Some(open) = &container.environment.open
        && open.template.is_none()
    {
        probe.undecided(&container.environment.origin, &open.causes);
    }
}

/// Environment that the steps of a job give to containers beside any task definition.
pub(super) fn job(probe: &mut Probe<'_>, _workflow: &Workflow, job: &Job) {
    for step in job.steps.with_template() {
        let environment = &step.task_environment;
        for variable in environment.with_template() {
            judge(probe, variable);
        }
        if let Some(open) = &environment.open {
            let causes = written_somewhere(&open.causes);
            if open.template.is_none() && !causes.is_empty() {
                probe.undecided(&environment.origin, &causes);
            }
        }
    }
}

/// Judges one environment entry, wherever it is given to a task.
fn judge(probe: &mut Probe<'_>, variable: &EnvironmentVariable) {
    let name = variable.name.known().map_or("", String::as_str);
    match &variable.value.state {
        State::Absent => {}
        State::Known(value) => match classify(name, value) {
            Some(secret) => probe.fail(&variable.value.origin, in_plain_text(shown(&variable.name), secret)),
            None => probe.pass(),
        },
        State::Unknown(unknown) => of_unknown(probe, variable, name, unknown),
    }
}

fn of_unknown(probe: &mut Probe<'_>, variable: &EnvironmentVariable, name: &str, unknown: &NotKnown<String>) {
    let at = &variable.value.origin;
    if let Some(parts) = unknown.pattern.as_deref()
        && value_class(&with_holes(parts)) == ValueClass::UrlPassword
    {
        return probe
            .fail(at, in_plain_text(shown(&variable.name), Secret { kind: "a URL with a password" }));
    }
    let secrets: Vec<Option<Secret>> =
        unknown.alternatives.iter().map(|value| classify(name, value)).collect();
    match secrets.as_slice() {
        [Some(first), rest @ ..] if rest.iter().all(Option::is_some) => {
            probe.fail(at, in_plain_text(shown(&variable.name), *first));
        }
        [_, ..] if secrets.iter().all(Option::is_none) => probe.pass(),
        // What AWS or another system makes up is no literal of this code.
        _ => {
            let open = written_somewhere(&unknown.causes);
            if open.is_empty() {
                probe.pass();
            } else if is_secret_name(name) || variable.name.known().is_none() {
                probe.undecided(at, &open);
            }
        }
    }
}

fn shown(name: &Field<String>) -> &str {
    name.known().map_or("an environment variable", String::as_str)
}

/// Causes behind which a literal may stand.
fn written_somewhere(causes: &Causes) -> Causes {
    let mut open = Causes::none();
    for cause in causes.iter() {
        let elsewhere = match cause {
            Cause::Computed { .. } | Cause::Data { .. } => true,
            // Secrets of GitHub stand in no file.
            Cause::Unsupported { what } => what.starts_with("secrets."),
            _ => false,
        };
        if !elsewhere {
            open.add(cause.clone());
        }
    }
    open
}

/// The text with a reference in place of what is not known.
fn with_holes(parts: &[PatternPart]) -> String {
    parts
        .iter()
        .map(|part| match part {
            PatternPart::Known(text) => &**text,
            PatternPart::Hole => "${…}",
        })
        .collect()
}
