//! What stands between two braces: the arguments and blocks of an HCL block, the members of an object of HCL or JSON.

use std::ops::Range;

use super::scan::Scan;

/// Which grammar the inside has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Arguments and blocks, one a line.
    Block,
    /// Members with `=` or `:`, with commas or line breaks between them.
    Object,
}

#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) kind: Kind,
    pub(super) open: usize,
    pub(super) close: usize,
    pub(super) entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The name as written, quotes included.
    pub(super) key: Range<usize>,
    pub(super) name: String,
    pub(super) content: Content,
    /// Where a comma follows.
    pub(super) comma: Option<usize>,
}

#[derive(Debug, Clone)]
pub(super) enum Content {
    /// `sign` is the place of `=` or `:`.
    Value { sign: usize, value: Range<usize> },
    /// A nested block; `open` is the place of its brace.
    Block { open: usize, end: usize },
}

impl Entry {
    pub(super) fn end(&self) -> usize {
        match &self.content {
            Content::Value { value, .. } => value.end,
            Content::Block { end, .. } => *end,
        }
    }

    pub(super) fn value(&self) -> Option<Range<usize>> {
        match &self.content {
            Content::Value { value, .. } => Some(value.clone()),
            Content::Block { .. } => None,
        }
    }

    pub(super) fn sign(&self) -> Option<usize> {
        match &self.content {
            Content::Value { sign, .. } => Some(*sign),
            Content::Block { .. } => None,
        }
    }
}

impl Group {
    /// The block or object at a place: an object from its brace, a block from its keyword.
    pub(super) fn at(scan: &Scan<'_>, start: usize, is_hcl: bool) -> Option<Self> {
        if scan.byte(start)? == b'{' {
            return Self::read(scan, start, Kind::Object);
        }
        let open = is_hcl.then(|| open_of_block(scan, start)).flatten()?;
        Self::read(scan, open, Kind::Block)
    }

    /// Reads the group whose brace opens at `open`.
    pub(super) fn read(scan: &Scan<'_>, open: usize, kind: Kind) -> Option<Self> {
        let close = scan.end_of_brackets(open)? - 1;
        let mut entries = Vec::new();
        let mut at = scan.skip(open + 1, true);
        while at < close {
            let entry = entry(scan, at, kind)?;
            at = entry.comma.map_or(entry.end(), |comma| comma + 1);
            entries.push(entry);
            at = scan.skip(at, true);
        }
        (at == close).then_some(Self { kind, open, close, entries })
    }

    /// The entry of a name; of several in an object the last counts.
    pub(super) fn entry(&self, name: &str) -> Option<&Entry> {
        let is_named = |entry: &&Entry| match self.kind {
            Kind::Block => entry.name == name,
            Kind::Object => entry.name.eq_ignore_ascii_case(name),
        };
        self.entries.iter().rev().find(is_named)
    }

    /// Whether a block of this name is made by a `dynamic` one.
    pub(super) fn has_dynamic(&self, scan: &Scan<'_>, name: &str) -> bool {
        self.entries.iter().filter(|entry| entry.name == "dynamic").any(|entry| {
            let header = match entry.content {
                Content::Block { open, .. } => scan.text.get(entry.key.end..open),
                Content::Value { .. } => None,
            };
            header.is_some_and(|header| header.trim().trim_matches('"') == name)
        })
    }

    pub(super) fn is_on_one_line(&self, scan: &Scan<'_>) -> bool {
        !scan.has_line_break(self.open..self.close)
    }
}

/// The brace of the block whose keyword starts here.
pub(super) fn open_of_block(scan: &Scan<'_>, start: usize) -> Option<usize> {
    let mut at = scan.skip(scan.end_of_name(start)?, false);
    while scan.byte(at)? != b'{' {
        let end = if scan.byte(at)? == b'"' { scan.end_of_string(at)? } else { scan.end_of_name(at)? };
        at = scan.skip(end, false);
    }
    Some(at)
}

fn entry(scan: &Scan<'_>, start: usize, kind: Kind) -> Option<Entry> {
    let key_end = match scan.byte(start)? {
        b'"' if kind == Kind::Object => scan.end_of_string(start)?,
        b'(' if kind == Kind::Object => scan.end_of_brackets(start)?,
        _ => scan.end_of_name(start)?,
    };
    let key = start..key_end;
    let written = scan.text.get(key.clone())?;
    let name =
        written.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(written).to_owned();
    let next = scan.skip(key_end, kind == Kind::Object);
    let is_sign = match scan.byte(next)? {
        b'=' => !scan.starts(next, "==") && !scan.starts(next, "=>"),
        b':' => kind == Kind::Object,
        _ => false,
    };
    if is_sign {
        let from = scan.skip(next + 1, kind == Kind::Object);
        let value = from..scan.end_of_value(from)?;
        let after = scan.skip(value.end, true);
        let comma = (kind == Kind::Object && scan.byte(after) == Some(b',')).then_some(after);
        let has_end = comma.is_some()
            || scan.byte(after) == Some(b'}')
            || scan.has_line_break(value.end..after)
            || after == scan.text.len();
        return has_end.then_some(Entry { key, name, content: Content::Value { sign: next, value }, comma });
    }
    let open = (kind == Kind::Block).then(|| open_of_block(scan, start)).flatten()?;
    let end = scan.end_of_brackets(open)?;
    Some(Entry { key, name, content: Content::Block { open, end }, comma: None })
}
