//! The `check:` of declarative rules: read once into a typed tree over the model's fields, evaluated with three values.
//! Built-in pages and users' rules are the same. No files here and no Terraform: what is looked at is the model.

mod condition;
mod evaluate;
pub(crate) mod operator;
pub(crate) mod parse;
mod raw;
mod relations;
pub(crate) mod tables;
pub(crate) mod view;

use std::sync::{Arc, OnceLock};

pub(crate) use condition::{Check, Fix};
pub(crate) use evaluate::World;

use crate::source::{FileId, SourceMap};
use crate::syntax::json;

/// The `check:` of a built-in page: prepared as JSON at build time, read when a run first has a node for it.
#[derive(Debug)]
pub struct BuiltIn {
    /// Kinds it looks at.
    pub(crate) kinds: &'static [&'static str],
    pub(crate) json: &'static str,
    read: OnceLock<Vec<Check>>,
}

impl BuiltIn {
    pub(crate) const fn new(kinds: &'static [&'static str], json: &'static str) -> Self {
        Self { kinds, json, read: OnceLock::new() }
    }

    /// Empty for a page that is wrong, which a test rules out.
    pub(crate) fn checks(&self) -> &[Check] {
        self.read.get_or_init(|| self.parse().unwrap_or_default())
    }

    pub(crate) fn parse(&self) -> Result<Vec<Check>, Vec<parse::Mistake>> {
        let parsed = json::parse(self.json, pseudo_file(), false);
        match parsed.documents.first() {
            Some(document) => parse::checks(document, &parse::NoSchema),
            None => Ok(Vec::new()),
        }
    }
}

/// A file for spans that nobody looks up.
fn pseudo_file() -> FileId {
    SourceMap::default().add_pseudo("check", "")
}

/// What a declarative rule looks at.
#[derive(Debug, Clone)]
pub enum Declared {
    BuiltIn(&'static BuiltIn),
    Own(Arc<OwnChecks>),
}

/// The checks of a user's rule.
#[derive(Debug)]
pub struct OwnChecks(pub(crate) Vec<Check>);

impl Declared {
    /// The checks, where the deployment has something for them to look at.
    pub(crate) fn checks(&self, has_nodes: impl Fn(&str) -> bool) -> &[Check] {
        match self {
            Self::BuiltIn(built_in) if built_in.kinds.iter().any(|kind| has_nodes(kind)) => built_in.checks(),
            Self::BuiltIn(_) => &[],
            Self::Own(own) => &own.0,
        }
    }
}
