//! Runs rules over the deployment: every node of the kinds a rule asks for, rules in parallel, results
//! in a fixed order.

use std::time::{Duration, Instant};

use rayon::prelude::*;

use super::declared::{Declared, World};
use super::probe::{Probe, Verdict, container_element};
use super::rule::{Check, Rule};
use super::text::RuleId;
use crate::model::graph::SecurityGroupId;
use crate::model::network::Direction;
use crate::model::{Deployment, Id, Items, Meta};

/// Steps that all rules of the user may take together: about ten seconds of one processor.
const MOST_STEPS: u64 = 50_000_000;

/// All verdicts of one rule.
#[derive(Debug)]
pub(super) struct RuleVerdicts<'a> {
    pub(super) rule: &'a super::RuleInfo,
    pub(super) verdicts: Vec<Verdict<'a>>,
    pub(super) looked: usize,
    pub(super) took: Duration,
}

/// What a rule cost. Says nothing about the deployment, and is never part of a report.
#[derive(Debug, Clone)]
pub struct Timing {
    pub rule: RuleId,
    /// Nodes, and parts of nodes, that the rule was shown.
    pub looked: usize,
    /// On the thread it ran on.
    pub took: Duration,
}

impl RuleVerdicts<'_> {
    pub(super) fn timing(&self) -> Timing {
        Timing { rule: self.rule.id.clone(), looked: self.looked, took: self.took }
    }
}

/// Runs the rules, and on the same thread what is to be made of the verdicts of each, with what was `begun` for it. The
/// result has the order of `rules`, as `begun` has.
pub(super) fn run<'a, B: Send, T: Send>(
    deployment: &'a Deployment,
    rules: &[Rule<'a>],
    begun: Vec<B>,
    then: impl Fn(B, RuleVerdicts<'a>) -> T + Sync,
) -> Vec<T> {
    let world = World::new(deployment);
    let own = rules.iter().filter(|rule| matches!(rule.check, Check::Declared(Declared::Own(_)))).count();
    // Shared evenly, so that the same rules come to the same end whichever runs first.
    let steps = MOST_STEPS / u64::try_from(own.max(1)).unwrap_or(u64::MAX);
    let rules = rules.par_iter().zip(begun);
    rules.map(|(rule, begun)| then(begun, run_rule(deployment, &world, *rule, steps))).collect()
}

/// `steps`: how many the rule may take, if it is the user's.
fn run_rule<'a>(
    deployment: &'a Deployment,
    world: &World<'a>,
    rule: Rule<'a>,
    steps: u64,
) -> RuleVerdicts<'a> {
    let start = Instant::now();
    let mut verdicts = Vec::new();
    let looked = match rule.check {
        Check::Declared(declared) => {
            let steps = if matches!(declared, Declared::Own(_)) { steps } else { u64::MAX };
            world.run(rule.info, declared.checks(|kind| world.has(kind)), steps, &mut verdicts)
        }
        check => look(deployment, rule, check, &mut verdicts),
    };
    RuleVerdicts { rule: rule.info, verdicts, looked, took: start.elapsed() }
}

/// Shows a rule every node of the kinds it asks for, and no other; how many there were.
fn look<'a>(
    deployment: &'a Deployment,
    rule: Rule<'a>,
    check: &'a Check,
    verdicts: &mut Vec<Verdict<'a>>,
) -> usize {
    let mut looked = 0;
    let mut visit = |meta: &'a Meta, element: Option<String>, check: &dyn Fn(&mut Probe<'a>)| {
        looked += 1;
        let mut probe = Probe::new(deployment, rule.info, meta);
        probe.first = verdicts.len();
        probe.verdicts = std::mem::take(verdicts);
        probe.turn_to(meta, element);
        check(&mut probe);
        *verdicts = probe.verdicts;
    };
    macro_rules! each {
        ($nodes:ident, $check:ident) => {
            for node in &deployment.$nodes {
                visit(&node.meta, None, &|probe| $check(probe, node));
            }
        };
    }
    match check {
        // Declared checks are looked at as a whole.
        Check::Input | Check::Declared(_) => {}
        Check::Task(check) => each!(task_definitions, check),
        Check::Container(check) => {
            for task in &deployment.task_definitions {
                for (index, container) in task.containers.with_template().enumerate() {
                    let element = container_element(container.name.known(), index);
                    visit(&task.meta, Some(element), &|probe| check(probe, task, container));
                }
                if let Some(open) = &task.containers.open
                    && open.template.is_none()
                {
                    visit(&task.meta, None, &|probe| {
                        probe.undecided(&task.containers.origin, &open.causes);
                    });
                }
            }
        }
        Check::Service(check) => each!(services, check),
        Check::ScheduledTask(check) => each!(scheduled_tasks, check),
        Check::LoadBalancer(check) => each!(load_balancers, check),
        Check::Listener(check) => each!(listeners, check),
        Check::Database(check) => each!(databases, check),
        Check::DatabaseCluster(check) => each!(database_clusters, check),
        Check::Cache(check) => each!(caches, check),
        Check::LogGroup(check) => each!(log_groups, check),
        Check::Repository(check) => each!(repositories, check),
        Check::PasswordUrl(check) => each!(password_urls, check),
        Check::TaskSet(check) => each!(task_sets, check),
        Check::SecurityGroup(check) => each!(security_groups, check),
        Check::SecurityGroupRule(check) => {
            for (index, group) in deployment.security_groups.iter().enumerate() {
                let id = SecurityGroupId::new(index);
                for (at, inner) in group.inline_rules().into_iter().flat_map(Items::iter).enumerate() {
                    let direction = match inner.direction.known() {
                        Some(Direction::Egress) => "egress",
                        Some(Direction::Ingress) | None => "ingress",
                    };
                    let element = Some(format!("{direction} rule {}", at + 1));
                    visit(&group.meta, element, &|probe| check(probe, inner, Some(id)));
                }
                for rules in group.inline_rules() {
                    let Some(open) = &rules.open else { continue };
                    visit(&group.meta, None, &|probe| match open.template.as_deref() {
                        None => probe.undecided(&rules.origin, &open.causes),
                        Some(template) => {
                            check(probe, template, Some(id));
                            probe.soften(&open.causes);
                        }
                    });
                }
            }
            for alone in &deployment.security_group_rules {
                if let Some(meta) = &alone.meta {
                    visit(meta, None, &|probe| check(probe, alone, alone.group_link.to()));
                }
            }
        }
        Check::Workflow(check) => each!(workflows, check),
        Check::Job(check) => {
            for workflow in &deployment.workflows {
                for job in &workflow.jobs {
                    let element = Some(format!("job {}", job.id));
                    visit(&workflow.meta, element, &|probe| check(probe, workflow, job));
                }
            }
        }
        Check::Several(checks) => {
            return checks.iter().map(|check| look(deployment, rule, check, verdicts)).sum();
        }
    }
    looked
}
