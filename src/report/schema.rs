//! JSON Schemas of what the reports write, for programs that read them. What is written may grow: readers ignore
//! members they do not know.

use serde_json::Value;

use crate::cost::estimate::KINDS;

/// The shapes with a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `plimsoll/findings/1`
    Findings,
    /// `plimsoll/estimate/1`
    Estimate,
    /// `plimsoll/diff/1`
    Diff,
    /// `plimsoll/compare/1`
    Compare,
    /// `plimsoll/show/1`
    Show,
    /// `plimsoll/explain/1`
    Explain,
}

/// The schema of a shape, JSON Schema 2020-12.
#[must_use]
pub fn of(shape: Shape) -> Value {
    let text = match shape {
        Shape::Findings => include_str!("schema/findings.schema.json"),
        Shape::Estimate => include_str!("schema/estimate.schema.json"),
        Shape::Diff => include_str!("schema/diff.schema.json"),
        Shape::Compare => include_str!("schema/compare.schema.json"),
        Shape::Show => include_str!("schema/show.schema.json"),
        Shape::Explain => include_str!("schema/explain.schema.json"),
    };
    let mut schema: Value = serde_json::from_str(text).unwrap_or_default();
    if let Some(kind) = schema.pointer_mut("/$defs/resource/properties/kind/enum") {
        *kind = Value::from(KINDS);
    }
    schema
}
