//! Credentials written in files, whatever becomes of them: literals of Terraform and var files, templates, workflows,
//! env files. What a credential is, `lint::secrets` decides; the words are those of the rule `plaintext-secret`.

mod documents;
mod terraform;

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

pub(super) use documents::{of_env_files, of_templates, of_workflow};
pub(super) use terraform::{of_modules, of_var_files};

use crate::lint::rules::secrets::plaintext_secret as words;
use crate::lint::secrets::{Found, classify_strictly, written};
use crate::lint::sink::InputProblem;
use crate::model::{Deployment, Field, Items};
use crate::source::{FileId, Span};
use crate::value::Origin;

/// A credential that stands in a file.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) span: Span,
    /// The name it stands under; empty where there is none.
    name: Arc<str>,
    /// What it is: `a GitHub OAuth token`.
    kind: &'static str,
    /// What it stands in: `aws_ssm_parameter.key`, `variable token`, a file.
    owner: Arc<str>,
    place: words::Place,
}

/// Collects what stands in one file or block.
struct Collector<'a> {
    owner: Arc<str>,
    place: words::Place,
    into: &'a mut Vec<Written>,
}

impl Collector<'_> {
    /// A whole text under a name.
    fn text(&mut self, name: &str, text: &str, span: Span) {
        if let Some(secret) = classify_strictly(name, text) {
            self.add(name, secret.kind, span);
        }
    }

    /// Text of some language, such as a script; `start` is where it begins in the file.
    fn scan(&mut self, text: &str, file: FileId, start: usize) {
        for Found { name, range, kind } in written(text) {
            self.add(name, kind, Span::new(file, start + range.start..start + range.end));
        }
    }

    fn add(&mut self, name: &str, kind: &'static str, span: Span) {
        let (owner, place) = (self.owner.clone(), self.place);
        self.into.push(Written { span, name: name.into(), kind, owner, place });
    }
}

/// What was found, as findings; what other rules judge where it is used is left to them. The places of all of it are to
/// be hidden.
pub(super) fn problems(mut found: Vec<Written>, deployment: &Deployment) -> (Vec<InputProblem>, Vec<Span>) {
    if found.is_empty() {
        return (Vec::new(), Vec::new());
    }
    found.sort_by_key(|written| (written.span, written.kind));
    found.dedup_by_key(|written| written.span);
    let hidden = found.iter().map(|written| written.span).collect();
    let judged = Judged::of(deployment);
    let mut seen = HashSet::new();
    let problems = found
        .into_iter()
        .filter(|written| {
            !judged.covers(written.span) && seen.insert((written.span.file, written.span.start))
        })
        .map(|written| {
            let (message, help) = words::in_plain_text(&written.name, written.kind, written.place);
            let mut problem = InputProblem::new("plaintext-secret", written.span, message);
            problem.help = Some(help);
            problem.resource = Some(written.owner);
            problem
        })
        .collect();
    (problems, hidden)
}

/// Places that rules on the model judge: environments, commands and the like of containers, passwords of databases.
#[derive(Default)]
struct Judged(HashMap<FileId, Vec<Range<usize>>>);

impl Judged {
    fn of(deployment: &Deployment) -> Self {
        let mut judged = Self::default();
        for container in deployment.task_definitions.iter().flat_map(|task| task.containers.with_template()) {
            for variable in container.environment.with_template() {
                judged.add(&variable.value);
            }
            words::texts_of(container).into_iter().for_each(|(_, field)| judged.add(field));
        }
        let jobs = deployment.workflows.iter().flat_map(|workflow| &workflow.jobs);
        for step in jobs.flat_map(|job| Items::with_template(&job.steps)) {
            step.task_environment.with_template().for_each(|variable| judged.add(&variable.value));
        }
        deployment.databases.iter().for_each(|database| judged.add(&database.password));
        deployment.database_clusters.iter().for_each(|cluster| judged.add(&cluster.password));
        judged
    }

    fn add(&mut self, field: &Field<String>) {
        let Origin { span, .. } = field.origin;
        if !span.is_empty() && field.is_written() {
            self.0.entry(span.file).or_default().push(span.range());
        }
    }

    fn covers(&self, span: Span) -> bool {
        let range = span.range();
        let overlaps = |judged: &Range<usize>| judged.start < range.end && range.start < judged.end;
        self.0.get(&span.file).is_some_and(|judged| judged.iter().any(overlaps))
    }
}
