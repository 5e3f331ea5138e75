//! `format` and `formatlist`: Go's verbs over Terraform's values. Arguments that are not known become holes.

use dashu_int::{IBig, Sign};

use super::arguments::{Call, Outcome};
use super::parts::{assemble, changed_hole, graphemes};
use super::{Failure, json};
use crate::terraform::convert::convert;
use crate::value::{Kind, Number, Part, Type, Value};

/// One `%…` of a format string.
#[derive(Debug, Clone, Default)]
struct Verb {
    raw: String,
    offset: usize,
    /// Which argument, from 1.
    argument: usize,
    mode: char,
    zero: bool,
    sharp: bool,
    plus: bool,
    minus: bool,
    space: bool,
    precision: Option<usize>,
    width: Option<usize>,
}

enum Piece {
    Text(String),
    Verb(Verb),
}

/// A bare `null` has no type: Terraform gives up and calls the result unknown.
fn has_bare_null(call: &Call<'_>) -> bool {
    call.from(1).iter().any(|arg| matches!(arg.kind, Kind::Null(Type::Dynamic)))
}

pub(super) fn format(call: &Call<'_>) -> Outcome {
    if has_bare_null(call) {
        return Ok(call.unsupported("format() of a bare null"));
    }
    let template = call.arg(0);
    let Some(text) = template.as_str() else { return Ok(call.unknown()) };
    let pieces = parse(text)?;
    let mut parts = Vec::new();
    render(&pieces, call.from(1), &template, call.context.limits.string, &mut parts)?;
    Ok(assemble(call, parts))
}

pub(super) fn formatlist(call: &Call<'_>) -> Outcome {
    if has_bare_null(call) {
        return Ok(call.unsupported("formatlist() of a bare null"));
    }
    let template = call.arg(0);
    let args = call.from(1);
    let mut length: Option<(usize, usize)> = None;
    let mut open = false;
    for (at, arg) in args.iter().enumerate() {
        let found = match &arg.kind {
            Kind::Sequence(sequence) if sequence.rest.is_none() => sequence.items.len(),
            Kind::Sequence(_) => {
                open = true;
                continue;
            }
            Kind::Unknown(unknown) => match &unknown.ty {
                Type::Tuple(items) => {
                    open = true;
                    items.len()
                }
                Type::Dynamic | Type::List(_) | Type::Set(_) => {
                    open = true;
                    continue;
                }
                _ => continue,
            },
            _ => continue,
        };
        match length {
            None => length = Some((found, at)),
            Some((first, chooser)) if first != found => {
                return Err(Failure::argument(
                    at + 1,
                    format!(
                        "argument {} has length {found}, which is inconsistent with argument {} of length {first}",
                        at + 1,
                        chooser + 1
                    ),
                ));
            }
            Some(_) => {}
        }
    }
    let Some(text) = template.as_str() else { return Ok(call.unknown()) };
    if open {
        return Ok(call.unknown());
    }
    let pieces = match length {
        Some((0, _)) => return Ok(call.list(Type::String, Vec::new())),
        _ => parse(text)?,
    };
    let count = length.map_or(1, |(count, _)| count);
    let mut items = Vec::with_capacity(count);
    let mut size = 0_usize;
    for row in 0..count {
        let row_args: Vec<Value> = args
            .iter()
            .map(|arg| {
                if arg.as_sequence().is_some() { arg.item(row) } else { None }.unwrap_or_else(|| arg.clone())
            })
            .collect();
        let mut parts = Vec::new();
        let room = call.context.limits.string.saturating_sub(size);
        render(&pieces, &row_args, &template, room, &mut parts).map_err(|failure| match failure {
            Failure::Error { message, .. } => {
                Failure::new(format!("error on format iteration {row}: {message}"))
            }
            other => other,
        })?;
        let item = assemble(call, parts);
        let is_cut = item.as_unknown().is_some_and(|unknown| {
            unknown.causes.iter().any(|cause| matches!(cause, crate::value::Cause::Limit { .. }))
        });
        if is_cut {
            return Ok(call.limit("length of a string"));
        }
        size = size.saturating_add(item.as_str().map_or(0, str::len));
        if size > call.context.limits.string {
            return Ok(call.limit("length of a string"));
        }
        items.push(item);
    }
    Ok(call.list(Type::String, items))
}

fn parse(text: &str) -> Result<Vec<Piece>, Failure> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text.char_indices().peekable();
    let mut next_argument = 1;
    let unfinished = || Failure::new(format!("invalid format string starting at offset {}", text.len()));
    while let Some((offset, character)) = rest.next() {
        if character != '%' {
            literal.push(character);
            continue;
        }
        if rest.next_if(|(_, next)| *next == '%').is_some() {
            literal.push('%');
            continue;
        }
        let mut verb = Verb { offset, argument: next_argument, ..Verb::default() };
        while let Some((_, flag)) = rest.next_if(|(_, next)| "0#-+ ".contains(*next)) {
            match flag {
                '0' => verb.zero = true,
                '#' => verb.sharp = true,
                '-' => verb.minus = true,
                '+' => verb.plus = true,
                _ => verb.space = true,
            }
        }
        let number = |rest: &mut std::iter::Peekable<std::str::CharIndices<'_>>| {
            let mut value: Option<usize> = None;
            while let Some((_, digit)) = rest.next_if(|(_, next)| next.is_ascii_digit()) {
                let digit = usize::try_from(digit.to_digit(10).unwrap_or(0)).unwrap_or(0);
                value = Some(value.unwrap_or(0).saturating_mul(10).saturating_add(digit));
            }
            value
        };
        verb.width = number(&mut rest);
        if rest.next_if(|(_, next)| *next == '.').is_some() {
            verb.precision = Some(number(&mut rest).unwrap_or(0));
        }
        if let Some((at, _)) = rest.next_if(|(_, next)| *next == '[') {
            let index = number(&mut rest).filter(|index| *index > 0);
            let closed = rest.next_if(|(_, next)| *next == ']').is_some();
            match index {
                Some(index) if closed => verb.argument = index,
                _ => return Err(Failure::new(format!("unrecognized format character at offset {}", at + 1))),
            }
        }
        let Some((at, mode)) = rest.next() else { return Err(unfinished()) };
        if !mode.is_ascii_alphabetic() {
            return Err(Failure::new(format!("unrecognized format character '{mode}' at offset {at}")));
        }
        verb.mode = mode;
        verb.raw = text.get(offset..=at).unwrap_or_default().to_owned();
        next_argument = verb.argument.saturating_add(1);
        if !literal.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut literal)));
        }
        pieces.push(Piece::Verb(verb));
    }
    if !literal.is_empty() {
        pieces.push(Piece::Text(literal));
    }
    Ok(pieces)
}

/// `limit` bounds the bytes that are written.
fn render(
    pieces: &[Piece],
    args: &[Value],
    template: &Value,
    limit: usize,
    into: &mut Vec<Part>,
) -> Result<(), Failure> {
    let mut highest = 0;
    let mut size = 0_usize;
    for piece in pieces {
        match piece {
            Piece::Text(text) => {
                size = size.saturating_add(text.len());
                into.push(Part::Literal { text: text.as_str().into(), span: template.span() });
            }
            Piece::Verb(verb) => {
                highest = highest.max(verb.argument);
                let Some(arg) = verb.argument.checked_sub(1).and_then(|at| args.get(at)) else {
                    return Err(Failure::new(format!(
                        "not enough arguments for \"{}\" at {}: need index {} but have {} total",
                        verb.raw,
                        verb.offset,
                        verb.argument,
                        args.len()
                    )));
                };
                size = size
                    .saturating_add(verb.width.unwrap_or(0))
                    .saturating_add(verb.precision.unwrap_or(0))
                    .saturating_add(arg.as_str().map_or(0, str::len));
                if size > limit {
                    // The caller's limit on the result reports it.
                    into.push(Part::hole(too_long(arg)));
                    continue;
                }
                into.push(Part::hole(write(verb, arg)?));
            }
        }
    }
    if highest < args.len() {
        let message = if highest == 0 {
            "too many arguments; no verbs in format string".to_owned()
        } else {
            format!("too many arguments; only {highest} used by format string")
        };
        return Err(Failure::argument(highest + 1, message));
    }
    Ok(())
}

fn too_long(arg: &Value) -> Value {
    let mut unknown = crate::value::Unknown::of_type(
        crate::value::Causes::one(crate::value::Cause::Limit { what: "length of a string".into() }),
        Type::String,
    );
    unknown.not_null = true;
    Value::from_unknown(unknown, arg.origin.clone())
}

/// The value of one verb as a string value that keeps the argument's origin.
fn write(verb: &Verb, arg: &Value) -> Result<Value, Failure> {
    let unsupported =
        |why: &str| Failure::new(format!("unsupported value for \"{}\" at {}: {why}", verb.raw, verb.offset));
    if !"vtbdoxXeEfgGsq".contains(verb.mode) {
        return Err(Failure::new(format!(
            "unsupported format verb '{}' in \"{}\" at offset {}",
            verb.mode, verb.raw, verb.offset
        )));
    }
    if arg.is_null() && verb.mode != 'v' {
        return Err(unsupported("null value cannot be formatted"));
    }
    if !arg.is_wholly_known() {
        let ty = match verb.mode {
            't' => Type::Bool,
            'v' => Type::Dynamic,
            's' | 'q' => Type::String,
            _ => Type::Number,
        };
        let converted = convert(arg, &ty).map_err(|error| unsupported(&error.message))?;
        let plain = verb.width.is_none() && verb.precision.is_none() && !verb.sharp;
        let text = matches!(converted.as_unknown().map(|unknown| &unknown.ty), Some(Type::String));
        let number =
            matches!(converted.as_unknown().map(|unknown| &unknown.ty), Some(Type::Number | Type::Bool));
        return Ok(
            if plain && ((text && matches!(verb.mode, 's' | 'v')) || (number && "dst".contains(verb.mode))) {
                converted
            } else {
                changed_hole(arg)
            },
        );
    }
    let text = match verb.mode {
        'v' => as_is(verb, arg).map_err(unsupported)?,
        't' => {
            let value = convert(arg, &Type::Bool).map_err(|error| unsupported(&error.message))?;
            (if value.as_bool() == Some(true) { "true" } else { "false" }).to_owned()
        }
        's' | 'q' => {
            let value = convert(arg, &Type::String).map_err(|error| unsupported(&error.message))?;
            if verb.mode == 's'
                && verb.width.is_none()
                && verb.precision.is_none_or(|precision| precision == 0)
            {
                return Ok(value);
            }
            let text = value.as_str().unwrap_or_default();
            let text: String = match verb.precision {
                Some(precision) if precision > 0 => graphemes(text).take(precision).collect(),
                _ => text.to_owned(),
            };
            if verb.mode == 'q' {
                let mut quoted = String::new();
                json::quote(&text, &mut quoted);
                padded(verb, quoted)
            } else {
                padded(verb, text)
            }
        }
        mode => {
            let value = convert(arg, &Type::Number).map_err(|error| unsupported(&error.message))?;
            let number = value.as_number().cloned().unwrap_or(Number::ZERO);
            if "bdoxX".contains(mode) {
                let integer = number.to_integer().ok_or_else(|| unsupported("an integer is required"))?;
                integer_text(verb, &integer)
            } else {
                float_text(verb, &number)
            }
        }
    };
    Ok(Value { kind: Value::string(text, arg.origin.clone()).kind, ..arg.clone() })
}

fn as_is(verb: &Verb, arg: &Value) -> Result<String, &'static str> {
    let text = match &arg.kind {
        Kind::String(text) if !verb.sharp => text.as_str().to_owned(),
        Kind::Number(number) if !verb.sharp => match number.shortest_digits() {
            Some(digits) => digits.general(None),
            None => number.to_string(),
        },
        _ => {
            let mut text = String::new();
            json::encode(arg, &mut text, 200)?;
            text
        }
    };
    Ok(padded(verb, text))
}

fn padded(verb: &Verb, text: String) -> String {
    let Some(width) = verb.width else { return text };
    let missing = width.saturating_sub(graphemes(&text).count());
    let pad = if verb.zero { "0" } else { " " }.repeat(missing);
    if verb.minus { text + &pad } else { pad + &text }
}

/// Pads a number as Go does: zeros go between sign and digits.
fn padded_number(verb: &Verb, sign: &str, digits: &str, zeros: bool) -> String {
    let length = sign.len() + digits.len();
    let missing = verb.width.unwrap_or(0).saturating_sub(length);
    if verb.minus {
        format!("{sign}{digits}{}", " ".repeat(missing))
    } else if zeros {
        format!("{sign}{}{digits}", "0".repeat(missing))
    } else {
        format!("{}{sign}{digits}", " ".repeat(missing))
    }
}

fn sign_text(verb: &Verb, negative: bool) -> &'static str {
    if negative {
        "-"
    } else if verb.plus {
        "+"
    } else if verb.space {
        " "
    } else {
        ""
    }
}

fn integer_text(verb: &Verb, integer: &IBig) -> String {
    let (sign, magnitude) = integer.clone().into_parts();
    let (radix, prefix) = match verb.mode {
        'b' => (2, "0b"),
        'o' => (8, "0"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut digits = magnitude.in_radix(radix).to_string();
    if verb.mode == 'X' {
        digits = digits.to_uppercase();
    }
    if let Some(precision) = verb.precision {
        if precision == 0 && digits == "0" {
            digits.clear();
        }
        let missing = precision.saturating_sub(digits.len());
        digits = "0".repeat(missing) + &digits;
    }
    let mut sign = sign_text(verb, sign == Sign::Negative).to_owned();
    if verb.sharp {
        sign.push_str(prefix);
    }
    padded_number(verb, &sign, &digits, verb.zero && verb.precision.is_none())
}

fn float_text(verb: &Verb, number: &Number) -> String {
    let sign = sign_text(verb, number.has_minus());
    let magnitude = number.abs();
    let Some(exact) = magnitude.exact_digits() else {
        let sign = if sign.is_empty() { "+" } else { sign };
        return padded_number(verb, sign, "Inf", false);
    };
    let text = match verb.mode {
        'e' | 'E' => exact.scientific(Some(verb.precision.unwrap_or(6))),
        'f' => exact.fixed(verb.precision.unwrap_or(6)),
        _ => match verb.precision {
            Some(precision) => exact.general(Some(precision)),
            None => magnitude.shortest_digits().unwrap_or(exact).general(None),
        },
    };
    let text = if verb.mode.is_ascii_uppercase() { text.to_uppercase() } else { text };
    padded_number(verb, sign, &text, verb.zero)
}
