//! Texts of every format are made here from its pattern, so that none stands in the repository.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::HashSet;

use regex_syntax::hir::{Class, Hir, HirKind};

use super::*;

/// A text that the pattern fits: each repetition as often as `repeat` says, characters in turn.
fn made(hir: &Hir, repeat: &dyn Fn(u32, Option<u32>) -> u32, turn: &mut usize, into: &mut String) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => into.push_str(std::str::from_utf8(&literal.0).unwrap()),
        HirKind::Class(class) => {
            let bytes: Vec<u8> = match class {
                Class::Bytes(class) => class.iter().flat_map(|range| range.start()..=range.end()).collect(),
                Class::Unicode(class) => class
                    .iter()
                    .flat_map(|range| range.start()..=range.end())
                    .map(|c| u8::try_from(u32::from(c)).unwrap())
                    .collect(),
            };
            // Letters and digits only: other characters may end a word.
            let kept: Vec<u8> = bytes.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
            let from = if kept.is_empty() { bytes } else { kept };
            *turn += 7;
            into.push(char::from(from[*turn % from.len()]));
        }
        HirKind::Repetition(repetition) => {
            for _ in 0..repeat(repetition.min, repetition.max) {
                made(&repetition.sub, repeat, turn, into);
            }
        }
        HirKind::Capture(capture) => made(&capture.sub, repeat, turn, into),
        HirKind::Concat(parts) => parts.iter().for_each(|part| made(part, repeat, turn, into)),
        HirKind::Alternation(parts) => made(&parts[0], repeat, turn, into),
    }
}

fn text_of(format: &Format, repeat: &dyn Fn(u32, Option<u32>) -> u32) -> String {
    let mut parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
    let mut text = String::new();
    made(&parser.parse(format.pattern).unwrap(), repeat, &mut 0, &mut text);
    text
}

/// The shortest text of the format.
fn shortest(format: &Format) -> String {
    text_of(format, &|least, _| least)
}

fn finds(format: &Format, text: &str) -> bool {
    hits(text).iter().any(|hit| hit.kind == format.kind)
}

#[test]
fn every_format_is_found_whole_and_inside() {
    assert!(FORMATS.len() >= 150, "{}", FORMATS.len());
    for format in FORMATS {
        let Format { kind, pattern, .. } = format;
        let longer = text_of(format, &|least, most| most.unwrap_or(least + 9).min(least + 9));
        for token in [shortest(format), longer] {
            assert!(known(&token).is_some(), "{kind}: {pattern} makes nothing known");
            assert!(finds(format, &token), "{kind}: {pattern} is not found");
            for (before, after) in [("key: ", " # x"), ("\"", "\","), ("Bearer ", "\n"), ("é=", "é")] {
                let text = format!("{before}{token}{after}");
                let found = hits(&text);
                let hit = found.iter().find(|hit| hit.kind == *kind);
                let hit = hit.unwrap_or_else(|| panic!("{kind}: not inside {before:?} {after:?}"));
                assert!(hit.range.start >= before.len() || hit.range.start == 0, "{kind}");
                assert!(hit.range.end >= before.len() + token.len(), "{kind}");
            }
        }
    }
}

#[test]
fn near_misses_are_not_found() {
    for format in FORMATS {
        let Format { kind, pattern, .. } = format;
        let token = shortest(format);
        let short = token.strip_suffix(|_: char| true).unwrap();
        let same = |text: &str| hits(text).iter().any(|hit| hit.kind == *kind);
        assert!(!same(short), "{kind}: {pattern} fits one character less");
        assert!(!same(&format!("x{token}")), "{kind}: {pattern} fits inside a word");
        let broken = token.replacen(format.keyword, &format.keyword.replace(char::is_alphanumeric, "!"), 1);
        assert!(!same(&broken), "{kind}: {pattern} fits without its keyword");
    }
}

#[test]
fn rows_are_sound() {
    let mut patterns = HashSet::new();
    for format in FORMATS {
        let Format { vendor, kind, keyword, pattern, source } = format;
        assert!(patterns.insert(pattern), "{pattern} twice");
        assert!(format.compiled().is_some(), "{pattern}");
        assert!(keyword.len() >= 2 && !vendor.is_empty(), "{kind}");
        assert!(kind.starts_with("a ") || kind.starts_with("an "), "{kind}");
        assert!(source.contains('.'), "{kind} has no source");
        assert!(!format.begins_with_keyword() || shortest(format).starts_with(keyword), "{kind}");
        assert!(shortest(format).contains(keyword), "{kind}: {keyword}");
    }
}

#[test]
fn keys_of_the_documentation_are_no_secrets() {
    let documented = format!("AKIA{}EXAMPLE", "IOSFODNN7");
    assert!(hits(&documented).is_empty());
}

#[test]
fn private_keys_and_tokens_of_several_parts() {
    for kind in ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "] {
        let key = format!("-----BEGIN {kind}PRIVATE KEY-----\nnot-a-key\n-----END {kind}PRIVATE KEY-----\n");
        assert_eq!(known(&key), Some(PRIVATE_KEY), "{kind}");
        let text = format!("x = <<EOF\n{key}EOF\n");
        assert_eq!(text.get(hits(&text)[0].range.clone()), Some("\nnot-a-key\n"), "{kind}");
    }
    let pgp = "-----BEGIN PGP PRIVATE KEY BLOCK-----\nnot-a-key";
    assert_eq!(pgp.get(hits(pgp)[0].range.clone()), Some("\nnot-a-key"));
    assert!(hits("-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----").is_empty());
    let part = "eyJub3RhcmVhbHRva2Vu";
    assert_eq!(known(&format!("{part}.{part}.notarealsignature")), Some(JWT));
    assert!(hits(&format!("{part}.{part}")).is_empty());
}
