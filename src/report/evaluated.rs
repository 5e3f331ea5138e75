//! The JSON form of an evaluated value (DESIGN §4): the value, what is unknown in it and why.

use serde_json::{Map, Value as Json};

use super::veil::{HIDDEN, Veil};
use crate::lint::secrets::name_of;
use crate::value::{Built, Cause, Causes, Kind, Number, Rest, Unknown, Value};

/// An evaluated value: `{"value", "unknown", "sensitive", "causes", "partial"}`, empty members left out.
/// `address` is what the value is called, or a reference to it; its last name may tell a secret.
#[must_use]
pub fn evaluated(value: &Value, address: &str, veil: Veil<'_>) -> Json {
    let mut parts =
        Parts { veil, unknown: Vec::new(), sensitive: Vec::new(), causes: Map::new(), partial: Map::new() };
    let json = parts.json(value, "", super::show::last_name(address), false);
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

/// Lists of JSON pointers, gathered while a value is written.
struct Parts<'a> {
    veil: Veil<'a>,
    unknown: Vec<String>,
    sensitive: Vec<String>,
    causes: Map<String, Json>,
    partial: Map<String, Json>,
}

impl Parts<'_> {
    /// `name` is what the value is called; `hidden` that it is part of something sensitive.
    fn json(&mut self, value: &Value, pointer: &str, name: &str, hidden: bool) -> Json {
        if value.sensitive && !hidden {
            self.sensitive.push(pointer.to_owned());
        }
        let hidden = hidden || value.sensitive;
        if let Kind::Unknown(unknown) = &value.kind {
            let whole = hidden || self.veil.hides(name, value);
            return self.unknown(unknown, pointer, name, whole);
        }
        if hidden || self.veil.hides(name, value) {
            return Json::from(HIDDEN);
        }
        match &value.kind {
            Kind::Null(_) | Kind::Unknown(_) => Json::Null,
            Kind::Bool(value) => Json::Bool(*value),
            Kind::Number(number) => number_of(number),
            Kind::String(text) => Json::from(self.veil.text(text)),
            Kind::Sequence(sequence) => {
                let items = sequence.items.iter().enumerate();
                let list = items
                    .map(|(at, item)| self.json(item, &format!("{pointer}/{at}"), name, false))
                    .collect();
                self.rest(pointer, sequence.rest.as_deref());
                Json::Array(list)
            }
            Kind::Mapping(mapping) => {
                let mut object = Map::new();
                for (key, entry) in &mapping.entries {
                    let shown = self.veil.plain(key);
                    let at = format!("{pointer}/{}", shown.replace('~', "~0").replace('/', "~1"));
                    let json = self.json(&entry.value, &at, name_of(mapping, key), false);
                    object.insert(shown.into_owned(), json);
                }
                self.rest(pointer, mapping.rest.as_deref());
                Json::Object(object)
            }
        }
    }

    fn rest(&mut self, pointer: &str, rest: Option<&Rest>) {
        if let Some(rest) = rest {
            self.unknown.push(format!("{pointer}/-"));
            self.causes.insert(format!("{pointer}/-"), causes(&rest.causes, self.veil));
        }
    }

    fn unknown(&mut self, unknown: &Unknown, pointer: &str, name: &str, hidden: bool) -> Json {
        self.unknown.push(pointer.to_owned());
        self.causes.insert(pointer.to_owned(), causes(&unknown.causes, self.veil));
        if hidden {
            return Json::Null;
        }
        let mut known = Map::new();
        if !unknown.alternatives.is_empty() {
            let list = unknown.alternatives.iter().map(|value| evaluated(value, name, self.veil)).collect();
            known.insert("alternatives".to_owned(), Json::Array(list));
        }
        if let Some(prefix) = &unknown.prefix {
            known.insert("prefix".to_owned(), Json::from(self.veil.plain(prefix)));
        }
        if let Some(Built::Json(inner)) = unknown.built.as_deref() {
            known.insert("json".to_owned(), evaluated(inner, name, self.veil));
        }
        if !known.is_empty() {
            self.partial.insert(pointer.to_owned(), Json::Object(known));
        }
        Json::Null
    }
}

/// A number with every digit; an infinite one has no JSON form.
fn number_of(number: &Number) -> Json {
    number.to_json().and_then(|digits| digits.parse().ok()).map_or(Json::Null, Json::Number)
}

/// Causes as JSON: `[{"kind", "name"}]`, with `decide_with` for variables without a value.
fn causes(causes: &Causes, veil: Veil<'_>) -> Json {
    let one = |cause: &Cause| {
        let mut object = Map::new();
        object.insert("kind".to_owned(), Json::from(cause.kind()));
        object.insert("name".to_owned(), Json::from(cause.name()));
        if matches!(cause, Cause::MissingVariable { .. }) {
            object.insert("decide_with".to_owned(), Json::from(veil.decide_with(cause)));
        }
        Json::Object(object)
    };
    Json::Array(veil.causes(causes).iter().map(one).collect())
}
