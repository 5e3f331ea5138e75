//! What reading a JSON or YAML text gives besides the tree.

use std::collections::HashMap;
use std::sync::Arc;

use super::tree::{Member, Node, NodeKind};
use crate::source::Span;

/// More errors or duplicates of one file than this are not listed: they help nobody.
const MOST: usize = 100;

/// A text that was read: trees, and what is to be said about it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parsed {
    /// One tree per document. A broken YAML document is a [`NodeKind::Broken`] one; broken JSON gives none.
    pub documents: Vec<Node>,
    pub comments: Vec<Comment>,
    /// In order of appearance. JSON stops at the first one, YAML goes on with the next document.
    pub errors: Vec<SyntaxError>,
    /// Keys written twice in one map, in order of appearance.
    pub duplicates: Vec<Duplicate>,
}

/// A comment, with its marks (`#`, `//`, `/*`) inside `span` but not in `text`.
#[derive(Debug, Clone, PartialEq)]
pub struct Comment {
    pub span: Span,
    pub text: Arc<str>,
}

/// Why a text could not be read, at its place.
#[derive(Debug, Clone, PartialEq)]
pub struct SyntaxError {
    pub class: ErrorClass,
    pub span: Span,
    pub message: String,
}

/// What kind of trouble a text is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// It breaks the grammar.
    Grammar,
    /// It is deeper, or expands to more, than is read.
    Limit,
    /// It contains itself.
    Cycle,
}

/// A key written again; readers take the value of the second place.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicate {
    pub first: Span,
    pub second: Span,
    pub key: Arc<str>,
}

impl Parsed {
    /// The first document, unless it is broken.
    #[must_use]
    pub fn root(&self) -> Option<&Node> {
        self.documents.first().filter(|node| !matches!(node.kind, NodeKind::Broken(_)))
    }

    pub(super) fn error(&mut self, span: Span, message: impl Into<String>) {
        self.error_of(ErrorClass::Grammar, span, message);
    }

    pub(super) fn error_of(&mut self, class: ErrorClass, span: Span, message: impl Into<String>) {
        if self.errors.len() < MOST {
            self.errors.push(SyntaxError { class, span, message: message.into() });
        }
    }
}

/// Adds the keys that stand twice among `members`.
pub(super) fn note_duplicates(members: &[Member], into: &mut Vec<Duplicate>) {
    find_duplicates(members, into);
    into.truncate(MOST);
}

fn find_duplicates(members: &[Member], into: &mut Vec<Duplicate>) {
    /// Up to here comparing each pair is quicker than hashing.
    const FEW: usize = 8;
    if members.len() <= FEW {
        for (at, member) in members.iter().enumerate() {
            if let Some(first) = members.iter().take(at).find(|earlier| earlier.key == member.key) {
                into.push(Duplicate {
                    first: first.key_span,
                    second: member.key_span,
                    key: member.key.clone(),
                });
            }
        }
        return;
    }
    let mut seen: HashMap<&str, Span> = HashMap::with_capacity(members.len());
    for member in members {
        let first = *seen.entry(&member.key).or_insert(member.key_span);
        if first != member.key_span {
            into.push(Duplicate { first, second: member.key_span, key: member.key.clone() });
        }
    }
}
