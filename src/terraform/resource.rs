//! Resources and data sources of a module instance: instances, bodies with nested and dynamic blocks,
//! lifecycle, provider.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use super::config::{ResourceConfig, dotted};
use super::eval::{Context, Evaluator, Failure, Outcome, Repetition, Scope, through_each};
use super::expansion::Expanded;
use super::instance::{INSTANCE, Instance, Slot, context, enter, identified, leave, nothing_there};
use super::provider::{self, Described};
use super::references;
use super::{Class, Diagnostic, Lifecycle, Mode, Multiplicity, Resource, convert, data};
use crate::source::Span;
use crate::syntax::hcl::{Block, Body, Expr, ExprKind, ItemKey, Step, StepKind};
use crate::value::{
    Cause, Causes, Entries, Entry, Kind, Origin, Rest, Sequence, SequenceKind, Type, Unknown, Value,
};

/// Arguments of every resource that are not its own.
const META_ARGUMENTS: [&str; 4] = ["count", "for_each", "provider", "depends_on"];
const META_BLOCKS: [&str; 4] = ["lifecycle", "connection", "provisioner", "precondition"];
/// Nested blocks inside nested blocks; deeper ones are left out.
const DEEPEST_BLOCK: usize = 40;

/// A `resource` or `data` block in one module instance.
#[derive(Debug)]
pub(crate) struct ResourceState {
    pub(crate) expanded: Expanded<ResourceInstance>,
    /// All instances as an expression sees them.
    value: Value,
}

#[derive(Debug)]
pub(crate) struct ResourceInstance {
    pub(crate) address: Arc<str>,
    pub(crate) multiplicity: Multiplicity,
    pub(crate) body: Value,
    /// The body with its identity, as references see it.
    object: Value,
    repetition: Repetition,
}

/// What a condition is about.
struct Judged<'a> {
    what: &'a str,
    /// The place of the value of a variable that it judges.
    of: Option<Span>,
    /// What it is when it does not hold.
    class: Class,
}

/// Nested blocks of one type, while they are collected.
#[derive(Default)]
struct BlockList {
    span: Option<Span>,
    items: Vec<Value>,
    templates: Vec<Value>,
    causes: Causes,
    open: bool,
}

impl Evaluator<'_> {
    pub(crate) fn resource_reference(
        &self,
        cx: Context<'_>,
        key: &str,
        steps: &[Step],
        span: Span,
    ) -> Outcome {
        let key: Arc<str> = key.into();
        if !cx.module.config.resources.contains_key(&key) {
            let value = nothing_there(&cx.module.config, span, references::no_resource(&key))?;
            return self.follow(cx, value, steps, span);
        }
        let state = self.resource_state(cx.module, &key, span)?;
        self.check_reference(cx, &key, steps)?;
        self.follow(cx, state.value.clone(), steps, span)
    }

    /// The instances of a resource, evaluated at the first use.
    pub(crate) fn resource_state(
        &self,
        instance: &Rc<Instance>,
        key: &Arc<str>,
        span: Span,
    ) -> Result<Rc<ResourceState>, Box<Failure>> {
        let Some(config) = instance.config.resources.get(key) else {
            return Err(Failure::fixed(span, references::no_resource(key)));
        };
        match enter(&instance.resources, key) {
            Some(Slot::Done(state)) => Ok(state),
            Some(Slot::Busy) => Err(self.circle(&instance.full_address(key), span)),
            None => {
                let state = self.asked(instance.full_address(key), config.header, span, || {
                    self.within(instance.is_uncertain(), || {
                        Rc::new(self.open_resource(instance, key, config))
                    })
                });
                leave(&instance.resources, key, state.clone());
                Ok(state)
            }
        }
    }

    fn open_resource(
        &self,
        instance: &Rc<Instance>,
        key: &str,
        config: &Arc<ResourceConfig>,
    ) -> ResourceState {
        let address = instance.full_address(key);
        let described = provider::facts(config.mode, &config.ty)
            .map(|facts| Described { facts, what: format!("`{}`", config.ty).into() });
        let expanded =
            self.expand(instance, &config.body, config.header).map(|key, repetition, multiplicity| {
                self.spend(INSTANCE, config.header);
                let address: Arc<str> = format!("{address}{}", key.suffix()).into();
                let cx = Context { repetition: &repetition, ..context(instance) };
                let multiplicity = multiplicity.times(&instance.multiplicity);
                let body = self.within(multiplicity.may_be_none(), || {
                    self.body(cx, &config.body, config.header, described.as_ref(), 0)
                });
                let cause = match config.mode {
                    Mode::Managed => Cause::Computed { address: address.clone(), attribute: "".into() },
                    Mode::Data => Cause::Data { address: address.clone(), attribute: "".into() },
                };
                let seen = match config.mode {
                    Mode::Managed => body.clone(),
                    Mode::Data => data::results(self, instance, config, &body, &address),
                };
                let object = if &*config.ty == "terraform_data" && config.mode == Mode::Managed {
                    data::terraform_data(&body, &address)
                } else {
                    identified(&seen, cause)
                };
                ResourceInstance { address, multiplicity, body, object, repetition }
            });
        let value = expanded.value(config.header, |member| Ok(member.object.clone()));
        let value = self.settle(value, config.header);
        ResourceState { expanded, value }
    }

    /// Arguments and nested blocks as one object. At depth 0 those that every resource has are left out.
    fn body(
        &self,
        cx: Context<'_>,
        body: &Body,
        header: Span,
        described: Option<&Described>,
        depth: usize,
    ) -> Value {
        let top = depth == 0;
        let mut entries = Entries::with_capacity(body.attributes.len() + body.blocks.len().min(4));
        for attribute in &body.attributes {
            if top && META_ARGUMENTS.contains(&&*attribute.name) {
                continue;
            }
            let value = self.eval_settled(cx, &attribute.expr);
            let value = self.argument(described, attribute, value);
            entries.insert(attribute.name.clone(), Entry { key_span: Some(attribute.name_span), value });
        }
        let mut lists: BTreeMap<Arc<str>, BlockList> = BTreeMap::new();
        for block in &body.blocks {
            if top && META_BLOCKS.contains(&&*block.kind) {
                continue;
            }
            if depth >= DEEPEST_BLOCK {
                self.limit("depth of nested blocks", block.header);
                continue;
            }
            match (&*block.kind, block.label(0)) {
                ("dynamic", Some(label)) => {
                    let list = lists.entry(label.text.clone()).or_default();
                    let inner = self.block_facts(described, &label.text, label.span);
                    if let Err(failure) = self.dynamic(cx, block, &label.text, inner.as_ref(), depth, list) {
                        self.report_failure(&failure);
                        list.open = true;
                        list.causes.add(Cause::Error { message: failure.message.into() });
                    }
                    list.span.get_or_insert(block.header);
                }
                _ => {
                    let inner = self.block_facts(described, &block.kind, keyword(block));
                    let value = self.body(cx, &block.body, block.header, inner.as_ref(), depth + 1);
                    let list = lists.entry(block.kind.clone()).or_default();
                    list.span.get_or_insert(block.header);
                    list.items.push(value);
                }
            }
        }
        for (name, mut list) in lists {
            if described.is_some_and(|described| described.facts.is_set(&name)) {
                list.leave_out_repeated();
            }
            let span = list.span.unwrap_or(header);
            entries.insert(name, Entry { key_span: Some(span), value: list.finish(span) });
        }
        self.spend(entries.len() + 1, header);
        Value::object(entries, Origin::at(header))
    }

    fn dynamic(
        &self,
        cx: Context<'_>,
        block: &Block,
        name: &Arc<str>,
        described: Option<&Described>,
        depth: usize,
        list: &mut BlockList,
    ) -> Result<(), Box<Failure>> {
        let Some(each) = block.body.attribute("for_each") else {
            return Err(Failure::new(block.header, "a dynamic block needs `for_each`"));
        };
        let Some(content) = block.body.blocks("content").next() else {
            return Err(Failure::new(block.header, "a dynamic block needs a `content` block"));
        };
        let iterator = match block.body.attribute("iterator") {
            None => name.clone(),
            Some(iterator) => match dotted(&iterator.expr) {
                Some(name) => name.into(),
                None => return Err(Failure::new(iterator.expr.span, "`iterator` takes a bare name")),
            },
        };
        let collection = self.eval(cx, &each.expr)?;
        let choices = match collection.as_unknown() {
            Some(unknown) if !unknown.alternatives.is_empty() => {
                list.causes.add_all(&unknown.causes);
                unknown.alternatives.iter().map(|choice| collection.child(choice)).collect()
            }
            _ => vec![collection],
        };
        let only = choices.len() == 1;
        let make = |key: Value, value: Value| {
            let span = content.header;
            let entry = |value: Value| Entry { key_span: None, value: through_each(value, span) };
            let entries = Entries::from_iter([("key".into(), entry(key)), ("value".into(), entry(value))]);
            let value = Value::object(entries, Origin::at(span));
            let scope = Scope { name: &iterator, value, parent: cx.scope };
            self.body(cx.with(&scope), &content.body, span, described, depth + 1)
        };
        for choice in choices {
            let iteration = match self.iterate(&choice, each.expr.span) {
                Ok(iteration) => iteration,
                Err(failure) if only => return Err(failure),
                Err(_) => continue,
            };
            if iteration.items.len() > self.options.limits.instances {
                let what = format!("`for_each` of the dynamic block `{name}`");
                self.too_many(&what, iteration.items.len(), "blocks", each.expr.span);
                list.open = true;
                list.causes.add(Cause::Limit { what: "items of one dynamic block".into() });
                continue;
            }
            for (key, value) in iteration.items {
                let certain = only && !iteration.overrides;
                let content = self.within(self.is_uncertain() || !certain, || make(key, value));
                if certain {
                    list.items.push(content);
                } else {
                    list.open = true;
                    list.templates.push(content);
                }
            }
            if let Some(rest) = iteration.rest {
                list.open = true;
                list.causes.add_all(&rest.causes);
                let template = self.within(true, || make(rest.key, rest.value));
                list.templates.push(template);
            }
        }
        list.open |= !only;
        Ok(())
    }

    /// The finished resources of a declaration.
    pub(crate) fn resources_of(&self, instance: &Rc<Instance>, key: &Arc<str>) -> Vec<Resource> {
        let Some(config) = instance.config.resources.get(key) else { return Vec::new() };
        let state = match self.resource_state(instance, key, config.header) {
            Ok(state) => state,
            Err(failure) => {
                self.report_failure(&failure);
                return Vec::new();
            }
        };
        let lifecycle = self.lifecycle(&config.body);
        let depends_on = depends_on(&config.body);
        let provider = self.provider_of(instance, config);
        let made = state.expanded.all().map(|member| {
            self.within(member.multiplicity.may_be_none(), || {
                self.check_conditions(instance, config, member);
            });
            Resource {
                address: member.address.clone(),
                mode: config.mode,
                ty: config.ty.clone(),
                name: config.name.clone(),
                module: instance.address.clone(),
                header: config.header,
                block: config.span,
                calls: instance.calls.clone(),
                body: member.body.clone(),
                multiplicity: member.multiplicity.clone(),
                lifecycle: lifecycle.clone(),
                provider: provider.clone(),
                depends_on: depends_on.clone(),
            }
        });
        made.collect()
    }

    fn lifecycle(&self, body: &Body) -> Lifecycle {
        let mut lifecycle = Lifecycle::default();
        for block in body.blocks("lifecycle") {
            let flag = |name: &str| {
                matches!(
                    block.body.attribute(name).map(|attribute| &attribute.expr.kind),
                    Some(ExprKind::Bool(true))
                )
            };
            lifecycle.prevent_destroy |= flag("prevent_destroy");
            lifecycle.create_before_destroy |= flag("create_before_destroy");
            let Some(ignored) = block.body.attribute("ignore_changes") else { continue };
            lifecycle.span = Some(ignored.expr.span);
            match &ignored.expr.kind {
                ExprKind::Name(name) if &**name == "all" => lifecycle.ignore_all = true,
                ExprKind::Tuple(items) => {
                    for item in items {
                        match first_step(item) {
                            Some(name) if &*name == "*" => lifecycle.ignore_all = true,
                            Some(name) => lifecycle.ignore_changes.push(name),
                            None => {}
                        }
                    }
                }
                _ => {}
            }
        }
        lifecycle
    }

    /// Pre- and postconditions that are decided and do not hold.
    fn check_conditions(&self, instance: &Rc<Instance>, config: &ResourceConfig, member: &ResourceInstance) {
        for lifecycle in config.body.blocks("lifecycle") {
            for block in &lifecycle.body.blocks {
                let Some(condition) = block.body.attribute("condition") else { continue };
                let own = Scope { name: "self", value: member.object.clone(), parent: None };
                let cx = Context { repetition: &member.repetition, ..context(instance) };
                let cx = if &*block.kind == "postcondition" { cx.with(&own) } else { cx };
                let message = block.body.attribute("error_message").map(|attribute| &attribute.expr);
                self.check(cx, &condition.expr, message, &format!("`{}`", member.address));
            }
        }
    }

    fn uncertain_here(&self, cx: Context<'_>) -> bool {
        self.is_uncertain() || cx.module.is_uncertain()
    }

    /// Reports a condition that is decided and does not hold.
    pub(crate) fn check(&self, cx: Context<'_>, condition: &Expr, message: Option<&Expr>, what: &str) {
        self.judge(cx, condition, message, Judged { what, of: None, class: Class::Evaluation });
    }

    /// As [`Self::check`], for the value of a variable, which stands at `of`.
    pub(crate) fn check_of(
        &self,
        cx: Context<'_>,
        condition: &Expr,
        message: Option<&Expr>,
        what: &str,
        of: Option<Span>,
    ) {
        let of = Some(of.unwrap_or(condition.span));
        self.judge(cx, condition, message, Judged { what, of, class: Class::Evaluation });
    }

    /// As [`Self::check`], for an assertion of a check block: Terraform warns of it and goes on.
    pub(crate) fn check_assertion(
        &self,
        cx: Context<'_>,
        condition: &Expr,
        message: Option<&Expr>,
        what: &str,
    ) {
        self.judge(cx, condition, message, Judged { what, of: None, class: Class::FailedCheck });
    }

    fn judge(&self, cx: Context<'_>, condition: &Expr, message: Option<&Expr>, judged: Judged<'_>) {
        let Judged { what, of, class } = judged;
        let value = self.eval_settled(cx, condition);
        // Terraform evaluates the message of a condition that holds too.
        let text = message.map(|message| self.eval(cx, message));
        if self.uncertain_here(cx) {
            return;
        }
        let refuse = |span: Span, reason: String| {
            self.report(Diagnostic { class: Class::Evaluation, message: reason, span, related: Vec::new() });
        };
        match (&text, message) {
            (Some(Err(failure)), _) => self.report_failure(failure),
            // The message for a variable's value is looked at when it is needed.
            (Some(Ok(text)), Some(message)) if of.is_none() => {
                let fits = convert::convert(text, &Type::String).is_ok();
                if text.is_null() || !fits {
                    let reason = format!("the error message of a condition of {what} must be a text");
                    return refuse(message.span, reason);
                }
            }
            _ => {}
        }
        let holds = match convert::convert(&value, &Type::Bool) {
            Ok(holds) if holds.is_null() => {
                let reason = format!("a condition of {what} is null: it must be true or false");
                return refuse(condition.span, reason);
            }
            Ok(holds) => holds,
            Err(error) => return refuse(condition.span, format!("a condition of {what}: {error}")),
        };
        if holds.as_bool() != Some(false) {
            return;
        }
        let text = text.and_then(Result::ok).filter(|text| !text.sensitive);
        let text = text.and_then(|text| convert::convert(&text, &Type::String).ok());
        let message = match text.as_ref().and_then(Value::as_str) {
            Some(text) => format!("a condition of {what} does not hold: {text}"),
            None => format!("a condition of {what} does not hold"),
        };
        let related = vec![(value.span(), "decided here".to_owned())];
        let mut related = if value.span() == condition.span { Vec::new() } else { related };
        if of.is_some_and(|of| of != condition.span) {
            related.insert(0, (condition.span, "this condition does not hold".to_owned()));
        }
        self.report(Diagnostic { class, message, span: of.unwrap_or(condition.span), related });
    }

    /// The configuration of the provider of a resource, when it is declared.
    pub(crate) fn provider_of(&self, instance: &Rc<Instance>, config: &ResourceConfig) -> Option<Arc<Value>> {
        let named = config.body.attribute("provider").and_then(|provider| match &provider.expr.kind {
            ExprKind::String(name) => Some(name.to_string()),
            _ => dotted(&provider.expr),
        });
        let key = named.unwrap_or_else(|| {
            let ty = config.ty.strip_prefix("ephemeral.").unwrap_or(&config.ty);
            ty.split('_').next().unwrap_or(ty).to_owned()
        });
        self.provider(instance, &key.into())
    }

    /// A provider configuration by `name` or `name.alias`, as seen in a module.
    pub(crate) fn provider(&self, instance: &Rc<Instance>, key: &Arc<str>) -> Option<Arc<Value>> {
        match enter(&instance.provider_memo, key) {
            Some(Slot::Done(value)) => value,
            Some(Slot::Busy) => None,
            None => {
                let value = self.find_provider(instance, key);
                leave(&instance.provider_memo, key, value.clone());
                value
            }
        }
    }

    fn find_provider(&self, instance: &Rc<Instance>, key: &Arc<str>) -> Option<Arc<Value>> {
        if let Some(block) = instance.config.providers.get(key) {
            return Some(Arc::new(self.body(context(instance), &block.body, block.header, None, 1)));
        }
        let parent = instance.parent.as_ref()?;
        let call = parent.instance.config.calls.get(&parent.call)?;
        let passed = call.body.attribute("providers").and_then(|providers| match &providers.expr.kind {
            ExprKind::Object(items) => items.iter().find_map(|item| {
                let name = match &item.key {
                    ItemKey::Name(name) => Some(name.to_string()),
                    ItemKey::Ambiguous(expr) => dotted(expr),
                    ItemKey::Expr(expr) => match &expr.kind {
                        ExprKind::String(name) => Some(name.to_string()),
                        _ => dotted(expr),
                    },
                };
                (name.as_deref() == Some(key)).then(|| dotted(&item.value)).flatten()
            }),
            _ => None,
        });
        match passed {
            Some(outer) => self.provider(&parent.instance, &outer.into()),
            None if !key.contains('.') => self.provider(&parent.instance, key),
            None => None,
        }
    }
}

impl BlockList {
    /// A block that is known and written like another is one with it in a set.
    fn leave_out_repeated(&mut self) {
        let mut seen: HashMap<String, Vec<Value>> = HashMap::new();
        self.items.retain(|item| {
            if !item.is_wholly_known() {
                return true;
            }
            let group = seen.entry(convert::set_bucket(item)).or_default();
            let new = !group.iter().any(|other| convert::same(other, item));
            if new {
                group.push(item.clone());
            }
            new
        });
    }

    fn finish(self, span: Span) -> Value {
        let rest = self.open.then(|| {
            let template = match self.templates.as_slice() {
                [] => None,
                [one] => Some(one.clone()),
                several => {
                    let mut unknown = Unknown::of_type(self.causes.clone(), Type::Dynamic);
                    unknown.not_null = true;
                    if several.len() <= Unknown::MOST_ALTERNATIVES {
                        unknown.alternatives = several.to_vec();
                    }
                    Some(Value::from_unknown(unknown, Origin::at(span)))
                }
            };
            Arc::new(Rest { causes: self.causes, template, overrides: false })
        });
        let sequence = Sequence { kind: SequenceKind::Tuple, items: self.items, rest };
        Value::new(Kind::Sequence(Arc::new(sequence)), Origin::at(span))
    }
}

/// The keyword of a block, without labels.
fn keyword(block: &Block) -> Span {
    let end = u32::try_from(block.kind.len()).map_or(block.header.end, |length| block.header.start + length);
    Span { end: end.min(block.header.end), ..block.header }
}

fn depends_on(body: &Body) -> Vec<Arc<str>> {
    let Some(attribute) = body.attribute("depends_on") else { return Vec::new() };
    let ExprKind::Tuple(items) = &attribute.expr.kind else { return Vec::new() };
    items
        .iter()
        .filter_map(|item| match &item.kind {
            ExprKind::String(name) => Some(name.clone()),
            _ => dotted(item).map(Into::into),
        })
        .collect()
}

fn first_step(expr: &Expr) -> Option<Arc<str>> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.clone()),
        ExprKind::String(path) => path.split(['.', '[']).next().map(Into::into),
        ExprKind::Traverse { root, steps } => match (&root.kind, steps.first().map(|step| &step.kind)) {
            (ExprKind::Name(name), Some(StepKind::Attribute(_) | StepKind::Index(_)) | None) => {
                Some(name.clone())
            }
            (ExprKind::Name(name), _) => Some(name.clone()),
            _ => None,
        },
        _ => None,
    }
}
