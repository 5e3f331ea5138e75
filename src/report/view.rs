//! The lines of source that one diagnostic shows, ready to print: masked, free of control characters,
//! cut to the width around what is marked. Line numbers and columns stay those of the file.

use std::collections::BTreeMap;
use std::ops::Range;

use codespan_reporting::files::{Error, Files, Location};

use super::text;
use crate::mask::{Masked, Masks};
use crate::source::{FileId, Position, SourceFile, SourceMap, Span};

/// Columns of a tab stop.
const TAB: usize = 4;

/// Stands where a line was cut.
const CUT: char = '…';

/// A place to mark.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub(super) span: Span,
    pub(super) message: String,
}

/// A mark in the rendered lines.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) file: FileId,
    /// In the rendered text of the file's lines.
    pub(super) range: Range<usize>,
    /// Whether the message fits beside the mark.
    pub(super) has_room: bool,
}

/// The lines of some files.
#[derive(Debug, Default)]
pub(super) struct View {
    files: BTreeMap<FileId, ViewFile>,
}

#[derive(Debug, Default)]
struct ViewFile {
    name: String,
    text: String,
    /// By index of line in the file.
    lines: BTreeMap<usize, Range<usize>>,
    /// Places in `text` at which marks start, in the file.
    starts: BTreeMap<usize, Position>,
}

impl View {
    /// Renders the lines on which the marks start. Marks of several lines end with their first line. The
    /// result has a place for each mark, `None` where it did not fit on a line that another one is on.
    pub(super) fn new(
        sources: &SourceMap,
        masks: &Masks,
        marks: &[Mark],
        width: usize,
    ) -> (Self, Vec<Option<Placed>>) {
        let mut wanted: BTreeMap<(FileId, usize), Vec<usize>> = BTreeMap::new();
        let mut ranges = Vec::new();
        for (index, mark) in marks.iter().enumerate() {
            let Some(file) = sources.get(mark.span.file) else {
                ranges.push(0..0);
                continue;
            };
            let line =
                file.line_index(mark.span.start.min(u32::try_from(file.text.len()).unwrap_or(u32::MAX)));
            wanted.entry((mark.span.file, line)).or_default().push(index);
            ranges.push(first_line(file, line, mark.span));
        }
        let last = wanted.keys().map(|(_, line)| line + 1).max().unwrap_or(1);
        let gutter = last.to_string().len() + " │ ".chars().count();
        // A mark at the end of a line needs a column behind it.
        let budget = width.saturating_sub(gutter + 1).max(12);

        let mut view = Self::default();
        let mut placed: Vec<Option<Placed>> = vec![None; marks.len()];
        let mut before: Option<(FileId, usize)> = None;
        for ((id, line), on_line) in wanted {
            let Some(file) = sources.get(id) else { continue };
            // codespan-reporting shows the line between two marked ones.
            if before == Some((id, line.saturating_sub(2))) && line >= 2 {
                view.show((sources, masks), id, file, line - 1, 0..0, budget);
            }
            before = Some((id, line));
            let focus = on_line.first().and_then(|index| ranges.get(*index)).cloned().unwrap_or_default();
            let (at, shown) = view.show((sources, masks), id, file, line, focus, budget);
            for index in on_line {
                let (Some(mark), Some(range)) = (marks.get(index), ranges.get(index)) else { continue };
                let Some(in_line) = shown.place(range.clone()) else { continue };
                let column = text::width(shown.text.get(..in_line.start).unwrap_or_default());
                let marked = text::width(shown.text.get(in_line.clone()).unwrap_or_default()).max(1);
                let room = column + marked + 1 + text::width(&mark.message) <= budget;
                let range = at + in_line.start..at + in_line.end;
                if let Some(of_file) = view.files.get_mut(&id) {
                    of_file.starts.insert(range.start, file.position(mark.span.start));
                }
                if let Some(slot) = placed.get_mut(index) {
                    *slot = Some(Placed { file: id, range, has_room: room });
                }
            }
        }
        (view, placed)
    }

    /// Renders a line; the result is where it starts in the file's text, and the line.
    fn show(
        &mut self,
        (sources, masks): (&SourceMap, &Masks),
        id: FileId,
        file: &SourceFile,
        line: usize,
        focus: Range<usize>,
        budget: usize,
    ) -> (usize, Line) {
        let shown = Line::render((sources, masks), id, file, line, focus, budget);
        let of_file = self
            .files
            .entry(id)
            .or_insert_with(|| ViewFile { name: text::line(&file.name), ..ViewFile::default() });
        let start = of_file.text.len();
        of_file.text.push_str(&shown.text);
        of_file.lines.insert(line, start..of_file.text.len() + 1);
        of_file.text.push('\n');
        (start, shown)
    }

    fn file(&self, id: FileId) -> Result<&ViewFile, Error> {
        self.files.get(&id).ok_or(Error::FileMissing)
    }
}

/// The part of a span that is on its first line.
fn first_line(file: &SourceFile, line: usize, span: Span) -> Range<usize> {
    let bounds = file.line_range(line);
    let start = span.range().start.clamp(bounds.start, bounds.end);
    let mut end = span.range().end.clamp(start, bounds.end);
    if span.range().end > bounds.end {
        let shown = file.text.get(start..end).unwrap_or_default();
        end = start + shown.trim_end().len();
    }
    start..end
}

impl<'a> Files<'a> for View {
    type FileId = FileId;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: FileId) -> Result<&'a str, Error> {
        Ok(&self.file(id)?.name)
    }

    fn source(&'a self, id: FileId) -> Result<&'a str, Error> {
        Ok(&self.file(id)?.text)
    }

    fn line_index(&'a self, id: FileId, at: usize) -> Result<usize, Error> {
        let lines = &self.file(id)?.lines;
        let found = lines.iter().find(|(_, range)| range.contains(&at)).or_else(|| lines.iter().next_back());
        found.map(|(line, _)| *line).ok_or(Error::IndexTooLarge { given: at, max: 0 })
    }

    fn line_range(&'a self, id: FileId, line: usize) -> Result<Range<usize>, Error> {
        let found = self.file(id)?.lines.get(&line).cloned();
        found.ok_or(Error::LineTooLarge { given: line, max: 0 })
    }

    fn location(&'a self, id: FileId, at: usize) -> Result<Location, Error> {
        let start = self.file(id)?.starts.get(&at).copied();
        let start = start.map_or(Position { line: self.line_index(id, at)? + 1, column: 1 }, |start| start);
        Ok(Location { line_number: start.line, column_number: start.column })
    }
}

/// A line of source as it is shown.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) text: String,
    masked: Masked,
    cells: Vec<Cell>,
    window: Range<usize>,
}

/// A character of the masked line.
#[derive(Debug)]
struct Cell {
    /// Offset in the masked text.
    at: usize,
    c: char,
    /// First column.
    column: usize,
    width: usize,
    /// Offset in the shown text; set for cells inside the window.
    shown: usize,
}

impl Line {
    /// Renders line `line` (0-based) in at most `budget` columns, around the byte range `focus` of the file.
    pub(super) fn render(
        (sources, masks): (&SourceMap, &Masks),
        id: FileId,
        file: &SourceFile,
        line: usize,
        focus: Range<usize>,
        budget: usize,
    ) -> Self {
        let whole = file.line_range(line);
        let focus = focus.start.clamp(whole.start, whole.end)..focus.end.clamp(whole.start, whole.end);
        // No more than this is looked at, however long the line is.
        let reach = budget * 16;
        let start = focus.start.saturating_sub(reach).max(whole.start);
        let end = focus.end.min(focus.start + reach).saturating_add(reach).min(whole.end);
        let masked = masks.render(sources, id, start..end);
        let cells = cells(&masked.text);
        let total = cells.last().map_or(0, |cell| cell.column + cell.width);
        let (cut_start, cut_end) = (start > whole.start, end < whole.end);
        let mut shown = Self { text: String::new(), masked, cells, window: 0..0 };
        shown.window = if total <= budget && !cut_start && !cut_end {
            0..shown.cells.len()
        } else {
            shown.window_around(focus, total, budget)
        };
        shown.write(cut_start, cut_end);
        shown
    }

    /// The cells to show: from the start if the focus fits, else from somewhat before it.
    fn window_around(&self, focus: Range<usize>, total: usize, budget: usize) -> Range<usize> {
        let range = self.masked.range(focus);
        let column_at = |offset: usize| {
            let index = self.cells.partition_point(|cell| cell.at < offset);
            self.cells.get(index).map_or(total, |cell| cell.column)
        };
        let (from, to) = (column_at(range.start), column_at(range.end));
        // One column at each end is kept for the sign that something is cut.
        let room = budget.saturating_sub(2).max(1);
        let first = if to <= room {
            0
        } else {
            let before = (room / 3).min(room.saturating_sub(to.saturating_sub(from)));
            from.saturating_sub(before.max(room / 8))
        };
        let first = first.min(total.saturating_sub(room));
        let start = self.cells.partition_point(|cell| cell.column < first);
        let start_column = self.cells.get(start).map_or(first, |cell| cell.column);
        let end = self.cells.partition_point(|cell| cell.column + cell.width <= start_column + room);
        start..end.max(start)
    }

    fn write(&mut self, cut_start: bool, cut_end: bool) {
        let count = self.cells.len();
        if cut_start || self.window.start > 0 {
            self.text.push(CUT);
        }
        for cell in self.cells.get_mut(self.window.clone()).unwrap_or_default() {
            cell.shown = self.text.len();
            if cell.c == '\t' {
                self.text.extend(std::iter::repeat_n(' ', cell.width));
            } else {
                self.text.push(text::visible(cell.c));
            }
        }
        if cut_end || self.window.end < count {
            self.text.push(CUT);
        }
    }

    /// Where a byte range of the file is in the shown text; `None` if no part of it is shown.
    pub(super) fn place(&self, range: Range<usize>) -> Option<Range<usize>> {
        let masked = self.masked.range(range);
        let first = self.cells.partition_point(|cell| cell.at < masked.start);
        let last = self.cells.partition_point(|cell| cell.at < masked.end).max(first);
        let is_empty = first == last;
        let in_window = if is_empty {
            self.window.start <= first && first <= self.window.end
        } else {
            first < self.window.end && last > self.window.start
        };
        if !in_window {
            return None;
        }
        let start = self.shown_at(first.max(self.window.start));
        let end = if is_empty { start } else { self.shown_at(last.min(self.window.end)) };
        Some(start..end.max(start))
    }

    fn shown_at(&self, index: usize) -> usize {
        if index < self.window.end
            && let Some(cell) = self.cells.get(index)
        {
            return cell.shown;
        }
        // Behind the last cell shown, before the sign of the cut.
        let last = self.window.end.checked_sub(1).filter(|last| *last >= self.window.start);
        last.and_then(|last| self.cells.get(last)).map_or(0, |cell| {
            let size = if cell.c == '\t' { cell.width } else { text::visible(cell.c).len_utf8() };
            cell.shown + size
        })
    }
}

fn cells(line: &str) -> Vec<Cell> {
    let mut column = 0;
    let mut cells = Vec::with_capacity(line.len());
    for (at, c) in line.char_indices() {
        let width = if c == '\t' { TAB - column % TAB } else { text::char_width(text::visible(c)) };
        cells.push(Cell { at, c, column, width, shown: 0 });
        column += width;
    }
    cells
}
