//! IAM roles, policies and their attachments.

use std::sync::Arc;

use super::Context;
use crate::model::iam::{Policy, PolicyAttachment, Role};
use crate::model::{Deployment, Field, Reference};
use crate::terraform::Resource;
use crate::value::Origin;

const ROLE: [&str; 1] = ["aws_iam_role"];
const POLICY: [&str; 1] = ["aws_iam_policy"];

pub(super) fn role(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let meta = context.meta(resource);
    let itself = Reference {
        target: Some((resource.address.clone(), Arc::from("name"))),
        text: reader.string("name").known().map(|name| Arc::from(name.as_str())),
        pattern: None,
        data_sources: Arc::default(),
    };
    let inline = reader.blocks("inline_policy", |policy| Policy {
        meta: crate::model::Meta { origin: policy.header().clone(), ..meta.clone() },
        role: Field::known_at(itself.clone(), Origin::at(resource.header)),
        document: super::document(&policy, "policy"),
    });
    into.policies.extend(inline.items);
    into.roles.push(Role {
        name: super::name(&reader, "name_prefix"),
        trust: super::document(&reader, "assume_role_policy"),
        managed_policies: reader.references("managed_policy_arns", &POLICY),
        meta,
    });
}

pub(super) fn policy(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.policies.push(Policy {
        meta: context.meta(resource),
        role: reader.reference("role", &ROLE),
        document: super::document(&reader, "policy"),
    });
}

pub(super) fn attachment(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.policy_attachments.push(PolicyAttachment {
        meta: context.meta(resource),
        role: reader.reference("role", &ROLE),
        policy: reader.reference("policy_arn", &POLICY),
    });
}
