//! Bytes of a file to text: byte-order marks, UTF-16, invalid UTF-8.

use std::sync::Arc;

use thiserror::Error;

/// Why bytes are no text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// `offset` counts bytes of the file, byte-order mark included.
    #[error("byte {byte:#04x} at offset {offset} is not valid UTF-8")]
    InvalidUtf8 { offset: usize, byte: u8 },
    #[error("the UTF-16 text has an unpaired surrogate or an odd number of bytes")]
    InvalidUtf16,
}

/// Decodes UTF-8 (with or without byte-order mark) or UTF-16 with a byte-order mark.
///
/// Offsets of spans count bytes of the returned text, which has no byte-order mark. Line endings
/// are kept as they are.
///
/// # Errors
/// When the bytes are neither.
pub fn decode_text(bytes: &[u8]) -> Result<Arc<str>, DecodeError> {
    if let Some(rest) = bytes.strip_prefix(&[0xFF, 0xFE]) {
        return decode_utf16(rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(&[0xFE, 0xFF]) {
        return decode_utf16(rest, u16::from_be_bytes);
    }
    let body = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    std::str::from_utf8(body).map(Arc::from).map_err(|error| {
        let at = error.valid_up_to();
        DecodeError::InvalidUtf8 {
            offset: at + (bytes.len() - body.len()),
            byte: body.get(at).copied().unwrap_or_default(),
        }
    })
}

/// Where the decoded text begins in the bytes of its file; `None` where its offsets are none of the file
/// (UTF-16).
#[must_use]
pub(super) fn text_start(bytes: &[u8]) -> Option<u32> {
    match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => None,
        [0xEF, 0xBB, 0xBF, ..] => Some(3),
        _ => Some(0),
    }
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Arc<str>, DecodeError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(DecodeError::InvalidUtf16);
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .collect::<Result<String, _>>()
        .map(Arc::from)
        .map_err(|_| DecodeError::InvalidUtf16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_stripped_and_utf16_is_read() {
        assert_eq!(text_start(b"\xEF\xBB\xBFa"), Some(3));
        assert_eq!((text_start(b"a"), text_start(b"\xFF\xFEa\0")), (Some(0), None));
        assert_eq!(decode_text(b"\xEF\xBB\xBFa").as_deref(), Ok("a"));
        assert_eq!(decode_text(b"\xFF\xFEa\0\xe9\0").as_deref(), Ok("a\u{e9}"));
        assert_eq!(decode_text(b"\xFE\xFF\0a").as_deref(), Ok("a"));
    }

    #[test]
    fn broken_bytes_are_located() {
        assert_eq!(decode_text(b"ab\xffc"), Err(DecodeError::InvalidUtf8 { offset: 2, byte: 0xff }));
        assert_eq!(decode_text(b"\xFF\xFEa"), Err(DecodeError::InvalidUtf16));
    }
}
