//! The deployment graph that rules and prices look at, whichever files it came from. Typed nodes, one
//! file a family; no input formats, no verdicts, no money.

pub(crate) mod address;
pub mod balancer;
pub mod budget;
pub mod cache;
pub mod compute;
pub mod database;
pub mod dns;
pub mod field;
pub mod graph;
pub mod iam;
pub mod keys;
pub mod link;
pub mod logs;
pub mod messaging;
pub mod monitoring;
pub mod network;
pub mod registry;
pub mod schedule;
pub mod secrets;
pub mod service;
pub mod stage;
pub mod storage;
pub mod task;
pub mod workflow;

pub use field::{Field, Items, Link, NotKnown, Open, PatternPart, Reference, State, Tri};
pub use graph::{Deployment, Id, Unit};
pub use stage::{Stage, StageOf};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::Span;
use crate::value::{Causes, Origin, Value};

/// What every node of the graph has.
#[derive(Debug, Clone)]
pub struct Meta {
    /// Terraform address (`module.api.aws_ecs_service.this["web"]`), or for files that hold one thing
    /// its own name: the family of a raw task definition, the path of a workflow.
    pub address: Arc<str>,
    /// The resource type (`aws_ecs_service`), or `task-definition`, `workflow`.
    pub kind: Arc<str>,
    /// The header of the block or the start of the object: where absent properties are blamed.
    pub origin: Origin,
    /// The whole block.
    pub block: Span,
    /// Headers of the module calls that lead here, innermost first.
    pub calls: Vec<Span>,
    pub input: Input,
    pub count: Count,
    /// AWS region code, from the provider, an ARN or the command line.
    pub region: Field<String>,
    pub stage: StageOf,
    /// Tags as far as known, provider `default_tags` included.
    pub tags: BTreeMap<Arc<str>, Field<String>>,
    /// Why there may be further tags; empty where all are known.
    pub tags_open: Causes,
    /// Arguments that Terraform does not manage after creation.
    pub ignored: IgnoredChanges,
    /// Which root module or file of the scan it belongs to: links are looked for there first.
    pub unit: Unit,
}

/// The kind of file a node was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Input {
    TaskDefinition,
    Terraform,
    Plan,
    Workflow,
}

/// How many instances a node stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Count {
    One,
    /// Between `low` and `high` (unbounded: `None`) instances.
    Between {
        low: u64,
        high: Option<u64>,
        causes: Causes,
    },
}

impl Count {
    /// Whether the resource exists only for some values of an unknown.
    #[must_use]
    pub fn is_conditional(&self) -> bool {
        matches!(self, Self::Between { low: 0, .. })
    }
}

/// `lifecycle.ignore_changes`.
#[derive(Debug, Clone, Default)]
pub struct IgnoredChanges {
    pub all: bool,
    pub names: Vec<Arc<str>>,
    /// The list, where there is one.
    pub span: Option<Span>,
    /// Why the list is not known; empty where it is.
    pub unsaid: Causes,
}

impl IgnoredChanges {
    #[must_use]
    pub fn covers(&self, argument: &str) -> bool {
        self.all || self.names.iter().any(|name| &**name == argument)
    }
}

/// A resource that no family models: kept so that the estimate can say it is free or not priced yet, and
/// so that rules see what it names.
#[derive(Debug, Clone)]
pub struct Other {
    pub meta: Meta,
    /// Texts and references in its arguments, each under the names that lead there, without positions:
    /// `load_balancer_info.target_group_pair_info.test_traffic_route.listener_arns`.
    pub mentions: Vec<(Arc<str>, Field<Reference>)>,
}

impl Other {
    /// Whether an argument whose path ends in `argument` refers to the resource.
    #[must_use]
    pub fn mentions(&self, argument: &str, meta: &Meta) -> bool {
        self.meta.unit == meta.unit
            && self.mentions.iter().any(|(path, reference)| {
                path.ends_with(argument) && reference.known().is_some_and(|to| to.is_to(&meta.address))
            })
    }
}

/// A Terraform resource as it is written, for rules that look at arguments which no family models.
#[derive(Debug, Clone)]
pub struct RawResource {
    pub meta: Meta,
    /// Arguments and nested blocks as one object; blocks are lists of objects under their name.
    pub arguments: Value,
}

/// A module call that could not be followed: its resources are neither checked nor priced.
#[derive(Debug, Clone)]
pub struct MissingModule {
    pub address: Arc<str>,
    pub source: Arc<str>,
    pub header: Span,
    pub unit: Unit,
}
