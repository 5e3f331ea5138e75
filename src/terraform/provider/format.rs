//! The layout of the embedded provider facts: what `build/provider.rs` writes and `blob.rs` reads.
//! Both compile this file, so that they cannot drift.
//!
//! Numbers are little-endian, places are byte offsets from the start. A lookup is two binary searches: the name among
//! the type names, the type among its table; nothing is parsed or inflated as a whole.
//!
//! ```text
//! header     magic [u8; 8], then HEADER_WORDS x u32, see `header`
//! version    length u16, UTF-8 bytes: the described version of the provider
//! name       length u16, UTF-8 bytes; names: place u32 each, sorted by bytes, so that order of index is order of name
//! table      (name u16, shape u16) each, sorted by name: resources, data sources
//! value type (tag u8, 0 u8, payload u16) each: payload is the item's value type, or the shape of an object
//! shape      count u16, then FIELD_BYTES a field, sorted by name: name u16, flags u8, detail u8, payload u16
//! ```
//!
//! Equal shapes and equal value types are stored once.

/// First bytes of the facts; the number changes with the layout.
pub(crate) const MAGIC: [u8; 8] = *b"PLMFCT01";
/// Bytes of one field of a shape.
pub(crate) const FIELD_BYTES: usize = 6;
/// Bytes of one record of a table and of one value type.
pub(crate) const RECORD_BYTES: usize = 4;

/// Words of the header after the magic.
pub(crate) mod header {
    pub(crate) const VERSION: usize = 0;
    pub(crate) const NAMES: usize = 1;
    pub(crate) const NAME_COUNT: usize = 2;
    pub(crate) const TYPES: usize = 3;
    pub(crate) const SHAPES: usize = 4;
    pub(crate) const RESOURCES: usize = 5;
    pub(crate) const RESOURCE_COUNT: usize = 6;
    pub(crate) const DATA: usize = 7;
    pub(crate) const DATA_COUNT: usize = 8;
    pub(crate) const WORDS: usize = 9;
}

/// Flags of a field.
pub(crate) mod flag {
    /// Decided by the provider where it is not set.
    pub(crate) const COMPUTED: u8 = 1;
    pub(crate) const OPTIONAL: u8 = 2;
    pub(crate) const REQUIRED: u8 = 4;
    /// A nested block: `detail` is its nesting, the payload its shape.
    pub(crate) const BLOCK: u8 = 8;
    /// Gone: `detail` is the major version of the provider in which it no longer is.
    pub(crate) const REMOVED: u8 = 16;
}

/// Nestings of a block. `ONE` and `ONE_SET` are a list and a set of at most one.
pub(crate) mod nesting {
    pub(crate) const LIST: u8 = 0;
    pub(crate) const ONE: u8 = 1;
    pub(crate) const SET: u8 = 2;
    pub(crate) const ONE_SET: u8 = 3;
    /// The value is the block itself, or null.
    pub(crate) const SINGLE: u8 = 4;
}

/// Tags of a value type.
pub(crate) mod tag {
    pub(crate) const DYNAMIC: u8 = 0;
    pub(crate) const BOOL: u8 = 1;
    pub(crate) const NUMBER: u8 = 2;
    pub(crate) const STRING: u8 = 3;
    pub(crate) const LIST: u8 = 4;
    pub(crate) const SET: u8 = 5;
    pub(crate) const MAP: u8 = 6;
    pub(crate) const OBJECT: u8 = 7;
}
