//! Text as a terminal can safely show it, and words wrapped to its width.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The character shown for `c`: control characters (terminal escapes begin with one), line separators and
/// characters that turn the direction of writing are replaced by a visible sign.
pub(super) fn visible(c: char) -> char {
    match c {
        '\0'..='\u{1f}' => char::from_u32(u32::from(c) + 0x2400).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => '\u{fffd}',
        _ => c,
    }
}

/// The character shown for `c` within a line whose tabs stay.
pub(super) fn visible_in_line(c: char) -> char {
    if c == '\t' { c } else { visible(c) }
}

/// `text` on one line: tabs and line breaks are spaces, the rest is made [`visible`].
pub(crate) fn line(text: &str) -> String {
    let text = text.replace("\r\n", " ");
    text.chars().map(|c| if matches!(c, '\t' | '\n' | '\r') { ' ' } else { visible(c) }).collect()
}

/// Columns of `text` in a terminal.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// Columns of `c`; 0 for what combines with the character before.
pub(super) fn char_width(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// `text` in lines of at most `width` columns, broken between words; a longer word is broken behind a dot or
/// slash, or anywhere.
/// Line breaks in `text` stay; every line is safe to show.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut current = String::new();
        let mut used = 0;
        for word in line(paragraph).split(' ').filter(|word| !word.is_empty()) {
            let size = self::width(word);
            if used > 0 && used + 1 + size > width {
                lines.push(std::mem::take(&mut current));
                used = 0;
            }
            if used > 0 {
                current.push(' ');
                used += 1;
            }
            if size <= width {
                current.push_str(word);
                used += size;
                continue;
            }
            // Addresses and paths are broken at their parts, where these fit.
            for part in word.split_inclusive(['.', '/']) {
                if used > 0 && used + self::width(part) > width {
                    lines.push(std::mem::take(&mut current));
                    used = 0;
                }
                for c in part.chars() {
                    let size = char_width(c);
                    if used + size > width && used > 0 {
                        lines.push(std::mem::take(&mut current));
                        used = 0;
                    }
                    current.push(c);
                    used += size;
                }
            }
        }
        lines.push(current);
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

    use super::*;

    #[test]
    fn escapes_and_direction_marks_become_visible() {
        assert_eq!(line("a\u{1b}[31mb\tc\r\nd\u{9b}e\u{202e}f\u{7f}"), "a␛[31mb c d\u{fffd}e\u{fffd}f␡");
        assert_eq!(line("👩\u{200d}💻 größe 全角"), "👩\u{200d}💻 größe 全角");
    }

    #[test]
    fn words_wrap_by_columns() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("全角文字 ab", 5), ["全角", "文字", "ab"]);
        assert_eq!(wrap("a module.api.x[\"y\"] b", 9), ["a", "module.", "api.", "x[\"y\"] b"]);
        assert_eq!(wrap("a\nb", 9), ["a", "b"]);
        assert_eq!(wrap("", 9), [""]);
    }
}
