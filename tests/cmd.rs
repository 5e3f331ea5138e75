//! What people see at the command line, as data: a file of tests/cmd/ holds commands and what they print. A folder
//! NAME.in beside a file is where its commands run; with NAME.out they run in a copy, which must then equal it.
//!
//! After a change that is meant: `TRYCMD=overwrite cargo test --test cmd`, and read every line of the difference.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn prints_what_the_files_say() {
    trycmd::TestCases::new()
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .case("tests/cmd/*.trycmd")
        .case("tests/cmd/help/*.trycmd")
        .run();
}

/// Commands below `command`, as its help lists them.
fn subcommands(command: &[String]) -> Vec<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(command).arg("--help").output().unwrap();
    assert!(output.status.success(), "{command:?} --help");
    let help = String::from_utf8(output.stdout).unwrap();
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        // Deeper lines continue a description.
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_help_of_every_command_is_tested() {
    let mut waiting: Vec<Vec<String>> = vec![Vec::new()];
    let mut seen = 0;
    while let Some(command) = waiting.pop() {
        let name = if command.is_empty() { "plimsoll".to_owned() } else { command.join("-") };
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cmd/help/{name}.trycmd"));
        let text = fs::read_to_string(&path).unwrap_or_default();
        let wanted =
            format!("$ plimsoll {}", [command.clone(), vec!["--help".to_owned()]].concat().join(" "));
        assert!(text.lines().any(|line| line == wanted), "`{wanted}` is in no file {}", path.display());
        for next in subcommands(&command) {
            waiting.push([command.clone(), vec![next]].concat());
        }
        seen += 1;
    }
    assert!(seen > 10, "only {seen} commands were found in the help");
}
