//! What a `check:` is after reading: conditions over typed paths.

use std::sync::Arc;

use super::operator::Test;
use super::tables::Selectable;
use crate::lint::{Applicability, Severity, Term};

/// One check of a rule: what it looks at, what must or must not hold there, and its words.
#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) select: Select,
    /// The list in the node whose items are looked at one by one.
    pub(crate) each: Option<Path>,
    /// Where the check applies.
    pub(crate) when: Option<Condition>,
    pub(crate) condition: Condition,
    /// Whether the condition describes what is wrong, not what is right.
    pub(crate) forbids: bool,
    /// The attribute to blame; otherwise the one that decided.
    pub(crate) at: Option<Path>,
    pub(crate) message: Message,
    /// The message where the blamed attribute is absent.
    pub(crate) message_absent: Option<Message>,
    pub(crate) help: Option<Message>,
    pub(crate) severity: Option<Severity>,
    pub(crate) fix: Option<Fix>,
}

/// An argument that is set to a value, as the file writes it.
#[derive(Debug, Clone)]
pub(crate) struct Fix {
    pub(crate) argument: Arc<str>,
    pub(crate) value: Term,
    pub(crate) applicability: Applicability,
}

#[derive(Debug)]
pub(crate) enum Select {
    Kind(&'static Selectable),
    /// A Terraform resource type.
    Resource(Arc<str>),
}

#[derive(Debug)]
pub(crate) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Attribute {
        path: Path,
        /// Of several items on the path every one must pass, not just one.
        every: bool,
        test: Test,
    },
    /// Some (or every) item of a list meets a condition of its own.
    Items {
        path: Path,
        every: bool,
        condition: Box<Condition>,
    },
    Connected {
        to: Select,
        negated: bool,
        condition: Option<Box<Condition>>,
    },
}

/// The way to an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) steps: Vec<Step>,
    /// The last name in it.
    pub(crate) name: Option<String>,
    /// The value may be a secret.
    pub(crate) secret: bool,
    /// Decided by the provider where the configuration does not write it.
    pub(crate) computed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Position in the kind's table.
    Attribute(usize),
    /// A name in a map or a document.
    Key(Arc<str>),
    /// Every item of a list.
    Each,
    /// The node that the part belongs to.
    Parent,
    Meta(MetaAttribute),
}

/// What every node has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MetaAttribute {
    Address,
    ResourceType,
    Region,
    Stage,
    Tags,
}

pub(crate) const META: [(&str, MetaAttribute); 5] = [
    ("address", MetaAttribute::Address),
    ("resource_type", MetaAttribute::ResourceType),
    ("region", MetaAttribute::Region),
    ("stage", MetaAttribute::Stage),
    ("tags", MetaAttribute::Tags),
];

/// Words with places for values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message(pub(crate) Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Words(String),
    Value(Path),
}
