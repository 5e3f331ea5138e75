//! Users' rules through the binary: `rules test`, findings, suppression, mistakes with places, hostile rule files; and
//! through the library: every operator over known, partly known and unknown values.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use plimsoll::analysis::{Request, analyse};
use plimsoll::lint::{Decision, verdicts};
use plimsoll::terraform;
use serde_json::Value;

const SERVICE: &str = "\
resource \"aws_ecs_service\" \"api\" {
  name          = \"api\"
  desired_count = 1
}
";

const RULE: &str = "\
id: service-with-one-task
title: Service runs a single task
severity: warning
rationale: A single task is a single point of failure.
check:
  select: service
  require: {attribute: desired_count, operator: greater_than_or_equal, value: 2}
  message: 'desired_count is {desired_count}, in {address}'
  message_absent: desired_count is not written
  help: set it to 2
";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        put(folder.path(), name, text);
    }
    folder
}

fn put(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn plimsoll(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(args).current_dir(folder).env_clear().output().unwrap()
}

fn json(folder: &Path, args: &[&str]) -> Value {
    let output = plimsoll(folder, args);
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn of_rule(report: &Value, list: &str, rule: &str) -> Vec<Value> {
    let all = report[list].as_array().cloned().unwrap_or_default();
    all.into_iter().filter(|record| record["rule"] == rule).collect()
}

const CHECK: [&str; 6] = ["check", "--root", ".", "--format", "json", "--fail-on=never"];

#[test]
fn a_rule_reports_and_is_listed_explained_and_suppressed() {
    let folder = folder(&[(".plimsoll/rules/two.yaml", RULE), ("main.tf", SERVICE)]);
    let dir = folder.path();
    let found = of_rule(&json(dir, &CHECK), "findings", "service-with-one-task");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["message"], "desired_count is 1, in aws_ecs_service.api");
    assert_eq!((&found[0]["file"], &found[0]["line"]), (&Value::from("main.tf"), &Value::from(3)));
    assert_eq!(found[0]["help"], "set it to 2");

    std::fs::create_dir(dir.join(".git")).unwrap();
    let listed = json(dir, &["rules", "--format", "json"]);
    let own: Vec<_> = listed.as_array().unwrap().iter().filter(|rule| rule["family"] == "own").collect();
    assert_eq!(own.len(), 1);
    assert_eq!(own[0]["id"], "service-with-one-task");
    let page = text(&plimsoll(dir, &["explain", "service-with-one-task"]).stdout);
    assert!(page.contains("A single task is a single point of failure"), "{page}");
    let sarif = text(&plimsoll(dir, &["check", "--format", "sarif"]).stdout);
    assert!(sarif.contains("\"id\": \"service-with-one-task\""), "{sarif}");

    put(dir, "plimsoll.yaml", "rules: {service-with-one-task: error}\n");
    let found = of_rule(&json(dir, &CHECK), "findings", "service-with-one-task");
    assert_eq!(found[0]["severity"], "error");
    put(dir, "plimsoll.yaml", "rules: {service-with-one-task: off}\n");
    assert!(of_rule(&json(dir, &CHECK), "findings", "service-with-one-task").is_empty());
    std::fs::remove_file(dir.join("plimsoll.yaml")).unwrap();

    // What an example in a rule file shows is no ignore.
    let example = "examples:\n  - name: x\n    verdict: good\n    files:\n      main.tf: |\n        # plimsoll: \
                   ignore[nonsense] y\n";
    put(dir, ".plimsoll/rules/two.yaml", &format!("{RULE}{example}"));
    assert!(of_rule(&json(dir, &CHECK), "findings", "ignore-unknown-rule").is_empty());

    put(dir, "main.tf", &SERVICE.replace("= 1", "= 1 # plimsoll: ignore[service-with-one-task] a batch job"));
    let report = json(dir, &CHECK);
    assert!(of_rule(&report, "findings", "service-with-one-task").is_empty());
    assert_eq!(report["suppressed"][0]["reason"], "a batch job");
}

#[test]
fn a_rule_applies_to_every_input_kind() {
    let rule = RULE.replace("select: service", "select: container").replace(
        "require: {attribute: desired_count, operator: greater_than_or_equal, value: 2}",
        "forbid: {attribute: image, operator: starting_with, value: docker.io/}",
    );
    let rule = rule
        .replace("desired_count is {desired_count}, in {address}", "{name} runs {image} of {task.family}");
    let raw = r#"{"family": "web", "containerDefinitions": [{"name": "a", "image": "docker.io/x:1"}]}"#;
    let terraform = "\
resource \"aws_ecs_task_definition\" \"t\" {
  family = \"other\"
  container_definitions = jsonencode([{ name = \"b\", image = \"docker.io/y:1\" }])
}
";
    let folder =
        folder(&[(".plimsoll/rules/two.yaml", rule.as_str()), ("task.json", raw), ("main.tf", terraform)]);
    let found = of_rule(&json(folder.path(), &CHECK), "findings", "service-with-one-task");
    let messages: Vec<&str> = found.iter().map(|finding| finding["message"].as_str().unwrap()).collect();
    assert_eq!(messages, ["b runs docker.io/y:1 of other", "a runs docker.io/x:1 of web"]);
    assert_eq!(found[0]["element"], "container b");
}

#[test]
fn any_resource_can_be_asked_for_its_arguments() {
    let rule = "\
id: bucket-without-versions
title: Bucket keeps no versions
severity: info
check:
  - resource: aws_s3_bucket
    require:
      connected_to: aws_s3_bucket_versioning
      where: {attribute: versioning_configuration.status, operator: equals, value: Enabled}
    message: 'bucket {bucket} keeps no versions'
  - resource: aws_s3_bucket_lifecycle_configuration
    each: rule
    require: {attribute: expiration.days, operator: exists}
    message: 'rule {id} never expires'
";
    let main = "\
resource \"aws_s3_bucket\" \"a\" {
  bucket = \"a\"
}
resource \"aws_s3_bucket\" \"b\" {
  bucket = \"b\"
}
resource \"aws_s3_bucket\" \"c\" {
  bucket = \"c\"
}
variable \"status\" {}
resource \"aws_s3_bucket_versioning\" \"a\" {
  bucket = aws_s3_bucket.a.id
  versioning_configuration {
    status = \"Enabled\"
  }
}
resource \"aws_s3_bucket_versioning\" \"c\" {
  bucket = aws_s3_bucket.c.id
  versioning_configuration {
    status = var.status
  }
}
resource \"aws_s3_bucket_lifecycle_configuration\" \"a\" {
  bucket = aws_s3_bucket.a.id
  rule {
    id     = \"old\"
    status = \"Enabled\"
    expiration {
      days = 30
    }
  }
  rule {
    id     = \"rest\"
    status = \"Enabled\"
  }
}
";
    let folder = folder(&[(".plimsoll/rules/b.yml", rule), ("main.tf", main)]);
    let report = json(folder.path(), &CHECK);
    let found = of_rule(&report, "findings", "bucket-without-versions");
    let messages: Vec<&str> = found.iter().map(|finding| finding["message"].as_str().unwrap()).collect();
    assert_eq!(messages, ["rule rest never expires"], "{report:#}");
    assert_eq!(found[0]["element"], "rule 2");
    // Which bucket else the configuration with the unknown status might be about is clear: it names c.
    let open = of_rule(&report, "undecided", "bucket-without-versions");
    assert!(open.iter().any(|record| record["cause"]["name"] == "status"), "{open:#?}");
}

#[test]
fn examples_are_run() {
    let good = format!(
        "{RULE}examples:\n  - name: one task\n    verdict: bad\n    files:\n      main.tf: |\n{}    expect:\n      \
         - {{file: main.tf, line: 3, message: desired_count is 1}}\n",
        SERVICE.lines().map(|line| format!("        {line}\n")).collect::<String>()
    );
    let folder = folder(&[(".git/HEAD", ""), (".plimsoll/rules/deep/er/two.yaml", good.as_str())]);
    let output = plimsoll(folder.path(), &["rules", "test"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    assert!(shown.contains("ok      one task"), "{shown}");
    assert!(shown.ends_with("1 example of 1 rule: 1 passed, 0 failed\n"), "{shown}");

    put(folder.path(), "other/two.yaml", &good.replace("line: 3", "line: 2"));
    let output = plimsoll(folder.path(), &["rules", "test", "other"]);
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout);
    assert!(shown.contains("FAILED  one task"), "{shown}");
    assert!(shown.contains("missing: main.tf:2 warning: …desired_count is 1…"), "{shown}");
    assert!(
        shown.contains("not expected: main.tf:3 warning: desired_count is 1, in aws_ecs_service.api"),
        "{shown}"
    );

    let output = plimsoll(folder.path(), &["rules", "test", "nowhere"]);
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn a_rule_brings_its_fix() {
    let fix = "  fix: {set: desired_count, value: 2, applicability: safe}\n";
    let absent = "\nresource \"aws_ecs_service\" \"other\" {\n  name = \"other\"\n}\n";
    let container = RULE
        .replace("service-with-one-task", "writable-root")
        .replace("select: service", "select: container")
        .replace(
            "desired_count, operator: greater_than_or_equal, value: 2",
            "readonly_root, operator: is_true",
        )
        .replace("'desired_count is {desired_count}, in {address}'", "writable")
        + "  fix: {set: readonlyRootFilesystem, value: true}\n";
    let raw = "{\n  \"family\": \"web\",\n  \"containerDefinitions\": [\n    {\"name\": \"a\", \"image\": \"a:1\"}\n  ]\n}\n";
    let folder = folder(&[
        (".plimsoll/rules/two.yaml", &format!("{RULE}{fix}")),
        (".plimsoll/rules/root.yaml", &container),
        ("main.tf", &format!("{SERVICE}{absent}")),
        ("task.json", raw),
    ]);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    plimsoll(folder.path(), &["check", "--root", ".", "--fix"]);
    assert!(
        read("main.tf").contains("  name          = \"api\"\n  desired_count = 2\n"),
        "{}",
        read("main.tf")
    );
    assert_eq!(read("main.tf").matches("desired_count").count(), 2, "{}", read("main.tf"));
    assert!(!read("task.json").contains("readonlyRootFilesystem"));
    plimsoll(folder.path(), &["check", "--root", ".", "--fix", "--unsafe-fixes"]);
    assert!(read("task.json").contains("\"readonlyRootFilesystem\": true"), "{}", read("task.json"));
    let report = json(folder.path(), &CHECK);
    assert!(of_rule(&report, "findings", "service-with-one-task").is_empty());
    assert!(of_rule(&report, "findings", "writable-root").is_empty());
}

/// A replacement in [`RULE`], and what must be said of it, with the line.
const MISTAKES: &[(&str, &str, &str)] = &[
    (
        "select: service",
        "select: sevice",
        "two.yaml:6:11: there is no kind `sevice`: did you mean `service`?",
    ),
    ("select: service", "select: aws_ecs_service", "resource: aws_ecs_service"),
    (
        "attribute: desired_count",
        "attribute: desired_cuont",
        "two.yaml:7:24: a service has no attribute `desired_cuont`: did you mean `desired_count`?",
    ),
    ("operator: greater_than_or_equal", "operator: greater", "two.yaml:7:49: there is no operator `greater`"),
    (
        "operator: greater_than_or_equal",
        "operator: starting_with",
        "is a number, which `starting_with` cannot be asked of",
    ),
    ("value: 2", "value: two", "takes a number"),
    ("value: 2", "vlaue: 2", "unknown key `vlaue`"),
    ("value: 2}", "value: 2, cond_type: attribute}", "unknown key `cond_type`"),
    ("{desired_count}", "{desired}", "a service has no attribute `desired`"),
    ("{desired_count}", "{desired_count", "two.yaml:8:12: is no path"),
    ("{desired_count}", "}{desired_count}", "two.yaml:8:12: a brace in `message` is not closed or opened"),
    ("severity: warning", "severity: medium", "`severity` cannot be `medium`"),
    ("title: Service runs a single task\n", "", "a rule needs `title`"),
    ("id: service-with-one-task", "id: image-tag-latest", "a built-in rule is called `image-tag-latest`"),
    ("id: service-with-one-task", "id: Service One", "this is no id of a rule"),
    ("require:", "forbid: {all: []}\n  require:", "either `require` or `forbid`"),
    (
        "require: {attribute: desired_count, operator: greater_than_or_equal, value: 2}",
        "require: {all: []}",
        "the list of conditions is empty",
    ),
    (
        "{attribute: desired_count, operator: greater_than_or_equal, value: 2}",
        "{and: [{attribute: name, operator: exists}]}",
        "write `all`",
    ),
    (
        "{attribute: desired_count, operator: greater_than_or_equal, value: 2}",
        "{attribute: name, operator: regex_match, value: '(?=x)'}",
        "this is no regular expression",
    ),
    (
        "{attribute: desired_count, operator: greater_than_or_equal, value: 2}",
        "{attribute: name, operator: regex_match, value: '(((a{100}){100}){100})'}",
        "the regular expression is too large",
    ),
    (
        "{attribute: desired_count, operator: greater_than_or_equal, value: 2}",
        "{attribute: load_balancers.container_port, operator: equals, value: 80}",
        "write `*.container_port`",
    ),
    ("select: service", "resource: aws_sqs_queu", "did you mean `aws_sqs_queue`?"),
];

#[test]
fn mistakes_are_said_with_their_place() {
    let mut wrong = String::new();
    for (from, to, expected) in MISTAKES {
        assert!(RULE.contains(from), "{from}");
        let rule = RULE.replace(from, to);
        let folder = folder(&[(".plimsoll/rules/two.yaml", rule.as_str()), ("main.tf", SERVICE)]);
        let output = plimsoll(folder.path(), &["check", "--root", "."]);
        let errors = text(&output.stderr);
        // `message`, the place as `file:line:column`, `help: …`.
        let flat: Vec<&str> = errors.split_whitespace().collect();
        let flat = flat.join(" ");
        let (place, words) = match expected.split_once(": ") {
            Some((place, words)) if place.starts_with("two.yaml") => (place, words),
            _ => ("two.yaml:", *expected),
        };
        let parts: Vec<&str> = words.split(": did").collect();
        let is_said = flat.contains(place) && parts.iter().all(|part| flat.contains(part.trim()));
        if output.status.code() != Some(2) || !is_said {
            writeln!(wrong, "{to}\n  expected: {expected}\n  exit {:?}: {errors}", output.status.code())
                .unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn hostile_rules_do_no_harm() {
    let deep =
        format!("{}{{attribute: name, operator: exists}}{}", "{not: ".repeat(3_000), "}".repeat(3_000));
    let wide: String = (0..5_000).map(|_| "    - {attribute: name, operator: exists}\n").collect();
    let bomb = "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n\
                d: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e]\n";
    let huge = format!("{RULE}# {}\n", "x".repeat(300 * 1024));
    let condition = "{attribute: desired_count, operator: greater_than_or_equal, value: 2}";
    let cases = [
        RULE.replace(condition, &deep),
        RULE.replace(
            &format!("  require: {condition}\n"),
            &format!("  require:\n    all:\n{}", wide.replace("    -", "      -")),
        ),
        bomb.to_owned(),
        huge,
        "\u{0}\u{1}\u{feff}".to_owned(),
        "[".repeat(100_000),
        String::new(),
        "- 1\n- 2\n".to_owned(),
        format!("{RULE}examples: [{{name: x, verdict: good, files: {{'../../escape.tf': ''}}}}]\n"),
        RULE.replace(condition, "{attribute: name, operator: regex_match, value: 'x*\u{202e}('}"),
    ];
    for rule in cases {
        let folder = folder(&[(".plimsoll/rules/two.yaml", rule.as_str()), ("main.tf", SERVICE)]);
        let output = plimsoll(folder.path(), &["check", "--root", "."]);
        let start: String = rule.chars().take(120).collect();
        assert_eq!(output.status.code(), Some(2), "{start}: {}", text(&output.stderr));
        assert!(!text(&output.stderr).contains('\u{202e}'));
    }
}

#[test]
fn words_of_rules_carry_no_escapes_and_no_secrets() {
    let rule = "\
id: shown
title: \"a \\e[31m title\"
severity: error
check:
  - select: database
    require: {attribute: password, operator: starting_with, value: never}
    message: \"\\e[2J password {password}, engine {engine}\"
  - resource: aws_db_instance
    require: {attribute: password, operator: starting_with, value: never}
    message: 'raw {password} and {username}'
";
    let main = "\
variable \"user\" {
  default   = \"not-a-real-user-name-7\"
  sensitive = true
}
resource \"aws_db_instance\" \"db\" {
  engine   = \"postgres\"
  username = var.user
  password = \"not-a-real-password-1\"
}
";
    let folder = folder(&[(".plimsoll/rules/x.yaml", rule), ("main.tf", main)]);
    for format in ["human", "json", "sarif", "github", "gitlab", "junit", "checkstyle", "markdown", "ndjson"]
    {
        let output = plimsoll(folder.path(), &["check", "--root", ".", "--format", format, "--color=never"]);
        let shown = text(&output.stdout);
        assert!(shown.contains("engine postgres"), "{format}: {shown}");
        for hidden in ["not-a-real-password-1", "not-a-real-user-name-7", "\u{1b}[2J", "\u{1b}[31m"] {
            assert!(!shown.contains(hidden), "{format} shows {hidden:?}: {shown}");
        }
    }
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    for command in [&["explain", "shown"][..], &["rules"]] {
        assert!(!text(&plimsoll(folder.path(), command).stdout).contains("\u{1b}[31m"), "{command:?}");
    }
}

#[cfg(unix)]
#[test]
fn rules_outside_the_boundary_are_not_read() {
    let outside = folder(&[("secret/two.yaml", RULE)]);
    let inside = folder(&[("main.tf", SERVICE)]);
    std::fs::create_dir_all(inside.path().join(".plimsoll")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret"), inside.path().join(".plimsoll/rules")).unwrap();
    let report = json(inside.path(), &CHECK);
    assert!(of_rule(&report, "findings", "service-with-one-task").is_empty());

    std::fs::remove_file(inside.path().join(".plimsoll/rules")).unwrap();
    std::fs::create_dir_all(inside.path().join(".plimsoll/rules")).unwrap();
    let link = inside.path().join(".plimsoll/rules/two.yaml");
    std::os::unix::fs::symlink(outside.path().join("secret/two.yaml"), link).unwrap();
    let output = plimsoll(inside.path(), &["check", "--root", "."]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("cannot be read"), "{}", text(&output.stderr));
}

#[test]
fn a_trusted_configuration_brings_its_own_rules() {
    let stranger = RULE.replace("service-with-one-task", "of-the-stranger");
    let repository = folder(&[(".plimsoll/rules/own.yaml", stranger.as_str()), ("main.tf", SERVICE)]);
    let trusted = folder(&[
        ("plimsoll.yaml", "rule_paths: [more.yaml]\nrules: {second: error}\n"),
        (".plimsoll/rules/two.yaml", RULE),
        ("more.yaml", &RULE.replace("service-with-one-task", "second")),
    ]);
    let config = trusted.path().join("plimsoll.yaml");
    let mut args = CHECK.to_vec();
    args.extend(["--config", config.to_str().unwrap()]);
    let report = json(repository.path(), &args);
    assert_eq!(of_rule(&report, "findings", "service-with-one-task").len(), 1);
    assert_eq!(of_rule(&report, "findings", "second")[0]["severity"], "error");
    assert!(of_rule(&report, "findings", "of-the-stranger").is_empty());
    args.retain(|arg| !["--format", "json"].contains(arg));
    let shown = text(&plimsoll(repository.path(), &args).stdout);
    assert!(shown.contains(".plimsoll/rules are left out"), "{shown}");

    put(repository.path(), "plimsoll.yaml", "rule_paths: [../elsewhere]\n");
    let output = plimsoll(repository.path(), &["check", "--root", "."]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("there are no rules at `../elsewhere`"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn a_rule_that_multiplies_comes_to_an_end() {
    let mut condition = "{attribute: name, operator: equals, value: never}".to_owned();
    for depth in 0..12 {
        let kind = if depth % 2 == 0 { "service" } else { "cluster" };
        condition = format!("{{connected_to: {kind}, where: {condition}}}");
    }
    let rule = format!(
        "id: multiplies\ntitle: t\nseverity: error\ncheck:\n  select: service\n  forbid: {condition}\n  message: m\n"
    );
    let main = "resource \"aws_ecs_cluster\" \"c\" {\n  name = \"c\"\n}\nresource \"aws_ecs_service\" \"s\" {\n  \
                count   = 300\n  name    = \"s-${count.index}\"\n  cluster = aws_ecs_cluster.c.id\n}\n";
    let folder = folder(&[(".plimsoll/rules/x.yaml", rule.as_str()), ("main.tf", main)]);
    let open = of_rule(&json(folder.path(), &CHECK), "undecided", "multiplies");
    assert_eq!(open[0]["cause"]["kind"], "limit", "{open:?}");
}

/// Operators with a value, as rules write them, and what they say of each sample below.
const SAMPLES: [&str; 7] = ["\"prod-1\"", "\"\"", "\"PROD-1\"", "7", "true", "[\"a\", \"b\"]", "null"];
/// `y`es or `n`o for each sample.
const OPERATORS: &[(&str, &str, &str)] = &[
    ("exists", "", "yyyyyyn"),
    ("not_exists", "", "nnnnnny"),
    ("equals", "prod-1", "ynnnnnn"),
    ("equals", "7", "nnnynnn"),
    ("equals", "true", "nnnnynn"),
    ("not_equals", "prod-1", "nyyyyyy"),
    ("equals_ignore_case", "prod-1", "ynynnnn"),
    ("not_equals_ignore_case", "prod-1", "nynyyyy"),
    ("within", "[prod-1, 7]", "ynnynnn"),
    ("not_within", "[prod-1, 7]", "nyynyyy"),
    ("contains", "od", "ynnnnnn"),
    ("contains", "a", "nnnnnyn"),
    ("not_contains", "a", "yyyyyny"),
    ("starting_with", "prod", "ynnnnnn"),
    ("not_starting_with", "prod", "nyyyyyy"),
    ("ending_with", "-1", "ynynnnn"),
    ("not_ending_with", "-1", "nynyyyy"),
    ("regex_match", "'^[a-z]+-\\d$'", "ynnnnnn"),
    ("not_regex_match", "'^[a-z]+-\\d$'", "nyyyyyy"),
    ("greater_than", "6", "nnnynnn"),
    ("greater_than_or_equal", "7", "nnnynnn"),
    ("less_than", "7", "nnnnnnn"),
    ("less_than_or_equal", "7", "nnnynnn"),
    ("between", "[7, 9]", "nnnynnn"),
    ("not_between", "[7, 9]", "yyynyyy"),
    ("length_equals", "2", "nnnnnyn"),
    ("length_not_equals", "2", "yyyyyny"),
    ("length_greater_than", "1", "ynynyyn"),
    ("length_greater_than_or_equal", "6", "ynynnnn"),
    ("length_less_than", "2", "nynynny"),
    ("length_less_than_or_equal", "1", "nynynny"),
    ("is_empty", "", "nynnnny"),
    ("is_not_empty", "", "ynyyyyn"),
    ("is_true", "", "nnnnynn"),
    ("is_false", "", "nnnnnnn"),
    ("intersects", "[b, 7]", "nnnynyn"),
    ("not_intersects", "[b, 7]", "yyynyny"),
    ("subset", "[a, b, c]", "nnnnnyy"),
    ("not_subset", "[a, b, c]", "yyyyynn"),
];

/// What each rule says of `argument = value` in a type that no schema knows.
fn decisions(value: &str, more: &str) -> BTreeMap<usize, Decision> {
    let folder =
        folder(&[("main.tf", &format!("resource \"own_thing\" \"x\" {{\n  argument = {value}\n}}\n{more}"))]);
    for (at, (operator, operand, _)) in OPERATORS.iter().enumerate() {
        let operand = if operand.is_empty() { String::new() } else { format!(", value: {operand}") };
        let rule = format!(
            "id: rule-{at}\ntitle: t\nseverity: error\ncheck:\n  resource: own_thing\n  forbid: {{attribute: argument, \
             operator: {operator}{operand}}}\n  message: it is so\n"
        );
        put(folder.path(), &format!(".plimsoll/rules/{at}.yaml"), &rule);
    }
    let dir = folder.path().canonicalize().unwrap();
    let mut request = Request::new(dir.clone(), terraform::Options::default(), "2026-11-20".parse().unwrap());
    request.root = Some(dir);
    let analysis = analyse(&request).unwrap_or_else(|error| panic!("{error:?}"));
    verdicts(&analysis.deployment, &analysis.catalogue)
        .into_iter()
        .filter_map(|verdict| Some((verdict.rule.strip_prefix("rule-")?.parse().ok()?, verdict.decision)))
        .collect()
}

#[test]
fn every_operator_answers_as_documented_and_unknown_never_flips() {
    let schema = json(Path::new("."), &["schema", "rule"]);
    let known =
        schema["$defs"]["condition"]["oneOf"][1]["properties"]["operator"]["enum"].as_array().unwrap();
    for operator in known {
        assert!(OPERATORS.iter().any(|(name, ..)| operator == name), "{operator} is not tested");
    }
    let mut wrong = String::new();
    for (column, sample) in SAMPLES.iter().enumerate() {
        let plain = decisions(sample, "");
        let unknown = decisions("var.x", "variable \"x\" {}\n");
        // Whatever the condition turns out to be, the value is this one or another.
        let either = format!("var.c ? {sample} : {sample}");
        let same = decisions(&either, "variable \"c\" { type = bool }\n");
        for (at, (operator, operand, expected)) in OPERATORS.iter().enumerate() {
            let what = format!("{operator} {operand} of {sample}");
            let should = match expected.as_bytes()[column] {
                b'y' => Decision::Fail,
                _ => Decision::Pass,
            };
            if plain[&at] != should {
                writeln!(wrong, "{what}: {:?} instead of {should:?}", plain[&at]).unwrap();
            }
            if unknown[&at] != Decision::Undecided {
                writeln!(wrong, "{what}: decided for an unknown: {:?}", unknown[&at]).unwrap();
            }
            if same[&at] != Decision::Undecided && same[&at] != plain[&at] {
                writeln!(wrong, "{what}: flips to {:?} for equal alternatives", same[&at]).unwrap();
            }
        }
    }
    // Partly known text decides only what holds however it is completed.
    let partly = decisions("\"prod-${var.x}\"", "variable \"x\" {}\n");
    for completion in ["prod-1", "prod-", "prod-od-1"] {
        let full = decisions(&format!("\"{completion}\""), "");
        for (at, decision) in &partly {
            if *decision != Decision::Undecided && full[at] != *decision {
                writeln!(wrong, "{:?} flips for {completion}", OPERATORS[*at]).unwrap();
            }
        }
    }
    assert!(partly.values().filter(|decision| **decision != Decision::Undecided).count() >= 4, "{partly:?}");
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_schema_takes_every_built_in_page_and_refuses_mistakes() {
    let schema = json(Path::new("."), &["schema", "rule"]);
    let validator = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).build(&schema).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap_or_else(|error| panic!("{error}"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut count = 0;
    for family in std::fs::read_dir(root).unwrap() {
        for page in std::fs::read_dir(family.unwrap().path()).unwrap() {
            let path = page.unwrap().path();
            let page: Value = serde_yaml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            let errors: Vec<String> = validator.iter_errors(&page).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{}: {errors:?}", path.display());
            count += 1;
        }
    }
    assert!(count > 40);
    let own: Value = serde_yaml::from_str(RULE).unwrap();
    assert!(validator.is_valid(&own));
    for (from, to) in [
        ("operator: greater_than_or_equal", "operator: greater"),
        ("select: service", "select: sevice"),
        ("value: 2", "value: two"),
        ("value: 2", "vlaue: 2"),
        ("severity: warning", "severity: medium"),
        ("require:", "demand:"),
    ] {
        let wrong: Value = serde_yaml::from_str(&RULE.replace(from, to)).unwrap();
        assert!(!validator.is_valid(&wrong), "{to}");
    }
}

/// The worked examples of `docs/user-rules.md` are rules that pass their own tests.
#[test]
fn documented_rules_work() {
    let docs =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/user-rules.md")).unwrap();
    let rules: Vec<&str> = docs
        .split("```yaml\n")
        .skip(1)
        .filter_map(|block| block.split("\n```").next())
        .filter(|block| block.starts_with("id: "))
        .collect();
    assert!(rules.len() >= 4, "{}", rules.len());
    let folder = folder(&[(".git/HEAD", "")]);
    for (at, rule) in rules.iter().enumerate() {
        put(folder.path(), &format!(".plimsoll/rules/{at}.yaml"), rule);
    }
    let output = plimsoll(folder.path(), &["rules", "test"]);
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
}
