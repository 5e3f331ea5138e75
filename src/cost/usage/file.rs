//! The usage file that `usage init` writes: every key that a deployment needs, with what is assumed today. A key that
//! nobody has given is a comment, so that the file changes no estimate until somebody writes a number.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rust_decimal::Decimal;

use super::{DEFAULTS, Usage, keys};
use crate::cost::estimate::{Estimate, UsageAsked, UsageState};

const HEAD: &str = "\
# How much this deployment uses a month: what its code cannot say. Read with `plimsoll cost --usage FILE`, or copied
# below `usage:` in plimsoll.yaml. Keys and their arithmetic: docs/usage.md
#
# `#key: 0` is not set: take the mark away and write a number. What is not set is assumed or not priced, as `now` says.
";

/// A number that is given already and is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Address, or `defaults` and a type.
    pub of: String,
    pub key: &'static str,
    pub amount: Decimal,
}

impl Usage {
    /// Everything that is said, by address, then by type, sorted.
    #[must_use]
    pub fn given(&self) -> Vec<Given> {
        let rows = |map: &std::collections::HashMap<std::sync::Arc<str>, super::Quantities>, prefix: &str| {
            map.iter()
                .flat_map(|(of, quantities)| {
                    quantities.iter().map(move |(key, quantity)| Given {
                        of: format!("{prefix}{of}"),
                        key,
                        amount: quantity.amount,
                    })
                })
                .collect::<Vec<_>>()
        };
        let mut given = rows(&self.addresses, "");
        given.extend(rows(&self.defaults, &format!("{DEFAULTS} ")));
        given.sort_by(|a, b| (&a.of, a.key).cmp(&(&b.of, b.key)));
        given
    }
}

/// The file for what an estimate asked for; `kept` is what the file that it replaces said.
#[must_use]
pub fn usage_file(estimate: &Estimate, kept: &Usage) -> String {
    let mut text = HEAD.to_owned();
    let given = kept.given();
    let kept_of = |of: &str, key: &str| given.iter().find(|it| it.of == of && it.key == key);
    let mut resources: Vec<(&str, Vec<&UsageAsked>)> = Vec::new();
    let mut index: BTreeMap<&str, usize> = BTreeMap::new();
    for asked in &estimate.usage {
        let at = *index.entry(&asked.address).or_insert(resources.len());
        if at == resources.len() {
            resources.push((&asked.address, Vec::new()));
        }
        if let Some((_, keys)) = resources.get_mut(at)
            && !keys.iter().any(|known| known.key == asked.key)
        {
            keys.push(asked);
        }
    }
    for (address, keys) in &resources {
        let _ = writeln!(text, "\n{}:", quoted(address));
        for asked in keys {
            let kept = kept_of(address, asked.key);
            let _ = writeln!(text, "{}", comment(asked, kept.is_some()));
            match kept {
                Some(given) => {
                    let _ = writeln!(text, "  {}: {}", asked.key, given.amount.normalize());
                }
                None => {
                    let _ = writeln!(text, "  #{}: {}", asked.key, example(asked));
                }
            }
        }
    }
    let is_asked = |of: &str, key: &str| {
        let of_address = resources.iter().find(|(address, _)| *address == of);
        of_address.is_some_and(|(_, keys)| keys.iter().any(|asked| asked.key == key))
    };
    let rest: Vec<&Given> = given.iter().filter(|it| !is_asked(&it.of, it.key)).collect();
    let (defaults, others): (Vec<&Given>, Vec<&Given>) =
        rest.into_iter().partition(|it| it.of.starts_with(&format!("{DEFAULTS} ")));
    // Keys of an address must stand in one place.
    let (same, gone): (Vec<&Given>, Vec<&Given>) =
        others.into_iter().partition(|it| index.contains_key(it.of.as_str()));
    for given in same {
        let head = format!("\n{}:\n", quoted(&given.of));
        let line = format!(
            "{head}  # Given before; nothing asks for it now\n  {}: {}\n",
            given.key,
            given.amount.normalize()
        );
        text = text.replacen(&head, &line, 1);
    }
    groups(&mut text, &gone, "", "# Given before; no resource that needs it is in the files now");
    if !defaults.is_empty() {
        let _ = writeln!(text, "\n{DEFAULTS}:");
        let prefix = format!("{DEFAULTS} ");
        let mut last = "";
        for given in defaults {
            let ty = given.of.strip_prefix(&prefix).unwrap_or(&given.of);
            if ty != last {
                let _ = writeln!(text, "  {ty}:");
                last = ty;
            }
            let _ = writeln!(text, "    {}: {}", given.key, given.amount.normalize());
        }
    }
    text
}

fn groups(text: &mut String, given: &[&Given], indent: &str, remark: &str) {
    let mut last = "";
    for it in given {
        if it.of != last {
            let _ = writeln!(text, "\n{indent}{remark}\n{indent}{}:", quoted(&it.of));
            last = &it.of;
        }
        let _ = writeln!(text, "{indent}  {}: {}", it.key, it.amount.normalize());
    }
}

/// An address as a YAML key: with brackets it needs quotes.
fn quoted(address: &str) -> String {
    let plain = address.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    if plain { address.to_owned() } else { format!("'{}'", address.replace('\'', "''")) }
}

/// What the key counts, what it prices and what is assumed now, a line or two.
fn comment(asked: &UsageAsked, is_kept: bool) -> String {
    let Some(key) = keys::find(&asked.ty, asked.key) else { return String::new() };
    let now = match &asked.state {
        UsageState::Given(_) if is_kept => "given here".to_owned(),
        UsageState::Given(amount) => format!("{} is given elsewhere", amount.normalize()),
        UsageState::Assumed(words) => words.clone(),
        UsageState::Profile(amount) => format!("{} of the usage profile", amount.normalize()),
        UsageState::Missing if key.otherwise.is_empty() => "not given, so not priced".to_owned(),
        UsageState::Missing => format!("{} is assumed", key.otherwise),
    };
    let mut lines = vec![key.sentence()];
    if !key.prices.is_empty() {
        lines.push(format!("  prices: {}", key.prices));
    }
    lines.push(format!("  now: {now}"));
    let line = |words: &String| format!("  # {}", words.replace(['\n', '\r'], " "));
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What stands behind the key in a comment: what holds now, where that is one number.
fn example(asked: &UsageAsked) -> String {
    match &asked.state {
        UsageState::Given(amount) | UsageState::Profile(amount) => amount.normalize().to_string(),
        UsageState::Assumed(_) | UsageState::Missing => "0".to_owned(),
    }
}
