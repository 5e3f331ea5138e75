//! The one value domain: known, unknown (with causes) or null, each leaf with its origin. Produced from
//! JSON, YAML and evaluated Terraform alike; the model is lowered from it. No evaluation happens here.
//!
//! Semantics: a value describes every completion of what is not known. Null is a known value; what
//! is absent from a [`Mapping`] is absent. See `ARCHITECTURE.md`, "Unknowns".

mod digits;
mod entries;
mod number;
mod origin;
mod text;
mod types;
mod unknown;
mod weight;

pub(crate) use digits::Digits;
pub use entries::Entries;
pub use number::{Float, NotANumber, Number, PRECISION, Undefined};
pub use origin::{Origin, Step, Via};
pub use text::{Built, Part, Text};
pub use types::{ObjectAttribute, Type};
pub use unknown::{Cause, Causes, Unknown};

use std::sync::Arc;

use crate::source::Span;

/// A value with the place it was written at. Cloning is cheap: collections are shared.
#[derive(Debug, Clone)]
pub struct Value {
    pub kind: Kind,
    pub origin: Origin,
    /// Terraform's `sensitive` mark. It says nothing about being known.
    pub sensitive: bool,
}

#[derive(Debug, Clone)]
pub enum Kind {
    /// Null, with the type it stands for ([`Type::Dynamic`] for a bare `null`).
    Null(Type),
    Bool(bool),
    Number(Number),
    String(Text),
    /// Terraform list, set or tuple; JSON array.
    Sequence(Arc<Sequence>),
    /// Terraform map or object; JSON object.
    Mapping(Arc<Mapping>),
    Unknown(Arc<Unknown>),
}

#[derive(Debug, Clone)]
pub struct Sequence {
    pub kind: SequenceKind,
    pub items: Vec<Value>,
    /// When set, any number of further items may stand anywhere among `items`: an unknown part
    /// (`concat(known, unknown)`, a dynamic block over an unknown collection).
    pub rest: Option<Arc<Rest>>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum SequenceKind {
    List(Type),
    /// Items are unique and in Terraform's iteration order.
    Set(Type),
    Tuple,
}

#[derive(Debug, Clone)]
pub struct Mapping {
    pub kind: MappingKind,
    pub entries: Entries,
    /// When set, further keys may exist, and may hide entries (`merge(known, unknown)`) if
    /// [`Rest::overrides`].
    pub rest: Option<Arc<Rest>>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum MappingKind {
    Map(Type),
    Object,
}

/// A member of a [`Mapping`].
#[derive(Debug, Clone)]
pub struct Entry {
    /// Where the key was written, when it was.
    pub key_span: Option<Span>,
    pub value: Value,
}

/// The unknown part of a collection.
#[derive(Debug, Clone)]
pub struct Rest {
    pub causes: Causes,
    /// What every further item looks like (the content of a dynamic block), when that is known.
    pub template: Option<Value>,
    /// Mapping only: an unknown key may replace a known entry.
    pub overrides: bool,
}

impl Value {
    #[must_use]
    pub fn new(kind: Kind, origin: Origin) -> Self {
        Self { kind, origin, sensitive: false }
    }

    #[must_use]
    pub fn null(origin: Origin) -> Self {
        Self::new(Kind::Null(Type::Dynamic), origin)
    }

    #[must_use]
    pub fn bool(value: bool, origin: Origin) -> Self {
        Self::new(Kind::Bool(value), origin)
    }

    #[must_use]
    pub fn number(value: Number, origin: Origin) -> Self {
        Self::new(Kind::Number(value), origin)
    }

    #[must_use]
    pub fn string(value: impl Into<Arc<str>>, origin: Origin) -> Self {
        Self::new(Kind::String(Text::plain(value)), origin)
    }

    #[must_use]
    pub fn tuple(items: Vec<Value>, origin: Origin) -> Self {
        Self::sequence(SequenceKind::Tuple, items, origin)
    }

    #[must_use]
    pub fn sequence(kind: SequenceKind, items: Vec<Value>, origin: Origin) -> Self {
        Self::new(Kind::Sequence(Arc::new(Sequence { kind, items, rest: None })), origin)
    }

    #[must_use]
    pub fn object(entries: Entries, origin: Origin) -> Self {
        Self::mapping(MappingKind::Object, entries, origin)
    }

    #[must_use]
    pub fn mapping(kind: MappingKind, entries: Entries, origin: Origin) -> Self {
        Self::new(Kind::Mapping(Arc::new(Mapping { kind, entries, rest: None })), origin)
    }

    /// An unknown of any type with one cause.
    #[must_use]
    pub fn unknown(cause: Cause, origin: Origin) -> Self {
        Self::new(Kind::Unknown(Arc::new(Unknown::new(Causes::one(cause)))), origin)
    }

    #[must_use]
    pub fn from_unknown(unknown: Unknown, origin: Origin) -> Self {
        Self::new(Kind::Unknown(Arc::new(unknown)), origin)
    }

    #[must_use]
    pub fn span(&self) -> Span {
        self.origin.span
    }

    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null(_))
    }

    /// The unknown itself, when the whole value is one (parts of a collection may be unknown too).
    #[must_use]
    pub fn as_unknown(&self) -> Option<&Unknown> {
        match &self.kind {
            Kind::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text.as_str()),
            _ => None,
        }
    }

    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(value) => Some(value),
            _ => None,
        }
    }

    #[must_use]
    pub fn as_number(&self) -> Option<&Number> {
        match &self.kind {
            Kind::Number(value) => Some(value),
            _ => None,
        }
    }

    #[must_use]
    pub fn as_sequence(&self) -> Option<&Sequence> {
        match &self.kind {
            Kind::Sequence(sequence) => Some(sequence),
            _ => None,
        }
    }

    #[must_use]
    pub fn as_mapping(&self) -> Option<&Mapping> {
        match &self.kind {
            Kind::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// The member `key` with this value's own way (through locals, modules …) added to its origin.
    /// `None` where this is no mapping or has no such entry.
    #[must_use]
    pub fn member(&self, key: &str) -> Option<Value> {
        let entry = self.as_mapping()?.entries.get(key)?;
        Some(self.child(&entry.value))
    }

    /// The item at `index`, likewise.
    #[must_use]
    pub fn item(&self, index: usize) -> Option<Value> {
        self.as_sequence()?.items.get(index).map(|item| self.child(item))
    }

    /// A part of this value, seen from outside: marks and way of the whole are passed on.
    #[must_use]
    pub fn child(&self, part: &Value) -> Value {
        let mut part = part.clone();
        part.origin = part.origin.reached_through(&self.origin);
        part.sensitive |= self.sensitive;
        part
    }

    /// The same value, reached through one more step (a variable, a local, a module output …).
    #[must_use]
    pub fn via(mut self, step: Step, span: Span) -> Value {
        self.origin = self.origin.via(step, span);
        self
    }

    /// Whether nothing in the value is unknown, at any depth.
    #[must_use]
    pub fn is_wholly_known(&self) -> bool {
        match &self.kind {
            Kind::Unknown(_) => false,
            Kind::Sequence(sequence) => {
                sequence.rest.is_none() && sequence.items.iter().all(Value::is_wholly_known)
            }
            Kind::Mapping(mapping) => {
                mapping.rest.is_none() && mapping.entries.values().all(|entry| entry.value.is_wholly_known())
            }
            Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => true,
        }
    }

    /// Whether it, or a part of it at any depth, is marked sensitive: a whole made from such a part has the mark from
    /// there.
    #[must_use]
    pub fn has_sensitive_part(&self) -> bool {
        let rest = |rest: &Option<Arc<Rest>>| {
            rest.as_ref().and_then(|rest| rest.template.as_ref()).is_some_and(Value::has_sensitive_part)
        };
        self.sensitive
            || match &self.kind {
                Kind::Sequence(sequence) => {
                    sequence.items.iter().any(Value::has_sensitive_part) || rest(&sequence.rest)
                }
                Kind::Mapping(mapping) => {
                    mapping.entries.values().any(|entry| entry.value.has_sensitive_part())
                        || rest(&mapping.rest)
                }
                _ => false,
            }
    }

    /// The causes of every unknown part, at any depth.
    #[must_use]
    pub fn causes(&self) -> Causes {
        let mut causes = Causes::none();
        self.collect_causes(&mut causes);
        causes
    }

    fn collect_causes(&self, into: &mut Causes) {
        match &self.kind {
            Kind::Unknown(unknown) => into.add_all(&unknown.causes),
            Kind::Sequence(sequence) => {
                if let Some(rest) = &sequence.rest {
                    into.add_all(&rest.causes);
                }
                sequence.items.iter().for_each(|item| item.collect_causes(into));
            }
            Kind::Mapping(mapping) => {
                if let Some(rest) = &mapping.rest {
                    into.add_all(&rest.causes);
                }
                mapping.entries.values().for_each(|entry| entry.value.collect_causes(into));
            }
            Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {}
        }
    }
}
