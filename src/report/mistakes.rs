//! Mistakes in the configuration, and in an expression that was asked for, written as findings are.

use std::io::{self, Write};

use codespan_reporting::diagnostic::{Diagnostic, Label};

use super::veil::Veil;
use super::view::{Mark, View};
use super::{Style, human};
use crate::config::ConfigError;
use crate::lint::Severity;
use crate::mask::Masks;
use crate::source::{SourceMap, Span};

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
        let notes: Vec<String> = error.help.iter().map(|help| format!("help: {help}")).collect();
        one((sources, &masks), &error.message, error.span, &notes, style, out)?;
    }
    Ok(())
}

/// Writes an error of evaluation likewise, without hidden values.
///
/// # Errors
/// When the stream fails.
pub fn evaluation(
    diagnostic: &crate::terraform::Diagnostic,
    veil: Veil<'_>,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let notes: Vec<String> = diagnostic
        .related
        .iter()
        .map(|(span, words)| format!("{}: {}", veil.place(*span), veil.words(words)))
        .collect();
    let message = veil.words(&diagnostic.message);
    one((veil.sources, veil.masks), &message, diagnostic.span, &notes, style, out)
}

fn one(
    (sources, masks): (&SourceMap, &Masks),
    message: &str,
    span: Span,
    notes: &[String],
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mark = Mark { span, message: String::new() };
    let (view, placed) = View::new(sources, masks, &[mark], style.width);
    let mut diagnostic = Diagnostic::error();
    let labels = placed.into_iter().flatten().map(|placed| Label::primary(placed.file, placed.range));
    diagnostic.labels.extend(labels);
    diagnostic.notes.extend(notes.iter().map(|words| human::note(words, style)));
    human::header(style, Severity::Error, "", message, out)?;
    human::emit(&view, &diagnostic, style.color, out)
}
