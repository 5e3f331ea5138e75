//! Checkstyle XML, which Jenkins (Warnings plugin), reviewdog and many others read: findings only, by file.

use std::io::{self, Write};

use super::{Outcome, grouped, xml};

/// Writes the findings. What is undecided or suppressed has no place in this format.
///
/// # Errors
/// When the stream fails.
pub fn write(outcome: &Outcome<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", xml::DECLARATION)?;
    // The version of the format, not of Plimsoll: readers look for one they know.
    xml::open(0, "checkstyle", &[("version", "4.3")], out)?;
    let by_file = grouped(&outcome.judgement.findings, |finding| outcome.place(finding.primary).file);
    for (file, findings) in by_file {
        xml::open(1, "file", &[("name", file)], out)?;
        for finding in findings {
            let start = outcome.place(finding.primary).start;
            let (line, column) = (start.line.to_string(), start.column.to_string());
            let message = outcome.sentence(finding);
            // Jenkins shows the last part as type and the one before it as category.
            let source = format!("plimsoll.{}.{}", outcome.family(&finding.rule), finding.rule);
            let attributes = [
                ("line", line.as_str()),
                ("column", &column),
                ("severity", finding.severity.as_str()),
                ("message", &message),
                ("source", &source),
            ];
            xml::empty(2, "error", &attributes, out)?;
        }
        xml::close(1, "file", out)?;
    }
    xml::close(0, "checkstyle", out)
}
