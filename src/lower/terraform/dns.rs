//! Route 53 zones, health checks and resolver endpoints; Cloud Map namespaces, services and instances.

use super::Context;
use crate::model::Deployment;
use crate::model::dns::{DiscoveryInstance, DiscoveryService, HealthCheck, ResolverEndpoint, Zone};
use crate::terraform::Resource;

/// A hosted zone, or a Cloud Map DNS namespace, which creates one.
pub(super) fn zone(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let name = context.reader(resource).string("name");
    into.zones.push(Zone { meta: context.meta(resource), name });
}

pub(super) fn health_check(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let host = reader.reference("fqdn", &["aws_lb", "aws_alb", "aws_elb"]);
    into.health_checks.push(HealthCheck {
        meta: context.meta(resource),
        kind: reader.string("type"),
        interval: reader.integer("request_interval"),
        measures_latency: reader.boolean("measure_latency"),
        host: if host.is_written() { host } else { reader.reference("ip_address", &["aws_eip"]) },
    });
}

pub(super) fn resolver_endpoint(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let addresses = context.reader(resource).places("ip_address");
    into.resolver_endpoints.push(ResolverEndpoint { meta: context.meta(resource), addresses });
}

pub(super) fn discovery_service(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let health_check = context.reader(resource).block("health_check_config", |_| ());
    into.discovery_services.push(DiscoveryService { meta: context.meta(resource), health_check });
}

pub(super) fn discovery_instance(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    into.discovery_instances.push(DiscoveryInstance { meta: context.meta(resource) });
}
