//! KMS keys.

use super::Context;
use crate::model::Deployment;
use crate::model::keys::Key;
use crate::terraform::Resource;

pub(super) fn key(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let spec = ["customer_master_key_spec", "key_spec"].map(|name| reader.string(name));
    let [own, read_back] = spec;
    into.keys.push(Key {
        meta: context.meta(resource),
        spec: if own.is_absent() { read_back } else { own },
        rotation: reader.boolean("enable_key_rotation"),
    });
}
