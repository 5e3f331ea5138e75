//! Reading the bytes of the embedded provider facts: names, tables, shapes, types. No meaning lives here.
//! Every read is checked; bytes that are not there read as `None`, which callers treat as "nothing is known".

use std::collections::BTreeMap;

use super::format::{FIELD_BYTES, MAGIC, RECORD_BYTES, flag, header, tag};
use crate::value::{ObjectAttribute, Type};

static EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/provider.bin"));
/// Nesting of types and blocks; the table has far less.
const DEEPEST: usize = 64;

/// One field of a shape, as packed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) name: u16,
    pub(super) flags: u8,
    pub(super) detail: u8,
    pub(super) payload: u16,
}

fn array<const N: usize>(at: usize) -> Option<[u8; N]> {
    EMBEDDED.get(at..)?.first_chunk().copied()
}

fn half(at: usize) -> Option<u16> {
    array(at).map(u16::from_le_bytes)
}

fn word(at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(array(at)?)).ok()
}

fn head(index: usize) -> Option<usize> {
    debug_assert!(index < header::WORDS);
    word(MAGIC.len() + index * 4)
}

fn bytes(place: usize) -> Option<&'static [u8]> {
    let length = usize::from(half(place)?);
    EMBEDDED.get(place.checked_add(2)?..)?.get(..length)
}

fn text(place: usize) -> Option<&'static str> {
    std::str::from_utf8(bytes(place)?).ok()
}

/// The described version of the provider.
pub(super) fn version() -> &'static str {
    head(header::VERSION).and_then(text).unwrap_or_default()
}

pub(super) fn name(index: u16) -> Option<&'static str> {
    text(word(head(header::NAMES)? + usize::from(index) * 4)?)
}

/// The index at which `at` is `Equal`, among ascending records.
fn search(count: usize, at: impl Fn(usize) -> Option<std::cmp::Ordering>) -> Option<usize> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        match at(middle)? {
            std::cmp::Ordering::Equal => return Some(middle),
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    None
}

fn name_index(wanted: &str) -> Option<u16> {
    let names = head(header::NAMES)?;
    // Bytes have the order of the text, and need no look at what they stand for.
    let at = |index: usize| Some(bytes(word(names + index * 4)?)?.cmp(wanted.as_bytes()));
    let found = search(head(header::NAME_COUNT)?, at)?;
    u16::try_from(found).ok()
}

/// The shape of a type in one of the two tables.
pub(super) fn top(table: usize, count: usize, ty: &str) -> Option<u16> {
    let wanted = name_index(ty)?;
    let start = head(table)?;
    let found = search(head(count)?, |index| Some(half(start + index * RECORD_BYTES)?.cmp(&wanted)))?;
    half(start + found * RECORD_BYTES + 2)
}

fn shape_place(shape: u16) -> Option<usize> {
    word(head(header::SHAPES)? + usize::from(shape) * 4)
}

fn field_at(place: usize, index: usize) -> Option<Field> {
    let at = place + 2 + index * FIELD_BYTES;
    let [flags, detail] = array(at + 2)?;
    Some(Field { name: half(at)?, flags, detail, payload: half(at + 4)? })
}

pub(super) fn fields(shape: u16) -> impl Iterator<Item = Field> {
    let place = shape_place(shape);
    let count = place.and_then(half).map_or(0, usize::from);
    (0..count).filter_map(move |index| field_at(place?, index))
}

pub(super) fn field(shape: u16, wanted: &str) -> Option<Field> {
    let wanted = name_index(wanted)?;
    let place = shape_place(shape)?;
    let count = usize::from(half(place)?);
    let found = search(count, |index| Some(half(place + 2 + index * FIELD_BYTES)?.cmp(&wanted)))?;
    field_at(place, found)
}

/// Tag and payload of a value type.
fn record(ty: u16) -> Option<(u8, u16)> {
    let at = head(header::TYPES)? + usize::from(ty) * RECORD_BYTES;
    Some((u8::try_from(half(at)?).ok()?, half(at + 2)?))
}

/// The shape of the objects in an attribute that is an object or a collection of objects.
pub(super) fn object_in(ty: u16) -> Option<u16> {
    match record(ty)? {
        (tag::OBJECT, shape) => Some(shape),
        (tag::LIST | tag::SET, item) => match record(item)? {
            (tag::OBJECT, shape) => Some(shape),
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn value_type(ty: u16) -> Type {
    value_type_at(ty, 0)
}

fn value_type_at(ty: u16, depth: usize) -> Type {
    let Some((tag, payload)) = record(ty).filter(|_| depth < DEEPEST) else { return Type::Dynamic };
    let item = || Box::new(value_type_at(payload, depth + 1));
    match tag {
        tag::BOOL => Type::Bool,
        tag::NUMBER => Type::Number,
        tag::STRING => Type::String,
        tag::LIST => Type::List(item()),
        tag::SET => Type::Set(item()),
        tag::MAP => Type::Map(item()),
        tag::OBJECT => Type::Object(
            fields(payload)
                .filter(|field| field.flags & (flag::BLOCK | flag::REMOVED) == 0)
                .filter_map(|field| {
                    let ty = value_type_at(field.payload, depth + 1);
                    Some((name(field.name)?.into(), ObjectAttribute { ty, optional: false }))
                })
                .collect::<BTreeMap<_, _>>(),
        ),
        _ => Type::Dynamic,
    }
}

/// Names of the types in a table.
pub(super) fn types(table: usize, count: usize) -> impl Iterator<Item = &'static str> {
    let start = head(table);
    (0..head(count).unwrap_or(0)).filter_map(move |index| name(half(start? + index * RECORD_BYTES)?))
}
