//! Reads JSON out of a string with holes: a bare hole stands for a value, a hole inside quotes for a part of
//! the string. Every leaf gets the place of its text.

use std::sync::Arc;

use super::parts::{hole_text, literal_span, parts_of};
use crate::source::Span;
use crate::value::{
    Built, Causes, Entries, Entry, Kind, Mapping, MappingKind, Number, Origin, Part, Rest, Sequence,
    SequenceKind, Text, Type, Unknown, Value,
};

/// Deeper nesting than this is not read.
const DEEPEST: usize = 128;

/// Why a text gives no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    Invalid(String),
    TooDeep,
    TooMany,
}

/// A stretch of the text: known bytes with their source, or a hole.
enum Segment {
    Known {
        text: Arc<str>,
        span: Span,
        /// The interpolated value the text comes from; `None` for text written in the template itself.
        hole: Option<Value>,
    },
    Hole(Value),
}

/// A place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct At {
    segment: usize,
    offset: usize,
}

enum Next<'a> {
    Byte(u8),
    Hole(&'a Value),
    End,
}

struct Reader<'a> {
    segments: &'a [Segment],
    at: At,
    /// Where the text as a whole came from.
    origin: Origin,
    causes: Causes,
    /// Values read so far.
    count: usize,
}

/// More values than this are not read from one text.
const MOST: usize = 200_000;

/// The value that a string's JSON describes.
///
/// # Errors
/// When the text is wrong and wholly known; a text with unknown holes is unknown instead.
pub(super) fn parse(value: &Value) -> Result<Value, Problem> {
    let mut open = false;
    let segments: Vec<Segment> = parts_of(value)
        .into_iter()
        .map(|part| match part {
            Part::Literal { text, span } => Segment::Known { text, span, hole: None },
            Part::Hole(hole) => match hole_text(&hole) {
                Some(text) => Segment::Known { text, span: hole.span(), hole: Some(*hole) },
                None => {
                    open = true;
                    Segment::Hole(*hole)
                }
            },
        })
        .collect();
    let mut reader = Reader {
        segments: &segments,
        at: At { segment: 0, offset: 0 },
        origin: value.origin.clone(),
        causes: value.causes(),
        count: 0,
    };
    match reader.document() {
        Ok(mut result) => {
            result.sensitive |= value.sensitive;
            Ok(result)
        }
        Err(Problem::Invalid(_)) if open => {
            Ok(Value::from_unknown(Unknown::new(reader.causes), value.origin.clone()))
        }
        Err(problem) => Err(problem),
    }
}

fn invalid<T>(message: impl Into<String>) -> Result<T, Problem> {
    Err(Problem::Invalid(message.into()))
}

impl Reader<'_> {
    fn peek(&self) -> Next<'_> {
        let mut at = self.at;
        loop {
            match self.segments.get(at.segment) {
                None => return Next::End,
                Some(Segment::Hole(value)) => return Next::Hole(value),
                Some(Segment::Known { text, .. }) => match text.as_bytes().get(at.offset) {
                    Some(byte) => return Next::Byte(*byte),
                    None => at = At { segment: at.segment + 1, offset: 0 },
                },
            }
        }
    }

    /// Moves to the start of the segment that the next byte is in.
    fn settle(&mut self) {
        while let Some(Segment::Known { text, .. }) = self.segments.get(self.at.segment)
            && self.at.offset >= text.len()
        {
            self.at = At { segment: self.at.segment + 1, offset: 0 };
        }
    }

    fn advance(&mut self) {
        self.settle();
        match self.segments.get(self.at.segment) {
            Some(Segment::Hole(_)) => self.at = At { segment: self.at.segment + 1, offset: 0 },
            Some(Segment::Known { .. }) => self.at.offset += 1,
            None => {}
        }
    }

    fn skip_space(&mut self) {
        while let Next::Byte(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.advance();
        }
    }

    /// Place of the text from `start` to here, as narrow as the sources tell.
    fn place(&self, start: At) -> Origin {
        let before = |at: At| At { segment: at.segment, offset: at.offset };
        let (start, end) = (before(start), self.at);
        let exact = |at: At, range: std::ops::Range<usize>| match self.segments.get(at.segment) {
            Some(Segment::Known { text, span, .. }) => Some(literal_span(text, *span, &range)),
            _ => None,
        };
        if start.segment == end.segment {
            if let Some(Segment::Known { hole: Some(hole), .. }) = self.segments.get(start.segment) {
                return hole.origin.reached_through(&self.origin);
            }
            return match exact(start, start.offset..end.offset) {
                Some(span) => Origin::at(span).reached_through(&self.origin),
                None => self.origin.clone(),
            };
        }
        let first = match self.segments.get(start.segment) {
            Some(Segment::Known { text, hole: None, .. }) => exact(start, start.offset..text.len()),
            _ => None,
        };
        let last = match self.segments.get(end.segment) {
            Some(Segment::Known { hole: None, .. }) => exact(end, 0..end.offset),
            _ => None,
        };
        match (first, last) {
            (Some(first), Some(last)) => Origin::at(first.to(last)).reached_through(&self.origin),
            (Some(only), None) | (None, Some(only)) => Origin::at(only).reached_through(&self.origin),
            (None, None) => self.origin.clone(),
        }
    }

    fn document(&mut self) -> Result<Value, Problem> {
        let value = self.value(DEEPEST)?;
        self.skip_space();
        match self.peek() {
            Next::End => Ok(value),
            _ => invalid("extraneous data after JSON value"),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, Problem> {
        let depth = depth.checked_sub(1).ok_or(Problem::TooDeep)?;
        self.count += 1;
        if self.count > MOST {
            return Err(Problem::TooMany);
        }
        self.skip_space();
        self.settle();
        let start = self.at;
        match self.peek() {
            Next::Byte(b'{') => self.object(start, depth),
            Next::Byte(b'[') => self.array(start, depth),
            Next::Byte(b'"') => self.string(),
            Next::End => invalid("unexpected end of the JSON text"),
            Next::Byte(_) | Next::Hole(_) => self.bare(start),
        }
    }

    fn object(&mut self, start: At, depth: usize) -> Result<Value, Problem> {
        self.advance();
        let mut entries = Entries::new();
        let mut rest: Option<Causes> = None;
        self.skip_space();
        if let Next::Byte(b'}') = self.peek() {
            self.advance();
            return Ok(self.mapping(start, entries, None));
        }
        loop {
            self.skip_space();
            match self.peek() {
                Next::Byte(b'"') => {
                    self.settle();
                    let key_start = self.at;
                    let key = self.string()?;
                    let key_span = self.place(key_start).span;
                    self.skip_space();
                    match self.peek() {
                        Next::Byte(b':') => self.advance(),
                        _ => return invalid("a ':' is missing after an object key"),
                    }
                    let value = self.value(depth)?;
                    match &key.kind {
                        Kind::String(text) => {
                            entries.insert(text.shared().clone(), Entry { key_span: Some(key_span), value });
                        }
                        _ => rest.get_or_insert_with(Causes::none).add_all(&key.causes()),
                    }
                }
                Next::Hole(hole) => {
                    let causes = hole.causes();
                    rest.get_or_insert_with(Causes::none).add_all(&causes);
                    self.advance();
                }
                _ => return invalid("an object key in double quotes is missing"),
            }
            let after_hole = matches!(self.previous(), Some(Segment::Hole(_)));
            self.skip_space();
            match self.peek() {
                Next::Byte(b',') => self.advance(),
                Next::Byte(b'}') => {
                    self.advance();
                    return Ok(self.mapping(start, entries, rest));
                }
                // Commas may come from the hole.
                Next::Byte(b'"') | Next::Hole(_) if after_hole => {}
                Next::Hole(_) => {}
                _ => return invalid("a ',' or '}' is missing in an object"),
            }
        }
    }

    fn mapping(&self, start: At, entries: Entries, rest: Option<Causes>) -> Value {
        let rest = rest.map(|causes| Arc::new(Rest { causes, template: None, overrides: true }));
        let mapping = Mapping { kind: MappingKind::Object, entries, rest };
        Value::new(Kind::Mapping(Arc::new(mapping)), self.place(start))
    }

    fn array(&mut self, start: At, depth: usize) -> Result<Value, Problem> {
        self.advance();
        let mut items = Vec::new();
        let mut rest: Option<Causes> = None;
        self.skip_space();
        if let Next::Byte(b']') = self.peek() {
            self.advance();
            return Ok(self.sequence(start, items, None));
        }
        loop {
            self.skip_space();
            if let Next::Hole(hole) = self.peek()
                && several(hole)
            {
                let causes = hole.causes();
                rest.get_or_insert_with(Causes::none).add_all(&causes);
                self.advance();
            } else {
                items.push(self.value(depth)?);
            }
            let after_hole = matches!(self.previous(), Some(Segment::Hole(_)));
            self.skip_space();
            match self.peek() {
                Next::Byte(b',') => self.advance(),
                Next::Byte(b']') => {
                    self.advance();
                    return Ok(self.sequence(start, items, rest));
                }
                // Commas may come from the hole.
                Next::Byte(_) if after_hole => {}
                Next::Hole(_) => {}
                _ => return invalid("a ',' or ']' is missing in an array"),
            }
        }
    }

    fn sequence(&self, start: At, items: Vec<Value>, rest: Option<Causes>) -> Value {
        let rest = rest.map(|causes| Arc::new(Rest { causes, template: None, overrides: false }));
        let sequence = Sequence { kind: SequenceKind::Tuple, items, rest };
        Value::new(Kind::Sequence(Arc::new(sequence)), self.place(start))
    }

    /// The segment that ends where the reader stands, when it stands at the start of one.
    fn previous(&self) -> Option<&Segment> {
        if self.at.offset == 0 { self.segments.get(self.at.segment.checked_sub(1)?) } else { None }
    }

    /// A quoted string, with the quotes' inside as parts where it has holes.
    fn string(&mut self) -> Result<Value, Problem> {
        self.settle();
        let start = self.at;
        self.advance();
        let mut parts: Vec<Part> = Vec::new();
        let mut run: Vec<u8> = Vec::new();
        self.settle();
        let mut run_start = self.at;
        let mut only_hole: Option<Value> = None;
        loop {
            let before = self.at;
            self.settle();
            if self.at.segment != before.segment && !run.is_empty() {
                // Text of the template and of an interpolated value are kept apart.
                self.end_run(&mut run, run_start, before, &mut parts)?;
                run_start = self.at;
            }
            if run.is_empty() {
                run_start = self.at;
            }
            match self.peek() {
                Next::End => return invalid("a string is not closed"),
                Next::Hole(hole) => {
                    let hole = hole.clone();
                    let before = self.at;
                    self.end_run(&mut run, run_start, before, &mut parts)?;
                    only_hole = parts.is_empty().then(|| hole.clone());
                    parts.push(Part::hole(hole));
                    self.advance();
                }
                Next::Byte(b'"') => {
                    let before = self.at;
                    self.end_run(&mut run, run_start, before, &mut parts)?;
                    self.advance();
                    break;
                }
                Next::Byte(b'\\') => {
                    self.advance();
                    self.escape(&mut run)?;
                }
                Next::Byte(0..=0x1f) => return invalid("a control character in a string"),
                Next::Byte(byte) => {
                    run.push(byte);
                    self.advance();
                }
            }
        }
        let known: Option<Vec<Arc<str>>> = parts
            .iter()
            .map(|part| match part {
                Part::Literal { text, .. } => Some(text.clone()),
                Part::Hole(hole) => hole_text(hole),
            })
            .collect();
        let origin = match parts.as_slice() {
            [Part::Hole(hole)] => hole.origin.reached_through(&self.origin),
            _ => self.place(start),
        };
        if let Some(texts) = known {
            let text = match parts.as_slice() {
                [] => Text::plain(""),
                [Part::Literal { text, .. }] => Text::plain(text.clone()),
                _ => Text::built(texts.concat(), Built::Template(parts)),
            };
            return Ok(Value::new(Kind::String(text), origin));
        }
        if let (Some(hole), [_]) = (only_hole, parts.as_slice()) {
            // The whole string is one unknown: what is known of it as a string stays.
            let mut unknown = hole.as_unknown().cloned().unwrap_or_else(|| Unknown::new(hole.causes()));
            unknown.not_null = true;
            if unknown.ty != Type::String {
                let sharp = unknown.ty == Type::Dynamic;
                unknown = Unknown::of_type(unknown.causes.clone(), Type::String);
                unknown.not_null = true;
                if sharp && let Some(old) = hole.as_unknown() {
                    unknown.prefix = old.prefix.clone();
                }
            }
            let kind = Kind::Unknown(Arc::new(unknown));
            return Ok(Value { kind, origin, sensitive: hole.sensitive });
        }
        let mut causes = Causes::none();
        let mut prefix = String::new();
        let mut starting = true;
        for part in &parts {
            match part {
                Part::Literal { text, .. } if starting => prefix.push_str(text),
                Part::Literal { .. } => {}
                Part::Hole(hole) => {
                    causes.add_all(&hole.causes());
                    match hole_text(hole) {
                        Some(text) if starting => prefix.push_str(&text),
                        _ => starting = false,
                    }
                }
            }
        }
        let mut unknown = Unknown::of_type(causes, Type::String);
        unknown.not_null = true;
        unknown.prefix = (!prefix.is_empty()).then(|| prefix.into());
        unknown.built = Some(Arc::new(Built::Template(parts)));
        Ok(Value::from_unknown(unknown, origin))
    }

    /// Ends a run of known text inside a string.
    fn end_run(&self, run: &mut Vec<u8>, start: At, end: At, parts: &mut Vec<Part>) -> Result<(), Problem> {
        if run.is_empty() {
            return Ok(());
        }
        let Ok(text) = String::from_utf8(std::mem::take(run)) else {
            return invalid("a string is no valid Unicode");
        };
        match self.segments.get(start.segment) {
            Some(Segment::Known { hole: Some(hole), .. }) => {
                let whole = hole_text(hole).is_some_and(|known| *known == *text);
                parts.push(if whole {
                    Part::hole(hole.clone())
                } else {
                    Part::Literal { text: text.into(), span: hole.span() }
                });
            }
            Some(Segment::Known { text: source, span, .. }) => {
                let stop = if end.segment == start.segment { end.offset } else { source.len() };
                let span = literal_span(source, *span, &(start.offset..stop));
                parts.push(Part::Literal { text: text.into(), span });
            }
            _ => parts.push(Part::Literal { text: text.into(), span: self.origin.span }),
        }
        Ok(())
    }

    fn escape(&mut self, run: &mut Vec<u8>) -> Result<(), Problem> {
        let Next::Byte(byte) = self.peek() else { return invalid("an escape in a string is not finished") };
        self.advance();
        let plain = match byte {
            b'"' | b'\\' | b'/' => byte,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let character = self.unicode()?;
                run.extend(character.to_string().as_bytes());
                return Ok(());
            }
            _ => return invalid("an unknown escape in a string"),
        };
        run.push(plain);
        Ok(())
    }

    fn unicode(&mut self) -> Result<char, Problem> {
        let first = self.hex4()?;
        if !(0xd800..0xdc00).contains(&first) {
            return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        // A surrogate pair; a lone surrogate becomes the replacement character.
        let saved = self.at;
        if let Next::Byte(b'\\') = self.peek() {
            self.advance();
            if let Next::Byte(b'u') = self.peek() {
                self.advance();
                let second = self.hex4()?;
                if (0xdc00..0xe000).contains(&second) {
                    let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                    return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
            }
        }
        self.at = saved;
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self) -> Result<u32, Problem> {
        let mut value = 0;
        for _ in 0..4 {
            let digit = match self.peek() {
                Next::Byte(byte) => char::from(byte).to_digit(16),
                _ => None,
            };
            let Some(digit) = digit else { return invalid("a \\u escape needs four hexadecimal digits") };
            value = value * 16 + digit;
            self.advance();
        }
        Ok(value)
    }

    /// A number, a word, or holes without quotes.
    fn bare(&mut self, start: At) -> Result<Value, Problem> {
        let mut text = Vec::new();
        let mut holes: Vec<Value> = Vec::new();
        let mut end = start;
        loop {
            match self.peek() {
                Next::Hole(hole) => {
                    let hole = hole.clone();
                    holes.push(hole);
                    self.advance();
                }
                Next::Byte(b',' | b']' | b'}' | b':' | b'"' | b'[' | b'{' | b' ' | b'\t' | b'\n' | b'\r')
                | Next::End => {
                    break;
                }
                Next::Byte(byte) => {
                    self.settle();
                    text.push(byte);
                    self.advance();
                }
            }
            end = self.at;
        }
        if text.is_empty() && holes.is_empty() {
            return invalid("a JSON value is missing");
        }
        let whole = std::mem::replace(&mut self.at, end);
        let origin = self.place(start);
        self.at = whole;
        match holes.as_slice() {
            [] => {}
            [hole] if text.is_empty() => return Ok(hole_value(hole, &self.origin)),
            _ => {
                let mut causes = Causes::none();
                holes.iter().for_each(|hole| causes.add_all(&hole.causes()));
                return Ok(Value::from_unknown(Unknown::new(causes), origin));
            }
        }
        let text = String::from_utf8(text).unwrap_or_default();
        let kind = match text.as_str() {
            "null" => Kind::Null(Type::Dynamic),
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            number if is_json_number(number) => match number.parse::<Number>() {
                Ok(number) => Kind::Number(number),
                Err(_) => return invalid("a number is out of range"),
            },
            _ => return invalid("a value is no JSON: a string needs double quotes"),
        };
        Ok(Value::new(kind, origin))
    }
}

fn is_json_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

/// Whether a bare hole may stand for several items: an unknown text can hold commas, a number or JSON of one
/// value cannot.
fn several(hole: &Value) -> bool {
    match hole.as_unknown() {
        Some(unknown) => {
            !matches!(unknown.ty, Type::Bool | Type::Number)
                && !matches!(unknown.built.as_deref(), Some(Built::Json(_)))
        }
        None => false,
    }
}

/// What a bare unknown hole stands for.
fn hole_value(hole: &Value, whole: &Origin) -> Value {
    let mut value = match super::json::decode(hole) {
        Ok(value) if hole.as_unknown().is_some_and(|unknown| unknown.built.is_some()) => value,
        _ => {
            let ty = match hole.as_unknown().map(|unknown| &unknown.ty) {
                Some(ty @ (Type::Bool | Type::Number)) => ty.clone(),
                _ => Type::Dynamic,
            };
            let mut unknown = Unknown::of_type(hole.causes(), ty.clone());
            if let Some(old) = hole.as_unknown()
                && ty != Type::Dynamic
            {
                unknown.range = old.range.clone();
                unknown.alternatives = old.alternatives.clone();
            }
            Value::from_unknown(unknown, hole.origin.clone())
        }
    };
    value.origin = value.origin.reached_through(whole);
    value.sensitive |= hole.sensitive;
    value
}
