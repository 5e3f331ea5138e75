//! The one place through which every finding passes: severity, stage, grouping by cause, selection,
//! suppression, order. What is configured of rules is in `policy`, which finding is which in `identity`.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::slice::ParallelSliceMut;

use super::change::Proposal;
use super::finding::{Finding, Instance, Related, Severity, Suppressed, SuppressedBy, Undecided};
use super::groups::{Groups, OpenPlaces};
use super::identity;
use super::policy::{Judged, OfPolicy, Policy};
use super::probe::{Outcome, Problem};
use super::registry::Catalogue;
use super::rule::{Profile, Rule};
use super::runner::{self, RuleVerdicts};
use super::suppress::{Ignores, Matched};
use super::text::RuleId;
use crate::model::{Deployment, Meta, Stage};
use crate::source::{FileId, SourceMap, Span};
use crate::value::{Causes, Origin, Step};

/// A problem met while reading, before there was a model.
#[derive(Debug, Clone)]
pub struct InputProblem {
    /// An id of the family `input`.
    pub rule: &'static str,
    pub message: String,
    pub help: Option<String>,
    pub severity: Option<Severity>,
    pub span: Span,
    pub related: Vec<Related>,
    /// The resource it stands in, when one is known.
    pub resource: Option<Arc<str>>,
    pub element: Option<String>,
    pub proposal: Option<Proposal>,
}

impl InputProblem {
    #[must_use]
    pub fn new(rule: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            rule,
            message: message.into(),
            help: None,
            severity: None,
            span,
            related: Vec::new(),
            resource: None,
            element: None,
            proposal: None,
        }
    }
}

/// An input check that what is not known keeps open.
#[derive(Debug, Clone)]
pub struct InputOpen {
    pub rule: &'static str,
    pub causes: Causes,
    pub span: Span,
    pub resource: Arc<str>,
}

/// What reading met.
#[derive(Debug, Default)]
pub struct InputReport {
    pub problems: Vec<InputProblem>,
    pub open: Vec<InputOpen>,
}

/// A check that passed.
#[derive(Debug, Clone)]
pub struct Passed {
    pub rule: RuleId,
    pub address: Arc<str>,
    pub element: Option<String>,
    /// The value that the check looked at, else the head of the resource.
    pub place: Span,
}

/// Everything that judging found.
#[derive(Debug, Default)]
pub struct Judgement {
    pub findings: Vec<Finding>,
    pub undecided: Vec<Undecided>,
    pub suppressed: Vec<Suppressed>,
    /// What passed, where the policy asks for it; in the order of rules.
    pub passed: Vec<Passed>,
    /// Checks that passed or failed.
    pub decided: usize,
    /// Checks that what is not known keeps open.
    pub undecided_checks: usize,
    /// What each rule cost, in the order of rules; not part of any report.
    pub timings: Vec<super::Timing>,
}

impl Judgement {
    /// Brings what is suppressed in the order of reports, after more was added.
    pub(super) fn sort_suppressed(&mut self, sources: &SourceMap) {
        self.suppressed.sort_by(|a, b| in_order(&a.finding, &b.finding, sources));
    }

    /// Computes the fingerprints anew, after resources or elements were renamed.
    pub(crate) fn renew_fingerprints(&mut self, policy: &Policy, sources: &SourceMap) {
        let suppressed = self.suppressed.iter_mut().map(|suppressed| &mut suppressed.finding);
        let mut all: Vec<&mut Finding> = self.findings.iter_mut().chain(suppressed).collect();
        all.sort_by(|a, b| in_order(a, b, sources));
        identity::add_fingerprints(all, policy, sources);
    }
}

/// Runs the rules, and turns their verdicts and the input problems into the judgement. What one rule found is brought
/// together on the thread that ran it: a verdict never lives longer than its rule.
#[must_use]
pub(super) fn collect(
    deployment: &Deployment,
    rules: &[Rule<'_>],
    catalogue: &Catalogue,
    input: InputReport,
    policy: &Policy,
    ignores: &Ignores,
    sources: &SourceMap,
) -> Judgement {
    let place = Place { catalogue, policy, ignores, sources };
    let mut of_input = OfInput::default();
    for problem in input.problems {
        of_input.problem(place, problem);
    }
    for open in input.open {
        of_input.open(place, open);
    }
    let begun = rules.iter().map(|rule| of_input.by_rule.remove(&rule.info.id).unwrap_or_default());
    let of_rules = runner::run(deployment, rules, begun.collect(), |mut of_rule: OfRule, verdicts| {
        let rule = &verdicts.rule.id;
        of_rule.take_in(place, verdicts);
        of_rule.settle(rule);
        of_rule
    });
    let others = of_input.by_rule.into_iter().map(|(rule, mut of_rule)| {
        of_rule.settle(&rule);
        of_rule
    });
    let mut judgement = Judgement::default();
    let mut undecided = Vec::new();
    let mut findings = Vec::new();
    for of_rule in of_rules.into_iter().chain(others) {
        judgement.decided += of_rule.decided;
        judgement.undecided_checks += of_rule.undecided_checks;
        judgement.passed.extend(of_rule.passed);
        judgement.timings.extend(of_rule.timing);
        undecided.extend(of_rule.undecided);
        findings.extend(of_rule.groups.finish());
    }
    undecided.sort_by(|a: &Undecided, b| {
        let key = |record: &Undecided| (record.span.start, record.rule.clone());
        (sources.name(a.span.file), key(a), &a.cause).cmp(&(sources.name(b.span.file), key(b), &b.cause))
    });
    judgement.undecided = undecided;
    finish(judgement, findings, place, rules)
}

/// What every finding is judged by.
#[derive(Clone, Copy)]
struct Place<'a> {
    catalogue: &'a Catalogue,
    policy: &'a Policy,
    ignores: &'a Ignores,
    sources: &'a SourceMap,
}

impl Place<'_> {
    fn leaves_out(&self, file: FileId) -> bool {
        self.policy.selected.as_ref().is_some_and(|files| !files.contains(&file))
    }
}

/// What one rule found so far.
#[derive(Default)]
struct OfRule {
    groups: Groups,
    open: OpenPlaces,
    /// What [`open`](Self::open) came to.
    undecided: Vec<Undecided>,
    decided: usize,
    undecided_checks: usize,
    passed: Vec<Passed>,
    timing: Option<super::Timing>,
}

impl OfRule {
    fn take_in(&mut self, place: Place<'_>, of: RuleVerdicts<'_>) {
        self.timing = Some(of.timing());
        let rule = place.policy.of(of.rule);
        for verdict in of.verdicts {
            let meta = verdict.meta;
            match verdict.outcome {
                Outcome::Pass(at) => {
                    self.decided += 1;
                    if place.policy.keep_passed {
                        self.passed.push(Passed {
                            rule: of.rule.id.clone(),
                            address: meta.address.clone(),
                            element: verdict.element,
                            place: at.unwrap_or(meta.origin.span),
                        });
                    }
                }
                Outcome::Fail(problem, at) => {
                    self.decided += 1;
                    self.fail(place, &rule, meta, verdict.element, *problem, &at);
                }
                Outcome::Undecided(causes, at) => {
                    // The argument that the rule reads; the cause names what would decide it.
                    let read = at.use_site();
                    let places = [read, at.span, meta.block].into_iter().chain(meta.calls.iter().copied());
                    place.ignores.note_undecided(&of.rule.id, places, &meta.address, place.sources);
                    let is_on = rule.at(read.file, meta.stage.stage, place.sources) != Judged::Off;
                    if is_on && is_selected(place.policy, read, meta) {
                        self.undecided_checks += 1;
                        causes.iter().for_each(|cause| self.open.add(cause, read, &meta.address));
                    }
                }
            }
        }
    }

    /// Brings what was found in the order of reports.
    fn settle(&mut self, rule: &RuleId) {
        self.undecided = std::mem::take(&mut self.open).finish(rule);
        self.groups.sort_instances();
    }

    fn fail(
        &mut self,
        place: Place<'_>,
        rule: &OfPolicy<'_>,
        meta: &Meta,
        element: Option<String>,
        problem: Problem,
        at: &Origin,
    ) {
        let Some(severity) = severity(rule, problem.severity, at.span, meta.stage.stage, place.sources)
        else {
            return;
        };
        if !is_selected(place.policy, at.span, meta)
            || problem.profile > place.policy.profile.unwrap_or(Profile::Default)
        {
            return;
        }
        let is_inside = meta.block.contains(at.span);
        let steps = at.steps().filter(|via| is_told(&via.step)).map(|via| via.span);
        // In the order in which they are related below.
        let mut places: Vec<Span> = problem.related.iter().map(|related| related.span).collect();
        let before_steps = places.len();
        places.extend(steps);
        if let Some(way) = places.get_mut(before_steps..) {
            way.reverse();
        }
        places.extend((!is_inside).then_some(meta.origin.span));
        let calls = caller(meta, at.span, &places);
        let instance = Instance { places, ..Instance::of(meta) };
        let conditional = meta.count.is_conditional();
        let key = self.groups.key(at.span, severity, &problem.message);
        if let Some(group) = self.groups.get_mut(key, &problem.message) {
            let finding = &mut group.finding;
            finding.conditional &= conditional;
            // One edit must be right for all of them.
            if finding.proposal.as_ref().map(|of| &of.changes)
                != problem.proposal.as_ref().map(|of| &of.changes)
            {
                finding.proposal = None;
            }
            if group.add_instance(instance) {
                group.finding.add_related(calls);
            }
            return;
        }
        let mut related = problem.related;
        related.extend(way(at));
        if !is_inside {
            related.push(Related { span: meta.origin.span, message: format!("affects {}", meta.address) });
        }
        related.extend(calls);
        let mut finding = Finding {
            help: problem.help,
            element: problem.element.or(element),
            part: problem.part,
            stage: meta.stage.clone(),
            conditional,
            proposal: problem.proposal,
            monthly: problem.monthly,
            ..Finding::new(rule.info.id.clone(), severity, problem.message, at.span, instance)
        };
        finding.add_related(related);
        self.groups.insert(key, finding);
    }
}

/// What reading found, by rule.
#[derive(Default)]
struct OfInput {
    by_rule: BTreeMap<RuleId, OfRule>,
}

impl OfInput {
    fn open(&mut self, place: Place<'_>, open: InputOpen) {
        let Some(info) = place.catalogue.info(open.rule).filter(|info| place.policy.runs(info)) else {
            return;
        };
        if place.leaves_out(open.span.file)
            || place.policy.of(info).at(open.span.file, Stage::Unknown, place.sources) == Judged::Off
        {
            return;
        }
        place.ignores.note_undecided(&info.id, [open.span].into_iter(), &open.resource, place.sources);
        let of_rule = self.by_rule.entry(info.id.clone()).or_default();
        of_rule.undecided_checks += 1;
        open.causes.iter().for_each(|cause| of_rule.open.add(cause, open.span, &open.resource));
    }

    fn problem(&mut self, place: Place<'_>, problem: InputProblem) {
        let Some(info) = place.catalogue.info(problem.rule) else { return };
        if !place.policy.runs(info) || place.leaves_out(problem.span.file) {
            return;
        }
        let rule = place.policy.of(info);
        let Some(severity) = severity(&rule, problem.severity, problem.span, Stage::Unknown, place.sources)
        else {
            return;
        };
        let address = problem.resource.unwrap_or_else(|| Arc::from(place.sources.name(problem.span.file)));
        let places = problem.related.iter().map(|related| related.span).collect();
        let instance = Instance { address, block: vec![problem.span], places };
        let of_rule = self.by_rule.entry(info.id.clone()).or_default();
        let key = of_rule.groups.key(problem.span, severity, &problem.message);
        if let Some(group) = of_rule.groups.get_mut(key, &problem.message) {
            group.add_instance(instance);
            if group.finding.proposal != problem.proposal {
                group.finding.proposal = None;
            }
            return;
        }
        of_rule.decided += 1;
        let mut finding = Finding {
            help: problem.help,
            element: problem.element,
            proposal: problem.proposal,
            ..Finding::new(info.id.clone(), severity, problem.message, problem.span, instance)
        };
        finding.add_related(problem.related);
        of_rule.groups.insert(key, finding);
    }
}

/// The severity of a finding of the rule at a place; `None` where it has none there.
fn severity(
    rule: &OfPolicy<'_>,
    explicit: Option<Severity>,
    place: Span,
    stage: Stage,
    sources: &SourceMap,
) -> Option<Severity> {
    let info = rule.info;
    let milder = explicit.filter(|severity| *severity < info.severity);
    match rule.at(place.file, stage, sources) {
        Judged::Off => return None,
        Judged::As(configured) => {
            return Some(milder.map_or(configured, |severity| severity.min(configured)));
        }
        Judged::ByRule => {}
    }
    let by_stage = match info.stage {
        Some(stages) => stages.of(stage)?,
        None => info.severity,
    };
    Some(match explicit {
        None => by_stage,
        Some(severity) if severity < info.severity => severity.min(by_stage),
        Some(severity) => severity,
    })
}

fn is_selected(policy: &Policy, primary: Span, meta: &Meta) -> bool {
    let selected = policy.selected.as_ref();
    selected.is_none_or(|files| files.contains(&primary.file) || files.contains(&meta.origin.span.file))
}

fn finish(
    mut judgement: Judgement,
    mut findings: Vec<Finding>,
    place: Place<'_>,
    rules: &[Rule<'_>],
) -> Judgement {
    let Place { catalogue, policy, ignores, sources } = place;
    // Before suppression: an ignore of one finding must not change the fingerprints of others.
    sort(&mut findings, sources);
    identity::add_fingerprints(&mut findings, policy, sources);
    if !policy.no_ignores && !ignores.is_empty() {
        findings = suppress(&mut judgement.suppressed, findings, ignores, sources);
    }
    let mut of_ignores = OfInput::default();
    for problem in ignores.problems(rules.iter().map(|of| &*of.info.id), catalogue, policy, sources) {
        of_ignores.problem(place, problem);
    }
    let mut found = Vec::new();
    for of_rule in of_ignores.by_rule.into_values() {
        judgement.decided += of_rule.decided;
        found.extend(of_rule.groups.finish());
    }
    sort(&mut found, sources);
    identity::add_fingerprints(&mut found, policy, sources);
    findings.extend(found);
    sort(&mut findings, sources);
    judgement.findings = findings;
    judgement.sort_suppressed(sources);
    judgement
}

/// Takes out suppressed instances; a finding without instances left is suppressed as a whole.
fn suppress(
    suppressed: &mut Vec<Suppressed>,
    findings: Vec<Finding>,
    ignores: &Ignores,
    sources: &SourceMap,
) -> Vec<Finding> {
    let mut kept = Vec::new();
    for mut finding in findings {
        let mut remaining = Vec::new();
        let mut taken: Vec<(Matched, Vec<Instance>)> = Vec::new();
        for instance in std::mem::take(&mut finding.instances) {
            match ignores.matching(&finding, &instance, sources) {
                None => remaining.push(instance),
                Some(matched) => match taken.iter_mut().find(|(known, _)| *known == matched) {
                    Some((_, instances)) => instances.push(instance),
                    None => taken.push((matched, vec![instance])),
                },
            }
        }
        let is_whole = taken.is_empty();
        for (matched, instances) in taken {
            let finding = Finding { instances, ..finding.clone() };
            let by = if matched.foreign { SuppressedBy::Foreign } else { matched.by };
            let Matched { reason, until, .. } = matched;
            suppressed.push(Suppressed { finding, by, reason, until });
        }
        if is_whole {
            finding.instances = remaining;
            kept.push(finding);
        } else if !remaining.is_empty() {
            finding.keep_instances(remaining);
            kept.push(finding);
        }
    }
    kept
}

/// The root module's call of the module that a finding is in, when nothing else of it lies in that file: it is
/// where an argument can be given, and tells root modules apart that share a module.
fn caller(meta: &Meta, primary: Span, related: &[Span]) -> Option<Related> {
    let call = *meta.calls.last()?;
    let mut places = std::iter::once(primary).chain(related.iter().copied());
    let is_shown = places.any(|place| place.file == call.file);
    (!is_shown).then(|| Related { span: call, message: format!("creates {}", meta.address) })
}

/// Whether a step of a value's way is worth a related place.
fn is_told(step: &Step) -> bool {
    !matches!(step, Step::Function(_) | Step::Each)
}

/// The way from the written value to its use, as related places: one for each step that [`is_told`].
fn way(at: &Origin) -> Vec<Related> {
    let mut places: Vec<Related> = at
        .steps()
        .filter_map(|via| {
            let message = match &via.step {
                // Expressions of workflows name their context themselves: `inputs.image`, `env.TAG`.
                Step::Variable(name) if name.contains('.') => format!("used as `{name}`"),
                Step::Variable(name) => format!("used as `var.{name}`"),
                Step::Local(name) => format!("used as `local.{name}`"),
                Step::Output(name) => format!("returned as output `{name}`"),
                Step::Argument(name) => format!("passed as `{name}`"),
                Step::Attribute { address, attribute } => format!("read from `{address}.{attribute}`"),
                Step::Template(path) => format!("rendered from {path}"),
                Step::Function(_) | Step::Each => return None,
            };
            Some(Related { span: via.span, message })
        })
        .collect();
    places.reverse();
    places
}

/// Sorts findings as reports list them: by file, place, rule. Those alike in all of it stand in order of file and
/// severity.
pub(super) fn sort(findings: &mut [Finding], sources: &SourceMap) {
    findings.par_sort_by(|a, b| {
        in_order(a, b, sources)
            .then_with(|| a.primary.file.cmp(&b.primary.file))
            .then_with(|| a.severity.cmp(&b.severity))
    });
}

fn in_order(a: &Finding, b: &Finding, sources: &SourceMap) -> Ordering {
    let by_file = match a.primary.file == b.primary.file {
        true => Ordering::Equal,
        false => sources.name(a.primary.file).cmp(sources.name(b.primary.file)),
    };
    let key = |of: &Finding| (of.primary.start, of.primary.end);
    by_file
        .then_with(|| key(a).cmp(&key(b)))
        .then_with(|| a.rule.cmp(&b.rule))
        .then_with(|| a.message.cmp(&b.message))
}
