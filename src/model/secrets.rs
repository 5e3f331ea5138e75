//! Secrets Manager secrets and SSM parameters.

use std::sync::Arc;

use super::{Field, Meta};
use crate::value::Origin;

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

/// A URL in which a generated password (`random_password`) stands between the user and the host.
#[derive(Debug, Clone)]
pub struct PasswordUrl {
    /// The resource in whose arguments the URL stands.
    pub meta: Meta,
    /// Where the password is put into the URL.
    pub place: Origin,
    /// `postgres`, `redis` …
    pub scheme: Arc<str>,
    /// Address of the generated password.
    pub password: Arc<str>,
    /// `special`: whether it may hold other characters than letters and digits. True where absent.
    pub special: Field<bool>,
    /// `override_special`: which ones. Source: random provider, `random_password`.
    pub override_special: Field<String>,
    /// It is put in through `urlencode`.
    pub encoded: bool,
}
