//! The scenarios under `fixtures/`, through the binary: findings and estimate compared whole with
//! `expected/findings.json` and `expected/estimate.json`. `PLIMSOLL_BLESS=1` writes them anew; read the
//! difference before committing it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the binary in the repository's top directory.
fn plimsoll(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .args(["--as-of", "2026-11-20"])
        .current_dir(root())
        .env_clear()
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

fn compare(scenario: &str, command: &str, file: &str, exit: i32) -> Value {
    let path = format!("fixtures/{scenario}");
    let (code, report, errors) = plimsoll(&[command, "--format", "json", "--root", &path, &path]);
    assert_eq!(errors, "", "{scenario}");
    assert_eq!(code, Some(exit), "{scenario}: {command}");
    let expected = root().join(&path).join("expected").join(file);
    if std::env::var_os("PLIMSOLL_BLESS").is_some() {
        std::fs::create_dir_all(expected.parent().unwrap()).unwrap();
        std::fs::write(&expected, &report).unwrap();
    }
    let known = std::fs::read_to_string(&expected).unwrap_or_default();
    assert!(known == report, "{} differs:\n{}", expected.display(), difference(&known, &report));
    serde_json::from_str(&report).unwrap()
}

/// The lines that differ, with their numbers.
fn difference(known: &str, found: &str) -> String {
    let lines = known.lines().zip(found.lines()).enumerate();
    let changed = lines.filter(|(_, (a, b))| a != b).take(10);
    let mut text: String = changed.map(|(at, (a, b))| format!("{}:\n- {a}\n+ {b}\n", at + 1)).collect();
    text.push_str(&format!("{} lines against {}", known.lines().count(), found.lines().count()));
    text
}

/// One scenario, without the files of this repository around it: findings by severity, what is undecided, the total.
fn scenario(name: &str, exit: i32, counts: [u64; 4], total: [&str; 3], at_least: bool) {
    let findings = compare(name, "check", "findings.json", exit);
    let of = |key: &str| findings["summary"][key].as_u64().unwrap();
    assert_eq!([of("error"), of("warning"), of("info"), of("undecided")], counts, "{name}");
    let estimate = compare(name, "cost", "estimate.json", 0);
    let figures = ["low", "expected", "high"].map(|key| round(estimate["total"][key].as_str().unwrap()));
    assert_eq!(figures, total, "{name}");
    assert_eq!(estimate["at_least"], at_least, "{name}");
    exact_sum(&estimate);
}

/// Half away from zero to cents, as people round.
fn round(amount: &str) -> String {
    let decimal: rust_decimal::Decimal = amount.parse().unwrap();
    let rounded = decimal.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    format!("{rounded:.2}")
}

/// Lines sum exactly to the total.
fn exact_sum(estimate: &Value) {
    for key in ["low", "expected", "high"] {
        let amount =
            |value: &Value| value["monthly"][key].as_str().unwrap().parse::<rust_decimal::Decimal>().unwrap();
        let resources = estimate["resources"].as_array().unwrap();
        let sum: rust_decimal::Decimal = resources.iter().map(amount).sum();
        assert_eq!(sum, estimate["total"][key].as_str().unwrap().parse().unwrap());
        for resource in resources {
            let parts: rust_decimal::Decimal =
                resource["components"].as_array().unwrap().iter().map(amount).sum();
            assert_eq!(parts, amount(resource), "{}", resource["address"]);
        }
    }
}

#[test]
fn fastapi_mvp() {
    scenario("fastapi-mvp", 0, [0, 0, 2, 0], ["98.28"; 3], false);
}

#[test]
fn django_celery() {
    scenario("django-celery", 1, [1, 3, 0, 0], ["185.15", "185.37", "185.84"], false);
}

#[test]
fn laravel_api() {
    scenario("laravel-api", 1, [1, 4, 0, 0], ["0.00"; 3], true);
}

#[test]
fn laravel_api_fixed() {
    scenario("laravel-api-fixed", 0, [0, 0, 0, 0], ["0.00"; 3], true);
}

#[test]
fn two_writers() {
    scenario("two-writers", 1, [0, 1, 0, 0], ["237.23", "237.23", "453.50"], false);
}

#[test]
fn unknowns() {
    scenario("unknowns", 1, [1, 2, 0, 11], ["29.56", "41.24", "41.24"], true);
}

/// Filling in what is unknown decides every check and contradicts none that was decided before.
#[test]
fn completions_of_unknowns_contradict_nothing() {
    let folder = root().join("fixtures/unknowns");
    let findings = |arguments: &[&str]| -> Value {
        let (_, report, errors) =
            plimsoll(&[&["check", "--format", "json", "fixtures/unknowns"], arguments].concat());
        assert_eq!(errors, "");
        serde_json::from_str(&report).unwrap()
    };
    let open = findings(&[]);
    let undecided = |report: &Value| report["summary"]["undecided"].as_u64().unwrap();
    assert_eq!(undecided(&open), 11);
    let undecided_rules: Vec<&str> =
        open["undecided"].as_array().unwrap().iter().map(|record| record["rule"].as_str().unwrap()).collect();
    let mut completions: Vec<PathBuf> =
        std::fs::read_dir(folder.join("completions")).unwrap().map(|entry| entry.unwrap().path()).collect();
    completions.sort();
    assert_eq!(completions.len(), 3);
    for file in completions {
        let filled = findings(&["--var-file", file.to_str().unwrap()]);
        let name = Path::new(&file).file_stem().unwrap().to_str().unwrap().to_owned();
        assert_eq!(undecided(&filled), 0, "{name}");
        for finding in filled["findings"].as_array().unwrap() {
            let rule = finding["rule"].as_str().unwrap();
            let place = (&finding["file"], &finding["line"]);
            let known = open["findings"].as_array().unwrap();
            let stays =
                known.iter().any(|other| other["rule"] == rule && (&other["file"], &other["line"]) == place);
            assert!(
                stays || undecided_rules.contains(&rule),
                "{name}: {rule} flipped from pass to fail at {place:?}"
            );
        }
        let kept = |finding: &&Value| {
            filled["findings"].as_array().unwrap().iter().any(|other| {
                // A credential in a var file is one of an environment once that file is used.
                let (rule, before) = (other["rule"].as_str().unwrap(), finding["rule"].as_str().unwrap());
                (rule == before || rule.strip_suffix("-env") == Some(before))
                    && other["file"] == finding["file"]
                    && other["line"] == finding["line"]
            })
        };
        // A conditional finding may go with its resource; any other must stay.
        let lost: Vec<&Value> =
            open["findings"].as_array().unwrap().iter().filter(|finding| !kept(finding)).collect();
        assert!(lost.iter().all(|finding| finding["conditional"] == true), "{name}: {lost:?}");
    }
}
