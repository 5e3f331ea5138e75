//! Comments of HCL and of `#` languages (YAML, Dockerfile, shell), and the lines a comment speaks of.
//! What a comment means is for `lint::suppress`.

use std::ops::Range;

/// A comment with the lines it can apply to. Lines are 0-based.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Byte range of the comment, marker included, line ending excluded.
    pub range: Range<usize>,
    /// Text without `#`, `//`, `/*` and `*/`.
    pub text: String,
    pub line: usize,
    /// Nothing but white space stands before it on its line.
    pub alone: bool,
}

/// Which comment syntax a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Hcl,
    Yaml,
    /// `#` to the end of the line; only whole-line comments are recognised.
    Hash,
}

/// A file's comments, with what is needed to find the block after one.
#[derive(Debug)]
pub struct Comments {
    pub comments: Vec<Comment>,
    lines: Vec<LineInfo>,
    language: Language,
}

/// What stands on a line besides comments.
#[derive(Debug, Clone, Default)]
struct LineInfo {
    /// Columns of white space before the first character of code; `None` for a line without code.
    indent: Option<usize>,
    /// Whether the first code is a list dash (YAML).
    dash: bool,
    /// Opening minus closing brackets of the code on the line.
    depth: i32,
    /// Bracket depth at the start of the line.
    start_depth: i32,
}

impl Comments {
    /// Reads the comments of a file. Broken files give what can be read.
    #[must_use]
    pub fn read(text: &str, language: Language) -> Self {
        let mut reader = Reader { text, line: 0, lines: vec![LineInfo::default()], comments: Vec::new() };
        match language {
            Language::Hcl => reader.hcl(),
            Language::Yaml => reader.hash(true),
            Language::Hash => reader.hash(false),
        }
        let mut lines = reader.lines;
        let mut depth = 0;
        for line in &mut lines {
            line.start_depth = depth;
            depth += line.depth;
        }
        Self { comments: reader.comments, lines, language }
    }

    /// Lines that a comment speaks of: its own when code stands before it, else the next line of code;
    /// all lines of the block that this line opens.
    #[must_use]
    pub fn target(&self, comment: &Comment) -> Range<usize> {
        let first = if comment.alone { self.next_code_line(comment.line + 1) } else { Some(comment.line) };
        first.map_or(comment.line..comment.line, |line| line..self.block_end(line))
    }

    /// The single line a comment speaks of.
    #[must_use]
    pub fn target_line(&self, comment: &Comment) -> Range<usize> {
        let target = self.target(comment);
        target.start..target.end.min(target.start + 1)
    }

    /// The block that a tool means which looks for comments inside of one: the outermost block around a line (HCL), the
    /// entry of the second level around it (YAML: a job), or the line itself.
    #[must_use]
    pub fn around(&self, line: usize) -> Range<usize> {
        let first = match self.language {
            Language::Hcl => {
                let mut first = line;
                while self.lines.get(first).is_some_and(|info| info.start_depth > 0) && first > 0 {
                    first -= 1;
                }
                first
            }
            Language::Yaml => self.entry_of_second_level(line),
            Language::Hash => line,
        };
        first..self.block_end(first).max(line + 1)
    }

    /// The line that opens the entry of the second level around a line, or that of the first level where there is none.
    fn entry_of_second_level(&self, line: usize) -> usize {
        let indent_of = |line: usize| self.lines.get(line).and_then(|info| info.indent);
        let at = if indent_of(line).is_some() { Some(line) } else { self.next_code_line(line) };
        let Some((mut first, mut indent)) = at.and_then(|at| Some((at, indent_of(at)?))) else { return line };
        let mut around = vec![first];
        for above in (0..first).rev() {
            if let Some(less) = indent_of(above).filter(|less| *less < indent) {
                indent = less;
                first = above;
                around.push(first);
            }
        }
        let levels = around.len();
        around.get(levels.saturating_sub(2)).copied().unwrap_or(first)
    }

    /// Whether only white space and comments stand before it in the file.
    #[must_use]
    pub fn is_before_code(&self, comment: &Comment) -> bool {
        comment.alone && self.lines.iter().take(comment.line).all(|info| info.indent.is_none())
    }

    fn next_code_line(&self, from: usize) -> Option<usize> {
        (from..self.lines.len()).find(|line| self.lines.get(*line).is_some_and(|info| info.indent.is_some()))
    }

    /// The line after the block that `line` opens, or after `line` itself.
    fn block_end(&self, line: usize) -> usize {
        let Some(info) = self.lines.get(line) else { return line };
        match self.language {
            Language::Hcl => {
                if info.depth <= 0 {
                    return line + 1;
                }
                let after = self.lines.iter().enumerate().skip(line + 1);
                let end =
                    after.into_iter().find(|(_, next)| next.start_depth + next.depth <= info.start_depth);
                end.map_or(self.lines.len(), |(end, _)| end + 1)
            }
            Language::Yaml => {
                let Some(indent) = info.indent else { return line + 1 };
                let belongs = |next: &LineInfo| match next.indent {
                    None => true,
                    Some(of_next) => of_next > indent || (of_next == indent && next.dash && !info.dash),
                };
                let mut end = line + 1;
                while self.lines.get(end).is_some_and(belongs) {
                    end += 1;
                }
                end
            }
            Language::Hash => line + 1,
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    line: usize,
    lines: Vec<LineInfo>,
    comments: Vec<Comment>,
}

impl Reader<'_> {
    fn new_line(&mut self) {
        self.line += 1;
        self.lines.push(LineInfo::default());
    }

    fn line_start(&self, at: usize) -> usize {
        self.text.get(..at).and_then(|head| head.rfind('\n')).map_or(0, |newline| newline + 1)
    }

    fn code(&mut self, at: usize, byte: u8) {
        let indent = at - self.line_start_cached(at);
        if let Some(info) = self.lines.last_mut()
            && info.indent.is_none()
        {
            info.indent = Some(indent);
            info.dash = byte == b'-';
        }
    }

    fn line_start_cached(&self, at: usize) -> usize {
        match self.lines.last() {
            Some(info) if info.indent.is_some() => at,
            _ => self.line_start(at),
        }
    }

    fn comment(&mut self, range: Range<usize>, text: &str) {
        let alone = self.lines.last().is_none_or(|info| info.indent.is_none());
        self.comments.push(Comment { range, text: text.trim().to_owned(), line: self.line, alone });
    }

    fn end_of_line(&self, at: usize) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        let end = rest.iter().position(|byte| *byte == b'\n').map_or(self.text.len(), |offset| at + offset);
        if end > at && self.text.as_bytes().get(end - 1) == Some(&b'\r') { end - 1 } else { end }
    }

    fn hcl(&mut self) {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'\n' => {
                    self.new_line();
                    at += 1;
                }
                b' ' | b'\t' | b'\r' => at += 1,
                b'#' => at = self.line_comment(at, 1),
                b'/' if bytes.get(at + 1) == Some(&b'/') => at = self.line_comment(at, 2),
                b'/' if bytes.get(at + 1) == Some(&b'*') => at = self.block_comment(at),
                b'"' => {
                    self.code(at, byte);
                    at = self.string(at + 1);
                }
                b'<' if bytes.get(at + 1) == Some(&b'<') => {
                    self.code(at, byte);
                    at = self.heredoc(at);
                }
                _ => {
                    self.code(at, byte);
                    match byte {
                        b'{' | b'[' | b'(' => self.deepen(1),
                        b'}' | b']' | b')' => self.deepen(-1),
                        _ => {}
                    }
                    at += 1;
                }
            }
        }
    }

    fn line_comment(&mut self, at: usize, marker: usize) -> usize {
        let end = self.end_of_line(at);
        let text =
            self.text.get(at + marker..end).unwrap_or_default().trim_start_matches(['#', '/']).to_owned();
        self.comment(at..end, &text);
        end
    }

    fn block_comment(&mut self, at: usize) -> usize {
        let body = self.text.get(at + 2..).unwrap_or_default();
        let length = body.find("*/").unwrap_or(body.len());
        let end = (at + 2 + length + 2).min(self.text.len());
        let text = body.get(..length).unwrap_or_default().to_owned();
        self.comment(at..end, &text);
        for _ in text.matches('\n') {
            self.new_line();
        }
        end
    }

    /// Skips a quoted string with its interpolations; returns the offset after the closing quote.
    fn string(&mut self, mut at: usize) -> usize {
        let bytes = self.text.as_bytes();
        // Bracket depth of each interpolation we are in; empty means directly in the outer string.
        let mut nested: Vec<(usize, bool)> = Vec::new();
        while let Some(&byte) = bytes.get(at) {
            let in_string = nested.last().is_none_or(|(_, in_string)| *in_string);
            match byte {
                b'\n' if nested.is_empty() => return at,
                b'\n' => {
                    self.new_line();
                    at += 1;
                }
                b'\\' if in_string => at += 2,
                b'"' if nested.is_empty() => return at + 1,
                b'"' => {
                    if in_string {
                        nested.pop();
                    } else {
                        nested.push((0, true));
                    }
                    at += 1;
                }
                b'$' | b'%' if in_string && bytes.get(at + 1) == Some(&b'{') => {
                    if bytes.get(at.wrapping_sub(1)) != Some(&byte) {
                        nested.push((1, false));
                    }
                    at += 2;
                }
                b'{' if !in_string => {
                    if let Some((depth, _)) = nested.last_mut() {
                        *depth += 1;
                    }
                    at += 1;
                }
                b'}' if !in_string => {
                    if let Some((depth, _)) = nested.last_mut() {
                        *depth -= 1;
                        if *depth == 0 {
                            nested.pop();
                        }
                    }
                    at += 1;
                }
                _ => at += 1,
            }
        }
        at
    }

    fn deepen(&mut self, by: i32) {
        if let Some(info) = self.lines.last_mut() {
            info.depth += by;
        }
    }

    fn heredoc(&mut self, at: usize) -> usize {
        let rest = self.text.get(at + 2..).unwrap_or_default();
        let rest = rest.strip_prefix('-').unwrap_or(rest);
        let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').unwrap_or(rest.len());
        let marker = rest.get(..length).unwrap_or_default();
        if marker.is_empty() {
            return at + 2;
        }
        // Its lines belong to the line that opens it, like those between brackets.
        self.deepen(1);
        let mut line = self.end_of_line(at);
        loop {
            let Some(newline) =
                self.text.get(line..).and_then(|tail| tail.find('\n')).map(|found| line + found)
            else {
                return self.text.len();
            };
            self.new_line();
            let start = newline + 1;
            let end = self.end_of_line(start);
            let text = self.text.get(start..end).unwrap_or_default();
            if text.trim() == marker {
                self.code(start, b'E');
                self.deepen(-1);
                return end;
            }
            if !text.trim().is_empty() {
                self.code(start, b'x');
            }
            line = end;
        }
    }

    /// `#` comments; `inline` also after code, where white space stands before it and no quote is open.
    fn hash(&mut self, inline: bool) {
        let mut at = 0;
        let text = self.text;
        for (number, line) in text.split_inclusive('\n').enumerate() {
            if number > 0 {
                self.new_line();
            }
            let content = line.trim_end_matches(['\n', '\r']);
            if let Some(marker) = comment_start(content, inline) {
                let indent = content.len() - content.trim_start().len();
                if indent < marker {
                    self.code(at + indent, content.as_bytes().get(indent).copied().unwrap_or_default());
                }
                let body = content.get(marker + 1..).unwrap_or_default().trim_start_matches('#').to_owned();
                self.comment(at + marker..at + content.len(), &body);
            } else if !content.trim().is_empty() {
                let indent = content.len() - content.trim_start().len();
                self.code(at + indent, content.as_bytes().get(indent).copied().unwrap_or_default());
            }
            at += line.len();
        }
    }
}

/// Offset of the `#` that starts a comment on a line.
fn comment_start(line: &str, inline: bool) -> Option<usize> {
    let trimmed = line.trim_start();
    if trimmed.starts_with('#') {
        return Some(line.len() - trimmed.len());
    }
    if !inline {
        return None;
    }
    let mut quote = None;
    let mut before = b' ';
    for (at, byte) in line.bytes().enumerate() {
        match quote {
            Some(open) if byte == open => quote = None,
            Some(_) => {}
            None if matches!(byte, b'"' | b'\'') && matches!(before, b' ' | b'[' | b'{' | b',' | b'(') => {
                quote = Some(byte);
            }
            None if byte == b'#' && matches!(before, b' ' | b'\t') => return Some(at),
            None => {}
        }
        before = byte;
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn targets(text: &str, language: Language) -> Vec<(String, Range<usize>)> {
        let comments = Comments::read(text, language);
        comments.comments.iter().map(|comment| (comment.text.clone(), comments.target(comment))).collect()
    }

    #[test]
    fn hcl_comments_know_their_block() {
        let text = "# a\nresource \"x\" \"y\" {\n  b = 1 # b\n  // c\n  d = \"# no ${f(\"}\")}\"\n}\n";
        assert_eq!(
            targets(text, Language::Hcl),
            [("a".to_owned(), 1..6), ("b".to_owned(), 2..3), ("c".to_owned(), 4..5)]
        );
    }

    #[test]
    fn heredocs_hold_no_comments() {
        let text = "a = <<EOT\n# no\n{\nEOT\n# yes\nb = [\n1]\n";
        assert_eq!(targets(text, Language::Hcl), [("yes".to_owned(), 5..7)]);
    }

    #[test]
    fn a_line_inside_a_block_knows_the_outermost() {
        let text = "x {\n  y {\n    # c\n  }\n}\nz = 1\n";
        let comments = Comments::read(text, Language::Hcl);
        assert_eq!(comments.around(comments.comments[0].line), 0..5);
    }

    #[test]
    fn a_heredoc_belongs_to_its_line() {
        let text = "x {\n  # a\n  y = <<-EOT\n    one\n  EOT\n  z = 1\n}\n";
        assert_eq!(targets(text, Language::Hcl), [("a".to_owned(), 2..5)]);
    }

    #[test]
    fn around_a_yaml_line_is_its_job() {
        let text = "on: push\njobs:\n  a:\n    steps:\n      # here\n      - run: x\n  b:\n    steps: []\n";
        let comments = Comments::read(text, Language::Yaml);
        assert_eq!(comments.around(comments.comments[0].line), 2..6);
    }

    #[test]
    fn yaml_comments_cover_what_is_indented_below() {
        let text =
            "jobs:\n  # a\n  deploy:\n    steps:\n      - run: x # b\n        env: 'y # z'\n  other: 1\n";
        assert_eq!(targets(text, Language::Yaml), [("a".to_owned(), 2..6), ("b".to_owned(), 4..6)]);
    }
}
