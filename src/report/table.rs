//! An aligned table for a terminal: columns as wide as their content, the first one wraps, and columns
//! that matter less are left out where the terminal is narrow.

use std::io::{self, Write};

use termcolor::ColorSpec;

use super::{Style, text};

/// Columns between columns.
const GAP: usize = 2;

/// The first column is not made narrower than this while another one can be left out.
const FIRST: usize = 28;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) title: &'static str,
    pub(super) align: Align,
    /// The columns with the lowest number are left out first; `None` stays.
    pub(super) drop: Option<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Look {
    #[default]
    Plain,
    Strong,
}

/// Text that is safe to show.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    text: String,
    indent: usize,
    look: Look,
}

impl Cell {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(super) fn look(self, look: Look) -> Self {
        Self { look, ..self }
    }

    pub(super) fn indent(self, indent: usize) -> Self {
        Self { indent, ..self }
    }

    fn width(&self) -> usize {
        self.indent + text::width(&self.text)
    }
}

#[derive(Debug)]
pub(super) struct Table {
    columns: Vec<Column>,
    /// `None` is a line across.
    rows: Vec<Option<Vec<Cell>>>,
}

impl Table {
    pub(super) fn new(columns: Vec<Column>) -> Self {
        Self { columns, rows: Vec::new() }
    }

    pub(super) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(Some(cells));
    }

    pub(super) fn line(&mut self) {
        self.rows.push(None);
    }

    /// Indices and widths of the columns that are shown.
    fn layout(&self, width: usize) -> Vec<(usize, usize)> {
        let natural = |(index, column): (usize, &Column)| {
            let cells = self.rows.iter().flatten().filter_map(|row| row.get(index)).map(Cell::width);
            (index, cells.chain([text::width(column.title)]).max().unwrap_or(0))
        };
        let mut shown: Vec<(usize, usize)> = self.columns.iter().enumerate().map(natural).collect();
        let taken =
            |shown: &[(usize, usize)]| -> usize { shown.iter().skip(1).map(|(_, width)| width + GAP).sum() };
        let first = shown.first().map_or(0, |(_, width)| *width);
        while taken(&shown) + first.min(FIRST) > width {
            let drops = shown.iter().filter_map(|(index, _)| self.columns.get(*index)?.drop);
            let Some(lowest) = drops.min() else { break };
            shown.retain(|(index, _)| self.columns.get(*index).is_none_or(|c| c.drop != Some(lowest)));
        }
        let room = width.saturating_sub(taken(&shown)).max(8);
        if let Some((_, first)) = shown.first_mut() {
            *first = (*first).min(room);
        }
        shown
    }

    /// Whether the table fits with all its columns.
    pub(super) fn shows_all(&self, width: usize) -> bool {
        self.layout(width).len() == self.columns.len()
    }

    pub(super) fn write(&self, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let layout = self.layout(style.width);
        let titles = self.columns.iter().map(|column| Cell::new(column.title)).collect::<Vec<_>>();
        self.write_row(&titles, &layout, style, out)?;
        let total: usize = layout.iter().map(|(_, width)| width + GAP).sum::<usize>().saturating_sub(GAP);
        for row in &self.rows {
            match row {
                Some(cells) => self.write_row(cells, &layout, style, out)?,
                None => writeln!(out, "{}", "─".repeat(total))?,
            }
        }
        Ok(())
    }

    fn write_row(
        &self,
        cells: &[Cell],
        layout: &[(usize, usize)],
        style: &Style,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let blank = Cell::default();
        let first = cells.first().unwrap_or(&blank);
        let first_width = layout.first().map_or(0, |(_, width)| *width);
        let lines = text::wrap(&first.text, first_width.saturating_sub(first.indent));
        let last = lines.len().saturating_sub(1);
        for (number, line) in lines.iter().enumerate() {
            let mut row = format!("{:1$}{line}", "", first.indent);
            let mut used = text::width(&row);
            // The figures stand beside the last line of the name.
            if number == last {
                let mut end = first_width;
                for (index, width) in layout.iter().skip(1) {
                    let cell = cells.get(*index).unwrap_or(&blank);
                    let align = self.columns.get(*index).map_or(Align::Left, |column| column.align);
                    let start = match align {
                        Align::Left => end + GAP,
                        Align::Right => end + GAP + width.saturating_sub(cell.width()),
                    };
                    end += GAP + width;
                    if !cell.text.is_empty() {
                        row.push_str(&" ".repeat(start.saturating_sub(used)));
                        row.push_str(&cell.text);
                        used = start + cell.width();
                    }
                }
            }
            match first.look {
                Look::Strong => style.paint(ColorSpec::new().set_bold(true), row.trim_end(), out)?,
                Look::Plain => write!(out, "{}", row.trim_end())?,
            }
            writeln!(out)?;
        }
        Ok(())
    }
}
