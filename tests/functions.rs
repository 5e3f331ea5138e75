//! Functions on arguments that are partly known: nothing panics, and what is said of a result with unknown
//! arguments holds for what the arguments turn out to be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::sync::Arc;

use plimsoll::source::{Files, Span};
use plimsoll::terraform::Limits;
use plimsoll::terraform::convert::{convert, value_type};
use plimsoll::terraform::functions::{self, Context, Failure};
use plimsoll::value::{
    Built, Cause, Causes, Entry, Kind, Mapping, MappingKind, Number, Origin, Part, Rest, Sequence,
    SequenceKind, Text, Type, Unknown, Value,
};

mod describes;

use describes::describes;

/// A text as the source of values, with the places of its parts.
struct World {
    files: Files,
    span: Span,
    limits: Limits,
    dir: tempfile::TempDir,
}

const SOURCE: &str = r#"[{"name": "web", "image": "HOLE/app:1", "cpu": HOLE, "environment": [HOLE]}]"#;

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("task.json"), "{\n  \"cpu\": 256,\n  \"name\": \"web\"\n}\n").unwrap();
        let files = Files::new(dir.path(), dir.path()).unwrap();
        let loaded = files.add_pseudo("source", SOURCE);
        let span = Span::new(loaded.id, 0..SOURCE.len());
        Self { files, span, limits: Limits::default(), dir }
    }

    fn origin(&self) -> Origin {
        Origin::at(self.span)
    }

    fn call(&self, name: &str, args: &[Value]) -> Result<Value, Failure> {
        let base = self.dir.path().canonicalize().unwrap();
        let context = Context { files: &self.files, base_dir: &base, span: self.span, limits: &self.limits };
        functions::call(name, args.to_vec(), &context)
    }

    fn string(&self, text: &str) -> Value {
        Value::string(text, self.origin())
    }

    fn number(&self, text: &str) -> Value {
        Value::number(text.parse().unwrap(), self.origin())
    }

    fn tuple(&self, items: Vec<Value>) -> Value {
        Value::tuple(items, self.origin())
    }

    fn object(&self, entries: Vec<(&str, Value)>) -> Value {
        let entries =
            entries.into_iter().map(|(name, value)| (name.into(), Entry { key_span: None, value })).collect();
        Value::object(entries, self.origin())
    }

    fn cause() -> Causes {
        Causes::one(Cause::MissingVariable { name: "x".into() })
    }

    fn unknown(&self, ty: Type) -> Value {
        Value::from_unknown(Unknown::of_type(Self::cause(), ty), self.origin())
    }

    fn template(&self, parts: Vec<Part>) -> Value {
        let mut unknown = Unknown::of_type(Self::cause(), Type::String);
        unknown.not_null = true;
        unknown.built = Some(Arc::new(Built::Template(parts)));
        Value::from_unknown(unknown, self.origin())
    }

    /// A literal part that stands at `text` in the source.
    fn literal(&self, text: &str) -> Part {
        let start = SOURCE.find(text).unwrap();
        Part::Literal { text: text.into(), span: Span::new(self.span.file, start..start + text.len()) }
    }

    fn pool(&self) -> Vec<Value> {
        let list =
            |items: Vec<Value>| convert(&self.tuple(items), &Type::List(Box::new(Type::Dynamic))).unwrap();
        vec![
            Value::null(self.origin()),
            Value::new(Kind::Null(Type::String), self.origin()),
            Value::bool(true, self.origin()),
            self.number("0"),
            self.number("2"),
            self.number("-1"),
            self.number("1.5"),
            self.number("1e300"),
            Value::number(Number::infinity(), self.origin()),
            self.string(""),
            self.string("a"),
            self.string("hello é, world"),
            self.string("10.0.0.0/8"),
            self.string("2020-01-02T03:04:05Z"),
            self.string("%s-%d"),
            self.string("{\"a\": [1, \"x\"]}"),
            self.string("task.json"),
            self.tuple(vec![]),
            self.tuple(vec![self.string("a"), self.string("b")]),
            self.tuple(vec![self.number("1"), self.number("2")]),
            self.tuple(vec![self.tuple(vec![self.string("a")]), self.tuple(vec![])]),
            list(vec![self.string("b"), self.string("a"), self.string("b")]),
            self.object(vec![]),
            self.object(vec![("a", self.number("1")), ("b", self.string("x"))]),
            convert(
                &self.object(vec![("a", self.string("1")), ("k", self.string("x"))]),
                &Type::Map(Box::new(Type::String)),
            )
            .unwrap(),
        ]
    }
}

/// The same value with one thing less known, in several ways; each of them allows for the value.
fn blurred(world: &World, value: &Value) -> Vec<Value> {
    let mut results = vec![world.unknown(Type::Dynamic)];
    let ty = value_type(value);
    results.push(world.unknown(ty.clone()));
    let mut choice = Unknown::of_type(World::cause(), ty);
    choice.alternatives = vec![world.string("other"), value.clone()];
    choice.ty = Type::Dynamic;
    results.push(Value::from_unknown(choice, world.origin()));
    match &value.kind {
        Kind::String(text) if text.as_str().is_ascii() && text.as_str().len() > 1 => {
            let (head, tail) = text.as_str().split_at(text.as_str().len() / 2);
            let known = |text: &str| Part::Literal { text: text.into(), span: world.span };
            let hole = || Part::Hole(Box::new(world.unknown(Type::String)));
            results.push(world.template(vec![known(head), hole()]));
            results.push(world.template(vec![hole(), known(tail)]));
            results.push(world.template(vec![known(head), hole(), known(tail)]));
            let parts = vec![known(head), known(tail)];
            let kind = Kind::String(Text::built(text.as_str(), Built::Template(parts)));
            results.push(Value::new(kind, world.origin()));
        }
        Kind::Sequence(sequence) => {
            for at in 0..sequence.items.len() {
                if !matches!(sequence.kind, SequenceKind::Set(_)) {
                    for item in blurred(world, &sequence.items[at]) {
                        let mut items = sequence.items.clone();
                        items[at] = item;
                        let kind = sequence.kind.clone();
                        results.push(Value::sequence(kind, items, world.origin()));
                    }
                }
                let mut items = sequence.items.clone();
                items.remove(at);
                let rest = Rest { causes: World::cause(), template: None, overrides: false };
                let less = Sequence { kind: sequence.kind.clone(), items, rest: Some(Arc::new(rest)) };
                results.push(Value::new(Kind::Sequence(Arc::new(less)), world.origin()));
            }
        }
        Kind::Mapping(mapping) => {
            for (name, entry) in &mapping.entries {
                for item in blurred(world, &entry.value) {
                    let mut entries = mapping.entries.clone();
                    entries.insert(name.clone(), Entry { key_span: None, value: item });
                    results.push(Value::mapping(mapping.kind.clone(), entries, world.origin()));
                }
                for overrides in [false, true] {
                    let mut entries = mapping.entries.clone();
                    entries.remove(name);
                    if overrides {
                        let wrong = Entry { key_span: None, value: world.string("hidden") };
                        if let MappingKind::Object = mapping.kind {
                            entries.insert(name.clone(), wrong);
                        }
                    }
                    let rest = Rest { causes: World::cause(), template: None, overrides };
                    let less = Mapping { kind: mapping.kind.clone(), entries, rest: Some(Arc::new(rest)) };
                    results.push(Value::new(Kind::Mapping(Arc::new(less)), world.origin()));
                }
            }
        }
        _ => {}
    }
    results
}

/// Functions whose results Plimsoll does not compute.
const UNCOMPUTED: [&str; 5] = ["bcrypt", "plantimestamp", "rsadecrypt", "timestamp", "uuid"];

#[test]
fn results_with_unknown_arguments_allow_for_every_completion() {
    let world = World::new();
    let pool = world.pool();
    let mut checked = 0_usize;
    let mut wrong = Vec::new();
    for name in functions::names() {
        if UNCOMPUTED.contains(&name) {
            continue;
        }
        let mut calls: Vec<Vec<Value>> = vec![vec![]];
        calls.extend(pool.iter().map(|a| vec![a.clone()]));
        calls.extend(pool.iter().flat_map(|a| pool.iter().map(|b| vec![a.clone(), b.clone()])));
        // Of three arguments, those that fit the first two places.
        let pairs: Vec<Vec<Value>> = calls.iter().filter(|args| args.len() == 2).cloned().collect();
        let small = [3, 4, 10, 18, 21, 23].map(|at| pool[at].clone());
        calls.extend(pairs.iter().flat_map(|pair| {
            small.iter().map(|third| pair.iter().chain([third]).cloned().collect::<Vec<Value>>())
        }));
        for args in calls {
            let truth = world.call(name, &args);
            if let Ok(truth) = &truth
                && !truth.is_wholly_known()
            {
                continue;
            }
            if truth.is_err() && args.len() > 2 {
                continue;
            }
            for at in 0..args.len() {
                for blur in blurred(&world, &args[at]) {
                    let mut open = args.clone();
                    open[at] = blur;
                    checked += 1;
                    match (&truth, world.call(name, &open)) {
                        (Ok(truth), Ok(said)) if !describes(&said, truth) => {
                            wrong.push(format!("{name}: {open:?}\n  said {said:?}\n  truth {truth:?}"));
                        }
                        (Ok(truth), Err(failure)) => {
                            wrong.push(format!("{name}: {open:?}\n  said {failure:?}\n  truth {truth:?}"));
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    assert!(checked > 100_000, "{checked}");
    assert!(
        wrong.is_empty(),
        "{} of {checked} wrong, such as\n{}",
        wrong.len(),
        wrong.iter().step_by(wrong.len() / 12 + 1).cloned().collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn a_json_template_keeps_everything_but_its_holes() {
    let world = World::new();
    let image = || Part::Hole(Box::new(world.unknown(Type::String)));
    let template = world.template(vec![
        world.literal(r#"[{"name": "web", "image": ""#),
        image(),
        world.literal(r#"/app:1", "cpu": "#),
        Part::Hole(Box::new(world.unknown(Type::Number))),
        world.literal(r#", "environment": ["#),
        image(),
        world.literal("]}]"),
    ]);
    let value = world.call("jsondecode", &[template]).unwrap();
    let container = value.item(0).unwrap();
    let name = container.member("name").unwrap();
    assert_eq!(name.as_str(), Some("web"));
    assert_eq!(SOURCE.get(name.span().range()), Some("\"web\""));
    let image = container.member("image").unwrap();
    let unknown = image.as_unknown().unwrap();
    assert_eq!(unknown.ty, Type::String);
    assert!(unknown.not_null);
    assert!(matches!(unknown.built.as_deref(), Some(Built::Template(parts)) if parts.len() == 2));
    assert_eq!(world.call("endswith", &[image, world.string(":1")]).unwrap().as_bool(), Some(true));
    assert_eq!(container.member("cpu").unwrap().as_unknown().unwrap().ty, Type::Number);
    let environment = container.member("environment").unwrap();
    assert!(environment.as_sequence().unwrap().rest.is_some());
    assert!(environment.as_sequence().unwrap().items.is_empty());
}

#[test]
fn json_structure_survives_encoding_and_decoding() {
    let world = World::new();
    let value = world.object(vec![
        ("image", world.unknown(Type::String)),
        ("ports", world.tuple(vec![world.number("80")])),
    ]);
    let text = world.call("jsonencode", std::slice::from_ref(&value)).unwrap();
    let unknown = text.as_unknown().unwrap();
    assert!(matches!(unknown.built.as_deref(), Some(Built::Json(_))));
    assert_eq!(unknown.prefix.as_deref(), Some("{"));
    let back = world.call("jsondecode", &[text]).unwrap();
    assert_eq!(back.member("ports").unwrap().item(0).unwrap().as_number(), Some(&Number::from(80_i64)));
    assert!(back.member("image").unwrap().as_unknown().is_some());
}

#[test]
fn a_decoded_file_points_into_the_file() {
    let world = World::new();
    let text = world.call("file", &[world.string("task.json")]).unwrap();
    let cpu = world.call("jsondecode", &[text]).unwrap().member("cpu").unwrap();
    world.files.with_sources(|sources| assert_eq!(sources.text(cpu.span()), "256"));
    // A placeholder that a variable replaces stays a hole in the file's text.
    let text = world.call("file", &[world.string("task.json")]).unwrap();
    let replaced = world.call("replace", &[text, world.string("web"), world.unknown(Type::String)]).unwrap();
    let decoded = world.call("jsondecode", &[replaced]).unwrap();
    let cpu = decoded.member("cpu").unwrap();
    assert_eq!(cpu.as_number(), Some(&Number::from(256_i64)));
    world.files.with_sources(|sources| assert_eq!(sources.position(cpu.span()).line, 2));
    assert!(decoded.member("name").unwrap().as_unknown().is_some());
}

#[test]
fn files_that_are_not_there_or_outside_the_boundary_are_unknown() {
    let world = World::new();
    for path in ["/etc/passwd", "../../../../etc/passwd", "~/x", "nope"] {
        for name in ["file", "filebase64", "filesha256"] {
            let text = world.call(name, &[world.string(path)]).unwrap();
            assert!(matches!(text.causes().first(), Some(Cause::MissingFile { .. })), "{name} {path}");
        }
    }
}

#[test]
fn long_inputs_end_in_a_limit_or_quickly() {
    let world = World::new();
    let long = world.string(&"x\n".repeat(500_000));
    let wide = world.call("indent", &[world.number("1000000"), long.clone()]).unwrap();
    assert!(matches!(wide.causes().first(), Some(Cause::Limit { .. })));
    let replaced = world.call("replace", &[long.clone(), world.string("x"), long]).unwrap();
    assert!(matches!(replaced.causes().first(), Some(Cause::Limit { .. })));
    let deep = world.string(&"[".repeat(100_000));
    assert!(
        world.call("jsondecode", std::slice::from_ref(&deep)).is_ok_and(|value| !value.is_wholly_known())
    );
    assert!(!world.call("yamldecode", &[deep]).is_ok_and(|value| value.is_wholly_known()));
    let items: Vec<Value> = (0..50_000).map(|at| world.string(&format!("item {}", at % 40_000))).collect();
    let list = world.tuple(items);
    for name in ["distinct", "toset", "tolist", "sort", "compact", "flatten", "reverse", "length"] {
        assert!(world.call(name, std::slice::from_ref(&list)).is_ok(), "{name}");
    }
    assert!(world.call("setsubtract", &[list.clone(), list.clone()]).is_ok());
    assert!(world.call("setproduct", &[list.clone(), list]).is_ok_and(|value| !value.is_wholly_known()));
    let width = world.call("format", &[world.string("%999999999d"), world.number("1")]).unwrap();
    assert!(!width.is_wholly_known());
}
