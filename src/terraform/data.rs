//! Results of data sources, and of Terraform's own resource, that can be told from the files.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::config::ResourceConfig;
use super::eval::{Evaluator, combine};
use super::instance::Instance;
use super::policy;
use crate::value::{Cause, Causes, Entries, Entry, Kind, Mapping, Origin, Step, Type, Unknown, Value};

/// The body of a data source with the results that are known.
pub(crate) fn results(
    evaluator: &Evaluator<'_>,
    instance: &Rc<Instance>,
    config: &ResourceConfig,
    body: &Value,
    address: &Arc<str>,
) -> Value {
    let mut added: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    match &*config.ty {
        "aws_region" => {
            if let Some(region) =
                region(evaluator, instance, config, body).filter(|region| region.as_str().is_some())
            {
                for name in ["name", "region", "id"] {
                    added.insert(name.into(), region.clone());
                }
            }
        }
        "aws_partition" => {
            let region = region(evaluator, instance, config, body);
            let origin = region.as_ref().map_or_else(|| body.origin.clone(), |region| region.origin.clone());
            match region.as_ref().and_then(Value::as_str) {
                Some(region) => {
                    let (partition, suffix) = partition_of(region);
                    for (name, text) in [("partition", partition), ("id", partition), ("dns_suffix", suffix)]
                    {
                        added.insert(name.into(), Value::string(text, origin.clone()));
                    }
                }
                None => {
                    let choices =
                        PARTITIONS.iter().map(|(_, name, _)| Value::string(*name, origin.clone())).collect();
                    let cause = Cause::Data { address: address.clone(), attribute: "partition".into() };
                    added.insert("partition".into(), combine(choices, Causes::one(cause), origin));
                }
            }
        }
        "aws_iam_policy_document" => {
            let json = policy::json(body);
            added.insert("minified_json".into(), hidden_text(&json));
            added.insert("json".into(), json);
        }
        "template_file" => {
            let template = body.member("template");
            let none = Value::object(Entries::new(), body.origin.clone());
            let variables = body.member("vars").unwrap_or(none);
            // Terraform 0.11 wrote `vars` as a block.
            let variables = variables.item(0).unwrap_or(variables);
            if let Some(template) = template {
                let span = template.span();
                let rendered = evaluator.template_string(&template, &variables, span);
                added.insert("rendered".into(), evaluator.settle(rendered, span));
            }
        }
        "local_file" => {
            if let Some(content) = body.member("filename").and_then(|name| evaluator.file_text(&name)) {
                added.insert("content".into(), content);
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
            entries.fill(&name, || Entry { key_span: None, value: result });
        }
        value.kind = Kind::Mapping(Arc::new(Mapping { entries, ..Mapping::clone(mapping) }));
    }
    value
}

/// Region prefixes with partition and domain, as AWS documents them; the last row is for all other regions.
const PARTITIONS: [(&str, &str, &str); 8] = [
    ("cn-", "aws-cn", "amazonaws.com.cn"),
    ("us-gov-", "aws-us-gov", "amazonaws.com"),
    ("us-iso-", "aws-iso", "c2s.ic.gov"),
    ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
    ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
    ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
    ("eusc-", "aws-eusc", "amazonaws.eu"),
    ("", "aws", "amazonaws.com"),
];

fn partition_of(region: &str) -> (&'static str, &'static str) {
    let row = PARTITIONS.iter().find(|(prefix, _, _)| region.starts_with(prefix));
    row.map_or(("aws", "amazonaws.com"), |(_, name, suffix)| (name, suffix))
}

/// The region that a data source reads: its own argument, or that of its provider.
fn region(
    evaluator: &Evaluator<'_>,
    instance: &Rc<Instance>,
    config: &ResourceConfig,
    body: &Value,
) -> Option<Value> {
    let own = body
        .member("region")
        .filter(|region| !region.is_null())
        .or_else(|| if &*config.ty == "aws_region" { body.member("name") } else { None });
    own.or_else(|| evaluator.provider_of(instance, config).and_then(|provider| provider.member("region")))
}

/// The same JSON in another layout: the structure is known, the text is not worked out.
fn hidden_text(json: &Value) -> Value {
    let built = match &json.kind {
        Kind::String(text) => text.built.clone(),
        Kind::Unknown(unknown) => unknown.built.clone(),
        _ => None,
    };
    let cause = Cause::Unsupported { what: "minified_json".into() };
    let mut unknown = Unknown::of_type(json.causes(), Type::String);
    unknown.causes.add(cause);
    unknown.not_null = true;
    unknown.built = built;
    Value::from_unknown(unknown, json.origin.clone())
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
    entries.fill("input", null);
    entries.fill("triggers_replace", null);
    entries.insert("id".into(), computed("id", Type::String, true));
    entries
        .insert("output".into(), if has_input { computed("output", Type::Dynamic, false) } else { null() });
    Value::new(Kind::Mapping(Arc::new(Mapping { entries, ..Mapping::clone(mapping) })), body.origin.clone())
}
