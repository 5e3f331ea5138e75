//! `plimsoll explain` of rules, resources, modules and values, and the rule book under `docs/rules/`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn plimsoll(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(arguments).current_dir(directory).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

const MAIN: &str = r#"provider "aws" {
  region = "eu-west-1"
}
variable "days" { type = number }
module "logs" {
  source = "./logs"
  days   = var.days
}
# plimsoll: ignore[log-retention] the auditors want them
resource "aws_cloudwatch_log_group" "kept" {
  name = "kept"
}
resource "aws_cloudwatch_log_group" "bad" {
  name = "bad"
}
resource "aws_cloudwatch_log_group" "good" {
  name              = "good"
  retention_in_days = 30
}
"#;
const MODULE: &str = r#"variable "days" { type = number }
resource "aws_cloudwatch_log_group" "open" {
  name              = "open"
  retention_in_days = var.days
}
"#;

fn repository() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("logs")).unwrap();
    fs::write(directory.path().join("main.tf"), MAIN).unwrap();
    fs::write(directory.path().join("logs/main.tf"), MODULE).unwrap();
    directory
}

#[test]
fn a_resource_is_told_with_its_evidence() {
    let directory = repository();
    let explain = |address: &str| {
        let output = plimsoll(directory.path(), &["explain", address, "--as-of", "2026-11-20"]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        text(&output)
    };
    for (address, expected) in [
        ("aws_cloudwatch_log_group.bad", &["Fails (1)", "[log-retention]", "main.tf:13:1"][..]),
        (
            "aws_cloudwatch_log_group.kept",
            &["Suppressed (1)", "log-retention: ", "(main.tf:10); by comment: the auditors want them"],
        ),
        (
            "aws_cloudwatch_log_group.good",
            &["main.tf:16, eu-west-1", "Passes (1)", "log-retention  main.tf:18"],
        ),
        (
            "module.logs.aws_cloudwatch_log_group.open",
            &["Undecided (1)", "log-retention: ", "var.days", "to decide: --var days=", "(logs/main.tf:4)"],
        ),
        // A module is everything in it.
        ("module.logs", &["module.logs.aws_cloudwatch_log_group.open  logs/main.tf:2", "Undecided (1)"]),
    ] {
        let said = explain(address);
        for words in expected {
            assert!(said.contains(words), "{address}: {words}\n{said}");
        }
        let others = ["good", "bad", "kept", "open"]
            .into_iter()
            .filter(|name| !said.starts_with(&format!("{address}  ")) || !address.ends_with(name));
        for other in others.filter(|_| !address.starts_with("module.")) {
            assert!(!said.contains(&format!("log_group.{other}")), "{address} tells of {other}\n{said}");
        }
        assert!(said.contains("Cost a month"), "{said}");
    }
}

#[test]
fn json_has_the_same_parts() {
    let directory = repository();
    let arguments = ["explain", "aws_cloudwatch_log_group.good", "--format", "json", "--as-of", "2026-11-20"];
    let json: serde_json::Value =
        serde_json::from_slice(&plimsoll(directory.path(), &arguments).stdout).unwrap();
    assert_eq!(json["schema"], "plimsoll/explain/1");
    assert_eq!(json["resources"][0]["line"], 16);
    assert_eq!(json["findings"]["summary"]["decided"], 1);
    assert_eq!(json["passed"][0]["rule"], "log-retention");
    assert_eq!(json["passed"][0]["line"], 18);
    assert_eq!(json["estimate"]["unpriced"][0]["address"], "aws_cloudwatch_log_group.good");
}

#[test]
fn a_value_is_followed_to_where_it_was_written() {
    let directory = repository();
    let said =
        text(&plimsoll(directory.path(), &["explain", "aws_cloudwatch_log_group.good.retention_in_days"]));
    assert!(said.contains("= 30") && said.contains("main.tf:18"), "{said}");
    let said = text(&plimsoll(
        directory.path(),
        &["explain", "module.logs.aws_cloudwatch_log_group.open.retention_in_days"],
    ));
    assert!(said.contains("is not known") && said.contains("days"), "{said}");
}

#[test]
fn a_topic_that_is_nothing_is_a_mistake_with_a_hint() {
    let directory = repository();
    for (topic, hint) in [
        ("log-retenton", "did you mean `log-retention`?"),
        ("aws_cloudwatch_log_group.god", "did you mean `aws_cloudwatch_log_group.good`?"),
    ] {
        let output = plimsoll(directory.path(), &["explain", topic]);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains(hint), "{topic}");
    }
}

/// `docs/rules/` is what `plimsoll rules --format markdown --output docs/rules` makes today.
#[test]
fn the_rule_book_is_up_to_date() {
    let directory = tempfile::tempdir().unwrap();
    let made = directory.path().join("book");
    let output =
        plimsoll(directory.path(), &["rules", "--format", "markdown", "--output", made.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules");
    let names = |dir: &Path| -> Vec<PathBuf> {
        let mut names: Vec<PathBuf> =
            fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into()).collect();
        names.sort();
        names
    };
    let how = "run `cargo run -- rules --format markdown --output docs/rules`";
    assert_eq!(names(&made), names(&kept), "{how}");
    for name in names(&made) {
        let (new, old) =
            (fs::read_to_string(made.join(&name)).unwrap(), fs::read_to_string(kept.join(&name)).unwrap());
        assert!(new == old, "{}: {how}", name.display());
    }
}
