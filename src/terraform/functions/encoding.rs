//! Base64, URLs, gzip, CSV and character sets.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};

use super::Failure;
use super::arguments::{Call, Outcome, normalized};
use crate::value::{Entry, Kind, ObjectAttribute, Type, Value};

/// Go's standard decoder: padding is required, stray bits at the end are not looked at.
const DECODER: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

pub(super) fn base64encode(call: &Call<'_>) -> Outcome {
    Ok(call.string(STANDARD.encode(call.str(0))))
}

fn decode64(text: &str) -> Option<Vec<u8>> {
    // Go skips line ends.
    let compact: String = text.chars().filter(|character| !matches!(character, '\r' | '\n')).collect();
    DECODER.decode(compact).ok()
}

pub(super) fn base64decode(call: &Call<'_>) -> Outcome {
    let Some(bytes) = decode64(call.str(0)) else {
        return Err(Failure::new("failed to decode base64 data"));
    };
    match String::from_utf8(bytes) {
        Ok(text) => Ok(call.string(text)),
        Err(_) => Err(Failure::new("the result of decoding the provided string is not valid UTF-8")),
    }
}

/// The packed bytes depend on the implementation of deflate in Terraform; only the header is told.
pub(super) fn base64gzip(call: &Call<'_>) -> Outcome {
    let mut packed = call.unsupported("the bytes of base64gzip");
    if let Kind::Unknown(unknown) = &mut packed.kind {
        Arc::make_mut(unknown).prefix = Some("H4sIAAAAAAAA/".into());
    }
    Ok(packed)
}

pub(super) fn urlencode(call: &Call<'_>) -> Outcome {
    let mut result = String::new();
    for byte in call.str(0).bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                result.push(char::from(byte))
            }
            b' ' => result.push('+'),
            _ => result.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(call.string(result))
}

/// A character set that is converted here; Terraform knows all that IANA lists.
#[derive(Clone, Copy, PartialEq)]
enum Charset {
    Utf8,
    /// Big endian; `mark` where a byte-order mark is written and looked at.
    Utf16 {
        big: bool,
        mark: bool,
    },
    /// The first 256 characters of Unicode.
    Latin1,
}

impl Charset {
    /// By IANA name or alias, in any case.
    fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "utf-8" | "csutf8" => Self::Utf8,
            "utf-16le" | "csutf16le" => Self::Utf16 { big: false, mark: false },
            "utf-16be" | "csutf16be" => Self::Utf16 { big: true, mark: false },
            "utf-16" | "csutf16" => Self::Utf16 { big: true, mark: true },
            "iso-8859-1" | "iso_8859-1" | "iso_8859-1:1987" | "latin1" | "l1" | "iso-ir-100" | "ibm819"
            | "cp819" | "csisolatin1" => Self::Latin1,
            _ => return None,
        })
    }
}

pub(super) fn textencodebase64(call: &Call<'_>) -> Outcome {
    let Some(charset) = Charset::named(call.str(1)) else {
        return Ok(call.unsupported("this character set"));
    };
    let text = call.str(0);
    let bytes = match charset {
        Charset::Utf8 => text.as_bytes().to_vec(),
        Charset::Utf16 { big, mark } => {
            let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
            units.flat_map(|unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        }
        Charset::Latin1 => {
            let bytes: Option<Vec<u8>> =
                text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
            bytes.ok_or_else(|| {
                Failure::argument(
                    0,
                    "the given string contains characters that cannot be represented in ISO-8859-1",
                )
            })?
        }
    };
    Ok(call.string(STANDARD.encode(bytes)))
}

pub(super) fn textdecodebase64(call: &Call<'_>) -> Outcome {
    let Some(charset) = Charset::named(call.str(1)) else {
        return Ok(call.unsupported("this character set"));
    };
    let Some(bytes) = decode64(call.str(0)) else {
        return Err(Failure::argument(0, "the given value has an invalid base64 symbol"));
    };
    let text = match charset {
        Charset::Utf8 => String::from_utf8(bytes).ok(),
        Charset::Latin1 => Some(bytes.into_iter().map(char::from).collect()),
        Charset::Utf16 { big, mark } => {
            let even = bytes.len() % 2 == 0;
            let units: Vec<u16> = bytes
                .chunks_exact(2)
                .map(|pair| {
                    let pair = [pair.first().copied().unwrap_or(0), pair.get(1).copied().unwrap_or(0)];
                    if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
                })
                .collect();
            let units = match units.split_first() {
                Some((0xfeff, rest)) if mark => rest.to_vec(),
                Some((0xfffe, rest)) if mark => rest.iter().map(|unit| unit.swap_bytes()).collect(),
                _ => units,
            };
            String::from_utf16(&units).ok().filter(|_| even)
        }
    };
    match text.filter(|text| !text.contains(char::REPLACEMENT_CHARACTER)) {
        Some(text) => Ok(call.string(text)),
        None => Err(Failure::argument(
            0,
            "the given string contains symbols that are not defined for the character set",
        )),
    }
}

pub(super) fn csvdecode(call: &Call<'_>) -> Outcome {
    let mut records = parse_csv(call.str(0))?.into_iter();
    let Some((_, headers)) = records.next() else { return Err(Failure::new("missing header line")) };
    let headers: Vec<Arc<str>> = headers.into_iter().map(|name| Arc::from(normalized(name))).collect();
    let mut attributes = BTreeMap::new();
    for name in &headers {
        let attribute = ObjectAttribute { ty: Type::String, optional: false };
        if attributes.insert(name.clone(), attribute).is_some() {
            return Err(Failure::new(format!("duplicate column name \"{name}\"")));
        }
    }
    let origin = call.origin();
    let mut rows = Vec::new();
    if records.len().saturating_mul(headers.len() + 1) > call.context.limits.value {
        return Ok(call.limit(super::VALUE));
    }
    for (line, fields) in records {
        if fields.len() != headers.len() {
            return Err(Failure::new(format!("CSV parse error on line {line}: wrong number of fields")));
        }
        let entries = headers.iter().zip(fields).map(|(name, field)| {
            let value = Value::string(normalized(field), origin.clone());
            (name.clone(), Entry { key_span: None, value })
        });
        rows.push(Value::object(entries.collect(), origin.clone()));
    }
    Ok(call.list(Type::Object(attributes), rows))
}

/// Records with the line they start on (from 1), as Go's `encoding/csv` reads them: RFC 4180, blank lines skipped.
fn parse_csv(text: &str) -> Result<Vec<(usize, Vec<String>)>, Failure> {
    let wrong = |line: usize, what: &str| Failure::new(format!("CSV parse error on line {line}: {what}"));
    let text = text.replace("\r\n", "\n");
    let mut records = Vec::new();
    let mut line = 1;
    let mut rest = text.chars().peekable();
    while rest.peek().is_some() {
        if rest.next_if_eq(&'\n').is_some() {
            line += 1;
            continue;
        }
        let start = line;
        let mut fields = Vec::new();
        loop {
            let mut field = String::new();
            if rest.next_if_eq(&'"').is_some() {
                loop {
                    match rest.next() {
                        Some('"') if rest.next_if_eq(&'"').is_some() => field.push('"'),
                        Some('"') => break,
                        Some(character) => {
                            line += usize::from(character == '\n');
                            field.push(character);
                        }
                        None => return Err(wrong(line, "extraneous or missing \" in quoted-field")),
                    }
                }
                if rest.peek().is_some_and(|next| !matches!(next, ',' | '\n')) {
                    return Err(wrong(line, "extraneous or missing \" in quoted-field"));
                }
            } else {
                while let Some(character) = rest.next_if(|next| !matches!(next, ',' | '\n')) {
                    if character == '"' {
                        return Err(wrong(line, "bare \" in non-quoted-field"));
                    }
                    field.push(character);
                }
            }
            fields.push(field);
            match rest.next() {
                Some(',') => {}
                Some(_) => {
                    line += 1;
                    break;
                }
                None => break,
            }
        }
        records.push((start, fields));
    }
    Ok(records)
}
