//! The shape of task definitions: names, types and enumerations of the ECS API. What a well-formed field means is
//! for the rules.
//!
//! The JSON Schema beside this file is generated from the API model by `tools/ecs_model.py`. Parts of a value that
//! are unknown take no part in the validation.

use std::collections::HashSet;
use std::fmt;
use std::sync::OnceLock;

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value as Json};

use crate::source::Span;
use crate::syntax::path;
use crate::text;
use crate::value::{Cause, Causes, Kind, Step, Type, Value, Via};

/// Which model of the ECS API the schema was made from; see its `$comment`.
pub const MODEL: &str = "2014-11-13 (botocore 1.44.5)";

const SCHEMA: &str = include_str!("schema/task_definition.schema.json");

/// Longer values are cut in what is shown.
const LONGEST_SHOWN: usize = 60;

/// Something in a task definition that the API does not take.
#[derive(Debug, Clone, PartialEq)]
pub struct ShapeProblem {
    pub kind: ProblemKind,
    /// The key of an unknown field, else the value.
    pub span: Span,
    /// The definition itself holds it: it came through no variable, loop or function of its own.
    pub in_place: bool,
    /// Name of the container it stands in, when that is known.
    pub container: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ProblemKind {
    /// `at` is the place of the object that has it: `containerDefinitions[0].logConfiguration`; empty for the top.
    UnknownField { name: String, suggestion: Option<String>, at: String },
    WrongType {
        field: String,
        expected: JsonKind,
        found: JsonKind,
        /// How the value would be written with the right type. Values of the environment are never told.
        instead: Option<String>,
    },
    /// `value` is what is written, or `(sensitive)`.
    BadEnum { field: String, value: String, suggestion: Option<String>, allowed: Vec<String> },
}

/// A JSON type as people call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonKind {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    List,
    Object,
}

impl fmt::Display for JsonKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Boolean => "true or false",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::String => "a string",
            Self::List => "a list",
            Self::Object => "an object",
        })
    }
}

/// How strictly names are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// The API and the AWS CLI.
    Exact,
    /// Terraform's `container_definitions`, which the provider decodes without regard to case.
    AnyCase,
}

/// Checks a whole task definition (what is under `taskDefinition` for a described one). Problems come in the order
/// of their places.
#[must_use]
pub fn check_task_definition(value: &Value, names: Names) -> Vec<ShapeProblem> {
    check(value, names, "")
}

/// Checks a list of container definitions.
#[must_use]
pub fn check_containers(value: &Value, names: Names) -> Vec<ShapeProblem> {
    check(value, names, "containerDefinitions")
}

/// Whether a task-level field is one that only `describe-task-definition` returns.
#[must_use]
pub fn is_read_only(field: &str) -> bool {
    let property = shape().schema.get("properties").and_then(|properties| properties.get(field));
    property.and_then(|property| property.get("readOnly")).and_then(Json::as_bool).unwrap_or(false)
}

struct Shape {
    schema: Json,
    /// `None` only if the embedded schema were broken, which a test excludes.
    validator: Option<Validator>,
}

fn shape() -> &'static Shape {
    static SHAPE: OnceLock<Shape> = OnceLock::new();
    SHAPE.get_or_init(|| {
        let schema: Json = serde_json::from_str(SCHEMA).unwrap_or_default();
        let validator = jsonschema::validator_for(&schema).ok();
        Shape { schema, validator }
    })
}

/// `within` is the task-level field that `value` stands for; empty for the whole definition.
fn check(value: &Value, names: Names, within: &str) -> Vec<ShapeProblem> {
    let Shape { schema, validator: Some(validator) } = shape() else { return Vec::new() };
    let mut holes = HashSet::new();
    let mut place = String::new();
    if !within.is_empty() {
        path::push(&mut place, within);
    }
    let Some(known) = project(value, &mut place, &mut holes) else { return Vec::new() };
    let instance =
        if within.is_empty() { known } else { Json::Object(Map::from_iter([(within.to_owned(), known)])) };
    let mut problems = Vec::new();
    for error in validator.iter_errors(&instance) {
        let pointer = error.instance_path().as_str();
        if holes.contains(pointer) {
            continue;
        }
        let inner = pointer.strip_prefix('/').and_then(|rest| rest.strip_prefix(within)).unwrap_or(pointer);
        let Some(at) = find(value, if within.is_empty() { pointer } else { inner }) else { continue };
        let container = container_of(value, pointer, within);
        let in_place = is_in_place(value, &at);
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                let allowed = fields_at(schema, pointer);
                for name in unexpected {
                    if names == Names::AnyCase && allowed.iter().any(|known| known.eq_ignore_ascii_case(name))
                    {
                        continue;
                    }
                    let span = key_span(&at, name);
                    let kind = ProblemKind::UnknownField {
                        name: shown(name),
                        suggestion: closest(name, allowed.iter().map(String::as_str)),
                        at: readable(pointer),
                    };
                    problems.push(ShapeProblem { kind, span, in_place, container: container.clone() });
                }
            }
            ValidationErrorKind::Type { .. } => {
                let expected =
                    schema_at(schema, pointer).and_then(|place| kind_named(place.get("type")?.as_str()?));
                let (Some(expected), Some(found)) = (expected, kind_of(&at)) else { continue };
                let instead = instead(&at, expected).filter(|_| !pointer.contains("/environment/"));
                let kind = ProblemKind::WrongType { field: readable(pointer), expected, found, instead };
                problems.push(ShapeProblem { kind, span: at.span(), in_place, container });
            }
            ValidationErrorKind::Enum { options } => {
                // A wrong type is said once, as such.
                let Some(written) = at.as_str() else { continue };
                let allowed: Vec<String> = options
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Json::as_str)
                    .map(str::to_owned)
                    .collect();
                let suggestion = closest(written, allowed.iter().map(String::as_str));
                let value = if at.sensitive { "(sensitive)".to_owned() } else { shown(written) };
                let kind = ProblemKind::BadEnum { field: readable(pointer), value, suggestion, allowed };
                problems.push(ShapeProblem { kind, span: at.span(), in_place, container });
            }
            _ => {}
        }
    }
    problems.sort_by_key(|problem| problem.span);
    problems
}

/// Whether a part of a definition is written in it, however the whole was reached.
fn is_in_place(whole: &Value, part: &Value) -> bool {
    let is_plain = |via: &Via| matches!(via.step, Step::Local(_) | Step::Function(_) | Step::Template(_));
    part.origin.steps().count() == whole.origin.steps().count() && whole.origin.steps().all(is_plain)
}

/// The value as JSON of the right type, when it converts.
fn instead(value: &Value, expected: JsonKind) -> Option<String> {
    if value.sensitive {
        return None;
    }
    match (&value.kind, expected) {
        (Kind::String(text), JsonKind::Integer) => {
            text.as_str().parse::<i64>().ok().map(|number| number.to_string())
        }
        (Kind::String(text), JsonKind::Boolean) => {
            text.as_str().parse::<bool>().ok().map(|answer| answer.to_string())
        }
        (Kind::Number(number), JsonKind::String) => Some(format!("\"{number}\"")),
        (Kind::Bool(answer), JsonKind::String) => Some(format!("\"{answer}\"")),
        _ => None,
    }
}

/// What the shape depends on besides what is known.
#[derive(Debug, Clone, Default)]
pub struct ShapeOpen {
    /// Names of fields are unknown, or all fields are.
    pub fields: Causes,
    /// Values of which not even the type is known. What AWS or a data source makes up has the right one.
    pub types: Causes,
}

/// What keeps the shape of a definition, or of a list of containers, from being decided.
#[must_use]
pub fn open(value: &Value) -> ShapeOpen {
    let mut found = ShapeOpen::default();
    collect_open(value, true, &mut found);
    found
}

fn collect_open(value: &Value, structure: bool, into: &mut ShapeOpen) {
    let written = |causes: &Causes| {
        let mut kept = Causes::none();
        let made_up = |cause: &&Cause| matches!(cause, Cause::Computed { .. } | Cause::Data { .. });
        causes.iter().filter(|cause| !made_up(cause)).for_each(|cause| kept.add(cause.clone()));
        kept
    };
    match &value.kind {
        Kind::Unknown(unknown) if structure => {
            into.fields.add_all(&unknown.causes);
            into.types.add_all(&unknown.causes);
        }
        Kind::Unknown(unknown) if unknown.ty == Type::Dynamic && unknown.alternatives.is_empty() => {
            into.types.add_all(&written(&unknown.causes));
        }
        Kind::Sequence(sequence) => {
            if let Some(rest) = sequence.rest.as_ref().filter(|rest| rest.template.is_none()) {
                into.fields.add_all(&written(&rest.causes));
            }
            sequence.items.iter().for_each(|item| collect_open(item, false, into));
        }
        Kind::Mapping(mapping) => {
            if let Some(rest) = &mapping.rest {
                into.fields.add_all(&written(&rest.causes));
            }
            mapping.entries.values().for_each(|entry| collect_open(&entry.value, false, into));
        }
        Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Unknown(_) => {}
    }
}

/// The known part of a value as JSON. Unknown and null members are left out; unknown items of lists, whose places
/// must stay, are null and listed in `holes`. `None` when nothing is known.
fn project(value: &Value, place: &mut String, holes: &mut HashSet<String>) -> Option<Json> {
    let length = place.len();
    match &value.kind {
        Kind::Null(_) | Kind::Unknown(_) => None,
        Kind::Bool(value) => Some(Json::Bool(*value)),
        Kind::Number(number) => {
            // Only the type and being whole matter.
            Some(number.to_i64().map_or_else(|| serde_json::json!(0.5), Json::from))
        }
        Kind::String(text) => Some(Json::String(text.as_str().to_owned())),
        Kind::Sequence(sequence) => {
            let mut items = Vec::with_capacity(sequence.items.len());
            for (at, item) in sequence.items.iter().enumerate() {
                path::push(place, &at.to_string());
                items.push(project(item, place, holes).unwrap_or_else(|| {
                    holes.insert(place.clone());
                    Json::Null
                }));
                place.truncate(length);
            }
            Some(Json::Array(items))
        }
        Kind::Mapping(mapping) => {
            let mut members = Map::new();
            for (key, entry) in &mapping.entries {
                path::push(place, key);
                // An unknown value does not make its name right.
                let known = project(&entry.value, place, holes).unwrap_or_else(|| {
                    holes.insert(place.clone());
                    Json::Null
                });
                members.insert(key.to_string(), known);
                place.truncate(length);
            }
            Some(Json::Object(members))
        }
    }
}

/// The part of a value at a JSON pointer.
fn find(value: &Value, pointer: &str) -> Option<Value> {
    let mut at = value.clone();
    for step in pointer.split('/').skip(1) {
        let key = path::unescape(step);
        at = match &at.kind {
            Kind::Sequence(_) => at.item(key.parse().ok()?)?,
            _ => at.member(&key)?,
        };
    }
    Some(at)
}

fn key_span(object: &Value, name: &str) -> Span {
    let entry = object.as_mapping().and_then(|mapping| mapping.entries.get(name));
    entry.map_or(object.span(), |entry| entry.key_span.unwrap_or_else(|| entry.value.span()))
}

/// The name of the container a pointer leads into.
fn container_of(value: &Value, pointer: &str, within: &str) -> Option<String> {
    let rest = pointer.strip_prefix("/containerDefinitions/")?;
    let index = rest.split('/').next()?.parse().ok()?;
    let list = if within.is_empty() { value.member("containerDefinitions")? } else { value.clone() };
    let name = list.item(index)?.member("name")?;
    name.as_str().filter(|_| !name.sensitive).map(shown)
}

/// The schema that a place is validated by.
fn schema_at<'a>(schema: &'a Json, pointer: &str) -> Option<&'a Json> {
    let mut at = schema;
    for step in pointer.split('/').skip(1) {
        let key = path::unescape(step);
        let next = match at.get("items") {
            Some(items) => items,
            None => at
                .get("properties")
                .and_then(|properties| properties.get(&key))
                .or_else(|| at.get("additionalProperties"))?,
        };
        at = followed(schema, next)?;
    }
    Some(at)
}

fn followed<'a>(schema: &'a Json, at: &'a Json) -> Option<&'a Json> {
    match at.get("$ref").and_then(Json::as_str) {
        Some(target) => schema.pointer(target.strip_prefix('#')?),
        None => Some(at),
    }
}

fn fields_at(schema: &Json, pointer: &str) -> Vec<String> {
    let properties = schema_at(schema, pointer).and_then(|at| at.get("properties")).and_then(Json::as_object);
    properties.map(|properties| properties.keys().cloned().collect()).unwrap_or_default()
}

fn kind_named(name: &str) -> Option<JsonKind> {
    Some(match name {
        "boolean" => JsonKind::Boolean,
        "integer" => JsonKind::Integer,
        "number" => JsonKind::Number,
        "string" => JsonKind::String,
        "array" => JsonKind::List,
        "object" => JsonKind::Object,
        _ => return None,
    })
}

fn kind_of(value: &Value) -> Option<JsonKind> {
    Some(match &value.kind {
        Kind::Null(_) => JsonKind::Null,
        Kind::Bool(_) => JsonKind::Boolean,
        Kind::Number(number) if number.to_i64().is_some() => JsonKind::Integer,
        Kind::Number(_) => JsonKind::Number,
        Kind::String(_) => JsonKind::String,
        Kind::Sequence(_) => JsonKind::List,
        Kind::Mapping(_) => JsonKind::Object,
        Kind::Unknown(_) => return None,
    })
}

/// `/containerDefinitions/0/cpu` as `containerDefinitions[0].cpu`.
fn readable(pointer: &str) -> String {
    let mut text = String::new();
    for step in pointer.split('/').skip(1) {
        let key = path::unescape(step);
        if key.bytes().all(|byte| byte.is_ascii_digit()) {
            text.push('[');
            text.push_str(&key);
            text.push(']');
        } else {
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(&shown(&key));
        }
    }
    text
}

/// Text of the file for a message: short, without control characters.
fn shown(text: &str) -> String {
    let mut short: String = text.chars().filter(|sign| !sign.is_control()).take(LONGEST_SHOWN).collect();
    if text.chars().count() > LONGEST_SHOWN {
        short.push('…');
    }
    short
}

/// The candidate that is probably meant; `_` and `-` do not count: `log_configuration` means `logConfiguration`.
fn closest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    // Comparing takes time by the length, and no field is that long.
    if name.len() > LONGEST_SHOWN {
        return None;
    }
    text::closest(&name.replace(['_', '-'], ""), candidates).map(str::to_owned)
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
    use super::*;
    use crate::source::SourceMap;
    use crate::syntax::json;
    use crate::value::{Cause, Origin};

    fn read(text: &str) -> Value {
        let file = SourceMap::default().add_pseudo("t", text);
        json::parse(text, file, false).root().unwrap().to_value()
    }

    /// `source text under the span: kind`.
    fn problems(text: &str) -> Vec<String> {
        let value = read(text);
        let found = if text.starts_with('[') {
            check_containers(&value, Names::Exact)
        } else {
            check_task_definition(&value, Names::Exact)
        };
        found
            .iter()
            .map(|problem| {
                let container =
                    problem.container.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
                let what = match &problem.kind {
                    ProblemKind::UnknownField { name, suggestion, at } => {
                        format!("no `{name}` at `{at}`, {}", suggestion.as_deref().unwrap_or("-"))
                    }
                    ProblemKind::WrongType { field, expected, found, .. } => {
                        format!("`{field}` takes {expected}, not {found}")
                    }
                    ProblemKind::BadEnum { field, value, suggestion, .. } => {
                        format!("`{field}` is {value}, {}", suggestion.as_deref().unwrap_or("-"))
                    }
                };
                format!("{}: {what}{container}", &text[problem.span.range()])
            })
            .collect()
    }

    #[test]
    fn the_embedded_schema_compiles_and_marks_read_only_fields() {
        assert!(shape().validator.is_some());
        assert!(is_read_only("revision") && is_read_only("taskDefinitionArn"));
        assert!(!is_read_only("family") && !is_read_only("nothing"));
    }

    #[test]
    fn a_sound_definition_has_no_problem() {
        let text = r#"{"family": "web", "cpu": "256", "memory": "512", "networkMode": "awsvpc", "revision": 3,
            "requiresCompatibilities": ["FARGATE"], "tags": [{"key": "a", "value": "b"}],
            "volumes": [{"name": "v", "dockerVolumeConfiguration": {"driverOpts": {"anything": "x"}}}],
            "containerDefinitions": [{"name": "web", "image": "a:1", "cpu": 0, "essential": true, "memory": null,
              "environment": [{"name": "A", "value": "1"}], "dockerLabels": {"any.label": "x"},
              "logConfiguration": {"logDriver": "awslogs", "options": {"any-option": "x"}},
              "healthCheck": {"command": ["CMD", "true"], "startPeriod": 10},
              "portMappings": [{"containerPort": 80, "protocol": "tcp"}]}]}"#;
        assert_eq!(problems(text), Vec::<String>::new());
    }

    #[test]
    fn each_problem_stands_at_its_place() {
        let text = r#"{"family": "web", "cpu": 256, "networkmode": "awsvpc", "requiresCompatibilities": ["FARGAT"],
            "containerDefinitions": [{"name": "web", "image": "a:1", "cpu": "256", "essential": "true", "enviroment": [],
              "logConfiguration": {"logDriver": "awslog", "option": {}}, "environment": {"A": "b"},
              "portMappings": [{"containerPort": 80.5}], "completelyDifferent": 1}]}"#;
        assert_eq!(
            problems(text),
            [
                "256: `cpu` takes a string, not a whole number",
                "\"networkmode\": no `networkmode` at ``, networkMode",
                "\"FARGAT\": `requiresCompatibilities[0]` is FARGAT, FARGATE",
                "\"256\": `containerDefinitions[0].cpu` takes a whole number, not a string in web",
                "\"true\": `containerDefinitions[0].essential` takes true or false, not a string in web",
                "\"enviroment\": no `enviroment` at `containerDefinitions[0]`, environment in web",
                "\"awslog\": `containerDefinitions[0].logConfiguration.logDriver` is awslog, awslogs in web",
                "\"option\": no `option` at `containerDefinitions[0].logConfiguration`, options in web",
                "{\"A\": \"b\"}: `containerDefinitions[0].environment` takes a list, not an object in web",
                "80.5: `containerDefinitions[0].portMappings[0].containerPort` takes a whole number, not a number in web",
                "\"completelyDifferent\": no `completelyDifferent` at `containerDefinitions[0]`, - in web",
            ]
        );
        assert_eq!(
            problems(r#"[{"name": "web", "image": "a", "cpu": "1", "memroy": 2}]"#),
            [
                "\"1\": `containerDefinitions[0].cpu` takes a whole number, not a string in web",
                "\"memroy\": no `memroy` at `containerDefinitions[0]`, memory in web"
            ]
        );
        assert_eq!(problems(r#"{"containerDefinitions": "x"}"#).len(), 1);
    }

    #[test]
    fn unknown_parts_have_no_problem_but_their_names_are_checked() {
        let mut value = read(r#"[{"name": "web", "cpu": 1, "oops": 1, "command": ["a", "b"]}, 1]"#);
        let unknown = |value: &Value| {
            Value::unknown(Cause::MissingVariable { name: "x".into() }, Origin::at(value.span()))
        };
        let Kind::Sequence(list) = &mut value.kind else { panic!() };
        let list = std::sync::Arc::make_mut(list);
        list.items[1] = unknown(&list.items[1]);
        let Kind::Mapping(container) = &mut list.items[0].kind else { panic!() };
        let container = std::sync::Arc::make_mut(container);
        for key in ["cpu", "oops", "name"] {
            let entry = container.entries.get_mut(key).unwrap();
            entry.value = unknown(&entry.value);
        }
        let command = container.entries.get_mut("command").unwrap();
        let Kind::Sequence(items) = &mut command.value.kind else { panic!() };
        let items = std::sync::Arc::make_mut(items);
        items.items[0] = unknown(&items.items[0]);
        let found = check_containers(&value, Names::Exact);
        assert_eq!(found.len(), 1);
        assert!(matches!(&found[0].kind, ProblemKind::UnknownField { name, .. } if name == "oops"));
        assert_eq!(found[0].container, None);
    }

    #[test]
    fn terraform_names_may_have_any_case_and_values_stay_secret() {
        let mut value = read(
            r#"[{"Name": "web", "Image": "a", "Imag": "b", "logConfiguration": {"logDriver": "not-a-real-password-1"}}]"#,
        );
        value.sensitive = true;
        let found = check_containers(&value, Names::AnyCase);
        assert_eq!(found.len(), 2);
        assert!(!format!("{found:?}").contains("password"));
    }

    #[test]
    fn near_names_are_suggested() {
        let fields = ["image", "memory", "memoryReservation", "logConfiguration"];
        for (name, wanted) in [
            ("imgae", Some("image")),
            ("log_configuration", Some("logConfiguration")),
            ("Memory", Some("memory")),
            ("port", None),
            ("", None),
        ] {
            assert_eq!(closest(name, fields.into_iter()).as_deref(), wanted, "{name}");
        }
    }
}
