//! Load balancers, listeners and target groups (Elastic Load Balancing v2 API).

use super::graph::{LoadBalancerId, SecurityGroupId, SubnetId, TargetGroupId};
use super::{Field, Items, Link, Meta, Reference};
use crate::value::Origin;

#[derive(Debug, Clone)]
pub struct LoadBalancer {
    pub meta: Meta,
    pub name: Field<String>,
    /// `application` (where absent), `network`, `gateway`, or `classic`.
    pub kind: Field<String>,
    /// False (internet-facing) where absent.
    pub internal: Field<bool>,
    pub subnets: Items<Field<Reference>>,
    pub subnet_links: Vec<Link<SubnetId>>,
    /// `subnet_mapping` blocks with an own Elastic IP allocation are `true`.
    pub subnet_mappings: Items<Field<Reference>>,
    pub security_groups: Items<Field<Reference>>,
    pub security_group_links: Vec<Link<SecurityGroupId>>,
    /// `ipv4`, `dualstack`, `dualstack-without-public-ipv4`.
    pub ip_address_type: Field<String>,
    /// Targets in other zones get traffic too; where absent, false for network and gateway balancers. Application
    /// balancers always do.
    pub cross_zone: Field<bool>,
}

#[derive(Debug, Clone)]
pub struct Listener {
    pub meta: Meta,
    pub load_balancer: Field<Reference>,
    pub load_balancer_link: Link<LoadBalancerId>,
    pub port: Field<i64>,
    /// `HTTP`, `HTTPS`, `TCP`, `TLS` …
    pub protocol: Field<String>,
    pub certificate: Field<Reference>,
    pub ssl_policy: Field<String>,
    pub default_actions: Items<ListenerAction>,
    pub rules: Vec<ListenerRule>,
}

#[derive(Debug, Clone)]
pub struct ListenerRule {
    pub meta: Meta,
    pub listener: Field<Reference>,
    pub actions: Items<ListenerAction>,
}

#[derive(Debug, Clone)]
pub struct ListenerAction {
    pub origin: Origin,
    /// `forward`, `redirect`, `fixed-response`, `authenticate-oidc` …
    pub kind: Field<String>,
    /// Every target group a forward names.
    pub target_groups: Items<Field<Reference>>,
    pub target_group_links: Vec<Link<TargetGroupId>>,
    /// Protocol a redirect sends to; `#{protocol}` where absent.
    pub redirect_protocol: Field<String>,
}

#[derive(Debug, Clone)]
pub struct TargetGroup {
    pub meta: Meta,
    pub name: Field<String>,
    pub port: Field<i64>,
    pub protocol: Field<String>,
    /// `instance` (where absent), `ip`, `lambda`, `alb`.
    pub target_type: Field<String>,
    pub health_check: Field<TargetGroupHealthCheck>,
    /// Seconds.
    pub deregistration_delay: Field<i64>,
}

#[derive(Debug, Clone)]
pub struct TargetGroupHealthCheck {
    pub origin: Origin,
    /// True where absent.
    pub enabled: Field<bool>,
    /// Seconds; 30 where absent.
    pub interval: Field<i64>,
    /// Failures in a row; 3 where absent (Terraform's provider), 2 in the API for ALB.
    pub unhealthy_threshold: Field<i64>,
    pub path: Field<String>,
}
