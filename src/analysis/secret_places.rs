//! What must never be shown: values that are sensitive, or secret by their name or form. The one place that
//! decides it for every command; how it is kept out of text is in `mask`.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::lint::policy::Policy;
use crate::lint::secrets::{
    ValueClass, classify, find, is_key_material, is_secret_name, name_of, value_class,
};
use crate::lint::sink::Judgement;
use crate::mask::Masks;
use crate::model::{Deployment, Field};
use crate::source::{FileId, SourceMap, Span};
use crate::terraform::Evaluation;
use crate::value::{Built, Kind, Mapping, Part, Rest, Value};

/// Shorter texts cannot hold a secret beside something else.
const SHORTEST_SEARCHED: usize = 12;

/// Sensitive texts with a harmless meaning (an ARN, a host) are looked for elsewhere from this length on.
const SHORTEST_HARMLESS: usize = 12;

/// Sensitive numbers with fewer digits are not looked for elsewhere.
const SHORTEST_NUMBER: usize = 6;

/// Everything secret in a deployment and in what was sighted in the evaluations behind it. What merely looks like a
/// secret in a file is found by the scanner that `mask` runs over shown text.
pub(super) fn masks(
    deployment: &Deployment,
    sighted: &[Sighted],
    hidden: &[Span],
    sources: &SourceMap,
) -> Masks {
    let mut masks = of_sighted(sighted, sources);
    hidden.iter().for_each(|span| masks.add_part(*span));
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
    let evaluations: Vec<&Evaluation> = evaluations.into_iter().collect();
    let sighted: Vec<Sighted> = evaluations.par_iter().map(|evaluation| sighted(evaluation)).collect();
    of_sighted(&sighted, sources)
}

/// What is to be hidden of an evaluation, or would be if it was computed from something hidden.
#[derive(Debug)]
pub(super) struct Sighted {
    sightings: Vec<Sighting>,
    /// Files that its diagnostics speak of.
    spoken_of: Vec<FileId>,
}

fn of_sighted(sighted: &[Sighted], sources: &SourceMap) -> Masks {
    let mut masks = Masks::new();
    let mut found = false;
    for Sighted { sightings, .. } in sighted {
        found |= hide_all(&mut masks, sources, sightings);
        // Again, for what was computed from what was found.
        for _ in 0..if found { MOST_DERIVED } else { 0 } {
            hide_derived(&mut masks, sources, sightings);
        }
    }
    let spoken_of = sighted.iter().flat_map(|sighted| &sighted.spoken_of);
    spoken_of.for_each(|file| masks.learn(sources, *file));
    masks
}

/// Adds what is secret in one more value, such as that of an expression.
pub fn add_value(masks: &mut Masks, value: &Value, sources: &SourceMap) {
    let mut walk = Walk::default();
    walk.value(false, value, false);
    hide_all(masks, sources, &walk.sightings);
}

/// Takes hidden values out of everything said in words.
pub(super) fn redact(judgement: &mut Judgement, policy: &Policy, masks: &mut Masks, sources: &SourceMap) {
    let files: HashSet<_> = judgement.findings.iter().map(|finding| finding.primary.file).collect();
    let mut files: Vec<_> = files.into_iter().collect();
    files.sort();
    masks.search_files(sources, &files);
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
        let parts = finding.element.iter_mut().chain(&mut finding.part);
        parts.for_each(|part| renamed |= clean(masks, sources, part));
        finding.instances.iter_mut().for_each(|of| renamed |= clean_shared(masks, sources, &mut of.address));
        finding.stage.hint.iter_mut().for_each(|hint| {
            clean_shared(masks, sources, hint);
        });
        finding.monthly.iter_mut().for_each(|monthly| {
            clean(masks, sources, &mut monthly.basis);
        });
    }
    if renamed {
        judgement.renew_fingerprints(policy, sources);
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

/// Looks at every value of an evaluation.
pub(super) fn sighted(evaluation: &Evaluation) -> Sighted {
    let mut walk = Walk::default();
    for (name, value) in evaluation.named.iter().chain(&evaluation.outputs) {
        let secret = walk.is_secret_name(name);
        walk.value(secret, value, false);
    }
    for resource in &evaluation.resources {
        walk.value(false, &resource.body, false);
        if let Some(provider) = &resource.provider {
            walk.value(false, provider, false);
        }
    }
    for module in &evaluation.unresolved_modules {
        walk.value(false, &module.arguments, false);
    }
    let undeclared = evaluation.undeclared.iter().map(|undeclared| &undeclared.diagnostic);
    let spoken_of = evaluation.diagnostics.iter().chain(undeclared).map(|diagnostic| diagnostic.span.file);
    Sighted { sightings: walk.sightings, spoken_of: spoken_of.collect() }
}

/// A text or number that is to be hidden, or may be.
#[derive(Debug)]
struct Sighting {
    text: Arc<str>,
    span: Span,
    nature: Nature,
    /// Its parts were looked at one by one.
    structured: bool,
    /// Where something secret stands in it.
    holds: Option<Held>,
}

/// Ranges in a text; never none.
type Held = Arc<[Range<usize>]>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nature {
    Secret,
    /// Has a harmless meaning, but is marked sensitive.
    Sensitive,
    SensitiveNumber,
    /// Looks made by a generator: secret where it is written like that.
    Random,
    /// Has no meaning: secret where it was computed from a secret.
    Opaque,
    /// Nothing in itself.
    Harmless,
}

/// Hides what was sighted, in order; whether there was anything to hide.
fn hide_all(masks: &mut Masks, sources: &SourceMap, sightings: &[Sighting]) -> bool {
    let mut found = false;
    let mut searched = HashSet::new();
    for sighting in sightings {
        let Sighting { text, span, .. } = sighting;
        match sighting.nature {
            Nature::Secret => sighting.hide(masks, sources),
            Nature::Random if sources.text(*span).contains(&**text) => sighting.hide(masks, sources),
            Nature::Opaque | Nature::Random if masks.covers(*span) => sighting.hide(masks, sources),
            Nature::Opaque | Nature::Random if sighting.holds.is_none() => continue,
            Nature::Opaque | Nature::Random | Nature::Harmless => {}
            Nature::Sensitive => {
                if text.len() >= SHORTEST_HARMLESS {
                    masks.add_text(text);
                }
                if !matches!(&**text, "true" | "false" | "null") {
                    hide_place(masks, sources, *span, text);
                }
            }
            Nature::SensitiveNumber => {
                if text.len() >= SHORTEST_NUMBER {
                    masks.add_text(text);
                }
                hide_place(masks, sources, *span, text);
            }
        }
        found = true;
        let holds = sighting.holds.iter().filter(|_| searched.insert(&**text));
        for range in holds.flat_map(|ranges| ranges.iter()) {
            masks.add_text(text.get(range.clone()).unwrap_or_default());
        }
    }
    found
}

/// Hides once more what was computed from something hidden.
fn hide_derived(masks: &mut Masks, sources: &SourceMap, sightings: &[Sighting]) {
    for sighting in sightings {
        if matches!(sighting.nature, Nature::Opaque | Nature::Random) && masks.covers(sighting.span) {
            sighting.hide(masks, sources);
        }
    }
}

/// How often what was computed from something hidden is followed.
const MOST_DERIVED: usize = 2;

impl Sighting {
    fn hide(&self, masks: &mut Masks, sources: &SourceMap) {
        if self.structured {
            masks.add_origin(self.span);
        } else {
            hide(masks, sources, self.span, &self.text);
        }
    }
}

/// A walk over values, each shared one looked at once.
#[derive(Default)]
struct Walk<'v> {
    sightings: Vec<Sighting>,
    sighted: HashSet<(usize, Span, u8, bool), Quick>,
    /// Shared values that were looked at, with what was known of them.
    seen: HashSet<(usize, bool, bool), Quick>,
    names: HashMap<&'v str, bool>,
    /// Names by where they lie: most are shared.
    shared_names: HashMap<usize, bool, Quick>,
    /// What texts are, and whether something secret stands in them: the same ones come again and again.
    texts: HashMap<&'v str, (ValueClass, Option<Held>)>,
    shared_texts: HashMap<(usize, usize), (ValueClass, Option<Held>), Quick>,
}

type Quick = BuildHasherDefault<AddressHasher>;

/// Hashes addresses: they are nobody's choice, so nothing has to be held against chosen ones.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(u64::from(number));
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn write_u64(&mut self, number: u64) {
        // An odd number whose bits are spread evenly; the best bits of the product are in its middle.
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(26);
    }
}

impl<'v> Walk<'v> {
    fn judged(&mut self, text: &'v str) -> (ValueClass, Option<Held>) {
        let place = (text.as_ptr().addr(), text.len());
        if let Some(known) = self.shared_texts.get(&place) {
            return known.clone();
        }
        let judged = self.texts.entry(text).or_insert_with(|| {
            let found = if text.len() >= SHORTEST_SEARCHED { find(text) } else { Vec::new() };
            (value_class(text), (!found.is_empty()).then(|| found.into()))
        });
        self.shared_texts.insert(place, judged.clone());
        judged.clone()
    }

    fn is_secret_name(&mut self, name: &'v str) -> bool {
        *self.names.entry(name).or_insert_with(|| is_secret_name(name))
    }

    /// Whether the entry under `key` is secret by its name.
    fn is_secret_entry(&mut self, mapping: &'v Mapping, key: &'v Arc<str>) -> bool {
        let name = name_of(mapping, key);
        if !std::ptr::eq(name, &raw const **key) {
            return self.is_secret_name(name);
        }
        let place = name.as_ptr().addr();
        if let Some(known) = self.shared_names.get(&place) {
            return *known;
        }
        let is_secret = self.is_secret_name(name);
        self.shared_names.insert(place, is_secret);
        is_secret
    }

    fn is_new<T>(&mut self, shared: &Arc<T>, secret: bool, sensitive: bool) -> bool {
        self.seen.insert((Arc::as_ptr(shared).addr(), sensitive, secret))
    }

    /// `secret`: whether the value has the name of a secret; `sensitive`: whether it is part of something sensitive.
    fn value(&mut self, secret: bool, value: &'v Value, sensitive: bool) {
        let sensitive = sensitive || value.sensitive;
        match &value.kind {
            Kind::String(text) => {
                self.built(secret, text.built.as_ref(), sensitive);
                let structured = match text.built.as_deref() {
                    Some(Built::Json(_)) => true,
                    Some(Built::Template(parts)) => has_holes(parts) && text.as_str().trim().contains('\n'),
                    None => false,
                };
                self.text(secret, text.shared(), value.span(), sensitive, structured);
            }
            Kind::Number(number) if sensitive => self.sightings.push(Sighting {
                text: number.to_json().unwrap_or_default().into(),
                span: value.span(),
                nature: Nature::SensitiveNumber,
                structured: false,
                holds: None,
            }),
            Kind::Sequence(sequence) => {
                if self.is_new(sequence, secret, sensitive) {
                    sequence.items.iter().for_each(|item| self.value(secret, item, sensitive));
                    self.rest(secret, sequence.rest.as_deref(), sensitive);
                }
            }
            Kind::Mapping(mapping) => {
                if self.is_new(mapping, secret, sensitive) {
                    for (key, entry) in &mapping.entries {
                        if !matches!(entry.value.kind, Kind::Null(_) | Kind::Bool(_)) {
                            let secret = self.is_secret_entry(mapping, key);
                            self.value(secret, &entry.value, sensitive);
                        }
                    }
                    self.rest(secret, mapping.rest.as_deref(), sensitive);
                }
            }
            Kind::Unknown(unknown) => {
                for alternative in &unknown.alternatives {
                    self.value(secret, alternative, sensitive);
                }
                self.built(secret, unknown.built.as_ref(), sensitive);
            }
            Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) => {}
        }
    }

    fn rest(&mut self, secret: bool, rest: Option<&'v Rest>, sensitive: bool) {
        if let Some(template) = rest.and_then(|rest| rest.template.as_ref()) {
            self.value(secret, template, sensitive);
        }
    }

    /// What a string was built from. A whole that is sensitive because of one part is not secret in the others.
    fn built(&mut self, secret: bool, built: Option<&'v Arc<Built>>, sensitive: bool) {
        let Some(built) = built else { return };
        match &**built {
            Built::Json(inner) => {
                let sensitive = sensitive && !inner.has_sensitive_part();
                if self.is_new(built, secret, sensitive) {
                    self.value(secret, inner, sensitive);
                }
            }
            Built::Template(parts) => {
                if self.is_new(built, false, false) {
                    for part in parts {
                        if let Part::Hole(hole) = part {
                            self.value(false, hole, false);
                        }
                    }
                }
            }
        }
    }

    fn text(&mut self, secret: bool, text: &'v Arc<str>, span: Span, sensitive: bool, structured: bool) {
        if text.is_empty() {
            return;
        }
        let (class, holds) = self.judged(text);
        let nature = match class {
            ValueClass::Format(_) | ValueClass::UrlPassword => Nature::Secret,
            ValueClass::Opaque if sensitive || secret => Nature::Secret,
            ValueClass::Opaque if is_key_material(text) => Nature::Random,
            ValueClass::Opaque => Nature::Opaque,
            ValueClass::Harmless if sensitive => Nature::Sensitive,
            ValueClass::Harmless => Nature::Harmless,
        };
        if nature == Nature::Harmless && holds.is_none() {
            return;
        }
        // One text from one place says nothing more when it comes again.
        if holds.is_some() || self.sighted.insert((text.as_ptr().addr(), span, nature as u8, structured)) {
            self.sightings.push(Sighting { text: text.clone(), span, nature, structured, holds });
        }
    }
}

fn has_holes(parts: &[Part]) -> bool {
    parts.iter().any(|part| matches!(part, Part::Hole(_)))
}
