//! Texts that another tool replaces before the file is used: `<IMAGE1_NAME>` of CodePipeline, `${IMAGE}` of
//! envsubst, `{{ image }}`, `%IMAGE%`.

use crate::model::field::unsupported;
use crate::value::Causes;

/// Whether the text holds a character that no image reference, ARN or role name has, and placeholders do.
pub(crate) fn is_in(text: &str) -> bool {
    text.contains(['<', '>', '$', '{', '}', '%'])
}

/// Why a text with a placeholder is not known.
pub(crate) fn cause(text: &str) -> Causes {
    unsupported(format!("the placeholder {text}"))
}
