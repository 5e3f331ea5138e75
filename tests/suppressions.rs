//! Which comments and entries silence which findings, told by the binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn put(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// What `check` reports of the files.
fn check(root: &Path, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .current_dir(root)
        .args(["check", "--format", "json", "--as-of", "2026-11-20"])
        .args(arguments)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    for (name, text) in files {
        put(folder.path(), name, text);
    }
    folder
}

fn texts<'a>(report: &'a Value, list: &str, key: &str) -> Vec<&'a str> {
    report[list].as_array().unwrap().iter().map(|record| record[key].as_str().unwrap_or_default()).collect()
}

/// The Terraform of a row, with the comment at its place.
fn written(place: &str, comment: &str) -> (String, &'static str) {
    let (kind, place) = place.split_once(' ').unwrap();
    let at = |name: &str| if name == place { comment } else { "" };
    let (rule, header, argument) = match kind {
        "ecr" => ("ecr-mutable-tags", "\"aws_ecr_repository\" \"r\"", "image_tag_mutability = \"MUTABLE\""),
        "db" => (
            "rds-plaintext-password",
            "\"aws_db_instance\" \"r\"",
            "password             = \"not-a-real-password-1\"",
        ),
        other => panic!("{other}"),
    };
    let places = [
        "file-start",
        "above-block",
        "on-header",
        "inside",
        "on-name",
        "above-line",
        "on-line",
        "after-block",
    ];
    assert!(places.contains(&place), "{place}");
    let text = format!(
        "{}\nprovider \"aws\" {{}}\n\n{}\nresource {header} {{ {}\n  {}\n  tags = {{ name = \"r\" }} {}\n  {}\n  {argument} {}\n}}\n{}\n",
        at("file-start"),
        at("above-block"),
        at("on-header"),
        at("inside"),
        at("on-name"),
        at("above-line"),
        at("on-line"),
        at("after-block"),
    );
    (text, rule)
}

#[test]
fn accepted_and_rejected_spellings() {
    let table = include_str!("suppressions/spellings.tsv");
    let mut failures = Vec::new();
    let mut rows = 0;
    for row in table.lines().filter(|line| !line.starts_with('%')) {
        let [place, comment, by, further] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("{row}") };
        rows += 1;
        let (text, rule) = written(place, comment);
        let folder = folder(&[("main.tf", &text)]);
        let report = check(folder.path(), &[]);
        let suppressed =
            report["suppressed"].as_array().unwrap().iter().find(|record| record["rule"] == rule);
        let told = texts(&report, "findings", "rule");
        let found = suppressed.map_or("-", |record| record["by"].as_str().unwrap());
        let ignores: Vec<&str> = told.iter().copied().filter(|rule| rule.starts_with("ignore-")).collect();
        let expected: Vec<&str> = Some(further).filter(|rule| *rule != "-").into_iter().collect();
        if found != by || told.contains(&rule) != (by == "-") || ignores != expected {
            failures.push(format!("{place}: {comment}: silenced by {found}, told {told:?}"));
        }
        // Without the author's ignores everything is told, and nothing about them but what is wrong with them.
        let strict = check(folder.path(), &["--no-ignores"]);
        if !texts(&strict, "findings", "rule").contains(&rule)
            || strict["suppressed"] != Value::Array(Vec::new())
        {
            failures.push(format!("{place}: {comment}: silenced in spite of --no-ignores"));
        }
    }
    assert!(rows > 90, "{rows}");
    assert!(failures.is_empty(), "{} of {rows}:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn foreign_comments_can_be_left_out() {
    let (text, rule) = written("ecr inside", "# checkov:skip=CKV_AWS_51:agreed");
    let folder = folder(&[("main.tf", &text), ("plimsoll.yaml", "ignore: {foreign: false}\n")]);
    assert!(texts(&check(folder.path(), &[]), "findings", "rule").contains(&rule));
}

#[test]
fn a_workspace_of_trivy_is_that_of_the_run() {
    let (text, rule) = written("ecr above-block", "# trivy:ignore:AVD-AWS-0031:ws:production");
    let folder = folder(&[("main.tf", &text)]);
    let report = check(folder.path(), &["--workspace", "production"]);
    assert_eq!(texts(&report, "suppressed", "rule"), [rule]);
}

const ROOT: &str = r#"
variable "days" { #1
  default = 0 #2
}

locals {
  kept = var.days #3
}

module "a" { #4
  source = "./m"
  days   = local.kept #5
}

module "b" { #6
  source = "./m"
  days   = local.kept #7
}
"#;

const MODULE: &str = r#"
variable "days" { #8
  type = number
}

resource "aws_cloudwatch_log_group" "this" { #9
  name              = "x"
  retention_in_days = var.days #10
}
"#;

/// One cause reaches two instances: what an ignore at each place silences.
#[test]
fn an_ignore_silences_the_instances_it_is_on_the_way_to() {
    let a = "module.a.aws_cloudwatch_log_group.this";
    let b = "module.b.aws_cloudwatch_log_group.this";
    let cases: [(usize, &[&str]); 10] = [
        // The block of the variable, and the literal.
        (1, &[a, b]),
        (2, &[a, b]),
        // A related place of both.
        (3, &[a, b]),
        // The module call of one of them, and the argument in it.
        (4, &[a]),
        (5, &[a]),
        (6, &[b]),
        (7, &[b]),
        // The variable of the module is not on the way as reports show it; the argument is.
        (8, &[]),
        // The enclosing block, and the use in it.
        (9, &[a, b]),
        (10, &[a, b]),
    ];
    for (place, expected) in cases {
        let comment = "# plimsoll: ignore[log-retention] agreed";
        let with = |text: &str| {
            let lines = text.lines().map(|line| match line.rsplit_once(" #") {
                Some((code, number)) if number == place.to_string() => format!("{code} {comment}"),
                Some((code, _)) => code.to_owned(),
                None => line.to_owned(),
            });
            lines.collect::<Vec<_>>().join("\n") + "\n"
        };
        let folder = folder(&[("main.tf", &with(ROOT)), ("m/main.tf", &with(MODULE))]);
        let report = check(folder.path(), &[]);
        let of_rule = |finding: &&Value| finding["rule"] == "log-retention";
        let left: BTreeSet<&str> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(of_rule)
            .flat_map(|finding| finding["instances"].as_array().unwrap())
            .map(|address| address.as_str().unwrap())
            .collect();
        let all = BTreeSet::from([a, b]);
        let silenced: Vec<&str> = all.difference(&left).copied().collect();
        assert_eq!(silenced, expected, "place {place}: {report:#}");
        let suppressed = texts(&report, "suppressed", "reason");
        assert!(suppressed.iter().all(|reason| *reason == "agreed"));
        assert_eq!(suppressed.is_empty(), expected.is_empty());
    }
}

#[test]
fn what_is_left_does_not_point_at_what_is_silenced() {
    let root = ROOT.replace("module \"a\" {", "# plimsoll: ignore[log-retention]\nmodule \"a\" {");
    let folder = folder(&[("main.tf", &root), ("m/main.tf", MODULE)]);
    let report = check(folder.path(), &[]);
    let finding = &report["findings"][0];
    assert_eq!(finding["instances"].as_array().unwrap().len(), 1, "{finding:#}");
    let related: Vec<u64> = finding["related"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|place| place["file"] == "main.tf")
        .map(|place| place["line"].as_u64().unwrap())
        .collect();
    assert!(related.iter().all(|line| !(10..15).contains(line)), "{finding:#}");
}

#[test]
fn comments_in_workflows_heredocs_and_scripts() {
    let workflow = "\
on: push
jobs:
  # plimsoll: ignore[no-wait-for-stability] the smoke test waits
  one:
    runs-on: ubuntu-24.04
    steps:
      - run: aws ecs update-service --cluster c --service s --force-new-deployment
  two:
    runs-on: ubuntu-24.04
    steps:
      # plimsoll: ignore[no-wait-for-stability] likewise
      - run: |
          aws ecs update-service --cluster c --service s --force-new-deployment
  three:
    runs-on: ubuntu-24.04
    steps:
      - run: aws ecs update-service --cluster c --service s --force-new-deployment
";
    let main = "\
resource \"aws_ecs_task_definition\" \"t\" {
  family = \"t\"
  # plimsoll: ignore[image-tag-latest] the whole heredoc
  container_definitions = <<-EOF
    [{\"name\": \"a\", \"memory\": 128,
      \"image\": \"a:latest\"}]
  EOF
}
";
    let folder = folder(&[(".github/workflows/deploy.yml", workflow), ("main.tf", main)]);
    let report = check(folder.path(), &[]);
    let waits: Vec<&Value> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["rule"] == "no-wait-for-stability")
        .collect();
    assert_eq!(waits.len(), 1, "{report:#}");
    assert_eq!(waits[0]["line"], 17);
    assert!(!texts(&report, "findings", "rule").contains(&"image-tag-latest"), "{report:#}");
    assert!(texts(&report, "suppressed", "rule").contains(&"image-tag-latest"));
    assert!(!texts(&report, "findings", "rule").contains(&"ignore-unused"));
}

#[test]
fn entries_of_the_configuration_are_relative_to_it() {
    let definition =
        r#"{"family": "f", "containerDefinitions": [{"name": "a", "image": "a:latest", "memory": 128}]}"#;
    let configuration = "\
ignore:
  - {rule: image-tag-latest, path: app/task.json, reason: agreed, until: 2027-01-31}
  - {rule: missing-healthcheck, resource: f, reason: one process}
  - {rule: log-config-missing, path: other/*}
";
    let folder =
        folder(&[("plimsoll.yaml", configuration), ("app/task.json", definition), ("other/nothing.tf", "")]);
    for directory in ["", "app"] {
        let report = check(&folder.path().join(directory), &[]);
        assert_eq!(
            texts(&report, "suppressed", "rule"),
            ["missing-healthcheck", "image-tag-latest"],
            "{report:#}"
        );
        assert_eq!(texts(&report, "suppressed", "by"), ["config", "config"]);
        let reported = texts(&report, "findings", "rule");
        assert!(reported.contains(&"log-config-missing"), "{report:#}");
        // Only a run that looks at everything knows that an entry is of no use.
        assert_eq!(reported.contains(&"ignore-unused"), directory.is_empty());
    }
    let report = check(folder.path(), &["--as-of", "2027-02-01"]);
    let reported = texts(&report, "findings", "rule");
    assert!(reported.contains(&"ignore-expired") && reported.contains(&"image-tag-latest"), "{report:#}");
}

const LOGS: &str = "resource \"aws_cloudwatch_log_group\" \"a\" {\n  name = \"a\"\n}\n\n\
    resource \"aws_ecr_repository\" \"r\" {\n  name = \"r\"\n}\n";

fn severities(report: &Value, rule: &str) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == rule);
    let name = |finding: &Value| {
        format!("{} {}", finding["file"].as_str().unwrap(), finding["severity"].as_str().unwrap())
    };
    findings.map(name).collect()
}

#[test]
fn severities_by_path_stage_and_environment() {
    let configuration = "\
rules: {ecr-scan-on-push: off}
overrides:
  - paths: [examples/]
    rules: {all: off, ecr-scan-on-push: warning}
  - paths: [\"*/keep.tf\"]
    rules: {log-retention: info}
  - stage: production
    rules: {log-retention: error}
  - environment: \"dev*\"
    rules: {log-retention: off}
environments:
  prod: {stage: production}
  dev-1: {stage: non-production}
";
    let folder = folder(&[
        ("plimsoll.yaml", configuration),
        ("main.tf", LOGS),
        ("examples/a/main.tf", LOGS),
        ("examples/b/keep.tf", LOGS),
    ]);
    let report = check(folder.path(), &[]);
    assert_eq!(severities(&report, "log-retention"), ["examples/b/keep.tf info", "main.tf warning"]);
    assert_eq!(severities(&report, "ecr-mutable-tags"), ["main.tf warning"]);
    assert_eq!(
        severities(&report, "ecr-scan-on-push"),
        ["examples/a/main.tf warning", "examples/b/keep.tf warning"]
    );
    let production = check(folder.path(), &["--environment", "prod"]);
    assert_eq!(
        severities(&production, "log-retention"),
        ["examples/a/main.tf error", "examples/b/keep.tf error", "main.tf error"],
        "the last override that matches wins"
    );
    let development = check(folder.path(), &["--environment", "dev-1"]);
    assert_eq!(severities(&development, "log-retention"), [""; 0]);
    let below = check(&folder.path().join("examples"), &[]);
    assert_eq!(severities(&below, "ecr-mutable-tags"), [""; 0], "paths are relative to the configuration");
}

#[test]
fn an_override_opens_a_strict_rule_and_closes_undecided_checks() {
    let main = "variable \"image\" {}\nresource \"aws_ecs_task_definition\" \"t\" {\n  family = \"t\"\n  \
        container_definitions = jsonencode([{ name = \"a\", image = var.image, memory = 128 }])\n}\n";
    let plain = folder(&[("app/main.tf", main)]);
    let open = check(plain.path(), &[]);
    assert!(texts(&open, "undecided", "rule").contains(&"image-tag-latest"));
    put(plain.path(), "plimsoll.yaml", "overrides: [{paths: app/**, rules: {image-tag-latest: off}}]\n");
    let closed = check(plain.path(), &[]);
    assert!(!texts(&closed, "undecided", "rule").contains(&"image-tag-latest"));
}

#[test]
fn mistakes_in_overrides_end_the_run_with_their_place() {
    let folder =
        folder(&[("plimsoll.yaml", "overrides:\n  - paths: [a/]\n    rules: {log-retentoin: off}\n")]);
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .current_dir(folder.path())
        .arg("check")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(words.contains("plimsoll.yaml:3") && words.contains("did you mean `log-retention`"), "{words}");
}
