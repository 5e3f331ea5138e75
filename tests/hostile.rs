//! Bad and hostile input ends in a finding or a clear error: never a panic, never a hang.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn run(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .current_dir(dir)
        .env_clear()
        .output()
        .unwrap()
}

fn write(dir: &Path, name: &str, content: impl AsRef<[u8]>) {
    let path = dir.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, content).unwrap();
}

/// A sane file beside the bad one: it must still be checked.
const SANE: &str = r#"resource "aws_cloudwatch_log_group" "kept" {
  name = "/app"
}
"#;

/// Runs `check` on a directory with one bad file; the report and the exit status.
fn check(name: &str, content: impl AsRef<[u8]>) -> (Value, Option<i32>) {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), name, content);
    write(dir.path(), "sane.tf", SANE);
    let output = run(dir.path(), &["check", "--format", "json", "--root", ".", "."]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!errors.contains("internal error"), "{name}: {errors}");
    let report: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{name}: {error}: {errors}"));
    let kept =
        report["findings"].as_array().unwrap().iter().any(|finding| finding["rule"] == "log-retention");
    assert!(kept, "{name}: the other file is no longer checked: {report}");
    (report, output.status.code())
}

fn has(report: &Value, rule: &str, file: &str) -> bool {
    report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .any(|finding| finding["rule"] == rule && finding["file"] == file)
}

const TASK: &str = r#"{"family": "web", "containerDefinitions": [{"name": "web", "image": "nginx:1.27", "#;

#[test]
fn truncated_json_is_a_finding_at_its_place() {
    let (report, code) = check("task.json", TASK);
    assert!(has(&report, "syntax-error", "task.json"), "{report}");
    assert_eq!(code, Some(1));
}

#[test]
fn invalid_utf8_is_a_finding() {
    let (report, _) = check("main.tf", b"resource \"aws_ecs_cluster\" \"a\" {\n  name = \"\xff\xfe\"\n}\n");
    assert!(has(&report, "syntax-error", "main.tf"), "{report}");
    let (report, _) = check(".github/workflows/x.yml", b"on: push\njobs:\n  a: \xff\n");
    assert!(has(&report, "syntax-error", ".github/workflows/x.yml"), "{report}");
}

#[test]
fn a_file_of_fifty_megabytes_is_not_read() {
    let mut text = String::from(TASK);
    text.push_str("\"memory\": 256}], \"x\": \"");
    text.push_str(&"a".repeat(50 * 1024 * 1024));
    text.push_str("\"}");
    let (report, _) = check("task.json", text);
    assert!(has(&report, "limit-reached", "task.json"), "{report}");
}

#[test]
fn deep_nesting_is_a_finding() {
    for (name, text) in [
        ("task.json", format!("{{\"family\": \"a\", \"containerDefinitions\": {}", "[".repeat(100_000))),
        ("deep.tf", format!("locals {{\n  x = {}{}\n}}\n", "[".repeat(100_000), "]".repeat(100_000))),
        ("call.tf", format!("locals {{\n  x = {}1{}\n}}\n", "abs(".repeat(50_000), ")".repeat(50_000))),
        ("minus.tf", format!("locals {{\n  x = {}1\n}}\n", "-".repeat(100_000))),
        ("not.tf", format!("locals {{\n  x = {}true\n}}\n", "!".repeat(100_000))),
        ("template.tf", format!("locals {{\n  x = {}1{}\n}}\n", "\"${".repeat(20_000), "}\"".repeat(20_000))),
        (".github/workflows/x.yml", format!("on: push\njobs: {}", "[".repeat(100_000))),
    ] {
        let (report, _) = check(name, text);
        assert!(
            has(&report, "limit-reached", name) || has(&report, "syntax-error", name),
            "{name}: {report}"
        );
    }
}

#[test]
fn a_yaml_alias_bomb_does_not_expand() {
    let mut text = String::from("on: push\nenv:\n  a0: &a0 [x, x]\n");
    for level in 1..60 {
        let before = level - 1;
        text.push_str(&format!("  a{level}: &a{level} [*a{before}, *a{before}, *a{before}, *a{before}]\n"));
    }
    text.push_str("jobs: {}\n");
    let (report, _) = check(".github/workflows/x.yml", text);
    assert!(has(&report, "limit-reached", ".github/workflows/x.yml"), "{report}");
}

#[test]
fn expressions_that_explode_reach_a_limit() {
    let doubling: String = (1..60)
        .map(|level| format!("  a{level} = \"${{local.a{0}}}${{local.a{0}}}\"\n", level - 1))
        .collect();
    let lists: String =
        (1..40).map(|level| format!("  b{level} = concat(local.b{0}, local.b{0})\n", level - 1)).collect();
    let text = format!(
        "locals {{\n  a0 = \"xx\"\n{doubling}  b0 = [1, 2]\n{lists}}}\n\
         resource \"aws_ecs_cluster\" \"a\" {{\n  name = local.a59\n}}\n\
         resource \"aws_ecs_cluster\" \"b\" {{\n  name = join(\",\", local.b39)\n}}\n\
         resource \"aws_ecs_cluster\" \"c\" {{\n  count = 1000000000\n  name = \"c\"\n}}\n\
         resource \"aws_ecs_cluster\" \"d\" {{\n  for_each = toset([for i in range(1000) : [for j in range(1000) : \"${{i}}${{j}}\"]]...)\n  name = \"d\"\n}}\n"
    );
    let (report, _) = check("main.tf", text);
    assert!(has(&report, "limit-reached", "main.tf"), "{report}");
}

/// Small texts that describe large values, each by another way.
#[test]
fn values_that_explode_reach_a_limit() {
    let doubled = |name: &str, start: &str, next: &str| {
        let levels = (1..40).map(|level| {
            format!("  {name}{level} = {}\n", next.replace('@', &format!("local.{name}{}", level - 1)))
        });
        format!("locals {{\n  {name}0 = {start}\n{}}}\n", levels.collect::<String>())
    };
    let big = "[for i in range(1000) : i]";
    for (what, text) in [
        ("tuples", doubled("a", "1", "[@, @]") + "output \"x\" {\n  value = jsonencode(local.a39)\n}\n"),
        ("objects", doubled("a", "{}", "{ x = @, y = @ }") + "output \"x\" {\n  value = local.a39 == local.a38\n}\n"),
        ("json", doubled("a", "\"\"", "jsonencode([@, @])")),
        ("empty text", doubled("a", "\"\"", "\"${@}${@}\"")),
        ("merge", doubled("a", "{}", "merge(@, { x = @, y = @ })")),
        ("flatten", doubled("a", "[1]", "flatten([@, @])")),
        ("setproduct", format!("locals {{\n  n = {big}\n  x = setproduct(local.n, local.n, local.n)\n}}\n")),
        ("wide setproduct", format!("locals {{\n  x = setproduct({big}, {})\n}}\n", vec!["[1]"; 500].join(", "))),
        ("nested for", format!("locals {{\n  n = {big}\n  x = [for a in local.n : [for b in local.n : [for c in local.n : c]]]\n}}\n")),
        ("keyed for", format!("locals {{\n  n = {big}\n  x = {{ for a in local.n : a => {{ for b in local.n : b => \"${{a}}\" }} }}\n}}\n")),
        ("template loop", format!("locals {{\n  n = {big}\n  x = \"%{{ for a in local.n }}%{{ for b in local.n }}${{\"\"}}%{{ endfor }}%{{ endfor }}\"\n}}\n")),
        ("format width", "locals {\n  x = format(\"%0999999999d\", 1)\n}\n".to_owned()),
        ("format precision", "locals {\n  x = format(\"%.999999999f\", 1)\n}\n".to_owned()),
        ("formatlist", format!("locals {{\n  x = formatlist(\"%9999s\", {big})\n}}\n")),
        ("join", doubled("a", "join(\"\", [for i in range(1000) : \"xxxxxxxxxx\"])", "join(\"\", [@, @, @, @])")),
        ("split", "locals {\n  x = split(\"\", format(\"%1000000s\", \"\"))\n}\n".to_owned()),
        ("regexall", "locals {\n  x = regexall(\".\", format(\"%1000000s\", \"\"))\n}\n".to_owned()),
        ("indent", "locals {\n  x = indent(999999999, \"a\\nb\")\n}\n".to_owned()),
        ("replace", doubled("a", "\"xx\"", "replace(@, \"x\", @)")),
        ("jsondecode", "locals {\n  x = jsondecode(\"[${join(\",\", [for i in range(1000) : join(\",\", [for j in range(1000) : 1])])}]\")\n}\n".to_owned()),
        ("yamldecode", format!("locals {{\n  x = yamldecode(\"a0: &a0 [1, 1]\\n{}\")\n}}\n",
            (1..40).map(|level| format!("a{level}: &a{level} [*a{0}, *a{0}]\\n", level - 1)).collect::<String>())),
        ("locals", format!("locals {{\n  n = {big}\n{}}}\n",
            (0..300).map(|at| format!("  x{at} = [for a in local.n : [for b in range(90) : \"${{a}}-${{b}}\"]]\n")).collect::<String>())),
        ("resources", (0..2000).map(|at| format!("resource \"aws_eip\" \"e{at}\" {{\n  count = 1000\n  tags = {{ Name = \"${{count.index}}\", A = \"a\", B = \"b\" }}\n}}\n")).collect()),
        ("dynamic", format!("locals {{\n  n = {big}\n}}\nresource \"aws_security_group\" \"a\" {{\n  dynamic \"ingress\" {{\n    for_each = local.n\n    content {{\n      dynamic \"x\" {{\n        for_each = local.n\n        content {{\n          dynamic \"y\" {{\n            for_each = local.n\n            content {{\n              z = 1\n            }}\n          }}\n        }}\n      }}\n    }}\n  }}\n}}\n")),
    ] {
        let (report, _) = check("main.tf", text);
        assert!(has(&report, "limit-reached", "main.tf"), "{what}: {report}");
    }
}

#[test]
fn modules_that_multiply_reach_a_limit() {
    let dir = tempfile::tempdir().unwrap();
    for level in 0..6 {
        let text = format!(
            "module \"next\" {{\n  source = \"../m{}\"\n  count = 1000\n}}\nresource \"aws_eip\" \"a\" {{\n  count = 1000\n}}\n",
            level + 1
        );
        write(dir.path(), &format!("m{level}/main.tf"), text);
    }
    write(dir.path(), "m6/main.tf", SANE);
    let output = run(dir.path(), &["check", "--format", "json", "--root", ".", "."]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let limits = report["findings"].as_array().unwrap().iter().filter(|f| f["rule"] == "limit-reached");
    assert!(limits.count() > 0, "{report}");
}

#[test]
fn circles_are_findings() {
    let (report, _) =
        check("main.tf", "locals {\n  a = local.b\n  b = local.a\n}\noutput \"x\" {\n  value = local.a\n}\n");
    assert!(has(&report, "reference-cycle", "main.tf"), "{report}");
    let (report, _) = check("main.tf", "module \"self\" {\n  source = \"./\"\n}\n");
    assert!(has(&report, "reference-cycle", "main.tf"), "{report}");
}

#[cfg(unix)]
#[test]
fn symbolic_links_neither_loop_nor_leave_the_root() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "secret.json", "{\"name\": \"outside-the-root\"}");
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "sane.tf", SANE);
    symlink(dir.path(), dir.path().join("loop")).unwrap();
    symlink(outside.path().join("secret.json"), dir.path().join("linked.json")).unwrap();
    write(
        dir.path(),
        "main.tf",
        format!(
            "output \"a\" {{\n  value = file(\"{}\")\n}}\noutput \"b\" {{\n  value = file(\"linked.json\")\n}}\n\
             output \"c\" {{\n  value = file(\"../../../../../../etc/passwd\")\n}}\noutput \"d\" {{\n  value = fileset(\"/etc\", \"*\")\n}}\n",
            outside.path().join("secret.json").display()
        ),
    );
    let output = run(dir.path(), &["check", "--format", "json", "--root", "."]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let shown = run(dir.path(), &["show", "--format", "json", "--root", "."]);
    let text = String::from_utf8_lossy(&shown.stdout).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(!text.contains("outside-the-root") && !text.contains("root:x:"), "{text}");
    let report: Value = serde_json::from_slice(&shown.stdout).unwrap();
    for name in ["a", "b", "c", "d"] {
        assert_eq!(report["outputs"][name]["value"], Value::Null, "{name}");
    }
}

#[test]
fn missing_paths_and_wrong_arguments_have_their_exit_status() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "sane.tf", SANE);
    let status = |arguments: &[&str]| run(dir.path(), arguments).status.code();
    assert_eq!(status(&["check", "nowhere"]), Some(3));
    assert_eq!(status(&["check", "--format", "no-such-format"]), Some(2));
    assert_eq!(status(&["check", "--config", "nowhere.yaml"]), Some(3));
    assert_eq!(status(&["explain", "no-such-rule"]), Some(2));
    assert_eq!(status(&["check", "--jobs", "0"]), Some(2));
    assert_eq!(status(&["--help"]), Some(0));
    write(dir.path(), "plimsoll.yaml", "regoin: eu-west-1\n");
    let output = run(dir.path(), &["check"]);
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(errors.contains("plimsoll.yaml:1") && errors.contains("region"), "{errors}");
}

#[test]
fn an_empty_directory_is_clean_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(dir.path(), &["check", "--root", "."]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stdout).contains("no Terraform"), "{output:?}");
}

#[cfg(unix)]
#[test]
fn an_unreadable_directory_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "sane.tf", SANE);
    write(dir.path(), "closed/main.tf", SANE);
    let closed = dir.path().join("closed");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    let reads_anyway = std::fs::read_dir(&closed).is_ok();
    let output = run(dir.path(), &["check", "--root", "."]);
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o755)).unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    // The superuser reads everything.
    assert!(reads_anyway || text.contains("closed"), "{text}");
}

#[test]
fn a_bare_cr_and_escapes_do_not_reach_the_terminal() {
    let (_, _) =
        check("main.tf", "resource \"aws_cloudwatch_log_group\" \"a\" {\n  name = \"/a\u{1b}[2J\"\n}\n");
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        "main.tf",
        "resource \"aws_cloudwatch_log_group\" \"a\u{1b}[31m\" { # \u{1b}[2J\n  name = \"/a\"\n}\n",
    );
    let output = run(dir.path(), &["check", "--root", "."]);
    assert!(!output.stdout.contains(&0x1b), "{}", String::from_utf8_lossy(&output.stdout));
}

/// Cutting real files anywhere, and flipping bytes in them, never ends in an internal error.
#[test]
fn mutilated_fixtures_never_panic() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let files = [
        "two-writers/infra/modules/service/main.tf",
        "two-writers/.github/workflows/deploy.yml",
        "laravel-api/ecs/api.json",
        "fastapi-mvp/plimsoll.yaml",
    ];
    for (number, name) in files.iter().enumerate() {
        let text = std::fs::read(root.join(name)).unwrap();
        for cut in 0..12 {
            let mut bytes = text.clone();
            if cut % 2 == 0 {
                bytes.truncate(text.len() * (cut + 1) / 13);
            } else {
                let at = (text.len() * (cut + number)) / 17 % text.len();
                bytes[at] ^= 0x15;
            }
            let dir = tempfile::tempdir().unwrap();
            let target = if name.ends_with(".yml") {
                ".github/workflows/deploy.yml"
            } else {
                name.rsplit('/').next().unwrap()
            };
            write(dir.path(), target, &bytes);
            for command in ["check", "cost"] {
                let output = run(dir.path(), &[command, "--root", "."]);
                let code = output.status.code();
                assert!(
                    matches!(code, Some(0..=2)),
                    "{name} cut {cut}: {code:?} {}",
                    String::from_utf8_lossy(&output.stderr)
                );
            }
        }
    }
}
