//! What must never be shown: places and texts that are secret, and text rendered without them. What is a
//! secret is decided in `lint::secrets`; which values are, in `analysis`; how lines look in `report`.

mod search;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;
use search::{Search, is_distinctive};

use crate::lint::secrets;
use crate::source::{FileId, SourceMap, Span};
use crate::value::Cause;

/// Stands where a secret was; its length says nothing about the secret.
pub const MASK: &str = "********";

/// Shorter values are not looked for elsewhere at all.
const SHORTEST: usize = 4;

/// Larger texts, in bytes, are searched for secrets only around what is shown.
const SEARCHED_WHOLE: usize = 64 * 1024;

/// How far around, in bytes.
const SEARCHED_AROUND: usize = 16 * 1024;

/// Byte ranges per file that no output may hold. Text that is shown is searched for what looks like a secret
/// as well, so that nothing depends on a file having been understood.
#[derive(Debug, Default)]
pub struct Masks {
    /// As they were added: the values themselves.
    spans: BTreeSet<Span>,
    /// Start to end, disjoint.
    ranges: BTreeMap<FileId, BTreeMap<usize, usize>>,
    /// Where secret values were written or computed.
    origins: HashSet<Span>,
    /// Secret values that need not stand in a file as they are.
    texts: HashSet<Box<str>>,
    /// `texts` and what stands under `spans`, the longest first; read when first needed.
    values: OnceLock<Vec<String>>,
    search: OnceLock<Search>,
    /// What was found in files that have been shown.
    found: Mutex<HashMap<FileId, Arc<[Range<usize>]>>>,
}

impl Masks {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Hides the text under `span`; ranges that touch become one. An empty span hides nothing.
    pub fn add(&mut self, span: Span) {
        if span.is_empty() {
            return;
        }
        self.spans.insert(span);
        self.forget();
        self.add_part(span);
    }

    /// Hides the text under `span` there only: a part of a file in which secrets may stand beside other things, so that
    /// what it says is no secret elsewhere.
    pub fn add_part(&mut self, span: Span) {
        if span.is_empty() {
            return;
        }
        let of_file = self.ranges.entry(span.file).or_default();
        let Range { mut start, mut end } = span.range();
        while let Some((&other_start, &other_end)) = of_file.range(..=end).next_back() {
            if other_end < start {
                break;
            }
            of_file.remove(&other_start);
            start = start.min(other_start);
            end = end.max(other_end);
        }
        of_file.insert(start, end);
    }

    /// What was derived from places and texts is made anew when it is next needed.
    fn forget(&mut self) {
        self.values = OnceLock::new();
        self.search = OnceLock::new();
    }

    /// Hides a value wherever it is quoted. Of several lines, each that stands for nothing but itself.
    pub fn add_text(&mut self, text: &str) {
        let lines = text.lines().map(str::trim);
        let is_line = text.trim().lines().nth(1).is_none();
        let kept = lines.filter(|line| line.len() >= SHORTEST && (is_line || is_distinctive(line)));
        let before = self.texts.len();
        self.texts.extend(kept.map(Box::from));
        if self.texts.len() != before {
            self.forget();
        }
    }

    /// Notes that a secret value was written or computed at `span`, without hiding what stands there.
    pub fn add_origin(&mut self, span: Span) {
        self.origins.insert(span);
    }

    /// Whether a value that was written or computed at `span` is a secret.
    #[must_use]
    pub fn covers(&self, span: Span) -> bool {
        self.origins.contains(&span)
            || (!span.is_empty()
                && self.added(span.file, span.range()).next().is_some_and(|hidden| {
                    hidden.start <= span.range().start + 1 && hidden.end + 1 >= span.range().end
                }))
    }

    /// Whether a text is a hidden value, as a whole.
    #[must_use]
    pub fn is_value(&self, sources: &SourceMap, text: &str) -> bool {
        let text = text.trim();
        self.texts.contains(text) || self.values(sources).iter().any(|value| value == text)
    }

    /// Whether any byte under `span` was added.
    #[must_use]
    pub fn hides(&self, span: Span) -> bool {
        self.added(span.file, span.range()).next().is_some()
    }

    /// Ranges to hide that overlap `range`, in order and disjoint.
    fn within(&self, sources: &SourceMap, id: FileId, text: &str, range: Range<usize>) -> Vec<Range<usize>> {
        // What stands on the command line or in the environment is often there because it is secret.
        let given = |name: &str| name.starts_with("--var ") || name.starts_with("TF_VAR_");
        if sources.get(id).is_some_and(|file| file.path.is_none() && given(&file.name)) {
            return std::iter::once(0..text.len()).filter(|whole| !whole.is_empty()).collect();
        }
        let mut hidden: Vec<Range<usize>> =
            self.added(id, range.clone()).map(|added| without_quotes(text, added)).collect();
        let overlaps = |found: &Range<usize>| found.start < range.end && found.end > range.start;
        if text.len() <= SEARCHED_WHOLE {
            hidden.extend(self.found(id, text).iter().filter(|found| overlaps(found)).cloned());
        } else {
            let start = floor(text, range.start.saturating_sub(SEARCHED_AROUND));
            let end = ceil(text, range.end.saturating_add(SEARCHED_AROUND));
            let found = secrets::find(text.get(start..end).unwrap_or_default()).into_iter();
            hidden.extend(found.map(|found| start + found.start..start + found.end).filter(&overlaps));
        }
        let longest = self.values(sources).first().map_or(0, |value| value.len() * 2);
        let start = floor(text, range.start.saturating_sub(longest.min(SEARCHED_AROUND)));
        let end = ceil(text, range.end.saturating_add(longest.min(SEARCHED_AROUND)));
        let around = text.get(start..end).unwrap_or_default();
        let places = self.search(sources).ranges(around).into_iter();
        hidden.extend(places.map(|place| start + place.start..start + place.end).filter(&overlaps));
        merged(hidden)
    }

    /// What looks like a secret in a file; searched once.
    fn found(&self, id: FileId, text: &str) -> Arc<[Range<usize>]> {
        let known = || self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().get(&id) {
            return found.clone();
        }
        // Not while others wait: searching takes long.
        let found: Arc<[Range<usize>]> = secrets::find(text).into();
        known().entry(id).or_insert(found).clone()
    }

    fn added(&self, file: FileId, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let of_file = self.ranges.get(&file);
        let first = of_file
            .and_then(|ranges| ranges.range(..=range.start).next_back())
            .filter(|(_, end)| **end > range.start)
            .map_or(range.start, |(start, _)| *start);
        of_file
            .into_iter()
            .flat_map(move |ranges| ranges.range(first..))
            .map(|(start, end)| *start..*end)
            .take_while(move |hidden| hidden.start < range.end)
    }

    /// The part `range` of a file's text with what is hidden replaced by [`MASK`]: once a line, so that
    /// line breaks and with them line numbers stay. A range that does not fit the text is cut to it.
    #[must_use]
    pub fn render(&self, sources: &SourceMap, id: FileId, range: Range<usize>) -> Masked {
        let text = sources.get(id).map_or("", |file| &*file.text);
        let range = floor(text, range.start)..floor(text, range.end);
        let mut masked = Masked { text: String::new(), pieces: Vec::new() };
        let mut at = range.start;
        for hidden in self.within(sources, id, text, range.clone()) {
            let start = floor(text, hidden.start).max(at);
            let end = ceil(text, hidden.end).min(range.end);
            masked.copy(text, at..start);
            masked.hide(text, start..end);
            at = at.max(end);
        }
        masked.copy(text, at..range.end);
        masked
    }

    /// A whole file without what is hidden.
    #[must_use]
    pub fn source(&self, sources: &SourceMap, id: FileId) -> Masked {
        self.render(sources, id, 0..usize::MAX)
    }

    /// Text that may repeat source text, such as that of an edit, without what is hidden or looks like a secret.
    #[must_use]
    pub fn clean<'t>(&self, sources: &SourceMap, text: &'t str) -> Cow<'t, str> {
        let mut found = secrets::find(text);
        found.extend(self.search(sources).ranges(text));
        let mut clean = without(text, merged(found), MASK);
        for value in self.values(sources).iter().filter(|value| text.contains(value.as_str())) {
            clean = Cow::Owned(clean.replace(value.as_str(), MASK));
        }
        clean
    }

    /// Words about the sources, such as an error message that quotes a value, without hidden values.
    #[must_use]
    pub fn words<'t>(&self, sources: &SourceMap, text: &'t str) -> Cow<'t, str> {
        self.words_with(sources, text, MASK)
    }

    /// Words with `sign` in the place of what is hidden.
    #[must_use]
    pub fn words_with<'t>(&self, sources: &SourceMap, text: &'t str, sign: &str) -> Cow<'t, str> {
        let mut found = secrets::find_formats(text);
        found.extend(self.search(sources).ranges(text));
        without(text, merged(found), sign)
    }

    /// A cause without hidden values in its names.
    #[must_use]
    pub fn cause(&self, sources: &SourceMap, cause: &Cause) -> Cause {
        let clean = |text: &Arc<str>| match self.words(sources, text) {
            Cow::Borrowed(_) => text.clone(),
            Cow::Owned(clean) => clean.into(),
        };
        match cause {
            Cause::Computed { address, attribute } => {
                Cause::Computed { address: clean(address), attribute: attribute.clone() }
            }
            Cause::Data { address, attribute } => {
                Cause::Data { address: clean(address), attribute: attribute.clone() }
            }
            Cause::MissingVariable { name } => Cause::MissingVariable { name: clean(name) },
            Cause::UnresolvedModule { source } => Cause::UnresolvedModule { source: clean(source) },
            Cause::MissingFile { path } => Cause::MissingFile { path: clean(path) },
            Cause::Unsupported { what } => Cause::Unsupported { what: clean(what) },
            Cause::Error { message } => Cause::Error { message: clean(message) },
            Cause::Limit { what } => Cause::Limit { what: clean(what) },
        }
    }

    /// Searches files that are going to be shown or learnt from, many at once.
    pub fn search_files(&self, sources: &SourceMap, files: &[FileId]) {
        files.par_iter().for_each(|id| {
            if let Some(file) = sources.get(*id).filter(|file| file.text.len() <= SEARCHED_WHOLE) {
                self.found(*id, &file.text);
            }
        });
    }

    /// Takes what looks like a secret in a file as hidden values: messages may quote a file that was not
    /// understood.
    pub fn learn(&mut self, sources: &SourceMap, id: FileId) {
        let Some(file) = sources.get(id).filter(|file| file.text.len() <= SEARCHED_WHOLE) else { return };
        let found = self.found(id, &file.text);
        for range in found.iter() {
            self.add_text(file.text.get(range.clone()).unwrap_or_default());
        }
    }

    fn search(&self, sources: &SourceMap) -> &Search {
        self.search.get_or_init(|| Search::new(self.values(sources).iter().map(String::as_str)))
    }

    fn values(&self, sources: &SourceMap) -> &[String] {
        self.values.get_or_init(|| {
            let texts = self.spans.iter().filter_map(|span| {
                let file = &sources.get(span.file)?.text;
                file.get(floor(file, span.range().start)..ceil(file, span.range().end))
            });
            let mut values: Vec<String> = texts
                .flat_map(str::lines)
                .map(|value| value.trim().trim_matches(['"', '\'']))
                .filter(|value| value.len() >= SHORTEST)
                .map(str::to_owned)
                .collect();
            values.extend(self.texts.iter().map(|text| text.to_string()));
            // The longest first, so that a value inside another one does not leave the rest of that one.
            values.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
            values.dedup();
            values
        })
    }
}

/// The part of a quoted string between its quotes: these are no secret.
fn without_quotes(text: &str, range: Range<usize>) -> Range<usize> {
    let part = text.get(range.clone()).unwrap_or_default();
    let is_quoted = |quote| part.len() >= 2 && part.starts_with(quote) && part.ends_with(quote);
    if is_quoted('"') || is_quoted('\'') { range.start + 1..range.end - 1 } else { range }
}

/// Ranges in order, those that touch made one.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    ranges.dedup_by(|next, last| {
        let touches = next.start <= last.end;
        if touches {
            last.end = last.end.max(next.end);
        }
        touches
    });
    ranges
}

/// `text` with `sign` in the place of the ranges, which are sorted and disjoint.
fn without<'t>(text: &'t str, ranges: Vec<Range<usize>>, sign: &str) -> Cow<'t, str> {
    if ranges.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut result = String::new();
    let mut done = 0;
    for range in ranges {
        result.push_str(text.get(done..range.start).unwrap_or_default());
        result.push_str(sign);
        done = range.end;
    }
    result.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(result)
}

/// Source text without hidden values, and where each part of it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masked {
    pub text: String,
    /// In order, without gaps on the side of the source.
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    /// In the source.
    old: Range<usize>,
    /// In the masked text.
    new: Range<usize>,
    hidden: bool,
}

impl Masked {
    /// Where the byte at `old` of the source stands in the masked text; bytes of a hidden value stand at
    /// the start of its mask. Offsets outside of the rendered part move to its ends.
    #[must_use]
    pub fn offset(&self, old: usize) -> usize {
        self.place(old, false)
    }

    /// Where a range of the source stands: one that touches a hidden value covers the whole mask.
    #[must_use]
    pub fn range(&self, old: Range<usize>) -> Range<usize> {
        let start = self.place(old.start, false);
        let end = if old.end > old.start { self.place(old.end, true) } else { start };
        start..end.max(start)
    }

    fn place(&self, old: usize, is_end: bool) -> usize {
        let after = |piece: &Piece| if is_end { piece.old.end < old } else { piece.old.end <= old };
        let Some(piece) = self.pieces.get(self.pieces.partition_point(after)) else {
            return self.text.len();
        };
        match (piece.hidden, is_end) {
            (true, false) => piece.new.start,
            (true, true) => piece.new.end,
            (false, _) => (piece.new.start + old.saturating_sub(piece.old.start)).min(piece.new.end),
        }
    }

    fn copy(&mut self, text: &str, old: Range<usize>) {
        let Some(part) = text.get(old.clone()).filter(|part| !part.is_empty()) else { return };
        let start = self.text.len();
        self.text.push_str(part);
        self.pieces.push(Piece { old, new: start..self.text.len(), hidden: false });
    }

    fn hide(&mut self, text: &str, old: Range<usize>) {
        let Some(part) = text.get(old.clone()) else { return };
        let mut at = old.start;
        for line in part.split_inclusive('\n') {
            let body = line.trim_end_matches(['\n', '\r']);
            if !body.is_empty() {
                let start = self.text.len();
                self.text.push_str(MASK);
                let new = start..self.text.len();
                self.pieces.push(Piece { old: at..at + body.len(), new, hidden: true });
            }
            self.copy(text, at + body.len()..at + line.len());
            at += line.len();
        }
    }
}

/// The character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The character boundary at or after `at`.
fn ceil(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
    #![allow(clippy::single_range_in_vec_init)]

    use super::*;

    fn masked(text: &str, hidden: &[Range<usize>]) -> (SourceMap, FileId, Masks) {
        let mut sources = SourceMap::default();
        let id = sources.add("a.tf", "/a.tf", text);
        let mut masks = Masks::new();
        for range in hidden {
            masks.add(Span::new(id, range.clone()));
        }
        (sources, id, masks)
    }

    #[test]
    fn hidden_text_is_replaced_and_offsets_follow() {
        let text = "a = \"geheim\" # wörter\n";
        let (sources, id, masks) = masked(text, &[5..11]);
        let shown = masks.source(&sources, id);
        assert_eq!(shown.text, "a = \"********\" # wörter\n");
        assert_eq!(shown.offset(0), 0);
        assert_eq!(shown.offset(5), 5, "start of the mask");
        assert_eq!(shown.offset(8), 5, "inside");
        assert_eq!(shown.offset(11), 13, "the quote behind it");
        assert_eq!(shown.range(4..12), 4..14);
        assert_eq!(shown.range(6..8), 5..13, "a part of the value covers the whole mask");
        assert_eq!(shown.range(2..3), 2..3);
        assert_eq!(shown.range(11..11), 13..13);
        assert_eq!(shown.offset(10_000), shown.text.len());
        assert!(masks.hides(Span::new(id, 0..6)));
        assert!(!masks.hides(Span::new(id, 0..5)) && !masks.hides(Span::new(id, 11..20)));
    }

    #[test]
    fn quotes_stay() {
        let (sources, id, masks) = masked("a = \"geheim\", b = \"\", c = 'x'", &[4..12, 18..20, 26..29]);
        let shown = masks.source(&sources, id);
        assert_eq!(shown.text, "a = \"********\", b = \"\", c = '********'");
        assert_eq!(shown.range(4..12), 4..14);
    }

    #[test]
    fn ranges_that_overlap_or_touch_become_one() {
        let (sources, id, masks) = masked("0123456789", &[2..4, 6..8, 3..6, 9..9]);
        assert_eq!(masks.source(&sources, id).text, "01********89");
        let (sources, id, masks) = masked("0123456789", &[1..2, 3..4, 5..6, 0..7]);
        assert_eq!(masks.source(&sources, id).text, "********789");
    }

    #[test]
    fn lines_stay_lines() {
        let (sources, id, masks) = masked("k = <<E\r\none\r\n\r\ntwo\r\nE\r\n", &[9..19]);
        let shown = masks.source(&sources, id);
        assert_eq!(shown.text, "k = <<E\r\n********\r\n\r\n********\r\nE\r\n");
        assert_eq!(shown.offset(16), 21);
    }

    #[test]
    fn parts_of_a_file_and_ranges_off_the_text_are_cut() {
        let (sources, id, masks) = masked("äb=geheim;c", &[4..10, 200..300]);
        assert_eq!(masks.render(&sources, id, 6..12).text, "********;c");
        assert_eq!(
            masks.render(&sources, id, 1..5).text,
            "äb=********",
            "a cut in a character moves before it"
        );
        assert_eq!(masks.render(&sources, id, 50..90).text, "");
    }

    #[test]
    fn what_looks_like_a_secret_is_hidden_without_being_added() {
        let text = "[{\"name\": \"DB_PASSWORD\",\n \"value\": \"not-a-real-password-1\"}]\n";
        let (sources, id, masks) = masked(text, &[]);
        let second = masks.render(&sources, id, 25..text.len());
        assert_eq!(second.text, " \"value\": \"********\"}]\n", "the name stands on the line before");
        assert_eq!(masks.clean(&sources, "password = \"not-a-real-password-2\""), "password = \"********\"");

        let long = format!("{}{text}{}", "x = 1\n".repeat(20_000), "y = 1\n".repeat(20_000));
        let (sources, id, masks) = masked(&long, &[]);
        let at = long.find("not-a-real").unwrap();
        assert_eq!(masks.render(&sources, id, at - 1..at + 22).text, "\"********\"");
    }

    #[test]
    fn repeated_values_are_cleaned_from_other_text() {
        let (sources, _, masks) = masked("p = \"hunter-22\" q = \"ab\"", &[4..15, 21..23]);
        assert_eq!(masks.clean(&sources, "x = \"hunter-22\""), "x = \"********\"");
        assert_eq!(masks.clean(&sources, "x = hunter-22"), "x = ********");
    }

    #[test]
    fn messages_that_quote_a_hidden_value_are_cleaned() {
        let (sources, id, masks) =
            masked("a = \"hunter-22\" b = \"postgres\" c = \"hunter-22\"", &[4..15, 20..30]);
        assert_eq!(masks.words(&sources, "no element `hunter-22`"), "no element `********`");
        assert_eq!(masks.words(&sources, "no element \"postgres\""), "no element \"********\"");
        assert_eq!(masks.words(&sources, "container postgres"), "container postgres", "a plain word");
        let shown = "a = \"********\" b = \"********\" c = \"********\"";
        assert_eq!(masks.source(&sources, id).text, shown, "the same value elsewhere");
    }
}
