//! What a rule is: facts from its page under `rules/`, and a check from `rules/<family>/<rule>.rs`.

use super::declared::Declared;
use super::finding::Severity;
use super::probe::Probe;
use super::text::{RuleId, Text, Texts};
use crate::model::Stage;
use crate::model::balancer::{Listener, LoadBalancer};
use crate::model::cache::Cache;
use crate::model::database::{Database, DatabaseCluster};
use crate::model::graph::SecurityGroupId;
use crate::model::logs::LogGroup;
use crate::model::network::{SecurityGroup, SecurityGroupRule};
use crate::model::registry::Repository;
use crate::model::schedule::ScheduledTask;
use crate::model::secrets::PasswordUrl;
use crate::model::service::{Service, TaskSet};
use crate::model::task::{Container, TaskDefinition};
use crate::model::workflow::{Job, Workflow};

/// Facts of a rule, from its page. Those of built-in rules are embedded at build time, nothing is parsed at start-up.
#[derive(Debug, Clone)]
pub struct RuleInfo {
    /// Kebab-case, names the bad pattern.
    pub id: RuleId,
    pub family: Text,
    pub title: Text,
    pub severity: Severity,
    pub profile: Profile,
    /// Set where the rule weighs a finding by stage.
    pub stage: Option<StageSeverity>,
    /// Input kinds: `taskdef`, `terraform`, `plan`, `workflow` …
    pub inputs: Texts,
    pub fix: FixKind,
    /// Ids of the same check in other tools and AWS Security Hub.
    pub aliases: Texts,
    /// Documentation of AWS, Terraform or GitHub.
    pub links: Texts,
    /// Why it matters, Markdown.
    pub rationale: Text,
    /// What to do, Markdown.
    pub remediation: Text,
    /// The page itself, YAML.
    pub page: Text,
}

impl RuleInfo {
    /// Where to read more: the first of the rule's documentation links.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.links.first()
    }

    /// What to do in one line: how the remediation begins, unless that is code.
    #[must_use]
    pub fn remedy(&self) -> Option<&str> {
        let first = self.remediation.lines().next().unwrap_or_default().trim_end_matches([':', '.']);
        (!first.is_empty() && !first.starts_with("```")).then_some(first)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    Default,
    /// Opinionated rules, off unless `--profile strict`.
    Strict,
}

impl Profile {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Strict => "strict",
        }
    }
}

/// Severity by stage; `None` where that stage has no finding.
#[derive(Debug, Clone, Copy)]
pub struct StageSeverity {
    pub production: Option<Severity>,
    pub non_production: Option<Severity>,
    pub unknown: Option<Severity>,
}

impl StageSeverity {
    #[must_use]
    pub const fn of(&self, stage: Stage) -> Option<Severity> {
        match stage {
            Stage::Production => self.production,
            Stage::NonProduction => self.non_production,
            Stage::Unknown => self.unknown,
        }
    }
}

/// Whether findings of the rule come with an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixKind {
    None,
    Safe,
    Unsafe,
}

impl FixKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
        }
    }
}

/// A rule that can run.
#[derive(Debug, Clone, Copy)]
pub struct Rule<'c> {
    pub info: &'c RuleInfo,
    pub check: &'c Check,
}

/// The kind of node a rule looks at. The runner calls it once for each; templates of unknown lists included.
#[derive(Debug, Clone)]
pub enum Check {
    /// Found while reading (syntax, evaluation, suppressions), not by looking at the model.
    Input,
    Task(fn(&mut Probe<'_>, &TaskDefinition)),
    Container(fn(&mut Probe<'_>, &TaskDefinition, &Container)),
    Service(fn(&mut Probe<'_>, &Service)),
    ScheduledTask(fn(&mut Probe<'_>, &ScheduledTask)),
    LoadBalancer(fn(&mut Probe<'_>, &LoadBalancer)),
    Listener(fn(&mut Probe<'_>, &Listener)),
    Database(fn(&mut Probe<'_>, &Database)),
    DatabaseCluster(fn(&mut Probe<'_>, &DatabaseCluster)),
    Cache(fn(&mut Probe<'_>, &Cache)),
    LogGroup(fn(&mut Probe<'_>, &LogGroup)),
    Repository(fn(&mut Probe<'_>, &Repository)),
    PasswordUrl(fn(&mut Probe<'_>, &PasswordUrl)),
    TaskSet(fn(&mut Probe<'_>, &TaskSet)),
    SecurityGroup(fn(&mut Probe<'_>, &SecurityGroup)),
    /// Inline rules with their group, and rules that are resources of their own with the group they name, if it is
    /// in the code.
    SecurityGroupRule(fn(&mut Probe<'_>, &SecurityGroupRule, Option<SecurityGroupId>)),
    Workflow(fn(&mut Probe<'_>, &Workflow)),
    Job(fn(&mut Probe<'_>, &Workflow, &Job)),
    /// The `check:` of the rule's page.
    Declared(Declared),
    /// Several looks of one rule, each at its own kind of node.
    Several(&'static [Check]),
}
