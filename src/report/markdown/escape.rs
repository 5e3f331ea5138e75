//! Text from the files as Markdown that means only itself: no links, mentions, markup, cells or quick actions.

use super::super::text;

/// Characters of a text that are shown; of longer ones the start.
const LONGEST: usize = 400;

/// Invisible, and breaks what would become a link or a mention.
const BREAK: &str = "&#8203;";

/// Words in which backticks mark code, as in messages. However they stand, nothing else becomes markup.
pub(super) fn words(text: &str) -> String {
    let text = cut(text);
    let pieces: Vec<&str> = text.split('`').collect();
    let mut markdown = String::new();
    let last = pieces.len().saturating_sub(1);
    for (index, piece) in pieces.iter().enumerate() {
        match (index % 2 == 1, index == last) {
            (true, false) => markdown.push_str(&span(piece)),
            // A backtick without another one is itself.
            (true, true) => {
                markdown.push_str("&#96;");
                markdown.push_str(&escaped(piece));
            }
            (false, _) => markdown.push_str(&escaped(piece)),
        }
    }
    markdown
}

/// A name or a place, as code.
pub(super) fn code(text: &str) -> String {
    span(&cut(text))
}

/// Text without any markup.
pub(super) fn plain(text: &str) -> String {
    escaped(&cut(text))
}

/// A link to documentation around code.
pub(super) fn link(text: &str, url: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#=&%+".contains(c);
    if url.starts_with("https://") && url.chars().all(is_plain) {
        format!("[{}]({url})", code(text))
    } else {
        code(text)
    }
}

/// Lines in a block of code of the language, fenced with more backticks than they hold in a row.
pub(super) fn block<'l>(language: &str, lines: impl IntoIterator<Item = &'l str>) -> String {
    let body: String = lines.into_iter().map(|line| format!("{}\n", text::line(line))).collect();
    let runs = body.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((runs + 1).max(3));
    format!("{fence}{language}\n{body}{fence}\n")
}

/// One line of bounded length that is safe to show.
fn cut(text: &str) -> String {
    let line = text::line(text);
    let mut chars = line.chars();
    let mut shown: String = chars.by_ref().take(LONGEST).collect();
    if chars.next().is_some() {
        shown.push('…');
    }
    shown
}

/// Code: between backticks where that is sure to end where it should, else in tags, every sign as a reference. A
/// pipe would end a table's cell even inside backticks.
fn span(text: &str) -> String {
    let is_plain = !text.trim().is_empty() && text.trim() == text && !text.contains(['`', '|', '\\']);
    if is_plain {
        return format!("`{text}`");
    }
    let mut code = String::from("<code>");
    for c in text.chars() {
        if c.is_ascii_punctuation() { reference(c, &mut code) } else { code.push(c) }
    }
    code.push_str("</code>");
    code
}

fn escaped(text: &str) -> String {
    let mut markdown = String::new();
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        match c {
            // Within a word it begins no emphasis.
            '_' if before.is_alphanumeric() && next.is_alphanumeric() => markdown.push(c),
            '%' | '!' if !next.is_alphanumeric() && !matches!(next, '_' | '"' | '[') => markdown.push(c),
            // A mention, or a reference to an issue, label, epic, snippet or milestone.
            '@' | '#' | '!' | '~' | '&' | '$' | '%' | '^' => {
                reference(c, &mut markdown);
                if next.is_alphanumeric() || matches!(next, '_' | '"') {
                    markdown.push_str(BREAK);
                }
            }
            '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '<' | '>' => reference(c, &mut markdown),
            // `https://…`, `www.…` and `a@b.c` become links by themselves.
            ':' if next == '/' => markdown.push_str(&format!(":{BREAK}")),
            '.' if before.eq_ignore_ascii_case(&'w') => markdown.push_str(&format!("{BREAK}.")),
            c => markdown.push(c),
        }
        before = c;
    }
    markdown
}

fn reference(c: char, markdown: &mut String) {
    markdown.push_str(&format!("&#{};", u32::from(c)));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    use super::*;

    #[test]
    fn ordinary_text_stays_readable() {
        assert_eq!(
            words("the image has the tag `latest` (1.0), so"),
            "the image has the tag `latest` (1.0), so"
        );
        assert_eq!(code("module.a[\"x\"].aws_lb.main"), "`module.a[\"x\"].aws_lb.main`");
    }

    #[test]
    fn nothing_is_called_or_linked() {
        assert_eq!(
            plain("@team #12 https://x www.y"),
            "&#64;&#8203;team &#35;&#8203;12 https:&#8203;// www&#8203;.y".replace("// ", "//x ")
        );
        assert_eq!(code("a|b"), "<code>a&#124;b</code>");
        assert_eq!(words("a ` b"), "a &#96; b");
        assert_eq!(link("x", "javascript:alert(1)"), "`x`");
        assert_eq!(block("diff", ["+ ```` x"]), "`````diff\n+ ```` x\n`````\n");
    }

    /// The text of each cell, and the markup that is in the table's body.
    fn cells(markdown: &str) -> (Vec<Vec<String>>, Vec<String>) {
        // All but those that change quotation marks and dashes.
        let options = Options::all() - Options::ENABLE_SMART_PUNCTUATION;
        let (mut rows, mut markup) = (Vec::new(), Vec::new());
        for event in Parser::new_ext(markdown, options) {
            match event {
                Event::Start(Tag::TableRow) => rows.push(Vec::new()),
                Event::Start(Tag::TableCell) if !rows.is_empty() => {
                    rows.last_mut().unwrap().push(String::new())
                }
                Event::Text(text) | Event::Code(text) if !rows.is_empty() => {
                    rows.last_mut().unwrap().last_mut().unwrap().push_str(&text);
                }
                Event::InlineHtml(tag) if matches!(&*tag, "<code>" | "</code>") => {}
                Event::Start(Tag::Table(_) | Tag::TableHead | Tag::TableCell)
                | Event::End(TagEnd::Table | TagEnd::TableHead | TagEnd::TableRow | TagEnd::TableCell)
                | Event::Text(_) => {}
                other => markup.push(format!("{other:?}")),
            }
        }
        (rows, markup)
    }

    fn without_breaks(text: &str) -> String {
        text.replace('\u{200b}', "")
    }

    proptest::proptest! {
        /// Any text comes back from a renderer as written, in its own cell, and is no markup.
        #[test]
        fn any_text_is_only_text(
            text in r#"(\||\\\||`+|\*\*|__|~~|<b>|</details>|<!--|&amp;|&#96;|\[x\]\(y\)|!\[|https://x|www\.x|@me|\$1\$|[ -~\t\r\n\x00-\x1f]|\PC){0,24}"#,
        ) {
            let shown = text::line(&text).replace('\u{200b}', "");
            let table =
                format!("| a | b | c | d |\n|---|---|---|---|\n| x{}y | {} | x{}y | z |\n", plain(&text), code(&text), words(&text));
            let (rows, markup) = cells(&table);
            proptest::prop_assert!(markup.is_empty(), "{markup:?}\n{table}");
            proptest::prop_assert_eq!(rows.len(), 1, "{}", table);
            let row: Vec<String> = rows[0].iter().map(|cell| without_breaks(cell)).collect();
            proptest::prop_assert_eq!(row.len(), 4, "{}", table);
            proptest::prop_assert_eq!(&row[0], &format!("x{shown}y"));
            proptest::prop_assert_eq!(row[1].trim(), shown.trim());
            // Backticks in pairs mark code and are not shown.
            proptest::prop_assert_eq!(row[2].replace('`', ""), format!("x{shown}y").replace('`', ""));
            proptest::prop_assert_eq!(&row[3], "z");
        }
    }
}
