//! EFS file systems and S3 buckets.

use super::{Field, Meta};

/// `aws_efs_file_system`.
#[derive(Debug, Clone)]
pub struct FileSystem {
    pub meta: Meta,
    /// Written for One Zone storage.
    pub availability_zone: Field<String>,
    /// `bursting` (where absent), `elastic`, `provisioned`.
    pub throughput_mode: Field<String>,
    /// MiB/s, of mode `provisioned`.
    pub provisioned_throughput: Field<rust_decimal::Decimal>,
}

/// `aws_s3_bucket`.
#[derive(Debug, Clone)]
pub struct Bucket {
    pub meta: Meta,
    pub name: Field<String>,
}
