//! The JSON Schema of `plimsoll.yaml`, for completion and checks in editors.

use serde_json::{Map, Value, json};

use super::environments::HOURS;
use crate::cost::options::OPTIONS;
use crate::cost::usage;
use crate::lint::Catalogue;

/// JSON Schema 2020-12 of the configuration file.
#[must_use]
pub fn config_schema() -> Value {
    let severity = json!({"enum": ["off", "error", "warning", "info", false]});
    let stage = json!({"enum": ["production", "non-production"]});
    let one_or_more = |item: Value| json!({"anyOf": [item, {"type": "array", "items": item}]});
    let text = json!({"type": "string", "minLength": 1});
    let catalogue = Catalogue::default();
    let rules: Map<String, Value> = catalogue
        .infos()
        .map(|info| (info.id.to_string(), json!({"$ref": "#/$defs/severity", "description": &*info.title})))
        .collect();
    // Rules of the user's own have ids that no schema can list.
    let by_rule =
        json!({"type": "object", "properties": rules, "additionalProperties": {"$ref": "#/$defs/severity"}});
    let mut usage = usage::schema();
    let of_usage = usage.as_object_mut().map(std::mem::take).unwrap_or_default();
    let mut definitions = match of_usage.get("$defs") {
        Some(Value::Object(definitions)) => definitions.clone(),
        _ => Map::new(),
    };
    let of_usage: Map<String, Value> = of_usage
        .into_iter()
        .filter(|(key, _)| !matches!(key.as_str(), "$defs" | "$schema" | "title"))
        .collect();
    definitions.insert("usage".to_owned(), Value::Object(of_usage));
    definitions.insert("severity".to_owned(), severity);
    definitions.insert("by_rule".to_owned(), by_rule);
    let options: Vec<&str> = OPTIONS.iter().map(|option| option.name).collect();
    let hours = json!({"type": ["string", "number"], "description": HOURS});
    let ignore = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["rule"],
        "properties": {
            "rule": {"type": "string", "description": "id of a rule, or of the same check in another tool"},
            "path": {"type": "string", "description": "pattern, relative to this file"},
            "resource": {"type": "string", "description": "pattern over addresses"},
            "reason": text,
            "until": {"type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}$"}
        }
    });
    let entries = json!({"type": "array", "items": ignore});
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "plimsoll.yaml",
        "type": ["object", "null"],
        "additionalProperties": false,
        "properties": {
            "region": {"type": "string", "description": "used where the files name none"},
            "stage": stage,
            "profile": {"enum": ["default", "strict"]},
            "hours": hours,
            "fail_on": {"enum": ["error", "warning", "info", "never"]},
            "rules": {"$ref": "#/$defs/by_rule"},
            "overrides": {
                "description": "severities by path, stage and environment; the last that matches counts",
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["rules"],
                    "properties": {
                        "paths": one_or_more(text.clone()),
                        "stage": one_or_more(json!({"enum": ["production", "non-production", "unknown"]})),
                        "environment": one_or_more(text.clone()),
                        "rules": {"$ref": "#/$defs/by_rule", "description": "`all` stands for every rule"}
                    }
                }
            },
            "ignore": {"anyOf": [
                entries,
                {
                    "type": "object",
                    "additionalProperties": false,
                    "properties": {
                        "foreign": {"type": "boolean", "description": "whether comments for other tools are honoured"},
                        "entries": entries
                    }
                }
            ]},
            "baseline": {"type": "string", "description": "baseline file, relative to this file"},
            "rule_paths": one_or_more(text.clone()),
            "environments": {
                "type": "object",
                "additionalProperties": {
                    "type": "object",
                    "additionalProperties": false,
                    "properties": {
                        "var_files": one_or_more(text.clone()),
                        "workspace": text,
                        "stage": stage,
                        "hours": hours,
                        "roots": one_or_more(text.clone())
                    }
                }
            },
            "scenarios": {
                "type": "object",
                "additionalProperties": {
                    "type": "object",
                    "additionalProperties": false,
                    "properties": {
                        "title": text,
                        "environment": text,
                        "variables": {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}},
                        "usage": {"$ref": "#/$defs/usage"},
                        "region": text,
                        "options": one_or_more(json!({"enum": options}))
                    }
                }
            },
            "budgets": one_or_more(json!({
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "environment": text,
                    "max_monthly": {"type": ["number", "string"], "description": "USD a month"},
                    "max_increase": {"type": ["number", "string"], "description": "USD a month, or a percentage such as 10%"},
                    "on": {"enum": ["expected", "high"]}
                }
            })),
            "limits": {
                "type": "object",
                "additionalProperties": false,
                "properties": {"instances": {"type": "integer", "minimum": 1, "maximum": 100_000}}
            },
                "usage": {"$ref": "#/$defs/usage"}
            },
        "$defs": definitions
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The schema names the keys that are read, and no others.
    #[test]
    fn the_schema_has_every_key() {
        let schema = config_schema();
        let mut named: Vec<&str> =
            schema.pointer("/properties").unwrap().as_object().unwrap().keys().map(String::as_str).collect();
        let mut read = super::super::load::KEYS.to_vec();
        named.sort_unstable();
        read.sort_unstable();
        assert_eq!(named, read);
    }
}
