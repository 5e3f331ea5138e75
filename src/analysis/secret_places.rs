//! What must never be shown: values that are sensitive, or secret by their name or form. The one place that
//! decides it for every command; how it is kept out of text is in `mask`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::lint::secrets::{ValueClass, classify, find, is_secret_name, name_of, value_class};
use crate::lint::sink::Judgement;
use crate::mask::Masks;
use crate::model::{Deployment, Field};
use crate::source::{SourceMap, Span};
use crate::terraform::Evaluation;
use crate::value::{Built, Kind, Part, Value};

/// Shorter texts cannot hold a secret beside something else.
const SHORTEST_SEARCHED: usize = 12;

/// Sensitive texts with a harmless meaning (an ARN, a host) are looked for elsewhere from this length on.
const SHORTEST_HARMLESS: usize = 12;

/// Sensitive numbers with fewer digits are not looked for elsewhere.
const SHORTEST_NUMBER: usize = 6;

/// Everything secret in a deployment and the evaluations behind it. What merely looks like a secret in a
/// file is found by the scanner that `mask` runs over shown text.
pub(super) fn masks<'a>(
    deployment: &Deployment,
    evaluations: impl IntoIterator<Item = &'a Evaluation>,
    hidden: &[Span],
    sources: &SourceMap,
) -> Masks {
    let mut masks = of_evaluations(evaluations, sources);
    hidden.iter().for_each(|span| masks.add(*span));
    let containers = deployment.task_definitions.iter().flat_map(|task| task.containers.with_template());
    let of_containers = containers.flat_map(|container| container.environment.with_template());
    let steps = deployment.workflows.iter().flat_map(|workflow| &workflow.jobs);
    let of_steps = steps
        .flat_map(|job| job.steps.with_template())
        .flat_map(|step| step.task_environment.with_template());
    for variable in of_containers.chain(of_steps) {
        let name = variable.name.known().map_or("", String::as_str);
        if let Some(value) = variable.value.known()
            && classify(name, value).is_some()
        {
            hide(&mut masks, sources, variable.value.span(), value);
        }
    }
    let mut password = |field: &Field<String>| {
        if let Some(value) = field.known().filter(|value| !value.is_empty()) {
            hide(&mut masks, sources, field.span(), value);
        }
    };
    for database in &deployment.databases {
        password(&database.password);
    }
    for cluster in &deployment.database_clusters {
        password(&cluster.password);
    }
    masks
}

/// Everything secret in evaluated configurations.
#[must_use]
pub fn of_evaluations<'a>(
    evaluations: impl IntoIterator<Item = &'a Evaluation>,
    sources: &SourceMap,
) -> Masks {
    let mut masks = Masks::new();
    for evaluation in evaluations {
        // A second time, for what was computed from what the first one found.
        for _ in 0..2 {
            let mut walk = Walk { masks: &mut masks, sources, seen: HashSet::new(), names: HashMap::new() };
            for (name, value) in evaluation.named.iter().chain(&evaluation.outputs) {
                walk.value(name, value, false);
            }
            for resource in &evaluation.resources {
                walk.value("", &resource.body, false);
                if let Some(provider) = &resource.provider {
                    walk.value("", provider, false);
                }
            }
            for module in &evaluation.unresolved_modules {
                walk.value("", &module.arguments, false);
            }
        }
        let undeclared = evaluation.undeclared.iter().map(|undeclared| &undeclared.diagnostic);
        for diagnostic in evaluation.diagnostics.iter().chain(undeclared) {
            masks.learn(sources, diagnostic.span.file);
        }
    }
    masks
}

/// Adds what is secret in one more value, such as that of an expression.
pub fn add_value(masks: &mut Masks, value: &Value, sources: &SourceMap) {
    Walk { masks, sources, seen: HashSet::new(), names: HashMap::new() }.value("", value, false);
}

/// Takes hidden values out of everything said in words.
pub(super) fn redact(judgement: &mut Judgement, masks: &mut Masks, sources: &SourceMap) {
    let files: HashSet<_> = judgement.findings.iter().map(|finding| finding.primary.file).collect();
    let mut files: Vec<_> = files.into_iter().collect();
    files.sort();
    files.into_iter().for_each(|file| masks.learn(sources, file));
    let suppressed = judgement.suppressed.iter_mut().map(|suppressed| &mut suppressed.finding);
    let mut renamed = false;
    for finding in judgement.findings.iter_mut().chain(suppressed) {
        clean(masks, sources, &mut finding.message);
        finding.help.iter_mut().for_each(|help| {
            clean(masks, sources, help);
        });
        finding.related.iter_mut().for_each(|related| {
            clean(masks, sources, &mut related.message);
        });
        finding.element.iter_mut().for_each(|element| renamed |= clean(masks, sources, element));
        finding.instances.iter_mut().for_each(|of| renamed |= clean_shared(masks, sources, &mut of.address));
        finding.stage.hint.iter_mut().for_each(|hint| {
            clean_shared(masks, sources, hint);
        });
        finding.monthly.iter_mut().for_each(|monthly| {
            clean(masks, sources, &mut monthly.basis);
        });
    }
    if renamed {
        judgement.renew_fingerprints();
    }
    for record in &mut judgement.undecided {
        record.cause = masks.cause(sources, &record.cause);
        record.instances.iter_mut().for_each(|address| {
            clean_shared(masks, sources, address);
        });
    }
    for reason in judgement.suppressed.iter_mut().filter_map(|record| record.reason.as_mut()) {
        clean(masks, sources, reason);
    }
}

/// Takes hidden values out of an estimate.
pub(super) fn redact_estimate(
    estimate: &mut crate::cost::estimate::Estimate,
    masks: &Masks,
    sources: &SourceMap,
) {
    for resource in &mut estimate.resources {
        clean_shared(masks, sources, &mut resource.address);
        clean_shared(masks, sources, &mut resource.region);
        for component in &mut resource.components {
            clean(masks, sources, &mut component.name);
            component.assumption.iter_mut().for_each(|name| {
                clean(masks, sources, name);
            });
        }
    }
    for assumption in &mut estimate.assumptions {
        clean(masks, sources, &mut assumption.name);
        clean(masks, sources, &mut assumption.value);
    }
    for unpriced in &mut estimate.unpriced {
        clean_shared(masks, sources, &mut unpriced.address);
        clean(masks, sources, &mut unpriced.reason);
    }
}

/// Takes hidden values out of a text; whether there were any.
pub(super) fn clean(masks: &Masks, sources: &SourceMap, text: &mut String) -> bool {
    let cleaned = match masks.words(sources, text) {
        std::borrow::Cow::Borrowed(_) => return false,
        std::borrow::Cow::Owned(cleaned) => cleaned,
    };
    *text = cleaned;
    true
}

fn clean_shared(masks: &Masks, sources: &SourceMap, text: &mut Arc<str>) -> bool {
    let cleaned: Arc<str> = match masks.words(sources, text) {
        std::borrow::Cow::Borrowed(_) => return false,
        std::borrow::Cow::Owned(cleaned) => cleaned.into(),
    };
    *text = cleaned;
    true
}

/// Hides a secret value: its text everywhere, and where it stands. An expression that computes it stays.
fn hide(masks: &mut Masks, sources: &SourceMap, span: Span, text: &str) {
    masks.add_text(text);
    hide_place(masks, sources, span, text);
}

fn hide_place(masks: &mut Masks, sources: &SourceMap, span: Span, text: &str) {
    masks.add_origin(span);
    let written = sources.text(span);
    let first = text.trim().lines().next().unwrap_or_default();
    let escaped = serde_json::Value::from(first).to_string();
    if written.contains(first) || written.contains(escaped.trim_matches('"')) {
        masks.add(span);
    }
}

/// A walk over values.
struct Walk<'a> {
    masks: &'a mut Masks,
    sources: &'a SourceMap,
    /// Collections that were looked at, with what was known of them: they are shared.
    seen: HashSet<(usize, bool, bool)>,
    names: HashMap<Box<str>, bool>,
}

impl Walk<'_> {
    fn is_secret_name(&mut self, name: &str) -> bool {
        if let Some(known) = self.names.get(name) {
            return *known;
        }
        let is_secret = is_secret_name(name);
        self.names.insert(name.into(), is_secret);
        is_secret
    }

    fn is_new<T>(&mut self, shared: &Arc<T>, name: &str, sensitive: bool) -> bool {
        let secret = self.is_secret_name(name);
        self.seen.insert((Arc::as_ptr(shared).addr(), sensitive, secret))
    }

    /// `name` is what the value is called; `sensitive` whether it is part of something sensitive.
    fn value(&mut self, name: &str, value: &Value, sensitive: bool) {
        let sensitive = sensitive || value.sensitive;
        match &value.kind {
            Kind::String(text) => {
                self.built(name, text.built.as_deref(), sensitive);
                let structured = match text.built.as_deref() {
                    Some(Built::Json(_)) => true,
                    Some(Built::Template(parts)) => has_holes(parts) && text.as_str().trim().contains('\n'),
                    None => false,
                };
                self.text(name, text.as_str(), value.span(), sensitive, structured);
            }
            Kind::Number(number) if sensitive => {
                let digits = number.to_json().unwrap_or_default();
                if digits.len() >= SHORTEST_NUMBER {
                    self.masks.add_text(&digits);
                }
                hide_place(self.masks, self.sources, value.span(), &digits);
            }
            Kind::Sequence(sequence) => {
                if self.is_new(sequence, name, sensitive) {
                    sequence.items.iter().for_each(|item| self.value(name, item, sensitive));
                    self.rest(name, sequence.rest.as_deref(), sensitive);
                }
            }
            Kind::Mapping(mapping) => {
                if self.is_new(mapping, name, sensitive) {
                    for (key, entry) in &mapping.entries {
                        let name = name_of(mapping, key).to_owned();
                        self.value(&name, &entry.value, sensitive);
                    }
                    self.rest(name, mapping.rest.as_deref(), sensitive);
                }
            }
            Kind::Unknown(unknown) => {
                for alternative in &unknown.alternatives {
                    self.value(name, alternative, sensitive);
                }
                self.built(name, unknown.built.as_deref(), sensitive);
            }
            Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) => {}
        }
    }

    fn rest(&mut self, name: &str, rest: Option<&crate::value::Rest>, sensitive: bool) {
        if let Some(template) = rest.and_then(|rest| rest.template.as_ref()) {
            self.value(name, template, sensitive);
        }
    }

    /// What a string was built from. A whole that is sensitive because of one part is not secret in the others.
    fn built(&mut self, name: &str, built: Option<&Built>, sensitive: bool) {
        match built {
            None => {}
            Some(Built::Json(inner)) => self.value(name, inner, sensitive),
            Some(Built::Template(parts)) => {
                for part in parts {
                    if let Part::Hole(hole) = part {
                        self.value("", hole, false);
                    }
                }
            }
        }
    }

    fn text(&mut self, name: &str, text: &str, span: Span, sensitive: bool, structured: bool) {
        if text.is_empty() {
            return;
        }
        let class = value_class(text);
        let secret = match class {
            ValueClass::Format(_) | ValueClass::UrlPassword => true,
            ValueClass::Opaque => sensitive || self.is_secret_name(name),
            ValueClass::Harmless => false,
        };
        let derived = self.masks.covers(span) && class != ValueClass::Harmless;
        if secret || derived {
            // Its parts were looked at one by one.
            if structured {
                self.masks.add_origin(span);
            } else {
                hide(self.masks, self.sources, span, text);
            }
        } else if sensitive {
            if text.len() >= SHORTEST_HARMLESS {
                self.masks.add_text(text);
            }
            if !matches!(text, "true" | "false" | "null") {
                hide_place(self.masks, self.sources, span, text);
            }
        }
        if text.len() >= SHORTEST_SEARCHED {
            for range in find(text) {
                self.masks.add_text(text.get(range).unwrap_or_default());
            }
        }
    }
}

fn has_holes(parts: &[Part]) -> bool {
    parts.iter().any(|part| matches!(part, Part::Hole(_)))
}
