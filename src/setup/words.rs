//! The texts that `init` proposes. Every snippet runs as it stands.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{FoundEnvironment, Survey};
use crate::analysis::Analysis;
use crate::model::Stage;

/// Usage keys proposed at most; more are counted.
const MOST_USAGE: usize = 20;

/// Resources whose cost waits for a quantity, as the configuration takes it: `aws_lb.main: { lcu: 0 }   # LCU-hours`.
pub(super) fn usage_missing(analysis: &Analysis) -> Vec<String> {
    let Some(estimate) = &analysis.estimate else { return Vec::new() };
    let needed = estimate.usage.iter().filter(|asked| asked.is_needed);
    let lines =
        needed.map(|asked| format!("{}: {{ {}: 0 }}   # {}", key(&asked.address), asked.key, asked.noun));
    lines.collect::<BTreeSet<_>>().into_iter().collect()
}

pub(super) fn configuration(survey: &Survey) -> String {
    let mut text = String::from(
        "# Configuration of plimsoll. Every key is optional; a mistake in it is reported with its line.\n\
         # Keys: https://github.com/plimsoll/plimsoll/blob/main/README.md#configuration\n\n",
    );
    match survey.regions.as_slice() {
        [] => {
            text.push_str("# The files name no region; prices are those of this one.\n# region: eu-west-1\n")
        }
        [region] => line(&mut text, &format!("region: {region}   # used where the files name none")),
        several => {
            line(&mut text, &format!("# The files name {}.", several.join(", ")));
            text.push_str("# region: …   # used where they name none\n");
        }
    }
    text.push_str("# stage: production   # or non-production; otherwise read from tags, folders and names\n");
    text.push_str("# profile: strict     # also run opinionated rules\n");
    text.push_str("fail_on: warning      # error, warning, info or never\n");
    if survey.errors + survey.warnings > 0 {
        line(
            &mut text,
            &format!(
                "# Today: {}. `plimsoll baseline create` accepts them, so that only new ones fail.",
                counted(survey)
            ),
        );
    }
    if survey.environments.is_empty() {
        text.push_str("\n# environments:\n#   prod: { var_files: [env/prod.tfvars], stage: production }\n");
    } else {
        text.push_str("\nenvironments:   # plimsoll --environment NAME\n");
        for environment in &survey.environments {
            line(&mut text, &format!("  {}: {{ {} }}", key(&environment.name), members(environment)));
        }
    }
    text.push_str("\n# rules:\n#   log-retention: off   # or error, warning, info\n");
    if !survey.unpriced.is_empty() {
        text.push_str(
            "\n# What the code cannot say, a month. `plimsoll usage init` writes every key.\n# usage:\n",
        );
        for missing in survey.unpriced.iter().take(MOST_USAGE) {
            line(&mut text, &format!("#   {missing}"));
        }
        if let Some(more) = survey.unpriced.len().checked_sub(MOST_USAGE).filter(|more| *more > 0) {
            line(&mut text, &format!("#   … and {more} more"));
        }
    }
    text
}

fn counted(survey: &Survey) -> String {
    format!(
        "{}, {}",
        crate::text::plural(survey.errors, "error"),
        crate::text::plural(survey.warnings, "warning")
    )
}

fn line(text: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

fn members(environment: &FoundEnvironment) -> String {
    let list = |paths: &[String]| paths.iter().map(|path| key(path)).collect::<Vec<_>>().join(", ");
    let mut members = vec![format!("var_files: [{}]", list(&environment.var_files))];
    match environment.stage {
        Stage::Production => members.push("stage: production".to_owned()),
        Stage::NonProduction => members.push("stage: non-production".to_owned()),
        Stage::Unknown => {}
    }
    if !environment.roots.is_empty() {
        members.push(format!("roots: [{}]", list(&environment.roots)));
    }
    members.join(", ")
}

/// A word as YAML takes it inside `{…}` and `[…]`: quoted where it holds anything but plain characters.
fn key(word: &str) -> String {
    let plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte));
    let is_word = word.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'.');
    let reserved =
        ["true", "false", "null", "yes", "no", "on", "off"].contains(&word.to_ascii_lowercase().as_str());
    if plain && is_word && !reserved {
        return word.to_owned();
    }
    serde_json::to_string(word).unwrap_or_default()
}

pub(super) fn pre_commit() -> String {
    format!("repos:\n{}", pre_commit_hook())
}

pub(super) fn pre_commit_hook() -> String {
    format!(
        "  - repo: https://github.com/plimsoll/plimsoll\n    rev: v{}\n    hooks:\n      - id: plimsoll\n",
        env!("CARGO_PKG_VERSION")
    )
}

pub(super) fn github(path: &str) -> String {
    format!(
        "name: plimsoll\n\
         on:\n  pull_request:\n  push:\n    branches: [main]\n\
         permissions:\n  contents: read\n\
         jobs:\n  plimsoll:\n    runs-on: ubuntu-latest\n    steps:\n\
         \x20     - uses: actions/checkout@v4\n\
         \x20     - run: cargo install --locked --git https://github.com/plimsoll/plimsoll --tag v{}\n\
         \x20     - run: plimsoll check --format github {path}\n",
        env!("CARGO_PKG_VERSION")
    )
}

pub(super) fn gitlab(path: &str) -> String {
    format!(
        "plimsoll:\n  image: rust:1\n  script:\n\
         \x20   - cargo install --locked --git https://github.com/plimsoll/plimsoll --tag v{}\n\
         \x20   - plimsoll check --format gitlab --output gl-code-quality-report.json {path}\n\
         \x20 artifacts:\n    when: always\n    reports:\n      codequality: gl-code-quality-report.json\n",
        env!("CARGO_PKG_VERSION")
    )
}

pub(super) fn jenkins(path: &str) -> String {
    format!(
        "stage('plimsoll') {{\n  steps {{\n    sh 'plimsoll check --format sarif --output plimsoll.sarif {path}'\n  }}\n\
         \x20 post {{\n    always {{\n      recordIssues(tools: [sarif(pattern: 'plimsoll.sarif')])\n    }}\n  }}\n}}\n"
    )
}
