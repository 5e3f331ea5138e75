//! Plans judged and priced by the binary, beside the configurations they were made from. The plans in
//! `tests/plan/` are written by `tests/plan/regenerate.py` from our own fixtures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Each fixture with the arguments its configuration is evaluated with.
const FIXTURES: [(&str, &[&str]); 3] = [
    ("fastapi-mvp", &["--var", "db_password=not-a-real-password-1"]),
    ("django-celery", &[]),
    ("two-writers", &["--var", "db_password=not-a-real-password-1"]),
];

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A fixture on its own, as a repository, with its plan in it.
fn repository(name: &str) -> (tempfile::TempDir, PathBuf) {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join(name);
    copy(&home.join("fixtures").join(name), &root);
    std::fs::create_dir(root.join(".git")).unwrap();
    std::fs::copy(home.join(format!("tests/plan/{name}.json")), root.join("plan.json")).unwrap();
    (folder, root)
}

fn run(dir: &Path, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .args(["--format", "json", "--as-of", "2026-11-20"])
        .current_dir(dir)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

fn places(report: &Value) -> BTreeSet<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|f| format!("{} {} {} {}:{}", f["rule"], f["resource"], f["file"], f["line"], f["column"]))
        .collect()
}

/// Rule and resource of every finding, with every instance.
fn rules(report: &Value) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for finding in report["findings"].as_array().unwrap() {
        found.insert((text(finding, "rule"), text(finding, "resource")));
        for instance in finding["instances"].as_array().into_iter().flatten() {
            found.insert((text(finding, "rule"), instance.as_str().unwrap().to_owned()));
        }
    }
    found
}

/// The stand-in resource by which the oracle keeps data sources unread is in the plans only.
fn amounts(estimate: &Value) -> BTreeMap<String, String> {
    let resources = estimate["resources"].as_array().unwrap().iter();
    resources
        .map(|resource| (text(resource, "address"), resource["monthly"].to_string()))
        .filter(|(address, _)| address != "terraform_data.zz_unknown")
        .collect()
}

#[test]
fn with_its_source_a_plan_is_judged_and_priced_like_the_configuration() {
    for (name, variables) in FIXTURES {
        let (_folder, root) = repository(name);
        let written = run(&root, &[&["check", "infra"], variables].concat());
        let planned = run(&root, &["check", "plan.json", "--source", "infra"]);
        assert_eq!(places(&planned), places(&written), "{name}");
        for count in ["error", "warning", "info", "undecided", "decided", "applicable"] {
            assert_eq!(planned["summary"][count], written["summary"][count], "{name}: {count}");
        }
        let written = run(&root, &[&["cost", "infra"], variables].concat());
        let planned = run(&root, &["cost", "plan.json", "--source", "infra"]);
        assert_eq!(planned["total"], written["total"], "{name}");
        assert_eq!(amounts(&planned), amounts(&written), "{name}");
    }
}

#[test]
fn a_plan_alone_decides_less_and_nothing_else() {
    // What no plan says: containers behind one unknown image or secret, and `ignore_changes`.
    let undecided = BTreeMap::from([
        ("fastapi-mvp", vec![]),
        ("django-celery", vec!["beat-count-not-1", "beat-overlap-on-deploy", "image-tag-latest"]),
        ("two-writers", vec!["tf-ci-two-writers"]),
    ]);
    for (name, variables) in FIXTURES {
        let (_folder, root) = repository(name);
        let written = rules(&run(&root, &[&["check", "infra"], variables].concat()));
        let expected_total = run(&root, &[&["cost", "infra"], variables].concat())["total"].clone();
        std::fs::remove_dir_all(root.join("infra")).unwrap();
        let report = run(&root, &["check", "."]);
        let planned = rules(&report);
        assert!(planned.is_subset(&written), "{name}: {:?}", planned.difference(&written));
        let missing: BTreeSet<&str> = written.difference(&planned).map(|(rule, _)| rule.as_str()).collect();
        assert_eq!(missing.into_iter().collect::<Vec<_>>(), undecided[name], "{name}");
        let open: BTreeSet<String> =
            report["undecided"].as_array().unwrap().iter().map(|record| text(record, "rule")).collect();
        assert!(undecided[name].iter().all(|rule| open.contains(*rule)), "{name}: {open:?}");
        assert_eq!(run(&root, &["cost", "."])["total"], expected_total, "{name}");
    }
}

#[test]
fn a_plan_and_its_configuration_are_not_judged_twice() {
    let (_folder, root) = repository("django-celery");
    let both = run(&root, &["cost", "."]);
    let configuration = run(&root, &["cost", "infra"]);
    let plan = run(&root, &["cost", "plan.json"]);
    assert_eq!(both["total"], configuration["total"]);
    assert_eq!(plan["total"], configuration["total"]);
    assert_eq!(rules(&run(&root, &["check", "."])), rules(&run(&root, &["check", "infra"])));
}

#[test]
fn broken_plans_and_wrong_sources_are_said() {
    let (_folder, root) = repository("fastapi-mvp");
    let plan = std::fs::read_to_string(root.join("plan.json")).unwrap();
    std::fs::write(root.join("cut.json"), plan.get(..plan.len() / 2).unwrap()).unwrap();
    let report = run(&root, &["check", "cut.json"]);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(
        (findings[0]["rule"].as_str(), findings[0]["file"].as_str()),
        (Some("syntax-error"), Some("cut.json"))
    );
    let status = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        command.args(arguments).current_dir(&root).output().unwrap().status.code()
    };
    assert_eq!(status(&["check", "plan.json", "--source", "nowhere"]), Some(3));
    assert_eq!(status(&["check", "infra", "--source", "infra"]), Some(2));
}

#[test]
fn sensitive_values_of_a_plan_are_never_shown() {
    let (_folder, root) = repository("fastapi-mvp");
    let arguments: [&[&str]; 3] =
        [&["check", "plan.json"], &["check", "plan.json", "--source", "infra"], &["plan.json"]];
    for format in ["human", "json", "sarif", "github"] {
        for arguments in &arguments {
            let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
                .args(*arguments)
                .args(["--profile", "strict", "--format", format])
                .current_dir(&root)
                .output()
                .unwrap();
            let shown = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(!shown.contains("not-a-real-password-1"), "{arguments:?} {format}");
        }
    }
}
