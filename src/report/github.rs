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
pub fn write(outcome: &Outcome<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for finding in outcome.by_severity() {
        annotation(outcome, finding, out)?;
    }
    let style = Style { quiet: style.quiet, ..Style::plain(usize::MAX) };
    let mut log = Vec::new();
    human::undecided(outcome, &style, &mut log)?;
    human::notes(outcome, &style, &mut log)?;
    human::summary(outcome, &style, &mut log)?;
    let log = String::from_utf8_lossy(&log);
    log.lines().try_for_each(|line| writeln!(out, "{}", log_line(line)))
}

/// A line that the runner takes for no command: it looks for `::` at the start, spaces left out, and for the
/// older `##[` anywhere.
fn log_line(line: &str) -> String {
    let line = line.replace("##[", "# #[");
    let words = line.trim_start();
    if words.starts_with("::") {
        let indent = line.strip_suffix(words).unwrap_or_default();
        return format!("{indent}: {}", words.strip_prefix(':').unwrap_or_default());
    }
    line
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
    if let Some(affected) = outcome.affected(finding) {
        message.push_str("\nin ");
        message.push_str(&affected);
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
