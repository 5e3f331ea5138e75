//! Judging the model: rules, the runner, findings, and the one sink through which every finding passes
//! (severity, suppression, selection). No input formats, no presentation.

pub mod baseline;
pub mod change;
pub(crate) mod declared;
pub mod finding;
mod groups;
pub(crate) mod identity;
pub mod policy;
pub mod probe;
pub mod registry;
pub mod rule;
pub mod rules;
pub mod runner;
pub mod secrets;
pub mod sink;
pub mod suppress;
mod text;
mod verdicts;

pub use change::{Arguments, Change, Proposal, Term};
pub use finding::{
    Applicability, Edit, Finding, Fix, Instance, Monthly, Related, Severity, Suppressed, SuppressedBy,
    Undecided,
};
pub use policy::Override;
pub use probe::{Probe, Problem};
pub use registry::{Catalogue, OwnRule};
pub use rule::{Check, FixKind, Profile, Rule, RuleInfo, StageSeverity};
pub use runner::Timing;
pub use text::{RuleId, Text, Texts};
pub use verdicts::{Decision, RuleVerdict, verdicts};

use crate::model::Deployment;
use crate::source::SourceMap;
use policy::Policy;
use sink::{InputReport, Judgement};
use suppress::Ignores;

/// Runs every rule that the policy lets run, and brings problems met while reading and verdicts to one judgement.
#[must_use]
pub fn judge(
    deployment: &Deployment,
    catalogue: &Catalogue,
    input: InputReport,
    policy: &Policy,
    ignores: &Ignores,
    sources: &SourceMap,
) -> Judgement {
    let rules: Vec<Rule<'_>> = catalogue.rules().filter(|rule| policy.runs(rule.info)).collect();
    sink::collect(deployment, &rules, catalogue, input, policy, ignores, sources)
}
