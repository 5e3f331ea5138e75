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

/// Bytes before a keyword that its format may begin with, at most.
const LONGEST_HEAD: usize = 128;

/// Bytes of one credential that are looked at.
const LONGEST: usize = 1024;

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
    for keyword in keywords.find_overlapping_iter(text) {
        match keyword.pattern().as_usize() {
            at if at < FORMATS.len() => found.extend(hit(text, at, keyword.start())),
            at if at == FORMATS.len() => has_jwt = true,
            _ => has_key = true,
        }
    }
    if has_jwt {
        for (at, _) in text.match_indices(JWT_START) {
            if begins_word(text, at)
                && let Some(length) = text.get(at..).and_then(jwt)
            {
                found.push(Hit { kind: JWT, range: at..at + length });
            }
        }
    }
    if has_key {
        found.extend(private_keys(text));
    }
    found
}

/// The format number `index` around the keyword at `at`.
fn hit(text: &str, index: usize, at: usize) -> Option<Hit> {
    let format = FORMATS.get(index)?;
    let anchored = format.begins_with_keyword();
    if anchored && !begins_word(text, at) {
        return None;
    }
    let pattern = PATTERNS.get(index)?.get_or_init(|| format.compiled()).as_ref()?;
    let head = if anchored { at } else { floor(text, at.saturating_sub(LONGEST_HEAD)) };
    let window = text.get(head..floor(text, at.saturating_add(LONGEST)))?;
    pattern.find_iter(window).find_map(|found| {
        let range = head + found.start()..head + found.end();
        // The match holds the keyword, and is not part of a longer word.
        let fits = range.start <= at
            && range.end >= at + format.keyword.len()
            && (anchored || begins_word(text, range.start))
            && text.as_bytes().get(range.end).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        (fits && !is_documented(text.get(range.clone())?)).then_some(Hit { kind: format.kind, range })
    })
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
        let mark = rest.find("PRIVATE KEY").filter(|mark| *mark < 40).and_then(|mark| {
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

/// Length of a JWT at the start: three parts, the first two of them Base64 of JSON objects (RFC 7519).
fn jwt(value: &str) -> Option<usize> {
    let in_token = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let length = value.bytes().take_while(in_token).count();
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
