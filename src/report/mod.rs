//! Reports: one file per format over the same findings and estimate. Formats write into a stream they
//! are given; nothing here prints, exits or judges. Source text passes through [`Masks`] on its way out.

pub mod breakdown;
pub mod change;
pub mod checkstyle;
pub mod compare;
pub mod cost_why;
pub mod diff;
pub mod estimate;
pub mod evaluated;
pub mod evidence;
pub mod github;
pub mod gitlab;
pub mod human;
pub mod json;
pub mod junit;
mod literal;
pub mod markdown;
pub mod mistakes;
pub mod ndjson;
pub mod page;
mod patch;
pub mod prices;
pub mod sarif;
pub mod schema;
pub mod sensitivity;
pub mod show;
pub mod style;
mod table;
pub(crate) mod text;
pub mod timings;
pub mod veil;
mod view;
pub mod why;
mod xml;

use std::borrow::Cow;
use std::collections::BTreeMap;

pub use style::Style;
pub(crate) use text::line;

use crate::change::budget::Verdicts;
use crate::cost::estimate::Estimate;
use crate::date::Date;
use crate::lint::sink::Judgement;
use crate::lint::{Catalogue, Finding, Fix, Severity};
use crate::mask::Masks;
use crate::source::{Position, SourceMap, Span};
use crate::value::Cause;

/// Everything a report may tell about a run.
#[derive(Debug)]
pub struct Outcome<'a> {
    /// Version of Plimsoll.
    pub version: &'a str,
    /// The date the run judged by.
    pub as_of: Date,
    /// The rules of the run.
    pub catalogue: &'a Catalogue,
    pub sources: &'a SourceMap,
    pub masks: &'a Masks,
    /// Number of files that were judged.
    pub files: usize,
    pub judgement: &'a Judgement,
    /// `None` where the command does not price.
    pub estimate: Option<&'a Estimate>,
    /// What became of the budgets; `None` where the command checks none.
    pub budgets: Option<&'a Verdicts>,
    /// Remarks on the run as a whole, one sentence each: nothing relevant found, a file skipped.
    pub notes: &'a [String],
    /// Names of the `TF_VAR_…` environment variables whose values were used, sorted.
    pub environment: &'a [String],
    /// The environment of the configuration that was evaluated.
    pub environment_name: Option<&'a str>,
    /// What gives a variable without value one, by its name.
    pub decide_with: &'a BTreeMap<String, String>,
}

/// What makes a run fail, for formats that have failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fails {
    /// The mildest severity that does; `None` where none does.
    pub from: Option<Severity>,
    /// Whether a check that could not be decided does.
    pub undecided: bool,
}

impl Fails {
    /// Whether a finding of this severity fails the run.
    #[must_use]
    pub fn on(&self, severity: Severity) -> bool {
        self.from.is_some_and(|least| severity >= least)
    }
}

impl<'a> Outcome<'a> {
    /// Where a span starts and ends as people count it.
    fn place(&self, span: Span) -> Place<'a> {
        Place {
            file: self.sources.name(span.file),
            start: self.sources.position(span),
            end: self.sources.end_position(span),
        }
    }

    /// Words about the sources without the secrets that they may quote.
    fn words<'t>(&self, words: &'t str) -> Cow<'t, str> {
        self.masks.words(self.sources, words)
    }

    /// What a person can do to have a cause decided; for a variable, the environments or var files that set it.
    fn decide_with(&self, cause: &Cause) -> Option<String> {
        let of_variable = match cause {
            Cause::MissingVariable { name } => self.decide_with.get(&**name).cloned(),
            _ => None,
        };
        of_variable.or_else(|| cause.decide_with())
    }

    /// What to do about a finding: its own help, else the first sentence of the rule's remediation.
    fn help<'f>(&self, finding: &'f Finding) -> Option<Cow<'f, str>>
    where
        'a: 'f,
    {
        let catalogue: &'a Catalogue = self.catalogue;
        let remedy = || catalogue.info(&finding.rule)?.remedy().map(Cow::Borrowed);
        finding.help.as_deref().map(|help| self.words(help)).or_else(remedy)
    }

    /// The message and what to do, for formats that have one text.
    fn sentence(&self, finding: &Finding) -> String {
        let message = self.words(&finding.message);
        match self.help(finding) {
            Some(help) => format!("{message}; help: {help}"),
            None => message.into_owned(),
        }
    }

    /// The family of a rule.
    fn family(&self, rule: &str) -> &'a str {
        let catalogue: &'a Catalogue = self.catalogue;
        catalogue.info(rule).map_or("other", |info| &info.family)
    }

    /// The resource and part that a finding is about, how many more there are; `None` where that is the file.
    fn affected(&self, finding: &Finding) -> Option<String> {
        let mut addresses = finding.instances.iter().map(|instance| &*instance.address);
        let own = addresses.next().filter(|address| *address != self.sources.name(finding.primary.file));
        let mut words = match (own, &finding.element) {
            (Some(address), Some(element)) => format!("{address}, {element}"),
            (Some(address), None) => address.to_owned(),
            (None, Some(element)) => element.clone(),
            (None, None) => return None,
        };
        let more = finding.instances.len().saturating_sub(1);
        if more > 0 {
            words.push_str(&format!(" and {more} more"));
        }
        Some(words)
    }

    /// What there is to say of a finding beside its message, a line each.
    fn details(&self, finding: &Finding) -> Vec<String> {
        let help = self.help(finding).map(|help| format!("help: {help}"));
        let affected = self.affected(finding).map(|affected| format!("in {affected}"));
        let related = finding.related.iter().map(|related| {
            let place = self.place(related.span);
            format!("{}:{}: {}", place.file, place.start.line, self.words(&related.message))
        });
        let conditional = finding.conditional.then(|| CONDITIONAL.to_owned());
        help.into_iter().chain(affected).chain(conditional).chain(related).collect()
    }

    /// The finding's fix, unless writing it down would show what is masked, or its places mean nothing in the
    /// file on disk.
    fn fix<'f>(&self, finding: &'f Finding) -> Option<&'f Fix> {
        let is_clean = |text: &str| matches!(self.masks.clean(self.sources, text), Cow::Borrowed(_));
        let fits = |edit: &crate::lint::Edit| is_clean(&edit.text) && self.on_disk(edit.span).is_some();
        finding.fix.as_ref().filter(|fix| fix.edits.iter().all(fits))
    }

    /// Byte offsets of a span in the file on disk.
    fn on_disk(&self, span: Span) -> Option<(u32, u32)> {
        let file = self.sources.get(span.file)?;
        Some((file.on_disk(span.start)?, file.on_disk(span.end)?))
    }

    fn counts(&self) -> Counts {
        let of =
            |severity| self.judgement.findings.iter().filter(|finding| finding.severity == severity).count();
        Counts {
            error: of(Severity::Error),
            warning: of(Severity::Warning),
            info: of(Severity::Info),
            undecided: self.judgement.undecided_checks,
            suppressed: self.judgement.suppressed.len(),
            decided: self.judgement.decided,
            applicable: self.judgement.decided + self.judgement.undecided_checks,
        }
    }

    /// Findings most severe first, then by place.
    fn by_severity(&self) -> Vec<&Finding> {
        let mut findings: Vec<&Finding> = self.judgement.findings.iter().collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        findings
    }
}

/// What is said of a finding whose resource may not exist.
const CONDITIONAL: &str = "if created: whether it exists depends on a value that is not known";

/// A place as people count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place<'a> {
    file: &'a str,
    start: Position,
    /// Exclusive.
    end: Position,
}

/// The numbers of the summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counts {
    error: usize,
    warning: usize,
    info: usize,
    undecided: usize,
    suppressed: usize,
    decided: usize,
    applicable: usize,
}

/// `a, b, c and 3 more`: at most `shown` names.
fn listed<'n>(names: impl IntoIterator<Item = &'n str>, shown: usize) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let first = names.iter().take(shown).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(shown) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// Items in groups of equal keys; groups in order of key.
fn grouped<K: Ord, T>(items: impl IntoIterator<Item = T>, key: impl Fn(&T) -> K) -> BTreeMap<K, Vec<T>> {
    let mut groups: BTreeMap<K, Vec<T>> = BTreeMap::new();
    for item in items {
        groups.entry(key(&item)).or_default().push(item);
    }
    groups
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
