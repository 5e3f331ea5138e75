//! What evaluation says with unknown inputs must hold for every value they can have: random expressions are
//! evaluated with root variables missing, then with several values for them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr
)]

use std::path::Path;

use plimsoll::source::Files;
use plimsoll::terraform::{self, Configs, Input, Options, convert};
use plimsoll::value::{Kind, Mapping, MappingKind, Sequence, SequenceKind, Type, Unknown, Value};

const DECLARATIONS: &str = r#"
variable "s" { type = string }
variable "n" { type = number }
variable "b" { type = bool }
variable "l" { type = list(string) }
variable "m" { type = map(string) }
variable "o" { type = object({ a = string, k = optional(number) }) }
variable "d" {
  type = any
}
locals {
  known = { a = "x", b = ["p", "q"] }
  deep  = [for i, x in var.l : { i = i, x = x }]
  pick  = var.b ? "yes" : "no"
  maybe = var.b ? { one = 1, two = 2 } : { one = 1 }
}
resource "aws_x" "c" {
  count = var.b ? 1 : 0
  name  = "c"
}
resource "aws_x" "e" {
  for_each = var.m
  name     = each.value
}
"#;

/// Values for the variables, each set a completion of what is unknown.
const COMPLETIONS: [[(&str, &str); 7]; 5] = [
    [("s", "x"), ("n", "1"), ("b", "true"), ("l", "[]"), ("m", "{}"), ("o", "{a=\"x\"}"), ("d", "null")],
    [
        ("s", ""),
        ("n", "0"),
        ("b", "false"),
        ("l", "[\"p\"]"),
        ("m", "{a=\"1\"}"),
        ("o", "{a=\"y\",k=2}"),
        ("d", "[1,2]"),
    ],
    [
        ("s", "12"),
        ("n", "2.5"),
        ("b", "true"),
        ("l", "[\"q\",\"p\",\"q\"]"),
        ("m", "{one=\"z\",two=\"2\"}"),
        ("o", "{a=\"1\"}"),
        ("d", "{a=1}"),
    ],
    [
        ("s", "true"),
        ("n", "-3"),
        ("b", "false"),
        ("l", "[\"1\",\"2\"]"),
        ("m", "{x=\"true\"}"),
        ("o", "{a=\"\",k=0}"),
        ("d", "\"text\""),
    ],
    [
        ("s", "a-b"),
        ("n", "7"),
        ("b", "true"),
        ("l", "[\"x\",\"y\"]"),
        ("m", "{a=\"p\",b=\"q\",c=\"r\"}"),
        ("o", "{a=\"p\"}"),
        ("d", "5"),
    ],
];

/// A small deterministic source of choices.
struct Choices(u64);

impl Choices {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

fn leaf(choices: &mut Choices) -> String {
    choices
        .one(&[
            "var.s",
            "var.n",
            "var.b",
            "var.l",
            "var.m",
            "var.o",
            "var.d",
            "var.s",
            "var.n",
            "var.b",
            "local.known",
            "local.deep",
            "local.pick",
            "local.maybe",
            "1",
            "0",
            "\"x\"",
            "\"12\"",
            "true",
            "false",
            "null",
            "[]",
            "{}",
            "[1, 2]",
            "[\"p\"]",
            "{ a = 1 }",
            "var.o.a",
            "var.o.k",
            "var.l[0]",
            "var.m[\"a\"]",
            "local.known.b",
            "aws_x.c[*].name",
            "[for k, e in aws_x.e : e.name]",
            "aws_x.c",
        ])
        .to_owned()
}

fn expression(choices: &mut Choices, depth: usize) -> String {
    if depth == 0 {
        return leaf(choices);
    }
    let sub = |choices: &mut Choices| expression(choices, depth - 1);
    match choices.below(34) {
        0..=2 => leaf(choices),
        3 => format!("({} + {})", sub(choices), sub(choices)),
        4 => format!("({} {} {})", sub(choices), choices.one(&["*", "-", "/", "%"]), sub(choices)),
        5 | 6 => format!("({} == {})", sub(choices), sub(choices)),
        7 => format!("({} != {})", sub(choices), sub(choices)),
        8 => format!("({} {} {})", sub(choices), choices.one(&["<", ">=", ">", "<="]), sub(choices)),
        9 => format!("({} && {})", sub(choices), sub(choices)),
        10 => format!("({} || {})", sub(choices), sub(choices)),
        11 => format!("(!{})", sub(choices)),
        12..=14 => format!("({} ? {} : {})", sub(choices), sub(choices), sub(choices)),
        15 => format!("\"a${{{}}}b\"", sub(choices)),
        16 => format!("\"%{{ if {} }}y%{{ else }}${{{}}}%{{ endif }}\"", sub(choices), sub(choices)),
        17 => format!("\"%{{ for x in {} }}${{x}},%{{ endfor }}\"", sub(choices)),
        18 => format!("[{}, {}]", sub(choices), sub(choices)),
        19 => format!("{{ a = {}, ({}) = {} }}", sub(choices), sub(choices), sub(choices)),
        20 => format!(
            "[for x in {} : {} if {}]",
            sub(choices),
            choices.one(&["x", "\"<${x}>\"", "[x]"]),
            choices.one(&["true", "x != null", "var.b", "x == \"p\""])
        ),
        21 => format!("{{ for k, v in {} : {} => v }}", sub(choices), choices.one(&["k", "\"k${k}\"", "v"])),
        22 => {
            format!("{{ for k, v in {} : {} => v... }}", sub(choices), choices.one(&["k", "\"same\"", "v"]))
        }
        23 => format!("{}[{}]", parenthesised(sub(choices)), sub(choices)),
        24 => format!("{}.a", parenthesised(sub(choices))),
        25 => format!("{}[*]", parenthesised(sub(choices))),
        26 | 27 => format!("try({}, {})", sub(choices), sub(choices)),
        28 => format!("can({})", sub(choices)),
        29 => format!(
            "{}({})",
            choices.one(&[
                "length",
                "tostring",
                "tonumber",
                "tolist",
                "toset",
                "keys",
                "values",
                "upper",
                "jsonencode",
                "one",
                "flatten",
                "tobool",
                "distinct",
                "sum",
                "reverse",
                "compact",
                "sort",
                "tomap"
            ]),
            sub(choices)
        ),
        30 => format!(
            "{}({}, {})",
            choices.one(&[
                "merge",
                "concat",
                "lookup",
                "coalesce",
                "contains",
                "join",
                "split",
                "element",
                "max",
                "min",
                "startswith",
                "setunion",
                "zipmap",
                "coalescelist",
                "trimprefix",
                "format"
            ]),
            sub(choices),
            sub(choices)
        ),
        31 => format!("lookup({}, {}, {})", sub(choices), sub(choices), sub(choices)),
        32 => format!("jsondecode(jsonencode({}))", sub(choices)),
        _ => format!("concat([{}], {})", sub(choices), sub(choices)),
    }
}

fn parenthesised(text: String) -> String {
    format!("({text})")
}

/// Whether `known` is one of the values that `said` describes.
///
/// Two things are left open, because Terraform's plan leaves them open too: whether a collection beside one of
/// unknown type is a list or a tuple (a map or an object), and whether a number or bool beside a value of unknown type is a string.
fn admits(said: &Value, known: &Value) -> bool {
    match (&said.kind, &known.kind) {
        (Kind::Unknown(unknown), _) => admits_unknown(unknown, known),
        (Kind::Null(_), Kind::Null(_)) => true,
        (Kind::Bool(a), Kind::Bool(b)) => a == b,
        (Kind::Number(a), Kind::Number(b)) => a == b,
        (Kind::String(a), Kind::String(b)) => a.as_str() == b.as_str(),
        (Kind::Sequence(a), Kind::Sequence(b)) => admits_sequence(a, b),
        (Kind::Mapping(a), Kind::Mapping(b)) => admits_mapping(a, b),
        (Kind::Number(_) | Kind::Bool(_), Kind::String(_))
        | (Kind::String(_), Kind::Number(_) | Kind::Bool(_)) => {
            let text =
                |value: &Value| convert::convert(value, &Type::String).unwrap().as_str().map(str::to_owned);
            text(said) == text(known)
        }
        // A known value beside one that is not wholly known (a computed attribute).
        (_, Kind::Unknown(_)) => true,
        _ => false,
    }
}

fn admits_unknown(unknown: &Unknown, known: &Value) -> bool {
    if known.as_unknown().is_some() {
        return true;
    }
    if !unknown.alternatives.is_empty() {
        return unknown.alternatives.iter().any(|alternative| admits(alternative, known));
    }
    if known.is_null() {
        return !unknown.not_null;
    }
    let length = match &known.kind {
        Kind::Sequence(sequence) => Some(sequence.items.len() as u64),
        Kind::Mapping(mapping) => Some(mapping.entries.len() as u64),
        _ => None,
    };
    let low = unknown.length.0.is_none_or(|low| length.is_none_or(|length| length >= low));
    let high = unknown.length.1.is_none_or(|high| length.is_none_or(|length| length <= high));
    let prefix = unknown
        .prefix
        .as_ref()
        .is_none_or(|prefix| known.as_str().is_none_or(|text| text.starts_with(&**prefix)));
    let number = known.as_number();
    let range = unknown.range.0.as_ref().is_none_or(|least| number.is_none_or(|number| number >= least))
        && unknown.range.1.as_ref().is_none_or(|most| number.is_none_or(|number| number <= most));
    low && high && prefix && range && fits(&unknown.ty, &convert::value_type(known))
}

/// Whether a value of type `found` is of type `said`, which may be open in places.
fn fits(said: &Type, found: &Type) -> bool {
    match (said, found) {
        (Type::Dynamic, _) | (_, Type::Dynamic) => true,
        (Type::String | Type::Number | Type::Bool, Type::String | Type::Number | Type::Bool) => true,
        (Type::Object(_), Type::Map(_))
        | (Type::Map(_), Type::Object(_))
        | (Type::Tuple(_), Type::List(_)) => true,
        (Type::List(item), Type::Tuple(items)) => items.iter().all(|ty| fits(item, ty)),
        (Type::List(a), Type::List(b)) | (Type::Set(a), Type::Set(b)) | (Type::Map(a), Type::Map(b)) => {
            fits(a, b)
        }
        (Type::Tuple(a), Type::Tuple(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| fits(a, b)),
        (Type::Object(a), Type::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| fits(&a.ty, &b.ty)))
        }
        _ => said == found,
    }
}

fn admits_sequence(said: &Sequence, known: &Sequence) -> bool {
    let same_kind = match (&said.kind, &known.kind) {
        (SequenceKind::List(a), SequenceKind::List(b)) | (SequenceKind::Set(a), SequenceKind::Set(b)) => {
            fits(a, b)
        }
        (SequenceKind::Set(_), _) | (_, SequenceKind::Set(_)) => false,
        _ => true,
    };
    let Some(rest) = &said.rest else {
        return same_kind
            && said.items.len() == known.items.len()
            && said.items.iter().zip(&known.items).all(|(a, b)| admits(a, b));
    };
    // A set merges equal items, so that an item of the unknown part may be one of the known ones.
    let is_set = matches!(known.kind, SequenceKind::Set(_));
    let further = |item: &Value| rest.template.as_ref().is_none_or(|template| admits(template, item));
    // reachable[i]: the first i items of `said` can be matched with the items looked at so far.
    let mut reachable = vec![false; said.items.len() + 1];
    reachable[0] = true;
    if is_set {
        return same_kind && said.items.iter().all(|a| known.items.iter().any(|b| admits(a, b)));
    }
    for item in &known.items {
        let mut next = vec![false; reachable.len()];
        for at in 0..reachable.len() {
            if !reachable[at] {
                continue;
            }
            next[at] |= further(item);
            if at < said.items.len() && admits(&said.items[at], item) {
                next[at + 1] = true;
            }
        }
        reachable = next;
    }
    same_kind && reachable[said.items.len()]
}

fn admits_mapping(said: &Mapping, known: &Mapping) -> bool {
    let same_kind = match (&said.kind, &known.kind) {
        (MappingKind::Map(a), MappingKind::Map(b)) => fits(a, b),
        _ => true,
    };
    // A resource: what is not set is unknown on both sides.
    let Some(rest) = &said.rest else {
        return same_kind
            && said.entries.len() == known.entries.len()
            && said
                .entries
                .iter()
                .all(|(key, a)| known.entries.get(key).is_some_and(|b| admits(&a.value, &b.value)));
    };
    let entries = said
        .entries
        .iter()
        .all(|(key, a)| known.entries.get(key).is_some_and(|b| rest.overrides || admits(&a.value, &b.value)));
    let extra = known.entries.iter().filter(|(key, _)| !said.entries.contains_key(key));
    let further = rest
        .template
        .as_ref()
        .is_none_or(|template| extra.into_iter().all(|(_, entry)| admits(template, &entry.value)));
    same_kind && entries && further
}

fn answers(dir: &Path, options: &Options, expressions: &[String]) -> Vec<Result<Value, String>> {
    let files = Files::new(dir, dir).unwrap();
    let configs = Configs::new(&files);
    terraform::with_session(&configs, dir, options, |session| {
        expressions.iter().map(|text| session.eval_expression(text).map_err(|error| error.message)).collect()
    })
}

#[test]
fn what_is_said_of_unknowns_holds_for_every_completion() {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_120);
    let count = std::env::var("CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(3_000);
    let mut choices = Choices(seed);
    let expressions: Vec<String> = (0..count)
        .map(|at| {
            let depth = 1 + at % 3;
            expression(&mut choices, depth)
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), DECLARATIONS).unwrap();
    let unknown = answers(folder.path(), &Options::default(), &expressions);
    let mut broken = Vec::new();
    let (mut decided, mut open) = (0, 0);
    for completion in COMPLETIONS {
        let inputs = completion
            .iter()
            .map(|(name, value)| Input::Var { name: (*name).to_owned(), value: (*value).to_owned() })
            .collect();
        let known = answers(folder.path(), &Options { inputs, ..Options::default() }, &expressions);
        for ((expression, said), known) in expressions.iter().zip(&unknown).zip(&known) {
            match (said, known) {
                (Ok(said), Ok(known)) => {
                    if said.is_wholly_known() {
                        decided += 1
                    } else {
                        open += 1
                    }
                    if !admits(said, known) {
                        broken.push(format!(
                            "{expression}\n   with {completion:?}\n   said  {:?}\n   known {:?}",
                            said.kind, known.kind
                        ));
                    }
                }
                // A completion for which Terraform stops is none.
                (_, Err(_)) => {}
                // An attribute that AWS computes is unknown in the completion too.
                (Err(_), Ok(known)) if !known.is_wholly_known() => {}
                (Err(error), Ok(known)) => {
                    broken.push(format!(
                        "{expression}\n   with {completion:?}\n   said error {error}\n   known {:?}",
                        known.kind
                    ));
                }
            }
        }
    }
    for line in broken.iter().take(12) {
        eprintln!("{}", line.chars().take(1_800).collect::<String>());
    }
    eprintln!("{decided} decided, {open} open, {} broken", broken.len());
    assert!(broken.is_empty());
}
