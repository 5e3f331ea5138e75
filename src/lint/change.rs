//! What a rule proposes to change, in the words of the domain: blocks, objects, arguments and their values.
//! No text and no offsets; `fix` makes edits of it in the language of the file.

use std::sync::Arc;

use super::finding::{Applicability, Instance};
use crate::model::Meta;
use crate::source::Span;

/// Changes that together remove one finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub applicability: Applicability,
    pub changes: Vec<Change>,
    /// Resources that are changed beside those the finding is about.
    pub others: Vec<Instance>,
}

/// One change. A place is what nodes of the model carry: the block of a resource, the header of a nested block,
/// the object of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Arguments of the block or object that `within` leads to from `place` get these values; what is missing on
    /// the way is written.
    Set { place: Span, within: Vec<&'static str>, arguments: Arguments },
    /// The literal written here gets another value, in the notation it has.
    Replace { literal: Span, value: Term },
    /// An argument of the block at `place` gives way to another one.
    Swap { place: Span, argument: &'static str, by: (&'static str, Term) },
    /// The bare literal written here becomes text: `256` is written `"256"`.
    Quote { literal: Span },
    /// The text written here becomes a bare literal.
    Unquote { literal: Span },
    /// The HCL expression written here becomes the argument of a function.
    Call { expression: Span, function: &'static str },
    /// The member whose name is written here gets another name.
    Rename { key: Span, name: Arc<str> },
    /// A member of the object that `within` leads to gets another name.
    RenameMember { place: Span, within: Vec<&'static str>, member: Arc<str>, name: Arc<str> },
    /// A list of bare names gets one more, at the end; where there is no list it is written.
    Append { place: Span, within: Vec<&'static str>, list: &'static str, name: &'static str },
    /// A member of one object is written into another one as well.
    Copy { from: Span, to: Span, member: &'static str },
    /// A nested block with this header is written anew with these arguments.
    Rewrite { header: Span, arguments: Arguments, nested: Vec<(Arc<str>, Arguments)> },
    /// The mapping that holds the key written here gets one more member.
    Beside { key: Span, argument: (Arc<str>, Term) },
    /// A comment goes, with its line where it stands alone.
    Uncomment { comment: Span },
    /// A comment, or a word of the configuration, is written anew.
    Reword { comment: Span, text: String },
    /// An entry of a list in the configuration goes.
    Unlist { entry: Span },
}

/// Names with the values they get, in the order in which they are written.
pub type Arguments = Vec<(Arc<str>, Term)>;

/// A value to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    Bool(bool),
    Number(i64),
    Text(String),
}

impl From<bool> for Term {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Term {
    fn from(value: i64) -> Self {
        Self::Number(value)
    }
}

impl From<&str> for Term {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl Change {
    /// Sets arguments of the resource itself.
    #[must_use]
    pub fn set<const N: usize>(place: Span, arguments: [(&str, Term); N]) -> Self {
        Self::set_within(place, &[], arguments)
    }

    /// Sets arguments of a nested block or object.
    #[must_use]
    pub fn set_within<const N: usize>(
        place: Span,
        within: &[&'static str],
        arguments: [(&str, Term); N],
    ) -> Self {
        let arguments = arguments.into_iter().map(|(name, value)| (Arc::from(name), value)).collect();
        Self::Set { place, within: within.to_vec(), arguments }
    }

    /// The place that is changed: all resources that share it must want the change.
    #[must_use]
    pub fn place(&self) -> Span {
        match self {
            Self::Set { place, .. }
            | Self::Swap { place, .. }
            | Self::Append { place, .. }
            | Self::RenameMember { place, .. } => *place,
            Self::Replace { literal, .. } | Self::Quote { literal } | Self::Unquote { literal } => *literal,
            Self::Call { expression, .. } => *expression,
            Self::Rename { key, .. } | Self::Beside { key, .. } => *key,
            Self::Copy { to, .. } => *to,
            Self::Rewrite { header, .. } => *header,
            Self::Uncomment { comment } | Self::Reword { comment, .. } => *comment,
            Self::Unlist { entry } => *entry,
        }
    }
}

impl Proposal {
    #[must_use]
    pub fn new(applicability: Applicability, change: Change) -> Self {
        Self { applicability, changes: vec![change], others: Vec::new() }
    }

    /// A proposal that changes another resource than the one the finding is about.
    #[must_use]
    pub fn of(mut self, meta: &Meta) -> Self {
        self.others.push(Instance::of(meta));
        self
    }
}
