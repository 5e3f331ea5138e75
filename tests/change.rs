//! Changes and budgets, through the binary in real git repositories.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A gateway at 0.048 USD an hour in Ireland, 730 hours: 35.04 USD; its address at 0.005: 3.65 USD.
const GATEWAY: &str = r#"provider "aws" {
  region = "eu-west-1"
}

resource "aws_nat_gateway" "a" {
  allocation_id = aws_eip.a.id
  subnet_id     = "subnet-1"
}

resource "aws_eip" "a" {
  domain = "vpc"
}
"#;

/// What makes the cost of a gateway known.
const USAGE: &str = "usage:\n  aws_nat_gateway.a: {processed_gb: 0}\n";

struct Repository {
    folder: TempDir,
}

fn git(directory: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(directory)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Repository {
    fn new() -> Self {
        let repository = Self { folder: tempfile::tempdir().unwrap() };
        git(repository.path(), &["init", "-q", "-b", "main"]);
        repository.put("infra/main.tf", GATEWAY);
        repository.commit();
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

    fn append(&self, name: &str, text: &str) {
        let before = std::fs::read_to_string(self.path().join(name)).unwrap_or_default();
        self.put(name, &(before + text));
    }

    fn edit(&self, name: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path().join(name)).unwrap();
        assert!(text.contains(from), "{name}: {from}");
        self.put(name, &text.replace(from, to));
    }

    fn commit(&self) {
        git(self.path(), &["add", "-A"]);
        git(self.path(), &["commit", "-q", "--allow-empty", "-m", "c"]);
    }

    fn run(&self, arguments: &[&str]) -> Output {
        run(self.path(), arguments)
    }

    fn diff(&self, arguments: &[&str]) -> Value {
        diff(self.path(), arguments)
    }
}

fn run(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .args(["--as-of", "2026-11-20"])
        .current_dir(directory)
        .env_remove("TF_VAR_x")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn diff(directory: &Path, arguments: &[&str]) -> Value {
    let output = run(directory, &[&["diff", "--format", "json"], arguments].concat());
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{arguments:?}: {error}: {}", text(&output.stderr)))
}

/// Action, address and expected change of each resource.
fn resources(diff: &Value) -> Vec<String> {
    let of = diff["money"]["resources"].as_array().unwrap().iter().map(|of| {
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        format!("{} {} {}", word(&of["action"]), word(&of["address"]), word(&of["change"]["expected"]))
    });
    of.collect()
}

fn rules(diff: &Value, which: &str) -> Vec<String> {
    let of = diff["findings"][which].as_array().unwrap().iter();
    of.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}

fn is_empty(diff: &Value) -> bool {
    let none = |list: &Value| list.as_array().unwrap().is_empty();
    none(&diff["money"]["resources"])
        && none(&diff["money"]["unpriced"]["added"])
        && none(&diff["money"]["unpriced"]["removed"])
        && none(&diff["findings"]["added"])
        && none(&diff["findings"]["removed"])
        && diff["money"]["change"]["expected"] == "0.00"
}

#[test]
fn what_is_added_and_removed_since_a_revision() {
    let repository = Repository::new();
    assert!(is_empty(&repository.diff(&["main"])));
    repository.append(
        "infra/more.tf",
        "resource \"aws_cloudwatch_log_group\" \"app\" {\n  name = \"app\"\n}\nresource \"aws_eip\" \"b\" {}\n",
    );
    repository.edit("infra/main.tf", "resource \"aws_nat_gateway\" \"a\"", "resource \"aws_subnet\" \"a\"");
    let change = repository.diff(&["main"]);
    assert_eq!(
        resources(&change),
        ["added aws_eip.b 3.65", "removed aws_nat_gateway.a -35.04"],
        "35.04 is 730 hours at 0.048"
    );
    assert_eq!(change["money"]["change"]["expected"], "-31.39");
    assert_eq!(rules(&change, "added"), ["log-retention"]);
    let unpriced = |which: &str| change["money"]["unpriced"][which].to_string();
    assert!(unpriced("added").contains("aws_cloudwatch_log_group.app"), "{}", unpriced("added"));
    assert!(unpriced("removed").contains("aws_nat_gateway.a"), "{}", unpriced("removed"));
    // The other way round everything is the opposite.
    repository.commit();
    let back = repository.diff(&["HEAD", "HEAD~1"]);
    assert_eq!(resources(&back), ["added aws_nat_gateway.a 35.04", "removed aws_eip.b -3.65"]);
    assert_eq!(rules(&back, "removed"), ["log-retention"]);
    assert_eq!(back["base"]["kind"], "revision");
    assert!(is_empty(&repository.diff(&["HEAD", "HEAD"])));
    assert!(is_empty(&repository.diff(&["HEAD", "HEAD", "infra"])));
    assert_eq!(repository.diff(&["HEAD~1", "infra"])["money"]["change"]["expected"], "-31.39");
}

#[test]
fn what_moves_does_not_change() {
    let repository = Repository::new();
    // A module that takes over both, a file with another name, and other lines.
    std::fs::remove_file(repository.path().join("infra/main.tf")).unwrap();
    let inside = GATEWAY.split_once("}\n\n").unwrap().1.replace("\"a\"", "\"of\"").replace(".a.", ".of.");
    repository.put("modules/net/main.tf", &inside);
    repository.put(
        "infra/net.tf",
        "provider \"aws\" {\n  region = \"eu-west-1\"\n}\n\n\n\nmodule \"net\" {\n  source = \"../modules/net\"\n}\n",
    );
    let change = repository.diff(&["main"]);
    assert_eq!(change["money"]["resources"].as_array().unwrap().len(), 4, "{change:#}");
    assert_eq!(change["money"]["change"]["expected"], "0.00");
    for kind in ["aws_nat_gateway", "aws_eip"] {
        let moved = format!("moved {{\n  from = {kind}.a\n  to = module.net.{kind}.of\n}}\n");
        repository.append("infra/net.tf", &moved);
    }
    let change = repository.diff(&["main"]);
    assert!(is_empty(&change), "{change:#}");
}

#[test]
fn directories_plans_and_saved_reports_are_compared() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for (name, text) in [
        ("old/main.tf", GATEWAY.to_owned()),
        ("new/main.tf", GATEWAY.replace("\"a\"", "\"c\"").replace(".a.", ".c.")),
    ] {
        std::fs::create_dir_all(path.join(name).parent().unwrap()).unwrap();
        std::fs::write(path.join(name), text).unwrap();
    }
    let change = diff(path, &["old", "new"]);
    assert_eq!(change["money"]["change"]["expected"], "0.00");
    assert_eq!(resources(&change).len(), 4);
    assert!(is_empty(&diff(path, &["old", "old"])));
    // Every fixture is what was reported of it.
    let mut count = 0;
    for fixture in std::fs::read_dir(root.join("fixtures")).unwrap().map(|entry| entry.unwrap().path()) {
        if !fixture.is_dir() {
            continue;
        }
        count += 1;
        let fixture = fixture.to_str().unwrap();
        let saved = path.join("saved.json");
        std::fs::write(&saved, run(path, &[fixture, "--format", "json"]).stdout).unwrap();
        let change = diff(path, &[saved.to_str().unwrap(), fixture]);
        assert!(is_empty(&change), "{fixture}: {change:#}");
        assert_eq!(change["base"]["kind"], "report");
        // An estimate alone has no findings to compare, and findings no money.
        std::fs::write(&saved, run(path, &["cost", fixture, "--format", "json"]).stdout).unwrap();
        let change = diff(path, &[saved.to_str().unwrap(), fixture]);
        assert!(
            change["findings"].is_null() && change["money"]["resources"] == Value::Array(vec![]),
            "{fixture}"
        );
        std::fs::write(&saved, run(path, &["check", fixture, "--format", "json"]).stdout).unwrap();
        let change = diff(path, &[saved.to_str().unwrap(), fixture]);
        assert!(change["money"].is_null() && rules(&change, "added").is_empty(), "{fixture}: {change:#}");
    }
    assert!(count > 4, "{count} fixtures");
    let plan = path.join("plan.json");
    let resource = |address: &str, ty: &str| {
        serde_json::json!({"address": address, "mode": "managed", "type": ty, "name": "x",
            "change": {"actions": ["create"], "after": {"domain": "vpc"}, "after_unknown": {}}})
    };
    let document = serde_json::json!({"format_version": "1.2", "terraform_version": "1.11.0",
        "planned_values": {"root_module": {}}, "configuration": {"root_module": {}},
        "resource_changes": [resource("aws_eip.a", "aws_eip"), resource("aws_eip.x", "aws_eip")]});
    std::fs::write(&plan, document.to_string()).unwrap();
    let change = diff(path, &["old", "plan.json", "--region", "eu-west-1"]);
    assert_eq!(resources(&change), ["added aws_eip.x 3.65", "removed aws_nat_gateway.a -35.04"]);
}

#[test]
fn lines_add_up_and_fit_the_schema() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let schema = Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(["schema", "diff"]).output().unwrap();
    let schema: Value = serde_json::from_slice(&schema.stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let change = diff(
        &root,
        &["fixtures/fastapi-mvp", "fixtures/django-celery", "--max-monthly", "1", "--max-increase", "5%"],
    );
    let errors: Vec<String> = validator.iter_errors(&change).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let decimal = |value: &Value| rust_decimal::Decimal::from_str_exact(value.as_str().unwrap()).unwrap();
    let money = &change["money"];
    for figure in ["low", "expected", "high"] {
        let sum: rust_decimal::Decimal =
            money["resources"].as_array().unwrap().iter().map(|of| decimal(&of["change"][figure])).sum();
        assert_eq!(sum, decimal(&money["change"][figure]));
        let totals = decimal(&money["after"]["total"][figure]) - decimal(&money["before"]["total"][figure]);
        assert_eq!(sum, totals);
    }
    let first = |at: usize| decimal(&money["resources"][at]["change"]["expected"]);
    assert!(first(0) >= first(1));
}

#[test]
fn budgets_of_flags_decide_the_exit_status() {
    let repository = Repository::new();
    repository.put("plimsoll.yaml", USAGE);
    repository.commit();
    repository.append("infra/main.tf", "resource \"aws_eip\" \"b\" {}\n");
    // 35.04 + 3.65 = 38.69 before, 3.65 more now: 9.43 percent, 42.34 in all.
    for (arguments, expected) in [
        (vec!["--max-increase", "3.65"], 0),
        (vec!["--max-increase", "3.64"], 1),
        (vec!["--max-increase", "9.5%"], 0),
        (vec!["--max-increase", "9.4%"], 1),
        (vec!["--max-increase", "0%", "--max-monthly", "1000"], 1),
        (vec!["--max-monthly", "42.34"], 0),
        (vec!["--max-monthly", "$42.33"], 1),
        (vec!["--max-monthly", "42.34", "--budget-on", "high"], 0),
        (vec!["--max-monthly", "many"], 2),
        (vec!["--max-increase", "-1"], 2),
        (vec!["--budget-on", "low"], 2),
    ] {
        let output = repository.run(&[&["diff", "main"], &arguments[..]].concat());
        assert_eq!(output.status.code(), Some(expected), "{arguments:?}: {}", text(&output.stdout));
        let output = repository.run(&[&["cost", "--base", "main"], &arguments[..]].concat());
        assert_eq!(output.status.code(), Some(expected), "cost {arguments:?}: {}", text(&output.stdout));
    }
    let output = repository.run(&["diff", "main", "--max-increase", "1"]);
    let told = text(&output.stdout);
    assert!(
        told.contains("Budget exceeded: +$3.65 a month expected; --max-increase allows +$1.00"),
        "{told}"
    );
    assert!(told.contains("  infra/main.tf:13: aws_eip.b: +$3.65"), "{told}");
    let output = repository.run(&["cost", "--max-monthly", "10", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let estimate: Value = serde_json::from_slice(&output.stdout).unwrap();
    let checked = &estimate["budgets"]["checked"][0];
    assert_eq!((&checked["result"], &checked["actual"]), (&Value::from("exceeded"), &Value::from("42.34")));
    assert_eq!(checked["because"][0]["address"], "aws_nat_gateway.a");
    assert_eq!(repository.run(&["cost", "--max-increase", "1"]).status.code(), Some(2));
}

#[test]
fn a_budget_that_holds_for_the_priced_part_says_so() {
    let repository = Repository::new();
    let output = repository.run(&["cost", "--max-monthly", "100"]);
    assert_eq!(output.status.code(), Some(0));
    let told = text(&output.stdout);
    assert!(told.contains("Budget kept by what is priced, more comes on top: $38.69 a month"), "{told}");
}

#[test]
fn budgets_of_the_configuration_and_the_code() {
    let repository = Repository::new();
    let budgets = "budgets:\n  - {max_monthly: 30}\n  - {environment: prod, max_monthly: 50, on: high}\n";
    repository.put("plimsoll.yaml", &format!("{USAGE}environments:\n  prod: {{}}\n{budgets}"));
    let told = |arguments: &[&str]| {
        let output = repository.run(arguments);
        (output.status.code(), text(&output.stdout) + &text(&output.stderr))
    };
    let (code, words) = told(&["cost"]);
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("Budget exceeded: $38.69 a month expected; budgets of plimsoll.yaml:"), "{words}");
    assert!(!words.contains("$50.00"), "{words}");
    let (code, words) = told(&["cost", "--environment", "prod"]);
    assert!(code == Some(1) && words.contains("allows $50.00"), "{words}");
    assert_eq!(told(&["cost", "--max-monthly", "40"]).0, Some(0), "a flag replaces it");
    assert_eq!(told(&["--fail-on", "never"]).0, Some(1), "the main command keeps budgets too");
    repository.put("plimsoll.yaml", "budgets: {on: high}\n");
    let (code, words) = told(&["cost"]);
    assert!(code == Some(2) && words.contains("`max_monthly` or `max_increase`"), "{words}");

    repository.put("plimsoll.yaml", USAGE);
    let budget = |limit: &str, unit: &str, more: &str| {
        format!(
            "resource \"aws_budgets_budget\" \"b\" {{\n  budget_type = \"COST\"\n  time_unit = \"{unit}\"\n  \
             limit_amount = {limit}\n  limit_unit = \"USD\"\n{more}}}\n"
        )
    };
    let filter = "  cost_filter {\n    name = \"Service\"\n    values = [\"x\"]\n  }\n";
    for (limit, unit, more, code, part) in [
        (
            "\"38.69\"",
            "MONTHLY",
            "",
            0,
            "Budget kept: $38.69 a month expected by its root module; aws_budgets_budget.b",
        ),
        ("\"38\"", "MONTHLY", "", 1, "aws_budgets_budget.b (infra/budget.tf:1) allows $38.00"),
        ("\"1\"", "QUARTERLY", "", 0, "time_unit is QUARTERLY, and only budgets of MONTHLY are checked"),
        ("\"1\"", "MONTHLY", filter, 0, "its filters leave out a part of the costs"),
        ("var.limit", "MONTHLY", "", 0, "limit_amount is not known"),
    ] {
        repository.put("infra/budget.tf", &(budget(limit, unit, more) + "variable \"limit\" {}\n"));
        let (status, words) = told(&["cost"]);
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(status, Some(code), "{words}");
        assert!(words.contains(part), "{part}: {words}");
    }
    // Another root module has its own money: the budget is not for it.
    repository.put("infra/budget.tf", &budget("\"39\"", "MONTHLY", ""));
    repository.put("other/main.tf", GATEWAY);
    assert_eq!(told(&["cost"]).0, Some(0));
}

#[test]
fn new_findings_fail_where_that_is_asked_for() {
    let repository = Repository::new();
    repository
        .append("infra/main.tf", "resource \"aws_cloudwatch_log_group\" \"app\" {\n  name = \"app\"\n}\n");
    for (arguments, code) in [
        (vec![], 0),
        (vec!["--fail-on", "warning"], 1),
        (vec!["--fail-on", "error"], 0),
        (vec!["--fail-on", "never"], 0),
    ] {
        let output = repository.run(&[&["diff", "main"], &arguments[..]].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let repository = Repository::new();
    repository.put("main", "x");
    repository.put("edited.json", "{\"schema\": \"plimsoll/estimate/1\"}");
    repository.put("other.json", "{\"schema\": \"plimsoll/show/1\"}");
    for (arguments, code, part) in [
        (vec!["diff"], 2, "BASE"),
        (vec!["diff", "nowhere"], 3, "no file or directory, and no revision"),
        (vec!["diff", "--", "-x"], 3, "no file or directory, and no revision"),
        (vec!["diff", "main"], 2, "`main` is a path and a revision"),
        (vec!["diff", "edited.json"], 3, "does not fit"),
        (vec!["diff", "other.json"], 3, "it holds `plimsoll/show/1`"),
        (vec!["diff", "infra", "infra", "infra"], 2, "paths behind BASE and HEAD"),
    ] {
        let output = repository.run(&arguments);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(part), "{arguments:?}: {told}");
    }
}

#[test]
fn markdown_is_bounded_and_begins_with_its_marker() {
    let repository = Repository::new();
    let many: String = (0..3_000).map(|n| format!("resource \"aws_eip\" \"n{n}\" {{}}\n")).collect();
    repository.append("infra/main.tf", &many);
    let output = repository.run(&["diff", "main", "--format", "markdown"]);
    let told = text(&output.stdout);
    assert!(
        told.starts_with("<!-- plimsoll diff -->\n### Plimsoll: +10,950.00 USD a month"),
        "{}",
        &told[..200]
    );
    assert!(told.len() <= 60_000, "{} bytes", told.len());
    assert!(told.contains("more resources"));
}

/// The job of the documentation, with a `gh` that only writes down what it is given.
#[test]
fn the_snippet_of_the_documentation_works() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/change.md")).unwrap();
    let block = page.split("```yaml\nname:").nth(1).unwrap().split("```").next().unwrap();
    let workflow: Value = serde_yaml::from_str(&format!("name:{block}")).unwrap();
    let steps = workflow["jobs"]["diff"]["steps"].as_array().unwrap();
    let repository = Repository::new();
    git(repository.path(), &["update-ref", "refs/remotes/origin/main", "main"]);
    git(repository.path(), &["checkout", "-q", "-b", "change"]);
    repository.append("infra/main.tf", "resource \"aws_eip\" \"b\" {}\n");
    repository.commit();
    let tools = tempfile::tempdir().unwrap();
    let gh = "#!/bin/sh\nprintf '%s\\n' \"$@\" > gh.log\n";
    std::fs::write(tools.path().join("gh"), gh).unwrap();
    Command::new("chmod").arg("+x").arg(tools.path().join("gh")).status().unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_plimsoll"), tools.path().join("plimsoll")).unwrap();
    let path = format!("{}:{}", tools.path().display(), std::env::var("PATH").unwrap());
    let mut codes = Vec::new();
    for script in
        steps.iter().filter_map(|step| step["run"].as_str()).filter(|run| !run.contains("cargo install"))
    {
        let output = Command::new("bash")
            .args(["-e", "-c", script])
            .current_dir(repository.path())
            .envs([("PATH", path.as_str()), ("BASE", "main"), ("PULL_REQUEST", "7")])
            .env("GITHUB_STEP_SUMMARY", repository.path().join("summary.md"))
            .output()
            .unwrap();
        codes.push(output.status.code().unwrap());
    }
    assert_eq!(codes, [0, 0], "an address more is within 10 percent");
    let comment = std::fs::read_to_string(repository.path().join("plimsoll-diff.md")).unwrap();
    assert!(comment.contains("+3.65 USD a month"), "{comment}");
    let told = std::fs::read_to_string(repository.path().join("gh.log")).unwrap();
    assert!(told.contains("--body-file\nplimsoll-diff.md"), "{told}");
}
