#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
use super::*;
use crate::source::SourceMap;

fn parse(text: &str) -> Parsed {
    let mut map = SourceMap::default();
    let file = map.add_pseudo("main.tf", text);
    parse_body(text, file)
}

#[test]
fn repeated_keys_are_kept_and_reported() {
    let text = "locals {\n  a = { x = 1, x = 2, \"y\" = 1, \"y\" = 3, (z) = 1, (z) = 2 }\n}\n";
    let parsed = parse(text);
    assert_eq!(parsed.problems.len(), 3, "{:?}", parsed.problems);
    let object = &parsed.body.blocks[0].body.attributes[0].expr;
    let ExprKind::Object(items) = &object.kind else { panic!() };
    assert_eq!(items.len(), 6);
    assert!(matches!(&items[1].key, ItemKey::Name(name) if &**name == "x"));
    assert!(
        matches!(&items[3].key, ItemKey::Expr(Expr { kind: ExprKind::String(name), .. }) if &**name == "y")
    );
    assert_eq!(text.get(items[5].key_span.range()), Some("(z)"));
}

#[test]
fn a_key_repeated_in_quotes_is_reported_once() {
    let text = "a = { x = 1, \"x\" = 2, y = 3, z = { x = 4 } }\n";
    let parsed = parse(text);
    assert_eq!(parsed.problems.len(), 1, "{:?}", parsed.problems);
    assert_eq!(text.get(parsed.problems[0].span.range()), Some("\"x\""));
}

#[test]
fn newlines_do_not_count_in_for_objects() {
    for text in [
        "a = { for k, v in x : k => v ? 1 :\n 2 }\n",
        "a = { for k, v in x : k => v\n ? 1 # why\n : 2 }\n",
        "a = { for k, v in x : k => v &&\r\n  v }\r\n",
    ] {
        let parsed = parse(text);
        assert!(parsed.problems.is_empty(), "{text}: {:?}", parsed.problems);
        assert_eq!(parsed.body.attributes.len(), 1);
    }
}

#[test]
fn a_broken_item_does_not_hide_the_others() {
    let text = "locals {\n  a = 1\n}\nresource \"x\" \"y\" {\n  b = [1, 2\n}\nlocals {\n  c = 3\n}\n";
    let parsed = parse(text);
    assert_eq!(parsed.problems.len(), 1, "{:?}", parsed.problems);
    assert_eq!(parsed.body.blocks.len(), 2, "{:?}", parsed.problems);
    let text = "locals {\n  a = 1\n}\noutput \"o\" {\n  value = 1 +\n}\nlocals {\n  c = 3\n}\n";
    let parsed = parse(text);
    assert_eq!(parsed.problems.len(), 1);
    assert_eq!(parsed.body.blocks.len(), 2);
}

#[test]
fn unclosed_brackets_are_located() {
    let text = "locals {\n  a = 1\n";
    let parsed = parse(text);
    assert_eq!(text.get(parsed.problems[0].span.range()), Some("{"));
    assert!(parsed.problems[0].message.contains("`}` is missing"));
}

#[test]
fn repeated_arguments_are_errors_and_the_first_counts() {
    let parsed = parse("a = 1\na = 2\n");
    assert_eq!(parsed.problems.len(), 1);
    assert_eq!(parsed.body.attributes.len(), 1);
}

#[test]
fn hostile_nesting_is_a_limit() {
    let text = format!("a = {}1{}\n", "[".repeat(5_000), "]".repeat(5_000));
    let parsed = parse(&text);
    assert_eq!(parsed.problems[0].kind, ProblemKind::Limit);
}

#[test]
fn numbers_keep_their_digits() {
    let parsed = parse("a = 1234567890123456789012345678901234567890\nb = -5\nc = - 2.50\n");
    let shown: Vec<String> = parsed
        .body
        .attributes
        .iter()
        .map(|attribute| match &attribute.expr.kind {
            ExprKind::Number(number) => number.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(shown, ["1234567890123456789012345678901234567890", "-5", "-2.5"]);
}
