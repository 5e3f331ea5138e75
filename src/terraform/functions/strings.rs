//! Functions of strings. What is known of a partly known string goes through where that is provable.

use super::Failure;
use super::arguments::{Call, Outcome};
use super::parts::{self, assemble, cut, graphemes, known_end, known_start, parts_of, surely_contains};
use crate::value::{Part, Value};

pub(super) fn lower(call: &Call<'_>) -> Outcome {
    Ok(parts::map(call, 0, |text| text.chars().map(lower_char).collect()))
}

pub(super) fn upper(call: &Call<'_>) -> Outcome {
    Ok(parts::map(call, 0, |text| text.chars().map(upper_char).collect()))
}

/// Go's `unicode.ToLower`: one character to one character.
fn lower_char(character: char) -> char {
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(only), None) => only,
        (Some('i'), Some(_)) => 'i',
        _ => character,
    }
}

fn upper_char(character: char) -> char {
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(only), None) => only,
        _ => character,
    }
}

/// Go's `unicode.ToTitle`: of the letters that are two in one, only the first becomes a capital.
fn title_char(character: char) -> char {
    match character {
        'Ǆ' | 'ǅ' | 'ǆ' => 'ǅ',
        'Ǉ' | 'ǈ' | 'ǉ' => 'ǈ',
        'Ǌ' | 'ǋ' | 'ǌ' => 'ǋ',
        'Ǳ' | 'ǲ' | 'ǳ' => 'ǲ',
        _ => upper_char(character),
    }
}

/// The first letter of each word in capitals, words as Go's `strings.Title` sees them.
pub(super) fn title(call: &Call<'_>) -> Outcome {
    let separates = |character: char| {
        if character.is_ascii() {
            !(character.is_ascii_alphanumeric() || character == '_')
        } else {
            !character.is_alphanumeric() && character.is_whitespace()
        }
    };
    let mut previous = ' ';
    let text: String = call
        .str(0)
        .chars()
        .map(|character| {
            let changed = if separates(previous) { title_char(character) } else { character };
            previous = character;
            changed
        })
        .collect();
    Ok(call.string(text))
}

pub(super) fn strrev(call: &Call<'_>) -> Outcome {
    Ok(call.string(graphemes(call.str(0)).rev().collect::<String>()))
}

/// The byte range of `part` inside `whole`, of which it is a slice.
fn range_in(whole: &str, part: &str) -> std::ops::Range<usize> {
    let start = (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
    start..start + part.len()
}

/// A piece of a known string, its structure kept.
fn piece(call: &Call<'_>, at: usize, part: &str) -> Value {
    let value = call.arg(at);
    if let Some(whole) = value.as_str() {
        if part.len() == whole.len() {
            return call.same_text(at);
        }
        let parts = parts_of(&value);
        if parts.len() > 1 {
            return assemble(call, cut(&parts, range_in(call.str(at), part)));
        }
    }
    call.string(part)
}

/// Trims both ends of a string. Of a partly known one, an end is trimmed where known text remains.
fn trimmed(call: &Call<'_>, start: impl Fn(&str) -> &str, end: impl Fn(&str) -> &str) -> Value {
    let value = call.arg(0);
    if value.as_str().is_some() {
        return piece(call, 0, end(start(call.str(0))));
    }
    let mut parts = parts_of(&value);
    if let Some(Part::Literal { text, span }) = parts.first_mut() {
        let kept = start(text);
        if kept.is_empty() {
            return call.unknown();
        }
        let range = text.len() - kept.len()..text.len();
        *span = parts::literal_span(text, *span, &range);
        *text = kept.into();
    } else {
        return call.unknown();
    }
    if let Some(Part::Literal { text, span }) = parts.last_mut() {
        let kept = end(text);
        if kept.is_empty() {
            return call.unknown();
        }
        let range = 0..kept.len();
        *span = parts::literal_span(text, *span, &range);
        *text = kept.into();
    } else {
        return call.unknown();
    }
    assemble(call, parts)
}

pub(super) fn trimspace(call: &Call<'_>) -> Outcome {
    Ok(trimmed(call, |text| text.trim_start_matches(is_space), |text| text.trim_end_matches(is_space)))
}

/// Go's `unicode.IsSpace`.
fn is_space(character: char) -> bool {
    character.is_whitespace()
}

pub(super) fn trim(call: &Call<'_>) -> Outcome {
    let cutset = call.arg(1);
    let Some(cutset) = cutset.as_str() else { return Ok(call.unknown()) };
    let cuts = |character: char| cutset.contains(character);
    Ok(trimmed(call, |text| text.trim_start_matches(cuts), |text| text.trim_end_matches(cuts)))
}

pub(super) fn chomp(call: &Call<'_>) -> Outcome {
    let value = call.arg(0);
    let end = |text: &str| text.trim_end_matches(['\r', '\n']).len();
    if value.as_str().is_some() {
        let text = call.str(0);
        return Ok(piece(call, 0, text.get(..end(text)).unwrap_or_default()));
    }
    let mut parts = parts_of(&value);
    match parts.last_mut() {
        Some(Part::Literal { text, span }) if end(text) > 0 => {
            let range = 0..end(text);
            *span = parts::literal_span(text, *span, &range);
            *text = text.get(range).unwrap_or_default().into();
            Ok(assemble(call, parts))
        }
        _ => Ok(call.unknown()),
    }
}

pub(super) fn trimprefix(call: &Call<'_>) -> Outcome {
    let (value, prefix) = (call.arg(0), call.arg(1));
    let Some(prefix) = prefix.as_str() else { return Ok(call.unknown()) };
    if value.as_str().is_some() {
        let text = call.str(0);
        return Ok(piece(call, 0, text.strip_prefix(prefix).unwrap_or(text)));
    }
    let start = known_start(&value);
    if !start.starts_with(prefix) {
        // A known start that differs stays; a shorter one may still go on as the prefix does.
        return Ok(if prefix.starts_with(&start) { call.unknown() } else { call.same_text(0) });
    }
    let mut parts = parts_of(&value);
    match parts.first_mut() {
        Some(Part::Literal { text, span }) if text.len() >= prefix.len() => {
            let range = prefix.len()..text.len();
            *span = parts::literal_span(text, *span, &range);
            *text = text.get(range).unwrap_or_default().into();
            Ok(assemble(call, parts))
        }
        _ => Ok(call.unknown()),
    }
}

pub(super) fn trimsuffix(call: &Call<'_>) -> Outcome {
    let (value, suffix) = (call.arg(0), call.arg(1));
    let Some(suffix) = suffix.as_str() else { return Ok(call.unknown()) };
    if value.as_str().is_some() {
        let text = call.str(0);
        return Ok(piece(call, 0, text.strip_suffix(suffix).unwrap_or(text)));
    }
    let end = known_end(&value);
    if !end.ends_with(suffix) {
        return Ok(if suffix.ends_with(&end) { call.unknown() } else { call.same_text(0) });
    }
    let mut parts = parts_of(&value);
    match parts.last_mut() {
        Some(Part::Literal { text, span }) if text.len() >= suffix.len() => {
            let range = 0..text.len() - suffix.len();
            *span = parts::literal_span(text, *span, &range);
            *text = text.get(range).unwrap_or_default().into();
            Ok(assemble(call, parts))
        }
        _ => Ok(call.unknown()),
    }
}

pub(super) fn startswith(call: &Call<'_>) -> Outcome {
    let (value, prefix) = (call.arg(0), call.arg(1));
    let Some(prefix) = prefix.as_str() else {
        return Ok(call.unknown());
    };
    if let Some(text) = value.as_str() {
        return Ok(call.bool(text.starts_with(prefix)));
    }
    let start = known_start(&value);
    Ok(if start.starts_with(prefix) {
        call.bool(true)
    } else if prefix.starts_with(&start) {
        call.unknown()
    } else {
        call.bool(false)
    })
}

pub(super) fn endswith(call: &Call<'_>) -> Outcome {
    let (value, suffix) = (call.arg(0), call.arg(1));
    let Some(suffix) = suffix.as_str() else {
        return Ok(call.unknown());
    };
    if let Some(text) = value.as_str() {
        return Ok(call.bool(text.ends_with(suffix)));
    }
    let end = known_end(&value);
    Ok(if end.ends_with(suffix) {
        call.bool(true)
    } else if suffix.ends_with(&end) {
        call.unknown()
    } else {
        call.bool(false)
    })
}

pub(super) fn strcontains(call: &Call<'_>) -> Outcome {
    let (value, wanted) = (call.arg(0), call.arg(1));
    let Some(wanted) = wanted.as_str() else {
        return Ok(call.unknown());
    };
    if let Some(text) = value.as_str() {
        return Ok(call.bool(text.contains(wanted)));
    }
    Ok(if surely_contains(&value, wanted) { call.bool(true) } else { call.unknown() })
}

pub(super) fn indent(call: &Call<'_>) -> Outcome {
    let spaces = call.int(0)?;
    let Ok(spaces) = usize::try_from(spaces) else {
        return Err(Failure::argument(0, "the number of spaces must not be negative"));
    };
    let text = call.str(1);
    let lines = text.matches('\n').count();
    if spaces.saturating_mul(lines).saturating_add(text.len()) > call.context.limits.string {
        return Ok(call.limit("length of a string"));
    }
    Ok(call.string(text.replace('\n', &format!("\n{}", " ".repeat(spaces)))))
}

pub(super) fn join(call: &Call<'_>) -> Outcome {
    let lists = call.from(1);
    if lists.is_empty() {
        return Err(Failure::new("at least one list is required"));
    }
    let separator = call.arg(0);
    let mut parts: Vec<Part> = Vec::new();
    let mut open = false;
    let mut first = true;
    let mut size = 0_usize;
    for (at, list) in lists.iter().enumerate() {
        let Some(sequence) = list.as_sequence() else {
            open = true;
            continue;
        };
        open |= sequence.rest.is_some();
        for (number, item) in sequence.items.iter().enumerate() {
            if item.is_null() {
                let message = if lists.len() > 1 {
                    format!("element {number} of list {} is null; cannot concatenate null values", at + 1)
                } else {
                    format!("element {number} is null; cannot concatenate null values")
                };
                return Err(Failure::argument(at + 1, message));
            }
            if !first {
                parts.push(Part::hole(separator.clone()));
                size += separator.as_str().map_or(0, str::len);
            }
            first = false;
            size += item.as_str().map_or(0, str::len);
            if size > call.context.limits.string {
                return Ok(call.limit("length of a string"));
            }
            parts.push(Part::hole(list.child(item)));
        }
    }
    if open {
        return Ok(call.unknown());
    }
    let known = parts.iter().all(|part| matches!(part, Part::Hole(value) if value.as_str().is_some()));
    if known && parts.len() > 256 {
        // Long lists are data: their text is enough.
        let text: String = parts
            .iter()
            .filter_map(|part| match part {
                Part::Hole(value) => value.as_str(),
                Part::Literal { .. } => None,
            })
            .collect();
        return Ok(call.string(text));
    }
    Ok(assemble(call, parts))
}

pub(super) fn split(call: &Call<'_>) -> Outcome {
    let (separator, text) = (call.str(0), call.str(1));
    if separator.is_empty() {
        return Ok(call.strings(text.chars().map(String::from)));
    }
    Ok(call.strings(text.split(separator).map(str::to_owned)))
}

pub(super) fn substr(call: &Call<'_>) -> Outcome {
    let value = call.arg(0);
    if call.arg(1).as_unknown().is_some() || call.arg(2).as_unknown().is_some() {
        return Ok(call.unknown());
    }
    let (offset, length) = (call.int(1)?, call.int(2)?);
    if value.as_str().is_none() {
        let start = known_start(&value);
        let known = i64::try_from(graphemes(&start).count()).unwrap_or(i64::MAX);
        // The last cluster of the known start may go on in what follows.
        return Ok(if offset >= 0 && length >= 0 && offset.saturating_add(length) < known {
            call.string(substring(&start, offset, length))
        } else {
            call.unknown()
        });
    }
    let text = call.str(0);
    Ok(piece(call, 0, substring(text, offset, length)))
}

/// As Terraform counts: in grapheme clusters, a negative offset from the end, a negative length to the end.
fn substring(text: &str, offset: i64, length: i64) -> &str {
    let mut offset = offset;
    if offset < 0 {
        offset = offset.saturating_add(i64::try_from(graphemes(text).count()).unwrap_or(i64::MAX));
    } else if length == 0 {
        return "";
    }
    let skipped = usize::try_from(offset).unwrap_or(0);
    let start: usize = graphemes(text).take(skipped).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    if skipped > 0 && rest.is_empty() {
        return "";
    }
    match usize::try_from(length) {
        Err(_) => rest,
        // Terraform's own count never reaches zero after an offset from the end.
        Ok(0) => rest,
        Ok(length) => {
            let end: usize = graphemes(rest).take(length).map(str::len).sum();
            rest.get(..end).unwrap_or_default()
        }
    }
}

/// `replace` without a pattern: each match in what is known becomes the replacement.
pub(super) fn replace_text(call: &Call<'_>, wanted: &str) -> Outcome {
    let (value, replacement) = (call.arg(0), call.arg(2));
    if wanted.is_empty() {
        let (Some(text), Some(with)) = (value.as_str(), replacement.as_str()) else {
            return Ok(call.unknown());
        };
        let size = with.len().saturating_mul(text.chars().count() + 1).saturating_add(text.len());
        if size > call.context.limits.string {
            return Ok(call.limit("length of a string"));
        }
        return Ok(call.string(text.replace("", with)));
    }
    let parts = parts_of(&value);
    if let Some(text) = value.as_str() {
        if !text.contains(wanted) {
            return Ok(call.same_text(0));
        }
        let matches = text.matches(wanted).count();
        let with = replacement.as_str().map_or(0, str::len);
        if with.saturating_mul(matches).saturating_add(text.len()) > call.context.limits.string {
            return Ok(call.limit("length of a string"));
        }
        if let Some(with) = replacement.as_str()
            && (matches > 256 || (parts.len() == 1 && text.len() < 64))
        {
            return Ok(call.string(text.replace(wanted, with)));
        }
        let mut result = Vec::new();
        let mut from = 0;
        for (at, found) in text.match_indices(wanted) {
            result.extend(cut(&parts, from..at));
            result.push(Part::hole(replacement.clone()));
            from = at + found.len();
        }
        result.extend(cut(&parts, from..text.len()));
        return Ok(assemble(call, result));
    }
    // A match longer than one character may lie across a hole.
    let mut characters = wanted.chars();
    let (Some(_), None, Some(with)) = (characters.next(), characters.next(), replacement.as_str()) else {
        return Ok(call.unknown());
    };
    Ok(parts::map(call, 0, |text| text.replace(wanted, with)))
}
