//! What evaluation found: `plimsoll/show/1`, the same for people, and the JSON form of an evaluated value.

use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use super::Style;
use crate::lint::secrets;
use crate::source::SourceMap;
use crate::terraform::{Diagnostic, Evaluation, Mode, Resource};
use crate::value::{Cause, Kind, Number, Unknown, Value};

/// What stands for a value that must not be shown.
const HIDDEN: &str = "(sensitive)";

/// An evaluated value: `{"value", "unknown", "sensitive", "causes", "partial"}`, empty members left out.
#[must_use]
pub fn evaluated(value: &Value) -> Json {
    let mut parts = Parts::default();
    let json = parts.json(value, "", "", false);
    let mut object = Map::new();
    object.insert("value".to_owned(), json);
    if !parts.unknown.is_empty() {
        object.insert("unknown".to_owned(), Json::from(parts.unknown));
    }
    if !parts.sensitive.is_empty() {
        object.insert("sensitive".to_owned(), Json::from(parts.sensitive));
    }
    if !parts.causes.is_empty() {
        object.insert("causes".to_owned(), Json::Object(parts.causes));
    }
    if !parts.partial.is_empty() {
        object.insert("partial".to_owned(), Json::Object(parts.partial));
    }
    Json::Object(object)
}

/// `{"error": "…"}`
#[must_use]
pub fn error_object(diagnostic: &Diagnostic) -> Json {
    json!({ "error": diagnostic.message })
}

/// Lists of JSON pointers, gathered while a value is written.
#[derive(Default)]
struct Parts {
    unknown: Vec<String>,
    sensitive: Vec<String>,
    causes: Map<String, Json>,
    partial: Map<String, Json>,
}

impl Parts {
    /// `name` is the key the value stands under; `hidden` that it lies inside something sensitive.
    fn json(&mut self, value: &Value, pointer: &str, name: &str, hidden: bool) -> Json {
        if value.sensitive && !hidden {
            self.sensitive.push(pointer.to_owned());
        }
        if let Kind::Unknown(unknown) = &value.kind {
            return self.unknown(unknown, pointer, hidden || value.sensitive);
        }
        if value.sensitive || hidden {
            return Json::from(HIDDEN);
        }
        match &value.kind {
            Kind::Null(_) | Kind::Unknown(_) => Json::Null,
            Kind::Bool(value) => Json::Bool(*value),
            Kind::Number(number) => number_of(number),
            Kind::String(text) => shown(name, text.as_str()),
            Kind::Sequence(sequence) => {
                let items = sequence.items.iter().enumerate();
                let list = items
                    .map(|(at, item)| self.json(item, &format!("{pointer}/{at}"), name, false))
                    .collect();
                if let Some(rest) = &sequence.rest {
                    self.unknown.push(format!("{pointer}/-"));
                    self.causes.insert(format!("{pointer}/-"), causes(rest.causes.iter()));
                }
                Json::Array(list)
            }
            Kind::Mapping(mapping) => {
                let pair = pair_name(value);
                let mut object = Map::new();
                for (key, entry) in &mapping.entries {
                    let at = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                    // The value of `{name = "DB_PASSWORD", value = …}` is judged by that name.
                    let name = if &**key == "value" { pair.as_deref().unwrap_or(key) } else { key };
                    object.insert(key.to_string(), self.json(&entry.value, &at, name, false));
                }
                if let Some(rest) = &mapping.rest {
                    self.unknown.push(format!("{pointer}/-"));
                    self.causes.insert(format!("{pointer}/-"), causes(rest.causes.iter()));
                }
                Json::Object(object)
            }
        }
    }

    fn unknown(&mut self, unknown: &Unknown, pointer: &str, hidden: bool) -> Json {
        self.unknown.push(pointer.to_owned());
        self.causes.insert(pointer.to_owned(), causes(unknown.causes.iter()));
        if !hidden {
            let mut known = Map::new();
            if !unknown.alternatives.is_empty() {
                let list: Vec<Json> = unknown.alternatives.iter().map(evaluated).collect();
                known.insert("alternatives".to_owned(), Json::Array(list));
            }
            if let Some(prefix) = &unknown.prefix {
                known.insert("prefix".to_owned(), shown("", prefix));
            }
            if let Some(crate::value::Built::Json(inner)) = unknown.built.as_deref() {
                known.insert("json".to_owned(), evaluated(inner));
            }
            if !known.is_empty() {
                self.partial.insert(pointer.to_owned(), Json::Object(known));
            }
        }
        Json::Null
    }
}

/// A number with every digit; an infinite one has no JSON form.
fn number_of(number: &Number) -> Json {
    number.to_json().and_then(|digits| digits.parse().ok()).map_or(Json::Null, Json::Number)
}

/// The `name` beside a `value`, as ECS writes environment variables.
fn pair_name(value: &Value) -> Option<String> {
    value.as_mapping()?.entries.get("name")?.value.as_str().map(str::to_owned)
}

/// A string, unless it is a secret; what looks like one inside a longer text is hidden there.
fn shown(name: &str, text: &str) -> Json {
    if secrets::classify(name, text).is_some() {
        return Json::from(HIDDEN);
    }
    let ranges = secrets::find(text);
    if ranges.is_empty() {
        return Json::from(text);
    }
    let mut clean = String::new();
    let mut from = 0;
    for range in ranges {
        clean.push_str(text.get(from..range.start).unwrap_or_default());
        clean.push_str(HIDDEN);
        from = range.end;
    }
    clean.push_str(text.get(from..).unwrap_or_default());
    Json::from(clean)
}

fn causes<'a>(causes: impl Iterator<Item = &'a Cause>) -> Json {
    Json::Array(causes.map(|cause| json!({ "kind": cause.kind(), "name": cause.name() })).collect())
}

fn errors(evaluation: &Evaluation) -> impl Iterator<Item = &Diagnostic> {
    let undeclared = evaluation.undeclared.iter().map(|undeclared| &undeclared.diagnostic);
    evaluation.diagnostics.iter().chain(undeclared)
}

/// Writes `plimsoll/show/1`.
///
/// # Errors
/// When the stream fails.
pub fn json(evaluation: &Evaluation, sources: &SourceMap, out: &mut dyn Write) -> io::Result<()> {
    let resources: Vec<Json> =
        evaluation.resources.iter().map(|resource| of_resource(resource, sources)).collect();
    let named = |values: &[(std::sync::Arc<str>, Value)]| {
        Json::Object(values.iter().map(|(name, value)| (name.to_string(), evaluated(value))).collect())
    };
    let errors: Vec<Json> = errors(evaluation)
        .map(|diagnostic| {
            json!({
                "file": sources.name(diagnostic.span.file),
                "line": sources.position(diagnostic.span).line,
                "message": diagnostic.message,
            })
        })
        .collect();
    let document = json!({
        "schema": "plimsoll/show/1",
        "resources": resources,
        "outputs": named(&evaluation.outputs),
        "variables": named(&evaluation.variables),
        "errors": errors,
    });
    super::json::write(&document, out)
}

fn of_resource(resource: &Resource, sources: &SourceMap) -> Json {
    let mut object = Map::new();
    let mode = match resource.mode {
        Mode::Managed => "managed",
        Mode::Data => "data",
    };
    object.insert("address".to_owned(), Json::from(&*resource.address));
    object.insert("type".to_owned(), Json::from(&*resource.ty));
    object.insert("mode".to_owned(), Json::from(mode));
    object.insert("module".to_owned(), Json::from(&*resource.module));
    object.insert("file".to_owned(), Json::from(sources.name(resource.header.file)));
    object.insert("line".to_owned(), Json::from(sources.position(resource.header).line));
    let Json::Object(mut body) = evaluated(&resource.body) else { return Json::Object(object) };
    object.insert("attributes".to_owned(), body.remove("value").unwrap_or_default());
    for list in ["unknown", "sensitive"] {
        object.insert(list.to_owned(), body.remove(list).unwrap_or_else(|| Json::Array(Vec::new())));
    }
    object.extend(body);
    Json::Object(object)
}

/// Writes the evaluation as indented text.
///
/// # Errors
/// When the stream fails.
pub fn human(
    evaluation: &Evaluation,
    sources: &SourceMap,
    _style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    for resource in &evaluation.resources {
        let place = sources.position(resource.header);
        line(out, &format!("{}  ({}:{})", resource.address, sources.name(resource.header.file), place.line))?;
        if let crate::terraform::Multiplicity::Between { low, high, .. } = &resource.multiplicity {
            let high = high.map_or_else(|| "any number".to_owned(), |high| high.to_string());
            line(out, &format!("  # between {low} and {high} of these"))?;
        }
        members(&resource.body, out)?;
    }
    for (title, values) in [("variables", &evaluation.variables), ("outputs", &evaluation.outputs)] {
        if !values.is_empty() {
            line(out, title)?;
        }
        for (name, value) in values {
            line(out, &format!("  {name} = {}", text(name, value)))?;
        }
    }
    for diagnostic in errors(evaluation) {
        let place = sources.position(diagnostic.span);
        line(
            out,
            &format!(
                "error at {}:{}: {}",
                sources.name(diagnostic.span.file),
                place.line,
                diagnostic.message
            ),
        )?;
    }
    Ok(())
}

fn members(body: &Value, out: &mut dyn Write) -> io::Result<()> {
    for (name, entry) in body.as_mapping().map(|mapping| &mapping.entries).into_iter().flatten() {
        line(out, &format!("  {name} = {}", text(name, &entry.value)))?;
    }
    Ok(())
}

/// Writes a line that is safe to show.
fn line(out: &mut dyn Write, words: &str) -> io::Result<()> {
    writeln!(out, "{}", super::text::line(words))
}

/// A value on one line, unknown parts with their cause.
fn text(name: &str, value: &Value) -> String {
    let mut parts = Parts::default();
    let json = parts.json(value, "", name, false);
    if let Kind::Unknown(unknown) = &value.kind {
        let why: Vec<String> = unknown.causes.iter().map(ToString::to_string).collect();
        return format!("(unknown: {})", why.join(", "));
    }
    let mut line = json.to_string();
    if !parts.unknown.is_empty() {
        line.push_str(&format!("  # unknown: {}", parts.unknown.join(", ")));
    }
    line
}
