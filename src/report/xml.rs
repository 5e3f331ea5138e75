//! XML written piece by piece. What XML 1.0 cannot hold, and what a terminal must not see, becomes a visible sign.

use std::io::{self, Write};

use super::text;

/// The first line of a document.
pub(super) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

/// An attribute: its name and its value, which is escaped when written.
pub(super) type Attribute<'a> = (&'a str, &'a str);

/// Writes `<name a="…">`, indented by `depth` steps.
pub(super) fn open(
    depth: usize,
    name: &str,
    attributes: &[Attribute<'_>],
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}>", head(depth, name, attributes))
}

/// Writes `<name a="…"/>`.
pub(super) fn empty(
    depth: usize,
    name: &str,
    attributes: &[Attribute<'_>],
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}/>", head(depth, name, attributes))
}

/// Writes `<name a="…">text</name>`; lines of the text stay lines.
pub(super) fn with_text(
    depth: usize,
    name: &str,
    attributes: &[Attribute<'_>],
    text: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}>{}</{name}>", head(depth, name, attributes), content(text))
}

/// Writes `</name>`.
pub(super) fn close(depth: usize, name: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}</{name}>", "  ".repeat(depth))
}

fn head(depth: usize, name: &str, attributes: &[Attribute<'_>]) -> String {
    let mut head = format!("{}<{name}", "  ".repeat(depth));
    for (key, value) in attributes {
        head.push_str(&format!(" {key}=\"{}\"", attribute(value)));
    }
    head
}

/// The value of an attribute. Line breaks are references: a parser makes spaces of plain ones.
fn attribute(value: &str) -> String {
    escaped(value).replace('\n', "&#10;")
}

/// Text between tags.
fn content(text: &str) -> String {
    escaped(text)
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            // `]]>` ends a CDATA section and may not stand in text.
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push('\n'),
            '\t' => escaped.push(' '),
            // The two characters of the basic plane that XML 1.0 (2.2) leaves out beside control characters.
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(text::visible(c)),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

    use super::*;

    /// What a reader should see of a text.
    fn shown(text: &str) -> String {
        let text = text.replace("\r\n", "\n").replace('\t', " ");
        text.chars()
            .map(|c| match c {
                '\n' => c,
                '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
                c => text::visible(c),
            })
            .collect()
    }

    proptest::proptest! {
        /// Any text comes back from a parser as written, and adds no element.
        #[test]
        fn any_text_survives(
            name in r#"(]]>|<!--|-->|<!\[CDATA\[|&#0;|&amp;|["'<>&\t\r\n\x00-\x1f\x7f-\x9f]|\PC|[\u{fffe}\u{ffff}]){0,30}"#,
        ) {
            let mut out = Vec::new();
            writeln!(out, "{DECLARATION}").unwrap();
            open(0, "a", &[("b", &name)], &mut out).unwrap();
            empty(1, "c", &[("d", &name), ("e", "x")], &mut out).unwrap();
            with_text(1, "f", &[], &name, &mut out).unwrap();
            close(0, "a", &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            let document = roxmltree::Document::parse(&text).unwrap();
            let root = document.root_element();
            let expected = shown(&name);
            proptest::prop_assert_eq!(root.attribute("b"), Some(expected.as_str()));
            let elements: Vec<roxmltree::Node<'_, '_>> = root.children().filter(|node| node.is_element()).collect();
            proptest::prop_assert_eq!(elements.len(), 2);
            proptest::prop_assert_eq!(elements[0].attribute("d"), Some(expected.as_str()));
            proptest::prop_assert_eq!(elements[1].text().unwrap_or(""), expected);
        }
    }
}
