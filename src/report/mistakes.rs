//! Mistakes in the configuration, for people.

use std::io::{self, Write};

use super::text;
use crate::config::ConfigError;
use crate::source::SourceMap;

/// Writes each mistake with its place, the line it stands on, and what to do.
///
/// # Errors
/// When the stream fails.
pub fn write(errors: &[ConfigError], sources: &SourceMap, out: &mut dyn Write) -> io::Result<()> {
    for error in errors {
        let place = sources.position(error.span);
        let name = sources.name(error.span.file);
        writeln!(out, "  {name}:{}:{}: {}", place.line, place.column, text::line(&error.message))?;
        if let Some(help) = &error.help {
            writeln!(out, "    help: {}", text::line(help))?;
        }
    }
    Ok(())
}
