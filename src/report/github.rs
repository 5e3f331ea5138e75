//! Annotations of GitHub Actions: workflow commands that the runner reads from the log and shows beside
//! the lines of a pull request.

use std::io::{self, Write};

use super::{Outcome, Style, human, text};
use crate::lint::{Finding, Severity};

/// Writes one workflow command a finding, most severe first: GitHub shows no more than ten of each
/// severity a step. What is undecided and the summary follow as plain lines of the log.
///
/// # Errors
/// When the stream fails.
pub fn write(outcome: &Outcome<'_>, out: &mut dyn Write) -> io::Result<()> {
    for finding in outcome.by_severity() {
        annotation(outcome, finding, out)?;
    }
    let style = Style::plain(usize::MAX);
    human::undecided(outcome, &style, out)?;
    human::notes(outcome, &style, out)?;
    human::summary(outcome, &style, out)
}

fn annotation(outcome: &Outcome<'_>, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let place = outcome.place(finding.primary);
    write!(out, "::{command} file={},line={}", property(place.file), place.start.line)?;
    write!(out, ",col={}", place.start.column)?;
    // GitHub puts the annotation below its last line, so that of a whole block stays at its header; and it
    // takes an end column only within a line.
    write!(out, ",endLine={}", place.start.line)?;
    if place.end.line == place.start.line && place.end.column > place.start.column {
        write!(out, ",endColumn={}", place.end.column)?;
    }
    let mut message = outcome.words(&finding.message).into_owned();
    if let Some(help) = outcome.help(finding) {
        message.push_str("\nhelp: ");
        message.push_str(&help);
    }
    if let Some(first) = finding.instances.first().filter(|first| &*first.address != place.file) {
        message.push_str("\nin ");
        message.push_str(&first.address);
        let more = finding.instances.len() - 1;
        if more > 0 {
            message.push_str(&format!(" and {more} more"));
        }
    }
    writeln!(out, ",title={}::{}", property(&finding.rule), data(&message))
}

/// Escapes the message of a workflow command, as the runner's toolkit does.
fn data(message: &str) -> String {
    let lines: Vec<String> = message.lines().map(text::line).collect();
    lines.join("\n").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a workflow command.
fn property(value: &str) -> String {
    data(&text::line(value)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_cannot_be_broken_out_of() {
        assert_eq!(data("50%\n::error::x\r\ny\u{1b}[0m"), "50%25%0A::error::x%0Ay␛[0m");
        assert_eq!(property("a,b:c\n%"), "a%2Cb%3Ac %25");
    }
}
