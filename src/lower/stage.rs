//! Hints at the stage of a node: folders, var files, workspace, tags, names, container variables.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Options;
use super::read::Reader;
use crate::model::graph::Id;
use crate::model::task::TaskDefinition;
use crate::model::workflow::Workflow;
use crate::model::{Deployment, Field, Stage, StageOf};
use crate::terraform::Resource;

pub(crate) type Hint = (Stage, Arc<str>);

/// Tags whose value names a stage.
const TAGS: [&str; 4] = ["environment", "stage", "env", "environmentname"];
/// Container variables whose value names a stage.
///
/// Not among them: `NODE_ENV`, which says `production` in every built image.
const VARIABLES: [&str; 12] = [
    "APP_ENV",
    "APP_ENVIRONMENT",
    "ENV",
    "ENVIRONMENT",
    "STAGE",
    "RAILS_ENV",
    "RACK_ENV",
    "FLASK_ENV",
    "DJANGO_ENV",
    "ASPNETCORE_ENVIRONMENT",
    "DEPLOY_ENV",
    "SENTRY_ENVIRONMENT",
];
/// Arguments that name the thing.
const NAMES: [&str; 8] = [
    "name",
    "family",
    "identifier",
    "cluster_identifier",
    "cluster_id",
    "replication_group_id",
    "name_prefix",
    "global_cluster_identifier",
];

/// Hints of a whole root module or file: its folders, the var files, the workspace.
pub(crate) fn of_root(name: &str, options: &Options) -> Vec<Hint> {
    let mut hints = vec![(Stage::from_name(name), Arc::from(format!("folder {name}")))];
    if let Some(environment) = &options.environment {
        hints.push((Stage::from_name(environment), Arc::from(format!("environment {environment}"))));
    }
    for file in &options.var_files {
        hints.push((Stage::from_name(file), Arc::from(format!("var file {file}"))));
    }
    if let Some(workspace) = &options.workspace {
        hints.push((Stage::from_name(workspace), Arc::from(format!("workspace {workspace}"))));
    }
    hints
}

/// Hints of one resource: tags, and tokens of its name and of the modules it stands in.
pub(crate) fn of_resource(
    resource: &Resource,
    reader: &Reader,
    tags: &BTreeMap<Arc<str>, Field<String>>,
) -> Vec<Hint> {
    let mut hints = of_tags(tags);
    for key in NAMES {
        if let Some(name) = reader.string(key).known() {
            hints.push(of_name(name));
        }
    }
    // Labels are weak: `aws_lb.test` is what examples say. They count where nothing else hints.
    if hints.iter().all(|(stage, _)| *stage == Stage::Unknown) {
        hints.push((Stage::from_name(&resource.address), Arc::from(format!("address {}", resource.address))));
    }
    hints
}

pub(crate) fn of_name(name: &str) -> Hint {
    (Stage::from_name(name), Arc::from(format!("name {name}")))
}

pub(crate) fn of_tags(tags: &BTreeMap<Arc<str>, Field<String>>) -> Vec<Hint> {
    tags.iter()
        .filter(|(key, _)| TAGS.iter().any(|tag| key.eq_ignore_ascii_case(tag)))
        .filter_map(|(key, value)| {
            let value = value.known()?;
            Some((Stage::from_name(value), Arc::from(format!("tag {key} = {value}"))))
        })
        .collect()
}

/// Hints inside a task definition: variables such as `APP_ENV`, the stage segment of parameter paths.
pub(crate) fn of_task(task: &TaskDefinition) -> Vec<Hint> {
    let mut hints = Vec::new();
    for container in &task.containers {
        for variable in &container.environment {
            let (Some(name), Some(value)) = (variable.name.known(), variable.value.known()) else { continue };
            let stage = Stage::from_token(value);
            if stage != Stage::Unknown && VARIABLES.iter().any(|known| name.eq_ignore_ascii_case(known)) {
                hints.push((stage, Arc::from(format!("container variable {name} = {value}"))));
            }
        }
        for secret in &container.secrets {
            let text = secret.value_from.known().and_then(|reference| reference.text.as_deref());
            if let Some(text) = text {
                let path = text.rsplit_once(":parameter/").or_else(|| text.rsplit_once(":secret:"));
                let path = path.map_or(text, |(_, path)| path);
                if let Some(stage) = path.split('/').map(Stage::from_token).find(|s| *s != Stage::Unknown) {
                    hints.push((stage, Arc::from("path of a secret")));
                }
            }
        }
    }
    hints
}

/// Hints of a workflow: the environments its jobs deploy to.
pub(crate) fn of_workflow(workflow: &Workflow) -> Vec<Hint> {
    let environments = workflow.jobs.iter().filter_map(|job| job.environment.known());
    environments.map(|name| (Stage::from_name(name), Arc::from(format!("environment {name}")))).collect()
}

/// A stage decided before, together with further hints. One that hints contradict stays unknown.
pub(crate) fn with(before: StageOf, hints: impl IntoIterator<Item = Hint>) -> StageOf {
    match before.hint {
        Some(_) if before.stage == Stage::Unknown => before,
        hint => Stage::agreed(hint.map(|hint| (before.stage, hint)).into_iter().chain(hints)),
    }
}

/// A service or schedule that nothing hints at belongs to the stage of the task it runs.
pub(crate) fn complete(deployment: &mut Deployment) {
    let Deployment { task_definitions, services, scheduled_tasks, .. } = deployment;
    let of_services = services.iter_mut().map(|node| (&mut node.meta, node.task_definition_link.to()));
    let of_schedules =
        scheduled_tasks.iter_mut().map(|node| (&mut node.meta, node.task_definition_link.to()));
    for (meta, task) in of_services.chain(of_schedules) {
        if meta.stage.hint.is_none()
            && let Some(task) = task.and_then(|id| task_definitions.get(id.index()))
        {
            meta.stage = task.meta.stage.clone();
        }
    }
}
