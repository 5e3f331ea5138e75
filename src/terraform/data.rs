//! Results of data sources, and of Terraform's own resource, that can be told from the files.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::config::ResourceConfig;
use super::eval::Evaluator;
use super::instance::Instance;
use crate::value::{Cause, Causes, Entry, Kind, Mapping, Origin, Step, Type, Unknown, Value};

/// The body of a data source with the results that are known.
pub(crate) fn results(
    evaluator: &Evaluator<'_>,
    instance: &Rc<Instance>,
    config: &ResourceConfig,
    body: &Value,
) -> Value {
    let mut added: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    match &*config.ty {
        "aws_region" => {
            let region = body.member("region").or_else(|| body.member("name")).or_else(|| {
                evaluator.provider_of(instance, config).and_then(|provider| provider.member("region"))
            });
            if let Some(region) = region.filter(|region| region.as_str().is_some()) {
                for name in ["name", "region", "id"] {
                    added.insert(name.into(), region.clone());
                }
            }
        }
        _ => {}
    }
    if added.is_empty() {
        return body.clone();
    }
    let mut value = body.clone();
    if let Kind::Mapping(mapping) = &body.kind {
        let mut entries = mapping.entries.clone();
        for (name, result) in added {
            entries.entry(name).or_insert(Entry { key_span: None, value: result });
        }
        value.kind = Kind::Mapping(Arc::new(Mapping { entries, ..Mapping::clone(mapping) }));
    }
    value
}

/// The attributes of a `terraform_data` resource: it has four, and its `id` is never null.
pub(crate) fn terraform_data(body: &Value, address: &Arc<str>) -> Value {
    let Kind::Mapping(mapping) = &body.kind else { return body.clone() };
    let mut entries = mapping.entries.clone();
    let computed = |attribute: &str, ty: Type, not_null: bool| {
        let cause = Cause::Computed { address: address.clone(), attribute: attribute.into() };
        let mut unknown = Unknown::of_type(Causes::one(cause), ty);
        unknown.not_null = not_null;
        let way = Step::Attribute { address: address.clone(), attribute: attribute.into() };
        Entry {
            key_span: None,
            value: Value::from_unknown(unknown, body.origin.clone()).via(way, body.span()),
        }
    };
    let null = || Entry { key_span: None, value: Value::null(Origin::at(body.span())) };
    let has_input = entries.get("input").is_some_and(|input| !input.value.is_null());
    entries.entry("input".into()).or_insert_with(null);
    entries.entry("triggers_replace".into()).or_insert_with(null);
    entries.insert("id".into(), computed("id", Type::String, true));
    entries
        .insert("output".into(), if has_input { computed("output", Type::Dynamic, false) } else { null() });
    Value::new(Kind::Mapping(Arc::new(Mapping { entries, ..Mapping::clone(mapping) })), body.origin.clone())
}
