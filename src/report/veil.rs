//! Evaluated values without what must not be shown: asks [`Masks`] about each string, key and cause.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::lint::secrets;
use crate::mask::Masks;
use crate::source::{SourceMap, Span};
use crate::value::{Built, Cause, Causes, Kind, Part, Text, Value};

/// What stands for a value that must not be shown.
pub(super) const HIDDEN: &str = "(sensitive)";

/// The way values are looked at on their way out.
#[derive(Debug, Clone, Copy)]
pub struct Veil<'a> {
    pub masks: &'a Masks,
    pub sources: &'a SourceMap,
    /// What gives a variable without value one, by its name.
    pub decide_with: &'a BTreeMap<String, String>,
}

impl<'a> Veil<'a> {
    /// Whether a value called `name` is hidden as a whole; an unknown one has nothing to hide but its parts.
    pub(super) fn hides(&self, name: &str, value: &Value) -> bool {
        match &value.kind {
            Kind::String(text) => {
                self.masks.covers(value.span())
                    && secrets::value_class(text.as_str()) != secrets::ValueClass::Harmless
                    || secrets::classify(name, text.as_str()).is_some()
                    || self.masks.is_value(self.sources, text.as_str())
            }
            Kind::Number(_) => self.masks.covers(value.span()),
            Kind::Unknown(unknown) => unknown.prefix.is_some() && self.masks.covers(value.span()),
            Kind::Null(_) | Kind::Bool(_) | Kind::Sequence(_) | Kind::Mapping(_) => false,
        }
    }

    /// The text of a string that is not hidden as a whole, without hidden parts.
    pub(super) fn text(&self, text: &Text) -> String {
        if let Some(Built::Template(parts)) = text.built.as_deref()
            && parts
                .iter()
                .any(|part| matches!(part, Part::Hole(hole) if hole.sensitive || self.hides("", hole)))
        {
            let pieces = parts.iter().map(|part| match part {
                Part::Literal { text, .. } => self.plain(text),
                Part::Hole(hole) if hole.sensitive || self.hides("", hole) => Cow::Borrowed(HIDDEN),
                Part::Hole(hole) => self.plain(hole.as_str().unwrap_or_default()).into_owned().into(),
            });
            let whole: String = pieces.collect();
            return self.plain(&whole).into_owned();
        }
        self.plain(text.as_str()).into_owned()
    }

    /// A text from the files, such as a key, without hidden parts.
    pub(super) fn plain<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let words = self.masks.words_with(self.sources, text, HIDDEN);
        let ranges = secrets::find(&words);
        if ranges.is_empty() {
            return words;
        }
        let mut clean = String::new();
        let mut from = 0;
        for range in ranges {
            clean.push_str(words.get(from..range.start).unwrap_or_default());
            clean.push_str(HIDDEN);
            from = range.end;
        }
        clean.push_str(words.get(from..).unwrap_or_default());
        Cow::Owned(clean)
    }

    /// Words about the files, such as a message.
    pub(super) fn words<'t>(&self, words: &'t str) -> Cow<'t, str> {
        self.masks.words(self.sources, words)
    }

    pub(super) fn causes(&self, causes: &Causes) -> Vec<Cause> {
        causes.iter().map(|cause| self.masks.cause(self.sources, cause)).collect()
    }

    /// What a person can do to have a cause decided; for a variable also the environments or var files that set it.
    pub(super) fn decide_with(&self, cause: &Cause) -> Option<String> {
        match cause {
            Cause::MissingVariable { name } => match self.decide_with.get(&**name) {
                Some(how) => Some(self.words(&format!("{how} or --var {name}=…")).into_owned()),
                None => cause.decide_with(),
            },
            _ => cause.decide_with(),
        }
    }

    /// `infra/ecs.tf:12`, 1-based.
    pub(super) fn place(&self, span: Span) -> String {
        format!("{}:{}", self.words(self.sources.name(span.file)), self.sources.position(span).line)
    }

    /// The first line of the source under a span.
    pub(super) fn source(&self, span: Span) -> String {
        let shown = self.masks.render(self.sources, span.file, span.range()).text;
        let mut lines = shown.trim().lines();
        let first = lines.next().unwrap_or_default().trim_end().to_owned();
        if lines.next().is_some() { format!("{first} …") } else { first }
    }
}
