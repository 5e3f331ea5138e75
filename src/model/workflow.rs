//! CI workflows (GitHub Actions): jobs, steps, and the AWS commands inside `run` scripts.

use std::sync::Arc;

use super::task::EnvironmentVariable;
use super::{Field, Items, Meta};
use crate::source::Span;
use crate::value::{Origin, Value};

#[derive(Debug, Clone)]
pub struct Workflow {
    pub meta: Meta,
    pub name: Field<String>,
    /// Names of the events that start it.
    pub triggers: Vec<(Arc<str>, Span)>,
    pub env: Vec<WorkflowVariable>,
    pub permissions: Field<Permissions>,
    pub concurrency: Field<Concurrency>,
    pub jobs: Vec<Job>,
}

#[derive(Debug, Clone)]
pub struct WorkflowVariable {
    pub name: Arc<str>,
    pub name_span: Span,
    pub value: Field<String>,
    /// Contexts read by the value's expressions: `secrets.AWS_KEY`, `env.REGION`.
    pub contexts: Vec<Arc<str>>,
}

#[derive(Debug, Clone)]
pub struct Permissions {
    pub origin: Origin,
    /// `read-all`, `write-all`, or scope by scope (`id-token: write`).
    pub all: Field<String>,
    pub scopes: Vec<(Arc<str>, Field<String>)>,
}

#[derive(Debug, Clone)]
pub struct Concurrency {
    pub origin: Origin,
    pub group: Field<String>,
    pub cancel_in_progress: Field<bool>,
}

#[derive(Debug, Clone)]
pub struct Job {
    pub id: Arc<str>,
    pub origin: Origin,
    pub name: Field<String>,
    pub needs: Vec<Arc<str>>,
    pub condition: Field<String>,
    pub environment: Field<String>,
    pub env: Vec<WorkflowVariable>,
    pub permissions: Field<Permissions>,
    pub concurrency: Field<Concurrency>,
    pub timeout_minutes: Field<i64>,
    /// A reusable workflow the job calls.
    pub uses: Field<String>,
    pub steps: Items<Step>,
}

#[derive(Debug, Clone)]
pub struct Step {
    /// First key of the step.
    pub origin: Origin,
    pub id: Field<String>,
    pub name: Field<String>,
    pub condition: Field<String>,
    pub env: Vec<WorkflowVariable>,
    pub action: Option<Action>,
    pub run: Option<Script>,
    /// What the step sets in the environment of containers: inputs of the render and deploy actions, overrides of
    /// `aws ecs run-task`.
    pub task_environment: Items<EnvironmentVariable>,
}

/// `uses:` with its inputs.
#[derive(Debug, Clone)]
pub struct Action {
    pub origin: Origin,
    /// `aws-actions/amazon-ecs-deploy-task-definition`, lower case; `./…` for local actions.
    pub name: Arc<str>,
    /// What stands behind `@`.
    pub version: Option<Arc<str>>,
    pub inputs: Vec<WorkflowVariable>,
}

impl Action {
    #[must_use]
    pub fn input(&self, name: &str) -> Option<&WorkflowVariable> {
        self.inputs.iter().find(|input| input.name.eq_ignore_ascii_case(name))
    }
}

/// A `run:` script.
#[derive(Debug, Clone)]
pub struct Script {
    pub origin: Origin,
    /// Commands in order of appearance; empty when the script could not be read.
    pub commands: Vec<Command>,
    /// JSON in heredocs.
    pub heredocs: Vec<Heredoc>,
    pub readable: bool,
}

/// A heredoc that begins as JSON.
#[derive(Debug, Clone)]
pub struct Heredoc {
    /// The text; every line has its own place.
    pub text: Value,
    /// The file that the command writes, where its name is known.
    pub file: Option<Arc<str>>,
}

/// A simple command of a script.
#[derive(Debug, Clone)]
pub struct Command {
    pub origin: Origin,
    /// Words after expansion of what is known; the first is the program.
    pub words: Vec<Field<String>>,
    /// Words that begin as JSON, with places: index into `words`, and the text.
    pub json: Vec<(usize, Value)>,
}

impl Command {
    /// Whether the command starts with these words (`["aws", "ecs", "update-service"]`); options of
    /// `aws` before the service name are skipped.
    #[must_use]
    pub fn starts_with(&self, words: &[&str]) -> bool {
        let plain = self.words.iter().map(|word| word.known().map_or("", String::as_str));
        words.iter().copied().eq(plain.take(words.len()))
    }

    /// The value of `--name value` or `--name=value`.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&Field<String>> {
        self.words.iter().enumerate().find_map(|(at, word)| {
            let text = word.known()?;
            if text == name {
                return self.words.get(at + 1);
            }
            text.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')).then_some(word)
        })
    }

    /// The value of `--name value` where it is written as JSON.
    #[must_use]
    pub fn json_option(&self, name: &str) -> Option<&Value> {
        let at = self.words.iter().position(|word| word.known().is_some_and(|text| text == name))? + 1;
        self.json.iter().find_map(|(index, text)| (*index == at).then_some(text))
    }
}
