//! YAML text to the spanned tree: the only file that knows the YAML library.

use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{ErrorKind, Event, Marker, Parser, ScalarStyle, ScanError, Tag};

use super::parsed::{Comment, ErrorClass, Parsed, note_duplicates};
use super::tree::{Member, Node, NodeKind};
use crate::source::{FileId, Span};

/// Nodes that aliases of one file may copy altogether; beyond it they are [`NodeKind::Broken`].
const ALIAS_BUDGET: usize = 50_000;

/// Which YAML is meant: plain words mean different things to different programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// `yes`, `no`, `on`, `off` are booleans, as in YAML 1.1 (Docker Compose v1, CloudFormation).
    pub old_booleans: bool,
    /// `<<: *base` takes over the members of another map.
    pub merge_keys: bool,
}

impl Dialect {
    /// GitHub workflows and actions: YAML 1.2 core schema with aliases, without merge keys.
    /// Source: docs.github.com, "Workflow syntax", "YAML anchors and aliases".
    pub const GITHUB: Self = Self { old_booleans: false, merge_keys: false };
    /// Our own files: YAML 1.2 core schema with merge keys.
    pub const PLAIN: Self = Self { old_booleans: false, merge_keys: true };
    /// YAML 1.1 with its booleans.
    pub const OLD: Self = Self { old_booleans: true, merge_keys: true };
}

/// Reads every document of a YAML text.
///
/// A broken document is a [`NodeKind::Broken`] root and an error; reading goes on with the next one.
/// Aliases are copied (their spans are those of the anchor) within a budget. Tags other than those of
/// the core schema are ignored. A text without content has no document and no error.
#[must_use]
pub fn parse(text: &str, file: FileId, dialect: Dialect) -> Parsed {
    let options = granit_parser::options! {
        emit_unresolved_aliases: true,
        max_buffered_comment_events: usize::MAX,
    };
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder {
        text,
        file,
        dialect,
        parsed: Parsed::default(),
        open: Vec::new(),
        anchors: HashMap::new(),
        copied: 0,
        kept: 0,
        last_end: 0,
    };
    loop {
        match parser.next_event() {
            None => break,
            Some(Ok((event, span))) => builder.event(event, span),
            Some(Err(error)) => {
                builder.broken(&error);
                match parser.proceed_next_document() {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => {
                        builder.broken(&error);
                        break;
                    }
                }
            }
        }
    }
    builder.parsed
}

/// A collection whose end has not been read yet.
struct Open {
    start: usize,
    anchor: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map { members: Vec<Member>, key: Option<Key>, merges: Vec<Node> },
}

struct Key {
    text: Arc<str>,
    span: Span,
    merge: bool,
}

/// An anchored node.
enum Anchored {
    /// Its end has not been read yet.
    Open,
    Kept {
        node: Node,
        size: usize,
    },
    /// Beyond the budget.
    TooLarge,
}

struct Builder<'a> {
    text: &'a str,
    file: FileId,
    dialect: Dialect,
    parsed: Parsed,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    /// Nodes copied by aliases.
    copied: usize,
    /// Nodes kept for aliases.
    kept: usize,
    /// End of the last token that belongs to content.
    last_end: usize,
}

impl Builder<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        let range = super::json::clamp(self.text, start, end);
        Span::new(self.file, range)
    }

    fn offset(&self, marker: &Marker) -> usize {
        marker.byte_offset().unwrap_or(self.text.len()).min(self.text.len())
    }

    fn broken(&mut self, error: &ScanError) {
        let nesting = matches!(error.kind(), ErrorKind::RecursionLimitExceeded);
        let why =
            &if nesting { "the nesting is too deep (more than 255 levels)".to_owned() } else { error.info() };
        let start = self.offset(error.marker());
        // Mark the character at the place, if there is one on that line.
        let here = self.text.get(start..).and_then(|rest| rest.chars().next());
        let width = here.filter(|sign| !sign.is_control()).map_or(0, char::len_utf8);
        let span = self.span(start, start + width);
        let class = if nesting { ErrorClass::Limit } else { ErrorClass::Grammar };
        self.parsed.error_of(class, span, why.trim());
        self.open.clear();
        self.anchors.clear();
        self.parsed.documents.push(Node { span, kind: NodeKind::Broken(why.as_str().into()) });
    }

    fn event(&mut self, event: Event<'_>, span: granit_parser::Span) {
        let start = self.offset(&span.start);
        let end = self.offset(&span.end).max(start);
        match event {
            Event::Comment(text, _) => {
                let span = self.span(start, end);
                self.parsed.comments.push(Comment { span, text: text.as_ref().into() });
            }
            Event::Scalar(text, style, anchor, tag) => {
                let kind = self.scalar(&text, style, tag.as_deref());
                let span = self.scalar_span(style, start, end);
                if matches!(kind, NodeKind::String(_)) || !span.is_empty() {
                    self.last_end = span.end as usize;
                }
                let plain = style == ScalarStyle::Plain;
                self.finished(Node { span, kind }, anchor, plain);
            }
            Event::SequenceStart(_, anchor, _) => self.start(start, anchor, Content::List(Vec::new())),
            Event::MappingStart(_, anchor, _) => {
                let content = Content::Map { members: Vec::new(), key: None, merges: Vec::new() };
                self.start(start, anchor, content);
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(end),
            Event::Alias(id) => {
                let span = self.span(start, end);
                self.last_end = end;
                let node = self.alias(id, span);
                self.finished(node, 0, false);
            }
            Event::UnresolvedAlias(name) => {
                let span = self.span(start, end);
                self.last_end = end;
                let why = format!("there is no anchor `&{name}` above");
                self.parsed.error(span, why.clone());
                self.finished(Node { span, kind: NodeKind::Broken(why.into()) }, 0, false);
            }
            Event::DocumentStart(..) | Event::DocumentEnd => {
                self.anchors.clear();
                self.last_end = end;
            }
            _ => {}
        }
    }

    /// The source of a scalar. Block scalars end with their last line's text, empty ones stand where they are missing.
    fn scalar_span(&self, style: ScalarStyle, start: usize, end: usize) -> Span {
        if start == end {
            // `key:` without value: just behind the colon.
            let from = self.last_end.max(start);
            let rest = self.text.get(from..).unwrap_or_default();
            let indicator = rest.trim_start().strip_prefix([':', '-', '?']);
            let at = indicator.map_or(from, |behind| self.text.len() - behind.len());
            return self.span(at, at);
        }
        let mut end = end;
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            let written = self.text.get(start..end).unwrap_or_default();
            end = start + written.trim_end().len();
        }
        self.span(start, end)
    }

    fn start(&mut self, start: usize, anchor: usize, content: Content) {
        if anchor != 0 {
            self.anchors.insert(anchor, Anchored::Open);
        }
        self.open.push(Open { start, anchor, content });
    }

    fn end(&mut self, end: usize) {
        let Some(open) = self.open.pop() else { return };
        let (start, anchor) = (open.start, open.anchor);
        // A block collection ends where its last content ends, not where the next token starts.
        let closed_by = self.text.get(..end).and_then(|text| text.chars().next_back());
        let flow = matches!(self.text.get(start..).and_then(|text| text.chars().next()), Some('[' | '{'))
            && matches!(closed_by, Some(']' | '}'));
        let end = if flow { end } else { self.last_end.max(start) };
        self.last_end = end;
        let span = self.span(start, end);
        let kind = match open.content {
            Content::List(items) => NodeKind::List(items),
            Content::Map { mut members, merges, .. } => {
                note_duplicates(&members, &mut self.parsed.duplicates);
                for merged in merges {
                    self.merge(&mut members, merged);
                }
                NodeKind::Map(members)
            }
        };
        self.finished(Node { span, kind }, anchor, false);
    }

    /// Adds a complete node to the collection around it.
    fn finished(&mut self, node: Node, anchor: usize, plain: bool) {
        if anchor != 0 {
            // Nested anchors each keep a copy of what is inside them.
            let size = count(&node);
            self.kept += size;
            let anchored = if self.kept <= 2 * ALIAS_BUDGET {
                Anchored::Kept { node: node.clone(), size }
            } else {
                Anchored::TooLarge
            };
            self.anchors.insert(anchor, anchored);
        }
        let Some(open) = self.open.last_mut() else {
            self.parsed.documents.push(node);
            return;
        };
        match &mut open.content {
            Content::List(items) => items.push(node),
            Content::Map { members, key, merges } => match key.take() {
                Some(named) if named.merge => {
                    merges.push(node);
                }
                Some(named) => members.push(Member { key: named.text, key_span: named.span, value: node }),
                None => {
                    let text = match &node.kind {
                        NodeKind::Null => Some(Arc::from("null")),
                        _ => node.scalar_text(),
                    };
                    if text.is_none() && !matches!(node.kind, NodeKind::Broken(_)) {
                        self.parsed.error(node.span, "a key must be a word or a text, not a list or a map");
                    }
                    let merge = self.dialect.merge_keys
                        && plain
                        && matches!(&node.kind, NodeKind::String(text) if &**text == "<<");
                    *key = Some(Key { text: text.unwrap_or_default(), span: node.span, merge });
                }
            },
        }
    }

    /// Members of `merged` that `members` does not have. Source: yaml.org/type/merge.html.
    fn merge(&mut self, members: &mut Vec<Member>, merged: Node) {
        match merged.kind {
            NodeKind::Map(others) => {
                for other in others {
                    if !members.iter().any(|member| member.key == other.key) {
                        members.push(other);
                    }
                }
            }
            NodeKind::List(items) => items.into_iter().for_each(|item| self.merge(members, item)),
            NodeKind::Broken(_) => {}
            _ => self.parsed.error(merged.span, "`<<` takes a map or a list of maps"),
        }
    }

    fn alias(&mut self, id: usize, span: Span) -> Node {
        let (class, why) = match self.anchors.get(&id) {
            Some(Anchored::Kept { node, size }) if self.copied + size <= ALIAS_BUDGET => {
                self.copied += size;
                return node.clone();
            }
            Some(Anchored::Kept { .. } | Anchored::TooLarge) => {
                (ErrorClass::Limit, "the aliases of this file expand to too much".to_owned())
            }
            Some(Anchored::Open) => {
                let alias = self.text.get(span.range()).unwrap_or("the alias");
                (ErrorClass::Cycle, format!("`{alias}` stands inside its own anchor"))
            }
            None => (ErrorClass::Grammar, "this alias names no anchor".to_owned()),
        };
        // A bomb has thousands of them: one error says it.
        if !self.parsed.errors.iter().any(|error| error.message == why) {
            self.parsed.error_of(class, span, why.clone());
        }
        Node { span, kind: NodeKind::Broken(why.into()) }
    }

    fn scalar(&self, text: &str, style: ScalarStyle, tag: Option<&Tag>) -> NodeKind {
        let core = tag.and_then(Tag::core_suffix);
        let quoted = style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.original() == "!");
        match core {
            Some("str") => NodeKind::String(text.into()),
            Some("int" | "float" | "bool" | "null") => plain(text, self.dialect),
            _ if quoted => NodeKind::String(text.into()),
            _ => plain(text, self.dialect),
        }
    }
}

fn count(node: &Node) -> usize {
    1 + node.items().iter().map(count).sum::<usize>()
        + node.members().iter().map(|member| 1 + count(&member.value)).sum::<usize>()
}

/// A plain scalar by the YAML 1.2 core schema (section 10.3.2), with the 1.1 booleans where asked.
fn plain(text: &str, dialect: Dialect) -> NodeKind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return NodeKind::Null,
        "true" | "True" | "TRUE" => return NodeKind::Bool(true),
        "false" | "False" | "FALSE" => return NodeKind::Bool(false),
        _ => {}
    }
    if dialect.old_booleans {
        match text {
            "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return NodeKind::Bool(true),
            "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return NodeKind::Bool(false),
            _ => {}
        }
    }
    match number(text) {
        Some(number) => NodeKind::Number(number),
        None => NodeKind::String(text.into()),
    }
}

/// The number as written, or in JSON's notation where YAML allows more (`0x1f`, `0o17`, `+1`, `.5`, `1.`).
fn number(text: &str) -> Option<Arc<str>> {
    let whole = |digits: &str, radix| {
        let fits = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
        fits.then(|| u64::from_str_radix(digits, radix).ok()).flatten().map(|value| value.to_string().into())
    };
    if let Some(digits) = text.strip_prefix("0x") {
        return whole(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return whole(digits, 8);
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (rest, None),
    };
    let (before, after) = match mantissa.split_once('.') {
        Some((before, after)) => (before, Some(after)),
        None => (mantissa, None),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_fits = exponent.is_none_or(|exponent| {
        let unsigned = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !unsigned.is_empty() && digits(unsigned)
    });
    if !digits(before) || !after.is_none_or(digits) || !exponent_fits {
        return None;
    }
    if before.is_empty() && after.is_none_or(str::is_empty) {
        return None;
    }
    if sign.is_empty() && rest.len() == text.len() && !before.is_empty() && after != Some("") {
        return Some(text.into());
    }
    let before = if before.is_empty() { "0" } else { before };
    let after = after.filter(|after| !after.is_empty()).map(|after| format!(".{after}")).unwrap_or_default();
    let exponent = exponent.map(|exponent| format!("e{exponent}")).unwrap_or_default();
    Some(format!("{sign}{before}{after}{exponent}").into())
}

/// Where parts of a scalar's decoded text stand in the source.
#[derive(Debug)]
pub struct ScalarPlaces {
    scalar: Span,
    mapping: PlaceMapping,
}

#[derive(Debug)]
enum PlaceMapping {
    /// Text and source are the same from this offset on.
    Same(usize),
    /// Lines of a block scalar, by their start in the text: (start in the text, start in the source).
    Lines(Vec<(usize, usize)>),
    /// Escapes or folding: only the scalar as a whole has a place.
    Whole,
}

impl ScalarPlaces {
    /// `source` is the text of the file, `scalar` the span of the node, `decoded` its text.
    #[must_use]
    pub fn new(source: &str, scalar: Span, decoded: &str) -> Self {
        let written = source.get(scalar.range()).unwrap_or_default();
        let base = scalar.start as usize;
        let quoted = written.starts_with(['"', '\'']);
        let mapping = if written == decoded {
            PlaceMapping::Same(base)
        } else if quoted && written.get(1..written.len().saturating_sub(1)) == Some(decoded) {
            PlaceMapping::Same(base + 1)
        } else if quoted {
            PlaceMapping::Whole
        } else {
            block_lines(written, base, decoded).map_or(PlaceMapping::Whole, PlaceMapping::Lines)
        };
        Self { scalar, mapping }
    }

    /// The place of a byte range of the text; the whole scalar where that cannot be told.
    #[must_use]
    pub fn place(&self, range: std::ops::Range<usize>) -> Span {
        let lines = match &self.mapping {
            PlaceMapping::Same(base) => {
                return Span::new(self.scalar.file, base + range.start..base + range.end);
            }
            PlaceMapping::Lines(lines) => lines,
            PlaceMapping::Whole => return self.scalar,
        };
        let find = |offset: usize| {
            let line = lines.partition_point(|(text, _)| *text <= offset).checked_sub(1)?;
            lines.get(line).map(|(text, source)| source + (offset - text))
        };
        match (find(range.start), find(range.end)) {
            (Some(start), Some(end)) => {
                // The last line break of the text stands behind the span.
                let last = self.scalar.end as usize;
                Span::new(self.scalar.file, start.min(last)..end.min(last))
            }
            _ => self.scalar,
        }
    }
}

/// Lines of a block scalar have the same indentation; the span starts with the first line's text. `None` when a
/// line of the text is not one of the source (folding).
fn block_lines(written: &str, base: usize, decoded: &str) -> Option<Vec<(usize, usize)>> {
    let mut sources = written.split_inclusive('\n');
    let mut source_start = base;
    let mut text_start = 0;
    let mut lines = Vec::new();
    for line in decoded.split_inclusive('\n') {
        let wanted = line.trim_end_matches(['\n', '\r']);
        let Some(source) = sources.next() else {
            // Empty lines at the end stand behind the span.
            if wanted.is_empty() {
                break;
            }
            return None;
        };
        let bare = source.trim_end_matches(['\n', '\r']);
        // Blanks at the end of the last line are not part of the span.
        let indentation = if bare.ends_with(wanted) { bare.len() - wanted.len() } else { 0 };
        let fits = bare.ends_with(wanted) && bare.bytes().take(indentation).all(|byte| byte == b' ')
            || wanted.trim_end() == bare.trim_start_matches(' ');
        if !fits {
            return None;
        }
        let indentation = if bare.ends_with(wanted) {
            indentation
        } else {
            bare.len() - bare.trim_start_matches(' ').len()
        };
        lines.push((text_start, source_start + indentation));
        text_start += line.len();
        source_start += source.len();
    }
    Some(lines)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice
    )]
    use proptest::prelude::*;

    use super::*;
    use crate::source::SourceMap;

    fn read(text: &str) -> Parsed {
        parse(text, SourceMap::default().add_pseudo("t.yml", text), Dialect::GITHUB)
    }

    fn slice<'a>(text: &'a str, node: &Node) -> &'a str {
        &text[node.span.range()]
    }

    #[test]
    fn on_is_a_word_and_spans_are_exact() {
        let text = "# head\non: [push]  # tail\njobs:\n  a:\n    runs-on: \"x\"\n    empty:\n    timeout-minutes: 3.10\n  b: é\n";
        let parsed = read(text);
        assert_eq!(parsed.errors, []);
        let root = parsed.root().unwrap();
        assert_eq!(slice(text, root.get("on").unwrap()), "[push]");
        let job = root.get("jobs").unwrap().get("a").unwrap();
        assert_eq!(slice(text, job), "runs-on: \"x\"\n    empty:\n    timeout-minutes: 3.10");
        assert_eq!(slice(text, job.get("runs-on").unwrap()), "\"x\"");
        assert_eq!(job.get("timeout-minutes").unwrap().kind, NodeKind::Number("3.10".into()));
        let empty = job.get("empty").unwrap();
        assert_eq!(empty.kind, NodeKind::Null);
        assert!(empty.span.is_empty());
        assert!(
            text[..empty.span.start as usize].ends_with("empty:"),
            "{:?}",
            &text[..empty.span.start as usize]
        );
        assert_eq!(slice(text, root.get("jobs").unwrap().get("b").unwrap()), "é");
        let comments: Vec<&str> = parsed.comments.iter().map(|comment| &text[comment.span.range()]).collect();
        assert_eq!(comments, ["# head", "# tail"]);
    }

    #[test]
    fn plain_words_follow_the_dialect() {
        let text = "[on, yes, true, ~, 0x1f, 0o17, +1, .5, 1., 1e3, 1_000, 22:22, 'true', !!str 5, .inf]";
        let kinds: Vec<String> =
            read(text).root().unwrap().items().iter().map(|item| format!("{:?}", item.kind)).collect();
        assert_eq!(
            kinds.join(" "),
            "String(\"on\") String(\"yes\") Bool(true) Null Number(\"31\") Number(\"15\") Number(\"1\") \
             Number(\"0.5\") Number(\"1\") Number(\"1e3\") String(\"1_000\") String(\"22:22\") \
             String(\"true\") String(\"5\") String(\".inf\")"
        );
        let old = parse("[on, no]", SourceMap::default().add_pseudo("t", ""), Dialect::OLD);
        assert_eq!(old.root().unwrap().items()[0].kind, NodeKind::Bool(true));
        assert_eq!(old.root().unwrap().items()[1].kind, NodeKind::Bool(false));
    }

    #[test]
    fn aliases_are_copied_and_merge_keys_taken_over() {
        let text = "base: &b {a: 1, b: 2}\nuse: *b\nmore:\n  <<: *b\n  b: 3\nlist: {<<: [*b, {c: 4}]}\n";
        let file = SourceMap::default().add_pseudo("t", text);
        let parsed = parse(text, file, Dialect::PLAIN);
        assert_eq!(parsed.errors, []);
        let root = parsed.root().unwrap();
        assert_eq!(slice(text, root.get("use").unwrap().get("b").unwrap()), "2");
        let more = root.get("more").unwrap();
        assert_eq!(slice(text, more.get("b").unwrap()), "3");
        assert_eq!(slice(text, more.get("a").unwrap()), "1");
        assert_eq!(slice(text, root.get("list").unwrap().get("c").unwrap()), "4");
        assert!(read(text).root().unwrap().get("more").unwrap().get("<<").is_some());
    }

    #[test]
    fn an_alias_bomb_and_a_loop_end_in_errors() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for at in 1..10 {
            let alias = format!("*a{}", at - 1);
            text += &format!("a{at}: &a{at} [{}]\n", vec![alias; 10].join(", "));
        }
        let parsed = read(&text);
        assert!(parsed.errors[0].message.contains("too much"));
        assert!(parsed.errors.len() < 3);
        assert!(count(parsed.root().unwrap()) < 2 * ALIAS_BUDGET);
        assert!(read("a: &a [*a]").errors[0].message.contains("inside its own anchor"));
        assert!(read("a: *nothing").errors[0].message.contains("no anchor `&nothing`"));
    }

    #[test]
    fn nested_anchors_keep_little() {
        let mut text = "a: ".to_owned();
        (0..200).for_each(|at| text += &format!("&a{at} ["));
        text += &"x, ".repeat(20_000);
        text += &"]".repeat(200);
        let parsed = read(&format!("{text}\nb: *a0\n"));
        assert_eq!(parsed.errors.len(), 1);
        assert!(parsed.errors[0].message.contains("too much"));
    }

    #[test]
    fn a_broken_document_is_one_error_and_the_next_is_read() {
        let text = "a: [1, 2\n---\nb: 1\n---\nc: 2\n";
        let parsed = read(text);
        assert_eq!(parsed.errors.len(), 1, "{:?}", parsed.errors);
        assert_eq!(parsed.documents.len(), 3);
        assert!(parsed.root().is_none());
        assert!(parsed.documents[2].get("c").is_some());
        assert!(read("").documents.is_empty());
        assert!(read("# only a comment\n").errors.is_empty());
        assert_eq!(read("a: 1\na: 2\n").duplicates.len(), 1);
    }

    #[test]
    fn deep_nesting_is_an_error() {
        for open in ["[", "{a: ", "- ", "? "] {
            assert!(!read(&open.repeat(100_000)).errors.is_empty(), "{open}");
        }
        let mut chain = "a0: &a0 [x]\n".to_owned();
        for at in 1..5_000 {
            chain += &format!("a{at}: &a{at} [*a{}]\n", at - 1);
        }
        assert!(!read(&chain).errors.is_empty());
    }

    #[test]
    fn places_inside_scalars_are_found() {
        let text =
            "a: |\n  one\n    two\n\n  thrée four\nb: plain words\nc: 'quoted'\nd: >\n  folded\n  line\n";
        let parsed = read(text);
        let root = parsed.root().unwrap();
        for (key, word) in
            [("a", "one"), ("a", "two"), ("a", "four"), ("b", "words"), ("c", "quoted"), ("d", "line")]
        {
            let node = root.get(key).unwrap();
            let decoded = node.as_str().unwrap();
            let at = decoded.find(word).unwrap();
            let span = ScalarPlaces::new(text, node.span, decoded).place(at..at + word.len());
            if key == "d" {
                assert_eq!(span, node.span);
            } else {
                assert_eq!(&text[span.range()], word);
            }
        }
    }

    fn check(node: &Node, text: &str) -> bool {
        text.get(node.span.range()).is_some()
            && node.items().iter().all(|item| check(item, text))
            && node
                .members()
                .iter()
                .all(|member| text.get(member.key_span.range()).is_some() && check(&member.value, text))
    }

    proptest! {
        #[test]
        fn any_text_gives_a_tree_with_spans_in_bounds(text in r#"([-:\[\]{}#&*!|>'"%@, \n]|  |a|é|\PC|<<|---|\t){0,60}"#) {
            for dialect in [Dialect::GITHUB, Dialect::OLD] {
                let parsed = parse(&text, SourceMap::default().add_pseudo("t", ""), dialect);
                for document in &parsed.documents {
                    prop_assert!(check(document, &text));
                }
                for span in parsed.errors.iter().map(|error| error.span).chain(parsed.comments.iter().map(|c| c.span)) {
                    prop_assert!(text.get(span.range()).is_some());
                }
            }
        }
    }
}
