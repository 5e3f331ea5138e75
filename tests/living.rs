//! Living with findings: baselines and `--since` in real git repositories.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const PASSWORD: &str = "not-a-real-password-1";

const MAIN: &str = r#"provider "aws" {
  region = "eu-west-1"
}

resource "aws_cloudwatch_log_group" "app" {
  name = "app"
}

resource "aws_cloudwatch_log_group" "workers" {
  count = 2
  name  = "worker-${count.index}"
}

resource "aws_ecr_repository" "app" {
  name                 = "app"
  image_tag_mutability = "MUTABLE"
}

module "logs" {
  source = "../modules/logs"
  days   = 0
}
"#;

const MODULE: &str = r#"variable "days" {
  type = number
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "m"
  retention_in_days = 30
}
"#;

struct Repository {
    folder: TempDir,
}

impl Repository {
    fn new() -> Self {
        let repository = Self { folder: tempfile::tempdir().unwrap() };
        repository.git(&["init", "-q", "-b", "main"]);
        repository.put("infra/main.tf", MAIN);
        repository.put("modules/logs/main.tf", MODULE);
        repository.put("task.json", &task(&[("DB_PASSWORD", PASSWORD)]));
        repository.commit("first");
        repository
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    fn remove(&self, name: &str) {
        std::fs::remove_file(self.path().join(name)).unwrap();
    }

    fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{name}: {from}");
        self.put(name, &text.replace(from, to));
    }

    fn git(&self, arguments: &[&str]) -> String {
        git_in(self.path(), arguments)
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    fn run(&self, arguments: &[&str]) -> Output {
        run_in(self.path(), arguments)
    }

    /// The findings: rule, file, instances.
    fn check(&self, arguments: &[&str]) -> Vec<String> {
        check_in(self.path(), arguments)
    }
}

fn git_in(directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(directory)
        .args(["-c", "user.name=n", "-c", "user.email=n@example.com", "-c", "protocol.file.allow=always"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn run_in(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .current_dir(directory)
        .args(arguments)
        .args(["--as-of", "2026-11-20"])
        .output()
        .unwrap()
}

fn report_in(directory: &Path, arguments: &[&str]) -> Value {
    let output = run_in(directory, &[&["check", "--format", "json"], arguments].concat());
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn check_in(directory: &Path, arguments: &[&str]) -> Vec<String> {
    let report = report_in(directory, arguments);
    let findings = report["findings"].as_array().unwrap();
    let line = |finding: &Value| {
        let instances: Vec<&str> =
            finding["instances"].as_array().unwrap().iter().map(|of| of.as_str().unwrap()).collect();
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        format!("{} {} {}", text("rule"), text("file"), instances.join(" "))
    };
    findings.iter().map(line).collect()
}

fn task(environment: &[(&str, &str)]) -> String {
    let variables: Vec<String> = environment
        .iter()
        .map(|(name, value)| format!("      {{\"name\": \"{name}\", \"value\": \"{value}\"}}"))
        .collect();
    format!(
        "{{\n  \"family\": \"web\",\n  \"containerDefinitions\": [{{\n    \"name\": \"web\", \"image\": \"web:1.0.0\", \"memory\": 128,\n    \"environment\": [\n{}\n    ]\n  }}]\n}}\n",
        variables.join(",\n")
    )
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

const NONE: [&str; 0] = [];

fn group(name: &str) -> String {
    format!("resource \"aws_cloudwatch_log_group\" \"{name}\" {{\n  name = \"{name}\"\n}}\n")
}

#[test]
fn a_baseline_survives_moved_lines_renamed_files_and_reordered_resources() {
    let repository = Repository::new();
    assert!(!repository.check(&[]).is_empty());
    assert_eq!(repository.run(&["baseline", "create"]).status.code(), Some(0));
    let accepted = repository.read("plimsoll-baseline.json");
    let fingerprints = |report: &Value| {
        let mut all: Vec<String> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["fingerprint"].as_str().unwrap().to_owned())
            .collect();
        all.sort();
        all
    };
    let before = fingerprints(&report_in(repository.path(), &[]));

    let blocks: Vec<&str> = MAIN.split("\n\n").collect();
    let reordered: Vec<&str> = blocks.iter().rev().copied().collect();
    repository.put("infra/stack.tf", &format!("# moved\n\n{}\n", reordered.join("\n\n")));
    repository.remove("infra/main.tf");
    repository.put(
        "deploy/web.json",
        &repository.read("task.json").replace("{\n  \"family\"", "{\n\n\n  \"family\""),
    );
    repository.remove("task.json");

    let with = ["--baseline", "plimsoll-baseline.json"];
    assert_eq!(repository.check(&with), NONE);
    assert_eq!(fingerprints(&report_in(repository.path(), &[])), before);
    let below = repository.path().join("infra");
    assert_eq!(check_in(&below, &["--baseline", "../plimsoll-baseline.json"]), NONE);
    let suppressed = report_in(repository.path(), &with)["suppressed"].clone();
    assert!(suppressed.as_array().unwrap().iter().all(|record| record["by"] == "baseline"));
    // Written anew it names the new files, in the same order.
    assert_eq!(repository.run(&["baseline", "create", "--force"]).status.code(), Some(0));
    let anew = repository.read("plimsoll-baseline.json");
    assert_eq!(
        anew,
        accepted.replace("infra/main.tf", "infra/stack.tf").replace("task.json", "deploy/web.json")
    );
}

#[test]
fn a_baseline_is_reviewed_and_ratchets_down() {
    let repository = Repository::new();
    repository.run(&["baseline", "create"]);
    let refused = repository.run(&["baseline", "create"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("--update") && stderr(&refused).contains("--force"));

    repository.edit("infra/main.tf", "\"MUTABLE\"", "\"IMMUTABLE\"");
    repository.put("infra/new.tf", &group("new"));
    let with = ["--baseline", "plimsoll-baseline.json"];
    let new = ["log-retention infra/new.tf aws_cloudwatch_log_group.new"];
    assert_eq!(repository.check(&with), new);
    let check = repository.run(&["baseline", "check"]);
    assert_eq!(check.status.code(), Some(1));
    let words = stdout(&check);
    assert!(words.contains("infra/new.tf:1"), "{words}");
    assert!(
        words.contains("note: fixed: ecr-mutable-tags aws_ecr_repository.app (infra/main.tf)"),
        "{words}"
    );

    let shown = stdout(&repository.run(&["baseline", "show"]));
    assert!(shown.contains("  aws_ecr_repository.app (infra/main.tf): not found any more"), "{shown}");
    assert!(shown.ends_with("1 not found any more\n"), "{shown}");
    let json: Value =
        serde_json::from_slice(&repository.run(&["baseline", "show", "--format", "json"]).stdout).unwrap();
    let entry = |rule: &str| {
        json["entries"].as_array().unwrap().iter().find(|of| of["rule"] == rule).unwrap().clone()
    };
    assert_eq!(
        (&entry("ecr-mutable-tags")["found"], &entry("ecr-mutable-tags")["fixed"]),
        (&Value::from(0), &Value::from(1))
    );
    assert_eq!(entry("ecr-scan-on-push")["found"], 1);

    // It takes out what is fixed, and accepts nothing new.
    assert_eq!(repository.run(&["baseline", "create", "--update"]).status.code(), Some(0));
    assert!(!repository.read("plimsoll-baseline.json").contains("ecr-mutable-tags"));
    assert_eq!(repository.check(&with), new);
    assert!(!stdout(&repository.run(&["baseline", "check"])).contains("fixed"));
    repository.run(&["baseline", "create", "--force"]);
    assert_eq!(repository.run(&["baseline", "check"]).status.code(), Some(0));

    repository.edit("infra/new.tf", "name =", "retention_in_days = 7\n  name =");
    assert_eq!(repository.run(&["baseline", "check"]).status.code(), Some(0));
    assert_eq!(repository.run(&["baseline", "check", "--fail-on-fixed"]).status.code(), Some(1));
}

#[test]
fn what_a_run_does_not_look_at_stays_accepted() {
    let repository = Repository::new();
    repository.run(&["baseline", "create"]);
    let all = repository.read("plimsoll-baseline.json");
    assert_eq!(repository.run(&["baseline", "create", "--update", "task.json"]).status.code(), Some(0));
    assert_eq!(repository.read("plimsoll-baseline.json"), all);
    let check = stdout(&repository.run(&["baseline", "check", "modules"]));
    assert!(!check.contains("fixed"), "{check}");
    // Off or open is not fixed either.
    repository.put("plimsoll.yaml", "rules: {ecr-mutable-tags: off}\n");
    repository.edit("infra/main.tf", "name = \"app\"\n}\n\nresource \"aws_cloudwatch_log_group\" \"workers\"",
        "name = \"app\"\n  retention_in_days = var.days\n}\nvariable \"days\" {}\n\nresource \"aws_cloudwatch_log_group\" \"workers\"");
    let check = stdout(&repository.run(&["baseline", "check"]));
    assert!(!check.contains("fixed"), "{check}");
}

#[test]
fn what_has_no_name_but_its_file_is_followed_by_it() {
    let repository = Repository::new();
    repository.put("infra/broken.tf", "resource {{{\n");
    repository.run(&["baseline", "create"]);
    let with = ["--baseline", "plimsoll-baseline.json"];
    assert_eq!(repository.check(&with), NONE);
    repository.git(&["mv", "-f", "task.json", "renamed.json"]);
    std::fs::rename(repository.path().join("infra/broken.tf"), repository.path().join("infra/other.tf"))
        .unwrap();
    assert_eq!(repository.check(&with), NONE);
    // While the accepted file is there, another one is another thing.
    repository.run(&["baseline", "create", "--force"]);
    repository.put("infra/other.tf", "# mended\n");
    repository.put("infra/second.tf", "resource {{{\n");
    let found = repository.check(&with);
    assert!(!found.is_empty() && found.iter().all(|line| line.contains("infra/second.tf")), "{found:?}");
}

#[test]
fn another_variable_another_key_and_one_more_are_new() {
    let repository = Repository::new();
    repository.put("infra/each.tf", "resource \"aws_cloudwatch_log_group\" \"each\" {\n  for_each = toset([\"a\"])\n  name     = each.key\n}\n");
    repository.run(&["baseline", "create"]);
    let with = ["--baseline", "plimsoll-baseline.json"];
    repository.put("task.json", &task(&[("API_TOKEN", PASSWORD)]));
    repository.edit("infra/each.tf", "[\"a\"]", "[\"a\", \"b\"]");
    // Of what is counted there may be more.
    repository.edit("infra/main.tf", "count = 2", "count = 5");
    assert_eq!(
        repository.check(&with),
        [
            "log-retention infra/each.tf aws_cloudwatch_log_group.each[\"b\"]",
            "plaintext-secret-env task.json web"
        ]
    );
}

#[test]
fn a_baseline_holds_no_value() {
    let repository = Repository::new();
    repository.run(&["baseline", "create"]);
    let text = repository.read("plimsoll-baseline.json");
    assert!(text.contains("\"element\": \"container web, DB_PASSWORD\""), "{text}");
    assert!(!text.contains("not-a-real"), "{text}");
    let first = text.clone();
    // Another value gives the same file: there is no hash of it either.
    repository.put("task.json", &task(&[("DB_PASSWORD", "not-a-real-password-2")]));
    repository.run(&["baseline", "create", "--force"]);
    assert_eq!(repository.read("plimsoll-baseline.json"), first);
}

#[test]
fn a_configured_baseline() {
    let repository = Repository::new();
    repository.put("plimsoll.yaml", "baseline: ci/accepted.json\n");
    let missing = repository.run(&["check"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(stderr(&missing).contains("plimsoll.yaml:1") && stderr(&missing).contains("baseline create"));
    std::fs::create_dir(repository.path().join("ci")).unwrap();
    assert_eq!(repository.run(&["baseline", "create"]).status.code(), Some(0));
    assert_eq!(repository.check(&[]), NONE);
    assert_eq!(check_in(&repository.path().join("infra"), &[]), NONE);
    assert_eq!(repository.run(&[]).status.code(), Some(0), "the overview takes it too");
    // A stranger's own baseline is the author's ignore; one that is named is not.
    assert!(!repository.check(&["--no-ignores"]).is_empty());
    assert_eq!(repository.check(&["--no-ignores", "--baseline", "ci/accepted.json"]), NONE);
    assert_eq!(repository.run(&["cost"]).status.code(), Some(0));

    repository.put("plimsoll.yaml", "baseline: ../../accepted.json\n");
    for arguments in [&["check"][..], &["baseline", "create"], &["baseline", "show"]] {
        assert_eq!(repository.run(arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn baselines_that_are_none() {
    let repository = Repository::new();
    for (text, words) in
        [("[]", "no baseline"), ("{", "no JSON"), ("{\"schema\": \"plimsoll/baseline/9\"}", "baseline/9")]
    {
        repository.put("b.json", text);
        let output = repository.run(&["check", "--baseline", "b.json"]);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
        assert_eq!(
            repository.run(&["baseline", "create", "--update", "--baseline", "b.json"]).status.code(),
            Some(2)
        );
        assert_eq!(repository.read("b.json"), text, "an update never replaces what it cannot read");
    }
    assert_eq!(repository.run(&["check", "--baseline", "none.json"]).status.code(), Some(3));
    assert_eq!(repository.run(&["baseline", "show"]).status.code(), Some(3));
    assert_eq!(repository.run(&["baseline", "check"]).status.code(), Some(3));
}

#[test]
fn since_reports_what_is_new_and_what_was_touched() {
    let repository = Repository::new();
    assert_eq!(repository.check(&["--since", "HEAD"]), NONE);
    repository.edit("infra/main.tf", "provider \"aws\" {", "# a line more\n\nprovider \"aws\" {");
    repository.git(&["mv", "infra/main.tf", "infra/stack.tf"]);
    repository.git(&["mv", "task.json", "web.json"]);
    assert_eq!(repository.check(&["--since", "HEAD"]), NONE, "moved and renamed");
    // Touched: the value is another one, the finding was there.
    repository.edit("web.json", PASSWORD, "not-a-real-password-2");
    // New: a file that git does not know.
    repository.put("infra/new.tf", &group("new"));
    assert_eq!(
        repository.check(&["--since", "HEAD"]),
        ["log-retention infra/new.tf aws_cloudwatch_log_group.new", "plaintext-secret-env web.json web"]
    );
    let below = repository.path().join("infra");
    assert_eq!(
        check_in(&below, &["--since", "HEAD"]),
        ["log-retention new.tf aws_cloudwatch_log_group.new"],
        "from a subdirectory"
    );
    assert_eq!(repository.check(&["--since", "HEAD", "web.json"]), ["plaintext-secret-env web.json web"]);
    assert_eq!(repository.run(&["check", "--since", "HEAD", "modules"]).status.code(), Some(0));
    repository.commit("second");
    assert_eq!(repository.check(&["--since", "HEAD~1"]).len(), 2);
    assert_eq!(repository.check(&["--since", "main"]), NONE);
}

#[test]
fn since_finds_what_a_change_causes_elsewhere() {
    let repository = Repository::new();
    // The module begins to use what the caller always gave it: the cause stands in a file that did not change.
    repository.edit("modules/logs/main.tf", "retention_in_days = 30", "retention_in_days = var.days");
    assert_eq!(
        repository.check(&["--since", "HEAD"]),
        ["log-retention infra/main.tf module.logs.aws_cloudwatch_log_group.this"]
    );
    repository.commit("use it");
    assert_eq!(repository.check(&["--since", "HEAD~1"]).len(), 1);
    repository.edit("modules/logs/main.tf", "retention_in_days = var.days", "retention_in_days = 7");
    repository.commit("keep a week");
    // A line that is gone has no place; its resource has.
    repository.edit("modules/logs/main.tf", "  retention_in_days = 7\n", "");
    assert_eq!(
        repository.check(&["--since", "HEAD"]),
        ["log-retention modules/logs/main.tf module.logs.aws_cloudwatch_log_group.this"]
    );
    repository.commit("drop it");
    // A file that is gone.
    repository.put("infra/days.tf", "variable \"kept\" {\n  default = 0\n}\n\nresource \"aws_cloudwatch_log_group\" \"kept\" {\n  name              = \"k\"\n  retention_in_days = var.kept\n}\n");
    repository.put("infra/terraform.tfvars", "kept = 30\n");
    repository.commit("values");
    repository.remove("infra/terraform.tfvars");
    assert_eq!(
        repository.check(&["--since", "HEAD"]),
        ["log-retention infra/days.tf aws_cloudwatch_log_group.kept"]
    );
}

#[test]
fn since_takes_what_git_ignores_as_it_is() {
    let repository = Repository::new();
    repository.put(".gitignore", "*.tfvars\n");
    repository.put("infra/days.tf", "variable \"kept\" {\n  type = number\n}\n\nresource \"aws_cloudwatch_log_group\" \"kept\" {\n  name              = \"k\"\n  retention_in_days = var.kept\n}\n");
    repository.commit("variables");
    repository.put("infra/terraform.tfvars", "kept = 0\n");
    // Its values hold for both states: the change did not bring the finding.
    repository.put("infra/other.tf", "# nothing\n");
    assert!(repository.check(&[]).iter().any(|line| line.contains("aws_cloudwatch_log_group.kept")));
    assert_eq!(repository.check(&["--since", "HEAD"]), NONE);
}

#[test]
fn since_sees_ignores_and_severities_change() {
    let repository = Repository::new();
    repository.edit(
        "infra/main.tf",
        "resource \"aws_ecr_repository\"",
        "# plimsoll: ignore[ecr-mutable-tags]\nresource \"aws_ecr_repository\"",
    );
    repository.commit("ignore");
    repository.edit("infra/main.tf", "# plimsoll: ignore[ecr-mutable-tags]\n", "");
    assert_eq!(
        repository.check(&["--since", "HEAD"]),
        ["ecr-mutable-tags infra/main.tf aws_ecr_repository.app"]
    );

    repository.put("infra/db.tf", "resource \"aws_db_instance\" \"db\" {\n  engine              = \"postgres\"\n  deletion_protection = false\n  tags = {\n    Environment = \"dev\"\n  }\n}\n");
    repository.commit("database");
    repository.edit("infra/db.tf", "\"dev\"", "\"production\"");
    let found = repository.check(&["--since", "HEAD"]);
    assert!(found.iter().any(|line| line.starts_with("rds-no-deletion-protection")), "{found:?}");
}

#[test]
fn since_with_a_baseline_and_ignores() {
    let repository = Repository::new();
    repository.put("infra/a.tf", &group("accepted"));
    repository.run(&["baseline", "create"]);
    repository.remove("infra/a.tf");
    repository.commit("the baseline knows one finding more than the commit");
    repository.put("infra/a.tf", &group("accepted"));
    repository.put("infra/b.tf", &format!("# plimsoll: ignore[log-retention] short\n{}", group("ignored")));
    repository.put("infra/c.tf", &group("new"));
    let arguments = ["--since", "HEAD", "--baseline", "plimsoll-baseline.json"];
    assert_eq!(repository.check(&arguments), ["log-retention infra/c.tf aws_cloudwatch_log_group.new"]);
    let report = report_in(repository.path(), &arguments);
    let by: Vec<&str> = report["suppressed"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|record| record["file"] == "infra/a.tf" || record["file"] == "infra/b.tf")
        .map(|record| record["by"].as_str().unwrap())
        .collect();
    assert_eq!(by, ["baseline", "comment"]);
    assert_eq!(repository.check(&["--since", "HEAD", "--no-ignores"]).len(), 3);
}

#[test]
fn since_where_the_branch_left() {
    let repository = Repository::new();
    repository.git(&["checkout", "-q", "-b", "topic"]);
    repository.put("infra/topic.tf", &group("topic"));
    repository.commit("topic");
    repository.git(&["checkout", "-q", "main"]);
    repository.edit("infra/main.tf", "\"MUTABLE\"", "\"IMMUTABLE\"");
    repository.commit("main goes on");
    repository.git(&["checkout", "-q", "topic"]);
    assert_eq!(repository.check(&["--since", "main"]).len(), 2, "main fixed what the branch still has");
    let of_branch = ["log-retention infra/topic.tf aws_cloudwatch_log_group.topic"];
    assert_eq!(repository.check(&["--since", "main..."]), of_branch);
    assert_eq!(repository.check(&["--since", "main...topic"]), of_branch);
}

#[test]
fn since_names_what_is_wrong() {
    let repository = Repository::new();
    for revision in ["nope", "", "--all", "HEAD..HEAD", "HEAD:infra/main.tf"] {
        let output = repository.run(&["check", &format!("--since={revision}")]);
        assert_eq!(output.status.code(), Some(2), "{revision}");
        assert!(stderr(&output).contains("names no commit"), "{revision}: {}", stderr(&output));
    }
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("main.tf"), group("a")).unwrap();
    let output = run_in(outside.path(), &["check", "--since", "HEAD"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("no git repository"), "{}", stderr(&output));

    repository.put("infra/new.tf", &group("new"));
    repository.commit("second");
    let first = repository.git(&["rev-parse", "HEAD~1"]);
    let clones = tempfile::tempdir().unwrap();
    let url = format!("file://{}", repository.path().display());
    git_in(clones.path(), &["clone", "-q", "--depth=1", &url, "clone"]);
    let clone = clones.path().join("clone");
    assert_eq!(check_in(&clone, &["--since", "HEAD"]), NONE);
    let output = run_in(&clone, &["check", "--since", first.trim()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("shallow"), "{}", stderr(&output));
    git_in(&clone, &["fetch", "-q", "--depth=1", "origin", first.trim()]);
    assert_eq!(check_in(&clone, &["--since", first.trim()]).len(), 1);
}

#[test]
fn since_does_not_depend_on_settings_of_git_and_runs_nothing() {
    let repository = Repository::new();
    let mark = repository.path().join("ran");
    let program = repository.path().join("run.sh");
    std::fs::write(&program, format!("#!/bin/sh\ntouch {}\n", mark.display())).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let program = program.to_string_lossy().into_owned();
    for (key, value) in [
        ("diff.external", program.as_str()),
        ("diff.x.textconv", &program),
        ("diff.x.command", &program),
        ("core.fsmonitor", &program),
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("diff.context", "9"),
        ("diff.interHunkContext", "9"),
        ("diff.renames", "false"),
        ("diff.relative", "true"),
        ("color.ui", "always"),
    ] {
        repository.git(&["config", key, value]);
    }
    repository.put(".gitattributes", "*.tf diff=x\n*.json -diff\n");
    repository.put("infra/ü \"x\".tf", &group("odd"));
    // A commit that looks at the files itself would run the program.
    repository.git(&["-c", "core.fsmonitor=false", "add", "-A"]);
    repository.git(&["-c", "core.fsmonitor=false", "commit", "-q", "-m", "odd"]);
    let _ = std::fs::remove_file(&mark);
    repository.edit("infra/ü \"x\".tf", "name = \"odd\"", "name = \"odd\" # touched");
    repository.edit("infra/main.tf", "\"MUTABLE\"", "\"MUTABLE\" # touched");
    repository.edit("task.json", PASSWORD, "not-a-real-password-3");
    std::fs::rename(
        repository.path().join("modules/logs/main.tf"),
        repository.path().join("modules/logs/m.tf"),
    )
    .unwrap();
    let index = std::fs::read(repository.path().join(".git/index")).unwrap();
    assert_eq!(
        check_in(&repository.path().join("infra"), &["--since", "HEAD", ".."]),
        ["plaintext-secret-env ../task.json web", "ecr-mutable-tags main.tf aws_ecr_repository.app"]
    );
    assert!(!mark.exists(), "a program of the repository was run");
    assert_eq!(std::fs::read(repository.path().join(".git/index")).unwrap(), index, "the index was written");
}

#[test]
fn since_with_submodules_that_are_not_there() {
    let inner = Repository::new();
    let repository = Repository::new();
    repository.git(&["submodule", "--quiet", "add", inner.path().to_str().unwrap(), "vendor/inner"]);
    repository.commit("submodule");
    repository.git(&["submodule", "--quiet", "deinit", "-f", "vendor/inner"]);
    repository.put("infra/new.tf", &group("new"));
    assert_eq!(
        repository.check(&["--since", "HEAD"]),
        ["log-retention infra/new.tf aws_cloudwatch_log_group.new"]
    );
}
