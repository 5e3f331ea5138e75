//! The JSON Schema of a usage file, made from the keys.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::keys::{self, Amount, KEYS, UsageKey};

/// The schema of `usage:` in `plimsoll.yaml` and of files for `--usage`.
#[must_use]
pub fn schema() -> Value {
    let mut types: BTreeMap<&str, Value> = BTreeMap::new();
    for ty in KEYS.iter().flat_map(|key| key.types.iter().copied()) {
        types.entry(ty).or_insert_with(|| quantities(ty));
    }
    let by_address: Map<String, Value> = types
        .keys()
        .map(|ty| {
            let pattern = format!(r"^(module\..+\.)?{ty}\.[^.\[\]]+(\[.+\])?$");
            (pattern, json!({"$ref": format!("#/$defs/{ty}")}))
        })
        .collect();
    let by_type: Map<String, Value> =
        types.keys().map(|ty| ((*ty).to_owned(), json!({"$ref": format!("#/$defs/{ty}")}))).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "plimsoll usage: how much is used a month, by resource address",
        "type": ["object", "null"],
        "properties": {
            "defaults": {
                "description": "Quantities by resource type, for every address that does not say its own",
                "type": ["object", "null"],
                "properties": by_type,
                "additionalProperties": false,
            },
        },
        "patternProperties": by_address,
        "additionalProperties": false,
        "$defs": types,
    })
}

fn quantities(ty: &str) -> Value {
    let properties: Map<String, Value> =
        keys::of_type(ty).map(|key| (key.key.to_owned(), quantity(key))).collect();
    json!({"type": ["object", "null"], "properties": properties, "additionalProperties": false})
}

fn quantity(key: &UsageKey) -> Value {
    let mut schema = match key.amount {
        Amount::Any => json!({"type": "number", "minimum": 0}),
        Amount::Whole => json!({"type": "integer", "minimum": 1}),
        Amount::Share => json!({"type": "number", "minimum": 0, "maximum": 1}),
        Amount::Hours => json!({"type": "number", "minimum": 0, "maximum": 744}),
        Amount::Positive => json!({"type": "number", "exclusiveMinimum": 0}),
    };
    if let Value::Object(members) = &mut schema {
        members.insert("description".to_owned(), Value::String(key.sentence()));
    }
    schema
}
