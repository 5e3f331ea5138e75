//! `plimsoll.yaml`: what a team decided once. Typed; every mistake is an error with its place.

mod budgets;
mod config_schema;
mod environments;
mod load;
mod overrides;
mod rule_schema;
pub mod rules;
mod scenarios;

pub use budgets::ConfigBudget;
pub use config_schema::config_schema;
pub use environments::{Environment, VarFile};
pub use load::{find, load};
pub use rule_schema::rule_schema;
pub use scenarios::Scenario;

use std::collections::HashMap;
use std::path::PathBuf;

use crate::cost::hours::Hours;
use crate::lint::suppress::ConfigIgnore;
use crate::lint::{Catalogue, Override, Profile, RuleId, Severity};
use crate::model::Stage;
use crate::source::Span;
use crate::syntax::tree::Node;
use crate::text::closest;

/// Names a configuration file can have.
pub const FILE_NAMES: [&str; 2] = ["plimsoll.yaml", "plimsoll.yml"];

/// The configuration; what is not written is `None` or empty.
#[derive(Debug, Default)]
pub struct Config {
    pub region: Option<(String, Span)>,
    pub stage: Option<Stage>,
    pub profile: Option<Profile>,
    /// Hours a month that things run which can be stopped.
    pub hours: Option<Hours>,
    pub fail_on: Option<FailOn>,
    /// Rules switched off or given another severity, as written.
    pub rules: Vec<RuleChoice>,
    /// `overrides:` in the order written: severities for some paths, stages and environments. Their rules are as
    /// written, see [`Config::overrides`].
    pub overrides: Vec<(Override, Vec<RuleChoice>)>,
    /// `baseline:`, relative to the configuration file.
    pub baseline: Option<(PathBuf, Span)>,
    /// Further files and directories with rules, relative to the configuration file.
    pub rule_paths: Vec<(String, Span)>,
    pub ignores: Vec<ConfigIgnore>,
    /// `environments:` in the order written.
    pub environments: Vec<Environment>,
    /// `budgets:` in the order written.
    pub budgets: Vec<ConfigBudget>,
    /// Whether comments written for other tools are honoured; they are where not written.
    pub ignore_foreign: Option<bool>,
    /// `limits.instances`: instances of one block that are read.
    pub most_instances: Option<usize>,
    /// `scenarios:` in the order written.
    pub scenarios: Vec<Scenario>,
    /// The `usage:` mapping, read by `cost`.
    pub usage: Option<Node>,
}

/// An entry of `rules:`.
#[derive(Debug, Clone)]
pub struct RuleChoice {
    /// The id as written.
    pub rule: String,
    pub span: Span,
    /// `None` switches the rule off.
    pub severity: Option<Severity>,
}

impl Config {
    /// The entries of `rules:` by the ids of `catalogue`.
    ///
    /// # Errors
    /// Names that no rule has.
    pub fn severities(&self, catalogue: &Catalogue) -> Result<Severities, Vec<ConfigError>> {
        let mut errors = Vec::new();
        let severities = by_id(&self.rules, catalogue, &mut errors);
        if errors.is_empty() { Ok(severities) } else { Err(errors) }
    }

    /// The entries of `overrides:` with the ids of `catalogue`.
    ///
    /// # Errors
    /// Names that no rule has.
    pub fn overrides(&self, catalogue: &Catalogue) -> Result<Vec<Override>, Vec<ConfigError>> {
        let mut errors = Vec::new();
        let overrides = self.overrides.iter().map(|(of, rules)| {
            let severities = by_id(rules, catalogue, &mut errors);
            Override { severities, ..of.clone() }
        });
        let overrides = overrides.collect();
        if errors.is_empty() { Ok(overrides) } else { Err(errors) }
    }
}

/// Severities by rule; `None` switches it off.
type Severities = HashMap<RuleId, Option<Severity>>;

fn by_id(choices: &[RuleChoice], catalogue: &Catalogue, errors: &mut Vec<ConfigError>) -> Severities {
    let mut severities = HashMap::new();
    for choice in choices {
        if let Some(info) = catalogue.info(&choice.rule) {
            severities.insert(info.id.clone(), choice.severity);
        } else {
            let known = catalogue.infos().map(|info| &*info.id);
            errors.push(ConfigError {
                span: choice.span,
                message: format!("no rule is called `{}`", choice.rule),
                help: closest(&choice.rule, known).map(|id| format!("did you mean `{id}`?")),
            });
        }
    }
    severities
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
