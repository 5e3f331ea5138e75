//! Terraform's built-in functions.

use std::path::Path;

use super::Limits;
use crate::source::{Files, Span};
use crate::value::{Cause, Origin, Value};

/// What a call needs from its surroundings.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub files: &'a Files,
    /// Directory that relative paths start from: that of the root module.
    pub base_dir: &'a Path,
    /// The call: origin of results without a better one.
    pub span: Span,
    pub limits: &'a Limits,
}

/// Why a call gives no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    UnknownFunction,
    /// Terraform stops here. `argument` counts from 0.
    Error {
        argument: Option<usize>,
        message: String,
    },
}

/// Calls a function.
///
/// # Errors
/// Where Terraform refuses.
pub fn call(name: &str, _args: Vec<Value>, context: &Context<'_>) -> Result<Value, Failure> {
    if name.is_empty() {
        return Err(Failure::UnknownFunction);
    }
    Ok(Value::unknown(Cause::Unsupported { what: name.into() }, Origin::at(context.span)))
}
