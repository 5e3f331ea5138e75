//! JSON text to the spanned tree.

use jsonc_parser::ast::Value as Ast;
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use super::parsed::{Comment, ErrorClass, Parsed, note_duplicates};
use super::tree::{Member, Node, NodeKind};
use crate::source::{FileId, Span};

/// Reads strict JSON, or JSON with `//` and `/* */` comments where `comments` is set.
///
/// Nothing else of JSON5 is allowed. Duplicate keys are kept and listed; the first error ends the reading.
/// Nesting deeper than about 500 levels is an error.
#[must_use]
pub fn parse(text: &str, file: FileId, comments: bool) -> Parsed {
    let options = ParseOptions {
        allow_comments: comments,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let strategy =
        if comments { CommentCollectionStrategy::Separate } else { CommentCollectionStrategy::Off };
    let collect = CollectOptions { comments: strategy, tokens: false };
    let mut parsed = Parsed::default();
    let result = match parse_to_ast(text, &collect, &options) {
        Ok(result) => result,
        Err(error) => {
            let (range, message) = explain(text, &error);
            let class = match error.kind() {
                ParseErrorKind::NestingDepthExceeded => ErrorClass::Limit,
                _ => ErrorClass::Grammar,
            };
            parsed.error_of(class, Span::new(file, range), message);
            return parsed;
        }
    };
    if let Some(map) = &result.comments {
        parsed.comments =
            map.values().flat_map(|list| list.iter()).map(|comment| read(comment, file)).collect();
        // Each comment is listed under the token before and the token after it.
        parsed.comments.sort_by_key(|comment| comment.span);
        parsed.comments.dedup();
    }
    match result.value {
        None => parsed
            .error(Span::new(file, text.len()..text.len()), "the file is empty: a JSON value was expected"),
        Some(value) => {
            let mut reader = Reader { text, file, parsed: &mut parsed };
            let root = reader.node(value);
            parsed.documents.push(root);
        }
    }
    if !parsed.errors.is_empty() {
        parsed.documents.clear();
    }
    parsed
}

fn read(comment: &jsonc_parser::ast::Comment<'_>, file: FileId) -> Comment {
    let range = comment.range();
    Comment { span: Span::new(file, range.start..range.end), text: comment.text().into() }
}

struct Reader<'a> {
    text: &'a str,
    file: FileId,
    parsed: &'a mut Parsed,
}

impl Reader<'_> {
    fn span(&self, range: Range) -> Span {
        Span::new(self.file, range.start..range.end)
    }

    fn node(&mut self, ast: Ast<'_>) -> Node {
        let span = self.span(ast.range());
        let kind = match ast {
            Ast::NullKeyword(_) => NodeKind::Null,
            Ast::BooleanLit(literal) => NodeKind::Bool(literal.value),
            Ast::NumberLit(literal) => NodeKind::Number(literal.value.into()),
            Ast::StringLit(literal) => {
                self.check_string(span);
                NodeKind::String(literal.value.as_ref().into())
            }
            Ast::Array(array) => {
                NodeKind::List(array.elements.into_iter().map(|item| self.node(item)).collect())
            }
            Ast::Object(object) => {
                let members: Vec<Member> = object
                    .properties
                    .into_iter()
                    .map(|property| {
                        let key_span = self.span(property.name.range());
                        self.check_string(key_span);
                        let key = property.name.as_str().into();
                        Member { key, key_span, value: self.node(property.value) }
                    })
                    .collect();
                note_duplicates(&members, &mut self.parsed.duplicates);
                NodeKind::Map(members)
            }
        };
        Node { span, kind }
    }

    /// The library takes raw control characters inside strings, which JSON does not.
    fn check_string(&mut self, span: Span) {
        let Some(written) = self.text.get(span.range()) else { return };
        if let Some(at) = written.bytes().position(|byte| byte < 0x20) {
            let start = span.start as usize + at;
            let span = Span::new(self.file, start..start + 1);
            self.parsed.error(span, "a string must not contain a raw line break or control character; write it as `\\n`, `\\t` or `\\u00XX`");
        }
    }
}

/// Place and words of the library's error, said for people.
fn explain(text: &str, error: &ParseError) -> (std::ops::Range<usize>, String) {
    let mut range = error.range();
    let at_end = text.get(range.start..).is_none_or(|rest| rest.trim().is_empty());
    let mut point_at_end = || {
        let end = text.trim_end().len();
        range = Range { start: end, end };
    };
    let message = match error.kind() {
        ParseErrorKind::CommentsNotAllowed => "comments are not allowed in JSON".to_owned(),
        ParseErrorKind::ExpectedColonAfterObjectKey if at_end => {
            point_at_end();
            "the file ends here: `:` and a value were expected".to_owned()
        }
        ParseErrorKind::ExpectedColonAfterObjectKey => "`:` was expected after the key".to_owned(),
        ParseErrorKind::ExpectedObjectValue if at_end => {
            point_at_end();
            "the file ends here: a value was expected".to_owned()
        }
        ParseErrorKind::ExpectedObjectValue => "a value was expected after `:`".to_owned(),
        ParseErrorKind::ExpectedStringObjectProperty => "a key must be written in double quotes".to_owned(),
        // The library ends a number after a leading zero.
        ParseErrorKind::ExpectedComma if digit_at(text, range.start) && digit_at(text, range.start.wrapping_sub(1)) => {
            range.start = range.start.saturating_sub(1);
            "a number must not start with a zero; write it without, or in quotes".to_owned()
        }
        ParseErrorKind::ExpectedComma => "`,` was expected here".to_owned(),
        ParseErrorKind::TrailingCommasNotAllowed => {
            "a `,` must not stand before the closing bracket".to_owned()
        }
        ParseErrorKind::MultipleRootJsonValues => "the file must end after the first JSON value".to_owned(),
        ParseErrorKind::UnterminatedObject => "this `{` is never closed: `}` was expected".to_owned(),
        ParseErrorKind::UnterminatedArray => "this `[` is never closed: `]` was expected".to_owned(),
        ParseErrorKind::UnterminatedCommentBlock => "this comment is never closed: `*/` was expected".to_owned(),
        ParseErrorKind::UnexpectedCloseBrace => "a value was expected, not `}`".to_owned(),
        ParseErrorKind::UnexpectedCloseBracket => "a value was expected, not `]`".to_owned(),
        ParseErrorKind::UnexpectedColon => "a value was expected, not `:`".to_owned(),
        ParseErrorKind::UnexpectedComma => "a value was expected, not `,`".to_owned(),
        ParseErrorKind::UnexpectedWord => {
            "a value was expected: text must stand in double quotes, and only `true`, `false` and `null` do not"
                .to_owned()
        }
        ParseErrorKind::UnexpectedToken => "this character cannot stand here".to_owned(),
        ParseErrorKind::UnexpectedTokenInObject => "a key in double quotes or `}` was expected".to_owned(),
        ParseErrorKind::SingleQuotedStringsNotAllowed => {
            "text must stand in double quotes, not in single quotes".to_owned()
        }
        ParseErrorKind::NestingDepthExceeded => "the nesting is too deep (more than 500 levels)".to_owned(),
        ParseErrorKind::BareDecimalPointNumbersNotAllowed
        | ParseErrorKind::ExpectedDigit
        | ParseErrorKind::ExpectedDigitFollowingNegativeSign
        | ParseErrorKind::ExpectedPlusMinusOrDigitInNumberLiteral
        | ParseErrorKind::HexadecimalNumbersNotAllowed
        | ParseErrorKind::NonFiniteNumbersNotAllowed
        | ParseErrorKind::UnaryPlusNumbersNotAllowed => {
            "this is no JSON number: digits, one `.` between digits, and an exponent are allowed".to_owned()
        }
        ParseErrorKind::String(kind) => format!("this string cannot be read: {}", lower_first(&kind.to_string())),
    };
    // An unclosed bracket runs to the end of the file: mark the bracket alone.
    if matches!(error.kind(), ParseErrorKind::UnterminatedObject | ParseErrorKind::UnterminatedArray) {
        range.end = range.start + 1;
    }
    (clamp(text, range.start, range.end), message)
}

fn digit_at(text: &str, at: usize) -> bool {
    text.as_bytes().get(at).is_some_and(u8::is_ascii_digit)
}

fn lower_first(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// The range brought into the text and onto character boundaries.
pub(super) fn clamp(text: &str, start: usize, end: usize) -> std::ops::Range<usize> {
    let floor = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = floor(start);
    let mut end = end.min(text.len()).max(start);
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice
    )]
    use proptest::prelude::*;

    use super::*;
    use crate::source::SourceMap;
    use crate::syntax::tree::NodeKind;

    fn read(text: &str) -> Parsed {
        let file = SourceMap::default().add_pseudo("test.json", text);
        parse(text, file, false)
    }

    fn error(text: &str) -> (std::ops::Range<usize>, String) {
        let parsed = read(text);
        assert!(parsed.documents.is_empty(), "{text}");
        let error = parsed.errors.first().unwrap_or_else(|| panic!("no error for {text}"));
        (error.span.range(), error.message.clone())
    }

    #[test]
    fn leaves_have_their_spans_and_duplicates_are_kept() {
        let text = r#"{"a": [1, "x\u0041"], "a": null, "é": true}"#;
        let parsed = read(text);
        let root = parsed.root().unwrap();
        assert_eq!(root.members().len(), 3);
        let first = &root.members()[0];
        assert_eq!(&text[first.key_span.range()], "\"a\"");
        assert_eq!(&text[first.value.items()[1].span.range()], "\"x\\u0041\"");
        assert_eq!(first.value.items()[1].as_str(), Some("xA"));
        assert_eq!(root.get("a").unwrap().kind, NodeKind::Null);
        assert_eq!(parsed.duplicates.len(), 1);
        assert_eq!(&text[parsed.duplicates[0].second.range()], "\"a\"");
    }

    #[test]
    fn comments_are_read_where_allowed() {
        let text = "// plimsoll: ignore[x] why\n{\"a\": /* b */ 1 // end\n}\n";
        let file = SourceMap::default().add_pseudo("t", text);
        let parsed = parse(text, file, true);
        let texts: Vec<&str> = parsed.comments.iter().map(|comment| comment.text.trim()).collect();
        assert_eq!(texts, ["plimsoll: ignore[x] why", "b", "end"]);
        assert_eq!(&text[parsed.comments[1].span.range()], "/* b */");
        assert!(parse(text, file, false).errors[0].message.contains("comments are not allowed"));
    }

    #[test]
    fn errors_say_what_was_expected_and_where() {
        assert_eq!(error("").1, "the file is empty: a JSON value was expected");
        assert_eq!(error("{\"a\": 1 \"b\": 2}"), (7..7, "`,` was expected here".to_owned()));
        assert_eq!(error("{\"a\": [1, 2}"), (11..12, "a value was expected, not `}`".to_owned()));
        assert_eq!(error(" {\"a\": 1").0, 1..2);
        assert_eq!(error("{\"a\":  \n"), (5..5, "the file ends here: a value was expected".to_owned()));
        assert_eq!(error("{a: 1}").1, "a key must be written in double quotes");
        assert_eq!(error("[1,]").1, "a `,` must not stand before the closing bracket");
        assert_eq!(error("[007]").0, 1..2);
        assert_eq!(error("[\"a\nb\"]").0, 3..4);
        assert!(error("\"abc").1.starts_with("this string cannot be read"));
        assert!(error("{} {}").1.contains("after the first"));
    }

    #[test]
    fn deep_nesting_is_an_error() {
        assert!(error(&"[".repeat(100_000)).1.contains("too deep"));
        assert!(error(&"{\"a\":".repeat(100_000)).1.contains("too deep"));
    }

    fn same(node: &Node, value: &serde_json::Value) -> bool {
        use serde_json::Value as Json;
        match (&node.kind, value) {
            (NodeKind::Null, Json::Null) => true,
            (NodeKind::Bool(a), Json::Bool(b)) => a == b,
            (NodeKind::Number(a), Json::Number(b)) => {
                serde_json::from_str::<serde_json::Number>(a).is_ok_and(|a| a == *b)
            }
            (NodeKind::String(a), Json::String(b)) => **a == **b,
            (NodeKind::List(a), Json::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
            }
            (NodeKind::Map(_), Json::Object(b)) => {
                node.members().iter().all(|member| b.contains_key(&*member.key))
                    && b.iter().all(|(key, b)| node.get(key).is_some_and(|a| same(a, b)))
            }
            _ => false,
        }
    }

    fn in_bounds(node: &Node, text: &str) -> bool {
        text.get(node.span.range()).is_some_and(|slice| !slice.is_empty())
            && node.items().iter().all(|item| node.span.contains(item.span) && in_bounds(item, text))
            && node.members().iter().all(|member| {
                text.get(member.key_span.range()).is_some()
                    && node.span.contains(member.value.span)
                    && in_bounds(&member.value, text)
            })
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            (-1e9..1e9f64).prop_map(|number| serde_json::json!(number)),
            ".*".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
                prop::collection::vec((".{0,6}", inner), 0..6)
                    .prop_map(|members| { serde_json::Value::Object(members.into_iter().collect()) }),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_tree_is_what_serde_json_reads(value in json(), pretty in any::<bool>()) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
            let text = text.unwrap();
            let parsed = read(&text);
            prop_assert_eq!(&parsed.errors, &[]);
            let root = parsed.root().unwrap();
            prop_assert!(same(root, &value), "{}", text);
            prop_assert!(in_bounds(root, &text));
        }

        #[test]
        fn broken_text_never_panics_and_is_refused_like_serde_json(text in r#"([\[\]{}:,"\\a-f0-9. \n/*'+-]|\PC|null|true){0,40}"#) {
            let parsed = read(&text);
            for error in &parsed.errors {
                prop_assert!(text.get(error.span.range()).is_some());
            }
            let reference = serde_json::from_str::<serde_json::Value>(&text);
            prop_assert_eq!(parsed.root().is_some(), reference.is_ok(), "{:?} {:?}", &parsed, reference);
        }
    }
}
