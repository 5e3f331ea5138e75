//! Load balancers, listeners, their rules, target groups.

use super::Context;
use crate::lower::read::Reader;
use crate::model::balancer::{
    Listener, ListenerAction, ListenerRule, LoadBalancer, TargetGroup, TargetGroupHealthCheck,
};
use crate::model::{Deployment, Field, Items, Link, Reference};
use crate::terraform::Resource;

const GROUPS: [&str; 2] = ["aws_lb_target_group", "aws_alb_target_group"];
const BALANCERS: [&str; 2] = ["aws_lb", "aws_alb"];
const LISTENERS: [&str; 2] = ["aws_lb_listener", "aws_alb_listener"];
const SUBNET: [&str; 1] = ["aws_subnet"];
const CERTIFICATES: [&str; 3] =
    ["aws_acm_certificate_validation", "aws_acm_certificate", "aws_iam_server_certificate"];

pub(super) fn load_balancer(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let balancer = common(context, resource, &reader);
    let mapped = || reader.blocks("subnet_mapping", |mapping| mapping.reference("subnet_id", &SUBNET));
    into.load_balancers.push(LoadBalancer {
        kind: reader.string("load_balancer_type"),
        // Subnets are named by `subnets` or by mappings, never by both.
        subnets: if balancer.subnets.absent { mapped() } else { balancer.subnets },
        subnet_mappings: reader
            .blocks("subnet_mapping", |mapping| mapping.reference("allocation_id", &["aws_eip"])),
        ip_address_type: reader.string("ip_address_type"),
        cross_zone: reader.boolean("enable_cross_zone_load_balancing"),
        ..balancer
    });
}

/// `aws_elb`, the Classic Load Balancer.
pub(super) fn classic(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let balancer = common(context, resource, &reader);
    let kind = Field::known_at("classic".to_owned(), balancer.meta.origin.clone());
    into.load_balancers.push(LoadBalancer { kind, ..balancer });
}

fn common(context: &Context<'_>, resource: &Resource, reader: &Reader) -> LoadBalancer {
    LoadBalancer {
        meta: context.meta(resource),
        name: super::name(reader, "name_prefix"),
        kind: Field::absent(reader.header().clone()),
        internal: reader.boolean("internal"),
        subnets: reader.references("subnets", &SUBNET),
        subnet_links: Vec::new(),
        subnet_mappings: Items::absent(reader.header().clone()),
        security_groups: reader.references("security_groups", &["aws_security_group"]),
        security_group_links: Vec::new(),
        ip_address_type: Field::absent(reader.header().clone()),
        cross_zone: Field::absent(reader.header().clone()),
    }
}

pub(super) fn listener(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.listeners.push(Listener {
        meta: context.meta(resource),
        load_balancer: reader.reference("load_balancer_arn", &BALANCERS),
        load_balancer_link: Link::Absent,
        port: reader.integer("port"),
        protocol: reader.string("protocol"),
        certificate: reader.reference("certificate_arn", &CERTIFICATES),
        ssl_policy: reader.string("ssl_policy"),
        default_actions: reader.blocks("default_action", action),
        rules: Vec::new(),
    });
}

pub(super) fn listener_rule(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.listener_rules.push(ListenerRule {
        meta: context.meta(resource),
        listener: reader.reference("listener_arn", &LISTENERS),
        actions: reader.blocks("action", action),
    });
}

fn action(reader: Reader) -> ListenerAction {
    ListenerAction {
        origin: reader.header().clone(),
        kind: reader.string("type"),
        target_groups: target_groups(&reader),
        target_group_links: Vec::new(),
        redirect_protocol: reader.within("redirect").string("protocol"),
    }
}

/// `target_group_arn`, else the `target_group` blocks of `forward`.
fn target_groups(reader: &Reader) -> Items<Field<Reference>> {
    let own = reader.reference("target_group_arn", &GROUPS);
    if own.is_written() {
        let origin = own.origin.clone();
        return Items::known(vec![own], origin);
    }
    reader.within("forward").blocks("target_group", |group| group.reference("arn", &GROUPS))
}

pub(super) fn target_group(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.target_groups.push(TargetGroup {
        meta: context.meta(resource),
        name: super::name(&reader, "name_prefix"),
        port: reader.integer("port"),
        protocol: reader.string("protocol"),
        target_type: reader.string("target_type"),
        health_check: reader.block("health_check", |check| TargetGroupHealthCheck {
            origin: check.header().clone(),
            enabled: check.boolean("enabled"),
            interval: check.integer("interval"),
            unhealthy_threshold: check.integer("unhealthy_threshold"),
            path: check.string("path"),
        }),
        deregistration_delay: reader.integer("deregistration_delay"),
    });
}
