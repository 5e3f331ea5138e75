//! Places whose text must never be shown: values that the model or the configuration says are secret.

use crate::lint::secrets::{ValueClass, classify, is_secret_name, value_class};
use crate::mask::Masks;
use crate::model::{Deployment, Field};
use crate::source::Span;
use crate::terraform::Evaluation;
use crate::value::{Kind, Value};

/// Every such place. What merely looks like a secret is found by the scanner that `mask` runs over shown text.
pub(super) fn masks<'a>(
    deployment: &Deployment,
    evaluations: impl Iterator<Item = &'a Evaluation>,
    hidden: &[Span],
) -> Masks {
    let mut masks = Masks::new();
    hidden.iter().for_each(|span| masks.add(*span));
    let containers = deployment.task_definitions.iter().flat_map(|task| task.containers.with_template());
    let of_containers = containers.flat_map(|container| container.environment.with_template());
    let steps = deployment.workflows.iter().flat_map(|workflow| &workflow.jobs);
    let of_steps = steps
        .flat_map(|job| job.steps.with_template())
        .flat_map(|step| step.task_environment.with_template());
    for variable in of_containers.chain(of_steps) {
        let name = variable.name.known().map_or("", String::as_str);
        if let Some(value) = variable.value.known()
            && classify(name, value).is_some()
        {
            masks.add(variable.value.span());
        }
    }
    let mut password = |field: &Field<String>| {
        if field.known().is_some_and(|value| !value.is_empty()) {
            masks.add(field.span());
        }
    };
    for database in &deployment.databases {
        password(&database.password);
    }
    for cluster in &deployment.database_clusters {
        password(&cluster.password);
    }
    for evaluation in evaluations {
        for (name, value) in &evaluation.variables {
            hide(&mut masks, name, value, false);
        }
        for resource in &evaluation.resources {
            hide(&mut masks, "", &resource.body, false);
        }
    }
    masks
}

/// Hides known strings that are sensitive, as what they stand `inside` may be, or secret by their name.
fn hide(masks: &mut Masks, name: &str, value: &Value, inside: bool) {
    let sensitive = inside || value.sensitive;
    match &value.kind {
        Kind::String(text) => {
            let text = text.as_str();
            let secret = sensitive && value_class(text) != ValueClass::Harmless
                || classify(name, text).is_some()
                || (is_secret_name(name) && value_class(text) == ValueClass::Opaque);
            if secret {
                masks.add(value.span());
            }
        }
        Kind::Sequence(sequence) => {
            sequence.items.iter().for_each(|item| hide(masks, name, item, sensitive));
        }
        Kind::Mapping(mapping) => {
            for (key, entry) in &mapping.entries {
                hide(masks, key, &entry.value, sensitive);
            }
        }
        Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) | Kind::Unknown(_) => {}
    }
}
