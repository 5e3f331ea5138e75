//! `plimsoll init`, `completions` and `man`, in repositories as people have them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn plimsoll(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(arguments).current_dir(directory).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A repository with a root module of two environments, and one for a shared network.
fn repository() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let write = |path: &str, content: &str| {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    fs::create_dir(directory.path().join(".git")).unwrap();
    write(
        "app/main.tf",
        "terraform {\n  backend \"s3\" {}\n}\nprovider \"aws\" {\n  region = \"eu-west-1\"\n}\nvariable \"days\" {\n  type = number\n}\nresource \"aws_cloudwatch_log_group\" \"app\" {\n  name              = \"app\"\n  retention_in_days = var.days\n}\n",
    );
    write("app/env/common.tfvars", "days = 7\n");
    write("app/env/dev.tfvars", "days = 7\n");
    write("app/env/prod.tfvars", "days = 30\n");
    write(
        "network/main.tf",
        "terraform {\n  backend \"s3\" {}\n}\nvariable \"zones\" {\n  type = number\n}\n",
    );
    write("network/prod/terraform.tfvars", "zones = 3\n");
    write("network/env/dev.tfvars", "unrelated = 3\n");
    write(".github/workflows/deploy.yml", "on: push\njobs: {}\n");
    write(".gitlab-ci.yml", "stages: [test]\n");
    directory
}

#[test]
fn what_init_writes_is_accepted_by_check() {
    let directory = repository();
    let output = plimsoll(directory.path(), &["init"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let said = text(&output);
    for expected in [
        "wrote plimsoll.yaml",
        "wrote .pre-commit-config.yaml",
        "wrote .github/workflows/plimsoll.yml",
        "add to .gitlab-ci.yml:",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let configuration = fs::read_to_string(directory.path().join("plimsoll.yaml")).unwrap();
    for expected in [
        "region: eu-west-1 ",
        "  dev: { var_files: [app/env/common.tfvars, app/env/dev.tfvars], stage: non-production, roots: [app] }\n",
        "  prod: { var_files: [app/env/common.tfvars, app/env/prod.tfvars], stage: production, roots: [app] }\n",
        "#   aws_cloudwatch_log_group.app: { ingested_gb: 0 }   # GB of logs\n",
    ] {
        assert!(configuration.contains(expected), "{expected}:\n{configuration}");
    }
    let check = plimsoll(directory.path(), &["check", "--environment", "prod", "--as-of", "2026-11-20"]);
    assert!(matches!(check.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&check.stderr));
    assert!(
        text(&check).contains("environment prod: app/env/common.tfvars, app/env/prod.tfvars"),
        "{}",
        text(&check)
    );
    // What is commented out is right as well.
    let all = configuration.replace("\n# usage:", "\nusage:").replace("\n#   aws_", "\n   aws_");
    fs::write(directory.path().join("plimsoll.yaml"), all).unwrap();
    let cost = plimsoll(directory.path(), &["cost", "--environment", "prod", "--as-of", "2026-11-20"]);
    assert_eq!(cost.status.code(), Some(0), "{}", String::from_utf8_lossy(&cost.stderr));
}

#[test]
fn nothing_that_is_there_is_replaced_unasked() {
    let directory = repository();
    let mine = "profile: strict\n";
    fs::write(directory.path().join("plimsoll.yaml"), mine).unwrap();
    fs::write(directory.path().join(".pre-commit-config.yaml"), "repos: []\n").unwrap();
    let said = text(&plimsoll(directory.path(), &["init"]));
    assert!(said.contains("kept plimsoll.yaml: it is there already"), "{said}");
    assert!(said.contains("add to .pre-commit-config.yaml:"), "{said}");
    let read = |name: &str| fs::read_to_string(directory.path().join(name)).unwrap();
    assert_eq!(read("plimsoll.yaml"), mine);
    assert_eq!(read(".pre-commit-config.yaml"), "repos: []\n");
    assert_eq!(plimsoll(directory.path(), &["init", "--force"]).status.code(), Some(0));
    assert!(read("plimsoll.yaml").contains("environments:"));
    assert_eq!(read(".pre-commit-config.yaml"), "repos: []\n");
}

#[test]
fn a_dry_run_writes_nothing() {
    let directory = repository();
    let said = text(&plimsoll(directory.path(), &["init", "--dry-run"]));
    assert!(said.contains("would write plimsoll.yaml:"), "{said}");
    assert!(!directory.path().join("plimsoll.yaml").exists());
    assert!(!directory.path().join(".github/workflows/plimsoll.yml").exists());
    let output = plimsoll(directory.path(), &["init", "nowhere"]);
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn every_command_is_completed_and_has_a_page() {
    let directory = tempfile::tempdir().unwrap();
    let help = text(&plimsoll(directory.path(), &["--help"]));
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| {
            line.strip_prefix("  ").filter(|rest| !rest.starts_with(' '))?.split_whitespace().next()
        })
        .filter(|name| *name != "help" && name.chars().all(|c| c.is_ascii_lowercase()))
        .collect();
    assert!(commands.contains(&"check"), "{help}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = text(&plimsoll(directory.path(), &["completions", shell]));
        for command in &commands {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
    assert_eq!(plimsoll(directory.path(), &["man", "--directory", "pages/man1"]).status.code(), Some(0));
    for command in &commands {
        let page =
            fs::read_to_string(directory.path().join(format!("pages/man1/plimsoll-{command}.1"))).unwrap();
        assert!(page.contains(".SH DESCRIPTION"), "{command}");
    }
    assert!(text(&plimsoll(directory.path(), &["man", "check"])).contains("fail\\-on\\-undecided"));
    assert_eq!(plimsoll(directory.path(), &["man", "chekc"]).status.code(), Some(2));
}

#[test]
fn a_misspelt_command_is_told_from_a_path() {
    let directory = tempfile::tempdir().unwrap();
    let output = plimsoll(directory.path(), &["chekc"]);
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("`chekc` does not exist; did you mean the command `check`?"), "{said}");
    let output = plimsoll(directory.path(), &["infra/production"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("did you mean"));
}
