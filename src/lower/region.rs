//! Regions of nodes whose provider or file names none: from what stands in the same unit, else `--region`.

use std::collections::HashMap;

use crate::model::workflow::Workflow;
use crate::model::{Deployment, Field, Unit};
use crate::value::Origin;

/// The only region that hints of one unit name; `None` where they disagree.
type Found = HashMap<Unit, Option<(String, Origin)>>;

/// Completes regions that are absent or unknown.
pub(crate) fn complete(deployment: &mut Deployment, default: Option<&str>) {
    let (placed, named) = hints(deployment);
    for meta in deployment.metas_mut() {
        if meta.region.known().is_some() {
            continue;
        }
        // Where the provider's region is not known, what is placed in it tells; an image or secret may be elsewhere.
        let mut hint = placed.get(&meta.unit);
        if meta.region.is_absent() {
            hint = hint.or_else(|| named.get(&meta.unit));
        }
        if let Some(Some((region, origin))) = hint {
            meta.region = Field::known_at(region.clone(), origin.clone());
        } else if let Some(region) = default {
            meta.region = Field::known_at(region.to_owned(), meta.origin.clone());
        }
    }
}

/// Hints by what is placed in the region (zones, log streams), and by what is only named (ARNs, images, workflows).
fn hints(deployment: &Deployment) -> (Found, Found) {
    let (mut placed, mut named) = (Found::new(), Found::new());
    for subnet in &deployment.subnets {
        if let Some(zone) = subnet.availability_zone.known() {
            let region = zone.trim_end_matches(|c: char| c.is_ascii_lowercase());
            note(&mut placed, subnet.meta.unit, region, &subnet.availability_zone.origin);
        }
    }
    for task in &deployment.task_definitions {
        let unit = task.meta.unit;
        for container in &task.containers {
            let options = container.log.known().into_iter().flat_map(|log| &log.options);
            for option in options.filter(|option| &*option.key == "awslogs-region") {
                if let Some(region) = option.value.known() {
                    note(&mut placed, unit, region, &option.value.origin);
                }
            }
            for secret in &container.secrets {
                if let Some(reference) = secret.value_from.known() {
                    let text = reference.text.as_deref().unwrap_or_default();
                    note(&mut named, unit, of_arn(text), &secret.value_from.origin);
                }
            }
            if let Some(image) = container.image.known() {
                note(&mut named, unit, of_image(image), &container.image.origin);
            }
        }
    }
    for workflow in &deployment.workflows {
        note_workflow(&mut named, workflow);
    }
    (placed, named)
}

fn note_workflow(into: &mut Found, workflow: &Workflow) {
    for action in workflow.jobs.iter().flat_map(|job| &job.steps).filter_map(|step| step.action.as_ref()) {
        if let Some(input) = action.input("aws-region")
            && let Some(region) = input.value.known()
        {
            note(into, workflow.meta.unit, region, &input.value.origin);
        }
    }
}

fn note(into: &mut Found, unit: Unit, region: &str, origin: &Origin) {
    if !is_region(region) {
        return;
    }
    into.entry(unit)
        .and_modify(|found| {
            if found.as_ref().is_some_and(|(before, _)| before != region) {
                *found = None;
            }
        })
        .or_insert_with(|| Some((region.to_owned(), origin.clone())));
}

/// `eu-west-1`, `us-gov-east-1`: words, then a number.
fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let number = parts.next_back().unwrap_or_default();
    let words = parts.collect::<Vec<_>>();
    !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && (2..=4).contains(&words.len())
        && words.iter().all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// The fourth part of `arn:partition:service:region:…`.
fn of_arn(text: &str) -> &str {
    text.strip_prefix("arn:").and_then(|rest| rest.split(':').nth(2)).unwrap_or_default()
}

/// The region of `account.dkr.ecr.region.amazonaws.com/name`.
fn of_image(image: &str) -> &str {
    image.split_once(".dkr.ecr.").and_then(|(_, rest)| rest.split('.').next()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_recognised() {
        assert!(is_region("eu-west-1") && is_region("us-gov-east-1") && is_region("ap-southeast-2"));
        assert!(!is_region("eu-west-1a") && !is_region("api-1") && !is_region("") && !is_region("-a-1"));
        assert_eq!(of_arn("arn:aws:ssm:eu-west-1:123456789012:parameter/x"), "eu-west-1");
        assert_eq!(of_image("123456789012.dkr.ecr.us-east-2.amazonaws.com/api:1"), "us-east-2");
    }
}
