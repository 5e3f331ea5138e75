//! VPCs, subnets, security groups and their rules, NAT gateways, addresses, endpoints.

use super::Context;
use crate::lower::read::Reader;
use crate::model::network::{
    Direction, ElasticIp, NatGateway, SecurityGroup, SecurityGroupRule, Subnet, Vpc, VpcEndpoint,
};
use crate::model::{Deployment, Field, Items, Link, Open, Reference};
use crate::terraform::Resource;
use crate::value::{Unknown, Value};

const GROUP: [&str; 1] = ["aws_security_group"];
const VPC: [&str; 2] = ["aws_vpc", "aws_default_vpc"];
const PREFIX_LISTS: [&str; 2] = ["aws_ec2_managed_prefix_list", "aws_prefix_list"];

pub(super) fn vpc(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let cidr = context.reader(resource).string("cidr_block");
    into.vpcs.push(Vpc { meta: context.meta(resource), cidr });
}

pub(super) fn subnet(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.subnets.push(Subnet {
        meta: context.meta(resource),
        vpc: reader.reference("vpc_id", &VPC),
        vpc_link: Link::Absent,
        cidr: reader.string("cidr_block"),
        availability_zone: reader.string("availability_zone"),
        map_public_ip: reader.boolean("map_public_ip_on_launch"),
    });
}

pub(super) fn security_group(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let inline = |key: &str, direction| {
        let rule_of = |rule: Reader| {
            let direction = Field::known_at(direction, rule.header().clone());
            SecurityGroupRule {
                protocol: rule.string("protocol"),
                from_port: rule.integer("from_port"),
                to_port: rule.integer("to_port"),
                ipv4: rule.strings("cidr_blocks"),
                ipv6: rule.strings("ipv6_cidr_blocks"),
                prefix_lists: rule.references("prefix_list_ids", &PREFIX_LISTS),
                source_groups: rule.references("security_groups", &GROUP),
                from_self: rule.boolean("self"),
                ..empty_rule(&rule, direction)
            }
        };
        let mut rules = reader.blocks(key, rule_of);
        if let Some(open @ Open { template: None, .. }) = &mut rules.open {
            let unknown = Value::from_unknown(Unknown::new(open.causes.clone()), rules.origin.clone());
            open.template = Some(Box::new(rule_of(Reader::new(unknown))));
        }
        rules
    };
    into.security_groups.push(SecurityGroup {
        name: super::name(&reader, "name_prefix"),
        vpc: reader.reference("vpc_id", &VPC),
        vpc_link: Link::Absent,
        ingress: inline("ingress", Direction::Ingress),
        egress: inline("egress", Direction::Egress),
        meta: context.meta(resource),
    });
}

fn empty_rule(reader: &Reader, direction: Field<Direction>) -> SecurityGroupRule {
    let header = reader.header();
    SecurityGroupRule {
        meta: None,
        origin: header.clone(),
        direction,
        protocol: Field::absent(header.clone()),
        from_port: Field::absent(header.clone()),
        to_port: Field::absent(header.clone()),
        ipv4: Items::absent(header.clone()),
        ipv6: Items::absent(header.clone()),
        prefix_lists: Items::absent(header.clone()),
        source_groups: Items::absent(header.clone()),
        from_self: Field::absent(header.clone()),
        group: Field::absent(header.clone()),
        group_link: Link::Absent,
    }
}

/// `aws_security_group_rule`.
pub(super) fn security_group_rule(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let direction = reader.convert("type", |value| match value.as_str() {
        Some("ingress") => Ok(Direction::Ingress),
        Some("egress") => Ok(Direction::Egress),
        _ => Err("ingress or egress is required"),
    });
    into.security_group_rules.push(SecurityGroupRule {
        meta: Some(context.meta(resource)),
        protocol: reader.string("protocol"),
        from_port: reader.integer("from_port"),
        to_port: reader.integer("to_port"),
        ipv4: reader.strings("cidr_blocks"),
        ipv6: reader.strings("ipv6_cidr_blocks"),
        prefix_lists: reader.references("prefix_list_ids", &PREFIX_LISTS),
        source_groups: one(reader.reference("source_security_group_id", &GROUP)),
        from_self: reader.boolean("self"),
        group: reader.reference("security_group_id", &GROUP),
        ..empty_rule(&reader, direction)
    });
}

/// A property with at most one value, as a list.
fn one<T>(field: Field<T>) -> Items<Field<T>> {
    let origin = field.origin.clone();
    if field.is_absent() { Items::absent(origin) } else { Items::known(vec![field], origin) }
}

pub(super) fn ingress_rule(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    into.security_group_rules.push(single_rule(context, resource, Direction::Ingress));
}

pub(super) fn egress_rule(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    into.security_group_rules.push(single_rule(context, resource, Direction::Egress));
}

/// `aws_vpc_security_group_ingress_rule` and its twin: one source each.
fn single_rule(context: &Context<'_>, resource: &Resource, direction: Direction) -> SecurityGroupRule {
    let reader = context.reader(resource);
    let direction = Field::known_at(direction, reader.header().clone());
    SecurityGroupRule {
        meta: Some(context.meta(resource)),
        protocol: reader.string("ip_protocol"),
        from_port: reader.integer("from_port"),
        to_port: reader.integer("to_port"),
        ipv4: one(reader.string("cidr_ipv4")),
        ipv6: one(reader.string("cidr_ipv6")),
        prefix_lists: one(reader.reference("prefix_list_id", &PREFIX_LISTS)),
        source_groups: one(reader.reference("referenced_security_group_id", &GROUP)),
        group: reader.reference("security_group_id", &GROUP),
        ..empty_rule(&reader, direction)
    }
}

pub(super) fn nat_gateway(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.nat_gateways.push(NatGateway {
        meta: context.meta(resource),
        subnet: reader.reference("subnet_id", &["aws_subnet"]),
        subnet_link: Link::Absent,
        connectivity: reader.string("connectivity_type"),
        allocation: reader.reference("allocation_id", &["aws_eip"]),
        allocation_link: Link::Absent,
    });
}

pub(super) fn elastic_ip(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.elastic_ips.push(ElasticIp {
        meta: context.meta(resource),
        instance: reader.reference("instance", &["aws_instance"]),
        network_interface: reader.reference("network_interface", &["aws_network_interface"]),
    });
}

pub(super) fn endpoint(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let subnets: Items<Field<Reference>> = reader.references("subnet_ids", &["aws_subnet"]);
    into.vpc_endpoints.push(VpcEndpoint {
        meta: context.meta(resource),
        vpc: reader.reference("vpc_id", &VPC),
        vpc_link: Link::Absent,
        service_name: reader.string("service_name"),
        kind: reader.string("vpc_endpoint_type"),
        subnets,
        security_groups: reader.references("security_group_ids", &GROUP),
        security_group_links: Vec::new(),
    });
}
