//! What the documentation tells people to put into CI works: snippets parse, their commands run, and the action's
//! scripts do what they say.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_yaml::Value;
use sha2::{Digest as _, Sha256};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap()
}

/// Language and text of the fenced blocks of a page.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks: Vec<(String, String)> = Vec::new();
    let mut is_open = false;
    for line in page.lines() {
        match (line.strip_prefix("```"), is_open) {
            (Some(language), false) => {
                blocks.push((language.to_owned(), String::new()));
                is_open = true;
            }
            (Some(_), true) => is_open = false,
            (None, true) => {
                let (_, text) = blocks.last_mut().unwrap();
                text.push_str(line);
                text.push('\n');
            }
            (None, false) => {}
        }
    }
    assert!(!is_open, "a block is not closed");
    blocks
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Every string of a document.
fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Sequence(items) => items.iter().flat_map(strings).collect(),
        Value::Mapping(members) => members.iter().flat_map(|(_, value)| strings(value)).collect(),
        Value::Tagged(tagged) => strings(&tagged.value),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

/// Command lines of plimsoll in a block.
fn commands(language: &str, text: &str) -> Vec<String> {
    let lines: Vec<String> = match language {
        "yaml" => strings(&yaml(text)).iter().flat_map(|text| text.lines()).map(str::to_owned).collect(),
        "groovy" => text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("sh '")?.strip_suffix('\'').map(str::to_owned))
            .collect(),
        "console" => text.lines().filter_map(|line| line.strip_prefix("$ ").map(str::to_owned)).collect(),
        _ => Vec::new(),
    };
    lines.into_iter().filter(|line| line.starts_with("plimsoll ")).collect()
}

/// A directory with a boundary and files that have findings.
fn deployment() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join(".git")).unwrap();
    std::fs::create_dir(dir.path().join("infra")).unwrap();
    std::fs::copy(root().join("fixtures/laravel-api/ecs/api.json"), dir.path().join("infra/api.json"))
        .unwrap();
    dir
}

fn bash(script: &str, directory: &Path, environment: &[(&str, &str)]) -> Output {
    let binary = Path::new(env!("CARGO_BIN_EXE_plimsoll")).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    Command::new("bash")
        .args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script])
        .env("PATH", format!("{}:{path}", binary.display()))
        .env("RUNNER_TEMP", directory)
        .envs(environment.iter().copied())
        .current_dir(directory)
        .output()
        .unwrap()
}

/// The words behind `--output`, without quotes and variables.
fn outputs(command: &str) -> Vec<String> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let named = words.windows(2).filter(|pair| pair[0] == "--output").map(|pair| pair[1]);
    named.map(|name| name.trim_matches('"').replace("$RUNNER_TEMP/", "")).collect()
}

#[test]
fn commands_of_the_documentation_run() {
    let mut count = 0;
    for page in ["docs/ci.md", "README.md"] {
        for (language, text) in blocks(&read(page)) {
            for command in commands(&language, &text) {
                if page == "README.md" && command.contains("fixtures/") {
                    // tools/readme_commands.py compares what these print.
                    continue;
                }
                let dir = deployment();
                let output = bash(&command, dir.path(), &[]);
                let errors = String::from_utf8_lossy(&output.stderr);
                assert!(matches!(output.status.code(), Some(0 | 1)), "{page}: {command}\n{errors}");
                for name in outputs(&command) {
                    assert!(dir.path().join(&name).is_file(), "{page}: {command}: no {name}");
                }
                count += 1;
            }
        }
    }
    assert!(count >= 7, "{count} commands");
}

/// Reports that a snippet hands on are those that its command writes.
#[test]
fn snippets_hand_on_what_they_write() {
    for (language, text) in blocks(&read("docs/ci.md")) {
        let written: BTreeSet<String> =
            commands(&language, &text).iter().flat_map(|command| outputs(command)).collect();
        let files = match language.as_str() {
            "groovy" => {
                let quoted = text.split('\'').skip(1).step_by(2);
                quoted
                    .filter(|word| word.starts_with("plimsoll.") && !word.contains(' '))
                    .map(str::to_owned)
                    .collect()
            }
            "yaml" => {
                let document = yaml(&text);
                let reports = document.get("plimsoll").and_then(|job| job.get("artifacts")?.get("reports"));
                reports.map(strings).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        for file in files {
            assert!(written.contains(&file), "`{file}` is not among {written:?}\n{text}");
        }
    }
}

/// What `--help` of each command knows.
fn known_flags() -> BTreeSet<String> {
    let mut flags = BTreeSet::new();
    for command in [vec!["--help"], vec!["check", "--help"], vec!["cost", "--help"], vec!["init", "--help"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(command).output().unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        let is_flag = |c: char| c.is_ascii_lowercase() || c == '-';
        let words = help.split(|c: char| !is_flag(c)).filter(|word| word.starts_with("--"));
        flags.extend(words.map(str::to_owned));
    }
    flags
}

#[test]
fn flags_that_are_named_exist() {
    let known = known_flags();
    let page = read("docs/ci.md");
    let mut is_code = false;
    let mut prose = String::new();
    for line in page.lines() {
        if line.starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    let mut named: Vec<String> = prose.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    let hooks = yaml(&read(".pre-commit-hooks.yaml"));
    named.extend(strings(&hooks).into_iter().filter(|text| text.starts_with("plimsoll ")));
    let action = yaml(&read("action.yml"));
    named.push(action["runs"]["steps"][1]["run"].as_str().unwrap().replace(['"', '(', ')'], " "));
    for (language, text) in blocks(&page) {
        if language == "yaml" {
            let is_argument = |text: &String| text.starts_with("--") && !text.contains(' ');
            named.extend(strings(&yaml(&text)).into_iter().filter(is_argument));
        }
    }
    let mut count = 0;
    for text in named {
        let is_flag = |word: &&str| {
            word.strip_prefix("--").is_some_and(|name| name.starts_with(|c: char| c.is_ascii_lowercase()))
        };
        for word in text.split_whitespace().filter(is_flag) {
            let flag = word.split('=').next().unwrap();
            assert!(known.contains(flag), "`{flag}` in `{text}` is no flag");
            count += 1;
        }
    }
    assert!(count >= 12, "{count} flags");
}

#[test]
fn the_table_of_formats_is_complete() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(["check", "--format", "none"]).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    let values = message.split("[possible values: ").nth(1).unwrap().split(']').next().unwrap();
    let known: Vec<&str> = values.split(", ").collect();
    let page = read("docs/ci.md");
    let listed: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name)
        .skip_while(|name| *name == "--format")
        .take(known.len())
        .collect();
    assert_eq!(listed, known);
}

/// Inputs of the action as its steps see them, with defaults.
fn action() -> Value {
    yaml(&read("action.yml"))
}

#[test]
fn the_action_is_safe_and_documented() {
    let action = action();
    let page = read("docs/ci.md");
    let inputs: Vec<&str> =
        action["inputs"].as_mapping().unwrap().iter().map(|(key, _)| key.as_str().unwrap()).collect();
    let text = read("action.yml");
    for input in &inputs {
        assert!(page.contains(&format!("`{input}`")), "docs/ci.md does not tell of the input `{input}`");
        assert!(text.contains(&format!("inputs.{input} ")), "the input `{input}` is not used");
    }
    for piece in text.split("inputs.").skip(1) {
        let name: String = piece.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        assert!(inputs.contains(&name.as_str()), "`{name}` is no input");
    }
    assert_eq!(action["inputs"]["version"]["default"].as_str(), Some(env!("CARGO_PKG_VERSION")));
    for step in action["runs"]["steps"].as_sequence().unwrap() {
        if let Some(script) = step.get("run").and_then(Value::as_str) {
            assert!(!script.contains("${{"), "a value could become a command\n{script}");
            assert_eq!(step["shell"].as_str(), Some("bash"));
        }
        if let Some(uses) = step.get("uses").and_then(Value::as_str) {
            let (_, commit) = uses.split_once('@').unwrap();
            assert!(
                commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()),
                "{uses} is not pinned"
            );
        }
    }
}

fn script(step: usize) -> String {
    action()["runs"]["steps"][step]["run"].as_str().unwrap().to_owned()
}

/// Runs a step of the action: its status, what it wrote to `GITHUB_OUTPUT` and to the summary, its log.
fn step(
    number: usize,
    directory: &Path,
    environment: &[(&str, &str)],
) -> (Option<i32>, String, String, String) {
    let (result, summary) = (directory.join("github-output"), directory.join("github-summary"));
    for file in [&result, &summary] {
        std::fs::write(file, "").unwrap();
    }
    let mut all =
        vec![("GITHUB_OUTPUT", result.to_str().unwrap()), ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())];
    all.extend(environment);
    let output = bash(&script(number), directory, &all);
    let log = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let read = |file| std::fs::read_to_string(file).unwrap();
    (output.status.code(), read(result), read(summary), log)
}

#[test]
fn the_check_of_the_action_reports() {
    let dir = deployment();
    let binary = env!("CARGO_BIN_EXE_plimsoll");
    let with = |changes: &[(&'static str, &'static str)]| {
        let mut environment = vec![
            ("PLIMSOLL", binary),
            ("PATHS", "."),
            ("CONFIG", ""),
            ("FAIL_ON", ""),
            ("COST", "true"),
            ("ARGUMENTS", ""),
            ("SARIF_FILE", "plimsoll.sarif"),
        ];
        environment.extend(changes);
        step(1, dir.path(), &environment)
    };

    let (status, result, summary, log) = with(&[]);
    assert_eq!(status, Some(0), "findings fail the last step, after the upload\n{log}");
    assert!(result.contains("exit-status=1\n") && result.contains("sarif-file=plimsoll.sarif\n"), "{result}");
    assert!(log.contains("::error file=infra/api.json,line=21"), "{log}");
    assert!(summary.starts_with("<!-- plimsoll -->\n### Plimsoll: 1 error, 2 warnings\n"), "{summary}");
    let sarif: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(dir.path().join("plimsoll.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["version"], "2.1.0");

    let (status, result, ..) =
        with(&[("FAIL_ON", "never"), ("COST", "false"), ("ARGUMENTS", "--no-ignores\n--as-of=2026-11-20\n")]);
    assert_eq!((status, result.contains("exit-status=0\n")), (Some(0), true), "{result}");

    // A missing path is no result, and what stands in an input is never run.
    let (status, ..) = with(&[("PATHS", "no/such/path")]);
    assert_eq!(status, Some(3));
    let (status, ..) =
        with(&[("PATHS", "$(touch run) `touch run` ; touch run"), ("ARGUMENTS", "$(touch run)")]);
    assert_ne!(status, Some(0));
    let (status, ..) = with(&[("FAIL_ON", "error; touch run")]);
    assert_eq!(status, Some(2));
    assert!(!dir.path().join("run").exists());
}

#[test]
fn the_action_downloads_what_the_checksum_names() {
    let dir = tempfile::tempdir().unwrap();
    let tools = dir.path().join("tools");
    std::fs::create_dir(&tools).unwrap();
    // Stands for the release page: the archive and its checksum, by the end of the address.
    let release = dir.path().join("release");
    std::fs::create_dir(&release).unwrap();
    std::fs::write(release.join("plimsoll"), "#!/bin/sh\necho downloaded\n").unwrap();
    let archive = release.join("plimsoll-x86_64-unknown-linux-musl.tar.gz");
    let packed =
        Command::new("tar").arg("-czf").arg(&archive).arg("-C").arg(&release).arg("plimsoll").status();
    assert!(packed.unwrap().success());
    let sum: String =
        Sha256::digest(std::fs::read(&archive).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect();
    std::fs::write(
        release.join("plimsoll-x86_64-unknown-linux-musl.tar.gz.sha256"),
        format!("{sum}  plimsoll.tar.gz\n"),
    )
    .unwrap();
    let curl = tools.join("curl");
    let script = "#!/usr/bin/env bash\nset -e\nwhile [ $# -gt 1 ]; do [ \"$1\" != --output ] || to=$2; shift; done\n\
                  echo \"$1\" >> \"$RELEASE/asked\"\ncp \"$RELEASE/${1##*/}\" \"$to\"\n";
    std::fs::write(&curl, script).unwrap();
    std::fs::set_permissions(&curl, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
    let wrong = "0".repeat(64);
    let run = |version: &str, sha256: &str| {
        let environment = [
            ("BINARY", ""),
            ("VERSION", version),
            ("SHA256", sha256),
            ("RUNNER_OS", "Linux"),
            ("RUNNER_ARCH", "X64"),
            ("RELEASE", release.to_str().unwrap()),
            ("PATH", path.as_str()),
        ];
        step(0, dir.path(), &environment)
    };
    for sha256 in ["", &sum] {
        let (status, result, _, log) = run("0.1.0", sha256);
        assert_eq!(status, Some(0), "{log}");
        let binary = result.trim().strip_prefix("binary=").unwrap();
        let output = Command::new("sh").arg(binary).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "downloaded\n");
    }
    let asked = std::fs::read_to_string(release.join("asked")).unwrap();
    let address = "https://github.com/plimsoll/plimsoll/releases/download/v0.1.0/plimsoll-x86_64-unknown-linux-musl.tar.gz";
    assert!(asked.lines().all(|line| line.starts_with(address)), "{asked}");

    let (status, result, _, log) = run("0.1.0", &wrong);
    assert_eq!((status, result.as_str()), (Some(1), ""), "{log}");
    assert!(log.contains("the checksum of the release is wrong"), "{log}");
    let (status, ..) = run("0.1.0/../../evil", "");
    assert_eq!(status, Some(2));

    let (status, result, ..) = step(0, dir.path(), &[("BINARY", "/bin/sh"), ("VERSION", ""), ("SHA256", "")]);
    assert_eq!((status, result.as_str()), (Some(0), "binary=/bin/sh\n"));
    let (status, ..) = step(0, dir.path(), &[("BINARY", "/no/such"), ("VERSION", ""), ("SHA256", "")]);
    assert_eq!(status, Some(3));
}
