//! The one place through which every finding passes: severity, stage, grouping by cause, selection,
//! suppression, order.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::change::Proposal;
use super::finding::{Finding, Instance, Related, Severity, Suppressed, SuppressedBy, Undecided};
use super::probe::{Outcome, Problem, Verdict};
use super::registry::Catalogue;
use super::rule::{Profile, RuleInfo};
use super::runner::RuleVerdicts;
use super::suppress::{Ignores, Matched};
use super::text::RuleId;
use crate::model::{Meta, Stage, StageOf};
use crate::source::{FileId, SourceMap, Span};
use crate::value::{Cause, Causes, Origin, Step};

/// What the user decided about findings.
#[derive(Debug, Default)]
pub struct Policy {
    pub profile: Option<Profile>,
    /// `rules:` of the configuration; `None` switches a rule off.
    pub severities: HashMap<RuleId, Option<Severity>>,
    /// Files whose findings are reported; `None` for all.
    pub selected: Option<HashSet<FileId>>,
    /// Judge without the author's own ignores.
    pub no_ignores: bool,
    /// Keep what passed, for people who ask why.
    pub keep_passed: bool,
}

impl Policy {
    /// Whether a rule runs at all.
    #[must_use]
    pub fn runs(&self, info: &RuleInfo) -> bool {
        match self.severities.get(&info.id) {
            Some(severity) => severity.is_some(),
            None => info.profile <= self.profile.unwrap_or(Profile::Default),
        }
    }
}

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
    /// Computes the fingerprints anew, after resources or elements were renamed.
    pub(crate) fn renew_fingerprints(&mut self) {
        add_fingerprints(&mut self.findings);
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
                    if sink.is_selected(place, verdict.meta) {
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
    fn severity(&self, info: &RuleInfo, explicit: Option<Severity>, stage: Stage) -> Option<Severity> {
        let milder = explicit.filter(|severity| *severity < info.severity);
        if let Some(Some(configured)) = self.policy.severities.get(&info.id) {
            return Some(milder.map_or(*configured, |severity| severity.min(*configured)));
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
        let Some(severity) = self.severity(info, problem.severity, meta.stage.stage) else { return };
        if !self.is_selected(at.span, meta)
            || problem.profile > self.policy.profile.unwrap_or(Profile::Default)
        {
            return;
        }
        let instance = Instance::of(meta);
        let conditional = meta.count.is_conditional();
        let key = (info.id.clone(), at.span, severity, problem.message.clone());
        if let Some(finding) = self.groups.get_mut(&key) {
            if !finding.instances.contains(&instance) {
                let related = std::mem::take(&mut finding.related);
                let related = related.into_iter().chain(caller(meta, at.span, &[])).collect();
                finding.related = without_repeats(finding.primary, related);
                finding.instances.push(instance);
            }
            // One edit must be right for all of them.
            if finding.proposal.as_ref().map(|of| &of.changes)
                != problem.proposal.as_ref().map(|of| &of.changes)
            {
                finding.proposal = None;
            }
            finding.conditional &= conditional;
            return;
        }
        let mut related = problem.related.clone();
        related.extend(way(at));
        if !meta.block.contains(at.span) {
            related.push(Related { span: meta.origin.span, message: format!("affects {}", meta.address) });
        }
        related.extend(caller(meta, at.span, &related));
        let finding = Finding {
            rule: info.id.clone(),
            severity,
            message: problem.message.clone(),
            help: problem.help.clone(),
            primary: at.span,
            related: without_repeats(at.span, related),
            instances: vec![instance],
            element: problem.element.clone().or_else(|| verdict.element.clone()),
            stage: meta.stage.clone(),
            conditional,
            proposal: problem.proposal.clone(),
            fix: None,
            monthly: problem.monthly.clone(),
            fingerprint: String::new(),
        };
        self.groups.insert(key, finding);
    }

    fn input(&mut self, problem: InputProblem) {
        let Some(info) = self.catalogue.info(problem.rule) else { return };
        if !self.policy.runs(info)
            || self.policy.selected.as_ref().is_some_and(|files| !files.contains(&problem.span.file))
        {
            return;
        }
        let Some(severity) = self.severity(info, problem.severity, Stage::Unknown) else { return };
        let address = problem.resource.unwrap_or_else(|| Arc::from(self.sources.name(problem.span.file)));
        let instance = Instance { address, places: vec![problem.span] };
        let key = (info.id.clone(), problem.span, severity, problem.message.clone());
        if let Some(finding) = self.groups.get_mut(&key) {
            if !finding.instances.contains(&instance) {
                finding.instances.push(instance);
            }
            if finding.proposal != problem.proposal {
                finding.proposal = None;
            }
            return;
        }
        self.judgement.decided += 1;
        let finding = Finding {
            rule: info.id.clone(),
            severity,
            message: problem.message,
            help: problem.help,
            primary: problem.span,
            related: without_repeats(problem.span, problem.related),
            instances: vec![instance],
            element: problem.element,
            stage: StageOf::default(),
            conditional: false,
            proposal: problem.proposal,
            fix: None,
            monthly: None,
            fingerprint: String::new(),
        };
        self.groups.insert(key, finding);
    }

    fn finish(mut self, ignores: &Ignores, verdicts: &[RuleVerdicts<'_>]) -> Judgement {
        let mut findings: Vec<Finding> = std::mem::take(&mut self.groups).into_values().collect();
        for finding in &mut findings {
            finding.instances.sort_by(|a, b| a.address.cmp(&b.address));
        }
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
        findings.extend(std::mem::take(&mut self.groups).into_values());
        sort(&mut findings, self.sources);
        add_fingerprints(&mut findings);
        self.judgement.findings = findings;
        let sources = self.sources;
        self.judgement.suppressed.sort_by(|a, b| {
            let key = |finding: &Finding| (finding.primary.start, finding.rule.clone());
            let name = |finding: &Finding| sources.name(finding.primary.file);
            (name(&a.finding), key(&a.finding)).cmp(&(name(&b.finding), key(&b.finding)))
        });
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
                finding.instances = remaining;
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

/// Related places without the primary one and without repeats, at most eight.
fn without_repeats(primary: Span, related: Vec<Related>) -> Vec<Related> {
    let mut kept: Vec<Related> = Vec::new();
    for place in related {
        if place.span != primary && kept.iter().all(|known| known.span != place.span) && kept.len() < 8 {
            kept.push(place);
        }
    }
    kept
}

/// Sorts findings as reports list them: by file, place, rule.
pub(super) fn sort(findings: &mut [Finding], sources: &SourceMap) {
    findings.sort_by(|a, b| {
        let key = |finding: &Finding| (finding.primary.start, finding.primary.end, finding.rule.clone());
        (sources.name(a.primary.file), key(a), &a.message).cmp(&(
            sources.name(b.primary.file),
            key(b),
            &b.message,
        ))
    });
}

/// A fingerprint says which finding it is, not where: rule, resource, element, and the how-maniest of
/// these. It holds no value and no hash of one.
fn add_fingerprints(findings: &mut [Finding]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for finding in findings {
        let resource = finding.instances.first().map_or("", |instance| &instance.address);
        let identity = format!("{}\n{resource}\n{}", finding.rule, finding.element.as_deref().unwrap_or(""));
        let count = seen.entry(identity.clone()).or_default();
        let digest = Sha256::digest(format!("{identity}\n{count}").as_bytes());
        *count += 1;
        finding.fingerprint = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    }
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
