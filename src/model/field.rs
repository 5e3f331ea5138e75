//! Values of the model: known, unknown or absent, and three-valued answers about them.
//!
//! A rule or a price cannot forget a case: there is no way to a plain `T` that does not name what
//! happens when it is unknown or absent.

use std::sync::Arc;

use crate::source::Span;
use crate::value::{Cause, Causes, Origin};

/// One property of a model node, with the place a person would edit to change it. For an absent
/// property that is the header of the enclosing block or object.
#[derive(Debug, Clone)]
pub struct Field<T> {
    pub state: State<T>,
    pub origin: Origin,
    /// Terraform's `sensitive` mark.
    pub sensitive: bool,
}

#[derive(Debug, Clone)]
pub enum State<T> {
    Known(T),
    /// In a box: most fields are known, and each would have the room for what is known of an unknown one.
    Unknown(Box<NotKnown<T>>),
    Absent,
}

impl<T> State<T> {
    #[must_use]
    pub fn unknown(of: NotKnown<T>) -> Self {
        Self::Unknown(Box::new(of))
    }
}

/// What is known of something unknown.
#[derive(Debug, Clone)]
pub struct NotKnown<T> {
    pub causes: Causes,
    /// When not empty, the value is one of these.
    pub alternatives: Vec<T>,
    /// Of a string: its known and unknown parts in order.
    pub pattern: Option<Arc<[PatternPart]>>,
    /// Every value it may turn out to have is a value: it is not null.
    pub not_null: bool,
}

/// A part of a partly known string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatternPart {
    Known(Arc<str>),
    Hole,
}

/// A three-valued answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tri {
    Yes,
    No,
    /// It depends on what is not known.
    Maybe(Causes),
}

impl Tri {
    #[must_use]
    pub fn is_yes(&self) -> bool {
        matches!(self, Self::Yes)
    }

    #[must_use]
    pub fn is_no(&self) -> bool {
        matches!(self, Self::No)
    }

    #[must_use]
    pub fn and(self, other: Tri) -> Tri {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, answer) | (answer, Self::Yes) => answer,
            (Self::Maybe(a), Self::Maybe(b)) => Self::Maybe(a.and(&b)),
        }
    }

    #[must_use]
    pub fn or(self, other: Tri) -> Tri {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, answer) | (answer, Self::No) => answer,
            (Self::Maybe(a), Self::Maybe(b)) => Self::Maybe(a.and(&b)),
        }
    }

    #[must_use]
    pub fn negate(self) -> Tri {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Maybe(causes) => Self::Maybe(causes),
        }
    }
}

impl From<bool> for Tri {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

impl<T> Field<T> {
    #[must_use]
    pub fn known_at(value: T, origin: Origin) -> Self {
        Self { state: State::Known(value), origin, sensitive: false }
    }

    /// Absent; `origin` is the header of what encloses the property.
    #[must_use]
    pub fn absent(origin: Origin) -> Self {
        Self { state: State::Absent, origin, sensitive: false }
    }

    #[must_use]
    pub fn unknown(causes: Causes, origin: Origin) -> Self {
        let state =
            State::unknown(NotKnown { causes, alternatives: Vec::new(), pattern: None, not_null: false });
        Self { state, origin, sensitive: false }
    }

    #[must_use]
    pub fn span(&self) -> Span {
        self.origin.span
    }

    /// The value when it is certain: for "flag only when known".
    #[must_use]
    pub fn known(&self) -> Option<&T> {
        match &self.state {
            State::Known(value) => Some(value),
            State::Unknown(_) | State::Absent => None,
        }
    }

    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self.state, State::Absent)
    }

    /// Whether the property is written at all; an unknown value may still turn out to be null.
    #[must_use]
    pub fn is_written(&self) -> bool {
        !self.is_absent()
    }

    #[must_use]
    pub fn not_known(&self) -> Option<&NotKnown<T>> {
        match &self.state {
            State::Unknown(unknown) => Some(unknown),
            State::Known(_) | State::Absent => None,
        }
    }

    /// Why the value is unknown; empty when it is known or absent.
    #[must_use]
    pub fn causes(&self) -> Causes {
        self.not_known().map_or_else(Causes::none, |unknown| unknown.causes.clone())
    }

    /// Whether `test` holds; `if_absent` answers for an absent property (the documented default).
    /// An unknown value is decided when all its alternatives agree.
    pub fn holds(&self, if_absent: bool, test: impl Fn(&T) -> bool) -> Tri {
        match &self.state {
            State::Known(value) => test(value).into(),
            State::Absent => if_absent.into(),
            State::Unknown(unknown) => unknown.holds(test),
        }
    }

    /// Whether the property has a value (is neither absent nor null).
    #[must_use]
    pub fn is_set(&self) -> Tri {
        match &self.state {
            State::Known(_) => Tri::Yes,
            State::Absent => Tri::No,
            State::Unknown(unknown) if unknown.not_null || !unknown.alternatives.is_empty() => Tri::Yes,
            State::Unknown(unknown) => Tri::Maybe(unknown.causes.clone()),
        }
    }

    /// Every value the property may have, with `if_absent` for an absent one; the causes when they cannot be listed.
    ///
    /// # Errors
    /// The causes of the unknown.
    pub fn possible<'a>(&'a self, if_absent: Option<&'a T>) -> Result<Vec<&'a T>, Causes> {
        match &self.state {
            State::Known(value) => Ok(vec![value]),
            State::Absent => Ok(if_absent.into_iter().collect()),
            State::Unknown(unknown) if !unknown.alternatives.is_empty() => {
                Ok(unknown.alternatives.iter().collect())
            }
            State::Unknown(unknown) => Err(unknown.causes.clone()),
        }
    }

    /// The same field with its value changed.
    #[must_use]
    pub fn map<U>(self, change: impl Fn(T) -> U) -> Field<U> {
        let state = match self.state {
            State::Known(value) => State::Known(change(value)),
            State::Absent => State::Absent,
            State::Unknown(unknown) => State::unknown(NotKnown {
                causes: unknown.causes,
                alternatives: unknown.alternatives.into_iter().map(change).collect(),
                pattern: unknown.pattern,
                not_null: unknown.not_null,
            }),
        };
        Field { state, origin: self.origin, sensitive: self.sensitive }
    }
}

impl<T> NotKnown<T> {
    /// Whether `test` holds for every alternative; undecided without alternatives.
    pub fn holds(&self, test: impl Fn(&T) -> bool) -> Tri {
        let mut answers = self.alternatives.iter().map(test);
        match answers.next() {
            Some(first) if answers.all(|answer| answer == first) => first.into(),
            _ => Tri::Maybe(self.causes.clone()),
        }
    }

    /// Known text at the start of a partly known string.
    #[must_use]
    pub fn known_start(&self) -> Option<&str> {
        match self.pattern.as_deref()?.first()? {
            PatternPart::Known(text) => Some(text),
            PatternPart::Hole => None,
        }
    }

    /// Known text at the end of a partly known string.
    #[must_use]
    pub fn known_end(&self) -> Option<&str> {
        match self.pattern.as_deref()?.last()? {
            PatternPart::Known(text) => Some(text),
            PatternPart::Hole => None,
        }
    }
}

/// A list property. `open` says that further items exist or may exist which are not known.
#[derive(Debug, Clone)]
pub struct Items<T> {
    pub items: Vec<T>,
    pub open: Option<Open<T>>,
    pub origin: Origin,
    /// The property is not written at all.
    pub absent: bool,
}

/// The unknown part of a list: any number of further items.
#[derive(Debug, Clone)]
pub struct Open<T> {
    pub causes: Causes,
    /// What each further item looks like, when that is known.
    pub template: Option<Box<T>>,
}

impl<T> Items<T> {
    #[must_use]
    pub fn absent(origin: Origin) -> Self {
        Self { items: Vec::new(), open: None, origin, absent: true }
    }

    #[must_use]
    pub fn known(items: Vec<T>, origin: Origin) -> Self {
        Self { items, open: None, origin, absent: false }
    }

    /// A list of which nothing is known.
    #[must_use]
    pub fn unknown(causes: Causes, origin: Origin) -> Self {
        Self { items: Vec::new(), open: Some(Open { causes, template: None }), origin, absent: false }
    }

    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    /// Items known to exist, and the template of those that may.
    pub fn with_template(&self) -> impl Iterator<Item = &T> {
        self.items.iter().chain(self.open.as_ref().and_then(|open| open.template.as_deref()))
    }

    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.open.is_none()
    }

    /// Whether some item satisfies `test`.
    pub fn any(&self, test: impl Fn(&T) -> Tri) -> Tri {
        let known = self.items.iter().map(&test).fold(Tri::No, Tri::or);
        match &self.open {
            None => known,
            Some(open) => {
                let rest = match open.template.as_deref().map(&test) {
                    Some(Tri::No) => Tri::No,
                    _ => Tri::Maybe(open.causes.clone()),
                };
                known.or(rest)
            }
        }
    }

    /// Whether every item satisfies `test`; yes for an empty list.
    pub fn all(&self, test: impl Fn(&T) -> Tri) -> Tri {
        self.any(|item| test(item).negate()).negate()
    }

    /// Whether there is no item.
    #[must_use]
    pub fn is_empty(&self) -> Tri {
        self.any(|_| Tri::Yes).negate()
    }

    /// Why the list is not wholly known; empty when it is.
    #[must_use]
    pub fn causes(&self) -> Causes {
        self.open.as_ref().map_or_else(Causes::none, |open| open.causes.clone())
    }
}

impl<'a, T> IntoIterator for &'a Items<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

/// What a property refers to: another resource by identity, or something by name or ARN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Address of the resource (`module.a.aws_lb.this`) and the attribute read from it.
    pub target: Option<(Arc<str>, Arc<str>)>,
    /// The name, ARN or URL, when the text is known.
    pub text: Option<Arc<str>>,
    /// The text's known and unknown parts, where it is partly known.
    pub pattern: Option<Arc<[PatternPart]>>,
    /// Addresses of data sources that the value was made from, beside what it refers to.
    pub data_sources: Arc<[Arc<str>]>,
}

impl Reference {
    /// Whether it refers to the resource at `address`, by identity.
    #[must_use]
    pub fn is_to(&self, address: &str) -> bool {
        self.target.as_ref().is_some_and(|(target, _)| &**target == address)
    }
}

/// A resolved [`Reference`].
#[derive(Debug, Clone, Default)]
pub enum Link<I> {
    To(I),
    /// The name is known, and nothing in the scan has it.
    NotFound(Arc<str>),
    /// What is meant is not known.
    Unknown(Causes),
    #[default]
    Absent,
}

impl<I: Copy> Link<I> {
    #[must_use]
    pub fn to(&self) -> Option<I> {
        match self {
            Self::To(id) => Some(*id),
            Self::NotFound(_) | Self::Unknown(_) | Self::Absent => None,
        }
    }
}

/// The cause used where a workflow or template expression cannot be followed.
#[must_use]
pub fn unsupported(what: impl Into<Arc<str>>) -> Causes {
    Causes::one(Cause::Unsupported { what: what.into() })
}
