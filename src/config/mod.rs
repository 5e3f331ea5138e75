//! `plimsoll.yaml`: what a team decided once. Typed; every mistake is an error with its place.

mod environments;
mod load;
mod overrides;

pub use environments::{Environment, VarFile};
pub use load::{find, load};

use std::collections::HashMap;
use std::path::PathBuf;

use rust_decimal::Decimal;

use crate::lint::suppress::ConfigIgnore;
use crate::lint::{Override, Profile, Severity};
use crate::model::Stage;
use crate::source::Span;
use crate::syntax::tree::Node;

/// Names a configuration file can have.
pub const FILE_NAMES: [&str; 2] = ["plimsoll.yaml", "plimsoll.yml"];

/// The configuration; what is not written is `None` or empty.
#[derive(Debug, Default)]
pub struct Config {
    pub region: Option<(String, Span)>,
    pub stage: Option<Stage>,
    pub profile: Option<Profile>,
    /// Hours a month that things run, 0 to 744.
    pub hours: Option<Decimal>,
    pub fail_on: Option<FailOn>,
    /// Rules switched off (`None`) or given another severity, by id.
    pub rules: HashMap<&'static str, Option<Severity>>,
    /// `overrides:` in the order written: severities for some paths, stages and environments.
    pub overrides: Vec<Override>,
    /// `baseline:`, relative to the configuration file.
    pub baseline: Option<(PathBuf, Span)>,
    pub ignores: Vec<ConfigIgnore>,
    /// `environments:` in the order written.
    pub environments: Vec<Environment>,
    /// Whether comments written for other tools are honoured; they are where not written.
    pub ignore_foreign: Option<bool>,
    /// `limits.instances`: instances of one block that are read.
    pub most_instances: Option<usize>,
    /// The `usage:` mapping, read by `cost`.
    pub usage: Option<Node>,
}

/// From which severity on findings fail the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    Severity(Severity),
    Never,
}

impl FailOn {
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "never" { Some(Self::Never) } else { name.parse().ok().map(Self::Severity) }
    }

    #[must_use]
    pub fn fails(self, severity: Severity) -> bool {
        match self {
            Self::Never => false,
            Self::Severity(least) => severity >= least,
        }
    }
}

/// A mistake in the configuration.
#[derive(Debug, Clone)]
pub struct ConfigError {
    pub span: Span,
    pub message: String,
    pub help: Option<String>,
}
