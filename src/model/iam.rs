//! IAM roles and the policies attached to them, as far as the deployment's rules need them.

use super::{Field, Items, Meta, Reference};
use crate::value::Value;

#[derive(Debug, Clone)]
pub struct Role {
    pub meta: Meta,
    pub name: Field<String>,
    /// Policy document of the trust relationship.
    pub trust: Option<Value>,
    pub managed_policies: Items<Field<Reference>>,
}

/// `aws_iam_role_policy_attachment`, before it is joined to its role.
#[derive(Debug, Clone)]
pub struct PolicyAttachment {
    pub meta: Meta,
    pub role: Field<Reference>,
    pub policy: Field<Reference>,
}

#[derive(Debug, Clone)]
pub struct Policy {
    pub meta: Meta,
    /// The role it is written for (`aws_iam_role_policy`), when it is.
    pub role: Field<Reference>,
    pub document: Option<Value>,
}
