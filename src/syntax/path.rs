//! JSON pointers (RFC 6901) into spanned trees, both ways.

use super::tree::{Member, Node};
use crate::source::Span;

/// What a pointer leads to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target<'a> {
    pub node: &'a Node,
    /// The member whose value it is, when its parent is a map.
    pub member: Option<&'a Member>,
}

impl Target<'_> {
    /// The key's span; the value's where it is an item of a list or the root.
    #[must_use]
    pub fn key_span(&self) -> Span {
        self.member.map_or(self.node.span, |member| member.key_span)
    }
}

/// The place `pointer` leads to; `""` is the root. Of duplicate keys the last counts.
#[must_use]
pub fn find<'a>(root: &'a Node, pointer: &str) -> Option<Target<'a>> {
    let mut target = Target { node: root, member: None };
    let Some(steps) = pointer.strip_prefix('/') else {
        return pointer.is_empty().then_some(target);
    };
    for step in steps.split('/') {
        let step = unescape(step);
        let member = target.node.member(&step);
        let node = match member {
            Some(member) => &member.value,
            None => target.node.items().get(index(&step)?)?,
        };
        target = Target { node, member };
    }
    Some(target)
}

/// The pointer to the innermost node whose key or value covers a byte offset of the root's file.
/// The root's own pointer (`""`) when nothing inside covers it; `None` outside the root.
#[must_use]
pub fn at_offset(root: &Node, offset: u32) -> Option<String> {
    let covers = |span: Span| span.file == root.span.file && span.start <= offset && offset <= span.end;
    if !covers(root.span) {
        return None;
    }
    let mut pointer = String::new();
    let mut node = root;
    'down: loop {
        for member in node.members() {
            if covers(member.key_span) || covers(member.value.span) {
                push(&mut pointer, &member.key);
                if covers(member.key_span) {
                    return Some(pointer);
                }
                node = &member.value;
                continue 'down;
            }
        }
        for (at, item) in node.items().iter().enumerate() {
            if covers(item.span) {
                push(&mut pointer, &at.to_string());
                node = item;
                continue 'down;
            }
        }
        return Some(pointer);
    }
}

/// Appends one step to a pointer.
pub fn push(pointer: &mut String, step: &str) {
    pointer.push('/');
    for sign in step.chars() {
        match sign {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

/// One step of a pointer as the key it stands for.
#[must_use]
pub fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

fn index(step: &str) -> Option<usize> {
    let canonical = step == "0" || !step.starts_with('0');
    (canonical && step.bytes().all(|byte| byte.is_ascii_digit())).then(|| step.parse().ok()).flatten()
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
    use super::*;
    use crate::source::SourceMap;
    use crate::syntax::json;

    #[test]
    fn pointers_lead_to_places_and_back() {
        let text = r#"{"a": [10, {"b/c": "x", "d~e": {}}], "1": 5}"#;
        let file = SourceMap::default().add_pseudo("t", text);
        let parsed = json::parse(text, file, false);
        let root = parsed.root().unwrap();
        for (pointer, key, value) in [
            ("", text, text),
            ("/a/0", "10", "10"),
            ("/a/1/b~1c", "\"b/c\"", "\"x\""),
            ("/a/1/d~0e", "\"d~e\"", "{}"),
            ("/1", "\"1\"", "5"),
        ] {
            let target = find(root, pointer).unwrap();
            assert_eq!(&text[target.key_span().range()], key);
            assert_eq!(&text[target.node.span.range()], value);
            if !pointer.is_empty() {
                assert_eq!(at_offset(root, target.node.span.start).as_deref(), Some(pointer));
                assert_eq!(at_offset(root, target.key_span().start).as_deref(), Some(pointer));
            }
        }
        for missing in ["/a/2", "/a/00", "/a/-", "a", "/a/0/x", "/a/99999999999999999999"] {
            assert_eq!(find(root, missing), None, "{missing}");
        }
        assert_eq!(at_offset(root, 0).as_deref(), Some(""));
        assert_eq!(at_offset(root, 1000), None);
    }
}
