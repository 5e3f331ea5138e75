//! ElastiCache clusters, replication groups, serverless caches.

use super::Context;
use crate::lower::read::Reader;
use crate::model::cache::{Cache, CacheShape};
use crate::model::{Deployment, Field};
use crate::terraform::Resource;

pub(super) fn cluster(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let shape = CacheShape::Cluster { nodes: reader.integer("num_cache_nodes") };
    let replication_group = reader.reference("replication_group_id", &["aws_elasticache_replication_group"]);
    into.caches.push(Cache { replication_group, ..cache(context, resource, &reader, shape) });
}

pub(super) fn replication_group(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    // Older providers wrote the same under other names.
    let clusters = first_written(&reader, ["num_cache_clusters", "number_cache_clusters"]);
    let mode = reader.within("cluster_mode");
    let either = |own: Field<i64>, old: Field<i64>| if own.is_written() { own } else { old };
    let shape = CacheShape::ReplicationGroup {
        clusters,
        node_groups: either(reader.integer("num_node_groups"), mode.integer("num_node_groups")),
        replicas: either(reader.integer("replicas_per_node_group"), mode.integer("replicas_per_node_group")),
    };
    into.caches.push(cache(context, resource, &reader, shape));
}

fn first_written(reader: &Reader, keys: [&str; 2]) -> Field<i64> {
    let [new, old] = keys.map(|key| reader.integer(key));
    if new.is_written() || old.is_absent() { new } else { old }
}

pub(super) fn serverless(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let limits = reader.within("cache_usage_limits");
    let data = limits.within("data_storage");
    let shape = CacheShape::Serverless {
        least_data: data.integer("minimum"),
        most_data: data.integer("maximum"),
        least_ecpu: limits.within("ecpu_per_second").integer("minimum"),
    };
    into.caches.push(Cache {
        engine_version: reader.string("major_engine_version"),
        ..cache(context, resource, &reader, shape)
    });
}

fn cache(context: &Context<'_>, resource: &Resource, reader: &Reader, shape: CacheShape) -> Cache {
    Cache {
        meta: context.meta(resource),
        engine: reader.string("engine"),
        engine_version: reader.string("engine_version"),
        node_type: reader.string("node_type"),
        shape,
        security_groups: reader.references("security_group_ids", &["aws_security_group"]),
        security_group_links: Vec::new(),
        transit_encryption: reader.boolean("transit_encryption_enabled"),
        at_rest_encryption: reader.boolean("at_rest_encryption_enabled"),
        snapshot_retention: reader.integer("snapshot_retention_limit"),
        replication_group: Field::absent(reader.header().clone()),
    }
}
