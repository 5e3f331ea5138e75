//! RDS instances, clusters and global clusters.

use super::Context;
use crate::lower::read::Reader;
use crate::model::database::{Database, DatabaseCluster, DatabaseProxy, DatabaseProxyTarget};
use crate::model::{Deployment, Field, Items, Link};
use crate::terraform::Resource;

const CLUSTER: [&str; 1] = ["aws_rds_cluster"];
const GROUPS: [&str; 1] = ["aws_security_group"];
const SNAPSHOTS: [&str; 2] = ["aws_db_snapshot", "aws_db_cluster_snapshot"];

pub(super) fn instance(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let engine = match reader.string("engine") {
        engine if engine.is_written() => engine,
        absent => inherited(context, &reader, "replicate_source_db").unwrap_or(absent),
    };
    into.databases.push(Database { engine, ..database(context, resource, &reader) });
}

/// `aws_rds_cluster_instance`: class and visibility of its own, the rest from its cluster.
pub(super) fn cluster_instance(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let cluster = reader.reference("cluster_identifier", &CLUSTER);
    into.databases.push(Database { cluster, ..database(context, resource, &reader) });
}

/// The engine of the instance that a replica copies.
fn inherited(context: &Context<'_>, reader: &Reader, key: &str) -> Option<Field<String>> {
    let reference = reader.reference(key, &["aws_db_instance"]);
    let (address, _) = reference.known()?.target.as_ref()?;
    let source = context.target(address)?;
    Some(context.reader(source).string("engine")).filter(Field::is_written)
}

fn database(context: &Context<'_>, resource: &Resource, reader: &Reader) -> Database {
    Database {
        meta: context.meta(resource),
        identifier: reader.string("identifier"),
        engine: reader.string("engine"),
        engine_version: reader.string("engine_version"),
        class: reader.string("instance_class"),
        license_model: reader.string("license_model"),
        lifecycle_support: reader.string("engine_lifecycle_support"),
        multi_az: reader.boolean("multi_az"),
        storage_type: reader.string("storage_type"),
        allocated_storage: reader.integer("allocated_storage"),
        max_allocated_storage: reader.integer("max_allocated_storage"),
        iops: reader.integer("iops"),
        throughput: reader.integer("storage_throughput"),
        backup_retention: reader.integer("backup_retention_period"),
        deletion_protection: reader.boolean("deletion_protection"),
        publicly_accessible: reader.boolean("publicly_accessible"),
        storage_encrypted: reader.boolean("storage_encrypted"),
        replicate_source: reader.reference("replicate_source_db", &["aws_db_instance"]),
        snapshot: reader.reference("snapshot_identifier", &SNAPSHOTS),
        restore: reader.present("restore_to_point_in_time"),
        password: reader.string("password"),
        write_only_password: reader.present("password_wo"),
        manage_master_user_password: reader.boolean("manage_master_user_password"),
        performance_insights: reader.boolean("performance_insights_enabled"),
        performance_insights_retention: reader.integer("performance_insights_retention_period"),
        insights_mode: reader.string("database_insights_mode"),
        security_groups: reader.references("vpc_security_group_ids", &GROUPS),
        security_group_links: Vec::new(),
        subnet_group: reader.reference("db_subnet_group_name", &["aws_db_subnet_group"]),
        cluster: Field::absent(reader.header().clone()),
        cluster_link: Link::Absent,
    }
}

pub(super) fn cluster(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let serverless = reader.within("serverlessv2_scaling_configuration");
    into.database_clusters.push(DatabaseCluster {
        meta: context.meta(resource),
        global: false,
        identifier: reader.string("cluster_identifier"),
        engine: reader.string("engine"),
        engine_mode: reader.string("engine_mode"),
        engine_version: reader.string("engine_version"),
        instance_class: reader.string("db_cluster_instance_class"),
        storage_type: reader.string("storage_type"),
        allocated_storage: reader.integer("allocated_storage"),
        iops: reader.integer("iops"),
        backup_retention: reader.integer("backup_retention_period"),
        deletion_protection: reader.boolean("deletion_protection"),
        storage_encrypted: reader.boolean("storage_encrypted"),
        publicly_accessible: reader.boolean("publicly_accessible"),
        replication_source: reader
            .reference("replication_source_identifier", &["aws_rds_cluster", "aws_db_instance"]),
        snapshot: reader.reference("snapshot_identifier", &SNAPSHOTS),
        restore: reader.present("restore_to_point_in_time"),
        global_cluster: reader.reference("global_cluster_identifier", &["aws_rds_global_cluster"]),
        password: reader.string("master_password"),
        write_only_password: reader.present("master_password_wo"),
        manage_master_user_password: reader.boolean("manage_master_user_password"),
        security_groups: reader.references("vpc_security_group_ids", &GROUPS),
        security_group_links: Vec::new(),
        serverless_min: serverless.decimal("min_capacity"),
        serverless_max: serverless.decimal("max_capacity"),
        lifecycle_support: reader.string("engine_lifecycle_support"),
        backtrack: reader.integer("backtrack_window"),
    });
}

pub(super) fn global_cluster(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let header = reader.header();
    into.database_clusters.push(DatabaseCluster {
        meta: context.meta(resource),
        global: true,
        identifier: reader.string("global_cluster_identifier"),
        engine: reader.string("engine"),
        engine_mode: Field::absent(header.clone()),
        engine_version: reader.string("engine_version"),
        instance_class: Field::absent(header.clone()),
        storage_type: Field::absent(header.clone()),
        allocated_storage: Field::absent(header.clone()),
        iops: Field::absent(header.clone()),
        backup_retention: Field::absent(header.clone()),
        deletion_protection: reader.boolean("deletion_protection"),
        storage_encrypted: reader.boolean("storage_encrypted"),
        publicly_accessible: Field::absent(header.clone()),
        replication_source: reader.reference("source_db_cluster_identifier", &CLUSTER),
        snapshot: Field::absent(header.clone()),
        restore: Field::absent(header.clone()),
        global_cluster: Field::absent(header.clone()),
        password: Field::absent(header.clone()),
        write_only_password: Field::absent(header.clone()),
        manage_master_user_password: Field::absent(header.clone()),
        security_groups: Items::absent(header.clone()),
        security_group_links: Vec::new(),
        serverless_min: Field::absent(header.clone()),
        serverless_max: Field::absent(header.clone()),
        lifecycle_support: Field::absent(header.clone()),
        backtrack: Field::absent(header.clone()),
    });
}

pub(super) fn proxy(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.database_proxies.push(DatabaseProxy {
        meta: context.meta(resource),
        name: reader.string("name"),
        engine_family: reader.string("engine_family"),
    });
}

pub(super) fn proxy_target(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.database_proxy_targets.push(DatabaseProxyTarget {
        meta: context.meta(resource),
        proxy: reader.reference("db_proxy_name", &["aws_db_proxy"]),
        instance: reader.reference("db_instance_identifier", &["aws_db_instance"]),
        cluster: reader.reference("db_cluster_identifier", &["aws_rds_cluster"]),
    });
}
