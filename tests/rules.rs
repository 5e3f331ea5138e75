//! Runs every example of every rule page through the binary. `PLIMSOLL_RULES=rds- cargo test --test rules`
//! runs only the rules whose id starts so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use rayon::prelude::*;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Page {
    id: String,
    family: String,
    title: String,
    severity: String,
    profile: String,
    stage: Option<BTreeMap<String, String>>,
    inputs: Vec<String>,
    fix: String,
    aliases: Vec<String>,
    links: Vec<String>,
    rationale: String,
    remediation: String,
    ignore_when: String,
    examples: Vec<Example>,
    #[serde(default)]
    check: Option<serde_yaml::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    name: String,
    verdict: Verdict,
    files: BTreeMap<String, String>,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    expect: Vec<Expected>,
    cause: Option<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Bad,
    Good,
    Undecided,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    file: String,
    line: u64,
    severity: Option<String>,
    message: String,
}

fn pages() -> Vec<(PathBuf, Page)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut files: Vec<PathBuf> = std::fs::read_dir(root)
        .unwrap()
        .flat_map(|family| std::fs::read_dir(family.unwrap().path()).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let page =
                serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path, page)
        })
        .collect()
}

fn check(example: &Example) -> Result<Value, String> {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in &example.files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args([
            "check",
            "--format",
            "json",
            "--profile",
            "strict",
            "--fail-on",
            "never",
            "--as-of",
            "2026-11-20",
        ])
        .args(["--root", "."])
        .args(&example.args)
        .current_dir(dir.path())
        .env_clear()
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    if output.status.code() != Some(0) {
        return Err(format!("exit {:?}: {errors}", output.status.code()));
    }
    serde_json::from_str(&text).map_err(|error| format!("no JSON ({error}): {text}{errors}"))
}

/// What is wrong with the example's outcome; empty when it is as written.
fn judge(page: &Page, example: &Example) -> String {
    let report = match check(example) {
        Ok(report) => report,
        Err(error) => return error,
    };
    let of_rule = |list: &str| -> Vec<Value> {
        let records = report[list].as_array().cloned().unwrap_or_default();
        records.into_iter().filter(|record| record["rule"] == *page.id).collect()
    };
    let (mut findings, undecided) = (of_rule("findings"), of_rule("undecided"));
    let mut wrong = String::new();
    for expected in &example.expect {
        let severity = expected.severity.as_deref().unwrap_or(&page.severity);
        let found = findings.iter().position(|finding| {
            finding["file"] == *expected.file
                && finding["line"] == expected.line
                && finding["severity"] == *severity
                && finding["message"].as_str().is_some_and(|message| message.contains(&expected.message))
        });
        match found {
            Some(at) => {
                findings.remove(at);
            }
            None => {
                let Expected { file, line, message, .. } = expected;
                writeln!(wrong, "    missing: {file}:{line} {severity} …{message}…").unwrap();
            }
        }
    }
    for finding in findings {
        writeln!(
            wrong,
            "    not expected: {}:{} {} {}",
            finding["file"], finding["line"], finding["severity"], finding["message"]
        )
        .unwrap();
    }
    match (&example.cause, example.verdict) {
        (Some(cause), Verdict::Undecided)
            if !undecided.iter().any(|record| record["cause"]["kind"] == **cause) =>
        {
            writeln!(wrong, "    not undecided because of {cause}: {undecided:?}").unwrap();
        }
        (None, Verdict::Undecided) => writeln!(wrong, "    the example names no cause").unwrap(),
        (_, Verdict::Good) if !undecided.is_empty() => {
            writeln!(wrong, "    undecided instead of good: {undecided:?}").unwrap();
        }
        _ => {}
    }
    wrong
}

#[test]
fn examples_come_out_as_written() {
    let prefix = std::env::var("PLIMSOLL_RULES").unwrap_or_default();
    let pages = pages();
    let chosen: Vec<_> = pages.iter().filter(|(_, page)| page.id.starts_with(&prefix)).collect();
    let count: usize = chosen.iter().map(|(_, page)| page.examples.len()).sum();
    let failures: Vec<String> = chosen
        .par_iter()
        .flat_map_iter(|(_, page)| page.examples.iter().map(move |example| (page, example)))
        .filter_map(|(page, example)| {
            let wrong = judge(page, example);
            (!wrong.is_empty()).then(|| format!("  {} / {}\n{wrong}", page.id, example.name))
        })
        .collect();
    assert!(failures.is_empty(), "{} of {count} examples differ:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn pages_are_complete() {
    for (path, page) in pages() {
        let of = |verdict| page.examples.iter().filter(|example| example.verdict == verdict).count();
        assert_eq!(path.file_stem().unwrap().to_str(), Some(&*page.id));
        assert_eq!(path.parent().unwrap().file_name().unwrap().to_str(), Some(&*page.family), "{}", page.id);
        assert!(of(Verdict::Bad) >= 2, "{} has fewer than two bad examples", page.id);
        assert!(of(Verdict::Good) >= 2, "{} has fewer than two good examples", page.id);
        for example in &page.examples {
            let expects = example.verdict == Verdict::Bad;
            assert_eq!(expects, !example.expect.is_empty(), "{} / {}", page.id, example.name);
        }
        for words in [&page.title, &page.rationale, &page.remediation, &page.ignore_when] {
            assert!(!words.trim().is_empty(), "{} lacks words", page.id);
        }
    }
}
