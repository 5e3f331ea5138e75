//! ECR repositories, lifecycle policies, scanning, pull-through caches.

use super::Context;
use crate::model::Deployment;
use crate::model::registry::{LifecyclePolicy, PullThroughCache, RegistryScanning, Repository, ScanningRule};
use crate::terraform::Resource;

pub(super) fn repository(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.repositories.push(Repository {
        meta: context.meta(resource),
        name: reader.string("name"),
        tag_mutability: reader.string("image_tag_mutability"),
        exclusion_filters: reader
            .blocks("image_tag_mutability_exclusion_filter", |filter| filter.string("filter")),
        scan_on_push: reader.within("image_scanning_configuration").boolean("scan_on_push"),
        lifecycle_policies: Vec::new(),
    });
}

pub(super) fn lifecycle_policy(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let repository = context.reader(resource).reference("repository", &["aws_ecr_repository"]);
    into.lifecycle_policies.push(LifecyclePolicy { meta: context.meta(resource), repository });
}

pub(super) fn scanning(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.registry_scanning.push(RegistryScanning {
        meta: context.meta(resource),
        scan_type: reader.string("scan_type"),
        rules: reader.blocks("rule", |rule| ScanningRule {
            frequency: rule.string("scan_frequency"),
            filters: rule.blocks("repository_filter", |filter| filter.string("filter")),
        }),
    });
}

pub(super) fn pull_through_cache(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let prefix = context.reader(resource).string("ecr_repository_prefix");
    into.pull_through_caches.push(PullThroughCache { meta: context.meta(resource), prefix });
}
