//! Everything that was read to the one typed deployment: evaluated Terraform, raw task definitions,
//! workflows. What the values mean for a verdict or a price is for `lint` and `cost`.

pub mod defects;
pub mod read;
mod region;
mod registered;
pub mod shape;
mod stage;
pub mod task_definition;
mod terraform;
pub mod workflow;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::model::graph::UnitInfo;
use crate::model::workflow::Workflow;
use crate::model::{Count, Deployment, Field, IgnoredChanges, Input, Meta, Stage, StageOf, Unit, link};
use crate::source::Span;
use crate::terraform::Evaluation;
use crate::value::{Causes, Origin, Value};

/// What the command line says of the deployment as a whole.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// `--stage`: wins over every hint.
    pub stage: Option<Stage>,
    /// What gave `stage`; `--stage` where not said.
    pub stage_by: Option<String>,
    /// Name of the environment evaluated: a hint at the stage.
    pub environment: Option<String>,
    /// `--region`: used where the files name none.
    pub region: Option<String>,
    /// Names of the var files used: hints at the stage.
    pub var_files: Vec<String>,
    /// Terraform workspace: a hint at the stage.
    pub workspace: Option<String>,
    /// Resource types whose arguments are kept as written.
    pub raw_types: BTreeSet<Arc<str>>,
    /// Directory the scan started at; folders above it are no hints. Names of units are relative to it.
    pub root: PathBuf,
}

/// What was read, before it is put together.
#[derive(Debug, Default)]
pub struct Inputs<'a> {
    pub evaluations: Vec<Module<'a>>,
    pub task_definitions: Vec<RawTaskDefinition>,
    pub workflows: Vec<Workflow>,
}

/// An evaluated root module, or a plan of one.
#[derive(Debug, Clone, Copy)]
pub struct Module<'a> {
    pub evaluation: &'a Evaluation,
    /// [`Input::Terraform`] or [`Input::Plan`].
    pub input: Input,
}

/// A file that holds a task definition.
#[derive(Debug, Clone)]
pub struct RawTaskDefinition {
    /// Name of the file as shown to people.
    pub name: Arc<str>,
    pub root: Value,
}

/// Puts a deployment together and links its nodes.
#[must_use]
pub fn lower(inputs: Inputs<'_>, options: &Options) -> Deployment {
    let modules = inputs.evaluations.iter().enumerate();
    let parts = modules.map(|(at, module)| part(*module, at, options)).collect();
    together(parts, &inputs.task_definitions, inputs.workflows, options)
}

/// The nodes of one root module, not linked yet; `at` is its place among all of the run.
#[must_use]
pub fn part(module: Module<'_>, at: usize, options: &Options) -> Deployment {
    let mut deployment = Deployment::default();
    let dir = &module.evaluation.dir;
    // Folders above the scanned root say nothing about the deployment.
    let inside = dir.strip_prefix(&options.root).ok().filter(|inside| inside.is_relative());
    let shown = inside.unwrap_or(dir).to_string_lossy().replace('\\', "/");
    let unit = add_unit(&mut deployment, at, &shown);
    let hint = if inside.is_some() { &*shown } else { "" };
    terraform::lower(module.evaluation, hint, module.input, unit, options, &mut deployment);
    deployment
}

/// Puts a deployment together from the parts of its root modules, in their order, and links its nodes.
#[must_use]
pub fn together(
    parts: Vec<Deployment>,
    task_definitions: &[RawTaskDefinition],
    workflows: Vec<Workflow>,
    options: &Options,
) -> Deployment {
    let mut deployment = Deployment::of_parts(parts);
    if !task_definitions.is_empty() || !workflows.is_empty() {
        let at = deployment.units.len();
        let unit = add_unit(&mut deployment, at, "");
        for raw in task_definitions {
            deployment.task_definitions.extend(raw_task_definition(raw, unit, options));
        }
        deployment.workflows = workflows;
        for workflow in &mut deployment.workflows {
            workflow.meta.unit = unit;
            workflow.meta.stage = options.stage_or(stage::of_workflow(workflow));
        }
        let registered = deployment.workflows.iter().flat_map(registered::definitions);
        deployment.task_definitions.extend(registered);
    }
    link::link(&mut deployment);
    region::complete(&mut deployment, options.region.as_deref());
    if options.stage.is_none() {
        stage::complete(&mut deployment);
    }
    deployment
}

fn add_unit(deployment: &mut Deployment, at: usize, name: &str) -> Unit {
    let unit = Unit(u32::try_from(at).unwrap_or(u32::MAX));
    deployment.units.push(UnitInfo { name: Arc::from(name) });
    unit
}

fn raw_task_definition(
    raw: &RawTaskDefinition,
    unit: Unit,
    options: &Options,
) -> Option<crate::model::task::TaskDefinition> {
    let document = task_definition::Document::of(&raw.root)?;
    let span = document.definition.span();
    let origin = Origin::at(Span { end: span.start.saturating_add(1).min(span.end), ..span });
    let tags: BTreeMap<_, _> = document.tags().into_iter().collect();
    let family = document.family();
    let hints = stage::of_root(&raw.name, options)
        .into_iter()
        .chain(stage::of_tags(&tags))
        .chain(family.as_deref().map(stage::of_name));
    let stage = options.stage_or(hints);
    let mut task = document.lower(Meta {
        address: family.map_or_else(|| raw.name.clone(), Arc::from),
        kind: Arc::from("task-definition"),
        block: span,
        calls: Vec::new(),
        input: Input::TaskDefinition,
        count: Count::One,
        region: Field::absent(origin.clone()),
        stage,
        tags,
        tags_open: Causes::none(),
        ignored: IgnoredChanges::default(),
        unit,
        origin,
    });
    task.file = Some(raw.name.clone());
    if options.stage.is_none() {
        task.meta.stage = stage::with(task.meta.stage.clone(), stage::of_task(&task));
    }
    Some(task)
}

impl Options {
    /// `--stage` where given, else what the hints agree on.
    fn stage_or(&self, hints: impl IntoIterator<Item = stage::Hint>) -> StageOf {
        match self.stage {
            Some(stage) => {
                StageOf { stage, hint: Some(Arc::from(self.stage_by.as_deref().unwrap_or("--stage"))) }
            }
            None => Stage::agreed(hints),
        }
    }
}

#[cfg(test)]
mod tests;
