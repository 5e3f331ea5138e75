//! `regex`, `regexall` and `replace` with a pattern: Go's RE2 syntax, run by the `regex` crate.

use ::regex::{Captures, Regex, RegexBuilder};

use super::arguments::{Call, Outcome, normalized};
use super::{Failure, strings};
use crate::value::{Entry, Kind, ObjectAttribute, Type, Value};

/// Largest compiled pattern, in bytes.
const LARGEST_PATTERN: usize = 4 << 20;

/// Why a pattern is not used.
enum Refusal {
    /// Terraform refuses it too.
    Invalid(String),
    /// Plimsoll cannot run it.
    Unsupported,
}

pub(super) fn replace(call: &Call<'_>) -> Outcome {
    let wanted = call.arg(1);
    let Some(wanted) = wanted.as_str() else { return Ok(call.unknown()) };
    let pattern = wanted.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    let Some(pattern) = pattern.filter(|_| wanted.len() > 1) else {
        return strings::replace_text(call, wanted);
    };
    let regex = match compile(pattern) {
        Ok(regex) => regex,
        Err(refusal) => return refused(call, 1, refusal),
    };
    let (text, with) = (call.arg(0), call.arg(2));
    let (Some(text), Some(with)) = (text.as_str(), with.as_str()) else { return Ok(call.unknown()) };
    let mut result = String::with_capacity(text.len());
    let mut from = 0;
    for captures in regex.captures_iter(text) {
        let Some(found) = captures.get(0) else { continue };
        result.push_str(text.get(from..found.start()).unwrap_or_default());
        captures.expand(with, &mut result);
        from = found.end();
        if result.len() > call.context.limits.string {
            return Ok(call.limit("length of a string"));
        }
    }
    if from == 0 && result.is_empty() {
        return Ok(call.same_text(0));
    }
    result.push_str(text.get(from..).unwrap_or_default());
    Ok(call.string(result))
}

pub(super) fn regex(call: &Call<'_>) -> Outcome {
    let pattern = call.arg(0);
    let Some(pattern) = pattern.as_str() else { return Ok(call.unknown()) };
    let regex = match compile(pattern) {
        Ok(regex) => regex,
        Err(refusal) => return refused(call, 0, refusal),
    };
    let groups = Groups::of(&regex)?;
    let text = call.arg(1);
    let Some(text) = text.as_str() else { return Ok(call.unknown_of(groups.ty())) };
    match regex.captures(text) {
        Some(captures) => Ok(groups.value(call, &captures)),
        None => Err(Failure::new("pattern did not match any part of the given string")),
    }
}

pub(super) fn regexall(call: &Call<'_>) -> Outcome {
    let pattern = call.arg(0);
    let Some(pattern) = pattern.as_str() else { return Ok(call.unknown()) };
    let regex = match compile(pattern) {
        Ok(regex) => regex,
        Err(refusal) => return refused(call, 0, refusal),
    };
    let groups = Groups::of(&regex)?;
    let text = call.arg(1);
    let Some(text) = text.as_str() else {
        return Ok(call.unknown_of(Type::List(Box::new(groups.ty()))));
    };
    let items = regex.captures_iter(text).map(|captures| groups.value(call, &captures));
    Ok(match call.collected(items) {
        Some(items) => call.list(groups.ty(), items),
        None => call.limit(super::VALUE),
    })
}

fn refused(call: &Call<'_>, argument: usize, refusal: Refusal) -> Outcome {
    match refusal {
        Refusal::Invalid(message) => {
            Err(Failure::argument(argument, format!("invalid regexp pattern: {message}")))
        }
        Refusal::Unsupported => Ok(call.unsupported("this regular expression")),
    }
}

/// The form of a match: the text, or its groups by number or name.
enum Groups {
    None,
    Numbered(usize),
    Named(Vec<String>),
}

impl Groups {
    fn of(regex: &Regex) -> Result<Self, Failure> {
        let names: Vec<Option<&str>> = regex.capture_names().skip(1).collect();
        let named = names.iter().flatten().count();
        match (names.len(), named) {
            (0, _) => Ok(Self::None),
            (all, 0) => Ok(Self::Numbered(all)),
            (all, named) if all == named => {
                Ok(Self::Named(names.into_iter().flatten().map(str::to_owned).collect()))
            }
            _ => Err(Failure::argument(
                0,
                "invalid regexp pattern: cannot mix both named and unnamed capture groups",
            )),
        }
    }

    fn ty(&self) -> Type {
        match self {
            Self::None => Type::String,
            Self::Numbered(count) => Type::Tuple(vec![Type::String; *count]),
            Self::Named(names) => {
                let attribute = ObjectAttribute { ty: Type::String, optional: false };
                Type::Object(names.iter().map(|name| (name.as_str().into(), attribute.clone())).collect())
            }
        }
    }

    fn value(&self, call: &Call<'_>, captures: &Captures<'_>) -> Value {
        let origin = call.origin();
        let text = |found: Option<::regex::Match<'_>>| match found {
            Some(found) => Value::string(normalized(found.as_str().to_owned()), origin.clone()),
            None => Value::new(Kind::Null(Type::String), origin.clone()),
        };
        match self {
            Self::None => text(captures.get(0)),
            Self::Numbered(count) => {
                let items = (1..=*count).map(|at| text(captures.get(at))).collect();
                Value::tuple(items, origin.clone())
            }
            Self::Named(names) => {
                let entries = names
                    .iter()
                    .map(|name| {
                        let entry = Entry { key_span: None, value: text(captures.name(name)) };
                        (name.as_str().into(), entry)
                    })
                    .collect();
                Value::object(entries, origin.clone())
            }
        }
    }
}

fn compile(pattern: &str) -> Result<Regex, Refusal> {
    let translated = translate(pattern)?;
    RegexBuilder::new(&translated)
        .size_limit(LARGEST_PATTERN)
        .dfa_size_limit(LARGEST_PATTERN)
        .nest_limit(200)
        .build()
        .map_err(|error| match error {
            ::regex::Error::Syntax(_) if !pattern.contains("\\p") && !pattern.contains("\\P") => {
                Refusal::Invalid("it is not a valid RE2 expression".to_owned())
            }
            _ => Refusal::Unsupported,
        })
}

/// Go's syntax in that of the `regex` crate: ASCII classes, literal brackets in classes, `\Q…\E`, counted
/// repetition only where it is one.
fn translate(pattern: &str) -> Result<String, Refusal> {
    let mut result = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern.chars().peekable();
    let mut class_start = None::<usize>;
    let mut length = 0_usize;
    while let Some(character) = rest.next() {
        length += 1;
        let in_class = class_start.is_some();
        match character {
            '\\' => escape(&mut rest, in_class, &mut result)?,
            '[' if !in_class => {
                result.push('[');
                if rest.next_if_eq(&'^').is_some() {
                    result.push('^');
                }
                if rest.next_if_eq(&']').is_some() {
                    result.push_str("\\]");
                }
                class_start = Some(length);
            }
            ']' if in_class => {
                result.push(']');
                class_start = None;
            }
            '[' => {
                if rest.peek() == Some(&':') {
                    let ahead: String = rest.clone().collect();
                    if let Some((name, _)) = ahead.strip_prefix(':').and_then(|ahead| ahead.split_once(":]"))
                        && name.trim_start_matches('^').chars().all(|letter| letter.is_ascii_lowercase())
                    {
                        result.push_str("[:");
                        result.push_str(name);
                        result.push_str(":]");
                        for _ in 0..name.chars().count() + 3 {
                            rest.next();
                        }
                        continue;
                    }
                }
                result.push_str("\\[");
            }
            '&' | '~' if in_class => {
                result.push('\\');
                result.push(character);
            }
            '-' if in_class && result.ends_with('-') => result.push_str("\\-"),
            '{' if !in_class && !is_repetition(&rest.clone().collect::<String>())? => result.push_str("\\{"),
            '(' if !in_class && rest.peek() == Some(&'?') => {
                let ahead: String = rest.clone().take(16).collect();
                check_group(&ahead)?;
                result.push('(');
            }
            other => result.push(other),
        }
    }
    if class_start.is_some() {
        return Err(Refusal::Invalid("missing closing ]".to_owned()));
    }
    Ok(result)
}

fn escape(
    rest: &mut std::iter::Peekable<std::str::Chars<'_>>,
    in_class: bool,
    into: &mut String,
) -> Result<(), Refusal> {
    let Some(escaped) = rest.next() else {
        return Err(Refusal::Invalid("trailing backslash at end of expression".to_owned()));
    };
    let ascii = |class: &str, negated: bool| match (in_class, negated) {
        (true, false) => class.to_owned(),
        (_, true) => format!("[^{class}]"),
        (false, false) => format!("[{class}]"),
    };
    match escaped {
        'd' => into.push_str(&ascii("0-9", false)),
        'D' => into.push_str(&ascii("0-9", true)),
        'w' => into.push_str(&ascii("0-9A-Za-z_", false)),
        'W' => into.push_str(&ascii("0-9A-Za-z_", true)),
        's' => into.push_str(&ascii("\\t\\n\\f\\r ", false)),
        'S' => into.push_str(&ascii("\\t\\n\\f\\r ", true)),
        'b' if !in_class => into.push_str("(?-u:\\b)"),
        'B' if !in_class => into.push_str("(?-u:\\B)"),
        'A' | 'z' if !in_class => {
            into.push('\\');
            into.push(escaped);
        }
        'a' | 'f' | 't' | 'n' | 'r' | 'v' | 'x' | 'p' | 'P' => {
            into.push('\\');
            into.push(escaped);
            if let Some(brace) = rest.next_if_eq(&'{') {
                into.push(brace);
            }
        }
        'Q' => {
            let mut literal = String::new();
            while let Some(character) = rest.next() {
                if character == '\\' && rest.next_if_eq(&'E').is_some() {
                    break;
                }
                literal.push(character);
            }
            into.push_str(&::regex::escape(&literal));
        }
        '0'..='7' => {
            let mut digits = String::from(escaped);
            while digits.len() < 3
                && let Some(digit) = rest.next_if(|digit| ('0'..='7').contains(digit))
            {
                digits.push(digit);
            }
            if escaped != '0' && digits.len() < 2 {
                return Err(Refusal::Invalid("invalid escape sequence".to_owned()));
            }
            let code = u32::from_str_radix(&digits, 8).unwrap_or(0);
            into.push_str(&format!("\\x{{{code:x}}}"));
        }
        other if other.is_ascii_alphanumeric() => {
            return Err(Refusal::Invalid("invalid escape sequence".to_owned()));
        }
        other => into.push_str(&::regex::escape(&other.to_string())),
    }
    Ok(())
}

/// Whether the text after `{` makes it a counted repetition (`3}`, `3,}`, `3,5}`).
fn is_repetition(ahead: &str) -> Result<bool, Refusal> {
    let Some((inside, _)) = ahead.split_once('}') else { return Ok(false) };
    let (least, most) = match inside.split_once(',') {
        Some((least, most)) => (least, Some(most)),
        None => (inside, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(least) || most.is_some_and(|most| !most.is_empty() && !digits(most)) {
        return Ok(false);
    }
    let large = |text: &str| text.parse::<u32>().map_or(!text.is_empty(), |count| count > 1_000);
    if large(least) || most.is_some_and(large) {
        return Err(Refusal::Invalid("invalid repeat count".to_owned()));
    }
    Ok(true)
}

/// Refuses what RE2 does not have: look-around, and flags other than `imsU`.
fn check_group(ahead: &str) -> Result<(), Refusal> {
    let inside = ahead.strip_prefix('?').unwrap_or(ahead);
    if inside.starts_with("P<")
        || (inside.starts_with('<') && !inside.starts_with("<=") && !inside.starts_with("<!"))
    {
        return Ok(());
    }
    let flags = inside.split([':', ')']).next().unwrap_or_default();
    if flags.chars().all(|flag| "imsU-".contains(flag)) {
        return Ok(());
    }
    Err(Refusal::Invalid("invalid or unsupported Perl syntax".to_owned()))
}
