//! What judging produces: findings, undecided checks, suppressed findings.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde::Serialize;

use super::change::Proposal;
use super::text::RuleId;
use crate::model::{Meta, StageOf};
use crate::source::Span;
use crate::value::Cause;

/// How bad a finding is; ordered from harmless to harmful.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Info,
    Warning,
    Error,
}

impl Severity {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// One step less harmful; `Info` stays.
    #[must_use]
    pub const fn lower(self) -> Self {
        match self {
            Self::Error => Self::Warning,
            Self::Warning | Self::Info => Self::Info,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "error" => Ok(Self::Error),
            "warning" => Ok(Self::Warning),
            "info" => Ok(Self::Info),
            _ => Err(()),
        }
    }
}

/// One cause, reported once, with every instance it affects.
#[derive(Debug, Clone)]
pub struct Finding {
    pub rule: RuleId,
    pub severity: Severity,
    /// One sentence without a final full stop. Never holds a secret value.
    pub message: String,
    /// What to do, when it is more than the rule's own remediation.
    pub help: Option<String>,
    /// The place a person would edit.
    pub primary: Span,
    pub related: Vec<Related>,
    /// Affected resources, in order of address; the first is the `resource` of reports.
    pub instances: Vec<Instance>,
    /// The part of the resource: `container api`, `ingress rule 2`.
    pub element: Option<String>,
    /// What tells findings of one element apart: the name of a variable, never its value.
    pub part: Option<String>,
    pub stage: StageOf,
    /// The resource exists only for some values of an unknown.
    pub conditional: bool,
    /// What would remove it, as the rule says; [`fix`](Self::fix) is made of it.
    pub proposal: Option<Proposal>,
    pub fix: Option<Fix>,
    pub monthly: Option<Monthly>,
    pub fingerprint: String,
}

impl Finding {
    /// Related places that a finding can have; further ones are left out.
    const MOST_RELATED: usize = 8;

    /// A finding of one instance, with nothing but what every finding has.
    #[must_use]
    pub fn new(
        rule: RuleId,
        severity: Severity,
        message: impl Into<String>,
        primary: Span,
        instance: Instance,
    ) -> Self {
        Self {
            rule,
            severity,
            message: message.into(),
            help: None,
            primary,
            related: Vec::new(),
            instances: vec![instance],
            element: None,
            part: None,
            stage: StageOf::default(),
            conditional: false,
            proposal: None,
            fix: None,
            monthly: None,
            fingerprint: String::new(),
        }
    }

    /// Adds places that are not there yet, as far as there is room.
    pub fn add_related(&mut self, related: impl IntoIterator<Item = Related>) {
        for place in related {
            let is_known = place.span == self.primary || self.related.iter().any(|of| of.span == place.span);
            if !is_known && self.related.len() < Self::MOST_RELATED {
                self.related.push(place);
            }
        }
    }

    /// Leaves only these instances, and the related places that are theirs.
    pub fn keep_instances(&mut self, instances: Vec<Instance>) {
        self.related.retain(|related| {
            let is_theirs =
                |of: &Instance| of.places.contains(&related.span) || of.block.contains(&related.span);
            instances.iter().any(is_theirs)
        });
        self.instances = instances;
    }

    /// Adds an affected resource, or further places of one that is there already; whether it is new.
    pub fn add_instance(&mut self, instance: Instance) -> bool {
        let same = |known: &&mut Instance| known.address == instance.address && known.block == instance.block;
        match self.instances.iter_mut().find(same) {
            Some(known) => {
                for place in instance.places {
                    if !known.places.contains(&place) {
                        known.places.push(place);
                    }
                }
                false
            }
            None => {
                self.instances.push(instance);
                true
            }
        }
    }
}

/// An affected resource, with the places at which it can be suppressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    pub address: Arc<str>,
    /// Its block, and the headers of the module calls that lead to it, innermost first.
    pub block: Vec<Span>,
    /// Further places that lead from the cause to this instance, and to it alone.
    pub places: Vec<Span>,
}

impl Instance {
    #[must_use]
    pub fn of(meta: &Meta) -> Self {
        let block = std::iter::once(meta.block).chain(meta.calls.iter().copied()).collect();
        Self { address: meta.address.clone(), block, places: Vec::new() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    pub span: Span,
    pub message: String,
}

/// Text edits that remove the finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    pub applicability: Applicability,
    pub edits: Vec<Edit>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// Keeps the meaning that the author wants.
    Safe,
    /// May change behaviour in a way the author must agree to.
    Unsafe,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

/// What a finding costs a month (positive) or its fix saves (negative), in USD.
#[derive(Debug, Clone)]
pub struct Monthly {
    pub amount: Decimal,
    pub basis: String,
}

/// Checks of one rule that one cause keeps from being decided.
#[derive(Debug, Clone)]
pub struct Undecided {
    pub rule: RuleId,
    pub cause: Cause,
    /// The first place in question.
    pub span: Span,
    pub instances: Vec<Arc<str>>,
}

/// A finding that is not reported, and why.
#[derive(Debug, Clone)]
pub struct Suppressed {
    pub finding: Finding,
    pub by: SuppressedBy,
    pub reason: Option<String>,
    /// ISO date after which it is reported again.
    pub until: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SuppressedBy {
    Comment,
    Config,
    Baseline,
    /// A comment written for another tool.
    Foreign,
}
