//! Where a leaf was written and how it reached the place where it is used.

use std::sync::Arc;

use crate::source::Span;

/// The longest way that is remembered; what is further out is dropped.
const LONGEST_WAY: usize = 12;

/// Where a value was written, and the way from there to its use.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The literal, or the expression that computed the value: what a person would edit.
    pub span: Span,
    /// Steps from the use (outermost, first) down to the leaf.
    pub via: Option<Arc<Via>>,
}

/// One step of the way from a leaf to its use.
#[derive(Debug)]
pub struct Via {
    pub step: Step,
    /// The place of the step: the reference `var.image`, the module argument …
    pub span: Span,
    /// The next step inwards, nearer to the leaf.
    pub next: Option<Arc<Via>>,
}

/// What a value went through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Read through `var.name`.
    Variable(Arc<str>),
    /// Read through `local.name`.
    Local(Arc<str>),
    /// Read through `module.call.name`.
    Output(Arc<str>),
    /// Passed as an argument of a module call.
    Argument(Arc<str>),
    /// Read from an attribute of a resource or data source: the identity of that resource.
    Attribute { address: Arc<str>, attribute: Arc<str> },
    /// Result of a function, or passed through one.
    Function(Arc<str>),
    /// Rendered from a template file.
    Template(Arc<str>),
    /// `each.value`, `each.key`, `count.index` or the iterator of a dynamic block.
    Each,
}

impl Origin {
    #[must_use]
    pub fn at(span: Span) -> Self {
        Self { span, via: None }
    }

    /// The same leaf, one step further out.
    #[must_use]
    pub fn via(&self, step: Step, span: Span) -> Self {
        if self.steps().count() >= LONGEST_WAY {
            return self.clone();
        }
        Self { span: self.span, via: Some(Arc::new(Via { step, span, next: self.via.clone() })) }
    }

    /// This origin as part of a whole that itself went through `whole`'s steps.
    #[must_use]
    pub fn reached_through(&self, whole: &Origin) -> Self {
        if whole.via.is_none() {
            return self.clone();
        }
        if self.via.is_none() {
            // Nothing lies below the steps of the whole: they can be shared.
            return Self { span: self.span, via: whole.via.clone() };
        }
        let outer: Vec<_> = whole.steps().collect();
        outer.iter().rev().fold(self.clone(), |origin, via| origin.via(via.step.clone(), via.span))
    }

    /// Where the value is used: the outermost step of its way, or the leaf itself.
    #[must_use]
    pub fn use_site(&self) -> Span {
        self.via.as_ref().map_or(self.span, |via| via.span)
    }

    /// Steps from the use inwards.
    pub fn steps(&self) -> impl Iterator<Item = &Via> {
        std::iter::successors(self.via.as_deref(), |via| via.next.as_deref())
    }

    /// Where the outermost resource attribute is referred to, for a value that was read from one; else the
    /// leaf. It is what a person edits to refer to something else.
    #[must_use]
    pub fn reference(&self) -> Self {
        let outer: Vec<_> =
            self.steps().take_while(|via| !matches!(via.step, Step::Attribute { .. })).collect();
        match self.steps().nth(outer.len()) {
            Some(attribute) => outer
                .iter()
                .rev()
                .fold(Self::at(attribute.span), |origin, via| origin.via(via.step.clone(), via.span)),
            None => self.clone(),
        }
    }

    /// The outermost resource attribute that the value was read from: what it refers to.
    #[must_use]
    pub fn attribute(&self) -> Option<(&Arc<str>, &Arc<str>)> {
        self.steps().find_map(|via| match &via.step {
            Step::Attribute { address, attribute } => Some((address, attribute)),
            _ => None,
        })
    }
}
