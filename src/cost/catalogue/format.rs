//! The layout of the embedded price catalogue: what `build/pricing.rs` writes and `blob.rs` reads.
//! Both compile this file, so that they cannot drift.
//!
//! Numbers are little-endian, places are byte offsets from the start. A lookup touches the header, one table
//! record, a binary search over that table's keys and one cell; nothing is parsed or inflated as a whole.
//!
//! ```text
//! header   magic [u8; 8], regions u32, region count u32, tables u32, table count u32
//! string   length u16, UTF-8 bytes                      (each text is stored once and referred to by its place)
//! region   code, price list location, display name, billing code: 4 x string place u32; sorted by code
//! table    TABLE_WORDS x u32, see `table`; sorted by name
//! column   COLUMN_WORDS x u32, see `column`; sorted by region code
//! pool     u64 each: mantissa << 5 | scale, so that every digit of the text table is kept
//! keys     string place u32 each, sorted by bytes; the parts of a key are joined by KEY_SEPARATOR
//! units    string place u32 each
//! specs    vCPU, memory in GiB: 2 x pool index u16
//! tiers    from, to: 2 x u64, to = UNBOUNDED for the last; rows of one key stand together, sorted by `from`
//! cells    pool index u16 each, one per row
//! sources  letter, capture date: 2 x string place u32 each
//! strays   row u16, source u16: the cells of a column that are not from its usual source, sorted by row
//! ```

/// First bytes of a catalogue; the number changes with the layout.
pub(crate) const MAGIC: [u8; 8] = *b"PLMPRC01";
/// Size of the header in bytes.
pub(crate) const HEADER: usize = 24;
/// Pool index that stands for "no price" and "not known".
pub(crate) const MISSING: u16 = u16::MAX;
/// End of the last tier.
pub(crate) const UNBOUNDED: u64 = u64::MAX;
/// Joins the parts of a key; no part contains it.
pub(crate) const KEY_SEPARATOR: &str = " ";
/// Bits of a pool entry that hold the number of decimals.
pub(crate) const SCALE_BITS: u32 = 5;
/// Words of a region record.
pub(crate) const REGION_WORDS: usize = 4;

/// Words of a table record. `SPECS` and `TIERS` are 0 where a table has none.
pub(crate) mod table {
    pub(crate) const NAME: usize = 0;
    pub(crate) const TITLE: usize = 1;
    pub(crate) const KEY_NAMES: usize = 2;
    pub(crate) const ROWS: usize = 3;
    pub(crate) const KEYS: usize = 4;
    pub(crate) const UNITS: usize = 5;
    pub(crate) const SPECS: usize = 6;
    pub(crate) const TIERS: usize = 7;
    pub(crate) const POOL: usize = 8;
    pub(crate) const SOURCES: usize = 9;
    pub(crate) const SOURCE_COUNT: usize = 10;
    pub(crate) const COLUMNS: usize = 11;
    pub(crate) const COLUMN_COUNT: usize = 12;
    pub(crate) const PRICES: usize = 13;
    pub(crate) const WORDS: usize = 14;
}

/// Words of a column record.
pub(crate) mod column {
    pub(crate) const REGION: usize = 0;
    pub(crate) const CELLS: usize = 1;
    pub(crate) const SOURCE: usize = 2;
    pub(crate) const STRAYS: usize = 3;
    pub(crate) const STRAY_COUNT: usize = 4;
    pub(crate) const WORDS: usize = 5;
}
