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

/// A repository with the configuration and the plans of `tests/plan/unknowns`.
fn unknowns() -> (tempfile::TempDir, PathBuf) {
    let plans = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plan");
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("repository");
    copy(&plans.join("unknowns"), &root.join("infra"));
    std::fs::create_dir(root.join(".git")).unwrap();
    for name in ["unknowns", "unknowns-none", "unknowns-open", "unknowns-private"] {
        std::fs::copy(plans.join(format!("{name}.json")), root.join(format!("{name}.json"))).unwrap();
    }
    (folder, root)
}

/// Rule and instance of every undecided check.
fn open(report: &Value) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for record in report["undecided"].as_array().unwrap() {
        for instance in record["instances"].as_array().unwrap() {
            found.insert((text(record, "rule"), instance.as_str().unwrap().to_owned()));
        }
    }
    found
}

#[test]
fn what_a_plan_leaves_open_is_decided_as_every_completion_decides_it() {
    let (_folder, root) = unknowns();
    for source in [&[] as &[&str], &["--source", "infra"]] {
        let check =
            |plan: &str| run(&root, &[&["check", plan, "--profile", "strict"] as &[&str], source].concat());
        let unknown = check("unknowns.json");
        for completion in ["unknowns-none.json", "unknowns-open.json", "unknowns-private.json"] {
            let known = check(completion);
            let missed: Vec<_> = rules(&known)
                .into_iter()
                .filter(|one| !rules(&unknown).contains(one) && !open(&unknown).contains(one))
                .collect();
            assert!(missed.is_empty(), "passes, but {completion} fails: {missed:?}");
            let invented: Vec<_> = rules(&unknown)
                .into_iter()
                .filter(|one| !rules(&known).contains(one) && !open(&known).contains(one))
                .collect();
            assert!(invented.is_empty(), "fails, but {completion} passes: {invented:?}");
        }
        let is_open =
            |rule: &str, resource: &str| open(&unknown).contains(&(rule.to_owned(), resource.to_owned()));
        for group in ["dynamic", "both"] {
            assert!(is_open("sg-open-db-port", &format!("aws_security_group.{group}")), "{group}");
        }
        // A plan cannot tell an argument that is not written from a dynamic block; its configuration can.
        assert_eq!(is_open("sg-open-db-port", "aws_security_group.unset"), source.is_empty());
    }
    let decided = rules(&run(&root, &["check", "unknowns-open.json"]));
    for group in ["dynamic", "both"] {
        assert!(
            decided.contains(&("sg-open-db-port".to_owned(), format!("aws_security_group.{group}"))),
            "{group}"
        );
    }
}

#[test]
fn show_prints_what_a_plan_says() {
    let (_folder, root) = unknowns();
    let shown = run_bare(&root, &["show", "unknowns.json", "--format", "json"]);
    assert_eq!(shown["errors"], serde_json::json!([]));
    let outputs = &shown["outputs"];
    assert_eq!(outputs["service"]["value"], serde_json::json!({"count": 2, "id": null}));
    assert_eq!(outputs["service"]["unknown"], serde_json::json!(["/id"]));
    assert_eq!(outputs["service"]["causes"]["/id"][0]["name"], "output.service.id");
    assert_eq!(outputs["vpc"]["unknown"], serde_json::json!([""]));
    assert_eq!(outputs["vpc"]["causes"][""][0]["name"], "aws_vpc.main.id");
    assert_eq!(outputs["password"]["value"], "(sensitive)");
    assert!(!shown.to_string().contains("not-a-real-password-1"));
    let group = |name: &str, shown: &Value| {
        let resources = shown["resources"].as_array().unwrap().clone();
        resources.into_iter().find(|one| one["address"] == format!("aws_security_group.{name}")).unwrap()
    };
    let unknown = |name: &str, shown: &Value| group(name, shown)["unknown"].as_array().unwrap().clone();
    assert!(unknown("unset", &shown).contains(&"/ingress".into()), "{:?}", unknown("unset", &shown));
    // None, one or many: not the one object that Terraform plans in its place.
    assert!(unknown("dynamic", &shown).contains(&"/ingress/-".into()));
    assert_eq!(group("dynamic", &shown)["attributes"]["ingress"], serde_json::json!([]));
    assert_eq!(group("both", &shown)["attributes"]["ingress"].as_array().unwrap().len(), 1);
    // With the configuration, what is not written is not set, and places are those of the configuration.
    let shown = run_bare(&root, &["show", "unknowns.json", "--source", "infra", "--format", "json"]);
    assert!(group("unset", &shown)["attributes"].get("ingress").is_none());
    assert_eq!(group("unset", &shown)["file"], "infra/main.tf");
    assert!(unknown("dynamic", &shown).contains(&"/ingress/-".into()));
    let why = run_bare(
        &root,
        &["show", "unknowns.json", "--why", "aws_ecs_service.web.network_configuration", "--format", "json"],
    );
    assert_eq!(why["unknown"][0]["name"], "aws_ecs_service.web.network_configuration");
    let refused = |arguments: &[&str]| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(arguments).current_dir(&root).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (status, words) = refused(&["show", "unknowns.json", "--why", "aws_ecs_service.wbe.desired_count"]);
    assert_eq!(status, Some(2));
    assert!(words.contains("did you mean `aws_ecs_service.web.desired_count`?"), "{words}");
    let (status, words) = refused(&["eval", "--in", "unknowns.json", "1 + 1"]);
    assert_eq!(status, Some(2));
    assert!(words.contains("plimsoll show unknowns.json --why"), "{words}");
    assert_eq!(refused(&["show", "infra", "--source", "infra"]).0, Some(2));
}

fn run_bare(dir: &Path, arguments: &[&str]) -> Value {
    let output =
        Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(arguments).current_dir(dir).output().unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn the_source_of_a_plan_takes_the_environment_and_flags() {
    let (_folder, root) = unknowns();
    std::fs::write(
        root.join("plimsoll.yaml"),
        "environments:\n  prod:\n    var_files: [prod.tfvars]\n    workspace: live\n    roots: [infra]\n  other:\n    roots: [elsewhere]\n",
    )
    .unwrap();
    std::fs::write(root.join("prod.tfvars"), "label = \"from-prod\"\n").unwrap();
    let mut infra = std::fs::read_to_string(root.join("infra/main.tf")).unwrap();
    infra.push_str("variable \"label\" { default = \"none\" }\nresource \"aws_ecs_cluster\" \"extra\" {\n  name = \"${var.label}-${terraform.workspace}\"\n}\n");
    std::fs::write(root.join("infra/main.tf"), infra).unwrap();
    let mut plan: Value =
        serde_json::from_str(&std::fs::read_to_string(root.join("unknowns.json")).unwrap()).unwrap();
    plan["resource_changes"].as_array_mut().unwrap().push(serde_json::json!({
        "address": "aws_ecs_cluster.extra", "mode": "managed", "type": "aws_ecs_cluster", "name": "extra",
        "change": {"actions": ["create"], "before": null, "after": {}, "after_unknown": {"name": true}, "after_sensitive": {}},
    }));
    plan["configuration"]["root_module"]["resources"].as_array_mut().unwrap().push(serde_json::json!({
        "address": "aws_ecs_cluster.extra", "expressions": {"name": {"references": ["var.label", "terraform.workspace"]}},
    }));
    std::fs::write(root.join("extra.json"), plan.to_string()).unwrap();
    let name = |flags: &[&str]| {
        let fixed: &[&str] = &["show", "extra.json", "--source", "infra", "--format", "json"];
        let shown = run_bare(&root, &[fixed, flags].concat());
        let resources = shown["resources"].as_array().unwrap().clone();
        let extra = resources.into_iter().find(|one| one["address"] == "aws_ecs_cluster.extra").unwrap();
        extra["attributes"]["name"].clone()
    };
    assert_eq!(name(&[]), "none-default");
    assert_eq!(name(&["--environment", "prod"]), "from-prod-live");
    assert_eq!(name(&["--environment", "prod", "--var", "label=mine"]), "mine-live");
    let notes = |flags: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .args([&["check", "extra.json", "--var", "label=x"] as &[&str], flags].concat())
            .current_dir(&root)
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).contains("count only with `--source`")
    };
    assert!(notes(&[]) && !notes(&["--source", "infra"]));
    let report = run(&root, &["check", "extra.json", "--source", "infra", "--var", "lable=x"]);
    let undeclared = report["findings"].as_array().unwrap().iter().any(|finding| {
        finding["rule"] == "evaluation-error" && text(finding, "message").contains("no variable `lable`")
    });
    assert!(undeclared, "{}", report["findings"]);
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["check", "extra.json", "--source", "infra", "--environment", "other"])
        .current_dir(&root)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}

/// A Terraform plan as OpenTofu writes it: other provider names and versions, members more and less.
fn of_opentofu(plan: &str) -> String {
    let mut plan: Value = serde_json::from_str(plan).unwrap();
    let members = plan.as_object_mut().unwrap();
    for missing in ["applyable", "complete"] {
        members.remove(missing);
    }
    members.insert("terraform_version".to_owned(), "1.10.6".into());
    members.insert("timestamp".to_owned(), "2026-11-20T00:00:00Z".into());
    for variable in members
        .get_mut("variables")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(|all| all.values_mut())
    {
        variable["deprecated"] = "".into();
    }
    for resource in members.get_mut("resource_changes").and_then(Value::as_array_mut).into_iter().flatten() {
        resource["full_provider"] = "registry.opentofu.org/hashicorp/aws".into();
    }
    let ephemeral = serde_json::json!({
        "address": "ephemeral.aws_secretsmanager_secret_version.e", "mode": "ephemeral",
        "type": "aws_secretsmanager_secret_version", "name": "e",
        "change": {"actions": ["open"], "before": null, "after": null, "after_unknown": true, "after_sensitive": false},
    });
    members["resource_changes"].as_array_mut().unwrap().push(ephemeral);
    plan.to_string().replace("registry.terraform.io/", "registry.opentofu.org/")
}

#[test]
fn plans_of_opentofu_are_judged_like_those_of_terraform() {
    let plans = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plan");
    for name in ["fastapi-mvp", "django-celery", "two-writers", "unknowns"] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".git")).unwrap();
        let plan = folder.path().join("plan.json");
        let written = std::fs::read_to_string(plans.join(format!("{name}.json"))).unwrap();
        let judge = |text: &str| {
            std::fs::write(&plan, text).unwrap();
            let report = run(folder.path(), &["check", "plan.json", "--profile", "strict"]);
            let total = run(folder.path(), &["cost", "plan.json"])["total"].clone();
            (rules(&report), open(&report), report["summary"].clone(), total)
        };
        let (terraform, tofu) = (judge(&written), judge(&of_opentofu(&written)));
        assert!(terraform.2["applicable"].as_u64().unwrap() > 10);
        assert_eq!(tofu, terraform, "{name}");
    }
}
