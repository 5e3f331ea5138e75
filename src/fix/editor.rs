//! Edits of a block or object in its own layout: indentation, alignment, quotes, commas, line endings. Everything is
//! `Option`: where the text is not of the plain shape that the edit needs, there is none.

use std::ops::Range;
use std::sync::Arc;

use super::TextEdit;
use super::group::{Content, Entry, Group, Kind};
use super::literal;
use super::scan::{Scan, Strings};
use crate::lint::{Arguments, Term};

/// Aligned lines that an insertion moves; more of them are left alone and a new paragraph begins.
const MOST_REALIGNED: usize = 4;

/// Arguments that Terraform itself reads and that stand first or last by custom.
const META: [&str; 10] = [
    "count",
    "for_each",
    "provider",
    "providers",
    "source",
    "version",
    "depends_on",
    "tags",
    "container_definitions",
    "policy",
];

/// Gives arguments of the group that `within` leads to these values.
pub(super) fn set(
    scan: &Scan<'_>,
    group: &Group,
    within: &[&str],
    arguments: &[(Arc<str>, Term)],
) -> Option<Vec<TextEdit>> {
    match descend(scan, group, within)? {
        Place::Found(group) => set_here(scan, &group, arguments),
        Place::Missing(group, path) => {
            let members = arguments.iter().map(|(name, value)| {
                (name.to_string(), Written::Value(literal::of_term(value, scan.strings)))
            });
            insert_nested(scan, &group, path, members.collect())
        }
    }
}

/// One argument gives way to another.
pub(super) fn swap(
    scan: &Scan<'_>,
    group: &Group,
    argument: &str,
    by: &(&'static str, Term),
) -> Option<Vec<TextEdit>> {
    let entry = group.entry(argument).filter(|_| group.entry(by.0).is_none())?;
    let value = entry.value().filter(|value| !scan.has_line_break(value.clone()))?;
    let mut edits = rename(scan, group, entry, by.0)?;
    edits.push(TextEdit::new(value, literal::of_term(&by.1, scan.strings)));
    Some(edits)
}

/// A member gets another name.
pub(super) fn rename_member(
    scan: &Scan<'_>,
    group: &Group,
    within: &[&str],
    member: &str,
    name: &str,
) -> Option<Vec<TextEdit>> {
    let Place::Found(group) = descend(scan, group, within)? else { return None };
    let entry = group.entry(member).filter(|_| group.entry(name).is_none())?;
    rename(scan, &group, entry, name)
}

/// A list of bare names gets one more.
pub(super) fn append(
    scan: &Scan<'_>,
    group: &Group,
    within: &[&str],
    list: &str,
    name: &str,
) -> Option<Vec<TextEdit>> {
    let group = match descend(scan, group, within)? {
        Place::Found(group) => group,
        Place::Missing(group, path) => {
            let member = (list.to_owned(), Written::Value(format!("[{name}]")));
            return insert_nested(scan, &group, path, vec![member]);
        }
    };
    let Some(entry) = group.entry(list) else {
        return insert(scan, &group, vec![(list.to_owned(), Written::Value(format!("[{name}]")))], None);
    };
    append_item(scan, entry.value()?, name).map(|edit| vec![edit])
}

/// A member of one object is written into another one as well.
pub(super) fn copy(scan: &Scan<'_>, from: &Group, to: &Group, member: &str) -> Option<Vec<TextEdit>> {
    let entry = from.entry(member).filter(|_| to.entry(member).is_none())?;
    let text = without_comments(scan, entry.value()?)?;
    if text.contains("<<") {
        return None;
    }
    let old = scan.indent(entry.key.start);
    let new = member_indent(scan, to);
    let mut lines = text.split('\n');
    let mut moved = lines.next()?.to_owned();
    for line in lines {
        moved.push('\n');
        match line.strip_prefix(old) {
            Some(rest) if !line.trim().is_empty() => {
                moved.push_str(&new);
                moved.push_str(rest);
            }
            _ => moved.push_str(line),
        }
    }
    insert(scan, to, vec![(member.to_owned(), Written::Value(moved))], None)
}

/// The inside of a block is written anew.
pub(super) fn rewrite(
    scan: &Scan<'_>,
    group: &Group,
    arguments: &[(Arc<str>, Term)],
    nested: &[(Arc<str>, Arguments)],
) -> Option<Vec<TextEdit>> {
    if group.kind != Kind::Block || has_comment(scan, group) {
        return None;
    }
    let of_terms = |terms: &[(Arc<str>, Term)]| -> Vec<(String, Written)> {
        let value = |value| Written::Value(literal::of_term(value, scan.strings));
        terms.iter().map(|(name, term)| (name.to_string(), value(term))).collect()
    };
    let mut members = of_terms(arguments);
    members.extend(nested.iter().map(|(name, terms)| (name.to_string(), Written::Nested(of_terms(terms)))));
    let indent = scan.indent(group.open);
    let eol = scan.line_ending(group.open);
    let inner = format!("{indent}{}", unit(scan, group));
    let mut text = eol.to_owned();
    block_lines(&members, &inner, &unit(scan, group), eol, &mut text);
    text.push_str(indent);
    Some(vec![TextEdit::new(group.open + 1..group.close, text)])
}

/// What is written for a new member.
#[derive(Debug, Clone)]
enum Written {
    Value(String),
    Nested(Vec<(String, Written)>),
}

enum Place<'p> {
    Found(Group),
    /// The innermost group that is there, and the names that lead on from it.
    Missing(Group, &'p [&'p str]),
}

fn descend<'p>(scan: &Scan<'_>, group: &Group, within: &'p [&'p str]) -> Option<Place<'p>> {
    let mut group = group.clone();
    let mut rest = within;
    while let Some((name, after)) = rest.split_first() {
        let mut named = group.entries.iter().filter(|entry| match group.kind {
            Kind::Block => entry.name == *name,
            Kind::Object => entry.name.eq_ignore_ascii_case(name),
        });
        let Some(entry) = named.next() else {
            let is_made = group.has_dynamic(scan, name);
            return (!is_made).then_some(Place::Missing(group, rest));
        };
        if named.next().is_some() || group.has_dynamic(scan, name) {
            return None;
        }
        let (open, kind) = match &entry.content {
            Content::Block { open, .. } => (*open, Kind::Block),
            Content::Value { value, .. } if scan.byte(value.start) == Some(b'{') => {
                (value.start, Kind::Object)
            }
            Content::Value { .. } => return None,
        };
        let inner = Group::read(scan, open, kind)?;
        // Behind the brace of a value nothing else may stand: `{…} : {…}` is an operand.
        if inner.close + 1 != entry.end() {
            return None;
        }
        group = inner;
        rest = after;
    }
    Some(Place::Found(group))
}

fn set_here(scan: &Scan<'_>, group: &Group, arguments: &[(Arc<str>, Term)]) -> Option<Vec<TextEdit>> {
    let mut edits = Vec::new();
    let mut missing = Vec::new();
    let mut anchor = None;
    for (name, value) in arguments {
        match group.entry(name) {
            Some(entry) => {
                edits.extend(literal::replace(scan, entry.value()?, value)?);
                anchor = Some(entry.key.start);
            }
            None => missing.push((name.to_string(), Written::Value(literal::of_term(value, scan.strings)))),
        }
    }
    if !missing.is_empty() {
        edits.extend(insert(scan, group, missing, anchor)?);
    }
    (!edits.is_empty()).then_some(edits)
}

/// Writes the nested groups that are missing, the members inside the innermost.
fn insert_nested(
    scan: &Scan<'_>,
    group: &Group,
    path: &[&str],
    members: Vec<(String, Written)>,
) -> Option<Vec<TextEdit>> {
    let mut written = members;
    for name in path.iter().rev() {
        written = vec![((*name).to_owned(), Written::Nested(written))];
    }
    insert(scan, group, written, None)
}

/// Writes new members: beside the one whose key starts at `anchor`, else where they belong.
fn insert(
    scan: &Scan<'_>,
    group: &Group,
    members: Vec<(String, Written)>,
    anchor: Option<usize>,
) -> Option<Vec<TextEdit>> {
    match group.kind {
        Kind::Object => insert_members(scan, group, &members),
        Kind::Block if group.is_on_one_line(scan) => expand(scan, group, members),
        Kind::Block if members.iter().all(|(_, of)| matches!(of, Written::Value(_))) => {
            insert_arguments(scan, group, members, anchor)
        }
        Kind::Block => insert_block(scan, group, &members),
    }
}

/// A block on one line gets a line for each argument.
fn expand(scan: &Scan<'_>, group: &Group, members: Vec<(String, Written)>) -> Option<Vec<TextEdit>> {
    if has_comment(scan, group) {
        return None;
    }
    let mut all = Vec::new();
    for entry in &group.entries {
        all.push((entry.name.clone(), Written::Value(scan.text.get(entry.value()?)?.to_owned())));
    }
    all.extend(members);
    let indent = scan.indent(group.open);
    let eol = scan.line_ending(group.open);
    let unit = unit(scan, group);
    let mut text = eol.to_owned();
    block_lines(&all, &format!("{indent}{unit}"), &unit, eol, &mut text);
    text.push_str(indent);
    Some(vec![TextEdit::new(group.open + 1..group.close, text)])
}

/// Lines of a new block's inside: arguments aligned, nested blocks behind a blank line.
fn block_lines(members: &[(String, Written)], indent: &str, unit: &str, eol: &str, into: &mut String) {
    let width = members
        .iter()
        .filter(|(_, of)| matches!(of, Written::Value(_)))
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or_default();
    for (at, (name, written)) in members.iter().enumerate() {
        match written {
            Written::Value(value) => into.push_str(&format!("{indent}{name:width$} = {value}{eol}")),
            Written::Nested(inner) => {
                if at > 0 {
                    into.push_str(eol);
                }
                into.push_str(&format!("{indent}{name} {{{eol}"));
                block_lines(inner, &format!("{indent}{unit}"), unit, eol, into);
                into.push_str(&format!("{indent}}}{eol}"));
            }
        }
    }
}

/// Arguments of a block, below others of it.
fn insert_arguments(
    scan: &Scan<'_>,
    group: &Group,
    members: Vec<(String, Written)>,
    anchor: Option<usize>,
) -> Option<Vec<TextEdit>> {
    let indent = member_indent(scan, group);
    let runs = runs(scan, group);
    let holds = |run: &&Vec<&Entry>| anchor.is_some_and(|at| run.iter().any(|entry| entry.key.start == at));
    let first_block = group.entries.iter().find_map(|entry| match entry.content {
        Content::Block { .. } => Some(entry.key.start),
        Content::Value { .. } => None,
    });
    let is_own = |run: &&Vec<&Entry>| run.iter().any(|entry| !META.contains(&entry.name.as_str()));
    let is_before =
        |run: &&Vec<&Entry>| run.iter().all(|entry| first_block.is_none_or(|at| entry.key.start < at));
    let of = |entry: &Written| match entry {
        Written::Value(value) => value.clone(),
        Written::Nested(_) => String::new(),
    };
    // A paragraph under a comment is about something.
    let is_headed = |run: &&Vec<&Entry>| run.first().is_some_and(|first| has_comment_above(scan, first));
    let is_free = |run: &&Vec<&Entry>| is_own(run) && !is_headed(run);
    let chosen = runs
        .iter()
        .find(holds)
        .or_else(|| runs.iter().rev().filter(is_before).find(is_free))
        .or_else(|| runs.iter().rev().filter(is_before).find(is_own))
        .or_else(|| runs.iter().rev().find(is_own))
        .or_else(|| runs.iter().rev().find(is_before));
    let longest = members.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    let Some(run) = chosen else {
        let at = scan.end_of_line(group.open);
        // A comment may follow the brace; code may not.
        if scan.skip(group.open + 1, true) < at && !group.entries.is_empty() {
            return None;
        }
        let eol = scan.line_ending(group.open);
        let mut text = String::new();
        for (name, written) in &members {
            text.push_str(&format!("{eol}{indent}{name:longest$} = {}", of(written)));
        }
        if !group.entries.is_empty() {
            text.push_str(eol);
        }
        return Some(vec![TextEdit::new(at..at, text)]);
    };
    // Tags and what else stands last by custom stay last.
    let own = run.iter().rposition(|entry| !META.contains(&entry.name.as_str()));
    let last = match anchor {
        Some(at) => run.iter().find(|entry| entry.key.start == at).or(run.last())?,
        None => own.and_then(|at| run.get(at)).or(run.last())?,
    };
    let at = scan.end_of_line(last.end());
    let eol = scan.line_ending(at);
    let mut edits = Vec::new();
    let mut text = String::new();
    let stands_apart = anchor.is_none() && is_headed(&run);
    let width = aligned_width(scan, run);
    let (width, gap) = match width {
        _ if stands_apart => (longest, eol),
        Some(width) if longest <= width => (width, ""),
        Some(_) if run.len() <= MOST_REALIGNED => {
            edits.extend(realign(scan, run, longest)?);
            (longest, "")
        }
        Some(_) => (longest, eol),
        None => (0, ""),
    };
    text.push_str(gap);
    for (name, written) in &members {
        text.push_str(&format!("{eol}{indent}{name:width$} = {}", of(written)));
    }
    let is_last_of_run = run.last().is_some_and(|of_run| of_run.key.start == last.key.start);
    if !gap.is_empty() && !is_last_of_run {
        text.push_str(eol);
    }
    edits.push(TextEdit::new(at..at, text));
    Some(edits)
}

/// A nested block, as the last thing of a block.
fn insert_block(scan: &Scan<'_>, group: &Group, members: &[(String, Written)]) -> Option<Vec<TextEdit>> {
    if !scan.is_first_on_line(group.close) {
        return None;
    }
    let eol = scan.line_ending(group.open);
    let indent = member_indent(scan, group);
    let mut lines = String::new();
    block_lines(members, &indent, &unit(scan, group), eol, &mut lines);
    if let Some(at) = before_lifecycle(scan, group) {
        return Some(vec![TextEdit::new(at..at, format!("{lines}{eol}"))]);
    }
    let gap = if group.entries.is_empty() { "" } else { eol };
    let at = scan.start_of_line(group.close);
    Some(vec![TextEdit::new(at..at, format!("{gap}{lines}"))])
}

/// The line of the `lifecycle` block that stands last by custom, or of the comments right above it.
fn before_lifecycle(scan: &Scan<'_>, group: &Group) -> Option<usize> {
    let [.., before, last] = group.entries.as_slice() else { return None };
    if last.name != "lifecycle" || last.value().is_some() || !scan.is_first_on_line(last.key.start) {
        return None;
    }
    let mut at = scan.start_of_line(last.key.start);
    while at > before.end() {
        let above = scan.start_of_line(at.checked_sub(1)?);
        let is_comment =
            scan.text.get(above..at).is_some_and(|line| line.trim_start().starts_with(['#', '/']));
        if above <= before.end() || !is_comment {
            break;
        }
        at = above;
    }
    // A blank line above, as behind what is written.
    let above = scan.text.get(before.end()..at)?;
    (above.matches('\n').count() > 1).then_some(at)
}

/// Members of an object, behind the last one.
fn insert_members(scan: &Scan<'_>, group: &Group, members: &[(String, Written)]) -> Option<Vec<TextEdit>> {
    let notation = Notation::of(scan, group);
    let Some(last) = group.entries.last() else {
        if !scan.text.get(group.open + 1..group.close)?.trim().is_empty() {
            return None;
        }
        let text = notation.inline(members);
        return Some(vec![TextEdit::new(group.open + 1..group.close, format!(" {text} "))]);
    };
    if !scan.is_first_on_line(last.key.start) {
        let space = if notation.is_tight { "" } else { " " };
        let text = notation.inline(members);
        return Some(vec![match last.comma {
            Some(comma) => TextEdit::new(comma + 1..comma + 1, format!("{space}{text},")),
            None => TextEdit::new(last.end()..last.end(), format!(",{space}{text}")),
        }]);
    }
    let indent = scan.indent(last.key.start).to_owned();
    let eol = scan.line_ending(last.key.start);
    let unit = unit(scan, group);
    let mut edits = Vec::new();
    let has_commas = group.entries.iter().any(|entry| entry.comma.is_some()) || notation.is_json;
    let end = last.comma.map_or(last.end(), |comma| comma + 1);
    // A comment behind the last member stays with it.
    let behind = scan.end_of_line(end);
    let closes_here = (end..behind).contains(&group.close) || group.close == end;
    let at = if closes_here { end } else { behind };
    let mut text = String::new();
    if has_commas && last.comma.is_none() {
        if at == end {
            text.push(',');
        } else {
            edits.push(TextEdit::new(end..end, ",".to_owned()));
        }
    }
    let mut width = 0;
    if notation.sign == "=" {
        let run = runs(scan, group)
            .into_iter()
            .rev()
            .find(|run| run.last().is_some_and(|of_run| of_run.key.start == last.key.start));
        let single = |written: &Written| matches!(written, Written::Value(value) if !value.contains('\n'));
        let names =
            members.iter().filter(|(_, of)| single(of)).map(|(name, _)| notation.key(name).chars().count());
        let longest = names.max().unwrap_or_default();
        if let Some((run, aligned)) = run.as_ref().and_then(|run| Some((run, aligned_width(scan, run)?))) {
            if longest > aligned {
                edits.extend(realign(scan, run, longest)?);
            }
            width = longest.max(aligned);
        }
    }
    for (position, (name, written)) in members.iter().enumerate() {
        let key = notation.key(name);
        let value = notation.value(written, &indent, &unit, eol, has_commas);
        let pad = if value.contains('\n') { 0 } else { width };
        text.push_str(&format!("{eol}{indent}{key:pad$}{}{value}", notation.separator()));
        let is_final = position + 1 == members.len();
        if has_commas && (!is_final || last.comma.is_some()) {
            text.push(',');
        }
    }
    edits.push(TextEdit::new(at..at, text));
    Some(edits)
}

/// How members of an object are written.
struct Notation {
    sign: &'static str,
    is_quoted: bool,
    is_json: bool,
    /// Without white space, as machines write JSON.
    is_tight: bool,
    strings: Strings,
}

impl Notation {
    fn of(scan: &Scan<'_>, group: &Group) -> Self {
        // An empty object is written as what surrounds it: raw JSON where strings are plain.
        let colon = |entry: &Entry| entry.sign().and_then(|at| scan.byte(at)) == Some(b':');
        let is_colon = match group.entries.last() {
            Some(last) => colon(last),
            None => scan.strings == Strings::Plain,
        };
        let is_key_quoted = |entry: &Entry| scan.byte(entry.key.start) == Some(b'"');
        let is_quoted = match group.entries.as_slice() {
            [] => scan.strings == Strings::Plain,
            all => all.iter().all(is_key_quoted),
        };
        let is_tight = group
            .entries
            .last()
            .and_then(|last| Some((last.sign()?, last.value()?.start)))
            .is_some_and(|(sign, value)| sign + 1 == value);
        let sign = if is_colon { ":" } else { "=" };
        Self { sign, is_quoted, is_json: is_colon && is_quoted, is_tight, strings: scan.strings }
    }

    fn key(&self, name: &str) -> String {
        let is_plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
            && name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if self.is_quoted || !is_plain { literal::quoted(name, self.strings) } else { name.to_owned() }
    }

    fn separator(&self) -> &'static str {
        match (self.sign, self.is_tight) {
            (":", true) => ":",
            (":", false) => ": ",
            _ => " = ",
        }
    }

    fn inline(&self, members: &[(String, Written)]) -> String {
        let space = if self.is_tight { "" } else { " " };
        let member = |(name, written): &(String, Written)| {
            let value = match written {
                Written::Value(value) => value.clone(),
                Written::Nested(inner) => format!("{{{space}{}{space}}}", self.inline(inner)),
            };
            format!("{}{}{value}", self.key(name), self.separator())
        };
        members.iter().map(member).collect::<Vec<_>>().join(if self.is_tight { "," } else { ", " })
    }

    fn value(&self, written: &Written, indent: &str, unit: &str, eol: &str, commas: bool) -> String {
        let members = match written {
            Written::Value(value) => return value.clone(),
            Written::Nested(members) => members,
        };
        let inner = format!("{indent}{unit}");
        let is_single = |of: &Written| matches!(of, Written::Value(_));
        let aligned = members.iter().filter(|(_, of)| self.sign == "=" && is_single(of));
        let width = aligned.map(|(name, _)| self.key(name).chars().count()).max().unwrap_or_default();
        let mut text = format!("{{{eol}");
        for (at, (name, of)) in members.iter().enumerate() {
            let pad = if is_single(of) { width } else { 0 };
            let value = self.value(of, &inner, unit, eol, commas);
            let comma = if commas && at + 1 < members.len() { "," } else { "" };
            text.push_str(&format!("{inner}{:pad$}{}{value}{comma}{eol}", self.key(name), self.separator()));
        }
        text.push_str(indent);
        text.push('}');
        text
    }
}

/// Whether the line above is a comment.
fn has_comment_above(scan: &Scan<'_>, entry: &Entry) -> bool {
    let Some(end) = scan.start_of_line(entry.key.start).checked_sub(1) else { return false };
    let line = scan.text.get(scan.start_of_line(end)..end).unwrap_or_default().trim();
    line.starts_with(['#', '/']) || line.ends_with("*/")
}

/// Arguments on lines of their own that follow each other: `terraform fmt` aligns their signs.
fn runs<'g>(scan: &Scan<'_>, group: &'g Group) -> Vec<Vec<&'g Entry>> {
    let mut runs: Vec<Vec<&Entry>> = Vec::new();
    let mut next_line = None;
    for entry in &group.entries {
        let is_single = entry.value().is_some()
            && !scan.has_line_break(entry.key.start..entry.end())
            && scan.is_first_on_line(entry.key.start);
        if !is_single {
            next_line = None;
            continue;
        }
        let line = scan.start_of_line(entry.key.start);
        match runs.last_mut().filter(|_| next_line == Some(line)) {
            Some(run) => run.push(entry),
            None => runs.push(vec![entry]),
        }
        let end = scan.end_of_line(entry.end());
        next_line = scan.text.get(end..).and_then(|rest| rest.find('\n')).map(|newline| end + newline + 1);
    }
    runs
}

fn key_width(scan: &Scan<'_>, entry: &Entry) -> usize {
    scan.text.get(entry.key.clone()).map_or(0, |key| key.chars().count())
}

/// The width of the names of a run whose signs stand below each other, one space behind the longest.
fn aligned_width(scan: &Scan<'_>, run: &[&Entry]) -> Option<usize> {
    let width = run.iter().map(|entry| key_width(scan, entry)).max()?;
    let is_aligned = run.iter().all(|entry| {
        let gap = entry.sign().and_then(|sign| scan.text.get(entry.key.end..sign));
        gap.is_some_and(|gap| gap.trim().is_empty() && key_width(scan, entry) + gap.len() == width + 1)
    });
    is_aligned.then_some(width)
}

/// Moves the signs of a run so that they stand behind names of `width` columns.
fn realign(scan: &Scan<'_>, run: &[&Entry], width: usize) -> Option<Vec<TextEdit>> {
    run.iter()
        .map(|entry| {
            let gap = (width + 1).checked_sub(key_width(scan, entry))?;
            Some(TextEdit::new(entry.key.end..entry.sign()?, " ".repeat(gap)))
        })
        .collect()
}

/// Another name for an entry; the signs of its run stay below each other.
fn rename(scan: &Scan<'_>, group: &Group, entry: &Entry, name: &str) -> Option<Vec<TextEdit>> {
    let sign = entry.sign()?;
    let old = scan.text.get(entry.key.clone())?;
    let new = if old.starts_with('"') { literal::quoted(name, scan.strings) } else { name.to_owned() };
    let mut edits = vec![TextEdit::new(entry.key.clone(), new.clone())];
    if scan.byte(sign) != Some(b'=') {
        return Some(edits);
    }
    let runs = runs(scan, group);
    let run = runs.iter().find(|run| run.iter().any(|of| of.key.start == entry.key.start));
    let Some((run, _)) = run.and_then(|run| Some((run, aligned_width(scan, run)?))) else {
        return Some(edits);
    };
    let others = run.iter().filter(|of| of.key.start != entry.key.start);
    let width = others.map(|of| key_width(scan, of)).max().unwrap_or_default().max(new.chars().count());
    for of in run {
        let length = if of.key.start == entry.key.start { new.chars().count() } else { key_width(scan, of) };
        let gap = " ".repeat((width + 1).checked_sub(length)?);
        let range = of.key.end..of.sign()?;
        if scan.text.get(range.clone()) != Some(gap.as_str()) {
            edits.push(TextEdit::new(range, gap));
        }
    }
    Some(edits)
}

/// One more item for the list at `range`.
fn append_item(scan: &Scan<'_>, range: Range<usize>, item: &str) -> Option<TextEdit> {
    if scan.byte(range.start) != Some(b'[') || scan.end_of_brackets(range.start) != Some(range.end) {
        return None;
    }
    let close = range.end - 1;
    let mut at = scan.skip(range.start + 1, true);
    let mut last: Option<(Range<usize>, Option<usize>)> = None;
    while at < close {
        let value = at..scan.end_of_value(at)?;
        if scan.text.get(value.clone())? == item {
            return None;
        }
        let next = scan.skip(value.end, true);
        let comma = (scan.byte(next) == Some(b',')).then_some(next);
        at = comma.map_or(next, |comma| scan.skip(comma + 1, true));
        if comma.is_none() && next != close {
            return None;
        }
        last = Some((value, comma));
    }
    let Some((value, comma)) = last else {
        return Some(TextEdit::new(range.start + 1..close, item.to_owned())).filter(|_| {
            scan.text.get(range.start + 1..close).is_some_and(|inside| inside.trim().is_empty())
        });
    };
    let is_own_line = scan.is_first_on_line(value.start);
    let (eol, indent) = (scan.line_ending(value.start), scan.indent(value.start));
    Some(match (is_own_line, comma) {
        (true, Some(comma)) => {
            let at = scan.end_of_line(comma);
            TextEdit::new(at..at, format!("{eol}{indent}{item},"))
        }
        (true, None) => TextEdit::new(value.end..value.end, format!(",{eol}{indent}{item}")),
        (false, Some(comma)) => TextEdit::new(comma + 1..comma + 1, format!(" {item},")),
        (false, None) => TextEdit::new(value.end..value.end, format!(", {item}")),
    })
}

/// The white space before members of a group.
fn member_indent(scan: &Scan<'_>, group: &Group) -> String {
    let on_line = group.entries.iter().find(|entry| scan.is_first_on_line(entry.key.start));
    match on_line {
        Some(entry) => scan.indent(entry.key.start).to_owned(),
        None => format!("{}{}", scan.indent(group.open), unit(scan, group)),
    }
}

/// One level of indentation: what the members of the group have more than its brace's line, else what the first
/// indented line of the file has.
fn unit(scan: &Scan<'_>, group: &Group) -> String {
    let outer = scan.indent(group.open);
    let on_line = group.entries.iter().find(|entry| scan.is_first_on_line(entry.key.start));
    let own = on_line.and_then(|entry| scan.indent(entry.key.start).strip_prefix(outer));
    if let Some(own) = own.filter(|own| !own.is_empty()) {
        return own.to_owned();
    }
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let is_code = |line: &&str| !line.trim_start().starts_with(['*', '/', '#']) && !line.trim().is_empty();
    let first = scan.text.lines().filter(is_code).find(|line| indent(line) > 0);
    match first {
        Some(line) if line.starts_with('\t') => "\t".to_owned(),
        Some(line) if indent(line) == 4 => "    ".to_owned(),
        _ => "  ".to_owned(),
    }
}

/// A value without the comments inside it, and without the lines that are empty then.
fn without_comments(scan: &Scan<'_>, range: Range<usize>) -> Option<String> {
    let mut kept = String::new();
    let (mut at, mut from) = (range.start, range.start);
    while at < range.end {
        if scan.byte(at) == Some(b'"') {
            at = scan.end_of_string(at)?;
        } else if let Some(end) = scan.end_of_comment(at) {
            kept.push_str(scan.text.get(from..at)?);
            (at, from) = (end, end);
            let is_line = kept.rsplit_once('\n').is_some_and(|(_, line)| line.trim().is_empty());
            if is_line && scan.byte(scan.end_of_line(end)).is_some() {
                let line = kept.rfind('\n')?;
                kept.truncate(line);
                if kept.ends_with('\r') {
                    kept.pop();
                }
            }
            kept.truncate(kept.trim_end_matches([' ', '\t']).len());
        } else {
            at += 1;
        }
    }
    kept.push_str(scan.text.get(from..range.end)?);
    Some(kept)
}

/// Whether a comment stands anywhere inside a group.
pub(super) fn has_comment(scan: &Scan<'_>, group: &Group) -> bool {
    let mut at = group.open + 1;
    while at < group.close {
        if scan.byte(at) == Some(b'"') {
            match scan.end_of_string(at) {
                Some(end) => at = end,
                None => return true,
            }
        } else if scan.end_of_comment(at).is_some() {
            return true;
        } else {
            at += 1;
        }
    }
    false
}
