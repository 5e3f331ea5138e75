//! One repository with two environments, judged and priced by the binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

const CONFIGURATION: &str = "\
environments:
  prod:
    var_files: [env/prod.tfvars]
    workspace: live
  dev:
    var_files: [env/dev.tfvars]
";

const MAIN: &str = r#"
variable "image" {
  type = string
}

variable "retention" {
  type = number
}

variable "class" {
  type = string
}

variable "protected" {
  type = bool
}

provider "aws" {
  region = "eu-west-1"
}

resource "aws_cloudwatch_log_group" "app" {
  name              = "app"
  retention_in_days = var.retention
}

resource "aws_db_instance" "main" {
  identifier          = "app"
  engine              = "postgres"
  instance_class      = var.class
  allocated_storage   = 20
  storage_encrypted   = true
  deletion_protection = var.protected
}

resource "aws_ecs_task_definition" "app" {
  family                   = "app"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  container_definitions = jsonencode([{
    name      = "app"
    image     = var.image
    essential = true
  }])
}

output "workspace" {
  value = terraform.workspace
}
"#;

const PROD: &str =
    "image = \"registry.example/app:1.4.2\"\nretention = 30\nclass = \"db.r6g.large\"\nprotected = false\n";
const DEV: &str =
    "image = \"registry.example/app:latest\"\nretention = 0\nclass = \"db.t3.micro\"\nprotected = false\n";

fn put(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// The repository; without a configuration where that is empty.
fn repository(configuration: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::create_dir(root.join(".git")).unwrap();
    put(root, "main.tf", MAIN);
    put(root, "env/prod.tfvars", PROD);
    put(root, "env/dev.tfvars", DEV);
    put(root, "env/other.tfvars", "unrelated = 1\n");
    if !configuration.is_empty() {
        put(root, "plimsoll.yaml", configuration);
    }
    folder
}

struct Run {
    status: i32,
    out: String,
    err: String,
}

fn run(dir: &Path, arguments: &[&str]) -> Run {
    let output =
        Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(arguments).current_dir(dir).output().unwrap();
    Run {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn json(dir: &Path, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.extend(["--format", "json", "--as-of", "2026-11-20"]);
    let run = run(dir, &all);
    serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{arguments:?}: {}", run.err))
}

fn has(report: &Value, rule: &str) -> bool {
    report["findings"].as_array().unwrap().iter().any(|finding| finding["rule"] == rule)
}

fn finding<'r>(report: &'r Value, rule: &str) -> &'r Value {
    let mut findings = report["findings"].as_array().unwrap().iter();
    findings.find(|finding| finding["rule"] == rule).unwrap_or_else(|| panic!("no {rule}: {report}"))
}

fn notes(report: &Value) -> Vec<&str> {
    report["notes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn total(report: &Value) -> f64 {
    report["total"]["expected"].as_str().unwrap().parse().unwrap()
}

#[test]
fn environments_differ_in_findings_and_cost() {
    let folder = repository(CONFIGURATION);
    let (prod, dev) = (
        json(folder.path(), &["check", "--environment", "prod"]),
        json(folder.path(), &["check", "--environment", "dev"]),
    );
    assert!(!has(&prod, "image-tag-latest") && has(&dev, "image-tag-latest"));
    assert!(!has(&prod, "log-retention") && has(&dev, "log-retention"));
    assert_eq!(finding(&dev, "image-tag-latest")["file"], "env/dev.tfvars");
    assert_eq!((&prod["environment_name"], &dev["environment_name"]), (&"prod".into(), &"dev".into()));
    assert!(notes(&prod).contains(&"environment prod: env/prod.tfvars; workspace live"), "{prod}");
    let (prod, dev) = (
        json(folder.path(), &["cost", "--environment", "prod"]),
        json(folder.path(), &["cost", "--environment", "dev"]),
    );
    assert!(total(&prod) > 2.0 * total(&dev) && total(&dev) > 0.0, "{prod} {dev}");
    assert_eq!(prod["environment_name"], "prod");
    let human = run(folder.path(), &["check", "--environment", "dev"]).out;
    assert!(
        human.lines().last().unwrap().contains("; environment dev; ") || human.contains("environment dev;")
    );
}

#[test]
fn flags_win_over_the_environment() {
    let folder = repository(CONFIGURATION);
    put(folder.path(), "mine.tfvars", "image = \"registry.example/app:latest\"\n");
    let base = ["check", "--environment", "prod"];
    let with = |more: &[&str]| json(folder.path(), &[&base, more].concat());
    assert_eq!(finding(&with(&["--var-file", "mine.tfvars"]), "image-tag-latest")["file"], "mine.tfvars");
    assert!(has(&with(&["--var", "image=registry.example/app:latest"]), "image-tag-latest"));
    let last = ["--var-file", "mine.tfvars", "--var", "image=registry.example/app:1.0"];
    assert!(!has(&with(&last), "image-tag-latest"));
    let workspace = |more: &[&str]| {
        run(folder.path(), &[&["eval", "--environment", "prod"], more, &["terraform.workspace"]].concat()).out
    };
    assert_eq!(workspace(&[]).trim(), "\"live\"");
    assert_eq!(workspace(&["--workspace", "blue"]).trim(), "\"blue\"");
}

#[test]
fn the_environment_says_the_stage() {
    let folder = repository(CONFIGURATION);
    let rule = "rds-no-deletion-protection";
    let prod = json(folder.path(), &["check", "--environment", "prod"]);
    assert_eq!(finding(&prod, rule)["stage"], "production");
    assert_eq!(finding(&prod, rule)["stage_hint"], "environment prod");
    let flag = json(folder.path(), &["check", "--environment", "prod", "--stage", "non-production"]);
    assert!(!has(&flag, rule) || finding(&flag, rule)["stage"] == "non-production");

    let configuration = "environments: {blue: {var_files: env/dev.tfvars, stage: production}}\n";
    put(folder.path(), "plimsoll.yaml", configuration);
    let blue = json(folder.path(), &["check", "--environment", "blue"]);
    assert_eq!(finding(&blue, rule)["stage"], "production");
    assert_eq!(finding(&blue, rule)["stage_hint"], "environment blue in the configuration");
}

#[test]
fn wrong_names_and_files_are_refused() {
    let folder = repository(CONFIGURATION);
    for command in [&["check"][..], &["cost"], &["show"], &["eval", "1"], &[]] {
        let run = run(folder.path(), &[command, &["--environment", "prd"]].concat());
        assert_eq!(run.status, 2, "{}", run.err);
        assert!(run.err.contains("there is no environment `prd`; did you mean `prod`?"), "{}", run.err);
    }
    put(
        folder.path(),
        "plimsoll.yaml",
        "environments: {prod: {var_files: [env/prd.tfvars, ../out.tfvars]}}\n",
    );
    for command in ["check", "show"] {
        let run = run(folder.path(), &[command, "--environment", "prod"]);
        assert_eq!(run.status, 2, "{}", run.err);
        assert!(run.err.contains("`env/prd.tfvars` cannot be read: the file does not exist"), "{}", run.err);
        assert!(run.err.contains("leads outside the scanned root"), "{}", run.err);
        assert!(run.err.contains("plimsoll.yaml:1"), "{}", run.err);
    }
    std::fs::remove_file(folder.path().join("plimsoll.yaml")).unwrap();
    let run = run(folder.path(), &["check", "--environment", "prod"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("plimsoll.yaml names none"), "{}", run.err);
}

#[test]
fn var_files_that_would_decide_are_named_and_not_used() {
    let folder = repository("");
    let report = json(folder.path(), &["check"]);
    let open = report["undecided"].as_array().unwrap();
    let image = open.iter().find(|record| record["cause"]["name"] == "image").unwrap();
    assert_eq!(image["decide_with"], "--var-file env/dev.tfvars or env/prod.tfvars");
    let said = notes(&report);
    assert!(
        said.iter().any(|note| note.ends_with("pass --var-file env/dev.tfvars or env/prod.tfvars")),
        "{said:?}"
    );
    assert!(!has(&report, "image-tag-latest"));
    let human = run(folder.path(), &["check"]).out;
    assert!(human.contains("decide with --var-file env/dev.tfvars or env/prod.tfvars"), "{human}");

    put(folder.path(), "plimsoll.yaml", CONFIGURATION);
    let report = json(folder.path(), &["check"]);
    let open = report["undecided"].as_array().unwrap();
    let image = open.iter().find(|record| record["cause"]["name"] == "image").unwrap();
    assert_eq!(image["decide_with"], "--environment prod or dev");
    assert!(report.get("environment_name").is_none());
}

#[test]
fn only_roots_of_the_environment_are_judged() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::create_dir(root.join(".git")).unwrap();
    for (name, vars) in [("prod", PROD), ("dev", DEV)] {
        put(root, &format!("live/{name}/main.tf"), MAIN);
        put(root, &format!("live/{name}/terraform.tfvars"), vars);
    }
    put(root, "plimsoll.yaml", "environments: {prod: {roots: live/prod}, dev: {roots: ['*/dev']}}\n");
    let prod = json(root, &["check", "--environment", "prod"]);
    assert!(!has(&prod, "image-tag-latest"));
    assert!(notes(&prod).contains(&"not part of environment prod, and left out: live/dev"), "{prod}");
    let dev = json(root, &["check", "--environment", "dev"]);
    assert_eq!(finding(&dev, "image-tag-latest")["file"], "live/dev/terraform.tfvars");
    let run = run(root, &["show", "live/dev", "--environment", "prod"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("is not part of the environment `prod`"), "{}", run.err);
}

#[test]
fn var_files_are_found_in_folders_of_the_root_and_of_the_project() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::create_dir(root.join(".git")).unwrap();
    put(root, "infra/main.tf", MAIN);
    put(root, "infra/beside.tfvars", "image = \"a:1\"\n");
    put(root, "infra/envs/prod/values.tfvars.json", "{\"image\": \"a:2\"}");
    put(root, "vars/x.tfvars", "image = \"a:3\"\nretention = 1\n");
    put(root, "vars/broken.tfvars", "image = \n}}}\nretention = [\n");
    // The file of another root module, and one that is in use.
    put(root, "environments/other/main.tf", "output \"x\" {\n  value = 1\n}\n");
    put(root, "environments/other/o.tfvars", "image = \"a:4\"\n");
    put(root, "infra/own.auto.tfvars", "class = \"db.t3.micro\"\n");
    let report = json(root, &["check"]);
    let how = |report: &Value, name: &str| {
        let open = report["undecided"].as_array().unwrap();
        let record = open.iter().find(|record| record["cause"]["name"] == name).unwrap();
        record["decide_with"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        how(&report, "image"),
        "--var-file infra/beside.tfvars, infra/envs/prod/values.tfvars.json or vars/x.tfvars"
    );
    assert_eq!(how(&report, "retention"), "--var-file vars/x.tfvars");
    assert_eq!(how(&report, "protected"), "--var protected=… or --var-file");
    assert!(!has(&report, "syntax-error"), "{report}");
    let report = json(root, &["check", "--var-file", "infra/beside.tfvars"]);
    assert_eq!(how(&report, "retention"), "--var-file vars/x.tfvars");
}
