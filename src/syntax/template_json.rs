//! JSON inside strings of the value domain: `jsondecode`, container definitions written as heredoc, template or
//! string. Holes inside quotes become partly known strings, bare holes become values.
//!
//! A hole is assumed not to close the quotes around it. Beyond that nothing is assumed: a bare hole in a list may
//! stand for any number of items, one in an object for any members.

use std::sync::Arc;

use super::parsed::{Duplicate, SyntaxError};
use super::{json, tree};
use crate::source::Span;
use crate::value::{
    Built, Cause, Causes, Entries, Entry, Kind, Mapping, MappingKind, Number, Origin, Part, Rest, Sequence,
    SequenceKind, Text, Type, Unknown, Value,
};

/// Deeper nesting is not read.
const DEEPEST: usize = 200;

/// A string of more parts is not read: templates may share parts many times over.
const MOST_PIECES: usize = 200_000;

/// Keys written twice that are told of one text.
const MOST_DUPLICATES: usize = 100;

/// The value that the JSON in a string stands for; leaves have the spans of the template's source, spliced values
/// their own origins.
///
/// `None` when nothing can be said: the string is unknown without structure, or its holes hide the structure.
///
/// # Errors
/// When the whole text is known and is no JSON.
#[must_use]
pub fn decode(string: &Value) -> Option<Result<Value, SyntaxError>> {
    decode_noting(string, &mut Vec::new())
}

/// As [`decode`]; adds the keys that are written twice in one object of the text.
///
/// # Errors
/// As [`decode`].
pub fn decode_noting(string: &Value, twice: &mut Vec<Duplicate>) -> Option<Result<Value, SyntaxError>> {
    let mut pieces = Vec::new();
    let built = match &string.kind {
        Kind::String(text) => text.built.as_deref(),
        Kind::Unknown(unknown) => Some(unknown.built.as_deref()?),
        _ => return None,
    };
    if let Some(Built::Json(value)) = built {
        return Some(Ok(opened(string, value)));
    }
    flatten(string, &mut pieces, 0);
    if pieces.len() > MOST_PIECES {
        return None;
    }
    let mut reader =
        Reader { pieces: &pieces, at: Cursor::default(), last: string.span(), depth: 0, twice: Vec::new() };
    let result = reader.document();
    if result.is_ok() {
        twice.append(&mut reader.twice);
    }
    match result {
        Ok(value) => Some(Ok(opened(string, &value))),
        Err(Stop) if pieces.iter().any(|piece| matches!(piece, Piece::Hole { .. })) => None,
        Err(Stop) => explain(&pieces, string.span()),
    }
}

/// What stands in a string, seen from outside. A string that is sensitive because of a part of it is not sensitive in
/// the others.
fn opened(string: &Value, inner: &Value) -> Value {
    let mut value = string.child(inner);
    value.sensitive = inner.sensitive || (string.sensitive && !inner.has_sensitive_part());
    value
}

/// A run of known text or one unknown value.
enum Piece<'a> {
    Text {
        text: &'a Arc<str>,
        /// Source of the text; for a known hole the place where its value was written.
        span: Span,
        /// The known hole this text comes from, and its structure when it was built by `jsonencode`.
        hole: Option<&'a Value>,
        json: Option<&'a Value>,
    },
    Hole {
        value: &'a Value,
        json: Option<&'a Value>,
    },
}

fn flatten<'a>(value: &'a Value, into: &mut Vec<Piece<'a>>, depth: usize) {
    if into.len() > MOST_PIECES {
        return;
    }
    let built = match &value.kind {
        Kind::String(text) => text.built.as_deref(),
        Kind::Unknown(unknown) => unknown.built.as_deref(),
        _ => None,
    };
    if let Some(Built::Template(parts)) = built
        && depth < DEEPEST
    {
        for part in parts {
            match part {
                Part::Literal { text, span } => {
                    into.push(Piece::Text { text, span: *span, hole: None, json: None });
                }
                Part::Hole(hole) => flatten(hole, into, depth + 1),
            }
        }
        return;
    }
    let json = match built {
        Some(Built::Json(json)) => Some(json),
        _ => None,
    };
    match &value.kind {
        Kind::String(text) => into.push(Piece::Text {
            text: text.shared(),
            span: value.span(),
            hole: (depth > 0).then_some(value),
            json,
        }),
        _ => into.push(Piece::Hole { value, json }),
    }
}

/// The text cannot be read as JSON.
struct Stop;

#[derive(Clone, Copy, Default, PartialEq)]
struct Cursor {
    piece: usize,
    byte: usize,
}

#[derive(Clone, Copy)]
enum Symbol<'a> {
    Char(char),
    Hole(&'a Value),
}

struct Reader<'p, 'a> {
    pieces: &'p [Piece<'a>],
    at: Cursor,
    /// Span of the symbol read last.
    last: Span,
    depth: usize,
    twice: Vec<Duplicate>,
}

impl<'a> Reader<'_, 'a> {
    fn peek(&mut self) -> Option<Symbol<'a>> {
        loop {
            match self.pieces.get(self.at.piece)? {
                Piece::Hole { value, .. } => return Some(Symbol::Hole(value)),
                Piece::Text { text, .. } => {
                    match text.get(self.at.byte..).and_then(|rest| rest.chars().next()) {
                        Some(sign) => return Some(Symbol::Char(sign)),
                        None => self.at = Cursor { piece: self.at.piece + 1, byte: 0 },
                    }
                }
            }
        }
    }

    /// Source of the symbol at the cursor; a whole piece where text and source differ in length.
    fn here(&mut self) -> Span {
        let symbol = self.peek();
        match (self.pieces.get(self.at.piece), symbol) {
            (Some(Piece::Text { text, span, hole: None, .. }), Some(Symbol::Char(sign)))
                if span.range().len() == text.len() =>
            {
                let start = span.start as usize + self.at.byte;
                Span::new(span.file, start..start + sign.len_utf8())
            }
            (Some(Piece::Text { span, hole: None, .. }), _) => *span,
            // What stands in a hole was written elsewhere: the place of the template goes on.
            _ => self.last,
        }
    }

    fn advance(&mut self) {
        self.last = self.here();
        match self.peek() {
            Some(Symbol::Char(sign)) => self.at.byte += sign.len_utf8(),
            Some(Symbol::Hole(_)) => self.at = Cursor { piece: self.at.piece + 1, byte: 0 },
            None => {}
        }
    }

    fn skip_space(&mut self) {
        while let Some(Symbol::Char(' ' | '\t' | '\n' | '\r')) = self.peek() {
            self.advance();
        }
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = matches!(self.peek(), Some(Symbol::Char(sign)) if sign == wanted);
        if found {
            self.advance();
        }
        found
    }

    fn document(&mut self) -> Result<Value, Stop> {
        self.skip_space();
        let value = self.value()?;
        self.skip_space();
        if self.peek().is_some() { Err(Stop) } else { Ok(value) }
    }

    /// The structure that a whole `jsonencode` result at the cursor was built from.
    fn spliced(&mut self) -> Option<Value> {
        self.peek();
        if self.at.byte != 0 {
            return None;
        }
        let json = match self.pieces.get(self.at.piece)? {
            Piece::Text { json, hole, .. } => hole.and(*json).zip(*hole),
            Piece::Hole { json, value } => json.zip(Some(*value)),
        };
        let (json, hole) = json?;
        self.at = Cursor { piece: self.at.piece + 1, byte: 0 };
        Some(hole.child(json))
    }

    fn value(&mut self) -> Result<Value, Stop> {
        if let Some(value) = self.spliced() {
            return Ok(value);
        }
        let start = self.here();
        match self.peek() {
            None => Err(Stop),
            Some(Symbol::Char('"')) => self.string(),
            Some(Symbol::Char('{')) => self.nested(start, Self::object),
            Some(Symbol::Char('[')) => self.nested(start, Self::array),
            Some(_) => self.word(),
        }
    }

    fn nested(&mut self, start: Span, read: fn(&mut Self) -> Result<Kind, Stop>) -> Result<Value, Stop> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Stop);
        }
        self.advance();
        let kind = read(self)?;
        self.depth -= 1;
        Ok(Value::new(kind, Origin::at(start.to(self.last))))
    }

    /// A hole where a `,`, an item or a member may stand.
    fn loose_hole(&mut self) -> Option<&'a Value> {
        match self.peek() {
            Some(Symbol::Hole(value)) => {
                self.advance();
                Some(value)
            }
            _ => None,
        }
    }

    fn array(&mut self) -> Result<Kind, Stop> {
        let mut items = Vec::new();
        let mut open = Causes::none();
        let mut any = false;
        loop {
            self.skip_space();
            if self.eat(']') {
                break;
            }
            if let Some(value) = self.spliced() {
                items.push(value);
            } else if let Some(Symbol::Hole(value)) = self.peek() {
                let before = self.at;
                self.advance();
                self.skip_space();
                let ends = matches!(self.peek(), Some(Symbol::Char(',' | ']')));
                if ends && single(value) {
                    items.push(as_json(value));
                } else if ends || matches!(self.peek(), Some(Symbol::Char('"' | '{' | '[') | Symbol::Hole(_)))
                {
                    open.add_all(&causes(value));
                    any = true;
                    self.eat(',');
                    continue;
                } else {
                    self.at = before;
                    items.push(self.word()?);
                }
            } else {
                items.push(self.value()?);
            }
            self.skip_space();
            if self.eat(',') {
                self.skip_space();
                if matches!(self.peek(), Some(Symbol::Char(']'))) {
                    return Err(Stop);
                }
            } else if let Some(hole) = self.loose_hole() {
                open.add_all(&causes(hole));
                any = true;
                self.skip_space();
                self.eat(',');
            } else if !matches!(self.peek(), Some(Symbol::Char(']'))) {
                return Err(Stop);
            }
        }
        let rest = any.then(|| Arc::new(Rest { causes: open, template: None, overrides: false }));
        Ok(Kind::Sequence(Arc::new(Sequence { kind: SequenceKind::Tuple, items, rest })))
    }

    fn object(&mut self) -> Result<Kind, Stop> {
        let mut entries = Entries::new();
        let mut rest: Option<Rest> = None;
        let mut more = |causes: Causes, template: Option<Value>| match &mut rest {
            Some(rest) => {
                rest.causes.add_all(&causes);
                rest.template = None;
            }
            None => rest = Some(Rest { causes, template, overrides: true }),
        };
        loop {
            self.skip_space();
            if self.eat('}') {
                break;
            }
            if let Some(hole) = self.loose_hole() {
                more(causes(hole), None);
                self.skip_space();
                self.eat(',');
                continue;
            }
            if !matches!(self.peek(), Some(Symbol::Char('"'))) {
                return Err(Stop);
            }
            let key = self.string()?;
            self.skip_space();
            if !self.eat(':') {
                return Err(Stop);
            }
            self.skip_space();
            let value = self.value()?;
            match &key.kind {
                Kind::String(text) => {
                    let key_span = key.span();
                    let entry = Entry { key_span: Some(key_span), value };
                    let before = entries.insert(text.shared().clone(), entry);
                    if let Some(first) = before.and_then(|before| before.key_span)
                        && self.twice.len() < MOST_DUPLICATES
                    {
                        let key = text.shared().clone();
                        self.twice.push(Duplicate { first, second: key_span, key });
                    }
                }
                _ => more(key.causes(), Some(value)),
            }
            self.skip_space();
            if self.eat(',') {
                self.skip_space();
                if matches!(self.peek(), Some(Symbol::Char('}'))) {
                    return Err(Stop);
                }
            } else if let Some(hole) = self.loose_hole() {
                more(causes(hole), None);
                self.skip_space();
                self.eat(',');
            } else if !matches!(self.peek(), Some(Symbol::Char('}'))) {
                return Err(Stop);
            }
        }
        Ok(Kind::Mapping(Arc::new(Mapping { kind: MappingKind::Object, entries, rest: rest.map(Arc::new) })))
    }

    /// A number, `true`, `false`, `null`, or a bare hole with whatever is glued to it.
    fn word(&mut self) -> Result<Value, Stop> {
        let start = self.here();
        let mut text = String::new();
        let mut holes: Vec<&Value> = Vec::new();
        let mut known: Vec<&Value> = Vec::new();
        loop {
            match self.peek() {
                Some(Symbol::Char(',' | ':' | ']' | '}' | '[' | '{' | '"' | ' ' | '\t' | '\n' | '\r'))
                | None => break,
                Some(Symbol::Char(sign)) => {
                    if let Some(Piece::Text { hole: Some(value), .. }) = self.pieces.get(self.at.piece)
                        && self.at.byte == 0
                    {
                        known.push(value);
                    }
                    text.push(sign);
                    self.advance();
                }
                Some(Symbol::Hole(value)) => {
                    holes.push(value);
                    self.advance();
                }
            }
        }
        let span = start.to(self.last);
        if let (Some(only), true) = (holes.first(), holes.len() == 1 && text.is_empty()) {
            return Ok(as_json(only));
        }
        if !holes.is_empty() {
            let mut all = Causes::none();
            holes.iter().for_each(|hole| all.add_all(&causes(hole)));
            let sensitive = holes.iter().any(|hole| hole.sensitive);
            let mut value = Value::from_unknown(Unknown::new(all), Origin::at(span));
            value.sensitive = sensitive;
            return Ok(value);
        }
        // The value of a hole alone was written where the hole's value was written.
        let whole =
            known.first().filter(|value| scalar_text(value).is_some_and(|whole| *whole == *text.as_str()));
        let origin = whole.map_or_else(|| Origin::at(span), |value| value.origin.clone());
        let mut value = scalar(&text, origin).ok_or(Stop)?;
        value.sensitive = known.iter().any(|hole| hole.sensitive);
        Ok(value)
    }

    /// A string with its quotes; partly known where there are holes in it.
    fn string(&mut self) -> Result<Value, Stop> {
        let start = self.here();
        self.advance();
        let mut text = StringParts { parts: Vec::new(), run: String::new(), run_span: None };
        loop {
            self.peek();
            if let Some(Piece::Text { hole: Some(value), .. }) = self.pieces.get(self.at.piece)
                && self.at.byte == 0
                && let Some(known) = scalar_text(value)
                && !known.chars().any(|sign| matches!(sign, '"' | '\\' | '\0'..='\x1f'))
            {
                text.hole(value);
                self.at = Cursor { piece: self.at.piece + 1, byte: 0 };
                continue;
            }
            let span = self.here();
            match self.peek() {
                None => return Err(Stop),
                Some(Symbol::Hole(value)) => {
                    text.hole(value);
                    self.advance();
                }
                Some(Symbol::Char('"')) => {
                    self.advance();
                    break;
                }
                Some(Symbol::Char('\\')) => {
                    self.advance();
                    let sign = self.escape()?;
                    text.push(sign, span.to(self.last));
                }
                Some(Symbol::Char('\0'..='\x1f')) => return Err(Stop),
                Some(Symbol::Char(sign)) => {
                    self.advance();
                    text.push(sign, span);
                }
            }
        }
        Ok(text.finish(start.to(self.last)))
    }

    fn escape(&mut self) -> Result<char, Stop> {
        let Some(Symbol::Char(sign)) = self.peek() else { return Err(Stop) };
        self.advance();
        Ok(match sign {
            '"' | '\\' | '/' => sign,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let first = self.unit()?;
                if !(0xD800..0xDC00).contains(&first) {
                    return char::from_u32(first).ok_or(Stop);
                }
                if !self.eat('\\') || !self.eat('u') {
                    return Err(Stop);
                }
                let second = self.unit()?;
                let low = second.checked_sub(0xDC00).filter(|low| *low < 0x400).ok_or(Stop)?;
                char::from_u32(0x10000 + ((first - 0xD800) << 10) + low).ok_or(Stop)?
            }
            _ => return Err(Stop),
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u32, Stop> {
        let mut unit = 0;
        for _ in 0..4 {
            let Some(Symbol::Char(sign)) = self.peek() else { return Err(Stop) };
            unit = unit * 16 + sign.to_digit(16).ok_or(Stop)?;
            self.advance();
        }
        Ok(unit)
    }
}

struct StringParts {
    parts: Vec<Part>,
    run: String,
    run_span: Option<Span>,
}

impl StringParts {
    fn push(&mut self, sign: char, span: Span) {
        self.run.push(sign);
        self.run_span = Some(self.run_span.map_or(span, |run| run.to(span)));
    }

    fn end_run(&mut self) {
        if let Some(span) = self.run_span.take() {
            self.parts.push(Part::Literal { text: std::mem::take(&mut self.run).into(), span });
        }
    }

    fn hole(&mut self, value: &Value) {
        self.end_run();
        self.parts.push(Part::hole(value.clone()));
    }

    fn finish(mut self, span: Span) -> Value {
        self.end_run();
        if let [Part::Hole(value)] = self.parts.as_slice() {
            return as_string(value);
        }
        let mut text = String::new();
        let mut causes_of_all = Causes::none();
        let mut known = true;
        let mut prefix = true;
        let mut start = String::new();
        let mut sensitive = false;
        for part in &self.parts {
            match part {
                Part::Literal { text: literal, .. } => {
                    text.push_str(literal);
                    if prefix {
                        start.push_str(literal);
                    }
                }
                Part::Hole(value) => {
                    sensitive |= value.sensitive;
                    match scalar_text(value) {
                        Some(hole) => {
                            text.push_str(&hole);
                            if prefix {
                                start.push_str(&hole);
                            }
                        }
                        None => {
                            if let (true, Some(begin)) =
                                (prefix, value.as_unknown().and_then(|unknown| unknown.prefix.as_ref()))
                            {
                                start.push_str(begin);
                            }
                            prefix = false;
                            known = false;
                            causes_of_all.add_all(&causes(value));
                        }
                    }
                }
            }
        }
        let plain = !self.parts.iter().any(|part| matches!(part, Part::Hole(_)));
        let origin = Origin::at(span);
        let mut value = if plain {
            Value::string(text, origin)
        } else if known {
            Value::new(Kind::String(Text::built(text, Built::Template(self.parts))), origin)
        } else {
            let mut unknown = Unknown::of_type(causes_of_all, Type::String);
            unknown.not_null = true;
            unknown.prefix = (!start.is_empty()).then(|| start.into());
            unknown.built = Some(Arc::new(Built::Template(self.parts)));
            Value::from_unknown(unknown, origin)
        };
        value.sensitive = sensitive;
        value
    }
}

/// A known scalar as it appears in a template.
fn scalar_text(value: &Value) -> Option<Arc<str>> {
    match &value.kind {
        Kind::String(text) => Some(text.shared().clone()),
        Kind::Bool(value) => Some(if *value { "true" } else { "false" }.into()),
        Kind::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}

fn causes(hole: &Value) -> Causes {
    let causes = hole.causes();
    if causes.is_empty() {
        // Null and collections cannot be interpolated: Terraform stops there.
        return Causes::one(Cause::Error { message: "this value cannot be part of a template".into() });
    }
    causes
}

/// Whether a bare hole is certainly one JSON value.
fn single(hole: &Value) -> bool {
    hole.as_unknown().is_some_and(|unknown| matches!(unknown.ty, Type::Number | Type::Bool))
        || matches!(hole.kind, Kind::Number(_) | Kind::Bool(_))
}

/// What a bare hole stands for in the JSON.
fn as_json(hole: &Value) -> Value {
    let unknown = match &hole.kind {
        Kind::Number(_) | Kind::Bool(_) => return hole.clone(),
        Kind::Unknown(unknown) if matches!(unknown.ty, Type::Number | Type::Bool) => return hole.clone(),
        Kind::Unknown(unknown) => unknown,
        _ => return like(hole, Value::from_unknown(Unknown::new(causes(hole)), hole.origin.clone())),
    };
    let mut json = Unknown::new(unknown.causes.clone());
    // Each alternative is text that is read as JSON; all or none.
    let alternatives: Option<Vec<Value>> = unknown
        .alternatives
        .iter()
        .map(|text| match &text.kind {
            Kind::String(written) => scalar(written.as_str().trim(), text.origin.clone()),
            Kind::Number(_) | Kind::Bool(_) => Some(text.clone()),
            _ => None,
        })
        .collect();
    json.alternatives = alternatives.unwrap_or_default();
    like(hole, Value::from_unknown(json, hole.origin.clone()))
}

/// A hole that fills a whole quoted string.
fn as_string(hole: &Value) -> Value {
    match &hole.kind {
        Kind::String(_) => hole.clone(),
        Kind::Unknown(unknown) if unknown.ty == Type::String => hole.clone(),
        Kind::Unknown(unknown) => {
            let mut string = Unknown::of_type(unknown.causes.clone(), Type::String);
            string.not_null = true;
            string.prefix.clone_from(&unknown.prefix);
            string.built.clone_from(&unknown.built);
            let texts = unknown.alternatives.iter().map(|alternative| {
                scalar_text(alternative).map(|text| Value::string(text, alternative.origin.clone()))
            });
            string.alternatives = texts.collect::<Option<Vec<_>>>().unwrap_or_default();
            like(hole, Value::from_unknown(string, hole.origin.clone()))
        }
        _ => match scalar_text(hole) {
            Some(text) => like(hole, Value::string(text, hole.origin.clone())),
            None => {
                let unknown = Unknown::of_type(causes(hole), Type::String);
                like(hole, Value::from_unknown(unknown, hole.origin.clone()))
            }
        },
    }
}

fn like(hole: &Value, mut value: Value) -> Value {
    value.sensitive = hole.sensitive;
    value
}

/// A JSON number or literal name.
fn scalar(text: &str, origin: Origin) -> Option<Value> {
    match text {
        "null" => return Some(Value::null(origin)),
        "true" => return Some(Value::bool(true, origin)),
        "false" => return Some(Value::bool(false, origin)),
        _ => {}
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let leading_zero = digits.starts_with('0') && digits.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    if leading_zero || !digits.starts_with(|sign: char| sign.is_ascii_digit()) {
        return None;
    }
    text.parse::<Number>().ok().map(|number| Value::number(number, origin))
}

/// The JSON reader's words for a known text that is no JSON, at the place in the template.
fn explain(pieces: &[Piece<'_>], whole: Span) -> Option<Result<Value, SyntaxError>> {
    let mut text = String::new();
    let mut starts = Vec::new();
    for piece in pieces {
        if let Piece::Text { text: part, span, hole, .. } = piece {
            starts.push((text.len(), part.len(), *span, hole.is_none()));
            text.push_str(part);
        }
    }
    let parsed = json::parse(&text, whole.file, false);
    let Some(error) = parsed.errors.first() else {
        // The other reader allows deeper nesting.
        let root = parsed.root().map(tree::Node::to_value)?;
        return Some(Ok(relocate(&root, whole)));
    };
    let at = error.span.start as usize;
    let place = starts.iter().rev().find(|(start, ..)| *start <= at).map(|(start, length, span, own)| {
        if *own && span.range().len() == *length {
            let from = span.start as usize + (at - start).min(*length);
            let to = (from + error.span.range().len()).min(span.end as usize);
            Span::new(span.file, from..to.max(from))
        } else {
            *span
        }
    });
    Some(Err(SyntaxError { span: place.unwrap_or(whole), ..error.clone() }))
}

/// The same value with one place for everything.
fn relocate(value: &Value, span: Span) -> Value {
    let origin = Origin::at(span);
    match &value.kind {
        Kind::Sequence(sequence) => {
            Value::tuple(sequence.items.iter().map(|item| relocate(item, span)).collect(), origin)
        }
        Kind::Mapping(mapping) => {
            let entries = mapping.entries.iter().map(|(key, entry)| {
                (key.clone(), Entry { key_span: None, value: relocate(&entry.value, span) })
            });
            Value::object(entries.collect(), origin)
        }
        _ => Value::new(value.kind.clone(), origin),
    }
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
    use proptest::prelude::*;

    use super::*;
    use crate::source::{FileId, SourceMap};

    fn file(text: &str) -> FileId {
        SourceMap::default().add_pseudo("t", text)
    }

    fn missing(name: &str, ty: Type) -> Value {
        let causes = Causes::one(Cause::MissingVariable { name: name.into() });
        let span = Span::new(file(""), 1000..1001);
        Value::from_unknown(Unknown::of_type(causes, ty), Origin::at(span))
    }

    /// A template from source text in which each `@` is one of the holes.
    fn template(source: &str, holes: &[Value]) -> Value {
        let id = file(source);
        let mut parts = Vec::new();
        let mut start = 0;
        for (at, literal) in source.split('@').enumerate() {
            let span = Span::new(id, start..start + literal.len());
            parts.push(Part::Literal { text: literal.into(), span });
            start += literal.len() + 1;
            if let Some(hole) = holes.get(at) {
                parts.push(Part::hole(hole.clone()));
            }
        }
        let mut unknown = Unknown::of_type(Causes::none(), Type::String);
        unknown.built = Some(Arc::new(Built::Template(parts)));
        Value::from_unknown(unknown, Origin::at(Span::new(id, 0..source.len())))
    }

    fn read(source: &str, holes: &[Value]) -> Option<Value> {
        decode(&template(source, holes))
            .map(|result| result.unwrap_or_else(|error| panic!("{}", error.message)))
    }

    fn text(value: &str) -> Value {
        Value::string(value, Origin::at(Span::new(file(""), 2000..2000 + value.len())))
    }

    #[test]
    fn one_unknown_image_does_not_hide_the_other_fields() {
        let source = r#"[{"name": "web", "image": "@:@", "cpu": @, "essential": true}]"#;
        let holes = [missing("repo", Type::String), text("1.2"), missing("cpu", Type::Dynamic)];
        let value = read(source, &holes).unwrap();
        let container = value.item(0).unwrap();
        let name = container.member("name").unwrap();
        assert_eq!(name.as_str(), Some("web"));
        assert_eq!(&source[name.span().range()], "\"web\"");
        assert_eq!(container.member("essential").unwrap().as_bool(), Some(true));
        let image = container.member("image").unwrap();
        let unknown = image.as_unknown().unwrap();
        assert_eq!(unknown.causes.first().unwrap().name(), "repo");
        assert_eq!(&source[image.span().range()], "\"@:@\"");
        let Some(Built::Template(parts)) = unknown.built.as_deref() else { panic!() };
        assert_eq!(parts.len(), 3);
        assert!(container.member("cpu").unwrap().as_unknown().is_some());
        let key = container.as_mapping().unwrap().entries.get("cpu").unwrap().key_span.unwrap();
        assert_eq!(&source[key.range()], "\"cpu\"");
    }

    #[test]
    fn known_holes_keep_the_place_of_their_value() {
        let value =
            read(r#"{"image": "@", "cpu": @, "tag": "v@"}"#, &[text("nginx"), text("256"), text("1")])
                .unwrap();
        assert_eq!(value.member("image").unwrap().as_str(), Some("nginx"));
        assert_eq!(value.member("image").unwrap().span().start, 2000);
        assert_eq!(value.member("cpu").unwrap().as_number().unwrap().to_i64(), Some(256));
        assert_eq!(value.member("cpu").unwrap().span().start, 2000);
        assert_eq!(value.member("tag").unwrap().as_str(), Some("v1"));
    }

    #[test]
    fn encoded_values_are_spliced_with_their_structure() {
        let inner =
            Value::tuple(vec![text("a"), missing("b", Type::String)], Origin::at(Span::new(file(""), 5..6)));
        let mut unknown = Unknown::of_type(Causes::none(), Type::String);
        unknown.built = Some(Arc::new(Built::Json(inner)));
        let hole = Value::from_unknown(unknown, Origin::at(Span::new(file(""), 7..8)));
        let value = read(r#"{"command": @}"#, std::slice::from_ref(&hole)).unwrap();
        let command = value.member("command").unwrap();
        assert_eq!(command.item(0).unwrap().as_str(), Some("a"));
        assert!(command.item(1).unwrap().as_unknown().is_some());
        assert!(decode(&hole).unwrap().ok().unwrap().as_sequence().is_some());
        let list = read("[@, 1]", &[hole]).unwrap();
        assert_eq!(list.as_sequence().unwrap().items.len(), 2);
    }

    #[test]
    fn bare_holes_leave_collections_open() {
        let list = read("[@, {\"a\": 1}]", &[missing("x", Type::String)]).unwrap();
        let sequence = list.as_sequence().unwrap();
        assert_eq!(sequence.items.len(), 1);
        assert!(sequence.rest.is_some());
        let numbers = read("[@]", &[missing("x", Type::Number)]).unwrap();
        assert_eq!(numbers.as_sequence().unwrap().items.len(), 1);
        assert!(numbers.as_sequence().unwrap().rest.is_none());
        let object = read("{\"a\": 1 @}", &[missing("x", Type::String)]).unwrap();
        assert!(object.as_mapping().unwrap().rest.as_ref().unwrap().overrides);
        let keys = read("{\"@\": 1}", &[missing("x", Type::String)]).unwrap();
        assert!(keys.as_mapping().unwrap().rest.as_ref().unwrap().template.is_some());
    }

    #[test]
    fn broken_text_is_an_error_only_when_wholly_known() {
        let source = r#"{"a": 1 "b": 2}"#;
        let error = decode(&template(source, &[])).unwrap().unwrap_err();
        assert_eq!(error.message, "`,` was expected here");
        assert_eq!(error.span.range(), 7..7);
        assert!(decode(&template(r#"{"a" @ 2 "b"}"#, &[missing("x", Type::String)])).is_none());
        assert!(decode(&missing("x", Type::String)).is_none());
        assert!(read(&"[".repeat(5_000), &[missing("x", Type::String)]).is_none());
        assert!(decode(&template(&"[".repeat(100_000), &[])).unwrap().is_err());
    }

    #[test]
    fn the_mark_of_a_hole_stays_with_its_leaf() {
        let mut secret = text("not-a-real-password-1");
        secret.sensitive = true;
        let value = read(r#"{"a": "x@", "b": "y"}"#, &[secret]).unwrap();
        assert!(value.member("a").unwrap().sensitive);
        assert!(!value.member("b").unwrap().sensitive);
    }

    fn plain(value: &Value) -> serde_json::Value {
        use serde_json::Value as Json;
        match &value.kind {
            Kind::Null(_) => Json::Null,
            Kind::Bool(value) => (*value).into(),
            Kind::Number(number) => serde_json::from_str(&number.to_string()).unwrap(),
            Kind::String(text) => text.as_str().into(),
            Kind::Sequence(sequence) => sequence.items.iter().map(plain).collect(),
            Kind::Mapping(mapping) => Json::Object(
                mapping.entries.iter().map(|(key, entry)| (key.to_string(), plain(&entry.value))).collect(),
            ),
            Kind::Unknown(_) => panic!(),
        }
    }

    proptest! {
        #[test]
        fn known_json_reads_as_serde_json_reads_it(text in r#"([\[\]{}:,"\\a1\.5 -]|\PC|null|true|"a":|\\u00e9|\\ud83d\\ude00){0,25}"#) {
            let value = Value::string(text.as_str(), Origin::at(Span::new(file(&text), 0..text.len())));
            let ours = decode(&value).unwrap();
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{} {:?}", &text, theirs);
            if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
                prop_assert_eq!(plain(&ours).to_string().len(), theirs.to_string().len());
            }
        }

        #[test]
        fn holes_anywhere_never_panic(text in r#"([\[\]{}:,"\\a1 ]|@|"a":|"@"){0,25}"#) {
            let holes: Vec<Value> = (0..30).map(|at| missing(&at.to_string(), Type::String)).collect();
            let _ = decode(&template(&text, &holes));
        }
    }
}
