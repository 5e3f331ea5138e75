//! Formats and where they go, through the binary: whole outputs on one deployment that has everything, several
//! formats in one run, outputs that cannot be written, exit status.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use insta::assert_snapshot;

/// Every format of findings.
const FORMATS: [&str; 9] =
    ["human", "json", "ndjson", "sarif", "github", "gitlab", "junit", "checkstyle", "markdown"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the binary in a directory, on the date of the fixtures.
fn run(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The deployment of `tests/formats` in a directory of its own, with a boundary.
fn deployment() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join(".git")).unwrap();
    for file in ["infra/main.tf", "infra/service/main.tf", "ecs/windows.json"] {
        let to = dir.path().join(file);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(root().join("tests/formats").join(file), to).unwrap();
    }
    let windows = std::fs::read_to_string(dir.path().join("ecs/windows.json")).unwrap();
    assert!(windows.contains("\r\n"), "git must not change the line endings of this file");
    dir
}

/// What `check` prints in a format, without the version and the number of checks, which grows with the rules.
fn checked(format: &str) -> String {
    let dir = deployment();
    let output = run(dir.path(), &["check", "--as-of", "2026-11-20", "--format", format]);
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(1));
    let printed = text(&output.stdout).replace(env!("CARGO_PKG_VERSION"), "VERSION");
    let in_words = regex::Regex::new(r"\d+ of \d+ checks decided").unwrap();
    let in_json = regex::Regex::new(r#""(decided|applicable)":( ?)\d+"#).unwrap();
    let printed = in_words.replace_all(&printed, "MANY of MANY checks decided");
    in_json.replace_all(&printed, r#""$1":${2}0"#).into_owned()
}

macro_rules! golden {
    ($($name:ident),*) => {
        $(
            #[test]
            fn $name() {
                assert_snapshot!(stringify!($name), checked(stringify!($name)));
            }
        )*
    };
}

golden!(ndjson, sarif, github, gitlab, junit, checkstyle, markdown);

#[test]
fn one_run_writes_what_several_runs_print() {
    let dir = deployment();
    let as_of = ["check", "--as-of", "2026-11-20"];
    let mut arguments: Vec<String> = as_of.map(str::to_owned).to_vec();
    for format in &FORMATS[1..] {
        arguments.extend(["--format".to_owned(), (*format).to_owned()]);
        arguments.extend(["--output".to_owned(), format!("{format}.out")]);
    }
    arguments.extend(["--format".to_owned(), "human".to_owned()]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = run(dir.path(), &arguments);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let alone = |format: &str| run(dir.path(), &[&as_of[..], &["--format", format]].concat()).stdout;
    assert_eq!(text(&output.stdout), text(&alone("human")));
    for format in &FORMATS[1..] {
        let written = std::fs::read(dir.path().join(format!("{format}.out"))).unwrap();
        assert_eq!(text(&written), text(&alone(format)), "{format}");
    }
    let left: Vec<_> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".tmp"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_overview_and_the_estimate_have_formats_too() {
    let path = "fixtures/fastapi-mvp";
    let as_of = ["--as-of", "2026-11-20", path];
    for format in FORMATS {
        let output = run(&root(), &[&as_of[..], &["--format", format]].concat());
        assert_eq!(output.status.code(), Some(0), "{format}: {}", text(&output.stderr));
        let has_money = text(&output.stdout).contains("98.2");
        let takes_money = ["human", "json", "ndjson", "markdown", "github", "junit"].contains(&format);
        assert_eq!(has_money, takes_money, "{format}");
    }
    let markdown = run(&root(), &["cost", "--as-of", "2026-11-20", path, "--format", "markdown"]);
    assert_eq!(markdown.status.code(), Some(0));
    assert_snapshot!("cost_markdown", text(&markdown.stdout));
    let refused = run(&root(), &["cost", path, "--format", "sarif"]);
    assert_eq!(refused.status.code(), Some(2));
}

/// Arguments, exit status, what standard error says.
#[test]
fn exit_status_is_a_contract() {
    let dir = deployment();
    std::fs::create_dir(dir.path().join("folder")).unwrap();
    std::fs::write(dir.path().join("wrong.yaml"), "regoin: eu-west-1\n").unwrap();
    std::fs::write(dir.path().join("clean.json"), "{\"family\": \"x\"}\n").unwrap();
    let cases: &[(&[&str], i32, &str)] = &[
        // 0: nothing at or above the threshold.
        (&["check", "--fail-on", "never"], 0, ""),
        (&["check", "infra", "--fail-on", "error"], 0, ""),
        (&["check", "clean.json"], 0, ""),
        (&["cost"], 0, ""),
        (&["rules"], 0, ""),
        (&["--help"], 0, ""),
        (&["--version"], 0, ""),
        // 1: findings, undecided checks where these fail.
        (&["check"], 1, ""),
        (&[], 1, ""),
        (&["check", "ecs", "--fail-on", "error"], 1, ""),
        (&["check", "--fail-on", "never", "--fail-on-undecided"], 1, ""),
        (&["check", "--format", "sarif", "--output", "x.sarif"], 1, ""),
        // 2: arguments and configuration.
        (&["check", "--format", "sarif", "--format", "json"], 2, "both go to standard output"),
        (&["check", "--output", "a", "--format", "sarif", "--format", "json"], 2, "before every --format"),
        (&["check", "--format", "sarif", "--output", "a", "--output", "b"], 2, "has two outputs"),
        (
            &["check", "--format", "sarif", "--output", "a", "--format", "json", "--output", "a"],
            2,
            "have the same output",
        ),
        (&["check", "--format", "toml"], 2, "invalid value 'toml'"),
        (&["check", "--fail-on", "sometimes"], 2, "one of error, warning, info, never"),
        (&["check", "--no-such-flag"], 2, "unexpected argument"),
        (&["check", "--jobs", "0"], 2, "--jobs must be at least 1"),
        (&["check", "--config", "wrong.yaml"], 2, "`regoin`"),
        (&["explain", "no-such-rule"], 2, "is called `no-such-rule`"),
        // 3: paths.
        (&["check", "no/such/path"], 3, "no/such/path"),
        (&["check", "--config", "none.yaml"], 3, "none.yaml"),
        (&["check", "--var-file", "none.tfvars"], 3, "none.tfvars"),
        (
            &["check", "--format", "sarif", "--output", "none/a.sarif"],
            3,
            "cannot write `none/a.sarif`: the directory `none` does not exist",
        ),
        (&["check", "--output", "folder"], 3, "cannot write `folder`: it is a directory"),
        (&["cost", "--output", "none/a"], 3, "the directory `none` does not exist"),
    ];
    for (arguments, status, message) in cases {
        let output = run(dir.path(), arguments);
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(*status), "{arguments:?}\n{errors}");
        assert!(errors.contains(message), "{arguments:?}\n{errors}");
        assert_eq!(errors.is_empty(), message.is_empty(), "{arguments:?}\n{errors}");
        if *status > 1 {
            assert_eq!(text(&output.stdout), "", "{arguments:?}");
        }
    }
    assert!(dir.path().join("x.sarif").is_file());
    for name in ["a", "b", "none"] {
        assert!(!dir.path().join(name).exists(), "{name}: nothing is written where the arguments are wrong");
    }
}

/// A reader of standard output who goes away is no reason to pass.
#[cfg(unix)]
#[test]
fn a_closed_pipe_does_not_open_the_gate() {
    let dir = deployment();
    let script = "set -o pipefail; \"$PLIMSOLL\" check --format sarif --output a.sarif --format human | true";
    let status = Command::new("bash")
        .args(["-c", script])
        .env("PLIMSOLL", env!("CARGO_BIN_EXE_plimsoll"))
        .current_dir(dir.path())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(1));
    assert!(dir.path().join("a.sarif").is_file(), "files are written first");
}

#[test]
fn dash_is_standard_output() {
    let dir = deployment();
    let output = run(dir.path(), &["check", "--format", "gitlab", "--output", "-"]);
    assert!(text(&output.stdout).starts_with("[\n"));
    assert!(!dir.path().join("-").exists());
}

/// Reports are no input: a second run, with the first one's reports beside the files, says the same.
#[test]
fn reports_beside_the_files_change_nothing() {
    let dir = deployment();
    let first = run(dir.path(), &["check", "--as-of", "2026-11-20", "--format", "json"]);
    for format in FORMATS {
        let extension = if ["json", "sarif", "gitlab"].contains(&format) { "json" } else { "txt" };
        let name = format!("report-{format}.{extension}");
        run(dir.path(), &["check", "--format", format, "--output", &name]);
    }
    let again = run(dir.path(), &["check", "--as-of", "2026-11-20", "--format", "json"]);
    assert_eq!(text(&first.stdout), text(&again.stdout));
}

/// The SARIF of every fixture and of every folder named keeps to the schema of OASIS, where that is at hand:
/// `PLIMSOLL_SARIF_SCHEMA=sarif-schema-2.1.0.json PLIMSOLL_SARIF_PATHS=/repositories/a:/repositories/b`.
#[test]
fn sarif_keeps_to_the_schema_of_oasis() {
    let Some(schema) = std::env::var_os("PLIMSOLL_SARIF_SCHEMA") else { return };
    let schema = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let mut folders: Vec<PathBuf> = ["fixtures", "examples", "rules"].map(|name| root().join(name)).into();
    let entries = std::fs::read_dir(root().join("fixtures")).unwrap();
    folders.extend(entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()));
    let named = std::env::var_os("PLIMSOLL_SARIF_PATHS").unwrap_or_default();
    folders.extend(std::env::split_paths(&named).filter(|path| path.is_dir()));
    let everything = deployment();
    folders.push(everything.path().to_path_buf());
    let mut results = 0;
    for folder in folders {
        let output = run(&folder, &["check", "--profile", "strict", "--format", "sarif", "."]);
        let log: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let errors: Vec<String> = schema.iter_errors(&log).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", folder.display());
        results += log["runs"][0]["results"].as_array().unwrap().len();
    }
    assert!(results > 20, "{results} results");
}

#[test]
fn timings_go_beside_the_report_and_change_nothing_in_it() {
    let dir = deployment();
    let arguments = ["check", "--as-of", "2026-11-20", "--format", "json"];
    let plain = run(dir.path(), &arguments);
    let timed = run(dir.path(), &[&arguments[..], &["--timings"]].concat());
    assert_eq!(text(&timed.stdout), text(&plain.stdout));
    assert_eq!(timed.status.code(), plain.status.code());
    let table = text(&timed.stderr);
    let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["rule", "looked", "at", "time"]);
    assert_eq!(lines[lines.len() - 1][0], "total");
    let rows = &lines[1..lines.len() - 1];
    let took: Vec<f64> = rows.iter().map(|row| row[2].parse().unwrap()).collect();
    assert!(took.is_sorted_by(|a, b| a >= b), "{table}");
    let of = |rule: &str| rows.iter().find(|row| row[0] == rule).map(|row| row[1].parse::<usize>().unwrap());
    // A rule sees the nodes of its kind and no others: there is no database here.
    assert!(of("missing-healthcheck").is_some_and(|looked| looked > 0), "{table}");
    assert_eq!(of("rds-plaintext-password"), None, "{table}");
}
