//! `check --fix` and `check --diff`.

use std::io::Write;

use super::args::{CheckArgs, FixArgs};
use super::{Stop, common};
use crate::analysis::{Analysis, Request, analyse};
use crate::fix::{self, Fixed, Scope};
use crate::report::{self, diff::Pair};
use crate::text::plural;

/// The findings that are left to report.
pub(super) enum Left {
    /// As they were found, or as they are after fixing.
    Findings(Box<Analysis>),
    /// The difference was printed instead; the findings are what they were.
    Shown(Box<Analysis>),
}

/// Applies fixes, or shows what they would change, where the arguments ask for it.
pub(super) fn run(args: &CheckArgs, request: &Request, analysis: Analysis) -> Result<Left, Stop> {
    let FixArgs { fix, diff, unsafe_fixes } = args.fixing;
    if !fix && !diff {
        return Ok(Left::Findings(Box::new(analysis)));
    }
    let scope = if unsafe_fixes { Scope::All } else { Scope::Safe };
    let mut fixed = fix::fix(&analysis, request, scope, &analyse).map_err(common::stop)?;
    if diff {
        show(args, request, &analysis, &fixed)?;
        tell(args, "would fix", &analysis, &fixed);
        return Ok(Left::Shown(Box::new(analysis)));
    }
    let mut failures = Vec::new();
    for file in &fixed.files {
        if let Err(error) = fix::write(file) {
            failures.push(format!("{} was not written: {error}", file.name));
        }
    }
    if !failures.is_empty() {
        return Err(Stop::path(failures.join("\n")));
    }
    tell(args, "fixed", &analysis, &fixed);
    Ok(Left::Findings(Box::new(fixed.after.take().unwrap_or(analysis))))
}

fn show(args: &CheckArgs, request: &Request, before: &Analysis, fixed: &Fixed) -> Result<(), Stop> {
    let Some(after) = &fixed.after else { return Ok(()) };
    let old = common::outcome(before, request.as_of);
    let new = common::outcome(after, request.as_of);
    let names: Vec<&str> = fixed.files.iter().map(|file| file.name.as_str()).collect();
    let pair = Pair { old: &old, new: &new };
    let output = args.common.output.first().map(std::path::PathBuf::as_path);
    common::deliver(output, args.common.color, args.common.quiet, |style, out| {
        report::diff::write(&pair, &names, style, out)
    })
}

/// What was fixed and what was not, on standard error: standard output is the report's.
fn tell(args: &CheckArgs, verb: &str, before: &Analysis, fixed: &Fixed) {
    let mut text = String::new();
    if !args.common.quiet {
        if fixed.count == 0 {
            text.push_str(&format!("{verb} nothing\n"));
        } else {
            let files = plural(fixed.files.len(), "file");
            text.push_str(&format!("{verb} {} in {files}\n", plural(fixed.count, "finding")));
        }
    }
    for refused in &fixed.refused {
        let words =
            format!("not fixed: {} at {}:{}: {}", refused.rule, refused.file, refused.line, refused.reason);
        text.push_str(&report::diff::words(before, &words));
        text.push('\n');
    }
    // Nothing can be done when the terminal is gone.
    let _ = anstream::stderr().write_all(text.as_bytes());
}
