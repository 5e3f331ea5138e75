//! Credential formats that vendors document: a fixed start, an alphabet and a length.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// A format: the text starts with `prefix`, followed by at least `least` characters of `alphabet`.
struct Format {
    kind: &'static str,
    prefix: &'static str,
    least: usize,
    alphabet: Alphabet,
}

#[derive(Clone, Copy)]
enum Alphabet {
    /// Letters and digits.
    Alnum,
    /// Capital letters and digits.
    Upper,
    Hex,
    /// Letters, digits, `-` and `_`.
    Url,
    /// `Url` and `.`.
    Dotted,
    /// Letters, digits, `+`, `/`, `=`.
    Base64,
}

impl Alphabet {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Alnum => byte.is_ascii_alphanumeric(),
            Self::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Hex => byte.is_ascii_hexdigit(),
            Self::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
            Self::Dotted => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'),
            Self::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='),
        }
    }
}

const fn format(kind: &'static str, prefix: &'static str, least: usize, alphabet: Alphabet) -> Format {
    Format { kind, prefix, least, alphabet }
}

/// Sources: the vendors' pages on their token formats.
const FORMATS: &[Format] = &[
    format("an AWS access key", "AKIA", 16, Alphabet::Upper),
    format("an AWS access key", "ASIA", 16, Alphabet::Upper),
    format("a GitHub token", "ghp_", 36, Alphabet::Alnum),
    format("a GitHub token", "gho_", 36, Alphabet::Alnum),
    format("a GitHub token", "ghu_", 36, Alphabet::Alnum),
    format("a GitHub token", "ghs_", 36, Alphabet::Alnum),
    format("a GitHub token", "ghr_", 36, Alphabet::Alnum),
    format("a GitHub token", "github_pat_", 40, Alphabet::Url),
    format("a GitLab token", "glpat-", 20, Alphabet::Url),
    format("a GitLab token", "gldt-", 20, Alphabet::Url),
    format("a GitLab token", "glrt-", 20, Alphabet::Url),
    format("a Slack token", "xoxb-", 20, Alphabet::Url),
    format("a Slack token", "xoxp-", 20, Alphabet::Url),
    format("a Slack token", "xoxa-", 20, Alphabet::Url),
    format("a Slack token", "xapp-", 20, Alphabet::Url),
    format("a Slack webhook", "https://hooks.slack.com/services/T", 20, Alphabet::Base64),
    format("a Discord webhook", "https://discord.com/api/webhooks/", 30, Alphabet::Base64),
    format("a Stripe key", "sk_live_", 16, Alphabet::Alnum),
    format("a Stripe key", "sk_test_", 16, Alphabet::Alnum),
    format("a Stripe key", "rk_live_", 16, Alphabet::Alnum),
    format("a Stripe webhook secret", "whsec_", 20, Alphabet::Base64),
    format("a SendGrid key", "SG.", 40, Alphabet::Dotted),
    format("a Google API key", "AIza", 35, Alphabet::Url),
    format("a Google OAuth secret", "GOCSPX-", 20, Alphabet::Url),
    format("an OpenAI key", "sk-proj-", 20, Alphabet::Url),
    format("an Anthropic key", "sk-ant-", 20, Alphabet::Url),
    format("an npm token", "npm_", 36, Alphabet::Alnum),
    format("a PyPI token", "pypi-", 50, Alphabet::Url),
    format("a Docker Hub token", "dckr_pat_", 20, Alphabet::Url),
    format("a DigitalOcean token", "dop_v1_", 40, Alphabet::Hex),
    format("a HashiCorp Vault token", "hvs.", 20, Alphabet::Url),
    format("a Shopify token", "shpat_", 32, Alphabet::Hex),
    format("a New Relic key", "NRAK-", 20, Alphabet::Upper),
    format("a Mailgun key", "key-", 32, Alphabet::Hex),
    format("a Doppler token", "dp.pt.", 40, Alphabet::Alnum),
    format("a Databricks token", "dapi", 32, Alphabet::Hex),
    format("a Hugging Face token", "hf_", 30, Alphabet::Alnum),
    format("a Grafana token", "glsa_", 30, Alphabet::Url),
    format("a Sentry token", "sntrys_", 30, Alphabet::Base64),
    format("a Linear key", "lin_api_", 30, Alphabet::Alnum),
    format("a PlanetScale password", "pscale_pw_", 30, Alphabet::Dotted),
    format("a Twilio key", "SK", 32, Alphabet::Hex),
    format("a Square token", "EAAA", 56, Alphabet::Url),
];

const JWT_START: &str = "eyJ";
const KEY_START: &str = "-----BEGIN ";

/// Every start of a format at once; `None` where it cannot be built, and nothing can be ruled out.
static STARTS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let starts = FORMATS.iter().map(|format| format.prefix).chain([JWT_START, KEY_START]);
    AhoCorasick::new(starts).ok()
});

const PRIVATE_KEY: &str = "a private key";
const JWT: &str = "a signed token (JWT)";

/// The format of a whole value, if it is a known one.
pub(super) fn known(value: &str) -> Option<&'static str> {
    if value.starts_with("-----BEGIN ") && value.contains("PRIVATE KEY-----") {
        return Some(PRIVATE_KEY);
    }
    if jwt(value) == Some(value.len()) {
        return Some(JWT);
    }
    FORMATS.iter().find_map(|format| {
        let length = length_of(format, value)?;
        (length == value.len()).then_some(format.kind)
    })
}

/// Byte ranges of known formats anywhere in a text, for masking.
pub(super) fn inside(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    if STARTS.as_ref().is_some_and(|starts| !starts.is_match(text)) {
        return found;
    }
    let starts_word = |at: usize| {
        text.get(..at).and_then(|head| head.bytes().last()).is_none_or(|byte| !byte.is_ascii_alphanumeric())
    };
    for format in FORMATS {
        for (at, _) in text.match_indices(format.prefix) {
            if starts_word(at)
                && let Some(length) = text.get(at..).and_then(|rest| length_of(format, rest))
            {
                found.push(at..at + length);
            }
        }
    }
    for (at, _) in text.match_indices(JWT_START) {
        if let Some(length) = text.get(at..).and_then(jwt) {
            found.push(at..at + length);
        }
    }
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(KEY_START)).map(|at| at + from) {
        let rest = text.get(at..).unwrap_or_default();
        let header = rest.find("PRIVATE KEY-----").filter(|header| *header < 40);
        let Some(header) = header else {
            from = at + 1;
            continue;
        };
        let body = header + "PRIVATE KEY-----".len();
        let end =
            rest.get(body..).and_then(|tail| tail.find("-----END")).map_or(rest.len(), |end| body + end);
        found.push(at + body..at + end);
        from = at + end;
    }
    found
}

/// Length of the format's text at the start of `value`, when it is long enough.
fn length_of(format: &Format, value: &str) -> Option<usize> {
    let rest = value.strip_prefix(format.prefix)?;
    let length = rest.bytes().take_while(|byte| format.alphabet.has(*byte)).count();
    // `SK` + 32 hex digits and AWS ids have one length only; longer words are something else.
    let exact =
        format.prefix.len() <= 2 || matches!(format.alphabet, Alphabet::Upper) && format.prefix.len() == 4;
    let fits = if exact { length == format.least } else { length >= format.least };
    fits.then_some(format.prefix.len() + length)
}

/// Length of a JWT at the start: three parts, the first two of them Base64 of JSON objects.
fn jwt(value: &str) -> Option<usize> {
    let length = value.bytes().take_while(|byte| Alphabet::Dotted.has(*byte)).count();
    let token = value.get(..length)?;
    let mut parts = token.split('.');
    let (header, body, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let is_token = parts.next().is_none()
        && header.starts_with("eyJ")
        && body.starts_with("eyJ")
        && header.len() >= 16
        && signature.len() >= 16;
    is_token.then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_recognised_whole_and_inside() {
        assert_eq!(known("ghp_EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLE1"), Some("a GitHub token"));
        assert_eq!(known("AKIAEXAMPLEEXAMPLE22"), Some("an AWS access key"));
        assert_eq!(known("AKIAEXAMPLE"), None);
        assert_eq!(known("SKU-123"), None);
        let text = "token ghp_EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLE1 here";
        assert_eq!(inside(text).first(), Some(&(6..46)));
        assert_eq!(inside(text).len(), 1);
    }
}
