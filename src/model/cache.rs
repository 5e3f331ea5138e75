//! ElastiCache clusters and replication groups.

use super::graph::SecurityGroupId;
use super::{Field, Items, Link, Meta, Reference};

#[derive(Debug, Clone)]
pub struct Cache {
    pub meta: Meta,
    /// `redis`, `valkey`, `memcached`.
    pub engine: Field<String>,
    pub engine_version: Field<String>,
    /// `cache.t3.micro`.
    pub node_type: Field<String>,
    pub shape: CacheShape,
    pub security_groups: Items<Field<Reference>>,
    pub security_group_links: Vec<Link<SecurityGroupId>>,
    pub transit_encryption: Field<bool>,
    pub at_rest_encryption: Field<bool>,
    /// Days.
    pub snapshot_retention: Field<i64>,
    /// Set for a cluster that belongs to a replication group, which pays for it.
    pub replication_group: Field<Reference>,
}

/// How many nodes there are.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant, reason = "a deployment has a handful of caches")]
pub enum CacheShape {
    /// `aws_elasticache_cluster`: `num_cache_nodes`, 1 where absent.
    Cluster { nodes: Field<i64> },
    /// `aws_elasticache_replication_group`: either `num_cache_clusters` or groups × (1 + replicas).
    ReplicationGroup { clusters: Field<i64>, node_groups: Field<i64>, replicas: Field<i64> },
    /// `aws_elasticache_serverless_cache`, with its `cache_usage_limits`: GB stored and ECPUs a second.
    Serverless { least_data: Field<i64>, most_data: Field<i64>, least_ecpu: Field<i64> },
}
