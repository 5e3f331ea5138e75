//! Applies fixes in memory until nothing changes: each pass is judged anew before it counts. Nothing is written.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use super::{TextEdit, apply};
use crate::analysis::{Analysis, Failure, Request};
use crate::lint::{Applicability, Finding, Fix, Severity};
use crate::source::{Overlay, SourceFile, SourceMap};

/// Analyses of one run of fixes; a run that needs more stops with what is done.
const MOST_ANALYSES: usize = 100;

/// Rules about the input that no fix may bring about, whatever their severity.
const GRAVE: [&str; 6] =
    ["syntax-error", "evaluation-error", "reference-cycle", "duplicate-key", "unknown-field", "wrong-type"];

/// Which fixes are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Only those that keep what the author means.
    Safe,
    /// Also those that may change behaviour.
    All,
}

/// What fixing came to.
#[derive(Debug)]
pub struct Fixed {
    /// The judgement of the fixed files; `None` when nothing was fixed.
    pub after: Option<Analysis>,
    /// By name as shown.
    pub files: Vec<FixedFile>,
    /// Number of findings that were fixed.
    pub count: usize,
    pub refused: Vec<Refused>,
}

/// A file with other content than on disk.
#[derive(Debug, Clone)]
pub struct FixedFile {
    /// As shown to people.
    pub name: String,
    /// The real file.
    pub path: PathBuf,
    /// Content as it was read.
    pub old: Arc<[u8]>,
    pub new: Arc<[u8]>,
    /// Number of findings fixed in it.
    pub count: usize,
}

/// A fix that was not applied, and why.
#[derive(Debug, Clone)]
pub struct Refused {
    pub rule: String,
    pub file: String,
    /// 1-based, in the file as it was when the fix was tried.
    pub line: usize,
    pub reason: String,
}

/// What tells a finding from others, wherever it stands.
type Identity = (String, String, String, String);

/// Applies the fixes of `first` and those that follow from them. `analyse` judges the same request with other file
/// contents.
///
/// # Errors
/// Those of `analyse`.
pub fn fix(
    first: &Analysis,
    request: &Request,
    scope: Scope,
    analyse: &dyn Fn(&Request) -> Result<Analysis, Failure>,
) -> Result<Fixed, Failure> {
    let mut run = Run::new(first, request, scope);
    let mut current: Option<Analysis> = None;
    let mut limit = usize::MAX;
    for _ in 0..MOST_ANALYSES {
        let now = current.as_ref().unwrap_or(first);
        let batch = run.batch(now, limit);
        if batch.is_empty() {
            break;
        }
        let tried = run.with(now, &batch);
        let request = Request { overlay: Arc::new(tried), ..run.request.clone() };
        let next = analyse(&request)?;
        match objection(now, &next, &batch) {
            None => {
                run.accept(now, &batch);
                run.request = request;
                current = Some(next);
                limit = usize::MAX;
            }
            Some(reason) => match batch.as_slice() {
                [only] => {
                    run.refuse(now, only, reason);
                    limit = usize::MAX;
                }
                _ => limit = batch.len() / 2,
            },
        }
    }
    Ok(run.finish(first, current))
}

struct Run {
    scope: Scope,
    /// With the contents that are accepted.
    request: Request,
    /// How often a finding was there at first.
    at_first: HashMap<Identity, usize>,
    accepted: HashMap<Identity, usize>,
    refused: Vec<(Identity, Refused)>,
    /// Findings fixed, by name of file.
    by_file: BTreeMap<String, usize>,
}

impl Run {
    fn new(first: &Analysis, request: &Request, scope: Scope) -> Self {
        let mut at_first = HashMap::new();
        for finding in &first.judgement.findings {
            *at_first.entry(identity(finding, &first.sources)).or_default() += 1;
        }
        Self {
            scope,
            request: request.clone(),
            at_first,
            accepted: HashMap::new(),
            refused: Vec::new(),
            by_file: BTreeMap::new(),
        }
    }

    /// Findings to fix next: in order of place, none overlapping another, at most `limit`.
    fn batch<'a>(&self, now: &'a Analysis, limit: usize) -> Vec<&'a Finding> {
        let mut taken: Vec<(PathBuf, std::ops::Range<usize>)> = Vec::new();
        let mut batch = Vec::new();
        let open: Vec<(&Finding, &Fix)> = now
            .judgement
            .findings
            .iter()
            .filter_map(|finding| Some((finding, self.open(finding, now)?)))
            .collect();
        // What a misspelled ignore was meant to silence must not be fixed.
        let first_of_all = open.iter().any(|(finding, _)| &*finding.rule == "ignore-unknown-rule");
        for (finding, fix) in open {
            let Some(places) = places(fix, &now.sources) else { continue };
            let overlaps = |one: &(PathBuf, std::ops::Range<usize>)| {
                taken.iter().any(|other| one.0 == other.0 && touches(&one.1, &other.1))
            };
            if first_of_all && &*finding.rule != "ignore-unknown-rule" {
                continue;
            }
            if batch.len() < limit && !places.iter().any(overlaps) {
                taken.extend(places);
                batch.push(finding);
            }
        }
        batch
    }

    /// The fix of a finding, if it is still to be tried.
    fn open<'a>(&self, finding: &'a Finding, now: &Analysis) -> Option<&'a Fix> {
        let fix = finding.fix.as_ref().filter(|fix| self.allows(fix))?;
        let identity = identity(finding, &now.sources);
        let done = self.accepted.get(&identity).copied().unwrap_or_default();
        let is_back = done > 0 && done >= self.at_first.get(&identity).copied().unwrap_or(1);
        let is_refused = self.refused.iter().any(|(known, _)| *known == identity);
        (!is_back && !is_refused).then_some(fix)
    }

    fn allows(&self, fix: &Fix) -> bool {
        self.scope == Scope::All || fix.applicability == Applicability::Safe
    }

    /// The contents with the fixes of these findings.
    fn with(&self, now: &Analysis, batch: &[&Finding]) -> Overlay {
        let mut edits: BTreeMap<PathBuf, (&SourceFile, Vec<TextEdit>)> = BTreeMap::new();
        for edit in batch.iter().filter_map(|finding| finding.fix.as_ref()).flat_map(|fix| &fix.edits) {
            let Some((file, real)) = real_file(&now.sources, edit.span.file) else { continue };
            let text = TextEdit::new(edit.span.range(), edit.text.clone());
            edits.entry(real).or_insert_with(|| (file, Vec::new())).1.push(text);
        }
        let mut contents = Overlay::clone(&self.request.overlay);
        for (path, (file, edits)) in edits {
            if let Some(text) = apply(&file.text, &edits) {
                contents.put(path, bytes(file, &text));
            }
        }
        contents
    }

    fn accept(&mut self, now: &Analysis, batch: &[&Finding]) {
        for finding in batch {
            *self.accepted.entry(identity(finding, &now.sources)).or_default() += 1;
            let file = finding.fix.as_ref().and_then(|fix| fix.edits.first()).map(|edit| edit.span.file);
            if let Some(file) = file {
                *self.by_file.entry(now.sources.name(file).to_owned()).or_default() += 1;
            }
        }
    }

    fn refuse(&mut self, now: &Analysis, finding: &Finding, reason: String) {
        let refused = Refused {
            rule: finding.rule.to_string(),
            file: now.sources.name(finding.primary.file).to_owned(),
            line: now.sources.position(finding.primary).line,
            reason,
        };
        self.refused.push((identity(finding, &now.sources), refused));
    }

    fn finish(self, first: &Analysis, after: Option<Analysis>) -> Fixed {
        let mut files = Vec::new();
        for (_, file) in first.sources.iter() {
            let real = file.path.as_ref().and_then(|path| path.canonicalize().ok());
            let Some(path) = real.filter(|_| !file.text.is_empty()) else { continue };
            let known = |of: &FixedFile| of.path == path;
            let Some(new) = self.request.overlay.content(&path).filter(|_| !files.iter().any(known)) else {
                continue;
            };
            let old = bytes(file, &file.text);
            if old != *new {
                let count = self.by_file.get(&file.name).copied().unwrap_or_default();
                files.push(FixedFile { name: file.name.clone(), path, old, new: new.clone(), count });
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let count = self.accepted.values().sum();
        let refused = self.refused.into_iter().map(|(_, refused)| refused).collect();
        Fixed { after, files, count, refused }
    }
}

fn identity(finding: &Finding, sources: &SourceMap) -> Identity {
    let address = finding.instances.first().map_or("", |instance| &instance.address);
    let element = finding.element.as_deref().unwrap_or_default();
    let place = format!("{} {address}", sources.name(finding.primary.file));
    (finding.rule.to_string(), place, element.to_owned(), finding.message.clone())
}

fn real_file(sources: &SourceMap, id: crate::source::FileId) -> Option<(&SourceFile, PathBuf)> {
    let file = sources.get(id)?;
    Some((file, file.path.as_ref()?.canonicalize().ok()?))
}

/// Where a fix edits, by real file.
fn places(fix: &Fix, sources: &SourceMap) -> Option<Vec<(PathBuf, std::ops::Range<usize>)>> {
    fix.edits.iter().map(|edit| Some((real_file(sources, edit.span.file)?.1, edit.span.range()))).collect()
}

/// Whether two edits cannot both be made: they overlap, or stand at one place.
fn touches(one: &std::ops::Range<usize>, other: &std::ops::Range<usize>) -> bool {
    one.start == other.start || (one.start < other.end && other.start < one.end)
}

/// A text as the bytes of its file, with the byte-order mark that it had.
fn bytes(file: &SourceFile, text: &str) -> Arc<[u8]> {
    let mut bytes = Vec::with_capacity(text.len() + 3);
    if file.on_disk(0) == Some(3) {
        bytes.extend([0xEF, 0xBB, 0xBF]);
    }
    bytes.extend(text.as_bytes());
    bytes.into()
}

/// Rule, resource and element, each time a finding affects one.
type Tally = HashMap<(String, String, String), usize>;

fn tally<'a>(findings: impl Iterator<Item = &'a Finding>) -> Tally {
    let mut tally = Tally::new();
    for finding in findings {
        let element = finding.element.clone().unwrap_or_default();
        for instance in &finding.instances {
            let key = (finding.rule.to_string(), instance.address.to_string(), element.clone());
            *tally.entry(key).or_default() += 1;
        }
    }
    tally
}

/// Why a pass does not count: a finding stays, or there is a new error.
fn objection(before: &Analysis, after: &Analysis, batch: &[&Finding]) -> Option<String> {
    let grave = |finding: &&Finding| GRAVE.contains(&&*finding.rule) || finding.severity == Severity::Error;
    let errors = |analysis: &Analysis| tally(analysis.judgement.findings.iter().filter(grave));
    let (old, new) = (errors(before), errors(after));
    let mut worse: Vec<&(String, String, String)> =
        new.iter().filter(|(key, count)| *count > old.get(*key).unwrap_or(&0)).map(|(key, _)| key).collect();
    worse.sort();
    if let Some((rule, address, _)) = worse.first() {
        return Some(match rule.as_str() {
            "syntax-error" => "the file could not be read afterwards".to_owned(),
            _ => format!("it would cause {rule} in {address}"),
        });
    }
    let (old, new) = (tally(before.judgement.findings.iter()), tally(after.judgement.findings.iter()));
    let fixed = tally(batch.iter().copied());
    let stays = fixed.iter().any(|(key, count)| {
        let left = old.get(key).copied().unwrap_or_default().saturating_sub(*count);
        new.get(key).copied().unwrap_or_default() > left
    });
    stays.then(|| "the finding would stay".to_owned())
}
