//! `plimsoll rules test`: runs the examples of rule pages, and says which do not come out as written.

use std::io::Write;
use std::path::PathBuf;

use rayon::prelude::*;

use super::args::RulesTestArgs;
use super::{Exit, Stop, common};
use crate::analysis::own_rules::RuleTest;
use crate::analysis::{self, examples};
use crate::date::Date;
use crate::report::text::line;
use crate::text::plural;

/// An example that was run.
struct Outcome<'a> {
    file: &'a str,
    rule: &'a str,
    example: &'a str,
    /// Empty when it came out as written.
    wrong: Vec<String>,
}

pub(super) fn run(args: &RulesTestArgs) -> Result<Exit, Stop> {
    let as_of = args.as_of.unwrap_or_else(Date::today);
    let (tests, catalogue) =
        analysis::own_rules::to_test(&args.paths, &common::working_directory()?).map_err(common::stop)?;
    if tests.is_empty() {
        return Err(Stop::path(format!("there are no rules at {}", names(&args.paths))));
    }
    let outcomes: Vec<Outcome<'_>> = tests
        .par_iter()
        .flat_map_iter(|test| test.examples.iter().map(move |example| (test, example)))
        .map(|(test, example)| {
            let info = catalogue.info(&test.info.id).unwrap_or(&test.info);
            let wrong = examples::run(example, info, &catalogue, as_of).unwrap_or_else(|error| vec![error]);
            Outcome { file: &test.file, rule: &test.info.id, example: &example.name, wrong }
        })
        .collect();
    common::deliver(None, args.color, false, |_, out| write(&tests, &outcomes, out))?;
    let failed = outcomes.iter().any(|outcome| !outcome.wrong.is_empty());
    Ok(if failed { Exit::Findings } else { Exit::Clean })
}

fn names(paths: &[PathBuf]) -> String {
    if paths.is_empty() {
        return format!("`{}`", analysis::own_rules::DIRECTORY);
    }
    let names: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
    names.join(", ")
}

fn write(tests: &[RuleTest], outcomes: &[Outcome<'_>], out: &mut dyn Write) -> std::io::Result<()> {
    for test in tests {
        writeln!(out, "{} ({})", line(&test.file), test.info.id)?;
        if test.examples.is_empty() {
            writeln!(out, "  no examples")?;
        }
        let own =
            outcomes.iter().filter(|outcome| outcome.file == test.file && outcome.rule == &*test.info.id);
        for outcome in own {
            let word = if outcome.wrong.is_empty() { "ok    " } else { "FAILED" };
            writeln!(out, "  {word}  {}", line(outcome.example))?;
            for wrong in &outcome.wrong {
                writeln!(out, "            {}", line(wrong))?;
            }
        }
    }
    let failed = outcomes.iter().filter(|outcome| !outcome.wrong.is_empty()).count();
    writeln!(
        out,
        "\n{} of {}: {} passed, {failed} failed",
        plural(outcomes.len(), "example"),
        plural(tests.len(), "rule"),
        outcomes.len() - failed
    )
}
