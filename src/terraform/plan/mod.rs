//! Plans: the JSON of `terraform show -json` and `tofu show -json` to evaluated resources, in the same domain as
//! evaluated configurations. [`source`] completes a plan from the configuration beside it.

mod file;
mod links;
mod merge;
pub mod source;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::{Class, Diagnostic, Evaluation, Lifecycle, Mode, Multiplicity, Resource, provider};
use crate::source::{FileId, Span};
use crate::syntax::json;
use crate::syntax::tree::{Node, NodeKind};
use crate::value::{Cause, Causes, Entry, Number, Origin, Step, Value};
use file::{Change, Configuration, Deferred, Document, PriorState, Provider, ResourceChange, StateModule};
use links::{Links, Target};
use merge::{Mask, Merge, Words, Written};

/// A plan that was read.
#[derive(Debug, Default)]
pub struct Plan {
    /// The resources as they will be; what is broken in the file is among the diagnostics.
    pub evaluation: Evaluation,
    /// Parts of the file that repeat values without being read, sensitive ones among them: never to be shown.
    pub hidden: Vec<Span>,
}

/// Prefixes of ids that AWS gives one thing only.
const TYPED_IDS: [&str; 10] =
    ["sg-", "subnet-", "vpc-", "eipalloc-", "nat-", "vpce-", "igw-", "rtb-", "eni-", "sgr-"];

/// Reads the text of a plan. A text that is no plan gives no resources and says why in its diagnostics.
#[must_use]
pub fn read(text: &str, file: FileId, path: &Path) -> Plan {
    let mut plan = Plan::default();
    plan.evaluation.dir = path.to_path_buf();
    plan.evaluation.files = vec![path.to_path_buf()];
    let reader = Reader { text, file, words: Words::default() };
    if let Err(error) = reader.read(&mut plan) {
        plan.evaluation.diagnostics.push(reader.explain(&error));
    }
    plan
}

struct Reader<'a> {
    text: &'a str,
    file: FileId,
    words: Words,
}

/// A planned resource, before its values are merged.
struct Planned<'a> {
    change: ResourceChange<'a>,
    address: Arc<str>,
    header: Span,
    block: Span,
    data: bool,
    multiplicity: Multiplicity,
}

impl<'a> Reader<'a> {
    fn read(&self, plan: &mut Plan) -> Result<(), serde_json::Error> {
        let document: Document<'a> = serde_json::from_str(self.text)?;
        plan.hidden.extend(document.repeated().map(|part| self.span(part)));
        let mut variables = self.variables(&document)?;
        let mut planned = Vec::new();
        let changes = document.resource_changes.iter().flatten().map(|raw| (*raw, None));
        let deferred = document.deferred_changes.iter().flatten();
        let deferred = deferred.map(|deferred| (deferred.resource_change, Some(deferred)));
        for (raw, deferred) in changes.chain(deferred) {
            let change: ResourceChange<'a> = part(raw)?;
            // Ephemeral resources exist only while something runs.
            if !matches!(change.mode.as_deref(), None | Some("managed" | "data")) {
                plan.hidden.push(self.span(raw));
                continue;
            }
            plan.hidden.extend(change.change.before.map(|before| self.span(before)));
            if change.deposed.is_some() || !change.change.leaves_something() {
                plan.hidden.extend(change.change.after.map(|after| self.span(after)));
                continue;
            }
            let address = part::<String>(change.address)?;
            if let Some(previous) = &change.previous_address {
                plan.evaluation.moved.push((previous.clone(), address.clone()));
            }
            planned.push(Planned {
                address: Arc::from(address),
                header: self.span(change.address),
                block: self.span(raw),
                data: change.mode.as_deref() == Some("data"),
                multiplicity: deferred.map_or(Multiplicity::One, Deferred::multiplicity),
                change,
            });
        }
        let configuration = document.configuration.unwrap_or_default();
        for (name, value) in &mut variables {
            let declared = configuration.root_module.variables.get(&**name);
            if declared.is_some_and(|variable| variable.sensitive) {
                value.sensitive = true;
                plan.hidden.push(value.span());
            }
        }
        let links = Links::new(&configuration, planned.iter().map(|planned| &*planned.address));
        let known = known_names(&planned)?;
        let mut providers = Providers {
            configured: &configuration.provider_config,
            variables: &variables,
            span: Span::new(self.file, 0..1),
            made: HashMap::new(),
        };
        let resources = &mut plan.evaluation.resources;
        // One tree at a time: a plan may be large.
        for planned in &planned {
            resources.push(self.resource(planned, &links, &known, &mut providers)?);
        }
        if let Some(state) = document.prior_state {
            let state: PriorState<'a> = part(state)?;
            if let Some(root) = state.values.and_then(|values| values.root_module) {
                self.data_sources(&root, resources)?;
            }
        }
        resources.sort_by(|a, b| a.address.cmp(&b.address).then(a.header.cmp(&b.header)));
        // A data source that is read again stands in the changes and in the state; the first is newer.
        resources.dedup_by(|next, first| next.mode == Mode::Data && next.address == first.address);
        plan.evaluation.variables = variables.into_iter().collect();
        if let Some(changes) = document.output_changes {
            plan.evaluation.outputs = self.outputs(changes, &configuration, &links, &mut plan.hidden)?;
        }
        if let Some(errored) = document.errored.filter(|errored| errored.get() == "true") {
            plan.evaluation.diagnostics.push(Diagnostic {
                class: Class::Evaluation,
                message: "planning ended in an error: the plan is not complete".to_owned(),
                span: self.span(errored),
                related: Vec::new(),
            });
        }
        Ok(())
    }

    fn resource(
        &self,
        planned: &Planned<'a>,
        links: &Links<'_>,
        known: &HashMap<Arc<str>, Target>,
        providers: &mut Providers<'_>,
    ) -> Result<Resource, serde_json::Error> {
        let change = &planned.change;
        let module = change.module_address.as_deref().unwrap_or_default();
        let config = links.config(module, &planned.address);
        let unknown = change.change.after_unknown.map(|raw| self.mask(raw)).unwrap_or_default();
        let sensitive = change.change.after_sensitive.map(|raw| self.mask(raw)).unwrap_or_default();
        let targets = |expression: &Json| links.targets(module, &planned.address, expression);
        let (written, body);
        let empty = Node { span: planned.header, kind: NodeKind::Map(Vec::new()) };
        let planned_after = change.change.after.filter(|after| after.get() != "null");
        let unknown = if planned_after.is_none() { Mask::Whole(planned.header) } else { unknown };
        let (after, base) = planned_after.and_then(|after| self.node(after)).unwrap_or((empty, 0));
        written = config.map_or(Written::Unsaid, |config| Written::Arguments(&config.expressions));
        let merge = Merge {
            file: self.file,
            base,
            text: self.text.get(base..).unwrap_or_default(),
            address: &planned.address,
            header: planned.header,
            facts: provider::facts(if planned.data { Mode::Data } else { Mode::Managed }, &change.ty),
            known,
            targets: &targets,
            words: &self.words,
            otherwise: &[],
        };
        body = merge.body(&after, &unknown, &sensitive, written);
        let prefix = if module.is_empty() { String::new() } else { format!("{module}.") };
        let depends_on = config.map(|config| config.depends_on.as_slice()).unwrap_or_default();
        Ok(Resource {
            address: planned.address.clone(),
            mode: if planned.data { Mode::Data } else { Mode::Managed },
            ty: change.ty.as_str().into(),
            name: change.name.as_str().into(),
            module: module.into(),
            header: planned.header,
            block: planned.block,
            calls: Vec::new(),
            body,
            multiplicity: planned.multiplicity.clone(),
            lifecycle: Lifecycle { unsaid: lifecycle_unsaid(), ..Lifecycle::default() },
            provider: config
                .and_then(|config| config.provider_config_key.as_deref())
                .and_then(|key| providers.get(key)),
            depends_on: depends_on.iter().map(|name| Arc::from(format!("{prefix}{name}"))).collect(),
        })
    }

    /// Data sources as they were read before planning.
    fn data_sources(
        &self,
        module: &StateModule<'a>,
        into: &mut Vec<Resource>,
    ) -> Result<(), serde_json::Error> {
        for resource in module.resources.iter().filter(|resource| resource.mode.as_deref() == Some("data")) {
            let Some((node, base)) = resource.values.and_then(|values| self.node(values)) else { continue };
            let address: Arc<str> = part::<String>(resource.address)?.into();
            let header = self.span(resource.address);
            let sensitive = resource.sensitive_values.map(|raw| self.mask(raw)).unwrap_or_default();
            let merge = Merge {
                file: self.file,
                base,
                text: self.text.get(base..).unwrap_or_default(),
                address: &address,
                header,
                facts: provider::facts(Mode::Data, &resource.ty),
                known: &HashMap::new(),
                targets: &|_| Vec::new(),
                words: &self.words,
                otherwise: &[],
            };
            into.push(Resource {
                mode: Mode::Data,
                ty: resource.ty.as_str().into(),
                name: resource.name.as_str().into(),
                module: module.address.as_deref().unwrap_or_default().into(),
                header,
                block: header,
                calls: Vec::new(),
                body: merge.body(&node, &Mask::Nothing, &sensitive, Written::Unsaid),
                multiplicity: Multiplicity::One,
                lifecycle: Lifecycle::default(),
                provider: None,
                depends_on: Vec::new(),
                address,
            });
        }
        module.child_modules.iter().try_for_each(|child| self.data_sources(child, into))
    }

    fn variables(&self, document: &Document<'a>) -> Result<BTreeMap<Arc<str>, Value>, serde_json::Error> {
        #[derive(Deserialize)]
        struct Variable<'a> {
            #[serde(borrow)]
            value: Option<&'a RawValue>,
        }
        let Some(raw) = document.variables else { return Ok(BTreeMap::new()) };
        let given: BTreeMap<String, Variable<'a>> = part(raw)?;
        let read = |(name, variable): (String, Variable<'a>)| {
            let raw = variable.value?;
            let (node, base) = self.node(raw)?;
            let address = Arc::from(format!("var.{name}"));
            let merge = Merge {
                file: self.file,
                base,
                text: self.text.get(base..).unwrap_or_default(),
                address: &address,
                header: self.span(raw),
                facts: None,
                known: &HashMap::new(),
                targets: &|_| Vec::new(),
                words: &self.words,
                otherwise: &[],
            };
            Some((Arc::from(name), merge.any(&node)))
        };
        Ok(given.into_iter().filter_map(read).collect())
    }

    /// The root outputs as they will be.
    fn outputs(
        &self,
        changes: &'a RawValue,
        configuration: &Configuration,
        links: &Links<'_>,
        hidden: &mut Vec<Span>,
    ) -> Result<Vec<(Arc<str>, Value)>, serde_json::Error> {
        let changes: BTreeMap<String, Change<'a>> = part(changes)?;
        let mut outputs = Vec::new();
        for (name, change) in changes {
            hidden.extend(change.before.map(|before| self.span(before)));
            if !change.leaves_something() {
                hidden.extend(change.after.map(|after| self.span(after)));
                continue;
            }
            let declared = configuration.root_module.outputs.get(&name);
            let unknown = change.after_unknown.map(|raw| self.mask(raw)).unwrap_or_default();
            let sensitive = change.after_sensitive.map(|raw| self.mask(raw)).unwrap_or_default();
            // One that is unknown as a whole, or null, has no `after`.
            let raw = change.after.or(change.after_unknown);
            let header = raw.map_or(Span::new(self.file, 0..0), |raw| self.span(raw));
            let null =
                || (Node { span: Span::new(self.file, 0..0), kind: NodeKind::Null }, header.range().start);
            let (node, base) = change.after.and_then(|raw| self.node(raw)).unwrap_or_else(null);
            let address = Arc::from(format!("output.{name}"));
            let expression = declared.and_then(|output| output.expression.as_ref());
            let targets = |expression: &Json| links.targets("", "", expression);
            // The references of the whole expression: of one alone each unknown part is made.
            let all = expression.map(targets).unwrap_or_default();
            let only = if all.len() == 1 { all.as_slice() } else { &[] };
            let merge = Merge {
                file: self.file,
                base,
                text: self.text.get(base..).unwrap_or_default(),
                address: &address,
                header,
                facts: None,
                known: &HashMap::new(),
                targets: &targets,
                words: &self.words,
                otherwise: only,
            };
            let mut value = merge.output(&node, &unknown, &sensitive, expression);
            if declared.is_some_and(|output| output.sensitive) {
                value.sensitive = true;
            }
            if value.sensitive {
                hidden.extend(raw.map(|raw| self.span(raw)));
            }
            outputs.push((Arc::from(name), value));
        }
        Ok(outputs)
    }

    /// A part of the document as tree, with the place where its text starts.
    fn node(&self, raw: &'a RawValue) -> Option<(Node, usize)> {
        let parsed = json::parse(raw.get(), self.file, false);
        Some((parsed.documents.into_iter().next()?, self.offset(raw)))
    }

    fn mask(&self, raw: &'a RawValue) -> Mask {
        self.node(raw).map(|(node, base)| Mask::of(&node, base)).unwrap_or_default()
    }

    fn offset(&self, raw: &RawValue) -> usize {
        // The part borrows from the text: the distance of their starts is its place.
        (raw.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize)
    }

    fn span(&self, raw: &RawValue) -> Span {
        let start = self.offset(raw);
        Span::new(self.file, start..start + raw.get().len())
    }

    /// Why the text could not be read, in the words of the JSON reader where the grammar is broken.
    fn explain(&self, error: &serde_json::Error) -> Diagnostic {
        let parsed = json::parse(self.text, self.file, false);
        if let Some(found) = parsed.errors.first() {
            let message = format!("not valid JSON: {}", found.message);
            return Diagnostic { class: Class::Syntax, message, span: found.span, related: Vec::new() };
        }
        let line = error.line().saturating_sub(1);
        let start: usize = self.text.split_inclusive('\n').take(line).map(str::len).sum();
        let at = (start + error.column().saturating_sub(1)).min(self.text.len());
        let message = "this is no plan as `terraform show -json` prints it".to_owned();
        let span = Span::new(self.file, at..at);
        Diagnostic { class: Class::Syntax, message, span, related: Vec::new() }
    }
}

fn part<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Result<T, serde_json::Error> {
    serde_json::from_str(raw.get())
}

impl Deferred<'_> {
    /// How many resources a deferred change stands for: where the number is not known, any.
    fn multiplicity(&self) -> Multiplicity {
        match self.reason.as_deref() {
            Some("instance_count_unknown") => {
                let causes = Causes::one(Cause::Unsupported { what: "a number that the plan defers".into() });
                Multiplicity::Between { low: 0, high: None, causes }
            }
            _ => Multiplicity::One,
        }
    }
}

fn lifecycle_unsaid() -> Causes {
    Causes::one(Cause::Unsupported { what: "lifecycle in a plan".into() })
}

/// ARNs and typed ids that are known, with the attribute they belong to. What two resources have names neither.
fn known_names(planned: &[Planned<'_>]) -> Result<HashMap<Arc<str>, Target>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Names {
        arn: Option<Json>,
        id: Option<Json>,
    }
    let mut known: HashMap<Arc<str>, Option<Target>> = HashMap::new();
    for planned in planned {
        let Some(after) = planned.change.change.after else { continue };
        let Some(names) = part::<Option<Names>>(after)? else { continue };
        for (attribute, value) in [("arn", &names.arn), ("id", &names.id)] {
            let Some(text) = value.as_ref().and_then(Json::as_str) else { continue };
            let telling = text.starts_with("arn:") || TYPED_IDS.iter().any(|prefix| text.starts_with(prefix));
            if !telling {
                continue;
            }
            let target =
                Target { address: planned.address.clone(), attribute: attribute.into(), data: planned.data };
            known
                .entry(text.into())
                .and_modify(|known| {
                    if known.as_ref().is_some_and(|known| known.address != target.address) {
                        *known = None;
                    }
                })
                .or_insert(Some(target));
        }
    }
    Ok(known.into_iter().filter_map(|(text, target)| Some((text, target?))).collect())
}

/// Provider configurations, each made once.
struct Providers<'a> {
    configured: &'a BTreeMap<String, Provider>,
    variables: &'a BTreeMap<Arc<str>, Value>,
    span: Span,
    made: HashMap<String, Option<Arc<Value>>>,
}

impl Providers<'_> {
    fn get(&mut self, key: &str) -> Option<Arc<Value>> {
        if let Some(made) = self.made.get(key) {
            return made.clone();
        }
        let made = self.configured.get(key).map(|provider| {
            let members = provider.expressions.iter();
            let entries = members.map(|(name, member)| {
                (Arc::from(name.as_str()), Entry { key_span: None, value: self.member(key, name, member, 0) })
            });
            Arc::new(Value::object(entries.collect(), Origin::at(self.span)))
        });
        self.made.insert(key.to_owned(), made.clone());
        made
    }

    fn member(&self, provider: &str, name: &str, member: &Json, depth: usize) -> Value {
        let origin = Origin::at(self.span);
        match member {
            Json::Array(blocks) if depth < 8 => {
                let items = blocks.iter().map(|block| self.member(provider, name, block, depth + 1));
                Value::tuple(items.collect(), origin)
            }
            Json::Object(object) => {
                if let Some(constant) = object.get("constant_value") {
                    return constant_value(constant, self.span);
                }
                if object.contains_key("references") {
                    return self.referred(provider, name, member);
                }
                let entries = object.iter().filter(|_| depth < 8).map(|(name, member)| {
                    let value = self.member(provider, name, member, depth + 1);
                    (Arc::from(name.as_str()), Entry { key_span: None, value })
                });
                Value::object(entries.collect(), origin)
            }
            _ => Value::null(origin),
        }
    }

    /// A plan says what an expression refers to, not what it is. One that refers to a single variable, which
    /// holds a region, is that region.
    fn referred(&self, provider: &str, name: &str, member: &Json) -> Value {
        let references = member.get("references").and_then(Json::as_array).map(Vec::as_slice);
        if let ("region", Some([only])) = (name, references)
            && let Some(variable) = only.as_str().and_then(|only| only.strip_prefix("var."))
            && let Some(value) = self.variables.get(variable)
            && value.as_str().is_some_and(is_region)
        {
            return value.clone().via(Step::Variable(variable.into()), value.span());
        }
        let what = format!("{name} of the provider {provider} in a plan");
        Value::unknown(Cause::Unsupported { what: what.into() }, Origin::at(self.span))
    }
}

/// `eu-west-1`, `us-gov-east-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let word = |part: &&str| part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    match parts.as_slice() {
        [words @ .., last] => {
            words.len() >= 2
                && words.iter().all(word)
                && last.len() == 1
                && last.bytes().all(|byte| byte.is_ascii_digit())
        }
        [] => false,
    }
}

fn constant_value(constant: &Json, span: Span) -> Value {
    let origin = Origin::at(span);
    match constant {
        Json::Null => Value::null(origin),
        Json::Bool(value) => Value::bool(*value, origin),
        Json::Number(number) => match number.to_string().parse::<Number>() {
            Ok(number) => Value::number(number, origin),
            Err(_) => Value::string(number.to_string(), origin),
        },
        Json::String(text) => Value::string(text.as_str(), origin),
        Json::Array(items) => {
            Value::tuple(items.iter().map(|item| constant_value(item, span)).collect(), origin)
        }
        Json::Object(members) => {
            let entries = members.iter().map(|(key, member)| {
                let value = constant_value(member, span);
                (Arc::from(key.as_str()), Entry { key_span: None, value })
            });
            Value::object(entries.collect(), origin)
        }
    }
}

#[cfg(test)]
mod tests;
