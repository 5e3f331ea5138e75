//! What is not known, why, and what is known of it nevertheless.

use std::fmt;
use std::sync::Arc;

use super::{Built, Number, Type, Value};

/// A value that cannot be known from the files alone.
#[derive(Debug, Clone)]
pub struct Unknown {
    pub ty: Type,
    pub causes: Causes,
    /// Whether every completion is non-null.
    pub not_null: bool,
    /// Known start of a string.
    pub prefix: Option<Arc<str>>,
    /// Bounds of a collection's length, inclusive.
    pub length: (Option<u64>, Option<u64>),
    /// Bounds of a number, inclusive.
    pub range: (Option<Number>, Option<Number>),
    /// When not empty, every completion is one of these (at most [`Unknown::MOST_ALTERNATIVES`]).
    pub alternatives: Vec<Value>,
    /// Structure of a string with unknown parts.
    pub built: Option<Arc<Built>>,
}

impl Unknown {
    /// More alternatives than this are forgotten.
    pub const MOST_ALTERNATIVES: usize = 8;

    #[must_use]
    pub fn new(causes: Causes) -> Self {
        Self {
            ty: Type::Dynamic,
            causes,
            not_null: false,
            prefix: None,
            length: (None, None),
            range: (None, None),
            alternatives: Vec::new(),
            built: None,
        }
    }

    #[must_use]
    pub fn of_type(causes: Causes, ty: Type) -> Self {
        Self { ty, ..Self::new(causes) }
    }
}

/// Why something is unknown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// Decided by AWS when the resource is created.
    Computed { address: Arc<str>, attribute: Arc<str> },
    /// Read from outside by a data source.
    Data { address: Arc<str>, attribute: Arc<str> },
    /// A root variable without value. `name` is the variable's name.
    MissingVariable { name: Arc<str> },
    /// A module whose source is not in the repository (registry, git).
    UnresolvedModule { source: Arc<str> },
    /// A file that is not there, or outside the scanned root.
    MissingFile { path: Arc<str> },
    /// Something Plimsoll does not evaluate: an impure function, a workflow expression.
    Unsupported { what: Arc<str> },
    /// Terraform itself would stop here; reported as a finding of its own.
    Error { message: Arc<str> },
    /// One of Plimsoll's limits was reached.
    Limit { what: Arc<str> },
}

impl Cause {
    /// The kind as written in JSON.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Computed { .. } => "computed",
            Self::Data { .. } => "data",
            Self::MissingVariable { .. } => "missing-variable",
            Self::UnresolvedModule { .. } => "unresolved-module",
            Self::MissingFile { .. } => "missing-file",
            Self::Unsupported { .. } => "unsupported",
            Self::Error { .. } => "error",
            Self::Limit { .. } => "limit",
        }
    }

    /// What the cause is about, as written in JSON: an address with attribute, a variable name, a path …
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Computed { address, attribute } | Self::Data { address, attribute } => {
                if attribute.is_empty() { address.to_string() } else { format!("{address}.{attribute}") }
            }
            Self::MissingVariable { name } => name.to_string(),
            Self::UnresolvedModule { source } => source.to_string(),
            Self::MissingFile { path } => path.to_string(),
            Self::Unsupported { what } | Self::Limit { what } => what.to_string(),
            Self::Error { message } => message.to_string(),
        }
    }

    /// What a person can do to have it decided; `None` where nothing in the files can.
    #[must_use]
    pub fn decide_with(&self) -> Option<String> {
        match self {
            Self::MissingVariable { name } => Some(format!("--var {name}=… or --var-file")),
            Self::UnresolvedModule { .. } => {
                Some("run `terraform init`, which vendors the module".to_owned())
            }
            Self::MissingFile { path } => Some(format!("add the file {path}")),
            Self::Computed { .. } => Some("a plan after the resource exists".to_owned()),
            Self::Data { .. } => Some("a plan, in which data sources are read".to_owned()),
            Self::Error { .. } => Some("correct the value there".to_owned()),
            Self::Unsupported { .. } | Self::Limit { .. } => None,
        }
    }
}

impl fmt::Display for Cause {
    /// A clause for people: ``var.image has no value``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        match self {
            Self::Computed { .. } => write!(f, "`{name}` is known only after apply"),
            Self::Data { .. } => write!(f, "`{name}` is read from outside"),
            Self::MissingVariable { .. } => write!(f, "`var.{name}` has no value"),
            Self::UnresolvedModule { .. } => write!(f, "module `{name}` is not in the repository"),
            Self::MissingFile { .. } => write!(f, "file `{name}` is not there"),
            Self::Unsupported { .. } => write!(f, "`{name}` cannot be known from the files"),
            Self::Error { .. } => write!(f, "an error: {name}"),
            Self::Limit { .. } => write!(f, "a limit was reached: {name}"),
        }
    }
}

/// A small set of causes, in order of first appearance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Causes(Vec<Cause>);

impl Causes {
    /// More causes than this are not kept.
    const MOST: usize = 8;

    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn one(cause: Cause) -> Self {
        Self(vec![cause])
    }

    pub fn add(&mut self, cause: Cause) {
        if self.0.len() < Self::MOST && !self.0.contains(&cause) {
            self.0.push(cause);
        }
    }

    pub fn add_all(&mut self, other: &Causes) {
        other.0.iter().for_each(|cause| self.add(cause.clone()));
    }

    #[must_use]
    pub fn and(mut self, other: &Causes) -> Self {
        self.add_all(other);
        self
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Cause> {
        self.0.iter()
    }

    #[must_use]
    pub fn first(&self) -> Option<&Cause> {
        self.0.first()
    }
}
