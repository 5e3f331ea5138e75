//! A bracket scanner over HCL text, used only where parsing failed: which brackets are open at a place,
//! where the top-level items begin and end, which bracket is never closed.

use std::ops::Range;

/// What is open at some place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    Brace,
    /// `{ for …`
    ForBrace,
    Bracket,
    Paren,
    /// `${` or `%{`
    Template,
    Quote,
    /// Number of the heredoc's marker in [`Scanner::markers`].
    Heredoc(usize),
}

#[derive(Debug)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    pub(super) stack: Vec<(usize, Open)>,
    markers: Vec<&'a str>,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0, stack: Vec::new(), markers: Vec::new() }
    }

    /// The state at `offset`.
    pub(super) fn until(text: &'a str, offset: usize) -> Self {
        let mut scanner = Self::new(text);
        while scanner.at < offset && scanner.step() {}
        scanner
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_line(&mut self) {
        let rest = self.rest();
        self.at += rest.find('\n').unwrap_or(rest.len());
    }

    fn open(&mut self, what: Open, length: usize) {
        self.stack.push((self.at, what));
        self.at += length;
    }

    fn close(&mut self, length: usize) {
        self.stack.pop();
        self.at += length;
    }

    /// Takes one token or character; `false` at the end.
    fn step(&mut self) -> bool {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return false };
        match self.stack.last().map(|(_, open)| *open) {
            Some(Open::Quote) => self.in_quote(rest, first),
            Some(Open::Heredoc(marker)) => self.in_heredoc(rest, first, marker),
            _ => self.in_code(rest, first),
        }
        true
    }

    fn in_quote(&mut self, rest: &str, first: char) {
        if rest.starts_with("$${") || rest.starts_with("%%{") {
            self.at += 3;
        } else if rest.starts_with("${") || rest.starts_with("%{") {
            self.open(Open::Template, 2);
        } else if first == '"' || first == '\n' {
            // A quoted string ends with its line: an unclosed quote spoils no more than that.
            self.close(1);
        } else if first == '\\' {
            self.at += 1 + rest.chars().nth(1).map_or(0, char::len_utf8);
        } else {
            self.at += first.len_utf8();
        }
    }

    fn in_heredoc(&mut self, rest: &str, first: char, marker: usize) {
        if rest.starts_with("$${") || rest.starts_with("%%{") {
            self.at += 3;
        } else if rest.starts_with("${") || rest.starts_with("%{") {
            self.open(Open::Template, 2);
        } else if first == '\n' {
            self.at += 1;
            let line = self.rest().lines().next().unwrap_or_default();
            let marker = self.markers.get(marker).copied().unwrap_or_default();
            if line.trim() == marker {
                let indent = line.len() - line.trim_start().len();
                self.close(indent + marker.len());
            }
        } else {
            self.at += first.len_utf8();
        }
    }

    fn in_code(&mut self, rest: &'a str, first: char) {
        if first == '#' || rest.starts_with("//") {
            self.skip_line();
        } else if rest.starts_with("/*") {
            self.at += rest.find("*/").map_or(rest.len(), |end| end + 2);
        } else if let Some((marker, length)) = heredoc_start(rest) {
            self.markers.push(marker);
            let number = self.markers.len() - 1;
            self.open(Open::Heredoc(number), length);
        } else {
            match first {
                '"' => self.open(Open::Quote, 1),
                '[' => self.open(Open::Bracket, 1),
                '(' => self.open(Open::Paren, 1),
                '{' => {
                    let inside = after_space(rest.get(1..).unwrap_or_default());
                    let is_for = inside
                        .strip_prefix("for")
                        .is_some_and(|rest| rest.starts_with([' ', '\t', '\r', '\n', '#', '/']));
                    self.open(if is_for { Open::ForBrace } else { Open::Brace }, 1);
                }
                '}' | ']' | ')' => self.close(1),
                _ => self.at += first.len_utf8(),
            }
        }
    }
}

/// What follows space, new lines and comments.
fn after_space(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let comment = if rest.starts_with('#') || rest.starts_with("//") {
            rest.find('\n')
        } else if rest.starts_with("/*") {
            rest.find("*/").map(|end| end + 2)
        } else {
            return rest;
        };
        rest = comment.and_then(|end| rest.get(end..)).unwrap_or_default().trim_start();
    }
}

fn heredoc_start(rest: &str) -> Option<(&str, usize)> {
    let after = rest.strip_prefix("<<")?;
    let after = after.strip_prefix('-').unwrap_or(after);
    let line = after.lines().next()?;
    let marker = line.trim_end();
    let is_name = !marker.is_empty() && marker.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    is_name.then(|| (marker, rest.len() - after.len() + marker.len()))
}

/// Ranges of the items at the top level: from the first character of a line to the end of the line on
/// which everything opened is closed.
pub(super) fn top_level_items(text: &str) -> Vec<Range<usize>> {
    let mut scanner = Scanner::new(text);
    let mut items = Vec::new();
    let mut start = 0;
    loop {
        if scanner.stack.is_empty() && scanner.rest().starts_with('\n') {
            if !text.get(start..scanner.at).unwrap_or_default().trim().is_empty() {
                items.push(start..scanner.at);
            }
            start = scanner.at + 1;
        }
        if !scanner.step() {
            break;
        }
    }
    if !text.get(start..).unwrap_or_default().trim().is_empty() {
        items.push(start..text.len());
    }
    items
}

/// Heredocs without a line of text, from `<<` to the end of the marker that ends them.
pub(super) fn empty_heredocs(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if !text.contains("<<") {
        return found;
    }
    let mut scanner = Scanner::new(text);
    loop {
        let (top, depth, at) = (scanner.stack.last().copied(), scanner.stack.len(), scanner.at);
        if !scanner.step() {
            return found;
        }
        if let Some((start, Open::Heredoc(_))) = top
            && scanner.stack.len() < depth
            && !text.get(start..at).unwrap_or_default().contains('\n')
        {
            found.push(start..scanner.at);
        }
    }
}

/// New lines that mean nothing to the grammar, because the innermost bracket around them is not that of an object
/// or block, and the line comments before them. The new line that ends a heredoc is not among them.
pub(super) fn meaningless(text: &str) -> Vec<Range<usize>> {
    let mut scanner = Scanner::new(text);
    let mut found = Vec::new();
    loop {
        let (top, depth, at) = (scanner.stack.last().copied(), scanner.stack.len(), scanner.at);
        let free = matches!(top, Some((_, Open::ForBrace | Open::Bracket | Open::Paren | Open::Template)));
        let rest = scanner.rest();
        let line_comment = free && (rest.starts_with('#') || rest.starts_with("//"));
        if !scanner.step() {
            return found;
        }
        if free && rest.starts_with('\n') {
            found.push(at..at + 1);
        } else if line_comment {
            found.push(at..scanner.at);
        } else if scanner.stack.len() < depth
            && matches!(top, Some((_, Open::Heredoc(_))))
            && scanner.rest().starts_with(['\r', '\n'])
        {
            scanner.at += if scanner.rest().starts_with("\r\n") { 2 } else { 1 };
        }
    }
}

/// The outermost bracket that is never closed, if there is one.
pub(super) fn unclosed(text: &str) -> Option<(usize, Open)> {
    let scanner = Scanner::until(text, text.len());
    scanner.stack.first().copied()
}

/// The place from where the text is one item to its end although a new item seems to begin: the line in
/// column one that looks like a block header inside an unclosed block.
pub(super) fn next_header(text: &str, after: usize) -> Option<usize> {
    const KEYWORDS: [&str; 12] = [
        "resource ",
        "data ",
        "variable ",
        "output ",
        "module ",
        "locals ",
        "provider ",
        "terraform ",
        "moved ",
        "import ",
        "check ",
        "removed ",
    ];
    let rest = text.get(after..)?;
    let mut at = after;
    for line in rest.split_inclusive('\n') {
        if at > after && KEYWORDS.iter().any(|keyword| line.starts_with(keyword)) && line.contains('{') {
            return Some(at);
        }
        at += line.len();
    }
    None
}
