//! Images: how often tasks pull them, over which way, and how many GB a repository holds.

use rust_decimal::Decimal;

use super::super::estimate::Range;
use super::super::quantity::{Derived, Missing};
use super::super::sheet::Sheet;
use super::flow::Flow;
use super::{Sum, figure};
use crate::model::registry::Repository;
use crate::model::{Deployment, State};

/// MB of a GB.
const MB_PER_GB: Decimal = Decimal::from_parts(1_000, 0, 0, false, 0);
/// Images a repository without lifecycle policy has after 1, 12 and 36 months, for each deployment a month: the ages at
/// which log groups without retention are priced too.
const AGES: [u32; 3] = [1, 12, 36];

/// Image pulls a month of all instances of a service.
pub(super) struct Pulls {
    pub(super) count: Range,
    pub(super) gb: Range,
    pub(super) words: String,
}

pub(super) const KEYS: [&str; 3] = ["image_mb", "deploys_per_month", "task_starts_per_month"];

/// `None` where image size or how often tasks start is not said.
pub(super) fn pulls(flow: &Flow) -> Option<Result<Pulls, Missing>> {
    let [image, deploys, starts] = KEYS.map(|key| flow.kb(key));
    let image = image?;
    if deploys.is_none() && starts.is_none() {
        return None;
    }
    let (deploys, starts) = (deploys.unwrap_or_default(), starts.unwrap_or_default());
    let tasks = match &flow.tasks {
        Ok(tasks) => *tasks,
        Err(_) if deploys.is_zero() => Range::default(),
        Err(missing) => {
            let reason = format!("image pulls of {}: {}", flow.address, missing.reason);
            return Some(Err(Missing { causes: missing.causes.clone(), ..Missing::because(reason) }));
        }
    };
    let count = (tasks.times(deploys) + Range::exactly(starts)).times_range(flow.count);
    let gb = count.times(image / MB_PER_GB);
    let words = format!("{} image pulls x {} MB", figure(count.expected), figure(image));
    Some(Ok(Pulls { count, gb, words }))
}

/// Whether every image of the service comes from ECR, whose layers are in S3: through its endpoint where there is one.
/// An image that is not known is taken to be from ECR where the files have a repository.
/// Source: Amazon ECR user guide, "Amazon ECR interface VPC endpoints", the S3 gateway endpoint.
pub(super) fn is_from_ecr(flow: &Flow, deployment: &Deployment) -> bool {
    flow.containers(deployment).all(|container| {
        let of_text = |text: &str| text.contains(".dkr.ecr.");
        container.image_repository.to().is_some()
            || match &container.image.state {
                State::Known(image) => of_text(image),
                State::Unknown(unknown) => {
                    unknown.known_start().map_or(!deployment.repositories.is_empty(), |start| {
                        of_text(start)
                            || start.split_once('/').is_none() && !deployment.repositories.is_empty()
                    })
                }
                State::Absent => false,
            }
    })
}

/// GB that a repository holds: as many images as it keeps, or those of the deployments of a year.
pub(in crate::cost) fn stored_gb(sheet: &mut Sheet<'_>, repository: &Repository) -> Option<Derived> {
    let context = sheet.context;
    let id = Deployment::id_of(&context.deployment.repositories, repository)?;
    let mut sum = Sum::new();
    let images_kept = context.options.usage.quantity(&sheet.meta.address, &sheet.meta.kind, "images_kept");
    let of_profile =
        context.options.usage.profile().and_then(|it| it.amount(&sheet.meta.kind, "images_kept"));
    let kept = images_kept.map(|given| given.amount).or(of_profile);
    let users = context.traffic().flows().iter().filter_map(|flow| {
        let mut repositories: Vec<_> =
            flow.containers(context.deployment).filter_map(|it| it.image_repository.to()).collect();
        repositories.sort_unstable();
        repositories.dedup();
        if !repositories.contains(&id) {
            return None;
        }
        Some((flow, flow.kb("image_mb")? / Decimal::from(repositories.len())))
    });
    // Services that share an image are deployed together: the largest image, the most deployments.
    let (flow, image) = users.max_by_key(|(flow, image)| (*image, flow.kb("deploys_per_month")))?;
    let gb = image / MB_PER_GB;
    match (kept, flow.kb("deploys_per_month")) {
        (Some(kept), _) => {
            let words = format!("{} images x {} MB", figure(kept), figure(image));
            sum.add(flow, Range::exactly(kept.saturating_mul(gb)), &words, &["image_mb"]);
        }
        (None, Some(deploys)) if repository.lifecycle_policies.is_empty() => {
            let [low, expected, high] =
                AGES.map(|months| Decimal::from(months).saturating_mul(deploys).saturating_mul(gb));
            let words = format!(
                "12 months (low 1, high 36) of {} deployments x {} MB",
                figure(deploys),
                figure(image)
            );
            sum.add(flow, Range { low, expected, high }, &words, &["image_mb", "deploys_per_month"]);
        }
        (None, _) => return None,
    }
    if let Some(given) = images_kept {
        let what = "images_kept".to_owned();
        sum.drivers.push(super::super::estimate::Driver { span: given.span, what });
    }
    let mut derived = sum.derived("image storage")?;
    derived.words.push_str(", without the layers that images share");
    Some(derived)
}
