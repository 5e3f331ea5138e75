//! The one place through which every finding passes: severity, stage, grouping by cause, selection,
//! suppression, order. What is configured of rules is in `policy`, which finding is which in `identity`.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::change::Proposal;
use super::finding::{Finding, Instance, Related, Severity, Suppressed, SuppressedBy, Undecided};
use super::identity;
use super::policy::{Judged, Policy};
use super::probe::{Outcome, Problem, Verdict};
use super::registry::Catalogue;
use super::rule::{Profile, RuleInfo};
use super::runner::RuleVerdicts;
use super::suppress::{Ignores, Matched};
use super::text::RuleId;
use crate::model::{Meta, Stage};
use crate::source::{SourceMap, Span};
use crate::value::{Cause, Causes, Origin, Step};

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

/// Turns verdicts and input problems into the judgement.
#[must_use]
pub(super) fn collect(
    verdicts: &[RuleVerdicts<'_>],
    catalogue: &Catalogue,
    input: InputReport,
    policy: &Policy,
    ignores: &Ignores,
    sources: &SourceMap,
) -> Judgement {
    let mut sink =
        Sink { policy, catalogue, sources, judgement: Judgement::default(), groups: BTreeMap::new() };
    for problem in input.problems {
        sink.input(problem);
    }
    let mut undecided = UndecidedGroups::default();
    for open in input.open {
        let Some(info) = catalogue.info(open.rule).filter(|info| policy.runs(info)) else { continue };
        if policy.selected.as_ref().is_some_and(|files| !files.contains(&open.span.file)) {
            continue;
        }
        if policy.at(info, open.span.file, Stage::Unknown, sources) == Judged::Off {
            continue;
        }
        ignores.note_undecided(&info.id, &[open.span], &open.resource, sources);
        sink.judgement.undecided_checks += 1;
        for cause in open.causes.iter() {
            undecided.add(&info.id, cause, open.span, &open.resource);
        }
    }
    for of_rule in verdicts {
        for verdict in &of_rule.verdicts {
            match &verdict.outcome {
                Outcome::Pass(at) => {
                    sink.judgement.decided += 1;
                    if policy.keep_passed {
                        sink.judgement.passed.push(Passed {
                            rule: of_rule.rule.id.clone(),
                            address: verdict.meta.address.clone(),
                            element: verdict.element.clone(),
                            place: at.unwrap_or(verdict.meta.origin.span),
                        });
                    }
                }
                Outcome::Fail(problem, at) => {
                    sink.judgement.decided += 1;
                    sink.fail(of_rule.rule, verdict, problem, at);
                }
                Outcome::Undecided(causes, at) => {
                    // The argument that the rule reads; the cause names what would decide it.
                    let place = at.use_site();
                    let mut places = vec![place, at.span, verdict.meta.block];
                    places.extend(&verdict.meta.calls);
                    ignores.note_undecided(&of_rule.rule.id, &places, &verdict.meta.address, sources);
                    let stage = verdict.meta.stage.stage;
                    let is_on = policy.at(of_rule.rule, place.file, stage, sources) != Judged::Off;
                    if is_on && sink.is_selected(place, verdict.meta) {
                        sink.judgement.undecided_checks += 1;
                        for cause in causes.iter() {
                            undecided.add(&of_rule.rule.id, cause, place, &verdict.meta.address);
                        }
                    }
                }
            }
        }
    }
    sink.judgement.undecided = undecided.finish(sources);
    sink.finish(ignores, verdicts)
}

struct Sink<'a> {
    policy: &'a Policy,
    catalogue: &'a Catalogue,
    sources: &'a SourceMap,
    judgement: Judgement,
    /// Findings by cause: rule, place, severity, message.
    groups: BTreeMap<(RuleId, Span, Severity, String), Finding>,
}

impl Sink<'_> {
    /// The severity of a finding of the rule at a place; `None` where it has none there.
    fn severity(
        &self,
        info: &RuleInfo,
        explicit: Option<Severity>,
        place: Span,
        stage: Stage,
    ) -> Option<Severity> {
        let milder = explicit.filter(|severity| *severity < info.severity);
        match self.policy.at(info, place.file, stage, self.sources) {
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

    fn is_selected(&self, primary: Span, meta: &Meta) -> bool {
        self.policy
            .selected
            .as_ref()
            .is_none_or(|files| files.contains(&primary.file) || files.contains(&meta.origin.span.file))
    }

    fn fail(&mut self, info: &RuleInfo, verdict: &Verdict<'_>, problem: &Problem, at: &Origin) {
        let meta = verdict.meta;
        let Some(severity) = self.severity(info, problem.severity, at.span, meta.stage.stage) else { return };
        if !self.is_selected(at.span, meta)
            || problem.profile > self.policy.profile.unwrap_or(Profile::Default)
        {
            return;
        }
        let mut related = problem.related.clone();
        related.extend(way(at));
        if !meta.block.contains(at.span) {
            related.push(Related { span: meta.origin.span, message: format!("affects {}", meta.address) });
        }
        let places = related.iter().map(|related| related.span).collect();
        let instance = Instance { places, ..Instance::of(meta) };
        let calls = caller(meta, at.span, &related);
        let conditional = meta.count.is_conditional();
        let key = (info.id.clone(), at.span, severity, problem.message.clone());
        if let Some(finding) = self.groups.get_mut(&key) {
            finding.conditional &= conditional;
            // One edit must be right for all of them.
            if finding.proposal.as_ref().map(|of| &of.changes)
                != problem.proposal.as_ref().map(|of| &of.changes)
            {
                finding.proposal = None;
            }
            if finding.add_instance(instance) {
                finding.add_related(calls);
            }
            return;
        }
        related.extend(calls);
        let mut finding = Finding {
            help: problem.help.clone(),
            element: problem.element.clone().or_else(|| verdict.element.clone()),
            part: problem.part.clone(),
            stage: meta.stage.clone(),
            conditional,
            proposal: problem.proposal.clone(),
            monthly: problem.monthly.clone(),
            ..Finding::new(info.id.clone(), severity, problem.message.clone(), at.span, instance)
        };
        finding.add_related(related);
        self.groups.insert(key, finding);
    }

    fn input(&mut self, problem: InputProblem) {
        let Some(info) = self.catalogue.info(problem.rule) else { return };
        if !self.policy.runs(info)
            || self.policy.selected.as_ref().is_some_and(|files| !files.contains(&problem.span.file))
        {
            return;
        }
        let Some(severity) = self.severity(info, problem.severity, problem.span, Stage::Unknown) else {
            return;
        };
        let address = problem.resource.unwrap_or_else(|| Arc::from(self.sources.name(problem.span.file)));
        let places = problem.related.iter().map(|related| related.span).collect();
        let instance = Instance { address, block: vec![problem.span], places };
        let key = (info.id.clone(), problem.span, severity, problem.message.clone());
        if let Some(finding) = self.groups.get_mut(&key) {
            finding.add_instance(instance);
            if finding.proposal != problem.proposal {
                finding.proposal = None;
            }
            return;
        }
        self.judgement.decided += 1;
        let mut finding = Finding {
            help: problem.help,
            element: problem.element,
            proposal: problem.proposal,
            ..Finding::new(info.id.clone(), severity, problem.message, problem.span, instance)
        };
        finding.add_related(problem.related);
        self.groups.insert(key, finding);
    }

    fn finish(mut self, ignores: &Ignores, verdicts: &[RuleVerdicts<'_>]) -> Judgement {
        let mut findings: Vec<Finding> = std::mem::take(&mut self.groups).into_values().collect();
        for finding in &mut findings {
            finding.instances.sort_by(|a, b| a.address.cmp(&b.address));
        }
        // Before suppression: an ignore of one finding must not change the fingerprints of others.
        sort(&mut findings, self.sources);
        identity::add_fingerprints(&mut findings, self.policy, self.sources);
        if !self.policy.no_ignores {
            findings = self.suppress(findings, ignores);
        }
        for problem in ignores.problems(
            verdicts.iter().map(|of| &*of.rule.id),
            self.catalogue,
            self.policy,
            self.sources,
        ) {
            self.input(problem);
        }
        let mut of_ignores: Vec<Finding> = std::mem::take(&mut self.groups).into_values().collect();
        sort(&mut of_ignores, self.sources);
        identity::add_fingerprints(&mut of_ignores, self.policy, self.sources);
        findings.extend(of_ignores);
        sort(&mut findings, self.sources);
        self.judgement.findings = findings;
        self.judgement.sort_suppressed(self.sources);
        self.judgement
    }

    /// Takes out suppressed instances; a finding without instances left is suppressed as a whole.
    fn suppress(&mut self, findings: Vec<Finding>, ignores: &Ignores) -> Vec<Finding> {
        let mut kept = Vec::new();
        for mut finding in findings {
            let mut remaining = Vec::new();
            let mut taken: Vec<(Matched, Vec<Instance>)> = Vec::new();
            for instance in std::mem::take(&mut finding.instances) {
                match ignores.matching(&finding, &instance, self.sources) {
                    None => remaining.push(instance),
                    Some(matched) => match taken.iter_mut().find(|(known, _)| *known == matched) {
                        Some((_, instances)) => instances.push(instance),
                        None => taken.push((matched, vec![instance])),
                    },
                }
            }
            for (matched, instances) in taken {
                let finding = Finding { instances, ..finding.clone() };
                let by = if matched.foreign { SuppressedBy::Foreign } else { matched.by };
                let Matched { reason, until, .. } = matched;
                self.judgement.suppressed.push(Suppressed { finding, by, reason, until });
            }
            if !remaining.is_empty() {
                finding.keep_instances(remaining);
                kept.push(finding);
            }
        }
        kept
    }
}

/// The root module's call of the module that a finding is in, when nothing else of it lies in that file: it is
/// where an argument can be given, and tells root modules apart that share a module.
fn caller(meta: &Meta, primary: Span, related: &[Related]) -> Option<Related> {
    let call = *meta.calls.last()?;
    let mut places = std::iter::once(primary).chain(related.iter().map(|related| related.span));
    let is_shown = places.any(|place| place.file == call.file);
    (!is_shown).then(|| Related { span: call, message: format!("creates {}", meta.address) })
}

/// The way from the written value to its use, as related places.
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

/// Sorts findings as reports list them: by file, place, rule.
pub(super) fn sort(findings: &mut [Finding], sources: &SourceMap) {
    findings.sort_by(|a, b| in_order(a, b, sources));
}

fn in_order(a: &Finding, b: &Finding, sources: &SourceMap) -> Ordering {
    fn key<'a>(of: &'a Finding, sources: &'a SourceMap) -> (&'a str, u32, u32, &'a str, &'a str) {
        (sources.name(of.primary.file), of.primary.start, of.primary.end, &of.rule, &of.message)
    }
    key(a, sources).cmp(&key(b, sources))
}

/// The first place in question, and the resources.
type OpenPlaces = (Span, Vec<Arc<str>>);

#[derive(Default)]
struct UndecidedGroups {
    groups: BTreeMap<(RuleId, Cause), OpenPlaces>,
}

impl UndecidedGroups {
    fn add(&mut self, rule: &RuleId, cause: &Cause, span: Span, address: &Arc<str>) {
        let (first, instances) =
            self.groups.entry((rule.clone(), cause.clone())).or_insert_with(|| (span, Vec::new()));
        if first.file == span.file && span.start < first.start {
            *first = span;
        }
        if !instances.contains(address) {
            instances.push(address.clone());
        }
    }

    fn finish(self, sources: &SourceMap) -> Vec<Undecided> {
        let mut records: Vec<Undecided> = self
            .groups
            .into_iter()
            .map(|((rule, cause), (span, mut instances))| {
                instances.sort();
                Undecided { rule, cause, span, instances }
            })
            .collect();
        records.sort_by(|a, b| {
            let key = |record: &Undecided| (record.span.start, record.rule.clone());
            (sources.name(a.span.file), key(a), &a.cause).cmp(&(sources.name(b.span.file), key(b), &b.cause))
        });
        records
    }
}
