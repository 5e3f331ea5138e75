//! Mistakes in the configuration, written as findings are.

use std::io::{self, Write};

use codespan_reporting::diagnostic::{Diagnostic, Label};

use super::view::{Mark, View};
use super::{Style, human};
use crate::config::ConfigError;
use crate::lint::Severity;
use crate::mask::Masks;
use crate::source::SourceMap;

/// Writes each mistake with the line it stands on, and what to do.
///
/// # Errors
/// When the stream fails.
pub fn write(
    errors: &[ConfigError],
    sources: &SourceMap,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let masks = Masks::new();
    for error in errors {
        let mark = Mark { span: error.span, message: String::new() };
        let (view, placed) = View::new(sources, &masks, &[mark], style.width);
        let mut diagnostic = Diagnostic::error();
        let labels = placed.into_iter().flatten().map(|placed| Label::primary(placed.file, placed.range));
        diagnostic.labels.extend(labels);
        diagnostic.notes.extend(error.help.iter().map(|help| human::note(&format!("help: {help}"), style)));
        human::header(style, Severity::Error, "", &error.message, out)?;
        human::emit(&view, &diagnostic, style.color, out)?;
    }
    Ok(())
}
