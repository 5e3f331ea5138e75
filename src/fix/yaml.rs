//! New members of YAML mappings, in block and in flow style.

use std::sync::Arc;

use super::TextEdit;
use super::scan::{Scan, Strings};
use crate::lint::Term;
use crate::source::Span;
use crate::syntax::tree::{Member, Node, NodeKind};
use crate::syntax::yaml;

/// A member more for the mapping that holds the key written at `key`.
pub(super) fn beside(text: &str, key: Span, name: &Arc<str>, value: &Term) -> Option<TextEdit> {
    let parsed = yaml::parse(text, key.file, yaml::Dialect::GITHUB);
    let mapping = holder(parsed.root()?, key)?;
    let members = mapping.members();
    if members.iter().any(|member| member.key == *name) {
        return None;
    }
    let value = match value {
        Term::Bool(value) => value.to_string(),
        Term::Number(number) => number.to_string(),
        Term::Text(text) => format!("'{}'", text.replace('\'', "''")),
    };
    let scan = Scan::new(text, Strings::Plain);
    if text.get(mapping.span.range())?.starts_with('{') {
        let end = members.last()?.value.span.end as usize;
        return Some(TextEdit::new(end..end, format!(", {name}: {value}")));
    }
    // Behind the sibling, else behind the last member, whose value ends on the line it begins on.
    let is_single = |member: &&Member| {
        let whole = member.key_span.start as usize..member.value.span.end as usize;
        let is_scalar = !matches!(member.value.kind, NodeKind::List(_) | NodeKind::Map(_));
        is_scalar && member.value.span.start >= member.key_span.end && !scan.has_line_break(whole)
    };
    let sibling = members.iter().find(|member| member.key_span == key).filter(is_single);
    let after = sibling.or_else(|| members.iter().rev().find(is_single))?;
    let start = after.key_span.start as usize;
    if !scan.is_first_on_line(start) {
        return None;
    }
    let at = scan.end_of_line(after.value.span.end as usize);
    // What stands behind the value is a comment or nothing.
    let rest = text.get(after.value.span.end as usize..at)?.trim();
    if !(rest.is_empty() || rest.starts_with('#')) {
        return None;
    }
    let (eol, indent) = (scan.line_ending(at), scan.indent(start));
    Some(TextEdit::new(at..at, format!("{eol}{indent}{name}: {value}")))
}

/// The list without the entry that holds what is written at `place`; it must not be the only one.
pub(super) fn without_entry(text: &str, place: Span) -> Option<TextEdit> {
    let parsed = yaml::parse(text, place.file, yaml::Dialect::GITHUB);
    let mut open = vec![parsed.root()?];
    let mut found = None;
    while let Some(node) = open.pop() {
        if let NodeKind::List(items) = &node.kind
            && let Some(at) = items.iter().position(|item| item.span.contains(place))
        {
            found = Some((items, at));
        }
        open.extend(node.items());
        open.extend(node.members().iter().map(|member| &member.value));
    }
    let (items, at) = found.filter(|(items, _)| items.len() > 1)?;
    let scan = Scan::new(text, Strings::Plain);
    let item = items.get(at)?;
    let start = scan.start_of_line(item.span.start as usize);
    // The last line with anything on it that belongs to the entry.
    let end = item.span.start as usize + text.get(item.span.range())?.trim_end().len();
    let end = scan.end_of_line(end);
    let next = text.get(end..)?.find('\n').map_or(text.len(), |newline| end + newline + 1);
    let lines = text.get(start..next)?;
    let is_block = text.get(start..item.span.start as usize)?.trim() == "-";
    let is_apart = items.iter().enumerate().all(|(other, of)| {
        let place = of.span.start as usize;
        other == at || place < start || place >= next
    });
    (is_block && is_apart && !lines.contains('#')).then(|| TextEdit::new(start..next, String::new()))
}

fn holder(root: &Node, key: Span) -> Option<&Node> {
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        match &node.kind {
            NodeKind::Map(members) if members.iter().any(|member| member.key_span == key) => {
                return Some(node);
            }
            NodeKind::Map(members) => open.extend(members.iter().map(|member| &member.value)),
            NodeKind::List(items) => open.extend(items),
            _ => {}
        }
    }
    None
}
