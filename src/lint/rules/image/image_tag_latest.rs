//! Images without a tag or with the tag `latest`: in task definitions, and where a workflow puts the image
//! into one.

use super::super::facts::image::{self, Pin};
use crate::lint::probe::container_element;
use crate::lint::{Check, Probe, Problem, Severity};
use crate::model::task::{Container, TaskDefinition};
use crate::model::workflow::{Action, Job, Step, Workflow};
use crate::model::{Deployment, NotKnown, PatternPart, Tri};
use crate::value::Cause;

pub(super) const CHECKS: &[Check] = &[Check::Task(task), Check::Job(job)];

/// The action that puts an image into a task definition file.
const RENDER: &str = "aws-actions/amazon-ecs-render-task-definition";

/// Values of a run that differ from build to build, and are never `latest`.
const OF_THE_BUILD: [&str; 5] = [
    "github.sha",
    "github.run_id",
    "github.run_number",
    "github.run_attempt",
    "github.event.pull_request.head.sha",
];

fn floating(image: Option<&String>, pin: &Pin) -> Problem {
    let named = image.map_or_else(|| "image".to_owned(), |image| format!("image `{image}`"));
    let how = if *pin == Pin::Latest { "has the tag latest" } else { "has no tag, which means latest" };
    let problem = Problem::new(format!("{named} {how}: which code runs depends on when a task starts"))
        .help("give each build a tag of its own, for example the commit, or name a digest");
    if image.is_some_and(|image| image::is_unversioned_sidecar(image)) {
        problem.severity(Severity::Info)
    } else {
        problem
    }
}

fn task(probe: &mut Probe<'_>, task: &TaskDefinition) {
    let mut seen: Vec<&str> = Vec::new();
    for (index, container) in task.containers.with_template().enumerate() {
        let image = &container.image;
        let pin = image::pin(image);
        match &pin {
            Pin::Fixed => probe.pass(),
            Pin::Unknown(causes) => {
                if !replaced(probe.deployment, task, container).is_yes() {
                    probe.undecided(&image.origin, causes);
                }
            }
            Pin::Latest | Pin::Missing => {
                if let Some(text) = image.known() {
                    if seen.contains(&text.as_str()) {
                        continue;
                    }
                    seen.push(text);
                }
                match replaced(probe.deployment, task, container) {
                    // It is judged where the workflow puts it in.
                    Tri::Yes => {}
                    Tri::Maybe(causes) => probe.undecided(&image.origin, &causes),
                    Tri::No => {
                        let element = container_element(container.name.known(), index);
                        let at = container.image_tag.as_ref().filter(|_| pin == Pin::Latest);
                        let problem = floating(image.known(), &pin).element(element);
                        match at {
                            Some(at) => probe.fail(at, problem.related(&image.origin, "the image")),
                            // A known text is edited where it was written, an address where it is referred to.
                            None if image.known().is_some() => probe.fail(&image.origin, problem),
                            None => probe.fail(&image.origin.reference(), problem),
                        }
                    }
                }
            }
        }
    }
    if let Some(open) = task.containers.open.as_ref().filter(|open| open.template.is_none()) {
        probe.undecided(&task.containers.origin, &open.causes);
    }
}

/// Whether a step of a workflow puts another image into the container before the definition is registered.
fn replaced(deployment: &Deployment, task: &TaskDefinition, container: &Container) -> Tri {
    let Some(file) = &task.file else { return Tri::No };
    deployment
        .workflows
        .iter()
        .flat_map(|workflow| &workflow.jobs)
        .flat_map(|job| job.steps.iter())
        .filter_map(render)
        .map(|action| {
            let here = action
                .input("task-definition")
                .map_or(Tri::No, |path| path.value.holds(false, |path| is_same_file(file, path)));
            let this = match (action.input("container-name"), container.name.known()) {
                (None, _) => Tri::No,
                (Some(_), None) => Tri::Maybe(container.name.causes()),
                (Some(named), Some(name)) => named.value.holds(false, |named| named == name),
            };
            here.and(this)
        })
        .fold(Tri::No, Tri::or)
}

fn render(step: &Step) -> Option<&Action> {
    step.action.as_ref().filter(|action| &*action.name == RENDER)
}

/// Whether a path written in a workflow, which starts at the repository, names `file` as it is shown.
fn is_same_file(file: &str, path: &str) -> bool {
    let steps = |path: &str| -> Vec<String> {
        path.split('/').filter(|step| !matches!(*step, "" | ".")).map(str::to_owned).collect()
    };
    let (file, path) = (steps(file), steps(path));
    !path.is_empty() && (file.ends_with(&path) || path.ends_with(&file))
}

fn job(probe: &mut Probe<'_>, _: &Workflow, job: &Job) {
    for step in job.steps.with_template() {
        let Some(input) = render(step).and_then(|action| action.input("image")) else { continue };
        let pin = image::pin(&input.value);
        match &pin {
            Pin::Fixed => probe.pass(),
            Pin::Latest | Pin::Missing => {
                probe.fail(&input.value.origin, floating(input.value.known(), &pin))
            }
            Pin::Unknown(_) if input.value.not_known().is_some_and(ends_with_build) => probe.pass(),
            Pin::Unknown(causes) => probe.undecided(&input.value.origin, causes),
        }
    }
}

/// Whether the open tag is made of something that differs from build to build. Causes stand in the order of
/// the parts they belong to, so the last one is the tag's.
fn ends_with_build(image: &NotKnown<String>) -> bool {
    let has_tag = image.pattern.iter().flat_map(|parts| parts.iter()).any(|part| match part {
        PatternPart::Known(text) => text.contains(':'),
        PatternPart::Hole => false,
    });
    let last = image.causes.iter().last();
    let of_build = |what: &str| OF_THE_BUILD.contains(&what);
    has_tag && matches!(last, Some(Cause::Unsupported { what }) if of_build(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_workflows_name_files() {
        assert!(is_same_file("task-definition.json", "./task-definition.json"));
        assert!(is_same_file("repo/ecs/web.json", "ecs/web.json"));
        assert!(is_same_file("web.json", "ecs/web.json"));
        assert!(!is_same_file("ecs/web.json", "ecs/api.json"));
        assert!(!is_same_file("web.json", ""));
    }
}
