//! The one spanned tree of JSON and YAML documents.

use std::sync::Arc;

use crate::source::Span;
use crate::value::{Entry, Kind, Mapping, MappingKind, Number, Origin, Sequence, SequenceKind, Text, Value};

/// A node of a document. Duplicate keys are kept; lookups take the last, as JSON readers do.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub span: Span,
    pub kind: NodeKind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    Null,
    Bool(bool),
    /// The number as written.
    Number(Arc<str>),
    String(Arc<str>),
    List(Vec<Node>),
    Map(Vec<Member>),
    /// A place that could not be read (a YAML alias over its budget, a recovered error).
    Broken(Arc<str>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    pub key: Arc<str>,
    pub key_span: Span,
    pub value: Node,
}

impl Node {
    #[must_use]
    pub fn members(&self) -> &[Member] {
        match &self.kind {
            NodeKind::Map(members) => members,
            _ => &[],
        }
    }

    #[must_use]
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            NodeKind::List(items) => items,
            _ => &[],
        }
    }

    /// The member named `key`; the last one where it is written twice.
    #[must_use]
    pub fn member(&self, key: &str) -> Option<&Member> {
        self.members().iter().rev().find(|member| &*member.key == key)
    }

    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.member(key).map(|member| &member.value)
    }

    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::String(text) => Some(text),
            _ => None,
        }
    }

    /// Text of any scalar as written (`true`, `3.10`, `web`).
    #[must_use]
    pub fn scalar_text(&self) -> Option<Arc<str>> {
        match &self.kind {
            NodeKind::String(text) | NodeKind::Number(text) => Some(text.clone()),
            NodeKind::Bool(value) => Some(Arc::from(if *value { "true" } else { "false" })),
            NodeKind::Null | NodeKind::List(_) | NodeKind::Map(_) | NodeKind::Broken(_) => None,
        }
    }

    /// The document as a value, each leaf with its span as origin. Of duplicate keys the last counts.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let origin = Origin::at(self.span);
        match &self.kind {
            NodeKind::Null => Value::null(origin),
            NodeKind::Bool(value) => Value::bool(*value, origin),
            NodeKind::Number(text) => match text.parse::<Number>() {
                Ok(number) => Value::number(number, origin),
                Err(_) => Value::string(text.clone(), origin),
            },
            NodeKind::String(text) => Value::new(Kind::String(Text::plain(text.clone())), origin),
            NodeKind::List(items) => Value::new(
                Kind::Sequence(Arc::new(Sequence {
                    kind: SequenceKind::Tuple,
                    items: items.iter().map(Node::to_value).collect(),
                    rest: None,
                })),
                origin,
            ),
            NodeKind::Map(members) => Value::new(
                Kind::Mapping(Arc::new(Mapping {
                    kind: MappingKind::Object,
                    entries: members
                        .iter()
                        .map(|member| {
                            let entry =
                                Entry { key_span: Some(member.key_span), value: member.value.to_value() };
                            (member.key.clone(), entry)
                        })
                        .collect(),
                    rest: None,
                })),
                origin,
            ),
            NodeKind::Broken(why) => {
                Value::unknown(crate::value::Cause::Error { message: why.clone() }, origin)
            }
        }
    }
}
