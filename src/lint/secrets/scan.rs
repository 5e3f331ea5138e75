//! Finds secrets in source text, whatever its language, so that they can be masked where text is shown.
//! Wider than the rules on purpose: hiding too much is harmless.

use std::ops::Range;

use super::formats;
use super::names::is_secret_name;
use super::values::{URL_PASSWORD, ValueClass, classify_strictly, url_password, value_class};

/// Byte ranges of what looks like a secret: known formats, passwords in URLs, and quoted or plain values
/// beside a name that announces a credential. Sorted, not overlapping.
#[must_use]
pub fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = formats::inside(text);
    // Each of the others has one of these before the secret.
    if text.bytes().any(assigns) {
        urls(text, &mut found);
        assignments(text, &mut found);
        pairs(text, &mut found);
    }
    merge(found)
}

/// Byte ranges of known formats and passwords in URLs: what is a secret whatever stands around it. Sorted, not
/// overlapping.
#[must_use]
pub fn find_formats(text: &str) -> Vec<Range<usize>> {
    let mut found = formats::inside(text);
    urls(text, &mut found);
    merge(found)
}

/// A credential in a text of some language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<'t> {
    /// The name it stands under; empty where there is none.
    pub name: &'t str,
    pub range: Range<usize>,
    /// What it is: `a GitHub OAuth token`.
    pub kind: &'static str,
}

/// Credentials written in a text: known formats, URLs with a password, assignments and options of commands whose name
/// and value agree. Narrower than [`find`]: this is for findings. In order, not overlapping.
#[must_use]
pub fn written(text: &str) -> Vec<Found<'_>> {
    let mut found: Vec<Found<'_>> = Vec::new();
    for hit in formats::hits(text) {
        found.push(Found { name: "", range: hit.range, kind: hit.kind });
    }
    urls_with_password(text, &mut found);
    named(text, &mut found);
    found.sort_by_key(|found| (found.range.start, std::cmp::Reverse(found.name.len())));
    let mut end = 0;
    found.retain(|found| {
        let is_new = found.range.start >= end;
        end = end.max(found.range.end);
        is_new
    });
    found
}

fn urls_with_password<'t>(text: &'t str, found: &mut Vec<Found<'t>>) {
    for (at, _) in text.match_indices("://") {
        let is_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let start = text.get(..at).map_or(at, |head| head.trim_end_matches(is_scheme).len());
        let rest = text.get(start..).unwrap_or_default();
        let ends = |c: char| c.is_whitespace() || "\"'`<>,;)\\".contains(c);
        let url = rest.get(..rest.find(ends).unwrap_or(rest.len())).unwrap_or_default();
        if value_class(url) == ValueClass::UrlPassword
            && let Some(range) = url_password(url)
        {
            let range = start + range.start..start + range.end;
            found.push(Found { name: "", range, kind: URL_PASSWORD });
        }
    }
}

/// `NAME=value`, `name: value`, `--name value` on one line that is no comment.
fn named<'t>(text: &'t str, found: &mut Vec<Found<'t>>) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let is_comment = ["#", "//", "*", "<!--"].iter().any(|sign| line.trim_start().starts_with(sign));
        let separators = line.match_indices(['=', ':', ' ']).filter(|_| !is_comment);
        for (at, separator) in separators {
            let Some(head) = line.get(..at) else { continue };
            let name = if separator == " " {
                let word = head.rsplit(' ').next().unwrap_or_default();
                let option = word.strip_prefix("--").unwrap_or_default();
                if option.contains('=') { "" } else { option }
            } else {
                name_before(head)
            };
            let name = name.trim_start_matches('-');
            if name.is_empty() || !is_secret_name(name) {
                continue;
            }
            // `==`, `:=`, `!=`, `::` compare or declare.
            let value = line.get(at + 1..).unwrap_or_default();
            if value.starts_with(['=', ':', '~'])
                || value.starts_with("//")
                || head.ends_with(['!', '=', ':', '<', '>'])
            {
                continue;
            }
            if let Some(range) = value_after(value)
                && let Some(value) = line.get(at + 1 + range.start..at + 1 + range.end)
                && !value.starts_with('-')
                && !is_expression(line, at + 1 + range.start, value)
                && let Some(secret) = classify_strictly(name, value)
            {
                let range = start + at + 1 + range.start..start + at + 1 + range.end;
                found.push(Found { name, range, kind: secret.kind });
            }
        }
        start += line.len();
    }
}

const fn assigns(byte: u8) -> bool {
    matches!(byte, b'=' | b':')
}

/// Where `word` stands. For short ones: the general search of the standard library takes longer to prepare than most
/// texts take to read.
fn places<'t>(text: &'t str, word: &'static str) -> impl Iterator<Item = usize> + 't {
    let bytes = text.as_bytes();
    bytes.windows(word.len()).enumerate().filter(move |(_, part)| *part == word.as_bytes()).map(|(at, _)| at)
}

fn urls(text: &str, found: &mut Vec<Range<usize>>) {
    for at in places(text, "://") {
        let start = text.get(..at).map_or(at, |head| {
            head.rfind(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c))
                .map_or(0, |before| before + 1)
        });
        let url = text.get(start..).unwrap_or_default();
        if let Some(range) = url_password(url) {
            let password = url.get(range.clone()).unwrap_or_default();
            if !password.starts_with("${") && !password.starts_with('$') {
                found.push(start + range.start..start + range.end);
            }
        }
    }
}

/// `NAME = "value"`, `"name": "value"`, `NAME=value`, `name: value` on one line.
fn assignments(text: &str, found: &mut Vec<Range<usize>>) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        for at in line.bytes().enumerate().filter_map(|(at, byte)| assigns(byte).then_some(at)) {
            let name = line.get(..at).map(name_before).unwrap_or_default();
            if name.is_empty() || !is_secret_name(name) {
                continue;
            }
            if let Some(value) = line.get(at + 1..).and_then(value_after)
                && let Some(text) = line.get(at + 1 + value.start..at + 1 + value.end)
                && value_class(text) != ValueClass::Harmless
                && !is_expression(line, at + 1 + value.start, text)
            {
                found.push(start + at + 1 + value.start..start + at + 1 + value.end);
            }
        }
        start += line.len();
    }
}

/// An unquoted reference or call, such as `var.password` or `random_password.db.result`.
fn is_expression(line: &str, start: usize, text: &str) -> bool {
    const ROOTS: [&str; 16] = [
        "var.",
        "local.",
        "module.",
        "data.",
        "each.",
        "self.",
        "aws_",
        "random_",
        "ephemeral.",
        "secrets.",
        "env.",
        "inputs.",
        "steps.",
        "needs.",
        "vars.",
        "github.",
    ];
    let quoted = line.get(..start).is_some_and(|head| head.ends_with(['"', '\'']));
    let is_call = || {
        let name: &str = text.split('(').next().unwrap_or_default();
        text.contains('(')
            && !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    !quoted && (ROOTS.iter().any(|root| text.starts_with(root)) || is_call())
}

/// The name that ends a text: identifier characters, in quotes or not.
fn name_before(head: &str) -> &str {
    let trimmed = head.trim_end().trim_end_matches(['"', '\'']);
    let start = trimmed.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-' && c != '.');
    trimmed.get(start.map_or(0, |at| at + 1)..).unwrap_or_default()
}

/// The value that starts a text: quoted, or up to white space or a separator.
fn value_after(rest: &str) -> Option<Range<usize>> {
    let start = rest.len() - rest.trim_start().len();
    let body = rest.get(start..)?;
    let quote = body.chars().next().filter(|c| matches!(c, '"' | '\''));
    let (from, length) = match quote {
        Some(quote) => {
            let inner = body.get(1..)?;
            let mut escaped = false;
            let end = inner.char_indices().find(|(_, c)| {
                let ends = *c == quote && !escaped;
                escaped = *c == '\\' && !escaped;
                ends
            });
            (start + 1, end.map_or(inner.trim_end().len(), |(at, _)| at))
        }
        None => {
            (start, body.find(|c: char| c.is_whitespace() || ",;\"'})]".contains(c)).unwrap_or(body.len()))
        }
    };
    (length > 0).then_some(from..from + length)
}

/// `{"name": "DB_PASSWORD", "value": "…"}` of ECS, over several lines and in either order.
fn pairs(text: &str, found: &mut Vec<Range<usize>>) {
    let word = "name";
    for at in places(text, word) {
        let Some(name) = text.get(at + word.len()..).and_then(after_key) else { continue };
        let name_at = at + word.len() + name.start;
        let Some(name_text) = text.get(name_at..name_at + name.len()) else { continue };
        if !is_secret_name(name_text) {
            continue;
        }
        let after = name_at + name.len();
        let object_end =
            text.get(after..).and_then(|rest| rest.find('}')).map_or(text.len(), |end| after + end);
        let object_start = text.get(..at).and_then(|head| head.rfind('{')).unwrap_or(0);
        let Some(object) = text.get(object_start..object_end) else { continue };
        for (key_at, key) in object.match_indices("value") {
            let Some(value) = object.get(key_at + key.len()..).and_then(after_key) else { continue };
            let start = object_start + key_at + key.len() + value.start;
            let range = start..start + value.len();
            let is_secret = |value: &str| {
                value_class(value) != ValueClass::Harmless && !is_expression(text, range.start, value)
            };
            if text.get(range.clone()).is_some_and(is_secret) {
                found.push(range);
            }
        }
    }
}

/// After a key: optional quote, `=` or `:`, then a value.
fn after_key(rest: &str) -> Option<Range<usize>> {
    let body = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
    let skipped = rest.len() - body.len();
    let trimmed = body.trim_start();
    let skipped = skipped + body.len() - trimmed.len();
    let value = trimmed.strip_prefix([':', '='])?;
    let range = value_after(value)?;
    Some(skipped + 1 + range.start..skipped + 1 + range.end)
}

fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(text: &str) -> Vec<&str> {
        find(text).into_iter().filter_map(|range| text.get(range)).collect()
    }

    #[test]
    fn secrets_are_found_in_any_language() {
        assert_eq!(hidden("  password = \"hunter2-not-real\" # x\n"), ["hunter2-not-real"]);
        assert_eq!(hidden("DB_PASSWORD: hunter2-not-real\n"), ["hunter2-not-real"]);
        assert_eq!(hidden("export API_TOKEN=hunter2-not-real; x"), ["hunter2-not-real"]);
        assert_eq!(
            hidden("{\"name\": \"DB_PASSWORD\",\n \"value\": \"hunter2-not-real\"}"),
            ["hunter2-not-real"]
        );
        assert_eq!(
            hidden("{\"value\": \"hunter2-not-real\", \"name\": \"DB_PASSWORD\"}"),
            ["hunter2-not-real"]
        );
        assert_eq!(hidden("{ name = \"DB_PASSWORD\", value = \"a\\\"b-not-real\" }"), ["a\\\"b-not-real"]);
        assert_eq!(hidden("url = \"postgres://a:hunter2@db/x\""), ["hunter2"]);
        assert_eq!(hidden("{ name = \"DB_PASSWORD\", value = var.db_password }"), Vec::<&str>::new());
        let expressions = "x = \"${var.password}\"\npassword = var.password\ntoken = jsondecode(x)\nsecret: ${{ secrets.X }}\n";
        assert_eq!(hidden(expressions), Vec::<&str>::new());
    }

    #[test]
    fn what_is_written_in_a_text_is_found_with_its_name() {
        let found = |text: &'static str| -> Vec<(&str, &str)> {
            written(text).into_iter().filter_map(|found| Some((found.name, text.get(found.range)?))).collect()
        };
        assert_eq!(found("export DB_PASSWORD=C0rrect-not-real\n"), [("DB_PASSWORD", "C0rrect-not-real")]);
        assert_eq!(found("psql --db-password C0rrect-not-real x"), [("db-password", "C0rrect-not-real")]);
        assert_eq!(found("run --token='9f-not-real-c41b7e'"), [("token", "9f-not-real-c41b7e")]);
        assert_eq!(found("curl https://u:n0t-real@host.example/"), [("", "n0t-real")]);
        for harmless in [
            "# DB_PASSWORD=C0rrect-not-real",
            "docker login --password-stdin registry.example.com",
            "TOKEN=$(get-token)",
            "password == C0rrect-not-real",
            "git -c credential.https://github.com.helper= push",
            "read --password $PASSWORD",
            "if (token != null) { use(token: String) }",
        ] {
            assert_eq!(found(harmless), [], "{harmless}");
        }
    }
}
