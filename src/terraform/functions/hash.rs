//! Hashes and identifiers. What Terraform draws at random is unknown by design.

use ::sha1::Sha1;
use ::sha2::{Sha256, Sha512};
use ::uuid::Uuid;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};

use super::Failure;
use super::arguments::{Call, Outcome};

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest of some bytes in hexadecimal.
pub(super) fn hex_digest<D: Digest>(bytes: &[u8]) -> String {
    hex(&D::digest(bytes))
}

/// The digest of some bytes in Base64.
pub(super) fn base64_digest<D: Digest>(bytes: &[u8]) -> String {
    STANDARD.encode(D::digest(bytes))
}

pub(super) fn md5(call: &Call<'_>) -> Outcome {
    Ok(call.string(hex_digest::<Md5>(call.str(0).as_bytes())))
}

pub(super) fn sha1(call: &Call<'_>) -> Outcome {
    Ok(call.string(hex_digest::<Sha1>(call.str(0).as_bytes())))
}

pub(super) fn sha256(call: &Call<'_>) -> Outcome {
    Ok(call.string(hex_digest::<Sha256>(call.str(0).as_bytes())))
}

pub(super) fn sha512(call: &Call<'_>) -> Outcome {
    Ok(call.string(hex_digest::<Sha512>(call.str(0).as_bytes())))
}

pub(super) fn base64sha256(call: &Call<'_>) -> Outcome {
    Ok(call.string(base64_digest::<Sha256>(call.str(0).as_bytes())))
}

pub(super) fn base64sha512(call: &Call<'_>) -> Outcome {
    Ok(call.string(base64_digest::<Sha512>(call.str(0).as_bytes())))
}

pub(super) fn uuidv5(call: &Call<'_>) -> Outcome {
    let namespace = match call.str(0) {
        "dns" => Uuid::NAMESPACE_DNS,
        "url" => Uuid::NAMESPACE_URL,
        "oid" => Uuid::NAMESPACE_OID,
        "x500" => Uuid::NAMESPACE_X500,
        other => Uuid::parse_str(other)
            .map_err(|_| Failure::argument(0, "uuidv5() doesn't support this namespace"))?,
    };
    Ok(call.string(Uuid::new_v5(&namespace, call.str(1).as_bytes()).to_string()))
}

pub(super) fn uuid(call: &Call<'_>) -> Outcome {
    Ok(call.unsupported("uuid()"))
}

pub(super) fn bcrypt(call: &Call<'_>) -> Outcome {
    Ok(call.unsupported("bcrypt()"))
}

pub(super) fn rsadecrypt(call: &Call<'_>) -> Outcome {
    Ok(call.unsupported("rsadecrypt()"))
}
