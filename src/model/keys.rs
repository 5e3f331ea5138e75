//! KMS keys.

use super::{Field, Meta};

/// `aws_kms_key`, `aws_kms_replica_key`, `aws_kms_external_key`, `aws_kms_replica_external_key`.
#[derive(Debug, Clone)]
pub struct Key {
    pub meta: Meta,
    /// `SYMMETRIC_DEFAULT` (where absent), `RSA_2048`, `ECC_NIST_P256`, `HMAC_256` …
    pub spec: Field<String>,
    /// Automatic rotation; false where absent.
    pub rotation: Field<bool>,
}
