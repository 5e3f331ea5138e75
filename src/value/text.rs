//! Strings that remember what they were built from.

use std::sync::Arc;

use super::Value;
use crate::source::Span;

/// A known string.
#[derive(Debug, Clone)]
pub struct Text {
    text: Arc<str>,
    /// What it was built from, when that tells more than the text: JSON structure, template parts.
    pub built: Option<Arc<Built>>,
}

/// What a string was built from. Unknown strings have it too: one unknown part does not hide the rest.
#[derive(Debug, Clone)]
pub enum Built {
    /// `jsonencode(value)`.
    Json(Value),
    /// A template or heredoc: known text and interpolated values in order.
    Template(Vec<Part>),
}

#[derive(Debug, Clone)]
pub enum Part {
    /// Literal text. `span` covers its source; it maps byte by byte where the lengths are equal.
    Literal { text: Arc<str>, span: Span },
    /// An interpolated value (known or unknown), converted to string in the result.
    Hole(Box<Value>),
}

impl Part {
    /// An interpolated value. It lies apart, because literals are by far the most parts, and small.
    #[must_use]
    pub fn hole(value: Value) -> Self {
        Self::Hole(Box::new(value))
    }
}

impl Text {
    #[must_use]
    pub fn plain(text: impl Into<Arc<str>>) -> Self {
        Self { text: text.into(), built: None }
    }

    #[must_use]
    pub fn built(text: impl Into<Arc<str>>, built: Built) -> Self {
        Self { text: text.into(), built: Some(Arc::new(built)) }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    #[must_use]
    pub fn shared(&self) -> &Arc<str> {
        &self.text
    }
}
