//! Finds secret texts in other text: as they are, in either case, escaped or encoded. Which texts are secret
//! is told to it.

use std::collections::BTreeSet;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Values this long, in bytes, with a letter and something that is none are hidden wherever they occur. Others
/// could be plain words (`postgres`) and are hidden in quotes only: elsewhere they mean something else.
const SHORTEST_ANYWHERE: usize = 8;

/// Longer texts, in bytes, are looked for in pieces of this size.
const PIECE: usize = 96;

/// With more secret text than this, in bytes, nothing is quoted at all.
const MOST: usize = 4 * 1024 * 1024;

/// Encoded forms are looked for up to this many bytes of secret text.
const MOST_ENCODED: usize = 512 * 1024;

/// All secret texts at once.
#[derive(Debug)]
pub(super) struct Search {
    automaton: Option<AhoCorasick>,
    /// Bytes at each end of a pattern that are no part of the secret: quotes.
    margins: Vec<usize>,
    /// There is more than can be looked for: everything is hidden.
    everything: bool,
}

impl Search {
    pub(super) fn new<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let texts: Vec<&str> = texts.into_iter().collect();
        let total: usize = texts.iter().map(|text| text.len()).sum();
        let mut patterns = BTreeSet::new();
        if total <= MOST {
            texts.iter().for_each(|text| add_forms(text, total <= MOST_ENCODED, &mut patterns));
        }
        let (patterns, margins): (Vec<String>, Vec<usize>) = patterns.into_iter().unzip();
        let automaton = (!patterns.is_empty())
            .then(|| AhoCorasick::builder().ascii_case_insensitive(true).build(&patterns));
        // A search that cannot be built must not let anything through.
        let everything = total > MOST || matches!(automaton, Some(Err(_)));
        Self { automaton: automaton.and_then(Result::ok), margins, everything }
    }

    /// Where secret texts stand; not sorted, may overlap.
    pub(super) fn ranges(&self, text: &str) -> Vec<Range<usize>> {
        if self.everything {
            return std::iter::once(0..text.len()).collect();
        }
        let Some(automaton) = &self.automaton else { return Vec::new() };
        automaton
            .find_overlapping_iter(text)
            .map(|found| {
                let margin = self.margins.get(found.pattern().as_usize()).copied().unwrap_or(0);
                found.start() + margin..found.end() - margin
            })
            .collect()
    }
}

/// Whether a value stands for nothing but itself.
pub(super) fn is_distinctive(value: &str) -> bool {
    value.len() >= SHORTEST_ANYWHERE
        && value.contains(|c: char| !c.is_alphabetic())
        && value.contains(char::is_alphabetic)
}

fn add_forms(text: &str, encoded: bool, patterns: &mut BTreeSet<(String, usize)>) {
    let escaped = json_escaped(text);
    if !is_distinctive(text) {
        for quote in ["\"", "'", "`", "\\\""] {
            patterns.insert((format!("{quote}{text}{quote}"), quote.len()));
            patterns.insert((format!("{quote}{escaped}{quote}"), quote.len()));
        }
        return;
    }
    for piece in pieces(text) {
        patterns.insert((piece.to_owned(), 0));
        let escaped = json_escaped(piece);
        // A JSON text inside a JSON text.
        patterns.insert((json_escaped(&escaped), 0));
        patterns.insert((escaped, 0));
        patterns.insert((hcl_escaped(piece), 0));
        if encoded {
            patterns.insert((percent_encoded(piece), 0));
            patterns.extend(base64_forms(piece.as_bytes()).into_iter().map(|form| (form, 0)));
        }
    }
}

/// A text whole, or in pieces of which none is too short to stand for itself.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while rest.len() > 2 * PIECE {
        let at = (0..=PIECE).rev().find(|at| rest.is_char_boundary(*at)).unwrap_or(0);
        let Some((head, tail)) = rest.split_at_checked(at).filter(|(head, _)| !head.is_empty()) else {
            break;
        };
        pieces.push(head);
        rest = tail;
    }
    pieces.push(rest);
    pieces
}

fn json_escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&quoted).to_owned()
}

/// As it stands between the quotes of an HCL string.
fn hcl_escaped(text: &str) -> String {
    json_escaped(text).replace("${", "$${").replace("%{", "%%{")
}

/// As `urlencode` writes it.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// The Base64 of the text wherever it stands in what is encoded: for each of the three ways in which its
/// bytes can fall into groups, the characters that depend on nothing else. In both alphabets.
fn base64_forms(bytes: &[u8]) -> Vec<String> {
    let mut forms = Vec::new();
    for before in 0..3_usize {
        let mut padded = vec![0; before];
        padded.extend_from_slice(bytes);
        let encoded = STANDARD_NO_PAD.encode(&padded);
        // The first characters hold bits of what stands before, the last one those of what follows.
        let first = (before * 8).div_ceil(6);
        let last = padded.len() * 8 / 6;
        let Some(form) = encoded.get(first..last).filter(|form| form.len() >= SHORTEST_ANYWHERE) else {
            continue;
        };
        let url_safe = form.replace('+', "-").replace('/', "_");
        if url_safe != form {
            forms.push(url_safe);
        }
        forms.push(form.to_owned());
    }
    forms
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

    use super::*;

    fn hits(secret: &str, text: &str) -> bool {
        !Search::new([secret]).ranges(text).is_empty()
    }

    #[test]
    fn secrets_are_found_in_every_form() {
        let secret = "not-real-1-\"q\\ä?~";
        for text in [
            format!("x {secret} y"),
            format!("X {}", secret.to_ascii_uppercase()),
            serde_json::Value::from(secret).to_string(),
            serde_json::Value::from(serde_json::Value::from(secret).to_string()).to_string(),
            percent_encoded(secret),
        ] {
            assert!(hits(secret, &text), "{text}");
        }
        for around in ["", "a", "ab", "abc", "user:"] {
            let text = STANDARD_NO_PAD.encode(format!("{around}{secret}{around}"));
            assert!(hits(secret, &text), "{around}: {text}");
        }
        assert!(!hits(secret, "not-real-2"));
    }

    #[test]
    fn plain_words_are_found_in_quotes_only() {
        assert!(hits("postgres", "no `postgres` here") && !hits("postgres", "postgres"));
    }

    #[test]
    fn long_secrets_are_covered_whole() {
        let secret: String = (0..90).map(|at| format!("not-real-{at}-")).collect();
        let mut ranges = Search::new([secret.as_str()]).ranges(&secret);
        ranges.sort_by_key(|range| range.start);
        assert!(ranges.first().unwrap().start == 0 && ranges.last().unwrap().end == secret.len());
        assert!(ranges.windows(2).all(|pair| pair[1].start <= pair[0].end));
    }

    #[test]
    fn too_much_hides_everything() {
        let secret = "not-real-1-".repeat(MOST / 8);
        assert_eq!(Search::new([secret.as_str()]).ranges("anything").first(), Some(&(0..8)));
    }
}
