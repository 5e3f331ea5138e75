//! Secrets Manager secrets and SSM parameters.

use super::Context;
use crate::model::Deployment;
use crate::model::secrets::{Parameter, Secret};
use crate::terraform::Resource;

pub(super) fn secret(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.secrets.push(Secret {
        meta: context.meta(resource),
        name: super::name(&reader, "name_prefix"),
        replicas: reader.blocks("replica", |replica| replica.string("region")),
    });
}

pub(super) fn parameter(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let [value, insecure] = ["value", "insecure_value"].map(|key| reader.string(key));
    into.parameters.push(Parameter {
        meta: context.meta(resource),
        name: reader.string("name"),
        kind: reader.string("type"),
        tier: reader.string("tier"),
        value: if value.is_absent() && insecure.is_written() { insecure } else { value },
    });
}
