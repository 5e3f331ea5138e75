//! From what rules propose to text: edits in the layout of the file, applied until nothing changes any more, and files
//! written whole or not at all. What is proposed is for the rules, what is shown for `report`.

mod editor;
mod group;
mod literal;
mod resolve;
mod run;
mod scan;
#[cfg(test)]
mod tests;
mod write;
mod yaml;

pub(crate) use resolve::{Editable, resolve};
pub use run::{Fixed, FixedFile, Refused, Scope, fix};
pub use write::write;

use std::ops::Range;

/// A replacement in one text; an insertion has an empty range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextEdit {
    pub(crate) range: Range<usize>,
    pub(crate) text: String,
}

impl TextEdit {
    pub(crate) fn new(range: Range<usize>, text: String) -> Self {
        Self { range, text }
    }
}

/// The text with edits made; `None` when two of them overlap or one does not fit.
pub(crate) fn apply(text: &str, edits: &[TextEdit]) -> Option<String> {
    let mut sorted: Vec<&TextEdit> = edits.iter().collect();
    sorted.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for edit in sorted {
        result.push_str(text.get(at..edit.range.start)?);
        result.push_str(&edit.text);
        at = edit.range.end;
    }
    result.push_str(text.get(at..)?);
    Some(result)
}
