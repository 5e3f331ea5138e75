//! Reading the bytes of the embedded catalogue: numbers, strings, records. No meaning lives here.
//! Every read is checked; bytes that are not there read as `None`, which callers treat as "no price".

use std::ops::Range;

use rust_decimal::Decimal;

use super::format::{HEADER, MAGIC, MISSING, REGION_WORDS, SCALE_BITS, UNBOUNDED, column, table};
use super::price::{Price, Spec};

static EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/prices.bin"));

/// The bytes of a catalogue. Copying it copies a pointer.
#[derive(Clone, Copy)]
pub(super) struct Blob(&'static [u8]);

impl Blob {
    pub(super) fn embedded() -> Self {
        Self(EMBEDDED)
    }

    fn array<const N: usize>(self, at: usize) -> Option<[u8; N]> {
        self.0.get(at..)?.first_chunk().copied()
    }

    fn half(self, at: usize) -> Option<u16> {
        self.array(at).map(u16::from_le_bytes)
    }

    /// A 32-bit place, count or index.
    fn word(self, at: usize) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.array(at)?)).ok()
    }

    fn long(self, at: usize) -> Option<u64> {
        self.array(at).map(u64::from_le_bytes)
    }

    /// The bytes of the string whose place stands at `at`.
    fn bytes(self, at: usize) -> Option<&'static [u8]> {
        let place = self.word(at)?;
        let length = usize::from(self.half(place)?);
        self.0.get(place.checked_add(2)?..)?.get(..length)
    }

    fn text(self, at: usize) -> Option<&'static str> {
        std::str::from_utf8(self.bytes(at)?).ok()
    }

    /// Place and number of the region records (`word` 0) or the table records (`word` 2).
    fn directory(self, word: usize) -> Option<(usize, usize)> {
        if self.array(0)? != MAGIC {
            return None;
        }
        let at = MAGIC.len() + word * 4;
        debug_assert!(at + 8 <= HEADER);
        Some((self.word(at)?, self.word(at + 4)?))
    }

    /// The four strings of every region record.
    pub(super) fn regions(self) -> impl Iterator<Item = [&'static str; REGION_WORDS]> {
        let (start, count) = self.directory(0).unwrap_or((0, 0));
        (0..count).filter_map(move |index| {
            let at = start + index * REGION_WORDS * 4;
            Some([self.text(at)?, self.text(at + 4)?, self.text(at + 8)?, self.text(at + 12)?])
        })
    }

    pub(super) fn tables(self) -> impl Iterator<Item = TableRecord> {
        let (start, count) = self.directory(2).unwrap_or((0, 0));
        (0..count).map(move |index| TableRecord { blob: self, at: start + index * table::WORDS * 4 })
    }

    pub(super) fn table(self, name: &str) -> Option<TableRecord> {
        self.tables().find(|table| table.text(table::NAME) == Some(name))
    }
}

/// One table of the catalogue.
#[derive(Clone, Copy)]
pub(super) struct TableRecord {
    blob: Blob,
    at: usize,
}

impl TableRecord {
    fn word(self, word: usize) -> Option<usize> {
        self.blob.word(self.at + word * 4)
    }

    fn text(self, word: usize) -> Option<&'static str> {
        self.blob.text(self.at + word * 4)
    }

    pub(super) fn name(self) -> &'static str {
        self.text(table::NAME).unwrap_or_default()
    }

    pub(super) fn title(self) -> &'static str {
        self.text(table::TITLE).unwrap_or_default()
    }

    /// Names of the parts of a key, separated by spaces.
    pub(super) fn key_names(self) -> &'static str {
        self.text(table::KEY_NAMES).unwrap_or_default()
    }

    pub(super) fn rows(self) -> usize {
        self.word(table::ROWS).unwrap_or(0)
    }

    pub(super) fn prices(self) -> usize {
        self.word(table::PRICES).unwrap_or(0)
    }

    /// Letter and capture date of every source of the table.
    pub(super) fn sources(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let count = self.word(table::SOURCE_COUNT).unwrap_or(0);
        (0..count).filter_map(move |index| self.source(index))
    }

    fn source(self, index: usize) -> Option<(&'static str, &'static str)> {
        let at = self.word(table::SOURCES)? + index * 8;
        Some((self.blob.text(at)?, self.blob.text(at + 4)?))
    }

    fn key_bytes(self, row: usize) -> Option<&'static [u8]> {
        self.blob.bytes(self.word(table::KEYS)? + row * 4)
    }

    pub(super) fn key(self, row: usize) -> Option<&'static str> {
        self.blob.text(self.word(table::KEYS)? + row * 4)
    }

    fn unit(self, row: usize) -> Option<&'static str> {
        self.blob.text(self.word(table::UNITS)? + row * 4)
    }

    /// The rows with this key: none, one, or one per tier in ascending order.
    pub(super) fn find(self, key: &str) -> Range<usize> {
        let start = self.lower_bound(key);
        let same = |row: &usize| self.key_bytes(*row) == Some(key.as_bytes());
        start..start + (start..self.rows()).take_while(same).count()
    }

    /// The rows whose keys start with `prefix`.
    pub(super) fn find_prefix(self, prefix: &str) -> impl Iterator<Item = usize> + use<> {
        let prefix = prefix.to_owned();
        (self.lower_bound(&prefix)..self.rows())
            .take_while(move |row| self.key_bytes(*row).is_some_and(|key| key.starts_with(prefix.as_bytes())))
    }

    /// The first row whose key is not before `key`.
    fn lower_bound(self, key: &str) -> usize {
        let (mut low, mut high) = (0, self.rows());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.key_bytes(middle).is_some_and(|found| found < key.as_bytes()) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    fn decimal(self, index: u16) -> Option<Decimal> {
        if index == MISSING {
            return None;
        }
        let entry = self.blob.long(self.word(table::POOL)? + usize::from(index) * 8)?;
        let scale = u32::try_from(entry & ((1 << SCALE_BITS) - 1)).ok()?;
        Decimal::try_new(i64::try_from(entry >> SCALE_BITS).ok()?, scale).ok()
    }

    /// Size of what is sold in this row, where the table has it.
    pub(super) fn spec(self, row: usize) -> Option<Spec> {
        let specs = self.word(table::SPECS).filter(|at| *at != 0)?;
        let at = specs + row * 4;
        Some(Spec {
            vcpu: self.decimal(self.blob.half(at)?)?,
            memory_gib: self.decimal(self.blob.half(at + 2)?)?,
        })
    }

    /// Bounds of the tier in this row; 0 and no end in a table without tiers.
    pub(super) fn tier(self, row: usize) -> Option<(Decimal, Option<Decimal>)> {
        let tiers = self.word(table::TIERS)?;
        if tiers == 0 {
            return Some((Decimal::ZERO, None));
        }
        let at = tiers + row * 16;
        let end = self.blob.long(at + 8)?;
        Some((self.blob.long(at)?.into(), (end != UNBOUNDED).then(|| end.into())))
    }

    pub(super) fn columns(self) -> impl Iterator<Item = ColumnRecord> {
        let start = self.word(table::COLUMNS).unwrap_or(0);
        let count = self.word(table::COLUMN_COUNT).unwrap_or(0);
        (0..count).map(move |index| ColumnRecord { table: self, at: start + index * column::WORDS * 4 })
    }

    pub(super) fn column(self, region: &str) -> Option<ColumnRecord> {
        self.columns().find(|column| column.region() == region)
    }
}

/// The prices of one region in one table.
#[derive(Clone, Copy)]
pub(super) struct ColumnRecord {
    table: TableRecord,
    at: usize,
}

impl ColumnRecord {
    fn word(self, word: usize) -> Option<usize> {
        self.table.blob.word(self.at + word * 4)
    }

    pub(super) fn region(self) -> &'static str {
        self.table.blob.text(self.at + column::REGION * 4).unwrap_or_default()
    }

    pub(super) fn price(self, row: usize) -> Option<Price> {
        if row >= self.table.rows() {
            return None;
        }
        let index = self.table.blob.half(self.word(column::CELLS)? + row * 2)?;
        let amount = self.table.decimal(index)?;
        let (source, captured) = self.table.source(self.source(row)?)?;
        Some(Price { amount, unit: self.table.unit(row)?, table: self.table.name(), captured, source })
    }

    /// Which source the cell is from: the column's usual one unless the row is listed as a stray.
    fn source(self, row: usize) -> Option<usize> {
        let strays = self.word(column::STRAYS)?;
        let (mut low, mut high) = (0, self.word(column::STRAY_COUNT)?);
        while low < high {
            let middle = low + (high - low) / 2;
            let at = strays + middle * 4;
            let found = usize::from(self.table.blob.half(at)?);
            if found == row {
                return self.table.blob.half(at + 2).map(usize::from);
            }
            if found < row {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        self.word(column::SOURCE)
    }
}
