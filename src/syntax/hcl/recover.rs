//! Parsing with what the parser lacks: repeated object keys, newlines inside `{for …}`, positions of
//! unclosed brackets, and going on after a broken item. All on a scratch copy of the same length.

use std::cell::{Cell, RefCell};
use std::ops::Range;

use hcl_edit::parser::{Error, parse_body, parse_expr, parse_template};

use super::ast::{Body, Expr};
use super::convert::{Converter, Rewrites};
use super::scan::{self, Open, Scanner};
use super::{Parsed, Problem, ProblemKind};
use crate::source::{FileId, Span};

/// Each round mends one place; a text with more defects than this is given up.
const MOST_ROUNDS: usize = 200;
/// Broken items that are reported one by one.
const MOST_PROBLEMS: usize = 20;

struct Scratch<'a> {
    /// The text as written.
    original: &'a str,
    text: String,
    file: FileId,
    rewrites: Rewrites,
    problems: Vec<Problem>,
    placeholders: usize,
    /// Whether all lines that can be joined have been.
    joined: bool,
}

impl<'a> Scratch<'a> {
    fn new(original: &'a str, file: FileId) -> Self {
        let mut scratch = Self {
            original,
            text: original.to_owned(),
            file,
            rewrites: Rewrites::default(),
            problems: Vec::new(),
            placeholders: 0,
            joined: false,
        };
        // The parser misses the end of an empty heredoc and reads on to the next one with the same marker.
        for range in scan::empty_heredocs(original) {
            scratch.blank(range.clone());
            scratch.replace(range.start..range.start + 2, "\"\"");
        }
        scratch
    }

    fn converter(&self) -> Converter<'_> {
        Converter {
            text: self.original,
            file: self.file,
            base: 0,
            rewrites: &self.rewrites,
            twice: RefCell::default(),
            lines: Cell::new(true),
            stray: RefCell::default(),
        }
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range)
    }

    fn replace(&mut self, range: Range<usize>, with: &str) {
        if self.text.get(range.clone()).is_some_and(|old| old.len() == with.len()) {
            self.text.replace_range(range, with);
        }
    }

    /// Blanks a range, keeping its lines.
    fn blank(&mut self, range: Range<usize>) {
        let blanked: String = self
            .text
            .get(range.clone())
            .unwrap_or_default()
            .bytes()
            .map(|byte| if byte == b'\n' || byte == b'\r' { char::from(byte) } else { ' ' })
            .collect();
        self.replace(range, &blanked);
    }

    /// Works around a gap of the parser at `error`; `false` where there is none.
    fn mend(&mut self, error: &Error) -> bool {
        let offset = error.location().offset();
        if error.message().contains("redefined object key") {
            return self.rename_key(offset);
        }
        if error.message().contains("redefined attribute") {
            return self.drop_attribute(offset);
        }
        self.shorten_number(offset) || self.join_lines(offset)
    }

    /// The parser reads numbers as 64-bit floats and refuses larger ones: their digits are taken from the
    /// original text anyway.
    fn shorten_number(&mut self, offset: usize) -> bool {
        let before = self.text.get(..offset).unwrap_or_default();
        let offset = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        let rest = self.text.get(offset..).unwrap_or_default();
        let in_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-');
        let number = rest.get(..rest.find(|c| !in_number(c)).unwrap_or(rest.len())).unwrap_or_default();
        if !number.contains(['e', 'E']) || number.parse::<f64>().is_ok_and(f64::is_finite) {
            return false;
        }
        if number.parse::<crate::value::Number>().is_err() {
            return false;
        }
        let with = "0".repeat(number.len());
        self.replace(offset..offset + with.len(), &with);
        true
    }

    /// A placeholder name of exactly `length` bytes (at least one letter), other than those before it.
    fn placeholder(&mut self, length: usize) -> String {
        const LETTERS: &[u8; 26] = b"qzxjkvwyfbghmpudclrnsiotea";
        let mut name = String::from("_");
        let mut number = self.placeholders;
        self.placeholders += 1;
        if length == 1 {
            name.clear();
        }
        while name.len() < length.min(8) {
            name.push(char::from(LETTERS.get(number % 26).copied().unwrap_or(b'q')));
            number /= 26;
        }
        name.push_str(&" ".repeat(length.saturating_sub(name.len())));
        name
    }

    fn rename_key(&mut self, offset: usize) -> bool {
        let Some(range) = key_at(&self.text, offset) else { return false };
        let again = self.rewrites.keys.contains_key(&range.start);
        let real = self.rewrites.keys.get(&range.start).cloned().unwrap_or_else(|| range.clone());
        let name = self.placeholder(range.len());
        self.replace(range.clone(), &name);
        if !again {
            self.problems.push(duplicate_key(self.original, self.span(real.clone())));
        }
        self.rewrites.keys.insert(range.start, real);
        true
    }

    fn drop_attribute(&mut self, offset: usize) -> bool {
        let Some(range) = key_at(&self.text, offset) else { return false };
        let name = self.placeholder(range.len());
        let written = self.original.get(range.clone()).unwrap_or_default().to_owned();
        self.replace(range.clone(), &name);
        if !self.rewrites.dropped.contains(&range.start) {
            self.problems.push(Problem {
                kind: ProblemKind::Syntax,
                span: self.span(range.clone()),
                message: format!(
                    "the argument `{written}` was already set in this block; each may be set once"
                ),
                related: Vec::new(),
            });
            self.rewrites.dropped.push(range.start);
        }
        true
    }

    /// Newlines do not count inside `{for …}`, brackets, parentheses and interpolations. The parser places its error
    /// anywhere before or after the one it stumbled over, so all of them go at once.
    fn join_lines(&mut self, offset: usize) -> bool {
        let scanner = Scanner::until(&self.text, offset);
        let inside = scanner.stack.last().map(|(_, open)| *open);
        if !matches!(inside, Some(Open::ForBrace | Open::Bracket | Open::Paren | Open::Template)) {
            return false;
        }
        // In a text with a bracket that is never closed, lines tell where the next item begins.
        if self.joined || scan::unclosed(&self.text).is_some() {
            return false;
        }
        self.joined = true;
        let ranges = scan::meaningless(&self.text);
        for range in &ranges {
            let spaces = " ".repeat(range.len());
            self.replace(range.clone(), &spaces);
            self.blank_return(range.start);
        }
        !ranges.is_empty()
    }

    fn blank_return(&mut self, newline: usize) {
        if let Some(at) = newline.checked_sub(1)
            && self.text.get(at..newline) == Some("\r")
        {
            self.replace(at..newline, " ");
        }
    }

    fn problem(&self, error: &Error) -> Problem {
        let offset = error.location().offset();
        let message = error.message();
        if message.contains("nesting depth") || message.contains("chained binary") {
            return self.problem_at(
                ProblemKind::Limit,
                offset,
                "nested deeper than Plimsoll reads".to_owned(),
            );
        }
        if let Some((open, what)) = scan::unclosed(&self.text) {
            let (name, missing) = match what {
                Open::Brace | Open::ForBrace => ("`{`", "a `}`"),
                Open::Bracket => ("`[`", "a `]`"),
                Open::Paren => ("`(`", "a `)`"),
                Open::Template => ("`${`", "a `}`"),
                Open::Quote => ("quote", "a `\"`"),
                Open::Heredoc(_) => ("heredoc", "the line that ends it"),
            };
            let message = format!("this {name} is never closed: {missing} is missing");
            return self.problem_at(ProblemKind::Syntax, open, message);
        }
        let message = if message == "unexpected token" {
            "this is not what the grammar expects here".to_owned()
        } else {
            message.to_owned()
        };
        self.problem_at(ProblemKind::Syntax, offset, message)
    }

    fn problem_at(&self, kind: ProblemKind, offset: usize, message: String) -> Problem {
        let offset = offset.min(self.text.len());
        let rest = self.text.get(offset..).unwrap_or_default();
        let length = match rest.chars().next() {
            Some(c) if c.is_alphanumeric() || c == '_' => {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').unwrap_or(rest.len())
            }
            Some('\n' | '\r') | None => 0,
            Some(c) => c.len_utf8(),
        };
        Problem { kind, span: self.span(offset..offset + length), message, related: Vec::new() }
    }

    /// Takes the item that holds `offset` out of the text; `false` where nothing is left to take out.
    fn leave_out(&mut self, offset: usize) -> bool {
        let items = scan::top_level_items(&self.text);
        let broken_start = scan::unclosed(&self.text).map(|(open, _)| open);
        let place = broken_start.unwrap_or(offset);
        let Some(item) = items
            .iter()
            .find(|item| item.contains(&place) || item.end == place)
            .or_else(|| items.iter().rev().find(|item| item.start <= place))
            .or_else(|| items.last())
        else {
            return false;
        };
        let end = match broken_start {
            Some(open) => scan::next_header(&self.text, open).unwrap_or(item.end),
            None => item.end,
        };
        self.blank(item.start..end);
        true
    }
}

/// The object key or attribute name that starts at `offset`.
fn key_at(text: &str, offset: usize) -> Option<Range<usize>> {
    let rest = text.get(offset..)?;
    let first = rest.chars().next()?;
    let length = match first {
        '"' => {
            let mut escaped = false;
            rest.char_indices().skip(1).find_map(|(at, c)| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends.then_some(at + 1)
            })?
        }
        '(' => {
            let mut depth = 0_usize;
            rest.char_indices().find_map(|(at, c)| {
                match c {
                    '(' => depth += 1,
                    ')' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                (c == ')' && depth == 0).then_some(at + 1)
            })?
        }
        _ => rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | ':')).unwrap_or(rest.len()),
    };
    (length > 0).then(|| offset..offset + length)
}

fn duplicate_key(text: &str, key: Span) -> Problem {
    let written = text.get(key.range()).unwrap_or_default();
    Problem {
        kind: ProblemKind::DuplicateKey,
        span: key,
        message: format!("the key {written} is written twice in this object; Terraform takes the last value"),
        related: Vec::new(),
    }
}

/// Reads a file, leaving out items that cannot be read.
pub(super) fn body(text: &str, file: FileId) -> Parsed {
    let mut scratch = Scratch::new(text, file);
    let mut broken = 0;
    for _ in 0..MOST_ROUNDS {
        let error = match parse_body(&scratch.text) {
            Ok(parsed) => {
                let converter = scratch.converter();
                let body = converter.body(&parsed);
                let (twice, stray) = (converter.twice.take(), converter.stray.take());
                scratch.problems.extend(stray.into_iter().map(|span| Problem {
                    kind: ProblemKind::Syntax,
                    span,
                    message: "the argument ends with this line, but its expression goes on: put it in parentheses"
                        .to_owned(),
                    related: Vec::new(),
                }));
                scratch.problems.extend(twice.into_iter().map(|key| duplicate_key(text, key)));
                return Parsed { body, problems: scratch.problems };
            }
            Err(error) => error,
        };
        if scratch.mend(&error) {
            continue;
        }
        let problem = scratch.problem(&error);
        scratch.problems.push(problem);
        broken += 1;
        if broken >= MOST_PROBLEMS || !scratch.leave_out(error.location().offset()) {
            break;
        }
    }
    let empty = Body { span: Span::new(file, 0..text.len()), attributes: Vec::new(), blocks: Vec::new() };
    Parsed { body: empty, problems: scratch.problems }
}

/// Reads one expression whose text starts at `base` of the file.
pub(super) fn expression(text: &str, file: FileId, base: usize) -> Result<Expr, Problem> {
    let leading = text.len() - text.trim_start().len();
    let trimmed = text.trim();
    let mut scratch = Scratch::new(trimmed, file);
    let shifted = |mut problem: Problem| {
        let shift = u32::try_from(base + leading).unwrap_or(0);
        problem.span.start += shift;
        problem.span.end += shift;
        problem
    };
    for _ in 0..MOST_ROUNDS {
        let error = match parse_expr(&scratch.text) {
            Ok(parsed) => {
                let converter = Converter { base: base + leading, ..scratch.converter() };
                return Ok(converter.expr(&parsed));
            }
            Err(error) => error,
        };
        if !scratch.mend(&error) {
            return Err(shifted(scratch.problem(&error)));
        }
    }
    Err(shifted(scratch.problem_at(ProblemKind::Limit, 0, "too many repeated keys".to_owned())))
}

/// Reads a whole template.
pub(super) fn template(text: &str, file: FileId) -> Result<Expr, Problem> {
    let mut scratch = Scratch::new(text, file);
    for _ in 0..MOST_ROUNDS {
        let error = match parse_template(&scratch.text) {
            Ok(parsed) => return Ok(scratch.converter().template(&parsed, Span::new(file, 0..text.len()))),
            Err(error) => error,
        };
        if !scratch.mend(&error) {
            let offset = error.location().offset();
            let message = format!("the template cannot be read: {}", error.message());
            return Err(scratch.problem_at(ProblemKind::Syntax, offset, message));
        }
    }
    Err(scratch.problem_at(ProblemKind::Limit, 0, "too many repeated keys".to_owned()))
}
