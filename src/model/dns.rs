//! Route 53 and Cloud Map: what names resolve to, and what checks it.

use super::{Field, Items, Meta, Reference};
use crate::value::Origin;

/// `aws_route53_zone`, or a Cloud Map DNS namespace, which is one.
#[derive(Debug, Clone)]
pub struct Zone {
    pub meta: Meta,
    pub name: Field<String>,
}

/// `aws_route53_health_check`.
#[derive(Debug, Clone)]
pub struct HealthCheck {
    pub meta: Meta,
    /// `HTTP`, `HTTPS`, `HTTP_STR_MATCH`, `HTTPS_STR_MATCH`, `TCP`, `CALCULATED`, `CLOUDWATCH_METRIC`, `RECOVERY_CONTROL`.
    pub kind: Field<String>,
    /// Seconds: 30 (where absent) or 10.
    pub interval: Field<i64>,
    pub measures_latency: Field<bool>,
    /// The host that is checked.
    pub host: Field<Reference>,
}

/// `aws_route53_resolver_endpoint`.
#[derive(Debug, Clone)]
pub struct ResolverEndpoint {
    pub meta: Meta,
    /// One network interface each.
    pub addresses: Items<Origin>,
}

/// `aws_service_discovery_service`.
#[derive(Debug, Clone)]
pub struct DiscoveryService {
    pub meta: Meta,
    /// Route 53 checks every registered instance.
    pub health_check: Field<()>,
}

/// `aws_service_discovery_instance`.
#[derive(Debug, Clone)]
pub struct DiscoveryInstance {
    pub meta: Meta,
}
