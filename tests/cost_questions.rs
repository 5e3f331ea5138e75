//! `docs/cost-questions.md`: every command in it is run, and prints what stands below it. With `UPDATE_DOCS=1` the
//! outputs are written anew, to be read and committed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// The words of a command line; double quotes keep blanks.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn run(line: &str) -> String {
    let arguments = words(line.strip_prefix("$ plimsoll ").expect(line));
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .args(["--as-of", "2026-11-20"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("COLUMNS")
        .output()
        .unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_commands_print_what_the_page_says() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cost-questions.md");
    let text = std::fs::read_to_string(&page).unwrap();
    let mut written = String::new();
    let mut commands = 0;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        writeln!(written, "{line}").unwrap();
        if line != "```console" {
            continue;
        }
        for inside in lines.by_ref() {
            if inside == "```" {
                written.push_str("```\n");
                break;
            }
            if inside.starts_with("$ plimsoll ") {
                commands += 1;
                writeln!(written, "{inside}").unwrap();
                for line in run(inside).trim_end().lines() {
                    writeln!(written, "{}", line.trim_end()).unwrap();
                }
            }
        }
    }
    assert!(commands > 12, "only {commands} commands were found");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&page, written).unwrap();
    } else {
        assert!(
            written == text,
            "run `UPDATE_DOCS=1 cargo test --test cost_questions` and read what changed"
        );
    }
}

/// The figures that the page's sentences name stand in its outputs.
#[test]
fn the_figures_of_the_answers_are_those_of_the_outputs() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cost-questions.md");
    let text = std::fs::read_to_string(page).unwrap();
    let mut outputs = String::new();
    let mut sentences = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if inside {
            outputs.push_str(line);
            outputs.push(' ');
        } else {
            sentences.push(line);
        }
    }
    // **$12.34** is a figure of an output; other figures in the text are claims or are worked out beside them.
    let printed: Vec<&str> = outputs.split([' ', '$']).filter(|word| !word.is_empty()).collect();
    let mut checked = 0;
    for line in sentences {
        for part in line.split("**$").skip(1) {
            let figure = part.split("**").next().unwrap_or_default();
            assert!(printed.contains(&figure), "${figure} is in no output: {line}");
            checked += 1;
        }
    }
    assert!(checked > 8, "only {checked} figures were found");
}
