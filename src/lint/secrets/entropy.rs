//! How random a text looks, measured against the alphabet it is written in.

/// The smallest alphabet that a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alphabet {
    Decimal,
    Hex,
    /// RFC 4648: capital letters and 2 to 7.
    Base32,
    /// Letters and digits.
    Base62,
    Base64,
    Base64Url,
    /// Anything printable, without white space.
    Printable,
}

impl Alphabet {
    /// `None` for texts with white space, control or non-ASCII characters.
    pub(super) fn of(text: &str) -> Option<Self> {
        let body = text.trim_end_matches('=').as_bytes();
        let all = |test: fn(&u8) -> bool| body.iter().all(test);
        if body.is_empty() {
            return None;
        }
        let one_case = !body.iter().any(u8::is_ascii_uppercase) || !body.iter().any(u8::is_ascii_lowercase);
        Some(if all(u8::is_ascii_digit) {
            Self::Decimal
        } else if one_case && all(u8::is_ascii_hexdigit) {
            Self::Hex
        } else if all(|byte| byte.is_ascii_uppercase() || (b'2'..=b'7').contains(byte)) {
            Self::Base32
        } else if all(u8::is_ascii_alphanumeric) {
            Self::Base62
        } else if all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')) {
            Self::Base64
        } else if all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
            Self::Base64Url
        } else if all(u8::is_ascii_graphic) {
            Self::Printable
        } else {
            return None;
        })
    }

    fn size(self) -> f64 {
        match self {
            Self::Decimal => 10.0,
            Self::Hex => 16.0,
            Self::Base32 => 32.0,
            Self::Base62 => 62.0,
            Self::Base64 | Self::Base64Url => 64.0,
            Self::Printable => 94.0,
        }
    }

    /// The share of the greatest possible entropy that random texts of this alphabet have, with some room: the
    /// fewer the characters, the more often they come again. Words and names stay below, short ones nearly reach it.
    fn share(self) -> f64 {
        match self {
            Self::Decimal | Self::Hex => 0.8,
            Self::Base32 | Self::Base62 => 0.81,
            Self::Base64 | Self::Base64Url | Self::Printable => 0.86,
        }
    }

    /// Shorter texts are not called random, whatever they look like.
    fn shortest(self) -> usize {
        match self {
            Self::Decimal => 24,
            Self::Hex => 20,
            Self::Base32 | Self::Base62 | Self::Base64 | Self::Base64Url => 16,
            Self::Printable => 10,
        }
    }
}

/// Shannon entropy of the bytes, in bits for each of them.
pub(super) fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let length = text.len() as f64;
    let of = |count: &u32| f64::from(*count) / length;
    counts.iter().filter(|count| **count > 0).map(of).map(|share| -share * share.log2()).sum()
}

/// Whether a text looks made by a generator: as varied as its alphabet lets it be, and not made of words.
pub(super) fn is_random(text: &str) -> bool {
    let text = text.trim_end_matches('=');
    let Some(alphabet) = Alphabet::of(text) else { return false };
    if text.len() < alphabet.shortest() || is_worded(text) || is_sequence(text) || counts_up(text) {
        return false;
    }
    let greatest = alphabet.size().log2().min((text.len() as f64).log2());
    entropy(text) >= alphabet.share() * greatest
}

/// Words and numbers between separators (`shop-api-production-01`), or a run of letters in which none stands for a digit.
pub(super) fn is_worded(text: &str) -> bool {
    let mut parts = text.split(['-', '_', '.', '/', ':', '+', '@', ',']).filter(|part| !part.is_empty());
    parts.all(is_word)
}

/// A word with a number at its end at most (`production`, `eu`, `v2`, `ExampleTask3`), or a short number.
fn is_word(part: &str) -> bool {
    let letters = part.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = part.len() - letters.len();
    if !letters.bytes().all(|byte| byte.is_ascii_alphabetic()) || digits > 8 {
        return false;
    }
    // Case changes at the start of words only: `ExampleTask`, not `eXaMPleTAsk`.
    let humps = letters
        .as_bytes()
        .array_windows::<2>()
        .filter(|[a, b]| a.is_ascii_lowercase() && b.is_ascii_uppercase());
    let lower = letters.to_ascii_lowercase();
    let vowels = lower.bytes().filter(|byte| b"aeiouy".contains(byte)).count();
    let is_spoken = letters.len() <= 5 || vowels * 6 >= letters.len();
    is_spoken && humps.count() * 3 <= letters.len()
}

/// `abcdefgh12345678`, `0123456789abcdef`: neighbours in order.
fn is_sequence(text: &str) -> bool {
    let steps = text.as_bytes().array_windows::<2>();
    let ordered = steps.filter(|[a, b]| b.wrapping_sub(*a) <= 1).count();
    ordered * 2 > text.len()
}

/// Digits or letters in order inside a text (`key-12345678`): somebody stood for a value.
pub(super) fn counts_up(text: &str) -> bool {
    const RUN: usize = 6;
    let mut run = 0;
    text.as_bytes().array_windows::<2>().any(|[a, b]| {
        run = if b.wrapping_sub(*a) == 1 || (*a == b'9' && *b == b'0') { run + 1 } else { 0 };
        run >= RUN - 1
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

    use super::*;

    /// Characters in the order of a generator, from an alphabet.
    fn generated(alphabet: &str, length: usize) -> String {
        let bytes = alphabet.as_bytes();
        let mut state = 12_345_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize
        };
        (0..length).map(|_| char::from(bytes[next() % bytes.len()])).collect()
    }

    #[test]
    fn what_a_generator_makes_is_random_in_every_alphabet() {
        let lower = "abcdefghijklmnopqrstuvwxyz";
        let upper = lower.to_uppercase();
        let alphabets = [
            ("0123456789", Alphabet::Decimal),
            ("0123456789abcdef", Alphabet::Hex),
            (&*format!("{upper}234567"), Alphabet::Base32),
            (&*format!("{upper}{lower}0123456789"), Alphabet::Base62),
            (&*format!("{upper}{lower}0123456789+/"), Alphabet::Base64),
            (&*format!("{upper}{lower}0123456789-_"), Alphabet::Base64Url),
        ];
        for (characters, alphabet) in alphabets {
            for length in [32, 40, 64] {
                let text = generated(characters, length);
                assert!(is_random(&text), "{alphabet:?} {length}: {text} {}", entropy(&text));
            }
        }
    }

    #[test]
    fn names_and_words_are_not_random() {
        for text in [
            "shop-api-production-01",
            "arn-of-the-database-secret",
            "ExampleEcsTaskExecutionRole",
            "not-a-real-password-1",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "00000000000000000000000000000000",
            "0123456789abcdef0123456789abcdef",
            "abcdefghijklmnopqrstuvwxyz0123456789",
            "registry.example.com/team/image",
            "short1A",
            "two words 8h3Kd92LsQ",
        ] {
            assert!(!is_random(text), "{text} {}", entropy(text));
        }
    }
}
