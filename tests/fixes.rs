//! Fixes on every bad example of every rule page, with both line endings: files still parse, what was fixed is gone,
//! no error is new, comments stay, a second run changes nothing. And `check --fix` as a user runs it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use rayon::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

#[derive(Deserialize)]
struct Page {
    id: String,
    fix: String,
    examples: Vec<Example>,
}

#[derive(Deserialize)]
struct Example {
    name: String,
    verdict: String,
    files: BTreeMap<String, String>,
    #[serde(default)]
    args: Vec<String>,
}

fn pages() -> Vec<Page> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let families = std::fs::read_dir(root).unwrap().map(|family| family.unwrap().path());
    let files = families.flat_map(|family| std::fs::read_dir(family).unwrap().map(|file| file.unwrap().path()));
    let mut files: Vec<_> = files.collect();
    files.sort();
    let prefix = std::env::var("PLIMSOLL_RULES").unwrap_or_default();
    let pages = files.iter().map(|file| serde_yaml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap());
    pages.filter(|page: &Page| page.id.starts_with(&prefix)).collect()
}

fn folder(files: &BTreeMap<String, String>, line_ending: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text.replace('\n', line_ending)).unwrap();
    }
    dir
}

fn run(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .arg("check")
        .args(["--as-of", "2026-11-20", "--root", "."])
        .args(arguments)
        .current_dir(dir)
        .env_clear()
        .output()
        .unwrap()
}

fn report(dir: &Path, arguments: &[&str]) -> Value {
    let output = run(dir, &[&["--format", "json", "--profile", "strict", "--fail-on", "never"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn contents(dir: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().to_string_lossy().into_owned();
                found.insert(name, std::fs::read_to_string(path).unwrap());
            }
        }
    }
    found
}

fn findings(report: &Value) -> impl Iterator<Item = &Value> {
    report["findings"].as_array().unwrap().iter()
}

/// Comments of a text, in order; what looks like one inside a string counts as well, before and after alike.
fn comments(text: &str) -> Vec<String> {
    let of_line = |line: &str| {
        let at = line.find('#').or_else(|| line.find("//"))?;
        Some(line.get(at..)?.trim_end().to_owned())
    };
    text.lines().filter_map(of_line).collect()
}

/// What is not fixed and rightly so: the right name shows that the task needs a role.
const REFUSED: [&str; 1] =
    ["not fixed: unknown-field at main.tf:6: it would cause execution-role-missing in aws_ecs_task_definition.web"];

/// What is wrong with the fixes of an example; empty when nothing is.
fn judge(page: &Page, example: &Example, line_ending: &str, used: &mut BTreeSet<String>) -> String {
    let mut wrong = String::new();
    let dir = folder(&example.files, line_ending);
    let args: Vec<&str> = example.args.iter().map(String::as_str).collect();
    let before = report(dir.path(), &args);
    let old = contents(dir.path());
    for finding in findings(&before).filter(|finding| !finding["fix"].is_null()) {
        let kind = finding["fix"]["applicability"].as_str().unwrap();
        used.insert(format!("{} {kind}", finding["rule"].as_str().unwrap()));
    }
    let output = run(dir.path(), &[&["--fix", "--unsafe-fixes", "--profile", "strict"], args.as_slice()].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let new = contents(dir.path());
    let after = report(dir.path(), &args);
    let refused: Vec<&str> = said.lines().filter(|line| line.starts_with("not fixed")).collect();
    for line in refused.iter().filter(|line| !REFUSED.iter().any(|known| line.starts_with(known))) {
        writeln!(wrong, "    {line}").unwrap();
    }
    for finding in findings(&after) {
        let is_refused = refused.iter().any(|line| line.contains(finding["rule"].as_str().unwrap()));
        if !finding["fix"].is_null() && !is_refused {
            writeln!(wrong, "    still fixable: {finding}").unwrap();
        }
        let is_new = !findings(&before).any(|old| {
            old["rule"] == finding["rule"]
                && old["resource"] == finding["resource"]
                && old["element"] == finding["element"]
        });
        if is_new && (finding["severity"] == "error" || finding["rule"] == "syntax-error") {
            writeln!(wrong, "    new: {finding}").unwrap();
        }
    }
    for (name, text) in &new {
        let was = &old[name];
        let breaks = |text: &str| text.matches('\n').count();
        if line_ending == "\r\n" && breaks(text) != text.matches("\r\n").count() {
            writeln!(wrong, "    {name} has mixed line endings:\n{text}").unwrap();
        }
        if line_ending == "\n" && text.contains('\r') {
            writeln!(wrong, "    {name} has carriage returns").unwrap();
        }
        let is_ignore = |line: &&String| line.contains("plimsoll: ignore") || line.contains("plimsoll:ignore");
        let kept = |text: &str| comments(text).iter().filter(|line| !is_ignore(line)).cloned().collect::<Vec<_>>();
        if kept(was) != kept(text) {
            writeln!(wrong, "    comments of {name} differ:\n{was}\n---\n{text}").unwrap();
        }
        if was.ends_with('\n') != text.ends_with('\n') {
            writeln!(wrong, "    the end of {name} differs").unwrap();
        }
    }
    run(dir.path(), &[&["--fix", "--unsafe-fixes", "--profile", "strict"], args.as_slice()].concat());
    if contents(dir.path()) != new {
        writeln!(wrong, "    a second run changes it again").unwrap();
    }
    if !wrong.is_empty() {
        wrong = format!("  {} / {} ({line_ending:?})\n{wrong}", page.id, example.name);
    }
    wrong
}

#[test]
fn every_fix_of_every_example_holds() {
    let pages = pages();
    let cases: Vec<(&Page, &Example, &str)> = pages
        .iter()
        .flat_map(|page| page.examples.iter().map(move |example| (page, example)))
        .filter(|(_, example)| example.verdict == "bad")
        .flat_map(|(page, example)| ["\n", "\r\n"].map(|ending| (page, example, ending)))
        .collect();
    let results: Vec<(String, BTreeSet<String>)> = cases
        .par_iter()
        .map(|(page, example, ending)| {
            let mut used = BTreeSet::new();
            (judge(page, example, ending, &mut used), used)
        })
        .collect();
    let failures: Vec<&str> =
        results.iter().map(|(wrong, _)| wrong.as_str()).filter(|wrong| !wrong.is_empty()).collect();
    assert!(failures.is_empty(), "{} of {} cases:\n{}", failures.len(), cases.len(), failures.join("\n"));
    // What a page promises is shown by an example somewhere; what it denies is never offered.
    let used: BTreeSet<&String> = results.iter().flat_map(|(_, used)| used).collect();
    let mut wrong = Vec::new();
    for page in &pages {
        let offers = |kind: &str| used.contains(&format!("{} {kind}", page.id));
        let holds = match page.fix.as_str() {
            "none" => !offers("safe") && !offers("unsafe"),
            "unsafe" => offers("unsafe") && !offers("safe"),
            _ => offers("safe"),
        };
        if !holds {
            wrong.push(format!("{} says fix: {}", page.id, page.fix));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
