//! Reads ignore comments: ours, and those of other tools.

use crate::syntax::comments::{Comment, Comments, Language};

/// An ignore as written in a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) ids: Vec<String>,
    pub(super) reason: Option<String>,
    pub(super) until: Option<String>,
    pub(super) place: Place,
    pub(super) foreign: bool,
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
    File,
}

/// Reads one comment; empty when it is no ignore.
pub(super) fn read(comment: &str) -> Vec<Written> {
    let text = comment.trim();
    if let Some(rest) = text.strip_prefix("plimsoll:") {
        return own(rest).into_iter().collect();
    }
    foreign(text)
}

/// `ignore[rule-id, …] reason until=2027-01-31`
fn own(text: &str) -> Option<Written> {
    let list = text.trim_start().strip_prefix("ignore")?.trim_start().strip_prefix('[')?;
    let (ids, rest) = list.split_once(']')?;
    let mut until = None;
    let mut reason = Vec::new();
    for word in rest.split_whitespace() {
        match word.strip_prefix("until=") {
            Some(date) => until = Some(date.trim_end_matches([',', ';', '.']).to_owned()),
            None => reason.push(word),
        }
    }
    let reason = reason.join(" ");
    Some(Written {
        ids: split_ids(ids),
        reason: Some(reason.trim_start_matches([':', '-', ' ']).to_owned()).filter(|text| !text.is_empty()),
        until,
        place: Place::LineOrBlock,
        foreign: false,
    })
}

fn split_ids(ids: &str) -> Vec<String> {
    ids.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect()
}

fn foreign(text: &str) -> Vec<Written> {
    let written = |ids: Vec<String>, reason: &str, until: Option<String>, place| Written {
        ids,
        reason: Some(reason.trim().to_owned()).filter(|text| !text.is_empty()),
        until,
        place,
        foreign: true,
    };
    if let Some(rest) = text.strip_prefix("checkov:skip=").or_else(|| text.strip_prefix("bridgecrew:skip=")) {
        let (ids, reason) = rest.split_once(':').unwrap_or((rest, ""));
        return vec![written(split_ids(ids), reason, None, Place::Around)];
    }
    if let Some(rest) = text.strip_prefix("tflint-ignore:") {
        return vec![written(split_ids(rest), "", None, Place::Line)];
    }
    if let Some(rest) = text.strip_prefix("tflint-ignore-file:") {
        return vec![written(split_ids(rest), "", None, Place::File)];
    }
    if let Some(rest) = text.strip_prefix("kics-scan") {
        let command = rest.trim();
        let all = || vec!["kics:*".to_owned()];
        return match command.split_once('=') {
            Some(("disable", ids)) => vec![written(split_ids(ids), "", None, Place::File)],
            _ if command == "ignore" => vec![written(all(), "", None, Place::File)],
            _ if command == "ignore-line" => vec![written(all(), "", None, Place::Line)],
            _ if command == "ignore-block" => vec![written(all(), "", None, Place::LineOrBlock)],
            _ => Vec::new(),
        };
    }
    // `trivy:ignore:ID[attr=v]:exp:2027-01-01:ws:prod`, several on one line
    let mut found = Vec::new();
    for word in text.split_whitespace() {
        let Some(rest) = word.strip_prefix("trivy:ignore:").or_else(|| word.strip_prefix("tfsec:ignore:"))
        else {
            if found.is_empty() {
                return found;
            }
            continue;
        };
        let mut parts = rest.split(':');
        let id = parts.next().unwrap_or_default();
        let id = id.split_once('[').map_or(id, |(id, _)| id);
        let mut until = None;
        while let Some(part) = parts.next() {
            if part == "exp" {
                until = parts.next().map(str::to_owned);
            }
        }
        found.push(written(vec![id.to_owned()], "", until, Place::LineOrBlock));
    }
    found
}

/// Every ignore of a file with the lines (0-based) it covers.
pub(super) fn in_file(text: &str, language: Language) -> Vec<(Written, Comment, std::ops::Range<usize>)> {
    // A file without the words has no such comment; most files end here.
    const WORDS: [&str; 6] =
        ["plimsoll:", "checkov:skip", "bridgecrew:skip", "ignore:", "tflint-ignore", "kics-scan"];
    if !WORDS.iter().any(|word| text.contains(word)) {
        return Vec::new();
    }
    let comments = Comments::read(text, language);
    let mut found = Vec::new();
    for comment in &comments.comments {
        for written in read(&comment.text) {
            let lines = match written.place {
                Place::LineOrBlock => comments.target(comment),
                Place::Line => comments.target_line(comment),
                Place::Around => comments.outermost_block(comment.line),
                Place::File => 0..usize::MAX,
            };
            found.push((written, comment.clone(), lines));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn accepted_and_rejected_spellings() {
        let ids = |text: &str| read(text).into_iter().flat_map(|written| written.ids).collect::<Vec<_>>();
        let accepted: &[(&str, &[&str])] = &[
            ("plimsoll: ignore[a]", &["a"]),
            ("plimsoll: ignore[a, b-c] because", &["a", "b-c"]),
            ("plimsoll:ignore[a]: because until=2027-01-31", &["a"]),
            ("checkov:skip=CKV_AWS_51:reason here", &["CKV_AWS_51"]),
            ("checkov:skip=CKV_AWS_51,CKV_AWS_163", &["CKV_AWS_51", "CKV_AWS_163"]),
            ("trivy:ignore:AVD-AWS-0031", &["AVD-AWS-0031"]),
            ("trivy:ignore:AWS-0031[name=x]:exp:2027-01-01 trivy:ignore:AWS-0030", &["AWS-0031", "AWS-0030"]),
            ("tfsec:ignore:aws-ecr-enforce-immutable-repository", &["aws-ecr-enforce-immutable-repository"]),
            ("tflint-ignore: aws_x, aws_y", &["aws_x", "aws_y"]),
            ("kics-scan ignore-line", &["kics:*"]),
            ("kics-scan disable=abc,def", &["abc", "def"]),
        ];
        for (text, expected) in accepted {
            assert_eq!(ids(text), *expected, "{text}");
        }
        let rejected = [
            "plimsoll ignore[a]",
            "plimsoll: ignore a",
            "plimsoll: ignored[a",
            "checkov:skip",
            "kics-scan off",
            "see trivy:ignore:X",
        ];
        for text in rejected {
            assert_eq!(ids(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn reason_and_date_are_told_apart() {
        let written = &read("plimsoll: ignore[a] accepted by ops until=2027-01-31")[0];
        assert_eq!(written.reason.as_deref(), Some("accepted by ops"));
        assert_eq!(written.until.as_deref(), Some("2027-01-31"));
    }
}
