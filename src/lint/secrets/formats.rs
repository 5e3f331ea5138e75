//! Credential formats that vendors document: a fixed mark, alphabets and lengths. One prefilter looks for all marks
//! at once; the pattern of a format is compiled when its mark is first met.

mod table;

use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::AhoCorasick;
use regex::{Regex, RegexBuilder};

use table::FORMATS;

/// A format of one vendor's credentials.
pub(super) struct Format {
    #[cfg_attr(not(test), expect(dead_code, reason = "says to readers and tests whose format it is"))]
    vendor: &'static str,
    /// For people, with its article: `a GitHub OAuth token`.
    kind: &'static str,
    /// Stands in every text of the format, in this case.
    keyword: &'static str,
    /// ASCII, without anchors.
    pattern: &'static str,
    /// The vendor's page that shows the form.
    #[cfg_attr(not(test), expect(dead_code, reason = "the evidence for the row"))]
    source: &'static str,
}

const fn format(
    vendor: &'static str,
    kind: &'static str,
    keyword: &'static str,
    pattern: &'static str,
    source: &'static str,
) -> Format {
    Format { vendor, kind, keyword, pattern, source }
}

impl Format {
    /// Whether every text begins with the keyword: the pattern is its escaped text and more.
    fn begins_with_keyword(&self) -> bool {
        let mut pattern = self.pattern.chars();
        self.keyword.chars().all(|c| match pattern.next() {
            Some('\\') => pattern.next() == Some(c),
            next => next == Some(c),
        })
    }

    fn compiled(&self) -> Option<Regex> {
        let anchor = if self.begins_with_keyword() { "^" } else { "" };
        let pattern = format!("{anchor}(?:{})", self.pattern);
        RegexBuilder::new(&pattern).unicode(false).size_limit(1 << 20).build().ok()
    }
}

/// A text of a known format inside another text.
pub(super) struct Hit {
    pub(super) kind: &'static str,
    pub(super) range: Range<usize>,
}

const JWT_START: &str = "eyJ";
const KEY_START: &str = "-----BEGIN ";

/// Every keyword at once, the formats' first; `None` where it cannot be built, and nothing can be ruled out.
static KEYWORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let keywords = FORMATS.iter().map(|format| format.keyword).chain([JWT_START, KEY_START]);
    AhoCorasick::new(keywords).ok()
});

static PATTERNS: [OnceLock<Option<Regex>>; FORMATS.len()] = [const { OnceLock::new() }; FORMATS.len()];

/// Bytes of one credential that are looked at.
const LONGEST: usize = 1024;

/// Bytes of the line that begins a private key, up to its name.
const LONGEST_MARK: usize = 48;

const PRIVATE_KEY: &str = "a private key";
const JWT: &str = "a signed token (JWT)";

/// The format of a whole value, if it is a known one.
pub(super) fn known(value: &str) -> Option<&'static str> {
    if value.starts_with(KEY_START) && value.contains("PRIVATE KEY") {
        return Some(PRIVATE_KEY);
    }
    hits(value).into_iter().find(|hit| hit.range == (0..value.len())).map(|hit| hit.kind)
}

/// Byte ranges of known formats anywhere in a text, for masking.
pub(super) fn inside(text: &str) -> Vec<Range<usize>> {
    hits(text).into_iter().map(|hit| hit.range).collect()
}

/// Known formats anywhere in a text, in no order; of a private key what stands between its marks.
pub(super) fn hits(text: &str) -> Vec<Hit> {
    let mut found = Vec::new();
    let Some(keywords) = KEYWORDS.as_ref() else { return found };
    let (mut has_jwt, mut has_key) = (false, false);
    // Formats whose keyword stands inside: searched in the whole text, once.
    let mut searched: Vec<usize> = Vec::new();
    for keyword in keywords.find_overlapping_iter(text) {
        match keyword.pattern().as_usize() {
            at if at < FORMATS.len() => match FORMATS.get(at) {
                Some(format) if format.begins_with_keyword() => found.extend(hit(text, at, keyword.start())),
                Some(_) if !searched.contains(&at) => {
                    searched.push(at);
                    found.extend(hits_of(text, at));
                }
                _ => {}
            },
            at if at == FORMATS.len() => has_jwt = true,
            _ => has_key = true,
        }
    }
    if has_jwt {
        let mut behind = 0;
        for (at, _) in text.match_indices(JWT_START) {
            if at < behind || !begins_word(text, at) {
                continue;
            }
            let rest = text.get(at..).unwrap_or_default();
            behind = at + rest.bytes().take_while(in_jwt).count();
            if let Some(length) = jwt(rest) {
                found.push(Hit { kind: JWT, range: at..at + length });
            }
        }
    }
    if has_key {
        found.extend(private_keys(text));
    }
    found
}

fn pattern(index: usize) -> Option<&'static Regex> {
    PATTERNS.get(index)?.get_or_init(|| FORMATS.get(index)?.compiled()).as_ref()
}

/// The format number `index` at its keyword.
fn hit(text: &str, index: usize, at: usize) -> Option<Hit> {
    if !begins_word(text, at) {
        return None;
    }
    let window = text.get(at..floor(text, at.saturating_add(LONGEST)))?;
    let found = pattern(index)?.find(window)?;
    sound(text, index, at..at + found.end())
}

/// The format number `index` anywhere.
fn hits_of(text: &str, index: usize) -> Vec<Hit> {
    let Some(pattern) = pattern(index) else { return Vec::new() };
    let whole = pattern.find_iter(text).filter(|found| begins_word(text, found.start()));
    whole.filter_map(|found| sound(text, index, found.range())).collect()
}

/// A match that is not part of a longer word, and opens something.
fn sound(text: &str, index: usize, range: Range<usize>) -> Option<Hit> {
    let ends = text.as_bytes().get(range.end).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    let kind = FORMATS.get(index)?.kind;
    (ends && !is_documented(text.get(range.clone())?)).then_some(Hit { kind, range })
}

/// Keys that AWS shows in its documentation: they end in `EXAMPLE`, and open nothing.
fn is_documented(token: &str) -> bool {
    token.starts_with('A') && token.len() == 20 && token.ends_with("EXAMPLE")
}

/// Whether no word goes on at `at`.
fn begins_word(text: &str, at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| text.as_bytes().get(before));
    before.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// What stands between the marks of private keys; to the end where the second one is missing.
fn private_keys(text: &str) -> Vec<Hit> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(KEY_START)).map(|at| at + from) {
        let rest = text.get(at..).unwrap_or_default();
        // `PRIVATE KEY-----`, and `PRIVATE KEY BLOCK-----` of PGP.
        let head = rest.get(..floor(rest, LONGEST_MARK)).unwrap_or_default();
        let mark = head.find("PRIVATE KEY").and_then(|mark| {
            let behind = mark + "PRIVATE KEY".len();
            let dashes = rest.get(behind..)?.find("-----").filter(|dashes| *dashes <= " BLOCK".len())?;
            Some(behind + dashes + "-----".len())
        });
        let Some(body) = mark else {
            from = at + 1;
            continue;
        };
        let end =
            rest.get(body..).and_then(|tail| tail.find("-----END")).map_or(rest.len(), |end| body + end);
        found.push(Hit { kind: PRIVATE_KEY, range: at + body..at + end });
        from = at + end;
    }
    found
}

fn in_jwt(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

/// Length of a JWT at the start: three parts, the first two of them Base64 of JSON objects (RFC 7519).
fn jwt(value: &str) -> Option<usize> {
    let length = value.bytes().take_while(in_jwt).count();
    let token = value.get(..length)?;
    let mut parts = token.split('.');
    let (header, body, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let is_token = parts.next().is_none()
        && header.starts_with(JWT_START)
        && body.starts_with(JWT_START)
        && header.len() >= 16
        && signature.len() >= 16;
    is_token.then_some(length)
}

#[cfg(test)]
mod tests;
