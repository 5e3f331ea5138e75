//! VPC parts around a deployment: security groups, subnets, NAT gateways, endpoints, addresses, routes.

use super::graph::{ElasticIpId, SecurityGroupId, SubnetId, VpcId};
use super::{Field, Items, Link, Meta, Reference};
use crate::value::Origin;

#[derive(Debug, Clone)]
pub struct Vpc {
    pub meta: Meta,
    pub cidr: Field<String>,
}

#[derive(Debug, Clone)]
pub struct SecurityGroup {
    pub meta: Meta,
    pub name: Field<String>,
    pub vpc: Field<Reference>,
    pub vpc_link: Link<VpcId>,
    /// Inline rules of the group; an unknown number of them has a template, of which the direction is known.
    pub ingress: Items<SecurityGroupRule>,
    pub egress: Items<SecurityGroupRule>,
}

impl SecurityGroup {
    /// The inline rules, ingress first.
    #[must_use]
    pub fn inline_rules(&self) -> [&Items<SecurityGroupRule>; 2] {
        [&self.ingress, &self.egress]
    }
}

/// An inline rule, `aws_security_group_rule` or `aws_vpc_security_group_ingress_rule`/`_egress_rule`.
#[derive(Debug, Clone)]
pub struct SecurityGroupRule {
    /// Of rules that are resources of their own.
    pub meta: Option<Meta>,
    pub origin: Origin,
    pub direction: Field<Direction>,
    /// `tcp`, `udp`, `icmp`, `-1` …
    pub protocol: Field<String>,
    pub from_port: Field<i64>,
    pub to_port: Field<i64>,
    pub ipv4: Items<Field<String>>,
    pub ipv6: Items<Field<String>>,
    pub prefix_lists: Items<Field<Reference>>,
    pub source_groups: Items<Field<Reference>>,
    pub from_self: Field<bool>,
    /// The group a stand-alone rule belongs to.
    pub group: Field<Reference>,
    pub group_link: Link<SecurityGroupId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Ingress,
    Egress,
}

#[derive(Debug, Clone)]
pub struct Subnet {
    pub meta: Meta,
    pub vpc: Field<Reference>,
    pub vpc_link: Link<VpcId>,
    pub cidr: Field<String>,
    pub availability_zone: Field<String>,
    pub map_public_ip: Field<bool>,
}

#[derive(Debug, Clone)]
pub struct NatGateway {
    pub meta: Meta,
    pub subnet: Field<Reference>,
    pub subnet_link: Link<SubnetId>,
    /// `public` (where absent) or `private`.
    pub connectivity: Field<String>,
    pub allocation: Field<Reference>,
    pub allocation_link: Link<ElasticIpId>,
}

#[derive(Debug, Clone)]
pub struct ElasticIp {
    pub meta: Meta,
    pub instance: Field<Reference>,
    pub network_interface: Field<Reference>,
}

#[derive(Debug, Clone)]
pub struct VpcEndpoint {
    pub meta: Meta,
    pub vpc: Field<Reference>,
    pub vpc_link: Link<VpcId>,
    /// `com.amazonaws.eu-west-1.ecr.api`.
    pub service_name: Field<String>,
    /// `Gateway` (where absent), `Interface`, `GatewayLoadBalancer`.
    pub kind: Field<String>,
    pub subnets: Items<Field<Reference>>,
    pub security_groups: Items<Field<Reference>>,
    pub security_group_links: Vec<Link<SecurityGroupId>>,
}
