//! Data sources whose results can be told from the files.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::config::ResourceConfig;
use super::eval::Evaluator;
use super::instance::Instance;
use crate::value::{Entry, Kind, Mapping, Value};

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
