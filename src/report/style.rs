//! How reports for people may look: colours and width of the terminal.

use std::io::{self, Write};

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use termcolor::{Ansi, ColorSpec, WriteColor};

/// Columns where the output is no terminal and `COLUMNS` does not say.
const DEFAULT_WIDTH: usize = 100;

/// Narrower terminals are treated as this wide.
const NARROWEST: usize = 30;

/// Wider terminals are not filled: long lines are hard to read.
const WIDEST: usize = 140;

/// Colours and width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Write ANSI colours.
    pub color: bool,
    /// Columns, at least 30.
    pub width: usize,
    /// Findings only: no notes, no undecided, no summary.
    pub quiet: bool,
}

impl Style {
    /// No colours.
    #[must_use]
    pub fn plain(width: usize) -> Self {
        Self { color: false, width: width.clamp(NARROWEST, WIDEST), quiet: false }
    }

    /// What fits `stream`. `Auto` asks the terminal, `NO_COLOR` and `CLICOLOR_FORCE`; the width is that
    /// of `COLUMNS`, else of the terminal, else 100.
    #[must_use]
    pub fn detect<S: RawStream>(stream: &S, choice: ColorChoice) -> Self {
        let choice = match choice {
            ColorChoice::Auto => AutoStream::choice(stream),
            other => other,
        };
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.trim().parse().ok());
        let terminal = || {
            let is_terminal = stream.is_terminal();
            let size = if is_terminal { terminal_size::terminal_size() } else { None };
            size.map(|(width, _)| usize::from(width.0))
        };
        let width = columns.filter(|columns| *columns > 0).or_else(terminal).unwrap_or(DEFAULT_WIDTH);
        Self { color: choice != ColorChoice::Never, ..Self::plain(width) }
    }

    /// Writes `text`, in a colour if colours are wanted.
    pub(super) fn paint(&self, color: &ColorSpec, text: &str, out: &mut dyn Write) -> io::Result<()> {
        if !self.color || text.is_empty() {
            return out.write_all(text.as_bytes());
        }
        let mut stream = Ansi::new(out);
        stream.set_color(color)?;
        stream.write_all(text.as_bytes())?;
        stream.reset()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_stays_readable() {
        assert_eq!(Style::plain(0).width, NARROWEST);
        assert_eq!(Style::plain(usize::MAX).width, WIDEST);
        assert_eq!(Style::plain(80), Style { color: false, width: 80, quiet: false });
    }
}
