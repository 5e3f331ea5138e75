//! `aws_iam_policy_document`: its `json` as the AWS provider renders it, with the structure kept.
//!
//! Behaviour: the provider's documentation of the data source. One value of a list is written as a string,
//! several are sorted in descending order.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::syntax::template_json;
use crate::value::{
    Built, Causes, Entries, Entry, Kind, Mapping, MappingKind, Origin, Rest, Sequence, SequenceKind, Text,
    Type, Unknown, Value,
};

/// Order in which the provider writes the members of a document, a statement.
const MEMBER_ORDER: [&str; 12] = [
    "Version",
    "Id",
    "Statement",
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
];

/// The rendered document.
pub(crate) fn json(body: &Value) -> Value {
    let origin = body.origin.clone();
    let mut statements = Statements::default();
    for document in documents(body, "source_policy_documents", "source_json") {
        statements.add_document(&document);
    }
    if let Some(own) = body.member("statement") {
        if let Some(sequence) = own.as_sequence() {
            for item in &sequence.items {
                statements.add(statement(&own.child(item)));
            }
            if let Some(rest) = &sequence.rest {
                statements.open(
                    &rest.causes,
                    rest.template.as_ref().map(|template| statement(&own.child(template))),
                );
            }
        } else {
            statements.open(&own.causes(), None);
        }
    }
    for document in documents(body, "override_policy_documents", "override_json") {
        statements.add_document(&document);
    }
    let mut entries = Entries::new();
    let version = body.member("version").filter(|version| !version.is_null());
    let version = version.unwrap_or_else(|| Value::string("2012-10-17", origin.clone()));
    insert(&mut entries, "Version", Some(version));
    insert(&mut entries, "Id", body.member("policy_id").filter(|id| !id.is_null()));
    insert(&mut entries, "Statement", Some(statements.finish(origin.clone())));
    let document = Value::object(entries, origin.clone());
    let mut value = if document.is_wholly_known() {
        let mut text = String::new();
        write(&document, 0, &mut text);
        Value::new(Kind::String(Text::built(text, Built::Json(document))), origin)
    } else {
        let mut unknown = Unknown::of_type(document.causes(), Type::String);
        unknown.not_null = true;
        unknown.built = Some(Arc::new(Built::Json(document)));
        Value::from_unknown(unknown, origin)
    };
    value.sensitive = body.sensitive;
    value
}

fn insert(entries: &mut Entries, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        entries.insert(name.into(), Entry { key_span: None, value });
    }
}

/// Documents to merge: those of a list, and the one of the older argument.
fn documents(body: &Value, list: &str, single: &str) -> Vec<Value> {
    let mut found: Vec<Value> = body.member(single).into_iter().collect();
    if let Some(list) = body.member(list) {
        match list.as_sequence() {
            Some(sequence) => {
                found.extend(sequence.items.iter().map(|item| list.child(item)));
                if let Some(rest) = &sequence.rest {
                    found.push(Value::from_unknown(Unknown::new(rest.causes.clone()), list.origin.clone()));
                }
            }
            None => found.push(list),
        }
    }
    found.retain(|document| !document.is_null() && document.as_str() != Some(""));
    found
}

/// Statements so far; one with the `Sid` of an earlier one replaces it.
#[derive(Default)]
struct Statements {
    items: Vec<Value>,
    causes: Causes,
    template: Option<Value>,
    is_open: bool,
}

impl Statements {
    fn add(&mut self, statement: Value) {
        let sid = |statement: &Value| statement.member("Sid").and_then(|sid| sid.as_str().map(str::to_owned));
        if let Some(new) = sid(&statement).filter(|sid| !sid.is_empty())
            && let Some(old) = self.items.iter_mut().find(|old| sid(old).as_deref() == Some(&new))
        {
            *old = statement;
            return;
        }
        self.items.push(statement);
    }

    fn open(&mut self, causes: &Causes, template: Option<Value>) {
        self.template = if self.is_open { None } else { template };
        self.is_open = true;
        self.causes.add_all(causes);
    }

    fn add_document(&mut self, document: &Value) {
        let Some(Ok(decoded)) = template_json::decode(document) else {
            return self.open(&document.causes(), None);
        };
        let Some(statement) = decoded.member("Statement") else {
            if decoded.as_mapping().is_none_or(|mapping| mapping.rest.is_some()) {
                self.open(&decoded.causes(), None);
            }
            return;
        };
        match &statement.kind {
            Kind::Sequence(sequence) => {
                for item in &sequence.items {
                    self.add(statement.child(item));
                }
                if let Some(rest) = &sequence.rest {
                    self.open(&rest.causes, rest.template.as_ref().map(|template| statement.child(template)));
                }
            }
            Kind::Mapping(_) => self.add(statement),
            _ => self.open(&statement.causes(), None),
        }
    }

    fn finish(self, origin: Origin) -> Value {
        let rest = self
            .is_open
            .then(|| Arc::new(Rest { causes: self.causes, template: self.template, overrides: false }));
        Value::new(
            Kind::Sequence(Arc::new(Sequence { kind: SequenceKind::Tuple, items: self.items, rest })),
            origin,
        )
    }
}

fn statement(block: &Value) -> Value {
    let mut entries = Entries::new();
    let origin = block.origin.clone();
    let text = |name: &str| block.member(name).filter(|value| !value.is_null());
    insert(&mut entries, "Sid", text("sid").filter(|sid| sid.as_str() != Some("")));
    insert(
        &mut entries,
        "Effect",
        Some(text("effect").unwrap_or_else(|| Value::string("Allow", origin.clone()))),
    );
    for (argument, name) in [
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ] {
        insert(&mut entries, name, text(argument).and_then(|list| string_list(&list)));
    }
    for (argument, name) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        insert(&mut entries, name, block.member(argument).map(|blocks| principals(&blocks)));
    }
    insert(&mut entries, "Condition", block.member("condition").map(|blocks| conditions(&blocks)));
    Value::object(entries, origin)
}

/// One string, or several in descending order; `None` for an empty list.
fn string_list(list: &Value) -> Option<Value> {
    let Some(sequence) = list.as_sequence() else { return Some(list.clone()) };
    let mut items: Vec<Value> = sequence.items.iter().map(|item| list.child(item)).collect();
    if sequence.rest.is_none() {
        if items.len() <= 1 {
            return items.pop();
        }
        if items.iter().all(|item| item.as_str().is_some()) {
            items.sort_by(|a, b| b.as_str().cmp(&a.as_str()));
            items.dedup_by(|a, b| a.as_str() == b.as_str());
        }
        if items.len() == 1 {
            return items.pop();
        }
    }
    Some(Value::new(
        Kind::Sequence(Arc::new(Sequence { kind: SequenceKind::Tuple, items, rest: sequence.rest.clone() })),
        list.origin.clone(),
    ))
}

/// `{type: identifiers}`, or `"*"` for everyone.
fn principals(blocks: &Value) -> Value {
    let Some(sequence) = blocks.as_sequence() else { return blocks.clone() };
    let mut entries = Entries::new();
    let mut open = sequence.rest.as_ref().map(|rest| rest.causes.clone());
    for item in &sequence.items {
        let block = blocks.child(item);
        let identifiers = block.member("identifiers").and_then(|list| string_list(&list));
        let Some(identifiers) = identifiers else { continue };
        let ty = block.member("type");
        let Some(name) = ty.as_ref().and_then(Value::as_str) else {
            let causes = ty.map(|ty| ty.causes()).unwrap_or_default();
            open = Some(open.unwrap_or_default().and(&causes));
            continue;
        };
        if name == "*" && identifiers.as_str() == Some("*") && sequence.items.len() == 1 {
            return identifiers;
        }
        let merged = match entries.remove(name) {
            None => identifiers,
            Some(earlier) => joined(&earlier.value, &identifiers),
        };
        entries.insert(name.into(), Entry { key_span: None, value: merged });
    }
    mapping(entries, open, &blocks.origin)
}

fn joined(a: &Value, b: &Value) -> Value {
    let list = |value: &Value| match value.as_sequence() {
        Some(sequence) => sequence.items.iter().map(|item| value.child(item)).collect(),
        None => vec![value.clone()],
    };
    let items = list(a).into_iter().chain(list(b)).collect();
    let whole = Value::tuple(items, a.origin.clone());
    string_list(&whole).unwrap_or(whole)
}

/// `{test: {variable: values}}`
fn conditions(blocks: &Value) -> Value {
    let Some(sequence) = blocks.as_sequence() else { return blocks.clone() };
    let mut tests: BTreeMap<Arc<str>, Entries> = BTreeMap::new();
    let mut open = sequence.rest.as_ref().map(|rest| rest.causes.clone());
    for item in &sequence.items {
        let block = blocks.child(item);
        let (test, variable) = (block.member("test"), block.member("variable"));
        let values = block.member("values").and_then(|list| string_list(&list));
        match (test.as_ref().and_then(Value::as_str), variable.as_ref().and_then(Value::as_str), values) {
            (Some(test), Some(variable), Some(values)) => {
                let inner = tests.entry(test.into()).or_default();
                inner.insert(variable.into(), Entry { key_span: None, value: values });
            }
            _ => open = Some(open.unwrap_or_default().and(&block.causes())),
        }
    }
    let entries = tests
        .into_iter()
        .map(|(test, inner)| (test, Entry { key_span: None, value: mapping(inner, None, &blocks.origin) }))
        .collect();
    mapping(entries, open, &blocks.origin)
}

fn mapping(entries: Entries, open: Option<Causes>, origin: &Origin) -> Value {
    let rest = open.map(|causes| Arc::new(Rest { causes, template: None, overrides: true }));
    Value::new(Kind::Mapping(Arc::new(Mapping { kind: MappingKind::Object, entries, rest })), origin.clone())
}

/// Writes JSON with an indentation of two spaces, members in the provider's order.
fn write(value: &Value, depth: usize, into: &mut String) {
    let line = |depth: usize, into: &mut String| {
        into.push('\n');
        into.push_str(&"  ".repeat(depth));
    };
    match &value.kind {
        Kind::Sequence(sequence) => {
            into.push('[');
            for (at, item) in sequence.items.iter().enumerate() {
                if at > 0 {
                    into.push(',');
                }
                line(depth + 1, into);
                write(item, depth + 1, into);
            }
            if !sequence.items.is_empty() {
                line(depth, into);
            }
            into.push(']');
        }
        Kind::Mapping(mapping) => {
            let rank = |name: &str| {
                MEMBER_ORDER.iter().position(|known| *known == name).unwrap_or(MEMBER_ORDER.len())
            };
            let mut members: Vec<_> = mapping.entries.iter().collect();
            members.sort_by_key(|(name, _)| (rank(name), (*name).clone()));
            into.push('{');
            for (at, (name, entry)) in members.iter().enumerate() {
                if at > 0 {
                    into.push(',');
                }
                line(depth + 1, into);
                write_text(name, into);
                into.push_str(": ");
                write(&entry.value, depth + 1, into);
            }
            if !members.is_empty() {
                line(depth, into);
            }
            into.push('}');
        }
        Kind::String(text) => write_text(text.as_str(), into),
        Kind::Bool(value) => into.push_str(if *value { "true" } else { "false" }),
        Kind::Number(number) => into.push_str(&number.to_string()),
        Kind::Null(_) | Kind::Unknown(_) => into.push_str("null"),
    }
}

/// A JSON string with the characters escaped that Go escapes.
fn write_text(text: &str, into: &mut String) {
    use std::fmt::Write as _;
    into.push('"');
    for c in text.chars() {
        match c {
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            '\t' => into.push_str("\\t"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                // Writing to a string cannot fail.
                let _ = write!(into, "\\u{:04x}", u32::from(c));
            }
            other => into.push(other),
        }
    }
    into.push('"');
}
