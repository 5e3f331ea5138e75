//! Evaluation against committed answers of the real Terraform CLI (see `tests/terraform/README.md`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr
)]

use std::path::{Path, PathBuf};

use plimsoll::source::Files;
use plimsoll::terraform::{self, Class, Configs, Options, convert};
use plimsoll::value::{Cause, Kind, Number, Sequence, SequenceKind, Value};
use serde_json::Value as Json;

mod describes;

use describes::describes;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/terraform")
}

/// How an answer compares with Terraform's.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Tally {
    agree: usize,
    unknown: usize,
    sharper: usize,
    wrong: usize,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.agree += other.agree;
        self.unknown += other.unknown;
        self.sharper += other.sharper;
        self.wrong += other.wrong;
    }
}

const AGREE: Tally = Tally { agree: 1, unknown: 0, sharper: 0, wrong: 0 };
const UNKNOWN: Tally = Tally { agree: 0, unknown: 1, sharper: 0, wrong: 0 };
const SHARPER: Tally = Tally { agree: 0, unknown: 0, sharper: 1, wrong: 0 };
const WRONG: Tally = Tally { agree: 0, unknown: 0, sharper: 0, wrong: 1 };

/// The worst of several.
fn worst(all: impl IntoIterator<Item = Tally>) -> Tally {
    let mut worst = AGREE;
    for one in all {
        let rank = |tally: Tally| (tally.wrong, tally.unknown, tally.sharper);
        if rank(one) > rank(worst) {
            worst = one;
        }
    }
    worst
}

fn is_sensitive(value: &Value) -> bool {
    value.sensitive
        || match &value.kind {
            Kind::Sequence(sequence) => sequence.items.iter().any(is_sensitive),
            Kind::Mapping(mapping) => mapping.entries.values().any(|entry| is_sensitive(&entry.value)),
            _ => false,
        }
}

/// Compares a value with Terraform's value and mask of unknown parts.
fn compare(ours: &Value, theirs: &Json, mask: &Json) -> Tally {
    if mask == &Json::Bool(true) {
        return if ours.is_wholly_known() {
            SHARPER
        } else if ours.as_unknown().is_some()
            || ours.as_sequence().is_some_and(|list| list.rest.is_some() && list.items.is_empty())
        {
            // A list of which no item is known says no more than its type.
            AGREE
        } else {
            SHARPER
        };
    }
    match (&ours.kind, theirs) {
        (Kind::Unknown(_), _) => UNKNOWN,
        (Kind::Null(_), Json::Null) => AGREE,
        (Kind::Bool(a), Json::Bool(b)) if a == b => AGREE,
        (Kind::Number(a), Json::Number(b)) => {
            let b: Number = b.to_string().parse().unwrap();
            let shortest = |number: &Number| number.to_json().unwrap_or_default();
            if *a == b || shortest(a) == shortest(&b) { AGREE } else { WRONG }
        }
        (Kind::String(a), Json::String(b)) if a.as_str() == b => AGREE,
        (Kind::Sequence(a), Json::Array(b)) if matches!(a.kind, SequenceKind::Set(_)) => {
            compare_sets(a, b, mask)
        }
        (Kind::Sequence(a), Json::Array(b)) => {
            if a.rest.is_some() {
                return UNKNOWN;
            }
            if a.items.len() != b.len() {
                return WRONG;
            }
            let part = |at: usize| mask.get(at).cloned().unwrap_or(Json::Bool(false));
            worst(a.items.iter().zip(b).enumerate().map(|(at, (a, b))| compare(a, b, &part(at))))
        }
        (Kind::Mapping(a), Json::Object(b)) => {
            if a.rest.is_some() {
                return UNKNOWN;
            }
            let none = Json::Null;
            let no_mask = Json::Bool(false);
            let empty = serde_json::Map::new();
            let masked = mask.as_object().unwrap_or(&empty);
            let mut keys: Vec<&String> = b.keys().chain(masked.keys()).collect();
            keys.sort();
            keys.dedup();
            if a.entries.keys().any(|key| !keys.contains(&&key.to_string())) {
                return WRONG;
            }
            worst(keys.into_iter().map(|key| {
                let mask = masked.get(key).unwrap_or(&no_mask);
                match a.entries.get(key.as_str()) {
                    Some(entry) => compare(&entry.value, b.get(key).unwrap_or(&none), mask),
                    None => WRONG,
                }
            }))
        }
        _ => WRONG,
    }
}

/// A set with unknown items has no known length. In a plan file those items stand beside the known ones, and a zero
/// has no sign, so that a set of both zeros comes back with one.
fn compare_sets(ours: &Sequence, theirs: &[Json], mask: &Json) -> Tally {
    let part = |at: usize| mask.get(at).cloned().unwrap_or(Json::Bool(false));
    let known = |at: usize| part(at) != Json::Bool(true);
    let mut items: Vec<&Value> = Vec::new();
    for item in &ours.items {
        if !items.iter().any(|other| convert::equal(other, item).as_bool() == Some(true)) {
            items.push(item);
        }
    }
    let open = (0..theirs.len()).any(|at| !known(at));
    if ours.rest.is_some() {
        let all: Vec<&Json> = (0..theirs.len()).filter(|at| known(*at)).map(|at| &theirs[at]).collect();
        let same = all.len() == items.len()
            && items.iter().zip(all).all(|(ours, theirs)| compare(ours, theirs, &Json::Bool(false)) == AGREE);
        return if open && same { AGREE } else { UNKNOWN };
    }
    if items.len() != theirs.len() {
        return WRONG;
    }
    worst(items.iter().zip(theirs).enumerate().map(|(at, (ours, theirs))| compare(ours, theirs, &part(at))))
}

#[test]
fn expressions_agree_with_the_cli() {
    expressions("answers.jsonl");
}

#[test]
fn functions_agree_with_the_cli() {
    expressions("functions.jsonl");
}

/// Any other table of answers, which `PLIMSOLL_TABLE` names.
#[test]
fn another_table_agrees_with_the_cli() {
    if let Ok(table) = std::env::var("PLIMSOLL_TABLE") {
        expressions(&table);
    }
}

#[test]
fn a_missing_file_is_unknown_in_try_too() {
    let dir = folder().join("expressions");
    let files = Files::new(&dir, &dir).unwrap();
    let configs = Configs::new(&files);
    terraform::with_session(&configs, &dir, &Options::default(), |session| {
        for expr in [
            "file(\"nope\")",
            "try(file(\"nope\"), \"x\")",
            "can(file(\"nope\"))",
            "templatefile(\"nope\", {})",
            "try(templatefile(\"nope\", {}), \"x\")",
        ] {
            let value = session.eval_expression(expr).unwrap();
            assert!(!value.is_wholly_known() && is_missing_file(&value), "{expr}: {value:?}");
        }
    });
}

/// Results of data sources of which AWS documents that they are always there, and what Terraform's own answer, an
/// unknown without more, could turn out to be.
#[test]
fn results_of_data_sources_are_typed_and_present() {
    let dir = tempfile::tempdir().unwrap();
    let text = "provider \"aws\" {\n  region = \"eu-west-1\"\n}\ndata \"aws_caller_identity\" \"me\" {}\n\
                data \"aws_region\" \"here\" {}\ndata \"aws_availability_zones\" \"az\" {}\n\
                data \"aws_ssm_parameter\" \"image\" {\n  name = \"/image\"\n}\n";
    std::fs::write(dir.path().join("main.tf"), text).unwrap();
    let zones = ["[\"a\"]", "[\"a\", \"b\", \"c\"]", "[\"x\", \"y\", \"z\", \"z\"]", "[\"a\", \"b\", \"b\"]"];
    let texts = ["\"nginx:1\"", "\"\"", "\"a/b@sha256:0\""];
    let cases: [(&str, &str, &[&str], usize); 12] = [
        ("data.aws_caller_identity.me.account_id", "X", &texts, 0),
        ("data.aws_caller_identity.me.account_id", "X == null", &texts, 1),
        ("data.aws_caller_identity.me.arn", "X != null ? 1 : 2", &texts, 1),
        ("data.aws_caller_identity.me.user_id", "[X][*]", &texts, 0),
        (
            "data.aws_ssm_parameter.image.value",
            "{ for k, v in { i = X, n = \"web\" } : k => v if v != null }.n",
            &texts,
            1,
        ),
        (
            "data.aws_ssm_parameter.image.value",
            "keys({ for k, v in { i = X, n = \"web\" } : k => v if v != null })",
            &texts,
            1,
        ),
        ("data.aws_ssm_parameter.image.value", "jsondecode(jsonencode([{ i = X, n = 1 }]))[0].n", &texts, 1),
        ("data.aws_availability_zones.az.names", "tolist(X) == null", &zones, 1),
        ("data.aws_availability_zones.az.names", "tolist(X)[0] == null", &zones, 1),
        ("data.aws_availability_zones.az.names", "slice(tolist(X), 0, 3)", &zones, 0),
        ("data.aws_availability_zones.az.names", "length(slice(tolist(X), 1, 3))", &zones, 1),
        ("data.aws_availability_zones.az.names", "[for i, z in slice(tolist(X), 0, 2) : i]", &zones, 1),
    ];
    let files = Files::new(dir.path(), dir.path()).unwrap();
    let configs = Configs::new(&files);
    terraform::with_session(&configs, dir.path(), &Options::default(), |session| {
        for (reference, expr, completions, known) in cases {
            let said = session.eval_expression(&expr.replace('X', reference)).unwrap();
            assert_eq!(said.is_wholly_known(), known == 1, "{expr}: {said:?}");
            let values: Vec<Value> = completions
                .iter()
                .filter_map(|text| session.eval_expression(&expr.replace('X', text)).ok())
                .collect();
            assert!(values.len() >= 3, "{expr}");
            assert!(values.iter().all(|value| describes(&said, value)), "{expr}: {said:?}");
        }
        for name in ["name", "id", "region"] {
            let region = session.eval_expression(&format!("data.aws_region.here.{name}")).unwrap();
            assert_eq!(region.as_str(), Some("eu-west-1"));
        }
    });
}

fn is_missing_file(value: &Value) -> bool {
    value.causes().iter().all(|cause| matches!(cause, Cause::MissingFile { .. }))
}

/// Values for `terraform_data.unknown.id`, and for a decoded one of any type.
const COMPLETIONS: [(&str, &str); 18] = [
    ("\"x\"", "1"),
    ("\"12\"", "\"a\""),
    ("\"\"", "true"),
    ("\"a-b\"", "[\"a\", 2]"),
    ("\"true\"", "{ a = \"b\" }"),
    ("\"ü\"", "null"),
    ("\"a\"", "[]"),
    ("\"b\"", "{}"),
    ("\"-1\"", "[\"b\"]"),
    ("\"a,b\"", "tomap({ a = 2, z = 3 })"),
    ("\"10.0.0.0/8\"", "toset([\"a\", \"c\"])"),
    ("\"{}\"", "{ b = [1], c = null }"),
    ("\"%s\"", "[[\"a\"], [], [null]]"),
    ("\"[1]\"", "-0.5"),
    ("\"2020-01-02T03:04:05Z\"", "\"\""),
    ("\"p,q,r\"", "1.5"),
    ("\"x,y\"", "[0]"),
    ("\"0\"", "tolist([\"p\", \"q\"])"),
];

/// Expressions that have a value for fewer than three completions, with every one of these: asserted in [`proved`].
const EXHAUSTIVE: [(&str, &[&str]); 1] =
    // Any other key is an error.
    [("{ a = 1, b = 1 }[terraform_data.unknown.id]", &["\"a\"", "\"b\""])];

/// Whether what is said of an expression with unknowns holds for the completions, and how many of them give it
/// a value.
fn proved(session: &terraform::Session<'_>, expr: &str, said: &Value) -> (bool, usize) {
    let values: Vec<(&str, Value)> = COMPLETIONS
        .iter()
        .filter_map(|(text, any)| {
            let filled = expr
                .replace("jsondecode(terraform_data.unknown.id)", &format!("({any})"))
                .replace("terraform_data.unknown.id", text);
            Some((*text, session.eval_expression(&filled).ok().filter(Value::is_wholly_known)?))
        })
        .collect();
    if let Some((_, all)) = EXHAUSTIVE.iter().find(|(exhaustive, _)| *exhaustive == expr) {
        let valid: Vec<&str> = values.iter().map(|(text, _)| *text).collect();
        assert_eq!(&valid, all, "{expr}: these are all completions that have a value");
    }
    (values.iter().all(|(_, value)| describes(said, value)), values.len())
}

/// Evaluates every expression of a table in the folder of expressions.
fn expressions(table: &str) {
    let dir = folder().join("expressions");
    let files = Files::new(&dir, &dir).unwrap();
    let configs = Configs::new(&files);
    let text = std::fs::read_to_string(dir.join(table)).unwrap();
    let report = terraform::with_session(&configs, &dir, &Options::default(), |session| {
        let mut tally = Tally::default();
        let mut lines = Vec::new();
        let (mut shown, mut refuted, mut unproved) = (0_usize, Vec::new(), Vec::new());
        for line in text.lines() {
            let case: Json = serde_json::from_str(line).unwrap();
            let expr = case["expr"].as_str().unwrap();
            let answer = session.eval_expression(expr);
            let result = match (&answer, case.get("error"), case.get("unknown")) {
                (Err(_), Some(_), _) => AGREE,
                (Ok(value), Some(_), _) => {
                    if value.is_wholly_known() {
                        WRONG
                    } else if is_missing_file(value) {
                        // By decision (rule catalogue, evaluation-error): the file may be made before Terraform runs.
                        AGREE
                    } else {
                        UNKNOWN
                    }
                }
                (Err(_), None, _) => WRONG,
                (Ok(value), None, mask) => {
                    let known = compare(
                        value,
                        case.get("value").unwrap_or(&Json::Null),
                        mask.unwrap_or(&Json::Bool(false)),
                    );
                    let sensitive = case.get("sensitive") == Some(&Json::Bool(true));
                    if known == AGREE && sensitive != is_sensitive(value) { WRONG } else { known }
                }
            };
            tally.add(result);
            if let Ok(value) = &answer
                && case.get("error").is_none()
                && expr.contains("terraform_data.unknown.id")
            {
                let (holds, completions) = proved(session, expr, value);
                if !holds {
                    refuted.push(expr.to_owned());
                }
                shown += usize::from(completions > 0);
                let exhaustive = EXHAUSTIVE.iter().any(|(exhaustive, _)| *exhaustive == expr);
                if result == SHARPER && completions < 3 && !exhaustive {
                    unproved.push(expr.to_owned());
                }
            }
            if result != AGREE {
                let what = if result == WRONG {
                    "WRONG"
                } else if result == UNKNOWN {
                    "unknown"
                } else {
                    "sharper"
                };
                let shown = match &answer {
                    Ok(value) => format!("{:?}", value.kind).chars().take(300).collect::<String>(),
                    Err(error) => format!("error: {}", error.message),
                };
                lines.push(format!("{what}: {expr}\n    theirs {line}\n    ours {shown}"));
            }
        }
        (tally, lines, shown, refuted, unproved)
    });
    let (tally, lines, shown, refuted, unproved) = report;
    for line in &lines {
        eprintln!("{line}");
    }
    eprintln!("{table}: {shown} expressions with unknowns hold for the completions");
    assert!(refuted.is_empty(), "said more than is true: {refuted:?}");
    assert!(unproved.is_empty(), "sharper, with fewer than three completions: {unproved:?}");
    eprintln!("expressions: {tally:?}");
    assert_eq!(tally.wrong, 0, "wrong answers");
    let total = tally.agree + tally.unknown + tally.sharper;
    assert!(tally.unknown * 100 < total, "1 % or more unknown where Terraform knows");
}

#[test]
fn configurations_agree_with_the_cli() {
    let mut total = Tally::default();
    let mut lines = Vec::new();
    // Another folder of cases may be named.
    let cases = std::env::var("PLIMSOLL_CONFIGURATIONS")
        .map_or_else(|_| folder().join("configurations"), PathBuf::from);
    let mut cases: Vec<PathBuf> =
        std::fs::read_dir(cases).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    for case in cases {
        let answer: Json =
            serde_json::from_str(&std::fs::read_to_string(case.join("expected.json")).unwrap()).unwrap();
        let files = Files::new(&case, &case).unwrap();
        let mut options = Options::default();
        for argument in
            answer["arguments"].as_array().into_iter().flatten().map(|argument| argument.as_str().unwrap())
        {
            match argument.split_once('=') {
                Some((name, value)) if argument.starts_with("--workspace") || name == "--workspace" => {
                    options.workspace = Some(value.to_owned());
                }
                Some(("--var-file", path)) => options.inputs.push(terraform::Input::VarFile(case.join(path))),
                _ => {
                    let (name, value) = argument.strip_prefix("--var=").unwrap().split_once('=').unwrap();
                    options
                        .inputs
                        .push(terraform::Input::Var { name: name.to_owned(), value: value.to_owned() });
                }
            }
        }
        let dir = match answer["root"].as_str() {
            Some(root) => case.join(root),
            None => case.clone(),
        };
        let found = terraform::evaluate(&files, &dir, &options);
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let mut note = |result: Tally, what: String| {
            total.add(result);
            if result != AGREE {
                let kind = if result == WRONG {
                    "WRONG"
                } else if result == UNKNOWN {
                    "unknown"
                } else {
                    "sharper"
                };
                lines.push(format!("{kind}: {name}: {what}"));
            }
        };
        let expected = &answer["answer"];
        let reported: Vec<String> = found
            .diagnostics
            .iter()
            // Terraform warns of those.
            .filter(|diagnostic| diagnostic.class != Class::FailedCheck)
            .map(|diagnostic| format!("{:?} {}", diagnostic.class, diagnostic.message))
            .collect();
        if expected.get("errors").is_some() {
            note(
                if reported.is_empty() { WRONG } else { AGREE },
                format!("accepted, Terraform says {expected}"),
            );
            continue;
        }
        if !reported.is_empty() {
            note(WRONG, format!("refused: {reported:?}"));
        }
        for (output, theirs) in expected["outputs"].as_object().unwrap() {
            let result = match found.outputs.iter().find(|(name, _)| **name == **output) {
                Some((_, ours)) if is_sensitive(ours) != is_marked(&theirs["sensitive"]) => WRONG,
                // By decision, as for expressions.
                Some((_, ours)) if ours.as_unknown().is_some() && is_missing_file(ours) => AGREE,
                Some((_, ours)) => compare(ours, &theirs["value"], &theirs["unknown"]),
                None => WRONG,
            };
            note(result, format!("output {output}: {theirs}"));
        }
        let managed: Vec<_> =
            found.resources.iter().filter(|resource| resource.mode == terraform::Mode::Managed).collect();
        let theirs = expected["resources"].as_object().unwrap();
        for resource in &managed {
            if !theirs.contains_key(&*resource.address)
                && resource.multiplicity == terraform::Multiplicity::One
            {
                note(WRONG, format!("{} exists only here", resource.address));
            }
        }
        for (address, theirs) in theirs {
            let Some(ours) = managed.iter().find(|resource| *resource.address == **address) else {
                note(WRONG, format!("{address} is missing"));
                continue;
            };
            for (attribute, entry) in &ours.body.as_mapping().unwrap().entries {
                let value = theirs["values"].get(&**attribute).unwrap_or(&Json::Null);
                let mask = theirs["unknown"].get(&**attribute).unwrap_or(&Json::Bool(false));
                let marked = theirs["sensitive"].get(&**attribute).is_some_and(is_marked);
                let result = if is_sensitive(&entry.value) == marked {
                    compare_attribute(&entry.value, value, mask)
                } else {
                    WRONG
                };
                note(
                    result,
                    format!("{address}.{attribute}: {value} / {mask}, ours {:?}", brief(&entry.value)),
                );
            }
        }
    }
    for line in &lines {
        eprintln!("{line}");
    }
    eprintln!("configurations: {total:?}");
    assert_eq!(total.wrong, 0, "wrong answers");
    assert_eq!(total.sharper, 0, "a sharper value has to be proved first");
    let all = total.agree + total.unknown + total.sharper;
    assert!(total.unknown * 100 < all, "1 % or more unknown where Terraform knows");
}

/// Whether anything in a mask is set.
fn is_marked(mask: &Json) -> bool {
    match mask {
        Json::Bool(marked) => *marked,
        Json::Array(items) => items.iter().any(is_marked),
        Json::Object(members) => members.values().any(is_marked),
        _ => false,
    }
}

fn brief(value: &Value) -> String {
    format!("{:?}", value.kind).chars().take(300).collect()
}

/// Attributes come in the type of the provider's schema, which is not known here: a number may be a string
/// there, one block an object, a set sorted.
fn compare_attribute(ours: &Value, theirs: &Json, mask: &Json) -> Tally {
    let text = |value: &Value| match &value.kind {
        Kind::Bool(value) => Some(value.to_string()),
        Kind::Number(value) => Some(value.to_string()),
        Kind::String(text) => Some(text.as_str().to_owned()),
        _ => None,
    };
    if mask == &Json::Bool(true) && !ours.is_null() {
        return compare(ours, theirs, mask);
    }
    match (&ours.kind, theirs) {
        // An argument that is null is not set, and what AWS makes of that is for those who refer to it.
        (Kind::Null(_), Json::Null) => AGREE,
        (Kind::Bool(_) | Kind::Number(_) | Kind::String(_), Json::String(theirs)) => {
            if text(ours).as_deref() == Some(theirs) { AGREE } else { WRONG }
        }
        (Kind::String(ours), Json::Bool(theirs)) => {
            if ours.as_str() == theirs.to_string() {
                AGREE
            } else {
                WRONG
            }
        }
        (Kind::String(ours), Json::Number(theirs)) => {
            if ours.as_str() == theirs.to_string() {
                AGREE
            } else {
                WRONG
            }
        }
        (Kind::Sequence(list), Json::Array(items)) => {
            if list.rest.is_some() {
                return UNKNOWN;
            }
            if list.items.len() != items.len() {
                return WRONG;
            }
            let part = |at: usize| match mask {
                Json::Array(parts) => parts.get(at).cloned().unwrap_or(Json::Bool(false)),
                _ => Json::Bool(false),
            };
            // A set of the schema has another order: each item has to be found somewhere.
            worst(list.items.iter().map(|ours| {
                let mut best = WRONG;
                for (at, theirs) in items.iter().enumerate() {
                    let result = compare_attribute(ours, theirs, &part(at));
                    if result != WRONG && (best == WRONG || result == AGREE) {
                        best = result;
                    }
                }
                best
            }))
        }
        // A block that can stand once.
        (Kind::Sequence(list), Json::Object(_)) if list.items.len() == 1 => {
            compare_attribute(&list.items[0], theirs, mask)
        }
        (Kind::Sequence(list), Json::Null) if list.items.is_empty() => AGREE,
        // JSON does not tell arguments from blocks.
        (Kind::Mapping(_), Json::Array(items)) if items.len() == 1 => {
            let part = mask.get(0).unwrap_or(&Json::Bool(false));
            compare_attribute(ours, &items[0], part)
        }
        (Kind::Mapping(ours), Json::Object(members)) => worst(ours.entries.iter().map(|(key, entry)| {
            let theirs = members.get(&**key).unwrap_or(&Json::Null);
            compare_attribute(&entry.value, theirs, mask.get(&**key).unwrap_or(&Json::Bool(false)))
        })),
        _ => compare(ours, theirs, mask),
    }
}
