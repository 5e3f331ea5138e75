//! Which findings are suppressed, by whom, until when; and which ignores are useless or wrong.

mod comment;

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use globset::GlobMatcher;

use self::comment::{Place, Read};
use super::change::{Change, Proposal};
use super::finding::{Applicability, Finding, Instance, SuppressedBy};
use super::policy::Policy;
use super::registry::Catalogue;
use super::sink::InputProblem;
use super::text::RuleId;
use crate::date::Date;
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::comments::Language;
use crate::text::closest;

/// Every ignore of a run.
#[derive(Debug, Default)]
pub struct Ignores {
    entries: Vec<Entry>,
    /// The entries that name a rule, in order.
    by_rule: HashMap<RuleId, Vec<usize>>,
    /// What paths of the configuration are relative to.
    base: PathBuf,
    /// Comments that look like ignores and are none.
    malformed: Vec<(Span, String)>,
}

/// What ignores depend on besides the files.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    pub as_of: Date,
    /// Whether comments written for other tools are honoured.
    pub foreign: bool,
    /// The user's rules: what they show as examples silences nothing.
    pub rule_files: &'a HashSet<FileId>,
    /// What paths of the configuration are relative to.
    pub base: &'a Path,
    /// The Terraform workspace that is judged.
    pub workspace: &'a str,
}

/// An `ignore:` entry of the configuration.
#[derive(Debug, Clone)]
pub struct ConfigIgnore {
    /// A rule id or an alias.
    pub rule: String,
    pub rule_span: Span,
    /// Glob over paths as shown.
    pub path: Option<GlobMatcher>,
    /// Glob over resource addresses.
    pub resource: Option<GlobMatcher>,
    pub reason: Option<String>,
    pub until: Option<(String, Span)>,
    pub span: Span,
}

/// How a finding is suppressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Matched {
    pub(super) by: SuppressedBy,
    pub(super) foreign: bool,
    pub(super) reason: Option<String>,
    pub(super) until: Option<String>,
}

#[derive(Debug)]
struct Entry {
    /// Rules it silences, resolved from ids and aliases.
    rules: Vec<RuleName>,
    place: EntryPlace,
    /// It speaks of a line, not of the block that begins there.
    only_line: bool,
    reason: Option<String>,
    until: Option<String>,
    expiry: Expiry,
    /// The comment, or the rule of a configuration entry.
    span: Span,
    /// Where the date stands.
    until_span: Span,
    foreign: bool,
}

#[derive(Debug)]
struct RuleName {
    written: String,
    resolved: Vec<RuleId>,
    used: AtomicBool,
}

#[derive(Debug)]
enum EntryPlace {
    Lines(FileId, Range<usize>),
    Config { path: Option<GlobMatcher>, resource: Option<GlobMatcher> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expiry {
    Active,
    Expired,
    NotADate,
}

impl Ignores {
    /// Reads the ignore comments of every source file and the configuration's entries.
    #[must_use]
    pub fn read(
        sources: &SourceMap,
        catalogue: &Catalogue,
        config: &[ConfigIgnore],
        around: Surroundings<'_>,
    ) -> Self {
        let as_of = around.as_of;
        let mut entries = Vec::new();
        let mut malformed = Vec::new();
        // What rule files show as examples silences nothing.
        for (id, file) in sources.iter().filter(|(id, _)| !around.rule_files.contains(id)) {
            let Some(language) = language_of(&file.name) else { continue };
            for (written, comment, lines) in comment::in_file(&file.text, language) {
                let written = match written {
                    Read::Ignore(written) => written,
                    Read::Malformed(text) => {
                        malformed.push((Span::new(id, comment.range), text));
                        continue;
                    }
                };
                if written.foreign && !around.foreign {
                    continue;
                }
                if written.workspace.as_deref().is_some_and(|name| name != around.workspace) {
                    continue;
                }
                entries.push(Entry {
                    rules: written
                        .ids
                        .iter()
                        .map(|name| RuleName::resolve(name, written.foreign, catalogue))
                        .collect(),
                    only_line: written.place == Place::Line,
                    place: EntryPlace::Lines(id, lines),
                    reason: written.reason,
                    expiry: expiry(written.until.as_deref(), as_of),
                    until: written.until,
                    span: Span::new(id, comment.range.clone()),
                    until_span: Span::new(id, comment.range),
                    foreign: written.foreign,
                });
            }
        }
        for ignore in config {
            let until = ignore.until.as_ref().map(|(text, _)| text.clone());
            entries.push(Entry {
                rules: vec![RuleName::resolve(&ignore.rule, false, catalogue)],
                only_line: false,
                place: EntryPlace::Config { path: ignore.path.clone(), resource: ignore.resource.clone() },
                reason: ignore.reason.clone(),
                expiry: expiry(until.as_deref(), as_of),
                until,
                span: ignore.rule_span,
                until_span: ignore.until.as_ref().map_or(ignore.span, |(_, span)| *span),
                foreign: false,
            });
        }
        let mut by_rule: HashMap<RuleId, Vec<usize>> = HashMap::new();
        for (at, entry) in entries.iter().enumerate() {
            for rule in entry.rules.iter().flat_map(|name| &name.resolved) {
                let of_rule = by_rule.entry(rule.clone()).or_default();
                if of_rule.last() != Some(&at) {
                    of_rule.push(at);
                }
            }
        }
        Self { entries, by_rule, base: around.base.to_path_buf(), malformed }
    }

    /// Whether there is nothing that could silence anything.
    pub(super) fn is_empty(&self) -> bool {
        self.by_rule.is_empty()
    }

    fn of_rule(&self, rule: &str) -> impl Iterator<Item = &Entry> {
        let of_rule = self.by_rule.get(rule).map(Vec::as_slice).unwrap_or_default();
        of_rule.iter().filter_map(|at| self.entries.get(*at))
    }

    /// The first active entry that silences this instance of the finding.
    pub(super) fn matching(
        &self,
        finding: &Finding,
        instance: &Instance,
        sources: &SourceMap,
    ) -> Option<Matched> {
        // Entries that have expired are noted as met, so that they are not called unused as well.
        let mut result = None;
        for entry in self.of_rule(&finding.rule) {
            let Some(name) = entry.rules.iter().find(|name| name.resolved.contains(&finding.rule)) else {
                continue;
            };
            if !self.covers(entry, finding, instance, sources) {
                continue;
            }
            name.used.store(true, Ordering::Relaxed);
            if entry.expiry == Expiry::Active && result.is_none() {
                let by = match entry.place {
                    EntryPlace::Lines(..) => SuppressedBy::Comment,
                    EntryPlace::Config { .. } => SuppressedBy::Config,
                };
                result = Some(Matched {
                    by,
                    foreign: entry.foreign,
                    reason: entry.reason.clone(),
                    until: entry.until.clone(),
                });
            }
        }
        result
    }

    fn covers(&self, entry: &Entry, finding: &Finding, instance: &Instance, sources: &SourceMap) -> bool {
        let covers = |place: &Span| self.covers_place(entry, *place, &instance.address, sources);
        match entry.place {
            // Only the instance's own places: the way to another one says nothing about it.
            EntryPlace::Lines(..) => {
                let block = if entry.only_line { &[][..] } else { &instance.block };
                covers(&finding.primary) || instance.places.iter().chain(block).any(covers)
            }
            EntryPlace::Config { .. } => covers(&finding.primary),
        }
    }

    fn covers_place(&self, entry: &Entry, place: Span, address: &str, sources: &SourceMap) -> bool {
        match &entry.place {
            EntryPlace::Lines(file, lines) => {
                place.file == *file
                    && sources
                        .get(*file)
                        .is_some_and(|source| lines.contains(&source.line_index(place.start)))
            }
            EntryPlace::Config { path, resource } => {
                path.as_ref().is_none_or(|glob| glob.is_match(&*sources.path_below(place.file, &self.base)))
                    && resource.as_ref().is_none_or(|glob| glob.is_match(address))
            }
        }
    }

    /// Notes that a check of `rule` at these places is undecided: an ignore there is not unused.
    pub(super) fn note_undecided(
        &self,
        rule: &str,
        places: impl Iterator<Item = Span> + Clone,
        address: &str,
        sources: &SourceMap,
    ) {
        for entry in self.of_rule(rule) {
            for name in entry.rules.iter().filter(|name| name.resolved.iter().any(|known| known == rule)) {
                if places.clone().any(|place| self.covers_place(entry, place, address, sources)) {
                    name.used.store(true, Ordering::Relaxed);
                }
            }
        }
    }

    /// Findings about the ignores themselves.
    pub(super) fn problems<'a>(
        &self,
        ran: impl Iterator<Item = &'a str>,
        catalogue: &Catalogue,
        policy: &Policy,
        sources: &SourceMap,
    ) -> Vec<InputProblem> {
        let ran: HashSet<&str> = ran.collect();
        let mut problems = Vec::new();
        for (span, text) in &self.malformed {
            let help = "an ignore names its rules in brackets: `plimsoll: ignore[rule-id] reason`";
            problems.push(InputProblem {
                help: Some(help.to_owned()),
                ..InputProblem::new(
                    "ignore-unknown-rule",
                    *span,
                    format!("`{text}` names no rule, so it silences nothing"),
                )
            });
        }
        for entry in &self.entries {
            // Comments of other tools also name rules that are none of ours.
            if entry.foreign && entry.rules.iter().all(|name| name.resolved.is_empty()) {
                continue;
            }
            let until = entry.until.as_deref().unwrap_or_default();
            match entry.expiry {
                Expiry::Active => {}
                Expiry::Expired => problems.push(InputProblem {
                    help: Some("remove the ignore, or give it a new date with a reason".to_owned()),
                    ..InputProblem::new(
                        "ignore-expired",
                        entry.until_span,
                        format!("the ignore expired on {until}"),
                    )
                }),
                Expiry::NotADate => problems.push(InputProblem {
                    help: Some("write the date as `until=2027-01-31`".to_owned()),
                    ..InputProblem::new(
                        "ignore-expired",
                        entry.until_span,
                        format!("`{until}` is no date, so the ignore is not applied"),
                    )
                }),
            }
            if entry.foreign {
                continue;
            }
            for name in &entry.rules {
                if name.resolved.is_empty() {
                    let known = catalogue.infos().map(|info| &*info.id);
                    let near = closest(&name.written, known);
                    let change = entry.without(&name.written, near, sources);
                    let message = match near {
                        Some(id) => format!("no rule is called `{}`; did you mean `{id}`?", name.written),
                        None => format!("no rule is called `{}`", name.written),
                    };
                    let help = "an ignore of an unknown rule silences nothing: correct the id, or remove it";
                    problems.push(InputProblem {
                        help: Some(help.to_owned()),
                        // Which rule was meant is a guess.
                        proposal: change.map(|change| Proposal::new(Applicability::Unsafe, change)),
                        ..InputProblem::new("ignore-unknown-rule", entry.span, message)
                    });
                } else if !policy.no_ignores
                    && !name.used.load(Ordering::Relaxed)
                    && entry.expiry == Expiry::Active
                    && name.resolved.iter().any(|rule| ran.contains(&**rule))
                    && entry.place.is_looked_at(&self.base, policy, sources)
                {
                    let message = format!("no finding of `{}` is silenced here", name.written);
                    let mut problem = InputProblem::new("ignore-unused", entry.span, message);
                    let change = entry.without(&name.written, None, sources);
                    problem.proposal = change.map(|change| Proposal::new(Applicability::Safe, change));
                    problems.push(problem);
                }
            }
        }
        problems
    }
}

impl Entry {
    /// The entry without one of its rules, or with another one in its place.
    fn without(&self, rule: &str, instead: Option<&str>, sources: &SourceMap) -> Option<Change> {
        if matches!(self.place, EntryPlace::Config { .. }) {
            let text = sources.text(self.span);
            return match instead {
                Some(other) => text
                    .contains(rule)
                    .then(|| Change::Reword { comment: self.span, text: text.replace(rule, other) }),
                None => Some(Change::Unlist { entry: self.span }),
            };
        }
        let mut rules: Vec<&str> = self.rules.iter().map(|name| name.written.as_str()).collect();
        let at = rules.iter().position(|name| *name == rule)?;
        match instead.filter(|other| !rules.contains(other)) {
            Some(other) => *rules.get_mut(at)? = other,
            None => drop(rules.remove(at)),
        }
        if rules.is_empty() {
            return Some(Change::Uncomment { comment: self.span });
        }
        let (before, rest) = sources.text(self.span).split_once('[')?;
        let (_, after) = rest.split_once(']')?;
        Some(Change::Reword { comment: self.span, text: format!("{before}[{}]{after}", rules.join(", ")) })
    }
}

impl RuleName {
    fn resolve(written: &str, foreign: bool, catalogue: &Catalogue) -> Self {
        let mut resolved: Vec<RuleId> = Vec::new();
        if let Some(info) = catalogue.info(written).filter(|_| !foreign) {
            resolved.push(info.id.clone());
        } else if let Some(start) = written.strip_suffix('*').filter(|_| foreign) {
            // Every rule of a tool, or those whose ids begin so; Trivy leaves out the prefix `AVD-`.
            let starts = [start.to_ascii_lowercase(), format!("avd-{}", start.to_ascii_lowercase())];
            let is_meant = |info: &&super::RuleInfo| {
                let mut aliases = info.aliases.iter().map(|alias| alias.to_ascii_lowercase());
                aliases.any(|alias| starts.iter().any(|start| alias.starts_with(start)))
            };
            resolved.extend(catalogue.infos().filter(is_meant).map(|info| info.id.clone()));
        } else {
            resolved.extend(catalogue.by_alias(written).map(|info| info.id.clone()));
            // Trivy writes its ids with and without the prefix `AVD-`.
            resolved.extend(catalogue.by_alias(&format!("AVD-{written}")).map(|info| info.id.clone()));
        }
        Self { written: written.to_owned(), resolved, used: AtomicBool::new(false) }
    }
}

impl EntryPlace {
    /// Whether the run looks at a file in which the entry could silence something.
    fn is_looked_at(&self, base: &Path, policy: &Policy, sources: &SourceMap) -> bool {
        let Some(selected) = &policy.selected else { return true };
        match self {
            Self::Lines(file, _) => selected.contains(file),
            Self::Config { path: Some(glob), .. } => {
                selected.iter().any(|file| glob.is_match(&*sources.path_below(*file, base)))
            }
            Self::Config { path: None, .. } => false,
        }
    }
}

fn expiry(until: Option<&str>, as_of: Date) -> Expiry {
    match until.map(str::parse::<Date>) {
        None => Expiry::Active,
        Some(Ok(date)) if date < as_of => Expiry::Expired,
        Some(Ok(_)) => Expiry::Active,
        Some(Err(_)) => Expiry::NotADate,
    }
}

/// The comment syntax of a file, by its name.
fn language_of(name: &str) -> Option<Language> {
    let file = name.rsplit('/').next().unwrap_or(name);
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension {
        "tf" | "tfvars" | "hcl" => Some(Language::Hcl),
        "yml" | "yaml" => Some(Language::Yaml),
        "sh" | "bash" => Some(Language::Hash),
        // Files of environment variables: `.env`, `prod.env`, `.env.prod`.
        "env" => Some(Language::Hash),
        _ if file.starts_with(".env.") => Some(Language::Hash),
        _ if file.starts_with("Dockerfile") || extension == "dockerfile" => Some(Language::Hash),
        _ => None,
    }
}
