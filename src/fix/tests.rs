//! The editor on small texts, and on generated ones: what comes out parses, holds what was asked for and keeps all
//! else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice
)]

use proptest::prelude::*;

use super::apply;
use super::resolve::of_change;
use crate::lint::{Change, Term};
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::tree::{Node, NodeKind};
use crate::syntax::{hcl, json};

fn file() -> FileId {
    SourceMap::default().add_pseudo("t", "")
}

/// The span of `part` in `text`.
fn at(text: &str, part: &str) -> Span {
    let start = text.find(part).unwrap_or_else(|| panic!("no {part} in {text}"));
    Span::new(file(), start..start + part.len())
}

fn fixed(name: &str, text: &str, change: &Change) -> Option<String> {
    apply(text, &of_change(change, name, text)?)
}

fn set(text: &str, place: &str, within: &[&'static str], argument: (&str, Term)) -> Option<String> {
    fixed("main.tf", text, &Change::set_within(at(text, place), within, [argument]))
}

#[test]
fn arguments_join_the_aligned_lines_above_nested_blocks() {
    let text = "resource \"a\" \"b\" {\n  name = \"x\" # the name\n\n  tags {\n    a = 1\n  }\n}\n";
    let new = set(text, "resource", &[], ("retention_in_days", Term::Number(30))).unwrap();
    assert_eq!(
        new,
        "resource \"a\" \"b\" {\n  name              = \"x\" # the name\n  retention_in_days = 30\n\n  tags {\n    a = 1\n  }\n}\n"
    );
}

#[test]
fn many_aligned_lines_are_left_alone() {
    let text = "resource \"a\" \"b\" {\n  a1 = 1\n  b1 = 2\n  c1 = 3\n  d1 = 4\n  e1 = 5\n}\n";
    let new = set(text, "resource", &[], ("longer", Term::Bool(true))).unwrap();
    assert_eq!(new, text.replace("5\n}", "5\n\n  longer = true\n}"));
}

#[test]
fn bodies_of_all_shapes_take_an_argument() {
    let cases = [
        ("r \"a\" \"b\" {}\n", "r \"a\" \"b\" {\n  x = 1\n}\n"),
        ("r \"a\" \"b\" {\n}\n", "r \"a\" \"b\" {\n  x = 1\n}\n"),
        ("r \"a\" \"b\" { name = 1 }", "r \"a\" \"b\" {\n  name = 1\n  x    = 1\n}"),
        (
            "r \"a\" {\n\tname = 1\n\tlist = [\n\t\t1,\n\t]\n}\n",
            "r \"a\" {\n\tname = 1\n\tx    = 1\n\tlist = [\n\t\t1,\n\t]\n}\n",
        ),
        ("r \"a\" {\n  list = [\n    1,\n  ]\n}\n", "r \"a\" {\n  x = 1\n\n  list = [\n    1,\n  ]\n}\n"),
        ("r \"a\" {\r\n  b = 2\r\n}\r\n", "r \"a\" {\r\n  b = 2\r\n  x = 1\r\n}\r\n"),
        ("r {\n  x = 5 # five\n}\n", "r {\n  x = 1 # five\n}\n"),
        (
            "r {\n  x = false  # off\n  y = \"abc\" # text\n}\n",
            "r {\n  x = 1      # off\n  y = \"abc\" # text\n}\n",
        ),
        ("r {\n  x = \"5\"\n}\n", "r {\n  x = \"1\"\n}\n"),
        ("r {\n  # about a\n  a = 1\n}\n", "r {\n  # about a\n  a = 1\n\n  x = 1\n}\n"),
        ("r { # why\n}\n", "r { # why\n  x = 1\n}\n"),
    ];
    for (text, expected) in cases {
        let new = set(text, "r", &[], ("x", Term::Number(1)));
        assert_eq!(new.as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn what_is_no_literal_is_not_replaced() {
    for value in ["var.x", "\"${var.x}\"", "max(1, 2)", "[1]", "-var.y", "<<EOT\nx\nEOT"] {
        let text = format!("r {{\n  x = {value}\n}}\n");
        assert_eq!(set(&text, "r", &[], ("x", Term::Number(1))), None, "{value}");
    }
}

#[test]
fn nested_blocks_are_found_written_or_refused() {
    let on = ("enable", Term::Bool(true));
    let within = ["breaker"];
    let new = set("r {\n  a = 1\n\n  lifecycle {\n    b = 2\n  }\n}\n", "r", &within, on.clone()).unwrap();
    assert_eq!(
        new,
        "r {\n  a = 1\n\n  breaker {\n    enable = true\n  }\n\n  lifecycle {\n    b = 2\n  }\n}\n"
    );
    let new = set("r {\n  breaker { enable = false }\n}\n", "r", &within, on.clone()).unwrap();
    assert_eq!(new, "r {\n  breaker { enable = true }\n}\n");
    let refused = [
        "r {\n  breaker {\n  }\n  breaker {\n  }\n}\n",
        "r {\n  dynamic \"breaker\" {\n    for_each = []\n    content {\n    }\n  }\n}\n",
        "r {\n  breaker = local.breaker\n}\n",
    ];
    for text in refused {
        assert_eq!(set(text, "r", &within, on.clone()), None, "{text}");
    }
}

#[test]
fn members_are_written_as_their_object_is() {
    let cases = [
        ("{ name = \"a\" }", "{ name = \"a\", log = { driver = \"x\" } }"),
        (
            "{\n  name  = \"a\"\n  image = \"b\"\n}",
            "{\n  name  = \"a\"\n  image = \"b\"\n  log = {\n    driver = \"x\"\n  }\n}",
        ),
        ("{\"name\":\"a\"}", "{\"name\":\"a\",\"log\":{\"driver\":\"x\"}}"),
        (
            "{\n    \"name\": \"a\" // why\n}",
            "{\n    \"name\": \"a\", // why\n    \"log\": {\n        \"driver\": \"x\"\n    }\n}",
        ),
        ("{\n  a = 1,\n}", "{\n  a = 1,\n  log = {\n    driver = \"x\"\n  },\n}"),
        ("{\n  log = {\n    b = 1\n  }\n}", "{\n  log = {\n    b      = 1\n    driver = \"x\"\n  }\n}"),
        ("{ a = 1, log = {} }", "{ a = 1, log = { driver = \"x\" } }"),
    ];
    for (text, expected) in cases {
        let outer = format!("x = f({text})\n");
        let name = if text.contains("\":") { "t.json" } else { "main.tf" };
        let change = Change::set_within(at(&outer, text), &["log"], [("driver", Term::from("x"))]);
        assert_eq!(fixed(name, &outer, &change).as_deref(), Some(&*format!("x = f({expected})\n")), "{text}");
    }
}

#[test]
fn lists_take_one_more_name() {
    let cases = [
        ("[a]", "[a, b]"),
        ("[]", "[b]"),
        ("[\n    a,\n  ]", "[\n    a,\n    b,\n  ]"),
        ("[\n    a # why\n  ]", "[\n    a,\n    b # why\n  ]"),
        ("[x[\"}\"], a,]", "[x[\"}\"], a, b,]"),
    ];
    for (list, expected) in cases {
        let text = format!("r {{\n  lifecycle {{\n    skip = {list}\n  }}\n}}\n");
        let place = at(&text, "r");
        let change = Change::Append { place, within: vec!["lifecycle"], list: "skip", name: "b" };
        assert_eq!(fixed("main.tf", &text, &change), Some(text.replace(list, expected)), "{list}");
    }
    let text = "r {\n  lifecycle {\n    skip = all\n  }\n}\n";
    let change = Change::Append { place: at(text, "r"), within: vec!["lifecycle"], list: "skip", name: "b" };
    assert_eq!(fixed("main.tf", text, &change), None);
}

#[test]
fn workflows_take_an_input_beside_another() {
    let beside = |text: &str| {
        let argument = ("wait".into(), Term::Bool(true));
        fixed("w.yml", text, &Change::Beside { key: at(text, "service"), argument })
    };
    let block = "with:\n  # which\n  service: web # one\n  list: |\n    a\n";
    assert_eq!(beside(block), Some(block.replace("one\n", "one\n  wait: true\n")));
    let last = "with:\n  service: web";
    assert_eq!(beside(last).as_deref(), Some("with:\n  service: web\n  wait: true"));
    assert_eq!(beside("with: {service: web}\n").as_deref(), Some("with: {service: web, wait: true}\n"));
    let folded = "with:\n  a: 1\n  service: >-\n    web\n";
    assert_eq!(beside(folded), Some(folded.replace("a: 1\n", "a: 1\n  wait: true\n")));
}

#[test]
fn comments_go_with_their_line_or_alone() {
    let gone =
        |text: &str, comment: &str| fixed("main.tf", text, &Change::Uncomment { comment: at(text, comment) });
    assert_eq!(gone("a = 1\n  # x\nb = 2\n", "# x").as_deref(), Some("a = 1\nb = 2\n"));
    assert_eq!(gone("a = 1   # x\r\nb = 2\r\n", "# x").as_deref(), Some("a = 1\r\nb = 2\r\n"));
    assert_eq!(gone("a = /* x */ 1\n", "/* x */").as_deref(), Some("a =  1\n"));
    assert_eq!(gone("# x", "# x").as_deref(), Some(""));
}

/// Names that no generated text holds.
const NEW: [&str; 3] = ["zz", "zz_retention_in_days", "zz_deployment_minimum_healthy_percent"];

fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i32>().prop_map(|value| value.to_string()),
        "[a-z {}#/,=:$%]{0,6}".prop_map(|text| format!("\"{}\"", text.replace("${", "$").replace("%{", "%"))),
        Just("var.a".to_owned()),
        Just("\"${f(\"x}\", [1])}-b\"".to_owned()),
        Just("<<-EOT\n  } # no comment\n  EOT".to_owned()),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(|items| {
                let items: Vec<String> = items.into_iter().filter(|item| !item.starts_with("<<")).collect();
                format!("[{}]", items.join(", "))
            }),
            proptest::collection::vec(inner, 0..3).prop_map(|items| {
                let members = items.iter().enumerate().map(|(at, item)| format!("m{at} = {item}\n"));
                format!("{{\n{}}}", members.collect::<String>())
            }),
        ]
    })
}

/// A line of a block: an argument, a comment, a blank line or a nested block.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => ("[a-d]{1,9}", 1..4_usize, value(), prop_oneof![Just(""), Just(" # why"), Just("  // {")]).prop_map(
            |(name, gap, value, comment)| {
                let comment = if value.ends_with("EOT") { "" } else { comment };
                format!("{name}{:gap$}= {value}{comment}", "")
            }
        ),
        1 => Just("# a comment with } and \"".to_owned()),
        1 => Just("/* two\n lines } */".to_owned()),
        1 => Just(String::new()),
        1 => "[a-d]{1,4}".prop_map(|name| format!("{name} \"l\" {{\n  inner = 1 # c\n}}")),
        1 => "[e-h]{1,4}".prop_map(|name| format!("{name} {{ inner = 1 }}")),
    ]
}

fn block() -> impl Strategy<Value = String> {
    (
        proptest::collection::vec(line(), 0..8),
        prop_oneof![Just("  "), Just("\t"), Just("    ")],
        any::<bool>(),
    )
        .prop_map(|(lines, indent, crlf)| {
            let mut seen = std::collections::HashSet::new();
            let mut text = "resource \"a\" \"b\" {\n".to_owned();
            for line in lines {
                let name = line.split([' ', '=']).next().unwrap_or_default().to_owned();
                if line.contains('=') && !seen.insert(name) {
                    continue;
                }
                let prefix = if line.is_empty() { "" } else { indent };
                text.push_str(&format!("{prefix}{line}\n"));
            }
            text.push_str("}\n\noutput \"z\" {}\n");
            if crlf { text.replace('\n', "\r\n") } else { text }
        })
}

/// The text without white space, in which insertions of new members are found.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i32>().prop_map(serde_json::Value::from),
        "[a-z \"\\\\{}:,/#]{0,8}".prop_map(serde_json::Value::from),
        Just(serde_json::Value::Null),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            proptest::collection::btree_map("[a-x]{1,5}", inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

fn objects<'n>(node: &'n Node, into: &mut Vec<&'n Node>) {
    if matches!(node.kind, NodeKind::Map(_)) {
        into.push(node);
    }
    node.items().iter().for_each(|item| objects(item, into));
    node.members().iter().for_each(|member| objects(&member.value, into));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_block_with_an_argument_more_is_the_block_and_the_argument(text in block(), which in 0..3_usize, nested in any::<bool>()) {
        let parsed = hcl::parse_body(&text, file());
        prop_assume!(parsed.problems.is_empty());
        let within: &[&'static str] = if nested { &["zy"] } else { &[] };
        let name = NEW[which];
        let change = Change::set_within(parsed.body.blocks[0].span, within, [(name, Term::Number(7))]);
        let Some(new) = fixed("main.tf", &text, &change) else { return Ok(()) };
        let after = hcl::parse_body(&new, file());
        prop_assert!(after.problems.is_empty(), "{:?}\n{text}\n---\n{new}", after.problems);
        let (old_block, new_block) = (&parsed.body.blocks[0].body, &after.body.blocks[0].body);
        let written = if nested { format!("zy{{{name}=7}}") } else { format!("{name}=7") };
        prop_assert_eq!(bare(&new).replacen(&written, "", 1), bare(&text));
        let holder = if nested { &new_block.blocks("zy").next().unwrap().body } else { new_block };
        prop_assert!(holder.attribute(name).is_some());
        prop_assert_eq!(new_block.attributes.len() + usize::from(nested), old_block.attributes.len() + 1);
        prop_assert_eq!(new.matches('\n').count() - new.matches("\r\n").count() > 0, text.matches('\n').count() > text.matches("\r\n").count());
        // Again, there is nothing to do.
        let change = Change::set_within(after.body.blocks[0].span, within, [(name, Term::Number(7))]);
        prop_assert_eq!(fixed("main.tf", &new, &change), None);
    }

    #[test]
    fn an_object_with_a_member_more_is_the_object_and_the_member(value in json_value().prop_map(|value| serde_json::json!({"a": [value]})), pretty in any::<bool>(), which in any::<prop::sample::Index>()) {
        let text = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
        let parsed = json::parse(&text, file(), true);
        let mut found = Vec::new();
        objects(parsed.root().unwrap(), &mut found);
        let chosen = which.get(&found);
        let change = Change::set_within(chosen.span, &["zy"], [("zz", Term::from("q\"{"))]);
        let new = fixed("t.json", &text, &change).unwrap();
        let mut after: serde_json::Value = serde_json::from_str(&new).map_err(|error| TestCaseError::fail(format!("{error}: {new}")))?;
        prop_assert!(take(&mut after), "{new}");
        prop_assert_eq!(after, value);
        // Every byte of the old text is there still, in order.
        let mut rest = new.chars();
        prop_assert!(text.chars().all(|c| c.is_whitespace() || rest.any(|other| other == c)), "{text}\n{new}");
    }

    #[test]
    fn nothing_panics_whatever_the_place(text in "[a-z{}\\[\\]()=:,\"#/$% \\\\<\n\r-]{0,60}", start in 0..60_u32, length in 0..60_u32) {
        let span = Span { start, end: start + length, ..Span::new(file(), 0..0) };
        for name in ["main.tf", "t.json", "w.yml", "t.tpl"] {
            let argument = ("a".into(), Term::Bool(true));
            let changes = [
                Change::set_within(span, &["a"], [("b", Term::from("c"))]),
                Change::set(span, [("a", Term::Number(1))]),
                Change::Replace { literal: span, value: Term::Bool(true) },
                Change::Quote { literal: span },
                Change::Unquote { literal: span },
                Change::Swap { place: span, argument: "a", by: ("b", Term::Bool(true)) },
                Change::Rename { key: span, name: "a".into() },
                Change::Append { place: span, within: vec![], list: "a", name: "b" },
                Change::Copy { from: span, to: span, member: "a" },
                Change::Rewrite { header: span, arguments: vec![], nested: vec![] },
                Change::Beside { key: span, argument },
                Change::Uncomment { comment: span },
                Change::Unlist { entry: span },
            ];
            for change in changes {
                let _ = fixed(name, &text, &change);
            }
        }
    }
}

/// Takes the first `zy: {zz: …}` out of a document; whether there was one.
fn take(value: &mut serde_json::Value) -> bool {
    match value {
        serde_json::Value::Object(map) => {
            if map.get("zy").is_some_and(|zy| *zy == serde_json::json!({"zz": "q\"{"})) {
                return map.remove("zy").is_some();
            }
            map.values_mut().any(take)
        }
        serde_json::Value::Array(items) => items.iter_mut().any(take),
        _ => false,
    }
}
