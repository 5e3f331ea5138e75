//! What the binary writes fits the schemas that it prints, and holds nothing that they do not name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn run(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{arguments:?}: {error}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// The schema with every object closed: a member that it does not name is an error.
fn closed(mut schema: Value) -> Value {
    fn close(node: &mut Value) {
        if let Some(object) = node.as_object_mut() {
            if object.contains_key("properties") && !object.contains_key("additionalProperties") {
                object.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            object.values_mut().for_each(close);
        } else if let Some(list) = node.as_array_mut() {
            list.iter_mut().for_each(close);
        }
    }
    close(&mut schema);
    schema
}

fn fits(schema: &str, document: &Value, what: &str) {
    let schema = closed(run(&["schema", schema]));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(document)
        .take(5)
        .map(|error| {
            format!("{}: {}", error.instance_path(), error.to_string().chars().take(300).collect::<String>())
        })
        .collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}");
}

#[test]
fn reports_fit_their_schemas() {
    let fixtures = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")).unwrap();
    let mut count = 0;
    for fixture in fixtures.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        count += 1;
        let path = fixture.to_str().unwrap();
        let tail = ["--format", "json", "--as-of", "2026-11-20"];
        fits("findings", &run(&[&["check", path, "--profile", "strict"], &tail[..]].concat()), path);
        let estimate = run(&[&["cost", path], &tail[..]].concat());
        fits("estimate", &estimate, path);
        for resource in estimate["resources"].as_array().unwrap().iter().take(3) {
            let address = resource["address"].as_str().unwrap();
            fits("explain", &run(&[&["explain", address, path], &tail[..]].concat()), address);
        }
        for folder in ["", "infra", "terraform"] {
            let folder = fixture.join(folder);
            if std::fs::read_dir(&folder).is_ok_and(|mut files| {
                files.any(|file| file.unwrap().path().extension().is_some_and(|extension| extension == "tf"))
            }) {
                let folder = folder.to_str().unwrap();
                fits("show", &run(&["show", folder, "--format", "json"]), folder);
            }
        }
    }
    assert!(count > 4, "{count} fixtures");
}

#[test]
fn what_does_not_fit_is_refused() {
    let schema = closed(run(&["schema", "findings"]));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut document = run(&["check", "fixtures/laravel-api", "--format", "json", "--as-of", "2026-11-20"]);
    assert!(validator.is_valid(&document));
    document["findings"][0]["severity"] = Value::from("grave");
    assert!(!validator.is_valid(&document));
    document["findings"][0]["severity"] = Value::from("error");
    document["findings"][0]["colour"] = Value::from("red");
    assert!(!validator.is_valid(&document));
}

#[test]
fn configurations_fit_their_schema_as_they_are_read() {
    let validator = jsonschema::validator_for(&run(&["schema", "config"])).unwrap();
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join(".git")).unwrap();
    std::fs::write(directory.path().join("dev.tfvars"), "").unwrap();
    let accepted = "{\"schema\": \"plimsoll/baseline/1\", \"entries\": []}";
    std::fs::write(directory.path().join("accepted.json"), accepted).unwrap();
    for (text, is_right) in [
        (
            "region: eu-west-1\nstage: production\nprofile: strict\nhours: weekdays 8-20\nfail_on: never\n",
            true,
        ),
        ("hours: 200\nrules: {log-retention: off, rds-public: info}\nlimits: {instances: 5}\n", true),
        (
            "overrides: [{paths: 'examples/', stage: unknown, rules: {all: off}}]\nbaseline: accepted.json\n",
            true,
        ),
        ("ignore: [{rule: rds-public, path: 'x/**', reason: why, until: 2027-01-01}]\n", true),
        ("ignore: {foreign: false, entries: [{rule: CKV_AWS_17}]}\n", true),
        (
            "environments: {dev: {var_files: dev.tfvars, stage: non-production, hours: 200, roots: [infra]}}\n",
            true,
        ),
        (
            "budgets: {max_monthly: 200, max_increase: 10%, on: high}\nusage: {aws_lb.main: {lcu: 0.5}}\n",
            true,
        ),
        ("", true),
        ("regoin: eu-west-1\n", false),
        ("stage: prod\n", false),
        ("rules: {log-retention: loud}\n", false),
        ("ignore: [{path: x}]\n", false),
        ("environments: {dev: {var_file: x}}\n", false),
        ("usage: {aws_lb.main: {lcus: 1}}\n", false),
        ("limits: {instances: 0}\n", false),
    ] {
        std::fs::write(directory.path().join("plimsoll.yaml"), text).unwrap();
        let read = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .args(["check", "--as-of", "2026-11-20"])
            .current_dir(directory.path())
            .output()
            .unwrap();
        // An unmatched path or rule is a finding; a mistake in the configuration is 2.
        let is_read = read.status.code() != Some(2);
        let document: Value = serde_yaml::from_str(text).unwrap();
        assert_eq!(is_read, is_right, "{text}: {}", String::from_utf8_lossy(&read.stderr));
        assert_eq!(validator.is_valid(&document), is_right, "{text}");
    }
}
