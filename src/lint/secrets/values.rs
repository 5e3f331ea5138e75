//! What a value is: a credential of a known format, a URL with a password, opaque text, or harmless.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::names::{NameClass, name_class};
use super::{entropy, formats};

/// The class of a value, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueClass {
    /// A known credential format; its name for people.
    Format(&'static str),
    /// A URL with a literal password in it.
    UrlPassword,
    /// Text without a recognisable meaning: a secret under a secret's name.
    Opaque,
    /// Empty, placeholder, reference, ARN, path, number, boolean, plain URL …
    Harmless,
}

/// A text recognised as a secret. It says what kind, never what value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secret {
    /// `a GitHub token`, `a URL with a password`, `an opaque value of 20 to 39 characters`.
    pub kind: &'static str,
}

/// Whether `value` under `name` is a secret: the class of the name and that of the value decide together.
///
/// | name \\ value | known format, URL with password | random | other opaque text | harmless |
/// |---|---|---|---|---|
/// | password | secret | secret | secret | – |
/// | key, token | secret | secret | secret | – |
/// | neutral | secret | secret if long | – | – |
/// | digest, id, version | secret | – | – | – |
#[must_use]
pub fn classify(name: &str, value: &str) -> Option<Secret> {
    match value_class(value) {
        ValueClass::Format(kind) => Some(Secret { kind }),
        ValueClass::UrlPassword => Some(Secret { kind: URL_PASSWORD }),
        ValueClass::Opaque => match name_class(name) {
            NameClass::Password | NameClass::Key if names_itself(name, value) => None,
            NameClass::Password | NameClass::Key => Some(Secret { kind: length_class(value) }),
            NameClass::Neutral if is_key_material(value) => Some(Secret { kind: RANDOM }),
            NameClass::Neutral | NameClass::Identifier => part_of(value),
        },
        ValueClass::Harmless => part_of(value),
    }
}

/// Like [`classify`], for texts under names that need not belong to a deployment: settings of tools, arguments of
/// resources. Keys and tokens have to look made by a generator there; what people choose, chosen by a person.
#[must_use]
pub fn classify_strictly(name: &str, value: &str) -> Option<Secret> {
    // Most texts are short and called something harmless.
    if value.len() < SHORTEST_UNNAMED && !super::names::is_secret_name(name) {
        return None;
    }
    let secret = classify(name, value)?;
    if value_class(value) != ValueClass::Opaque {
        return Some(secret);
    }
    let trimmed = value.trim();
    let convinces = match name_class(name) {
        NameClass::Password => {
            !is_common(trimmed) && !trimmed.contains(char::is_whitespace) && !names_a_secret(trimmed)
        }
        NameClass::Key => entropy::is_random(trimmed) || is_mixed(trimmed),
        NameClass::Neutral | NameClass::Identifier => true,
    };
    convinces.then_some(secret)
}

/// `a URL with a password`.
pub(super) const URL_PASSWORD: &str = "a URL with a password";

/// Shorter texts are no credential by themselves.
const SHORTEST_UNNAMED: usize = 16;

/// Whether a kind is that of a known format, which tells a credential whatever stands around it.
#[must_use]
pub fn is_format(kind: &str) -> bool {
    kind != URL_PASSWORD && kind != RANDOM && !kind.starts_with("an opaque value")
}

/// A value that only its randomness tells.
pub const RANDOM: &str = "a random value of 32 or more characters";

/// A credential of a known format inside a longer value: a header, an argument, a line of a script.
fn part_of(value: &str) -> Option<Secret> {
    let inside = formats::hits(value).into_iter().next();
    inside.map(|hit| Secret { kind: hit.kind })
}

/// Long and random in an alphabet that digests and ids do not use: letters of both cases and digits.
#[must_use]
pub fn is_key_material(value: &str) -> bool {
    let value = value.trim();
    let has = |test: fn(&u8) -> bool| value.as_bytes().iter().filter(|byte| test(byte)).count() >= 3;
    (32..=256).contains(&value.len())
        && matches!(entropy::Alphabet::of(value), Some(entropy::Alphabet::Base62 | entropy::Alphabet::Base64))
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
        && entropy::is_random(value)
}

/// `shared/logging/es_pass`, `postgres-password`: what a secret is called where it is kept.
fn names_a_secret(value: &str) -> bool {
    value.contains(['-', '_', '/', '.', ':'])
        && entropy::is_worded(value)
        && super::names::is_secret_name(value)
}

/// Short, but nobody's word: a digit among letters and another sign, or letters of both cases around digits.
fn is_mixed(value: &str) -> bool {
    let has = |test: fn(&u8) -> bool| value.as_bytes().iter().any(test);
    value.len() >= 10
        && !value.contains(char::is_whitespace)
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && !entropy::is_worded(value)
        && !entropy::counts_up(value)
}

/// Passwords that examples and tests use and nobody protects anything with.
fn is_common(value: &str) -> bool {
    const COMMON: &[&str] = &[
        "admin",
        "administrator",
        "app",
        "db",
        "demo",
        "dev",
        "django",
        "docker",
        "guest",
        "letmein",
        "localhost",
        "minio",
        "minioadmin",
        "mysql",
        "pass",
        "passw0rd",
        "password1",
        "password123",
        "postgres",
        "postgresql",
        "qwerty",
        "rails",
        "redis",
        "root",
        "sa",
        "test123",
        "testing",
        "toor",
        "user",
        "12345678",
    ];
    value.len() < 4 || COMMON.iter().any(|common| value.eq_ignore_ascii_case(common))
}

/// `LICENSE_KEY=EXPIRED-LICENSE-KEY`: words that repeat the variable's own name beside another word stand for a value
/// to be filled in. Passwords are left out: people do choose such ones.
fn names_itself(name: &str, value: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        text.split(['_', '-', '.', ' '])
            .map(str::to_ascii_lowercase)
            .filter(|word| !word.is_empty())
            .collect()
    };
    let (name, value) = (words(name), words(value));
    let is_letters = |word: &String| word.bytes().all(|byte| byte.is_ascii_lowercase());
    name.len() >= 2
        && value.len() > name.len()
        && name.last().is_some_and(|word| matches!(word.as_str(), "key" | "token" | "id"))
        && value.iter().all(is_letters)
        && value.windows(name.len()).any(|window| window == name)
}

fn length_class(value: &str) -> &'static str {
    match value.chars().count() {
        0..8 => "an opaque value of fewer than 8 characters",
        8..20 => "an opaque value of 8 to 19 characters",
        20..40 => "an opaque value of 20 to 39 characters",
        _ => "an opaque value of 40 or more characters",
    }
}

/// The class of a value. References to other values (`${…}`, `{{…}}`, `$NAME`) are harmless: what they
/// stand for is judged where it is known.
#[must_use]
pub fn value_class(value: &str) -> ValueClass {
    let value = value.trim();
    if let Some(kind) = formats::known(value) {
        return ValueClass::Format(kind);
    }
    if encoded_script(value).is_some_and(|script| !super::scan::written(&script).is_empty()) {
        return ValueClass::Format(SCRIPT);
    }
    if let Some(class) = url_class(value) {
        return class;
    }
    if is_harmless(value) { ValueClass::Harmless } else { ValueClass::Opaque }
}

const SCRIPT: &str = "a script with a credential";

/// User data that is written in Base64.
fn encoded_script(text: &str) -> Option<String> {
    // `#!` and `#cloud-config` begin so.
    let begins = ["IyEv", "I2Nsb3VkLWNvbmZpZ"].iter().any(|start| text.starts_with(start));
    let bytes = begins.then(|| STANDARD.decode(text).ok()).flatten()?;
    String::from_utf8(bytes).ok()
}

fn is_harmless(value: &str) -> bool {
    value.is_empty()
        || is_placeholder(value)
        || is_word(value)
        || is_reference(value)
        || value.starts_with("arn:")
        || is_path(value)
        || value.parse::<f64>().is_ok()
        || value.ends_with(".apps.googleusercontent.com")
        || ["pk_live_", "pk_test_", "pub_", "public-"].iter().any(|prefix| value.starts_with(prefix))
        || is_host(value)
        || is_file_name(value)
        || is_public_key(value)
        || value == concat!("wJalrXUtnFEMI/K7MDENG/bPxRfiCY", "EXAMPLEKEY")
        || (value.len() == 20 && value.starts_with('A') && value.ends_with("EXAMPLE"))
}

/// Keys that are meant to be known, and certificates.
fn is_public_key(value: &str) -> bool {
    ["ssh-rsa ", "ssh-ed25519 ", "ecdsa-sha2-", "age1"].iter().any(|start| value.starts_with(start))
        || (value.starts_with("-----BEGIN ") && !value.contains("PRIVATE KEY"))
}

/// `GeoData-City.mmdb`: a name and a known extension. A key of an object store is often called `…_KEY`.
fn is_file_name(value: &str) -> bool {
    const EXTENSIONS: &[&str] = &[
        "avro",
        "bin",
        "bz2",
        "cer",
        "cfg",
        "conf",
        "crt",
        "csr",
        "csv",
        "dat",
        "db",
        "der",
        "env",
        "gz",
        "html",
        "ini",
        "jks",
        "jpg",
        "js",
        "json",
        "jsonl",
        "key",
        "log",
        "mmdb",
        "onnx",
        "p12",
        "parquet",
        "pdf",
        "pem",
        "pfx",
        "pkl",
        "png",
        "properties",
        "ps1",
        "pub",
        "py",
        "sh",
        "sql",
        "sqlite",
        "svg",
        "tar",
        "tgz",
        "toml",
        "tsv",
        "txt",
        "webp",
        "xml",
        "yaml",
        "yml",
        "zip",
        "zst",
    ];
    let Some((stem, extension)) = value.rsplit_once('.') else { return false };
    !stem.is_empty()
        && stem.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c))
        && EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// Booleans and the like.
fn is_word(value: &str) -> bool {
    const WORDS: &[&str] = &[
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
        "null",
        "none",
        "nil",
        "undefined",
        "default",
        "enabled",
        "disabled",
        "required",
        "optional",
        "auto",
    ];
    WORDS.iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// The whole value stands for something to be filled in.
fn is_placeholder(value: &str) -> bool {
    const WHOLE: &[&str] = &[
        "changeme",
        "change-me",
        "change_me",
        "changeit",
        "example",
        "fake",
        "dummy",
        "placeholder",
        "todo",
        "tbd",
        "replaceme",
        "replace-me",
        "replace_me",
        "redacted",
        "secret",
        "password",
        "token",
        "your-password",
        "your-token",
        "your-secret",
        "your-api-key",
        "test",
        "foo",
        "bar",
        "insert-here",
        "fixme",
    ];
    let lower = value.to_ascii_lowercase();
    if WHOLE.contains(&lower.as_str()) {
        return true;
    }
    let body = lower.trim_matches(['"', '\'']);
    let repeated = |c: char| body.chars().all(|other| other == c);
    if ['x', '*', '.', '-', '_', '0', '?'].into_iter().any(repeated) {
        return true;
    }
    (body.starts_with('<') && body.ends_with('>'))
        || body.starts_with("your_")
        || body.starts_with("your-")
        || body.starts_with("<your")
        || body.starts_with("replace_with")
        || body.starts_with("replace-with")
}

/// Filled in by something else.
fn is_reference(value: &str) -> bool {
    let opens = ["${", "{{", "$(", "%{", "<%", "#{"];
    if opens.iter().any(|open| value.contains(open)) {
        return true;
    }
    value
        .strip_prefix('$')
        .is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
}

fn is_path(value: &str) -> bool {
    let rooted = ["/", "./", "../", "~/", "file:", "ssm:", "secretsmanager:", "vault:", "s3:"];
    // Base64 may start with a slash but then has no further structure.
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-~:@".contains(c);
    rooted.iter().any(|prefix| value.starts_with(prefix))
        && value.chars().all(plain)
        && (value.len() < 40 || value.matches('/').count() > 1)
}

/// `cache.internal:6379` or a host name with at least two dots and no digits run typical of keys.
fn is_host(value: &str) -> bool {
    let (host, port) = value.rsplit_once(':').unwrap_or((value, "0"));
    let labels: Vec<&str> = host.split('.').collect();
    port.bytes().all(|byte| byte.is_ascii_digit())
        && labels.len() >= 3
        && labels.iter().all(|label| {
            !label.is_empty()
                && label.len() <= 40
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        })
}

/// Class of a value that is a URL; `None` when it is none.
fn url_class(value: &str) -> Option<ValueClass> {
    let (scheme, rest) = value.split_once("://")?;
    let is_scheme = !scheme.is_empty()
        && scheme.len() <= 32
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-._".contains(c));
    if !is_scheme {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((userinfo, host)) = authority.rsplit_once('@') else { return Some(ValueClass::Harmless) };
    let Some((_, password)) = userinfo.split_once(':') else { return Some(ValueClass::Harmless) };
    let harmless = password.is_empty() || is_reference(password) || is_local(host) || is_mask(password);
    Some(if harmless { ValueClass::Harmless } else { ValueClass::UrlPassword })
}

/// `****`, `xxxx`, `<password>`: nobody's password.
fn is_mask(password: &str) -> bool {
    let same = |c: char| password.chars().all(|other| other.eq_ignore_ascii_case(&c));
    same('*') || same('x') || (password.starts_with('<') && password.ends_with('>'))
}

fn is_local(host: &str) -> bool {
    let host = host.split(':').next().unwrap_or(host);
    ["localhost", "127.0.0.1", "0.0.0.0", "host.docker.internal", "[", ""].contains(&host)
        || host.ends_with(".localhost")
}

/// Where the password of a URL stands, as a byte range of the value.
#[must_use]
pub(super) fn url_password(value: &str) -> Option<std::ops::Range<usize>> {
    let start = value.find("://")? + 3;
    let rest = value.get(start..)?;
    let end = rest.find(['/', '?', '#', '"', '\'', ' ', '\n', '\t', '\\', '<', '>']).unwrap_or(rest.len());
    let authority = rest.get(..end)?;
    let at = authority.rfind('@')?;
    let colon = authority.get(..at)?.find(':')?;
    (colon + 1 < at).then_some(start + colon + 1..start + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_their_class() {
        let harmless = [
            "",
            "changeme",
            "xxx",
            "fake",
            "example",
            "yes",
            "12",
            "3600",
            "true",
            "/run/secrets/db_password",
            "/shop/jwt-secret",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/db-AbCdEf",
            "https://login.shop.example/oauth/token",
            "postgres://db.shop.internal:5432/shop",
            "pk_live_EXAMPLEEXAMPLEEXAMPLE1234",
            "${var.x}",
            "$DB_PASSWORD",
            "postgres://shop:shop@localhost:5432/shop",
            "postgres://shop:${DB_PASSWORD}@db.internal/shop",
            "<password>",
            "db.shop.internal:5432",
            "{{ secret }}",
            "GeoData-City.mmdb",
            "exports/daily/report.csv.gz",
        ];
        for value in harmless {
            assert_eq!(value_class(value), ValueClass::Harmless, "{value}");
        }
        for value in ["Tr0ub4dor-not-real-7719", "9f-not-real-c41b7e02aa55", "hunter2"] {
            assert_eq!(value_class(value), ValueClass::Opaque, "{value}");
        }
        for value in ["redis://:changeme@cache.shop.internal:6379/0", "postgres://a:not-real-1@db/x"] {
            assert_eq!(value_class(value), ValueClass::UrlPassword, "{value}");
        }
    }

    #[test]
    fn names_and_values_decide_together() {
        // Made of parts, so that nothing here looks like a credential.
        let random = format!("{}{}", "q7Zt0Lw2Xb9Kd4Vn", "8Rf1Hs6Jm3Pc5Gy0");
        for (name, value, is_secret) in [
            ("DB_PASSWORD", "hunter2", true),
            ("DB_PASSWORD", "postgres", false),
            ("DB_PASSWORD", "shared/logging/es_pass", false),
            ("DB_PASSWORD", "two words", false),
            ("API_KEY", "hunter2", false),
            ("API_KEY", "not-a-real-key-71c0ffee", true),
            ("API_KEY", "sk-lf-1234567890", false),
            ("API_KEY", "production-api-key", false),
            ("SETTING", "hunter2", false),
            ("SETTING", &random, true),
            ("GIT_COMMIT_SHA", &random, false),
            ("client_id", &random, false),
        ] {
            assert_eq!(classify_strictly(name, value).is_some(), is_secret, "{name}={value}");
        }
        let hex = "9f86d081884c7d659a2feaa0c55ad015";
        assert_eq!(classify("SETTING", hex), None, "digests are not told from keys");
        assert!(classify("API_KEY", hex).is_some());
    }

    #[test]
    fn user_data_in_base64_is_read() {
        let script = "#!/bin/sh\nexport DB_PASSWORD=C0rrect-not-real-5521\n";
        assert_eq!(value_class(&STANDARD.encode(script)), ValueClass::Format(SCRIPT));
        assert_eq!(encoded_script(&STANDARD.encode(script)).as_deref(), Some(script));
        let harmless = STANDARD.encode("#!/bin/sh\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config\n");
        assert!(!matches!(value_class(&harmless), ValueClass::Format(_)));
        assert_eq!(encoded_script("plain text"), None);
    }

    #[test]
    fn words_that_repeat_the_name_are_a_placeholder() {
        assert_eq!(classify("LICENSE_KEY", "NO-VALID-LICENSE-KEY"), None);
        assert_eq!(classify("API_TOKEN", "demo_api_token"), None);
        for (name, value) in [
            ("LICENSE_KEY", "LICENSE-KEY-9f41c7"),
            ("DB_PASSWORD", "shop-db-password"),
            ("API_TOKEN", "api-token"),
        ] {
            assert!(classify(name, value).is_some(), "{name}={value}");
        }
    }

    #[test]
    fn the_password_of_a_url_is_located() {
        let url = "see postgres://shop:abc@db:5432/x";
        assert_eq!(url_password(url).and_then(|range| url.get(range)), Some("abc"));
        assert_eq!(url_password("https://example.com/a@b:c"), None);
    }
}
