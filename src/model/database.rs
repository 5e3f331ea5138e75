//! RDS instances and Aurora or Multi-AZ clusters (RDS API `CreateDBInstance`, `CreateDBCluster`).

use super::graph::{DatabaseClusterId, SecurityGroupId};
use super::{Field, Items, Link, Meta, Reference};

/// A DB instance: `aws_db_instance`, or `aws_rds_cluster_instance` (then `cluster` is set).
#[derive(Debug, Clone)]
pub struct Database {
    pub meta: Meta,
    pub identifier: Field<String>,
    /// `postgres`, `mysql`, `mariadb`, `aurora-postgresql`, `sqlserver-se` …
    pub engine: Field<String>,
    pub engine_version: Field<String>,
    /// `db.t3.micro`.
    pub class: Field<String>,
    pub license_model: Field<String>,
    /// `open-source-rds-extended-support` (where absent) or `…-disabled`.
    pub lifecycle_support: Field<String>,
    pub multi_az: Field<bool>,
    /// `gp2`, `gp3`, `io1`, `io2`, `standard`.
    pub storage_type: Field<String>,
    /// GiB.
    pub allocated_storage: Field<i64>,
    /// GiB; storage autoscaling is on when above `allocated_storage`.
    pub max_allocated_storage: Field<i64>,
    pub iops: Field<i64>,
    /// MiB/s.
    pub throughput: Field<i64>,
    /// Days.
    pub backup_retention: Field<i64>,
    pub deletion_protection: Field<bool>,
    pub publicly_accessible: Field<bool>,
    pub storage_encrypted: Field<bool>,
    /// Source of a read replica.
    pub replicate_source: Field<Reference>,
    pub snapshot: Field<Reference>,
    /// Restore to a point in time is configured.
    pub restore: Field<()>,
    pub password: Field<String>,
    /// `password_wo` is written.
    pub write_only_password: Field<()>,
    pub manage_master_user_password: Field<bool>,
    pub performance_insights: Field<bool>,
    /// Days that Performance Insights keeps: 7 (where absent), a multiple of 31, 731.
    pub performance_insights_retention: Field<i64>,
    /// `standard` (where absent) or `advanced`.
    pub insights_mode: Field<String>,
    pub security_groups: Items<Field<Reference>>,
    pub security_group_links: Vec<Link<SecurityGroupId>>,
    pub subnet_group: Field<Reference>,
    pub cluster: Field<Reference>,
    pub cluster_link: Link<DatabaseClusterId>,
}

/// `aws_rds_cluster` or `aws_rds_global_cluster` (`global`).
#[derive(Debug, Clone)]
pub struct DatabaseCluster {
    pub meta: Meta,
    pub global: bool,
    pub identifier: Field<String>,
    pub engine: Field<String>,
    /// `provisioned` (where absent), `serverless`.
    pub engine_mode: Field<String>,
    pub engine_version: Field<String>,
    /// Class of the instances of a Multi-AZ DB cluster; Aurora has none here.
    pub instance_class: Field<String>,
    pub storage_type: Field<String>,
    pub allocated_storage: Field<i64>,
    pub iops: Field<i64>,
    pub backup_retention: Field<i64>,
    pub deletion_protection: Field<bool>,
    pub storage_encrypted: Field<bool>,
    pub publicly_accessible: Field<bool>,
    pub replication_source: Field<Reference>,
    pub snapshot: Field<Reference>,
    pub restore: Field<()>,
    pub global_cluster: Field<Reference>,
    pub password: Field<String>,
    pub write_only_password: Field<()>,
    pub manage_master_user_password: Field<bool>,
    pub security_groups: Items<Field<Reference>>,
    pub security_group_links: Vec<Link<SecurityGroupId>>,
    /// Serverless v2 capacity, in ACU.
    pub serverless_min: Field<rust_decimal::Decimal>,
    pub serverless_max: Field<rust_decimal::Decimal>,
    /// `open-source-rds-extended-support` (where absent) or `…-disabled`.
    pub lifecycle_support: Field<String>,
    /// Seconds that Aurora MySQL can go back; 0 where absent.
    pub backtrack: Field<i64>,
}

/// `aws_db_proxy`: RDS Proxy.
#[derive(Debug, Clone)]
pub struct DatabaseProxy {
    pub meta: Meta,
    pub name: Field<String>,
    /// `POSTGRESQL`, `MYSQL`, `SQLSERVER`.
    pub engine_family: Field<String>,
}

/// `aws_db_proxy_target`: the database behind a proxy.
#[derive(Debug, Clone)]
pub struct DatabaseProxyTarget {
    pub meta: Meta,
    pub proxy: Field<Reference>,
    pub instance: Field<Reference>,
    pub cluster: Field<Reference>,
}
