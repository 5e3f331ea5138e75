//! The JSON Schema of rule files. It follows the tables that read them: keys, kinds, attributes, operators.

use serde_json::{Value, json};

use crate::lint::declared::operator::{OPERATORS, Takes};
use crate::lint::declared::tables::{SELECTABLE, names};

/// The schema (JSON Schema 2020-12) of one rule file.
#[must_use]
pub fn rule_schema() -> Value {
    let severity = json!({"enum": ["error", "warning", "info"]});
    let by_stage = json!({"enum": ["off", "error", "warning", "info"]});
    let words = |description: &str| json!({"type": "string", "minLength": 1, "description": description});
    let texts = json!({"type": "array", "items": {"type": "string"}});
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A rule of Plimsoll",
        "type": "object",
        "additionalProperties": false,
        "required": ["id", "title", "severity"],
        "properties": {
            "id": {
                "type": "string", "pattern": "^[a-z][a-z0-9-]{0,79}$",
                "description": "Names the bad pattern; no built-in rule may have it."
            },
            "family": words("Rules are listed by family; `own` where not written."),
            "title": words("What is wrong, in a few words."),
            "severity": severity,
            "profile": {"enum": ["default", "strict"], "description": "`strict` rules run with --profile strict."},
            "stage": {
                "type": "object", "additionalProperties": false,
                "required": ["production", "non-production", "unknown"],
                "properties": {"production": by_stage, "non-production": by_stage, "unknown": by_stage},
                "description": "Severity by stage, where it differs; `off` for no finding."
            },
            "inputs": texts,
            "fix": {"enum": ["none", "safe", "unsafe"]},
            "aliases": texts,
            "links": texts,
            "rationale": words("Why it matters, Markdown."),
            "remediation": words("What to do, Markdown."),
            "ignore_when": words("When it is right to ignore the rule, Markdown."),
            "examples": {"type": "array", "items": {"$ref": "#/$defs/example"}},
            "check": {
                "oneOf": [{"$ref": "#/$defs/check"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/check"}}]
            }
        },
        "$defs": {
            "check": check(&severity),
            "condition": condition(),
            "example": example(&severity)
        }
    })
}

fn check(severity: &Value) -> Value {
    let kinds: Vec<&str> = names().collect();
    let message = |description: &str| {
        json!({"type": "string", "minLength": 1, "description":
            format!("{description} `{{attribute}}` puts in a value.")})
    };
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["message"],
        "oneOf": [{"required": ["select"]}, {"required": ["resource"]}],
        "anyOf": [{"required": ["require"]}, {"required": ["forbid"]}],
        "not": {"required": ["require", "forbid"]},
        "properties": {
            "select": {
                "description": "The kinds of things looked at, whatever files they come from.",
                "oneOf": [{"enum": kinds}, {"type": "array", "minItems": 1, "items": {"enum": kinds}}]
            },
            "resource": {
                "description": "Terraform resource types, looked at argument by argument.",
                "oneOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": {"type": "string"}}]
            },
            "each": {"type": "string", "description": "A list whose items are looked at one by one."},
            "when": {"$ref": "#/$defs/condition", "description": "Where the check applies."},
            "require": {"$ref": "#/$defs/condition", "description": "What must be."},
            "forbid": {"$ref": "#/$defs/condition", "description": "What must not be."},
            "at": {"type": "string", "description": "The attribute to blame."},
            "message": message("What is wrong, one sentence without a full stop."),
            "message_absent": message("The message where the blamed attribute is not written."),
            "help": message("What to do."),
            "severity": severity,
            "fix": {
                "type": "object", "additionalProperties": false, "required": ["set", "value"],
                "description": "Sets an argument of the resource, or a field of the container.",
                "properties": {
                    "set": {"type": "string", "description": "The argument, as the file names it."},
                    "value": {"type": ["string", "integer", "boolean"]},
                    "applicability": {"enum": ["safe", "unsafe"], "description": "`unsafe` where not written."}
                }
            }
        }
    })
}

fn condition() -> Value {
    let mut attributes: Vec<&str> = SELECTABLE
        .iter()
        .flat_map(|selectable| (selectable.kind)().attributes.iter().map(|attribute| attribute.name))
        .collect();
    attributes.sort_unstable();
    attributes.dedup();
    let operators: Vec<&str> = OPERATORS.iter().map(|(name, ..)| *name).collect();
    let scalar = json!({"type": ["string", "number", "boolean"]});
    let by_operand: Vec<Value> = [
        Takes::Nothing,
        Takes::Scalar,
        Takes::Text,
        Takes::Number,
        Takes::Count,
        Takes::Range,
        Takes::List,
    ]
    .into_iter()
    .map(|takes| {
        let of: Vec<&str> = OPERATORS
            .iter()
            .filter(|(.., takes_this)| *takes_this == takes)
            .map(|(name, ..)| *name)
            .collect();
        let then = match takes {
            Takes::Nothing => json!({"not": {"required": ["value"]}}),
            Takes::Scalar | Takes::Text => json!({"required": ["value"], "properties": {"value": scalar}}),
            Takes::Number => json!({"required": ["value"], "properties": {"value": {"type": "number"}}}),
            Takes::Count => {
                json!({"required": ["value"], "properties": {"value": {"type": "integer", "minimum": 0}}})
            }
            Takes::Range => json!({"required": ["value"], "properties": {"value":
                {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "number"}}}}),
            Takes::List => json!({"required": ["value"], "properties": {"value":
                {"oneOf": [scalar, {"type": "array", "minItems": 1, "items": scalar}]}}}),
        };
        json!({"if": {"required": ["operator"], "properties": {"operator": {"enum": of}}}, "then": then})
    })
    .collect();
    let inner = json!({"$ref": "#/$defs/condition"});
    let several = json!({"type": "array", "minItems": 1, "items": inner});
    let exactly = |key: &str, more: Value| {
        let mut properties = json!({ key: true });
        if let (Some(into), Some(more)) = (properties.as_object_mut(), more.as_object()) {
            into.extend(more.clone());
        }
        json!({"required": [key], "properties": properties, "additionalProperties": false})
    };
    let with_where = || json!({"where": true});
    json!({
        "oneOf": [
            several,
            {
                "type": "object",
                "properties": {
                    "all": several,
                    "any": several,
                    "not": inner,
                    "attribute": {
                        "type": "string", "minLength": 1,
                        "description": "Names with dots between them; `*` for every item of a list.",
                        "anyOf": [{"enum": attributes}, {"type": "string"}]
                    },
                    "operator": {"enum": operators},
                    "value": {},
                    "default": scalar,
                    "match": {"enum": ["any", "every"]},
                    "some": {"type": "string"},
                    "every": {"type": "string"},
                    "none": {"type": "string"},
                    "where": inner,
                    "connected_to": {"type": "string"},
                    "not_connected_to": {"type": "string"}
                },
                "oneOf": [
                    exactly("all", json!({})),
                    exactly("any", json!({})),
                    exactly("not", json!({})),
                    {
                        "required": ["attribute", "operator"],
                        "properties":
                            {"attribute": true, "operator": true, "value": true, "default": true, "match": true},
                        "additionalProperties": false
                    },
                    exactly("some", with_where()),
                    exactly("every", with_where()),
                    exactly("none", with_where()),
                    exactly("connected_to", with_where()),
                    exactly("not_connected_to", with_where())
                ],
                "allOf": by_operand
            }
        ]
    })
}

fn example(severity: &Value) -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["name", "verdict", "files"],
        "properties": {
            "name": {"type": "string"},
            "verdict": {"enum": ["bad", "good", "undecided"]},
            "files": {
                "type": "object", "minProperties": 1,
                "additionalProperties": {"type": "string"},
                "description": "Texts by path."
            },
            "args": {"type": "array", "items": {"type": "string"}, "description": "Flags such as --stage production."},
            "expect": {
                "type": "array",
                "items": {
                    "type": "object", "additionalProperties": false,
                    "required": ["file", "line", "message"],
                    "properties": {
                        "file": {"type": "string"},
                        "line": {"type": "integer", "minimum": 1},
                        "severity": severity,
                        "message": {"type": "string", "description": "A part of the message."}
                    }
                }
            },
            "cause": {"type": "string", "description": "Kind of the cause: missing-variable, computed, data …"}
        }
    })
}
