//! Finds the ends of things in HCL and JSON text without parsing it: strings, comments, heredocs, values, brackets.
//! What it cannot make out is `None`; nothing is edited then.

/// How strings of a text are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strings {
    /// `${…}` and `%{…}` inside strings hold expressions, which may hold strings.
    Templates,
    /// Plain JSON.
    Plain,
}

/// A view on a text; offsets are bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scan<'t> {
    pub(super) text: &'t str,
    pub(super) strings: Strings,
}

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t str, strings: Strings) -> Self {
        Self { text, strings }
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    pub(super) fn starts(&self, at: usize, with: &str) -> bool {
        self.text.as_bytes().get(at..).is_some_and(|rest| rest.starts_with(with.as_bytes()))
    }

    /// The next place that is no white space (with `lines` no line break either) and no comment.
    pub(super) fn skip(&self, mut at: usize, lines: bool) -> usize {
        loop {
            match self.byte(at) {
                Some(b' ' | b'\t') => at += 1,
                Some(b'\r' | b'\n') if lines => at += 1,
                Some(_) if lines => match self.end_of_comment(at) {
                    Some(end) => at = end,
                    None => return at,
                },
                _ => return at,
            }
        }
    }

    /// Where the comment that starts here ends, its line break left out.
    pub(super) fn end_of_comment(&self, at: usize) -> Option<usize> {
        if self.starts(at, "/*") {
            let rest = self.text.get(at + 2..)?;
            return Some(rest.find("*/").map_or(self.text.len(), |end| at + 2 + end + 2));
        }
        (self.starts(at, "#") || self.starts(at, "//")).then(|| self.end_of_line(at))
    }

    /// The line break after `at`, or the end of the text; a `\r` belongs to the break.
    pub(super) fn end_of_line(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let end = at + rest.find('\n').unwrap_or(rest.len());
        if end > at && self.byte(end - 1) == Some(b'\r') { end - 1 } else { end }
    }

    pub(super) fn start_of_line(&self, at: usize) -> usize {
        self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
    }

    /// White space at the start of the line.
    pub(super) fn indent(&self, at: usize) -> &'t str {
        let line = self.text.get(self.start_of_line(at)..).unwrap_or_default();
        let end = line.len() - line.trim_start_matches([' ', '\t']).len();
        line.get(..end).unwrap_or_default()
    }

    pub(super) fn is_first_on_line(&self, at: usize) -> bool {
        self.text.get(self.start_of_line(at)..at).is_some_and(|before| before.trim().is_empty())
    }

    pub(super) fn has_line_break(&self, range: std::ops::Range<usize>) -> bool {
        self.text.get(range).is_none_or(|text| text.contains('\n'))
    }

    /// The line ending used around a place, by the nearest line break.
    pub(super) fn line_ending(&self, at: usize) -> &'static str {
        let at = at.min(self.text.len());
        let after = self.text.get(at..).and_then(|rest| rest.find('\n')).map(|newline| at + newline);
        let newline = after.or_else(|| self.text.get(..at)?.rfind('\n'));
        match newline {
            Some(newline) if newline > 0 && self.byte(newline - 1) == Some(b'\r') => "\r\n",
            _ => "\n",
        }
    }

    /// The end of a name of HCL.
    pub(super) fn end_of_name(&self, at: usize) -> Option<usize> {
        let rest = self.text.get(at..)?;
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        rest.chars().next().filter(|c| c.is_alphabetic() || *c == '_')?;
        Some(at + rest.find(|c| !is_part(c)).unwrap_or(rest.len()))
    }

    /// The end of the quoted string that starts here; `None` when it does not end on its line.
    pub(super) fn end_of_string(&self, at: usize) -> Option<usize> {
        if self.byte(at) != Some(b'"') {
            return None;
        }
        let mut at = at + 1;
        loop {
            match self.byte(at)? {
                b'"' => return Some(at + 1),
                b'\\' => at += 2,
                b'\n' => return None,
                b'$' | b'%' if self.strings == Strings::Templates && self.byte(at + 1) == Some(b'{') => {
                    // Doubled, it is text.
                    let is_text = at > 0 && self.byte(at - 1) == self.byte(at);
                    at = if is_text { at + 2 } else { self.end_of_brackets(at + 1)? };
                }
                _ => at += 1,
            }
        }
    }

    /// The end of the heredoc that starts here: of the line that closes it.
    fn end_of_heredoc(&self, at: usize) -> Option<usize> {
        let name_at = if self.starts(at, "<<-") { at + 3 } else { at + 2 };
        let name = self.text.get(name_at..self.end_of_name(name_at)?)?;
        let mut line = self.end_of_line(name_at);
        loop {
            line = self.text.get(line..)?.find('\n').map(|newline| line + newline + 1)?;
            let end = self.end_of_line(line);
            if self.text.get(line..end)?.trim() == name {
                return Some(end);
            }
            line = end;
        }
    }

    /// The end of the bracket that opens here, behind the closing one.
    pub(super) fn end_of_brackets(&self, at: usize) -> Option<usize> {
        let mut open = Vec::new();
        let mut at = at;
        // Strings in templates in strings are rare; each level starts anew here, so deep ones are refused.
        loop {
            match self.byte(at)? {
                b'{' => open.push(b'}'),
                b'[' => open.push(b']'),
                b'(' => open.push(b')'),
                close @ (b'}' | b']' | b')') => {
                    if open.pop() != Some(close) {
                        return None;
                    }
                    if open.is_empty() {
                        return Some(at + 1);
                    }
                }
                b'"' => {
                    at = self.end_of_nested_string(at)?;
                    continue;
                }
                b'<' if self.starts(at, "<<") && self.strings == Strings::Templates => {
                    at = self.end_of_heredoc(at)?;
                    continue;
                }
                b'#' | b'/' => {
                    if let Some(end) = self.end_of_comment(at) {
                        at = end;
                        continue;
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// A string inside brackets, whose own templates hold no further strings with templates.
    fn end_of_nested_string(&self, at: usize) -> Option<usize> {
        let mut at = at + 1;
        // Closing brackets of the templates that are open; a string inside one is read to its quote.
        let mut depth = 0_usize;
        loop {
            match self.byte(at)? {
                b'\\' => at += 1,
                b'\n' if depth == 0 => return None,
                b'$' | b'%' if self.strings == Strings::Templates && self.byte(at + 1) == Some(b'{') => {
                    if self.byte(at - 1) != self.byte(at) {
                        depth += 1;
                    }
                    at += 1;
                }
                b'{' if depth > 0 => depth += 1,
                b'}' if depth > 0 => depth -= 1,
                b'"' if depth == 0 => return Some(at + 1),
                b'"' => at = Scan { strings: Strings::Plain, ..*self }.end_of_string(at)? - 1,
                _ => {}
            }
            at += 1;
        }
    }

    /// The end of the value that starts here: before a comma, a closing bracket, a line break or a comment.
    pub(super) fn end_of_value(&self, start: usize) -> Option<usize> {
        let mut at = start;
        let mut end = start;
        loop {
            match self.byte(at) {
                None | Some(b'\n' | b',' | b'}' | b']' | b')') => break,
                Some(b'"') => at = self.end_of_nested_string(at)?,
                Some(b'{' | b'[' | b'(') => at = self.end_of_brackets(at)?,
                Some(b'<') if self.starts(at, "<<") && self.strings == Strings::Templates => {
                    at = self.end_of_heredoc(at)?;
                }
                Some(b'#') => break,
                Some(b'/') if self.end_of_comment(at).is_some() => break,
                Some(b' ' | b'\t' | b'\r') => {
                    at += 1;
                    continue;
                }
                Some(_) => at += 1,
            }
            end = at;
        }
        (end > start).then_some(end)
    }
}
