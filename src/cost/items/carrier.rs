//! Which EC2 instances carry the tasks of a service: those of its capacity providers, else those that may register
//! with its cluster.

use std::collections::BTreeSet;

use super::super::quantity::Missing;
use super::super::sheet::Sheet;
use super::capacity::Placement;
use crate::model::service::{CapacityProvider, CapacityProviderStrategy};
use crate::model::{Deployment, Field, Items, Link};

/// Types that start instances and that no family models.
const FLEETS: [&str; 2] = ["aws_spot_fleet_request", "aws_ec2_fleet"];

/// What carries the tasks of a service that run on EC2.
pub(super) enum Carriers {
    /// Addresses of groups and instances; several where any of them may.
    Known(BTreeSet<String>),
    Missing(Missing),
}

pub(super) fn of(sheet: &Sheet<'_>, placement: &Placement<'_>) -> Carriers {
    let deployment = sheet.context.deployment;
    let providers: Vec<&CapacityProvider> = if placement.launch_type.is_written() {
        Vec::new()
    } else if placement.strategy.items.is_empty() {
        placement.cluster.map(|cluster| named(deployment, &cluster.default_strategy)).unwrap_or_default()
    } else {
        named(deployment, placement.strategy)
    };
    if let Some(provider) = providers.iter().find(|provider| provider.managed_instances.is_written()) {
        return Carriers::Missing(Missing::because(format!(
            "no price in the tables: ECS Managed Instances of {}",
            provider.meta.address
        )));
    }
    let mut found = BTreeSet::new();
    for provider in &providers {
        if let Link::To(id) = &provider.group_link
            && let Some(group) = deployment.auto_scaling_group(*id)
        {
            found.insert(group.meta.address.to_string());
        }
    }
    if found.is_empty() {
        let unit = sheet.meta.unit;
        let groups = deployment.auto_scaling_groups.iter().map(|node| &node.meta);
        let instances = deployment.instances.iter().map(|node| &node.meta);
        let fleets = FLEETS.iter().flat_map(|kind| deployment.others_of_kind(kind)).map(|node| &node.meta);
        // Instances beside a group are rather bastions than container instances.
        let here = |meta: &&crate::model::Meta| meta.unit == unit;
        found.extend(groups.chain(fleets).filter(here).map(|meta| meta.address.to_string()));
        if found.is_empty() {
            found.extend(instances.filter(here).map(|meta| meta.address.to_string()));
        }
    }
    if found.is_empty() {
        return Carriers::Missing(Missing::because("they run on EC2 instances that are in no file"));
    }
    Carriers::Known(found)
}

/// The providers of a strategy that are in the files, by identity or by name.
fn named<'a>(
    deployment: &'a Deployment,
    strategy: &Items<CapacityProviderStrategy>,
) -> Vec<&'a CapacityProvider> {
    let is_it = |provider: &CapacityProvider, field: &Field<String>| {
        let by_identity =
            field.origin.attribute().is_some_and(|(address, _)| **address == *provider.meta.address);
        let by_name = field.known().is_some_and(|name| provider.name.known() == Some(name));
        by_identity || by_name
    };
    let lines = strategy.iter().map(|line| &line.provider);
    lines
        .flat_map(|field| deployment.capacity_providers.iter().filter(move |provider| is_it(provider, field)))
        .collect()
}
