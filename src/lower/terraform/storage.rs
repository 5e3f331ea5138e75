//! EFS file systems and S3 buckets.

use super::Context;
use crate::model::Deployment;
use crate::model::storage::{Bucket, FileSystem};
use crate::terraform::Resource;

pub(super) fn file_system(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.file_systems.push(FileSystem {
        meta: context.meta(resource),
        availability_zone: reader.string("availability_zone_name"),
        throughput_mode: reader.string("throughput_mode"),
        provisioned_throughput: reader.decimal("provisioned_throughput_in_mibps"),
    });
}

pub(super) fn bucket(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let name = context.reader(resource).string("bucket");
    into.buckets.push(Bucket { meta: context.meta(resource), name });
}
