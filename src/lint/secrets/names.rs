//! Names that announce a credential: `DB_PASSWORD`, `stripeApiKey`, not `PASSWORD_MIN_LENGTH`.

/// Words that alone make a name a credential's.
const SECRET_WORDS: &[&str] = &[
    "password",
    "passwd",
    "passwort",
    "pwd",
    "passphrase",
    "secret",
    "secrets",
    "token",
    "apikey",
    "credential",
    "credentials",
    "privatekey",
    "secretkey",
    "accesskey",
    "pass",
    "pw",
    "dsn",
    "pat",
];

/// Pairs of words that do so together.
const SECRET_PAIRS: &[(&str, &str)] = &[
    ("api", "key"),
    ("access", "key"),
    ("account", "key"),
    ("admin", "key"),
    ("app", "key"),
    ("auth", "key"),
    ("client", "key"),
    ("db", "key"),
    ("encryption", "key"),
    ("license", "key"),
    ("master", "key"),
    ("private", "key"),
    ("secret", "key"),
    ("service", "key"),
    ("shared", "key"),
    ("signing", "key"),
    ("signature", "key"),
    ("ssh", "key"),
    ("storage", "key"),
    ("webhook", "key"),
    ("key", "base"),
    ("connection", "string"),
];

/// A last word that says: this is about the credential, not the credential itself.
const ABOUT: &[&str] = &[
    "age",
    "algorithm",
    "alg",
    "allowed",
    "arn",
    "arns",
    "attempts",
    "audience",
    "bucket",
    "class",
    "complexity",
    "count",
    "days",
    "dir",
    "directory",
    "disabled",
    "duration",
    "email",
    "enabled",
    "endpoint",
    "env",
    "exp",
    "expiration",
    "expire",
    "expires",
    "expiry",
    "field",
    "file",
    "filename",
    "format",
    "header",
    "headers",
    "host",
    "hours",
    "id",
    "ids",
    "interval",
    "issuer",
    "key",
    "keys",
    "kind",
    "label",
    "leeway",
    "len",
    "length",
    "lifetime",
    "limit",
    "location",
    "manager",
    "max",
    "method",
    "min",
    "minutes",
    "mode",
    "name",
    "names",
    "ns",
    "optional",
    "param",
    "parameter",
    "path",
    "paths",
    "period",
    "policy",
    "port",
    "prefix",
    "provider",
    "realm",
    "ref",
    "region",
    "regex",
    "required",
    "reset",
    "retries",
    "rotation",
    "rounds",
    "salt",
    "scheme",
    "scope",
    "scopes",
    "seconds",
    "service",
    "size",
    "source",
    "storage",
    "store",
    "strategy",
    "suffix",
    "table",
    "timeout",
    "ttl",
    "type",
    "types",
    "uri",
    "url",
    "urls",
    "usage",
    "use",
    "user",
    "username",
    "validation",
    "validity",
    "version",
    "window",
];

/// Words that make the whole name harmless wherever they stand.
const PUBLIC: &[&str] =
    &["public", "publishable", "allow", "enable", "disable", "require", "use", "has", "is", "skip"];

/// Pairs of words that name a thing beside the credential, wherever they stand: `API_KEY_TABLE_NAME_DYNAMO`.
const ABOUT_PAIRS: &[(&str, &str)] = &[
    ("table", "name"),
    ("bucket", "name"),
    ("queue", "name"),
    ("topic", "name"),
    ("header", "name"),
    ("cookie", "name"),
    ("secret", "name"),
    ("parameter", "name"),
];

/// Whether a name looks like a credential's.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    if !may_be_secret(name) {
        return false;
    }
    let words = words(name);
    let has = |word: &str, list: &[&str]| list.contains(&word);
    if words.iter().any(|word| has(word, PUBLIC)) {
        return false;
    }
    let is_about =
        |(first, second): (&String, &String)| ABOUT_PAIRS.iter().any(|(a, b)| first == a && second == b);
    if words.iter().zip(words.iter().skip(1)).any(is_about) {
        return false;
    }
    let pair = |list: &[String]| {
        list.array_windows::<2>()
            .any(|[first, second]| SECRET_PAIRS.iter().any(|(a, b)| first == a && second == b))
    };
    if pair(&words) {
        // `API_KEY` ends in a word of ABOUT that belongs to the pair itself.
        let [.., before, last] = words.as_slice() else { return false };
        let ends_in_pair = SECRET_PAIRS.iter().any(|(a, b)| before == a && last == b);
        return ends_in_pair || !has(last, ABOUT);
    }
    let Some((last, head)) = words.split_last() else { return false };
    if has(last, SECRET_WORDS) {
        return !(last == "pat" && head.is_empty());
    }
    if has(last, ABOUT) {
        // `SECRET_KEY` and `TOKEN_SALT` hold credentials; `PASSWORD_LENGTH` does not, nor does `existingSecretPasswordKey`.
        return match head.last() {
            Some(word) if has(word, PASSWORD_WORDS) => last == "salt",
            Some(word) => matches!(last.as_str(), "key" | "salt") && has(word, SECRET_WORDS),
            None => false,
        };
    }
    // `PASSWORD_PRODUCTION`, `token2`
    words.iter().any(|word| has(word, SECRET_WORDS) && word != "pass" && word != "pw" && word != "pat")
}

/// What a name says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameClass {
    /// What people choose and type: a short word can be one.
    Password,
    /// What systems make up: keys, tokens, secrets.
    Key,
    /// What looks random and is public: digests, ids, versions.
    Identifier,
    /// Nothing.
    Neutral,
}

/// Words of names whose values look random and are public.
const IDENTIFIER_WORDS: &[&str] = &[
    "ami",
    "arn",
    "build",
    "ca",
    "cert",
    "certificate",
    "checksum",
    "cid",
    "cluster",
    "commit",
    "crc",
    "digest",
    "dkim",
    "domain",
    "etag",
    "fingerprint",
    "guid",
    "hash",
    "host",
    "id",
    "identifier",
    "ids",
    "image",
    "integrity",
    "kid",
    "kms",
    "md",
    "modulus",
    "name",
    "nonce",
    "oid",
    "public",
    "publishable",
    "ref",
    "resource",
    "rev",
    "revision",
    "sha",
    "sri",
    "tag",
    "thumbprint",
    "uid",
    "url",
    "uri",
    "uuid",
    "version",
    "zone",
];

/// Words of passwords, among those of credentials.
const PASSWORD_WORDS: &[&str] =
    &["password", "passwd", "passwort", "pwd", "passphrase", "pass", "pw", "credential", "credentials"];

/// The class of a name. A name of a credential wins over words that name something public.
#[must_use]
pub fn name_class(name: &str) -> NameClass {
    let has = |list: &[&str]| words(name).iter().any(|word| list.contains(&word.as_str()));
    if is_secret_name(name) {
        if has(PASSWORD_WORDS) { NameClass::Password } else { NameClass::Key }
    } else if has(IDENTIFIER_WORDS) || has(PUBLIC) {
        NameClass::Identifier
    } else {
        NameClass::Neutral
    }
}

/// Tells most names quickly from those of credentials: one of a few stems stands in each of these.
fn may_be_secret(name: &str) -> bool {
    let bytes = name.as_bytes();
    let stem_at = |(at, first): (usize, &u8)| {
        let stems: &[&str] = match first.to_ascii_lowercase() {
            b'p' => &["pass", "pw", "pat"],
            b's' => &["secret", "string"],
            b't' => &["token"],
            b'k' => &["key"],
            b'c' => &["credential"],
            b'd' => &["dsn"],
            _ => return false,
        };
        let part = |stem: &&str| bytes.get(at..at + stem.len());
        stems.iter().any(|stem| part(stem).is_some_and(|part| part.eq_ignore_ascii_case(stem.as_bytes())))
    };
    // Other letters may become ASCII ones in lower case.
    bytes.iter().enumerate().any(stem_at) || !name.is_ascii()
}

/// What the entry under `key` is called: the value of `{name = "DB_PASSWORD", value = …}`, as ECS writes
/// environment variables, has the name beside it.
#[must_use]
pub fn name_of<'m>(mapping: &'m crate::value::Mapping, key: &'m str) -> &'m str {
    let beside = |entry: &'m crate::value::Entry| entry.value.as_str();
    match key {
        "value" => mapping.entries.get("name").and_then(beside).unwrap_or(key),
        _ => key,
    }
}

/// Words of a name, lower case: parts between separators, camel case split, trailing digits dropped.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            words.push(std::mem::take(&mut word));
            before_lower = false;
            continue;
        }
        if c.is_uppercase() && before_lower {
            words.push(std::mem::take(&mut word));
        }
        before_lower = c.is_lowercase() || c.is_ascii_digit();
        word.extend(c.to_lowercase());
    }
    words.push(word);
    words
        .into_iter()
        .map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_a_credential_has_a_stem() {
        assert!(SECRET_WORDS.iter().all(|word| may_be_secret(word)));
        assert!(SECRET_PAIRS.iter().all(|(first, second)| may_be_secret(first) || may_be_secret(second)));
    }

    #[test]
    fn names_have_their_class() {
        for (name, class) in [
            ("DB_PASSWORD", NameClass::Password),
            ("smtpPass", NameClass::Password),
            ("API_TOKEN", NameClass::Key),
            ("SECRET_KEY_BASE", NameClass::Key),
            ("GIT_SHA", NameClass::Identifier),
            ("image_digest", NameClass::Identifier),
            ("kms_key_id", NameClass::Identifier),
            ("COMMIT", NameClass::Identifier),
            ("etag", NameClass::Identifier),
            ("source_code_hash", NameClass::Identifier),
            ("STRIPE_PUBLISHABLE_KEY", NameClass::Identifier),
            ("SETTING", NameClass::Neutral),
        ] {
            assert_eq!(name_class(name), class, "{name}");
        }
    }

    #[test]
    fn names_of_credentials_are_told_from_names_about_them() {
        let secret = [
            "DB_PASSWORD",
            "password",
            "SECRET_KEY",
            "SECRET_KEY_BASE",
            "STRIPE_API_KEY",
            "stripeApiKey",
            "JWT_SECRET",
            "API_TOKEN",
            "AWS_SECRET_ACCESS_KEY",
            "MYSQL_ROOT_PASSWORD",
            "APP_KEY",
            "REDIS_PASS",
            "token2",
            "GITHUB_PAT",
            "SENTRY_DSN",
            "PASSWORD_PRODUCTION",
            "TOKEN_SALT",
            "DATABASE_CONNECTION_STRING",
        ];
        for name in secret {
            assert!(is_secret_name(name), "{name}");
        }
        let harmless = [
            "DB_HOST",
            "ALLOW_EMPTY_PASSWORD",
            "CSRF_TOKEN_ENABLED",
            "PASSWORD_MIN_LENGTH",
            "TOKEN_LIFETIME",
            "DB_SECRET_ARN",
            "DB_PASSWORD_FILE",
            "OAUTH_TOKEN_URL",
            "STRIPE_PUBLISHABLE_KEY",
            "GOOGLE_CLIENT_ID",
            "NEXT_PUBLIC_API_KEY",
            "SECRET_NAME",
            "KEY",
            "CACHE_KEY",
            "COMPASS",
            "TOKENIZER",
            "SECRETS_MANAGER",
            "PATH",
            "",
            "AUTH_HEADER",
            "API_KEY_TABLE_NAME_DYNAMO",
            "SESSION_TOKEN_TABLE",
            "existingSecretPasswordKey",
        ];
        for name in harmless {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
