//! `show`, `show --why` and `eval` run on a repository as a user has it: for people and as JSON.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

const MAIN: &str = r#"variable "image" {
  type = string
}

variable "replicas" {
  default = 2
}

variable "db_password" {
  default   = "not-a-real-password-1"
  sensitive = true
}

locals {
  full = "registry.example/${var.image}"
  size = var.replicas
}

resource "aws_ecs_task_definition" "web" {
  family = "web"
  cpu    = 256
  container_definitions = jsonencode([{
    name  = "web"
    image = local.full
  }])
}

resource "aws_ecs_service" "web" {
  for_each        = toset(["a", "b"])
  name            = each.key
  desired_count   = local.size
  task_definition = aws_ecs_task_definition.web.arn
}

resource "aws_cloudwatch_log_group" "many" {
  count = 5
  name  = "group-${count.index}"
}

output "image" {
  value = local.full
}

output "password" {
  value     = var.db_password
  sensitive = true
}
"#;

fn repository() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("repository");
    for (name, text) in [
        ("infra/main.tf", MAIN),
        ("infra/env/prod.tfvars", "image = \"web:1\"\n"),
        (
            "plimsoll.yaml",
            "environments:\n  prod:\n    var_files: [infra/env/prod.tfvars]\n    workspace: live\n",
        ),
    ] {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    std::fs::create_dir(root.join(".git")).unwrap();
    (folder, root)
}

struct Ran {
    status: i32,
    out: String,
    err: String,
}

fn run_with(dir: &Path, arguments: &[&str], input: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .current_dir(dir)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Ran {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn run(dir: &Path, arguments: &[&str]) -> Ran {
    run_with(dir, arguments, "")
}

fn json_of(dir: &Path, arguments: &[&str]) -> Value {
    let ran = run(dir, arguments);
    serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{arguments:?}: {}", ran.err))
}

fn assert_has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
}

#[test]
fn show_prints_resources_variables_and_what_would_decide_them() {
    let (_folder, root) = repository();
    let shown = run(&root, &["show", "infra"]);
    assert_eq!(shown.status, 0, "{}", shown.err);
    assert_has(
        &shown.out,
        &[
            "# root module infra\n",
            "aws_ecs_service.web[\"a\"]  # infra/main.tf:28\n",
            "  desired_count   = 2\n",
            "      image = \"registry.example/${(no value: var.image)}\"\n",
            "aws_cloudwatch_log_group.many[4]",
            "  password = (sensitive)\n",
            "# `var.image` has no value; to decide: --environment prod or --var image=…\n",
        ],
    );
    assert!(!shown.out.contains("not-a-real-password-1"));
    let json = json_of(&root, &["show", "infra", "--format", "json"]);
    assert_eq!(json["schema"], "plimsoll/show/1");
    assert_eq!(json["outputs"]["image"]["unknown"], json!([""]));
    assert_eq!(json["outputs"]["image"]["partial"][""]["prefix"], "registry.example/");
    assert_eq!(
        json["variables"]["image"]["causes"][""],
        json!([{"kind": "missing-variable", "name": "image", "decide_with": "--environment prod or --var image=…"}])
    );
    assert_eq!(json["outputs"]["password"], json!({"value": "(sensitive)", "sensitive": [""]}));
    // With the environment nothing is left to decide, and a flag wins over it.
    let shown = run(&root, &["show", "infra", "--environment", "prod"]);
    assert_has(&shown.out, &["image = \"registry.example/web:1\""]);
    assert!(!shown.out.contains("to decide"));
    let shown =
        run(&root, &["show", "infra", "--environment", "prod", "--var", "replicas=7", "aws_ecs_service"]);
    assert_has(&shown.out, &["aws_ecs_service.web[\"b\"]"]);
    assert!(!shown.out.contains("aws_ecs_task_definition.web  #"), "{}", shown.out);
    assert!(!shown.out.contains("desired_count   = 2"), "{}", shown.out);
}

#[test]
fn why_prints_the_chain_of_origins() {
    let (_folder, root) = repository();
    let address = "aws_ecs_service.web[\"a\"].desired_count";
    let why = run(&root, &["show", "infra", "--why", address]);
    assert_eq!(
        why.out,
        "aws_ecs_service.web[\"a\"].desired_count = 2\n\
         \x20 infra/main.tf:6  written as 2\n\
         \x20 infra/main.tf:16  read as var.replicas\n\
         \x20 infra/main.tf:31  read as local.size\n"
    );
    let json = json_of(&root, &["show", "infra", "--why", address, "--format", "json"]);
    assert_eq!(json["schema"], "plimsoll/why/1");
    assert_eq!(json["value"], json!({"value": 2}));
    let lines: Vec<u64> =
        json["chain"].as_array().unwrap().iter().map(|stop| stop["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [6, 16, 31]);
    assert_eq!(json["unknown"], json!([]));
    // Through the environment's var file, for an expression.
    let why = run(&root, &["show", "infra", "--environment", "prod", "--why", "local.full"]);
    assert_has(
        &why.out,
        &[
            "local.full = \"registry.example/web:1\"\n",
            "  with \"web:1\"\n    infra/env/prod.tfvars:1  written as \"web:1\"\n    infra/main.tf:15  read as var.image\n",
        ],
    );
    assert!(!why.out.contains("expression:"), "{}", why.out);
    let why = run(&root, &["show", "infra", "--why", "output.password"]);
    assert_has(&why.out, &["output.password = (sensitive)\n"]);
    assert!(!why.out.contains("not-a-real-password-1"));
}

#[test]
fn why_tells_the_cause_of_what_is_not_known() {
    let (_folder, root) = repository();
    let why = run(&root, &["show", "infra", "--why", "aws_ecs_task_definition.web.container_definitions"]);
    assert_has(
        &why.out,
        &[
            "  [0].image is not known: `var.image` has no value\n    to decide: --environment prod or --var image=…\n",
        ],
    );
    let address = "aws_ecs_service.web[\"b\"].task_definition";
    let why = run(&root, &["show", "infra", "--why", address]);
    assert_has(
        &why.out,
        &[
            "refers to aws_ecs_task_definition.web.arn, declared at infra/main.tf:19\n",
            "the value is not known: `aws_ecs_task_definition.web.arn` is known only after apply\n",
        ],
    );
    let json = json_of(&root, &["show", "infra", "--why", address, "--format", "json"]);
    assert_eq!(json["refers_to"]["address"], "aws_ecs_task_definition.web.arn");
    assert_eq!(json["refers_to"]["line"], 19);
    assert_eq!(json["unknown"][0]["kind"], "computed");
}

#[test]
fn addresses_that_lead_nowhere_say_what_was_meant() {
    let (_folder, root) = repository();
    for (address, status, words) in [
        ("aws_ecs_servce.web.desired_count", 2, "did you mean `aws_ecs_service.web"),
        ("aws_ecs_service.web.desired_count", 2, "did you mean `aws_ecs_service.web[\"a\"].desired_count`?"),
        ("aws_ecs_task_definition.wbe.cpu", 2, "did you mean `aws_ecs_task_definition.web.cpu`?"),
        ("aws_ecs_task_definition.web.cpus", 2, "did you mean `cpu`?"),
        ("aws_lb.main", 2, "`plimsoll show` lists what there is"),
        ("output.imgae", 2, "did you mean `image`?"),
        ("var.imgae", 1, "did you mean `var.image`?"),
        ("local.ful", 1, "did you mean `local.full`?"),
    ] {
        let why = run(&root, &["show", "infra", "--why", address]);
        assert_eq!(why.status, status, "{address}: {}", why.err);
        assert_has(&why.err, &[words]);
        assert!(why.out.is_empty());
    }
    let shown = run(&root, &["show", "infra", "aws_ecs_servce"]);
    assert_eq!(shown.status, 2);
}

#[test]
fn eval_answers_for_people_and_line_by_line() {
    let (_folder, root) = repository();
    let answer = run(&root, &["eval", "--in", "infra", "local.size + 1"]);
    assert_eq!((answer.status, answer.out.as_str()), (0, "3\n"));
    let answer = run(&root, &["eval", "--in", "infra", "local.full"]);
    assert_eq!(
        answer.out,
        "\"registry.example/${(no value: var.image)}\"\n\
         # `var.image` has no value; to decide: --environment prod or --var image=…\n"
    );
    let both = "\"${local.full} ${terraform.workspace}\"";
    let answer = run(&root, &["eval", "--in", "infra", "--environment", "prod", both]);
    assert_eq!(answer.out, "\"registry.example/web:1 live\"\n");
    let lines = run_with(&root, &["eval", "--in", "infra", "-"], "local.size\n\nlocal.full\nnope(1)\n");
    assert_eq!(lines.status, 0);
    let lines: Vec<Value> = lines.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0], json!({"value": 2}));
    assert_eq!(lines[1]["unknown"], json!([""]));
    assert!(lines[2]["error"].as_str().unwrap().contains("nope"));
    let refused = run(&root, &["eval", "--in", "infra", "nope(1)"]);
    assert_eq!(refused.status, 1);
}

#[test]
fn the_configuration_is_read_as_check_reads_it() {
    let (_folder, root) = repository();
    let symbolic = |shown: &Ran| shown.out.contains("aws_cloudwatch_log_group.many[*]");
    assert!(!symbolic(&run(&root, &["show", "infra"])));
    let mut config = std::fs::read_to_string(root.join("plimsoll.yaml")).unwrap();
    config.push_str("limits:\n  instances: 3\n");
    std::fs::write(root.join("plimsoll.yaml"), &config).unwrap();
    let shown = run(&root, &["show", "infra"]);
    assert!(symbolic(&shown), "{}", shown.out);
    assert_has(
        &shown.out,
        &["  # 5 of these", "more than 3 are not read (`limits.instances` in plimsoll.yaml)"],
    );
    let name = "aws_cloudwatch_log_group.many[1].name";
    let answer =
        |format: &[&str]| run(&root, &[&["eval", "--in", "infra", name] as &[&str], format].concat());
    assert_has(&answer(&[]).out, &["limit"]);
    config.push_str("colour: blue\n");
    std::fs::write(root.join("plimsoll.yaml"), &config).unwrap();
    for command in [&["show", "infra"] as &[&str], &["eval", "--in", "infra", "1"], &["check", "infra"]] {
        let ran = run(&root, command);
        assert_eq!(ran.status, 2, "{command:?}");
        assert_has(&ran.err, &["colour"]);
    }
}

#[test]
fn nothing_outside_the_boundary_is_looked_at() {
    let (folder, root) = repository();
    for (arguments, status) in [
        (vec!["show", "nowhere"], 3),
        (vec!["eval", "--in", "nowhere", "1"], 3),
        (vec!["show", "infra", "--root", "infra/env"], 3),
        (vec!["show", "infra", "--environment", "prodd"], 2),
    ] {
        let ran = run(&root, &arguments);
        assert_eq!(ran.status, status, "{arguments:?}: {}", ran.err);
    }
    std::fs::write(folder.path().join("outside.txt"), "beyond the root").unwrap();
    let answer = run(&root, &["eval", "--in", "infra", "file(\"../../outside.txt\")"]);
    assert!(!answer.out.contains("beyond the root"), "{}", answer.out);
}
