//! `yamldecode` and `yamlencode`, with the YAML 1.1 leanings of Terraform's library.

use std::collections::HashMap;
use std::iter::Peekable;
use std::ops::Range;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, Tag};

use super::Failure;
use super::arguments::{Call, Outcome, normalized};
use super::parts::{cut, parts_of};
use super::time::Moment;
use crate::value::{Entries, Entry, Kind, Mapping, Number, Origin, Part, Sequence, Step, Type, Value};

/// Deeper nesting than this is not read or written.
const DEEPEST: usize = 200;
/// More nodes than this, aliases written out, are not read.
const MOST_NODES: usize = 200_000;
/// Column after which a quoted scalar goes on in a new line.
const WIDTH: usize = 80;

pub(super) fn yamldecode(call: &Call<'_>) -> Outcome {
    let value = call.arg(0);
    let Some(text) = value.as_str() else { return Ok(call.unknown()) };
    let first_line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if first_line.trim_start_matches(' ').starts_with('\t') {
        return Err(Failure::argument(0, "found character that cannot start any token"));
    }
    let parts = parts_of(&value);
    let mut reader = Reader {
        call,
        origin: value.origin.clone(),
        parts: &parts,
        events: Parser::new_from_str(text).peekable(),
        anchors: HashMap::new(),
        nodes: 0,
        length: text.len(),
        ended: text.ends_with('\n'),
    };
    match reader.document() {
        Ok(value) => Ok(value),
        Err(Stop::Limit) => Ok(call.limit("size of a YAML text")),
        Err(Stop::Invalid(message)) => Err(Failure::argument(0, message)),
    }
}

enum Stop {
    Invalid(String),
    Limit,
}

fn invalid<T>(message: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Invalid(message.into()))
}

type Events<'a> = Peekable<Parser<'a, granit_parser::StrInput<'a>>>;

struct Reader<'a> {
    call: &'a Call<'a>,
    origin: Origin,
    parts: &'a [Part],
    events: Events<'a>,
    /// By id; `None` while the anchored node is being read.
    anchors: HashMap<usize, Option<(Value, usize)>>,
    nodes: usize,
    /// Bytes of the text, and whether its last line is ended.
    length: usize,
    ended: bool,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Option<Range<usize>>), Stop> {
        loop {
            match self.events.next() {
                None => return invalid("unexpected end of the YAML text"),
                Some(Err(error)) => return invalid(format!("the YAML is wrong: {error}")),
                Some(Ok((Event::Comment(..), _))) => {}
                Some(Ok((event, span))) => return Ok((event, span.byte_range())),
            }
        }
    }

    fn document(&mut self) -> Result<Value, Stop> {
        loop {
            match self.next()?.0 {
                Event::StreamStart => {}
                Event::DocumentStart(..) => break,
                _ => return invalid("missing start of document"),
            }
        }
        let value = self.node(DEEPEST)?;
        match self.next()?.0 {
            Event::DocumentEnd => {}
            _ => return invalid("unexpected extra content after value"),
        }
        match self.next()?.0 {
            Event::StreamEnd => Ok(value),
            _ => invalid("unexpected extra content after value"),
        }
    }

    fn node(&mut self, depth: usize) -> Result<Value, Stop> {
        let (event, range) = self.next()?;
        self.node_from(event, range, depth)
    }

    fn place(&self, range: Option<Range<usize>>) -> Origin {
        let span = range.and_then(|range| match cut(self.parts, range).as_slice() {
            [Part::Literal { span, .. }] => Some(*span),
            [Part::Hole(value)] => Some(value.span()),
            [Part::Literal { span: first, .. }, .., Part::Literal { span: last, .. }] => {
                Some(first.to(*last))
            }
            _ => None,
        });
        let place = match span {
            Some(span) => Origin::at(span).reached_through(&self.origin),
            None => self.origin.clone(),
        };
        place.via(Step::Function("yamldecode".into()), self.call.context.span)
    }

    fn node_from(
        &mut self,
        event: Event<'a>,
        range: Option<Range<usize>>,
        depth: usize,
    ) -> Result<Value, Stop> {
        let depth = depth.checked_sub(1).ok_or(Stop::Limit)?;
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            return Err(Stop::Limit);
        }
        let before = self.nodes;
        let (anchor, value) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let unended = range.as_ref().is_some_and(|range| range.end >= self.length) && !self.ended;
                let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let origin = self.place(range);
                // A block that the text ends in without a line end has none.
                let text = match text.strip_suffix('\n') {
                    Some(shorter) if unended && block => shorter,
                    _ => &text,
                };
                let kind = scalar(text, style, tag.as_deref())?;
                (anchor, Value::new(kind, origin))
            }
            Event::SequenceStart(_, anchor, tag) => {
                check_tag(tag.as_deref(), "!!seq", "sequence")?;
                self.begin(anchor);
                (anchor, self.sequence(range, depth)?)
            }
            Event::MappingStart(_, anchor, tag) => {
                check_tag(tag.as_deref(), "!!map", "mapping")?;
                self.begin(anchor);
                (anchor, self.mapping(range, depth)?)
            }
            Event::Alias(id) => {
                let Some(Some((value, size))) = self.anchors.get(&id) else {
                    return invalid("cannot refer to an anchor from inside its own definition");
                };
                self.nodes = self.nodes.saturating_add(*size);
                return Ok(value.clone());
            }
            Event::UnresolvedAlias(name) => {
                return invalid(format!("reference to undefined anchor \"{name}\""));
            }
            _ => return invalid("unexpected content"),
        };
        if anchor != 0 {
            self.anchors.insert(anchor, Some((value.clone(), self.nodes - before + 1)));
        }
        Ok(value)
    }

    fn begin(&mut self, anchor: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, None);
        }
    }

    fn sequence(&mut self, range: Option<Range<usize>>, depth: usize) -> Result<Value, Stop> {
        let mut items = Vec::new();
        loop {
            let (event, place) = self.next()?;
            if let Event::SequenceEnd = event {
                let whole = joined(range, place);
                return Ok(Value::tuple(items, self.place(whole)));
            }
            items.push(self.node_from(event, place, depth)?);
        }
    }

    fn mapping(&mut self, range: Option<Range<usize>>, depth: usize) -> Result<Value, Stop> {
        let mut entries = Entries::new();
        loop {
            let (event, place) = self.next()?;
            match event {
                Event::MappingEnd => {
                    let whole = joined(range, place);
                    return Ok(Value::object(entries, self.place(whole)));
                }
                Event::Scalar(text, _, _, tag) if is_merge(&text, tag.as_deref()) => {
                    let merged = self.node(depth)?;
                    self.merge(&merged, &mut entries)?;
                }
                Event::Scalar(text, style, anchor, tag) => {
                    let kind = scalar(&text, style, tag.as_deref())?;
                    let origin = self.place(place);
                    let key: Arc<str> = match &kind {
                        Kind::String(text) => text.shared().clone(),
                        Kind::Number(number) => number.to_string().into(),
                        Kind::Bool(value) => value.to_string().into(),
                        _ => return invalid("mapping key cannot be null"),
                    };
                    let key_span = Some(origin.span);
                    if anchor != 0 {
                        self.anchors.insert(anchor, Some((Value::new(kind, origin), 1)));
                    }
                    let value = self.node(depth)?;
                    entries.insert(key, Entry { key_span, value });
                }
                _ => return invalid("only strings are allowed as mapping keys"),
            }
        }
    }

    /// The members of a mapping, or of several, under the key `<<`.
    fn merge(&mut self, from: &Value, into: &mut Entries) -> Result<(), Stop> {
        let mut take = |mapping: &Mapping| {
            self.nodes = self.nodes.saturating_add(mapping.entries.len());
            into.extend(mapping.entries.iter().map(|(name, entry)| (name.clone(), entry.clone())));
        };
        match &from.kind {
            Kind::Mapping(mapping) => take(mapping),
            Kind::Sequence(sequence) => {
                for item in &sequence.items {
                    match &item.kind {
                        Kind::Mapping(mapping) => take(mapping),
                        _ => return invalid("cannot merge this from a sequence into a mapping"),
                    }
                }
            }
            _ => return invalid("cannot merge this into a mapping"),
        }
        Ok(())
    }
}

fn joined(start: Option<Range<usize>>, end: Option<Range<usize>>) -> Option<Range<usize>> {
    let (start, end) = (start?, end?);
    Some(start.start..end.end.max(start.start))
}

/// The tag as `!!str`, `!foo`; empty where there is none.
fn short_tag(tag: Option<&Tag>) -> String {
    let Some(tag) = tag else { return String::new() };
    let text = tag.to_string();
    match text.strip_prefix("tag:yaml.org,2002:").or_else(|| text.strip_prefix("!<tag:yaml.org,2002:")) {
        Some(suffix) => format!("!!{}", suffix.trim_end_matches('>')),
        None => text,
    }
}

fn check_tag(tag: Option<&Tag>, allowed: &str, what: &str) -> Result<(), Stop> {
    let tag = short_tag(tag);
    if tag.is_empty() || tag == allowed {
        Ok(())
    } else {
        invalid(format!("can't interpret {what} as {tag}"))
    }
}

fn is_merge(text: &str, tag: Option<&Tag>) -> bool {
    (tag.is_none() && text == "<<") || short_tag(tag) == "!!merge"
}

/// What a scalar means: YAML 1.1 booleans and nulls, decimal, `0o` and `0x` numbers, timestamps as text.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Kind, Stop> {
    let tag = short_tag(tag);
    if !matches!(
        tag.as_str(),
        "" | "!!str" | "!!bool" | "!!int" | "!!float" | "!!null" | "!!timestamp" | "!!binary"
    ) {
        return invalid(format!("unsupported tag \"{tag}\""));
    }
    let string = || Kind::String(crate::value::Text::plain(normalized(text.to_owned())));
    let unfit = || invalid(format!("cannot parse a scalar as {tag}"));
    let first = text.chars().next();
    let hinted = match first {
        None => true,
        Some(first) => "+-.~yYnNtTfFoO".contains(first) || first.is_ascii_digit(),
    };
    let mut numeric = matches!(tag.as_str(), "!!int" | "!!float");
    if hinted && !matches!(tag.as_str(), "!!str" | "!!binary") {
        if style != ScalarStyle::Plain {
            return Ok(string());
        }
        if let Some(kind) = word(text) {
            return Ok(kind);
        }
        if tag.is_empty() && matches!(text, ".nan" | ".NaN" | ".NAN") {
            return invalid("floating point NaN is not supported");
        }
        match first {
            Some('.') => {
                if let Ok(number) = text.parse::<Number>() {
                    return Ok(Kind::Number(number));
                }
            }
            Some(first) if first.is_ascii_digit() || matches!(first, '+' | '-') => {
                if matches!(tag.as_str(), "" | "!!timestamp")
                    && let Some(moment) = Moment::parse(text, true)
                {
                    return Ok(Kind::String(crate::value::Text::plain(moment.text())));
                }
                numeric |= is_integer(text) || is_float(text);
            }
            _ => {}
        }
    }
    if numeric {
        return match number(&text.replace('_', "")) {
            Some(number) => Ok(Kind::Number(number)),
            None => unfit(),
        };
    }
    match tag.as_str() {
        "!!bool" => match word(text) {
            Some(Kind::Bool(value)) => Ok(Kind::Bool(value)),
            _ => unfit(),
        },
        "!!timestamp" => unfit(),
        "!!null" => Ok(Kind::Null(Type::Dynamic)),
        _ => Ok(string()),
    }
}

/// Words with a meaning of their own.
fn word(text: &str) -> Option<Kind> {
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Kind::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Kind::Bool(false)
        }
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null(Type::Dynamic),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Kind::Number(Number::infinity()),
        "-.inf" | "-.Inf" | "-.INF" => Kind::Number(Number::negative_infinity()),
        _ => return None,
    })
}

fn all(text: &str, of: fn(&u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(|byte| of(&byte))
}

fn is_integer(text: &str) -> bool {
    let plain = text.strip_prefix(['-', '+']).unwrap_or(text);
    all(plain, u8::is_ascii_digit)
        || text.strip_prefix("0o").is_some_and(|digits| all(digits, |byte| (b'0'..=b'7').contains(byte)))
        || text.strip_prefix("0x").is_some_and(|digits| all(digits, u8::is_ascii_hexdigit))
}

fn is_float(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa = match mantissa.split_once('.') {
        Some((whole, fraction)) => {
            digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty())
        }
        None => !mantissa.is_empty() && digits(mantissa),
    };
    mantissa
        && exponent.is_none_or(|exponent| {
            all(exponent.strip_prefix(['-', '+']).unwrap_or(exponent), u8::is_ascii_digit)
        })
}

fn number(text: &str) -> Option<Number> {
    if let Ok(number) = text.parse::<Number>() {
        return Some(number);
    }
    let digits = |prefix: [&str; 2], radix: u32| {
        let digits = prefix.iter().find_map(|prefix| text.strip_prefix(prefix))?;
        u64::from_str_radix(digits, radix).ok().map(|value| Number::from_integer(value.into()))
    };
    digits(["0x", "0X"], 16).or_else(|| digits(["0o", "0O"], 8)).or_else(|| digits(["0b", "0B"], 2))
}

pub(super) fn yamlencode(call: &Call<'_>) -> Outcome {
    let mut writer = Writer { text: String::new(), column: 0 };
    let value = call.arg(0);
    if writer.node(&value, 0, Place::Root, DEEPEST).is_none() {
        return Ok(call.limit("nesting of a YAML text"));
    }
    writer.end_line();
    if !matches!(value.kind, Kind::String(_) | Kind::Sequence(_) | Kind::Mapping(_)) {
        // A plain scalar alone needs an end mark.
        writer.put("...\n");
    }
    Ok(call.string(writer.text))
}

/// Where a node stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Root,
    /// After `- `.
    Item,
    /// After `key:`.
    Member,
}

/// Block style as libyaml's emitter writes it; every string and key in quotes.
struct Writer {
    text: String,
    column: usize,
}

impl Writer {
    fn put(&mut self, text: &str) {
        self.text.push_str(text);
        match text.rsplit_once('\n') {
            Some((_, last)) => self.column = last.chars().count(),
            None => self.column += text.chars().count(),
        }
    }

    fn end_line(&mut self) {
        if self.column > 0 {
            self.put("\n");
        }
    }

    fn indent(&mut self, indent: usize) {
        self.put(&" ".repeat(indent));
    }

    /// `indent` is the column of the block that the node is a part of. `None` where nested too deeply.
    fn node(&mut self, value: &Value, indent: usize, place: Place, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        let space = |writer: &mut Self| {
            if place == Place::Member {
                writer.put(" ");
            }
        };
        match &value.kind {
            Kind::Sequence(sequence) if sequence.items.is_empty() => {
                space(self);
                self.put("[]");
            }
            Kind::Mapping(mapping) if mapping.entries.is_empty() => {
                space(self);
                self.put("{}");
            }
            Kind::Sequence(sequence) => self.sequence(sequence, indent, place, depth)?,
            Kind::Mapping(mapping) => self.mapping(mapping, indent, place, depth)?,
            Kind::Null(_) | Kind::Unknown(_) => {
                space(self);
                self.put("null");
            }
            Kind::Bool(value) => {
                space(self);
                self.put(if *value { "true" } else { "false" });
            }
            Kind::Number(number) => {
                space(self);
                self.put(&number.to_string());
            }
            Kind::String(text) => {
                space(self);
                let inner = if place == Place::Root { 0 } else { indent };
                self.string(text.as_str(), inner);
            }
        }
        Some(())
    }

    fn sequence(&mut self, sequence: &Sequence, indent: usize, place: Place, depth: usize) -> Option<()> {
        // Under a key, the dashes stand below the key itself.
        let own = if place == Place::Item { indent + 2 } else { indent };
        for (at, item) in sequence.items.iter().enumerate() {
            if at > 0 || place == Place::Member {
                self.end_line();
                self.indent(own);
            }
            self.put("- ");
            self.node(item, own, Place::Item, depth)?;
        }
        Some(())
    }

    fn mapping(&mut self, mapping: &Mapping, indent: usize, place: Place, depth: usize) -> Option<()> {
        let own = if place == Place::Root { indent } else { indent + 2 };
        for (at, (name, entry)) in mapping.entries.iter().enumerate() {
            if at > 0 || place == Place::Member {
                self.end_line();
                self.indent(own);
            }
            if name.len() > 128 || name.contains(is_break) {
                self.put("? ");
                self.string(name, own);
                self.end_line();
                self.indent(own);
                self.put(":");
            } else {
                self.quoted(name, None);
                self.put(":");
            }
            self.node(&entry.value, own, Place::Member, depth)?;
        }
        Some(())
    }

    fn string(&mut self, text: &str, indent: usize) {
        if text.contains('\n') && block_allowed(text) {
            self.literal(text, indent);
        } else {
            self.quoted(text, Some(indent + 2));
        }
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.put("|");
        if text.starts_with(|first| first == ' ' || is_break(first)) {
            self.put("2");
        }
        let without = text.strip_suffix(is_break);
        match without {
            None => self.put("-"),
            Some(rest) if rest.is_empty() || rest.ends_with(is_break) => self.put("+"),
            Some(_) => {}
        }
        self.put("\n");
        for line in text.split_inclusive('\n') {
            if line != "\n" {
                self.indent(indent + 2);
            }
            self.put(line);
        }
    }

    /// In double quotes; broken after column 80 where `fold` gives the indentation of the next line.
    fn quoted(&mut self, text: &str, fold: Option<usize>) {
        self.put("\"");
        let mut spaces = false;
        let mut rest = text.char_indices().peekable();
        while let Some((at, character)) = rest.next() {
            if character == ' ' {
                let last = at + 1 >= text.len();
                match fold {
                    Some(indent) if !spaces && self.column > WIDTH && at > 0 && !last => {
                        self.put("\n");
                        self.indent(indent);
                        if rest.peek().is_some_and(|(_, next)| *next == ' ') {
                            self.put("\\");
                        }
                    }
                    _ => self.put(" "),
                }
                spaces = true;
                continue;
            }
            spaces = false;
            match escaped(character) {
                Some(escape) => self.put(&escape),
                None => self.put(character.encode_utf8(&mut [0; 4])),
            }
        }
        self.put("\"");
    }
}

fn is_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_printable(character: char) -> bool {
    matches!(character, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

/// Whether a text can stand as a literal block: no blanks before line ends, nothing unprintable.
fn block_allowed(text: &str) -> bool {
    let mut previous = None;
    for character in text.chars() {
        if !is_printable(character) || (previous == Some(' ') && is_break(character)) {
            return false;
        }
        previous = Some(character);
    }
    previous != Some(' ')
}

fn escaped(character: char) -> Option<String> {
    let short = match character {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ if is_printable(character) => return None,
        _ => {
            let code = u32::from(character);
            return Some(match code {
                0..=0xff => format!("\\x{code:02X}"),
                0x100..=0xffff => format!("\\u{code:04X}"),
                _ => format!("\\U{code:08X}"),
            });
        }
    };
    Some(format!("\\{short}"))
}
