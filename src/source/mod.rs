//! The files of a run: text, names, line index. Positions are byte [`Span`]s everywhere; lines and
//! columns exist only where a report is written. Reading from disk is in [`decode`].

mod decode;
mod files;
mod overlay;
mod span;

pub use decode::{DecodeError, decode_text};
pub use files::{Files, LARGEST_FILE, LoadError, Loaded};
pub use overlay::{Layer, Overlay};
pub use span::{FileId, Span};

use std::borrow::Cow;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One file (or pseudo file such as `--var image`) of a run.
#[derive(Debug)]
pub struct SourceFile {
    /// Name shown to people: relative to the working directory, `/` separated.
    pub name: String,
    /// Path on disk; `None` for pseudo files (command-line values, environment variables).
    pub path: Option<PathBuf>,
    /// Decoded text, without byte-order mark.
    pub text: Arc<str>,
    /// Where `text` begins in the bytes on disk; `None` where the file is in another encoding.
    start: Option<u32>,
    line_starts: Vec<u32>,
    /// Characters before every [`STRIDE`]th byte, so that a column of a very long line is found without
    /// counting from its start. Empty where every character is one byte.
    characters: Vec<u32>,
}

/// Bytes between two entries of the table of characters.
const STRIDE: usize = 4096;

/// Number of characters that start in `bytes`.
fn count_characters(bytes: &[u8]) -> usize {
    // A byte `10xx xxxx` continues a character of UTF-8.
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

fn character_table(text: &str) -> Vec<u32> {
    if text.is_ascii() {
        return Vec::new();
    }
    let mut before = 0;
    let mut table = vec![0];
    for block in text.as_bytes().chunks(STRIDE) {
        before += u32::try_from(count_characters(block)).unwrap_or(u32::MAX);
        table.push(before);
    }
    table
}

impl SourceFile {
    fn new(name: String, path: Option<PathBuf>, text: Arc<str>) -> Self {
        let mut line_starts = vec![0];
        line_starts.extend(
            text.bytes()
                .enumerate()
                .filter(|(_, byte)| *byte == b'\n')
                .map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX)),
        );
        let characters = character_table(&text);
        Self { name, path, text, start: Some(0), line_starts, characters }
    }

    /// The place of a byte of `text` in the file on disk, behind its byte-order mark; `None` where the file
    /// is no UTF-8.
    #[must_use]
    pub fn on_disk(&self, offset: u32) -> Option<u32> {
        self.start.map(|start| start.saturating_add(offset))
    }

    /// Number of lines; an empty file has one.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    /// 0-based line of a byte offset; offsets past the end belong to the last line.
    #[must_use]
    pub fn line_index(&self, offset: u32) -> usize {
        self.line_starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// Byte range of a 0-based line, without its line ending.
    #[must_use]
    pub fn line_range(&self, line: usize) -> Range<usize> {
        let start = self.line_starts.get(line).map_or(self.text.len(), |start| *start as usize);
        let end = self.line_starts.get(line + 1).map_or(self.text.len(), |next| *next as usize);
        let text = self.text.get(start..end).unwrap_or_default();
        start..start + text.trim_end_matches(['\n', '\r']).len()
    }

    /// The text of a 0-based line, without its line ending.
    #[must_use]
    pub fn line_text(&self, line: usize) -> &str {
        self.text.get(self.line_range(line)).unwrap_or_default()
    }

    /// 1-based line and column of a byte offset; columns count Unicode scalar values.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let line = self.line_index(offset);
        let start = self.line_starts.get(line).map_or(0, |start| *start as usize);
        let mut end = (offset as usize).clamp(start, self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let column = self.characters_before(end).saturating_sub(self.characters_before(start)) + 1;
        Position { line: line + 1, column }
    }

    /// Number of characters before a byte offset of the text.
    fn characters_before(&self, offset: usize) -> usize {
        let block = offset / STRIDE;
        match self.characters.get(block) {
            None => offset,
            Some(before) => {
                let rest = self.text.as_bytes().get(block * STRIDE..offset).unwrap_or_default();
                *before as usize + count_characters(rest)
            }
        }
    }
}

/// A place as people count it: both 1-based, columns in Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// All files of a run. Append-only, so a [`FileId`] stays valid.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Adds a file read from `path`, shown as `name`.
    pub fn add(
        &mut self,
        name: impl Into<String>,
        path: impl Into<PathBuf>,
        text: impl Into<Arc<str>>,
    ) -> FileId {
        self.push(SourceFile::new(name.into(), Some(path.into()), text.into()))
    }

    /// Adds text that stands in no file, such as the value of `--var image=…`.
    pub fn add_pseudo(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        self.push(SourceFile::new(name.into(), None, text.into()))
    }

    fn push(&mut self, file: SourceFile) -> FileId {
        let id = FileId::new(self.files.len());
        self.files.push(file);
        id
    }

    /// Notes where the text of a file begins on disk; see [`SourceFile::on_disk`].
    fn begins_at(&mut self, id: FileId, start: Option<u32>) {
        if let Some(file) = self.files.get_mut(id.index()) {
            file.start = start;
        }
    }

    #[must_use]
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.index())
    }

    /// The name shown for a file; empty for an id of another map.
    #[must_use]
    pub fn name(&self, id: FileId) -> &str {
        self.get(id).map_or("", |file| &file.name)
    }

    /// The path of a file below a directory, `/` separated: the same wherever the run was started. The name shown
    /// where the file does not lie there.
    #[must_use]
    pub fn path_below(&self, id: FileId, directory: &Path) -> Cow<'_, str> {
        let path = self.get(id).and_then(|file| file.path.as_deref());
        match path.and_then(|path| path.strip_prefix(directory).ok()) {
            None => Cow::Borrowed(self.name(id)),
            Some(below) => {
                let parts: Vec<_> =
                    below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
                Cow::Owned(parts.join("/"))
            }
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(at, file)| (FileId::new(at), file))
    }

    /// The source text under a span; empty where the span does not fit.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.get(span.file).and_then(|file| file.text.get(span.range())).unwrap_or_default()
    }

    /// Start of a span as people count it.
    #[must_use]
    pub fn position(&self, span: Span) -> Position {
        self.get(span.file).map_or(Position { line: 1, column: 1 }, |file| file.position(span.start))
    }

    /// End (exclusive) of a span as people count it.
    #[must_use]
    pub fn end_position(&self, span: Span) -> Position {
        self.get(span.file).map_or(Position { line: 1, column: 1 }, |file| file.position(span.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_however_long_the_line() {
        for unit in ["x", "ä", "全a", "👩\u{200d}💻"] {
            let text = format!("{unit}\n{}\nend", unit.repeat(9_000));
            let file = SourceFile::new("a".to_owned(), None, text.as_str().into());
            let start = unit.len() + 1;
            for (index, (at, _)) in text.get(start..).unwrap_or_default().char_indices().enumerate() {
                if index % 97 == 0 && file.line_index(u32::try_from(start + at).unwrap_or(0)) == 1 {
                    let place = file.position(u32::try_from(start + at).unwrap_or(0));
                    assert_eq!(place, Position { line: 2, column: index + 1 }, "{unit}");
                }
            }
            let end = file.position(u32::MAX);
            assert_eq!(end, Position { line: 3, column: 4 });
        }
    }
}
