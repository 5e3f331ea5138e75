//! `--usage`, `usage init`, `--usage-profile` and Infracost's usage file, with the binary, on the fixtures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use plimsoll::cost::usage::Profile;
use serde_json::Value;

fn plimsoll(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(arguments).current_dir(directory).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A fixture as a repository of its own.
fn fixture(name: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name), directory.path());
    fs::create_dir(directory.path().join(".git")).unwrap();
    directory
}

fn fixtures() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.filter(|it| it.path().is_dir()).map(|it| it.file_name().into_string().unwrap()).collect()
}

const COST: [&str; 5] = ["cost", ".", "--as-of", "2026-11-20", "--format=json"];

fn estimate(directory: &Path, more: &[&str]) -> Value {
    let output = plimsoll(directory, &[&COST, more].concat());
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn monthly(estimate: &Value, address: &str, component: &str) -> String {
    let resource =
        estimate["resources"].as_array().unwrap().iter().find(|it| it["address"] == address).unwrap();
    let found = resource["components"].as_array().unwrap().iter().find(|it| it["name"] == component);
    let found = found.unwrap_or_else(|| panic!("{component}: {resource:#}"));
    found["monthly"]["expected"].as_str().unwrap().trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[test]
fn what_usage_init_writes_is_accepted_and_changes_nothing() {
    let validator = validator();
    for name in fixtures() {
        let directory = fixture(&name);
        let before = out(&plimsoll(directory.path(), &COST));
        let output = plimsoll(directory.path(), &["usage", "init"]);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", err(&output));
        assert!(out(&output).starts_with("wrote plimsoll-usage.yaml: "), "{name}: {}", out(&output));
        let after =
            plimsoll(directory.path(), &[&COST, ["--usage", "plimsoll-usage.yaml"].as_slice()].concat());
        assert_eq!(after.status.code(), Some(0), "{name}: {}", err(&after));
        assert_eq!(out(&after), before, "{name}");
        // With every comment a number the file is one that the schema and the reader take.
        let text = fs::read_to_string(directory.path().join("plimsoll-usage.yaml")).unwrap();
        let numbers: String = text
            .lines()
            .map(|line| match line.strip_prefix("  #").filter(|rest| !rest.starts_with(' ')) {
                Some(key) => format!("  {key}\n"),
                None => format!("{line}\n"),
            })
            .collect();
        let numbers = numbers.replace("requests_per_connection: 0", "requests_per_connection: 1");
        let numbers = numbers.replace("task_minutes: 0", "task_minutes: 1");
        let value = flat_yaml(&numbers);
        assert!(validator.is_valid(&value), "{name}: {numbers}");
        fs::write(directory.path().join("numbers.yaml"), numbers).unwrap();
        estimate(directory.path(), &["--usage", "numbers.yaml"]);
    }
}

/// A usage file of two levels, as `usage init` writes it, as JSON.
fn flat_yaml(text: &str) -> Value {
    let mut value = serde_json::Map::new();
    let mut last = String::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with('#') && !line.trim().is_empty()) {
        match line.strip_prefix("  ") {
            Some(member) => {
                let (key, number) = member.split_once(": ").unwrap();
                let number: Value = serde_json::from_str(number).unwrap();
                value[&last].as_object_mut().unwrap().insert(key.to_owned(), number);
            }
            None => {
                last = line.trim_end_matches(':').trim_matches('\'').to_owned();
                value.insert(last.clone(), Value::Object(serde_json::Map::new()));
            }
        }
    }
    Value::Object(value)
}

fn validator() -> jsonschema::Validator {
    let output = plimsoll(Path::new("."), &["schema", "usage"]);
    jsonschema::validator_for(&serde_json::from_slice(&output.stdout).unwrap()).unwrap()
}

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let validator = validator();
    let directory = fixture("fastapi-mvp");
    // JSON is YAML: one text for both.
    for (text, is_good) in [
        (r#"{"aws_lb.main": {"lcu": 0.5}}"#, true),
        (r#"{"module.a[\"x.y\"].aws_lb.main[0]": {"lcu": 0.5}}"#, true),
        (r#"{"defaults": {"aws_ecs_service": {"cache_hit_rate": 1}}}"#, true),
        (r#"{"aws_lb.main": null}"#, true),
        (r#"{"aws_lb.main": {"lcus": 0.5}}"#, false),
        (r#"{"aws_lb.main": {"lcu": -1}}"#, false),
        (r#"{"aws_lb.main": {"lcu": "many"}}"#, false),
        (r#"{"aws_lb.main": [1]}"#, false),
        (r#"{"aws_vpc.main": {"lcu": 1}}"#, false),
        (r#"{"nonsense": {"lcu": 1}}"#, false),
        (r#"{"aws_ecs_service.api": {"cache_hit_rate": 1.5}}"#, false),
        (r#"{"aws_ecs_service.api": {"traffic_hours": 745}}"#, false),
        (r#"{"aws_ecs_service.api": {"requests_per_connection": 0}}"#, false),
        (r#"{"aws_scheduler_schedule.job": {"task_minutes": 1.5}}"#, false),
        (r#"{"defaults": {"aws_vpc": {"lcu": 1}}}"#, false),
    ] {
        fs::write(directory.path().join("usage.yaml"), text).unwrap();
        let output = plimsoll(directory.path(), &[&COST, ["--usage", "usage.yaml"].as_slice()].concat());
        let status = if is_good { 0 } else { 2 };
        assert_eq!(output.status.code(), Some(status), "{text}: {}", err(&output));
        assert_eq!(validator.is_valid(&serde_json::from_str(text).unwrap()), is_good, "{text}");
    }
}

#[test]
fn usage_init_never_writes_over_numbers() {
    let directory = fixture("fastapi-mvp");
    let file = directory.path().join("plimsoll-usage.yaml");
    let given = "defaults:\n  aws_nat_gateway: { processed_gb: 8 }\naws_lb.main:\n  new_connections: 4\n  lcu: 0.75\n\
        aws_lb.gone:\n  lcu: 3\n'aws_scheduler_schedule.job[\"weekly-digest\"]':\n  task_minutes: 12\n";
    fs::write(&file, given).unwrap();
    let before = estimate(directory.path(), &["--usage", "plimsoll-usage.yaml"]);
    let refused = plimsoll(directory.path(), &["usage", "init", "."]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("--force writes it anew and keeps its numbers"), "{}", err(&refused));
    assert_eq!(fs::read_to_string(&file).unwrap(), given);
    let output = plimsoll(directory.path(), &["usage", "init", "--force", "."]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let text = fs::read_to_string(&file).unwrap();
    for expected in [
        "\naws_lb.main:\n",
        "\n  lcu: 0.75\n",
        "\n  new_connections: 4\n",
        "\n  task_minutes: 12\n",
        "\naws_lb.gone:\n  lcu: 3\n",
        "\ndefaults:\n  aws_nat_gateway:\n    processed_gb: 8\n",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let after = estimate(directory.path(), &["--usage", "plimsoll-usage.yaml"]);
    assert_eq!(before["total"], after["total"]);
    // Once more changes nothing.
    plimsoll(directory.path(), &["usage", "init", "--force", "."]);
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn the_file_wins_over_the_configuration_key_by_key() {
    let directory = fixture("fastapi-mvp");
    // plimsoll.yaml says lcu 0.2 and ingested_gb 1.5; 730 x 0.008 = 5.84 for each LCU, 0.57 for each GB.
    fs::write(directory.path().join("more.yaml"), "usage:\n  aws_lb.main: { lcu: 2 }\n").unwrap();
    let found = estimate(directory.path(), &["--usage", "more.yaml"]);
    assert_eq!(monthly(&found, "aws_lb.main", "Application Load Balancer capacity"), "11.68");
    assert_eq!(monthly(&found, "aws_cloudwatch_log_group.app", "Log ingest"), "0.855");
}

#[test]
fn mistakes_in_the_file_are_told_with_their_place() {
    let directory = fixture("fastapi-mvp");
    fs::write(directory.path().join("wrong.yaml"), "aws_lb.main:\n  lcuu: 2\naws_lb.main:\n  lcu: 1\n")
        .unwrap();
    let output = plimsoll(directory.path(), &[&COST, ["--usage", "wrong.yaml"].as_slice()].concat());
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("`aws_lb.main` is written twice"), "{}", err(&output));
    fs::write(directory.path().join("wrong.yaml"), "aws_lb.main:\n  lcuu: 2\n").unwrap();
    let output = plimsoll(directory.path(), &[&COST, ["--usage", "wrong.yaml"].as_slice()].concat());
    for expected in ["wrong.yaml:2:3", "`lcuu` is no usage key of `aws_lb`", "did you mean `lcu`?"] {
        assert!(err(&output).contains(expected), "{expected}: {}", err(&output));
    }
    let output = plimsoll(directory.path(), &[&COST, ["--usage", "none.yaml"].as_slice()].concat());
    assert_eq!(output.status.code(), Some(3));
    fs::write(directory.path().join("typo.yaml"), "aws_lb.mein: { lcu: 2 }\n").unwrap();
    let output = plimsoll(directory.path(), &["cost", ".", "--usage", "typo.yaml"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(out(&output).contains("did you mean `aws_lb.main`?"), "{}", out(&output));
}

const INFRACOST: &str = "version: 0.1
resource_type_default_usage:
  aws_cloudwatch_log_group:
    storage_gb: 5
    monthly_data_ingested_gb: 10
resource_usage:
  aws_lb.main:
    new_connections: 50
    processed_bytes_gb: 100
  aws_s3_bucket.files:
    standard:
      monthly_select_data_scanned_gb: 20
  aws_rds_cluster.gone[*]:
    read_requests_per_sec: 2
    write_requests_per_sec: 1
";

#[test]
fn a_usage_file_of_infracost_is_read() {
    let directory = fixture("fastapi-mvp");
    fs::write(directory.path().join("plimsoll.yaml"), "").unwrap();
    fs::write(directory.path().join("there.yml"), INFRACOST).unwrap();
    let found = estimate(directory.path(), &["--usage", "there.yml"]);
    // 50/25 = 2 LCU x 730 x 0.008 = 11.68; 10 GB x 0.57.
    assert_eq!(monthly(&found, "aws_lb.main", "Application Load Balancer capacity"), "11.68");
    assert_eq!(monthly(&found, "aws_cloudwatch_log_group.app", "Log ingest"), "5.7");
    let said = out(&plimsoll(directory.path(), &["cost", ".", "--usage", "there.yml"]));
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in [
        "`aws_cloudwatch_log_group: storage_gb`",
        "`aws_s3_bucket.files: standard.monthly_select_data_scanned_gb`",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn a_usage_file_of_infracost_beside_the_files_is_read_and_said_so() {
    let directory = fixture("fastapi-mvp");
    fs::write(directory.path().join("infracost-usage.yml"), INFRACOST).unwrap();
    let found = estimate(directory.path(), &[]);
    // The configuration says `lcu: 0.2`, which wins: 146 x 0.008.
    assert_eq!(monthly(&found, "aws_lb.main", "Application Load Balancer capacity"), "1.168");
    let said = out(&plimsoll(directory.path(), &["cost", "."]));
    assert!(said.contains("infracost-usage.yml is read"), "{said}");
    fs::write(directory.path().join("infracost-usage.yml"), "resource_usage: {a: [}\n").unwrap();
    let output = plimsoll(directory.path(), &["cost", "."]);
    assert_eq!(output.status.code(), Some(0));
    assert!(out(&output).contains("infracost-usage.yml is not read"), "{}", out(&output));
}

#[test]
fn the_largest_and_smallest_numbers_do_no_harm() {
    let directory = fixture("django-celery");
    let keys =
        ["request_kb", "response_kb", "connection_seconds", "log_bytes_per_request", "external_sent_kb"];
    let more = ["external_received_kb", "s3_kb", "backend_kb", "image_mb", "deploys_per_month"];
    let mut text = "defaults:\n  aws_ecs_service:\n    requests_per_second: 1e15\n".to_owned();
    text += "    requests_per_connection: 0.00000000000000000001\n";
    for key in keys.into_iter().chain(more) {
        text += &format!("    {key}: 1000000000000000\n");
    }
    fs::write(directory.path().join("plimsoll.yaml"), "hours: 0.000000000000000000001\n").unwrap();
    fs::write(directory.path().join("most.yaml"), text + "  aws_lb: { processed_gb: 1e15 }\n").unwrap();
    estimate(directory.path(), &["--usage", "most.yaml"]);
    fs::write(directory.path().join("plimsoll.yaml"), "").unwrap();
    estimate(directory.path(), &["--usage", "most.yaml"]);
}

#[test]
fn a_profile_is_named_in_the_output() {
    let directory = fixture("django-celery");
    let said = out(&plimsoll(directory.path(), &["cost", ".", "--usage-profile", "medium"]));
    assert!(said.contains("usage profile: medium: "), "{said}");
    let found = estimate(directory.path(), &["--usage-profile", "medium"]);
    let named = found["assumptions"].as_array().unwrap().iter().any(|it| it["name"] == "usage profile");
    assert!(named, "{found:#}");
    let without = estimate(directory.path(), &[]);
    assert!(!without.to_string().contains("profile"), "{without:#}");
}

#[test]
fn the_page_has_the_numbers_of_the_profiles() {
    let page: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/usage.md");
    let page = fs::read_to_string(page).unwrap();
    for (ty, key, numbers) in Profile::table() {
        let numbers = numbers.map(|number| number.normalize().to_string()).join(" | ");
        let row = format!("| `{ty}` | `{key}` | {numbers} |");
        assert!(page.replace(',', "").contains(&row), "{row}");
    }
}

#[test]
fn init_lists_the_quantities_that_are_missing() {
    let directory = fixture("fastapi-mvp");
    fs::remove_file(directory.path().join("plimsoll.yaml")).unwrap();
    let output = plimsoll(directory.path(), &["init"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let text = fs::read_to_string(directory.path().join("plimsoll.yaml")).unwrap();
    for expected in
        ["#   aws_lb.main: { lcu: 0 }   # LCU-hours\n", "#   aws_ecr_repository.app: { storage_gb: 0 }"]
    {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(!text.contains("task_minutes"), "what has a default is not missing: {text}");
}
