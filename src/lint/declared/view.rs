//! How a condition sees the model: every node and part of a node as named attributes of a few types. The tables that
//! say which attributes there are stand in [`tables`](super::tables).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::model::cache::CacheShape;
use crate::model::network::Direction;
use crate::model::{Deployment, Field, Items, Meta, Reference, State};
use crate::source::Span;
use crate::value::{Causes, Kind as ValueKind, Origin, Value};

/// A kind of node or part, and what conditions can ask of it.
#[derive(Debug)]
pub(crate) struct Kind {
    /// As rule files write it: `task-definition`.
    pub(crate) name: &'static str,
    /// A resource or file of its own, with address, stage and tags.
    pub(crate) is_node: bool,
    pub(crate) attributes: &'static [Attribute],
}

/// An attribute of a [`Kind`].
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) ty: Ty,
    /// What a reference leads to: a path can go on there.
    pub(crate) target: Option<fn() -> &'static Kind>,
    /// Its value may be a secret and is never part of a message.
    pub(crate) secret: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Ty {
    Text,
    Number,
    Flag,
    /// Only whether it is there.
    Presence,
    Reference,
    Object(fn() -> &'static Kind),
    List(&'static Ty),
    /// Texts by name.
    Map,
    /// Whatever the document holds.
    Any,
}

/// What stands at the end of a path.
#[derive(Debug, Clone)]
pub(crate) enum Seen<'a> {
    /// Nothing; with the place that is blamed for it.
    Absent(Origin),
    Unknown(Causes, Origin),
    Text(&'a Field<String>),
    Number(&'a Field<i64>),
    Decimal(&'a Field<Decimal>),
    Flag(&'a Field<bool>),
    Presence(&'a Field<()>),
    Reference(&'a Field<Reference>, Follow<'a>),
    Constant(Constant<'a>, Origin),
    Object(&'a dyn Fields, Origin),
    /// An object that is not known, but is one of these.
    Choice(Vec<&'a dyn Fields>, Causes, Origin),
    List(List<'a>),
    Map(Entries<'a>, Origin),
    /// A part of a document or of a resource's arguments, with the place blamed for what is absent in it.
    Raw(Value, Origin),
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Constant<'a> {
    Text(&'a str),
    Flag(bool),
}

#[derive(Debug, Clone)]
pub(crate) struct List<'a> {
    pub(crate) items: Vec<Seen<'a>>,
    pub(crate) open: Option<Further<'a>>,
    pub(crate) origin: Origin,
    pub(crate) absent: bool,
}

/// Items that may exist beside the known ones.
#[derive(Debug, Clone)]
pub(crate) struct Further<'a> {
    pub(crate) causes: Causes,
    pub(crate) template: Option<Box<Seen<'a>>>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Entries<'a> {
    /// Tags, and why there may be further ones.
    Tags(&'a BTreeMap<Arc<str>, Field<String>>, &'a Causes),
    Pairs(&'a [(Arc<str>, Field<String>)]),
    Marks(&'a [(Arc<str>, Field<()>)]),
}

/// Where a reference leads.
#[derive(Debug, Clone)]
pub(crate) enum Follow<'a> {
    To(&'a dyn Fields),
    NotFound(&'a Arc<str>),
    Unknown(&'a Causes),
    Absent,
}

/// A node or part of a node.
pub(crate) trait Fields: fmt::Debug + Sync {
    fn kind(&self) -> &'static Kind;

    /// The attribute at this position of the kind's table.
    fn attribute<'a>(&'a self, at: usize, owner: &Origin, deployment: &'a Deployment) -> Seen<'a>;

    /// Every link to another node, those of its parts included.
    fn visit_links<'a>(&'a self, deployment: &'a Deployment, visit: &mut Visit<'_, 'a>);

    fn meta(&self) -> Option<&Meta>;

    /// Where it is written, when it has a place of its own.
    fn origin(&self) -> Option<&Origin>;

    /// Tells nodes apart that are equal: where it lies in memory.
    fn identity(&self) -> usize {
        std::ptr::from_ref(self).cast::<()>().addr()
    }
}

pub(crate) type Visit<'v, 'a> = dyn FnMut(&'static Kind, Follow<'a>) + 'v;

/// A [`Fields`] whose kind is known without a value.
pub(crate) trait Model: Fields + Sized {
    const KIND: &'static Kind;

    fn described() -> &'static Kind {
        Self::KIND
    }
}

/// A field of the model as an attribute.
pub(crate) trait AsAttribute {
    const TY: Ty;

    /// `owner` is blamed where the field itself has no place.
    fn seen<'a>(&'a self, owner: &Origin) -> Seen<'a>;

    fn visit_links<'a>(&'a self, _deployment: &'a Deployment, _visit: &mut Visit<'_, 'a>) {}
}

macro_rules! scalar {
    ($($value:ty => $ty:ident $seen:ident;)*) => {
        $(impl AsAttribute for Field<$value> {
            const TY: Ty = Ty::$ty;

            fn seen<'a>(&'a self, _: &Origin) -> Seen<'a> {
                Seen::$seen(self)
            }
        })*
    };
}

scalar! {
    String => Text Text;
    i64 => Number Number;
    Decimal => Number Decimal;
    bool => Flag Flag;
    () => Presence Presence;
}

impl AsAttribute for Field<Reference> {
    const TY: Ty = Ty::Reference;

    fn seen<'a>(&'a self, _: &Origin) -> Seen<'a> {
        Seen::Reference(self, Follow::Absent)
    }
}

impl AsAttribute for Field<Direction> {
    const TY: Ty = Ty::Text;

    fn seen<'a>(&'a self, _: &Origin) -> Seen<'a> {
        match &self.state {
            State::Known(direction) => {
                let text = match direction {
                    Direction::Ingress => "ingress",
                    Direction::Egress => "egress",
                };
                Seen::Constant(Constant::Text(text), self.origin.clone())
            }
            State::Unknown(unknown) => Seen::Unknown(unknown.causes.clone(), self.origin.clone()),
            State::Absent => Seen::Absent(self.origin.clone()),
        }
    }
}

impl<T: Model> AsAttribute for Field<T> {
    const TY: Ty = Ty::Object(T::described);

    fn seen<'a>(&'a self, _: &Origin) -> Seen<'a> {
        match &self.state {
            State::Known(value) => Seen::Object(value, self.origin.clone()),
            State::Absent => Seen::Absent(self.origin.clone()),
            State::Unknown(unknown) if unknown.alternatives.is_empty() => {
                Seen::Unknown(unknown.causes.clone(), self.origin.clone())
            }
            State::Unknown(unknown) => {
                let choice = unknown.alternatives.iter().map(|value| value as &dyn Fields).collect();
                Seen::Choice(choice, unknown.causes.clone(), self.origin.clone())
            }
        }
    }

    fn visit_links<'a>(&'a self, deployment: &'a Deployment, visit: &mut Visit<'_, 'a>) {
        match &self.state {
            State::Known(value) => value.visit_links(deployment, visit),
            State::Unknown(unknown) => {
                unknown.alternatives.iter().for_each(|value| value.visit_links(deployment, visit));
            }
            State::Absent => {}
        }
    }
}

impl<T: AsAttribute> AsAttribute for Items<T> {
    const TY: Ty = Ty::List(&T::TY);

    fn seen<'a>(&'a self, _: &Origin) -> Seen<'a> {
        Seen::List(List {
            items: self.items.iter().map(|item| item.seen(&self.origin)).collect(),
            open: self.open.as_ref().map(|open| Further {
                causes: open.causes.clone(),
                template: open.template.as_ref().map(|item| Box::new(item.seen(&self.origin))),
            }),
            origin: self.origin.clone(),
            absent: self.absent,
        })
    }

    fn visit_links<'a>(&'a self, deployment: &'a Deployment, visit: &mut Visit<'_, 'a>) {
        self.with_template().for_each(|item| item.visit_links(deployment, visit));
    }
}

impl<T: AsAttribute> AsAttribute for Vec<T> {
    const TY: Ty = Ty::List(&T::TY);

    fn seen<'a>(&'a self, owner: &Origin) -> Seen<'a> {
        Seen::List(List {
            items: self.iter().map(|item| item.seen(owner)).collect(),
            open: None,
            origin: owner.clone(),
            absent: self.is_empty(),
        })
    }

    fn visit_links<'a>(&'a self, deployment: &'a Deployment, visit: &mut Visit<'_, 'a>) {
        self.iter().for_each(|item| item.visit_links(deployment, visit));
    }
}

impl<T: AsAttribute> AsAttribute for Option<T> {
    const TY: Ty = T::TY;

    fn seen<'a>(&'a self, owner: &Origin) -> Seen<'a> {
        self.as_ref().map_or_else(|| Seen::Absent(owner.clone()), |value| value.seen(owner))
    }

    fn visit_links<'a>(&'a self, deployment: &'a Deployment, visit: &mut Visit<'_, 'a>) {
        self.iter().for_each(|value| value.visit_links(deployment, visit));
    }
}

impl AsAttribute for Arc<str> {
    const TY: Ty = Ty::Text;

    fn seen<'a>(&'a self, owner: &Origin) -> Seen<'a> {
        Seen::Constant(Constant::Text(self), owner.clone())
    }
}

impl AsAttribute for (Arc<str>, Span) {
    const TY: Ty = Ty::Text;

    fn seen<'a>(&'a self, _: &Origin) -> Seen<'a> {
        Seen::Constant(Constant::Text(&self.0), Origin::at(self.1))
    }
}

impl AsAttribute for bool {
    const TY: Ty = Ty::Flag;

    fn seen<'a>(&'a self, owner: &Origin) -> Seen<'a> {
        Seen::Constant(Constant::Flag(*self), owner.clone())
    }
}

/// Something of which only the place is kept.
impl AsAttribute for Origin {
    const TY: Ty = Ty::Presence;

    fn seen<'a>(&'a self, _: &Origin) -> Seen<'a> {
        Seen::Constant(Constant::Flag(true), self.clone())
    }
}

impl AsAttribute for Meta {
    const TY: Ty = Ty::Presence;

    fn seen<'a>(&'a self, _: &Origin) -> Seen<'a> {
        Seen::Constant(Constant::Flag(true), self.origin.clone())
    }
}

impl AsAttribute for Value {
    const TY: Ty = Ty::Any;

    fn seen<'a>(&'a self, owner: &Origin) -> Seen<'a> {
        Seen::Raw(self.clone(), owner.clone())
    }
}

impl AsAttribute for CacheShape {
    const TY: Ty = Ty::Text;

    fn seen<'a>(&'a self, owner: &Origin) -> Seen<'a> {
        let text = match self {
            Self::Cluster { .. } => "cluster",
            Self::ReplicationGroup { .. } => "replication-group",
            Self::Serverless { .. } => "serverless",
        };
        Seen::Constant(Constant::Text(text), owner.clone())
    }
}

impl AsAttribute for [(Arc<str>, Field<String>)] {
    const TY: Ty = Ty::Map;

    fn seen<'a>(&'a self, owner: &Origin) -> Seen<'a> {
        Seen::Map(Entries::Pairs(self), owner.clone())
    }
}

impl AsAttribute for [(Arc<str>, Field<()>)] {
    const TY: Ty = Ty::Map;

    fn seen<'a>(&'a self, owner: &Origin) -> Seen<'a> {
        Seen::Map(Entries::Marks(self), owner.clone())
    }
}

impl Seen<'_> {
    /// What a person would edit.
    pub(crate) fn origin(&self) -> Origin {
        match self {
            Self::Absent(origin)
            | Self::Unknown(_, origin)
            | Self::Constant(_, origin)
            | Self::Object(_, origin)
            | Self::Choice(_, _, origin)
            | Self::Map(_, origin)
            | Self::List(List { origin, .. }) => origin.clone(),
            Self::Text(field) => field.origin.clone(),
            Self::Number(field) => field.origin.clone(),
            Self::Decimal(field) => field.origin.clone(),
            Self::Flag(field) => field.origin.clone(),
            Self::Presence(field) => field.origin.clone(),
            Self::Reference(field, _) => field.origin.clone(),
            Self::Raw(value, header) => {
                if value.is_null() {
                    header.clone()
                } else {
                    value.origin.clone()
                }
            }
        }
    }

    /// Whether there is something there that is not known, though what it can be may be.
    pub(crate) fn is_unknown(&self) -> bool {
        match self {
            Self::Unknown(..) | Self::Choice(..) => true,
            Self::Text(field) => field.not_known().is_some(),
            Self::Number(field) => field.not_known().is_some(),
            Self::Decimal(field) => field.not_known().is_some(),
            Self::Flag(field) => field.not_known().is_some(),
            Self::Presence(field) => field.not_known().is_some(),
            Self::Reference(field, _) => field.not_known().is_some(),
            Self::Raw(value, _) => value.as_unknown().is_some(),
            Self::List(list) => list.open.is_some(),
            Self::Absent(_) | Self::Constant(..) | Self::Object(..) | Self::Map(..) => false,
        }
    }

    pub(crate) fn is_absent(&self) -> bool {
        match self {
            Self::Absent(_) => true,
            Self::List(list) => list.absent,
            Self::Text(field) => field.is_absent(),
            Self::Number(field) => field.is_absent(),
            Self::Decimal(field) => field.is_absent(),
            Self::Flag(field) => field.is_absent(),
            Self::Presence(field) => field.is_absent(),
            Self::Reference(field, _) => field.is_absent(),
            Self::Raw(value, _) => matches!(value.kind, ValueKind::Null(_)),
            Self::Unknown(..) | Self::Constant(..) | Self::Object(..) | Self::Choice(..) | Self::Map(..) => {
                false
            }
        }
    }
}
