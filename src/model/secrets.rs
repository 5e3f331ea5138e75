//! Secrets Manager secrets and SSM parameters.

use super::{Field, Meta};

#[derive(Debug, Clone)]
pub struct Secret {
    pub meta: Meta,
    pub name: Field<String>,
    /// Regions of replicas, each billed as a secret.
    pub replicas: super::Items<Field<String>>,
}

#[derive(Debug, Clone)]
pub struct Parameter {
    pub meta: Meta,
    pub name: Field<String>,
    /// `String`, `StringList`, `SecureString`.
    pub kind: Field<String>,
    /// `Standard` (where absent), `Advanced`, `Intelligent-Tiering`.
    pub tier: Field<String>,
    pub value: Field<String>,
}
