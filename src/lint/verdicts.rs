//! What every rule says of every resource, passes included, before severity, selection and suppression: for
//! proofs that verdicts agree with each other. Reports are made from [`judge`](super::judge).

use std::sync::Arc;

use super::probe::Outcome;
use super::registry::Catalogue;
use super::rule::Rule;
use super::runner;
use super::text::RuleId;
use crate::model::{Deployment, Stage};

/// How a rule decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    Pass,
    Fail,
    Undecided,
}

/// One answer of a rule about one resource or a part of it. A rule that is not applicable gives none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleVerdict {
    pub rule: RuleId,
    /// Address of the resource.
    pub address: Arc<str>,
    /// `container api`, where the rule looks at parts.
    pub element: Option<String>,
    pub decision: Decision,
    /// Whether the resource exists only for some values of an unknown: a failure holds if it does.
    pub conditional: bool,
    /// Stage of the resource as inferred: rules may be off in a stage.
    pub stage: Stage,
    /// What fails, or the causes that leave it undecided; empty where it passes.
    pub reason: String,
}

/// Runs all rules, those of the strict profile too; in order of rule, then as the rule looked.
#[must_use]
pub fn verdicts(deployment: &Deployment, catalogue: &Catalogue) -> Vec<RuleVerdict> {
    let mut all = Vec::new();
    let rules: Vec<Rule<'_>> = catalogue.rules().collect();
    let begun = vec![(); rules.len()];
    for of_rule in runner::run(deployment, &rules, begun, |(), of_rule| of_rule) {
        for verdict in of_rule.verdicts {
            let (decision, reason) = match verdict.outcome {
                Outcome::Pass(_) => (Decision::Pass, String::new()),
                Outcome::Fail(problem, _) => (Decision::Fail, problem.message),
                Outcome::Undecided(causes, _) => (Decision::Undecided, format!("{causes:?}")),
            };
            all.push(RuleVerdict {
                rule: of_rule.rule.id.clone(),
                address: verdict.meta.address.clone(),
                element: verdict.element,
                decision,
                stage: verdict.meta.stage.stage,
                conditional: verdict.meta.count.is_conditional(),
                reason,
            });
        }
    }
    all
}
