//! Reads ignore comments: ours, and those of other tools. `tests/suppressions.tsv` lists the spellings.

use crate::syntax::comments::{Comment, Comments, Language};

/// An ignore as written in a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) ids: Vec<String>,
    pub(super) reason: Option<String>,
    pub(super) until: Option<String>,
    pub(super) place: Place,
    pub(super) foreign: bool,
    /// It holds only where this Terraform workspace is judged (`ws:` of Trivy).
    pub(super) workspace: Option<String>,
}

/// What a comment speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Its line, or the block on the next line.
    LineOrBlock,
    /// Only one line.
    Line,
    /// The outermost block around it.
    Around,
    /// The file, where no code stands before it.
    File,
}

/// What a comment turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Read {
    Ignore(Written),
    /// Looks like an ignore of ours, and silences nothing.
    Malformed(String),
}

/// Words after `plimsoll:` with which people mean an ignore.
const MEANT: [&str; 5] = ["ignore", "disable", "skip", "suppress", "nolint"];

/// Reads one comment; empty when it is no ignore.
pub(super) fn read(comment: &str) -> Vec<Read> {
    let mut found: Vec<Read> = own(comment.trim());
    found.extend(foreign(comment.trim()).into_iter().map(Read::Ignore));
    found
}

/// Ours stand at the start of a comment, or behind the marker of another one on the same line.
fn own(text: &str) -> Vec<Read> {
    const MARK: &str = "plimsoll:";
    let is_start = |at: &usize| {
        let before = text.get(..*at).unwrap_or_default().trim_end();
        before.is_empty() || before.ends_with(['#', '*']) || before.ends_with("//")
    };
    let starts: Vec<usize> = text.match_indices(MARK).map(|(at, _)| at).filter(is_start).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let parts = starts.iter().zip(ends).filter_map(|(start, end)| text.get(start + MARK.len()..end));
    parts.filter_map(own_one).collect()
}

/// `ignore[rule-id, …] reason until=2027-01-31`
fn own_one(text: &str) -> Option<Read> {
    let text = text.trim();
    let bracket = text.strip_prefix("ignore").and_then(|rest| rest.trim_start().strip_prefix('['));
    let Some((ids, rest)) = bracket.and_then(|list| list.split_once(']')) else {
        let word = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let is_meant = MEANT.iter().any(|meant| word.eq_ignore_ascii_case(meant));
        let shown: String = text.lines().next().unwrap_or_default().chars().take(60).collect();
        return is_meant.then(|| Read::Malformed(format!("plimsoll: {}", shown.trim_end())));
    };
    let ids = split_ids(ids);
    if ids.is_empty() {
        return Some(Read::Malformed("plimsoll: ignore[]".to_owned()));
    }
    let mut until = None;
    let mut reason = Vec::new();
    let mut words = rest.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let end = word.len().min("until".len());
        let (start, after) = (word.get(..end).unwrap_or(word), word.get(end..).unwrap_or_default());
        let is_date = start.eq_ignore_ascii_case("until")
            && (after.starts_with(['=', ':'])
                || (after.is_empty() && words.peek().is_some_and(|next| next.starts_with('='))));
        if !is_date {
            reason.push(word);
            continue;
        }
        // Only `until=2027-01-31` is a date; what is nearly one is told, or it would hold for ever.
        until = Some(match word.strip_prefix("until=") {
            Some(date) => date.trim_end_matches([',', ';', '.', ')']).to_owned(),
            None => std::iter::once(word).chain(words.next()).collect::<Vec<_>>().join(" "),
        });
    }
    let reason = reason.join(" ");
    Some(Read::Ignore(Written {
        ids,
        reason: Some(reason.trim_start_matches([':', '-', ' ']).to_owned()).filter(|text| !text.is_empty()),
        until,
        place: Place::LineOrBlock,
        foreign: false,
        workspace: None,
    }))
}

fn split_ids(ids: &str) -> Vec<String> {
    ids.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect()
}

fn foreign(text: &str) -> Vec<Written> {
    let mut found = checkov(text);
    found.extend(tflint(text));
    found.extend(kics(text));
    found.extend(trivy(text));
    found
}

fn written(ids: Vec<String>, place: Place) -> Written {
    Written { ids, reason: None, until: None, place, foreign: true, workspace: None }
}

/// `checkov:skip=CKV_AWS_51:reason`, anywhere in a comment inside the block
/// (<https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html>).
fn checkov(text: &str) -> Vec<Written> {
    let marks = ["checkov:skip=", "bridgecrew:skip="];
    let mut found = Vec::new();
    for mark in marks {
        for (at, _) in text.match_indices(mark) {
            let mut rest = text.get(at + mark.len()..).unwrap_or_default();
            let mut ids = Vec::new();
            loop {
                rest = rest.trim_start_matches([' ', ',']);
                let length =
                    rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                let (id, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
                if id.is_empty() {
                    break;
                }
                ids.push(id.to_owned());
                rest = after;
                if !rest.trim_start().starts_with(',') {
                    break;
                }
            }
            let reason = rest.strip_prefix(':').and_then(|reason| reason.lines().next()).unwrap_or_default();
            let reason = Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty());
            if !ids.is_empty() {
                found.push(Written { reason, ..written(ids, Place::Around) });
            }
        }
    }
    found
}

/// `tflint-ignore: rule_a, rule_b # reason`; `all` for every rule.
fn tflint(text: &str) -> Option<Written> {
    let (rest, place) = match text.strip_prefix("tflint-ignore-file:") {
        Some(rest) => (rest, Place::File),
        None => (text.strip_prefix("tflint-ignore:")?, Place::Line),
    };
    let (ids, reason) = rest.split_at_checked(rest.find(['#', '/', '*', '\n']).unwrap_or(rest.len()))?;
    let ids = split_ids(ids).into_iter().map(|id| if id == "all" { "tflint:*".to_owned() } else { id });
    let reason = Some(reason.trim_start_matches(['#', '/', '*', ' ']).trim().to_owned());
    Some(Written { reason: reason.filter(|reason| !reason.is_empty()), ..written(ids.collect(), place) })
}

/// `kics-scan ignore-line`, `ignore-block`, and at the start of a file `ignore` and `disable=ID,ID`.
fn kics(text: &str) -> Option<Written> {
    let rest = text.strip_prefix("kics-scan ")?.trim();
    let all = || vec!["kics:*".to_owned()];
    if let Some(ids) = rest.strip_prefix("disable=") {
        return Some(written(split_ids(ids), Place::File));
    }
    match rest {
        "ignore" => Some(written(all(), Place::File)),
        "ignore-line" => Some(written(all(), Place::Line)),
        "ignore-block" => Some(written(all(), Place::LineOrBlock)),
        _ => None,
    }
}

/// `trivy:ignore:ID:exp:2027-01-01:ws:prod`, several on one line, between other words; `tfsec:` likewise.
///
/// One with parameters (`ID[name=x]`) is for some resources only, and is not honoured.
fn trivy(text: &str) -> Vec<Written> {
    let mut found = Vec::new();
    for word in text.split_whitespace() {
        let word = word.trim_start_matches(['#', '/', '*']);
        let Some(rest) = word.strip_prefix("trivy:ignore:").or_else(|| word.strip_prefix("tfsec:ignore:"))
        else {
            continue;
        };
        let mut parts = rest.split(':');
        let id = parts.next().unwrap_or_default();
        if id.is_empty() || id.contains('[') {
            continue;
        }
        let id = if id == "*" { "avd-*" } else { id };
        let mut ignore = written(vec![id.to_owned()], Place::LineOrBlock);
        while let Some(part) = parts.next() {
            match part {
                "exp" => ignore.until = Some(parts.next().unwrap_or_default().to_owned()),
                "ws" => ignore.workspace = parts.next().map(str::to_owned),
                _ => {}
            }
        }
        found.push(ignore);
    }
    found
}

/// Every ignore of a file with the lines (0-based) it covers.
pub(super) fn in_file(text: &str, language: Language) -> Vec<(Read, Comment, std::ops::Range<usize>)> {
    // A file without the words has no such comment; most files end here.
    const WORDS: [&str; 6] =
        ["plimsoll:", "checkov:skip", "bridgecrew:skip", "ignore:", "tflint-ignore", "kics-scan"];
    if !WORDS.iter().any(|word| text.contains(word)) {
        return Vec::new();
    }
    let comments = Comments::read(text, language);
    let mut found = Vec::new();
    for comment in &comments.comments {
        for read in read(&comment.text) {
            let lines = match &read {
                Read::Malformed(_) => 0..0,
                Read::Ignore(written) => match written.place {
                    Place::LineOrBlock => comments.target(comment),
                    Place::Line => comments.target_line(comment),
                    Place::Around => comments.around(comment.line),
                    Place::File if comments.is_before_code(comment) => 0..usize::MAX,
                    Place::File => continue,
                },
            };
            found.push((read, comment.clone(), lines));
        }
    }
    found
}
