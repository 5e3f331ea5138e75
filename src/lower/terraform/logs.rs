//! CloudWatch log groups.

use super::Context;
use crate::model::Deployment;
use crate::model::logs::LogGroup;
use crate::terraform::Resource;

pub(super) fn log_group(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.log_groups.push(LogGroup {
        meta: context.meta(resource),
        name: reader.string("name"),
        name_prefix: reader.string("name_prefix"),
        retention: reader.integer("retention_in_days"),
        class: reader.string("log_group_class"),
    });
}
