//! A module as called once: what the names in it stand for. Each variable, local, output, call and resource
//! is evaluated when it is first asked for, and kept.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::config::{Module, Variable};
use super::eval::{Context, Evaluator, Failure, Outcome, Repetition, through_each};
use super::expansion::{Expanded, Members};
use super::references;
use super::{Class, Multiplicity, UnresolvedModule, convert};
use crate::source::{Files, Span};
use crate::syntax::hcl::{Attribute, Expr, ExprKind, Step as Way, StepKind};
use crate::value::{
    Cause, Entries, Entry, Kind, Mapping, MappingKind, Origin, Rest, Step, Type, Unknown, Value,
};

/// Module instances of one root; a hostile configuration could ask for any number.
const MOST_INSTANCES: usize = 20_000;

/// Steps of a circle that are named.
const MOST_STEPS_TOLD: usize = 20;

/// Parts that an instance of a module or resource counts for, see [`super::Limits::made`].
pub(crate) const INSTANCE: usize = 32;

/// A memo: what is being worked out, and what has been.
#[derive(Debug, Clone)]
pub(crate) enum Slot<T> {
    Busy,
    Done(T),
}

pub(crate) type Memo<T> = RefCell<HashMap<Arc<str>, Slot<T>>>;

/// One call of a module.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) config: Arc<Module>,
    /// Empty for the root, else `module.api["web"]`.
    pub(crate) address: Arc<str>,
    /// Dotted names of the calls, as in `modules.json`.
    pub(crate) call_path: String,
    /// Headers of the calls that lead here, innermost first.
    pub(crate) calls: Vec<Span>,
    pub(crate) parent: Option<Parent>,
    pub(crate) multiplicity: Multiplicity,
    /// Values for root variables, from files and flags.
    pub(crate) inputs: HashMap<Arc<str>, super::inputs::InputValue>,
    pub(crate) variables: Memo<Value>,
    pub(crate) locals: Memo<Value>,
    /// Set once locals are found to need each other.
    circular_locals: Cell<bool>,
    outputs: Memo<Value>,
    call_memo: Memo<Rc<CallState>>,
    pub(crate) resources: Memo<Rc<super::resource::ResourceState>>,
    pub(crate) provider_memo: Memo<Option<Arc<Value>>>,
}

/// Where a module is called.
#[derive(Debug)]
pub(crate) struct Parent {
    pub(crate) instance: Rc<Instance>,
    pub(crate) call: Arc<str>,
    pub(crate) repetition: Repetition,
}

/// The instances of a module call.
#[derive(Debug)]
pub(crate) enum CallState {
    Resolved(Expanded<Rc<Instance>>),
    /// Source not in the repository.
    Unresolved(Cause),
}

impl Instance {
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn new(
        config: Arc<Module>,
        address: Arc<str>,
        call_path: String,
        calls: Vec<Span>,
        parent: Option<Parent>,
        multiplicity: Multiplicity,
        inputs: HashMap<Arc<str>, super::inputs::InputValue>,
    ) -> Self {
        Self {
            config,
            address,
            call_path,
            calls,
            parent,
            multiplicity,
            inputs,
            variables: Memo::default(),
            locals: Memo::default(),
            circular_locals: Cell::new(false),
            outputs: Memo::default(),
            call_memo: Memo::default(),
            resources: Memo::default(),
            provider_memo: RefCell::default(),
        }
    }

    /// A module in which nothing is declared.
    pub(crate) fn nowhere() -> Self {
        let config = Arc::new(Module::default());
        Self::new(config, "".into(), String::new(), Vec::new(), None, Multiplicity::One, HashMap::new())
    }

    /// Lets go of the instances that calls in this module have made.
    pub(crate) fn forget_calls(&self) {
        drop(self.call_memo.take());
    }

    /// Whether the module may have no instance at all: what fails in it need not fail.
    pub(crate) fn is_uncertain(&self) -> bool {
        self.multiplicity.may_be_none()
    }

    /// Full address of something in this module.
    pub(crate) fn full_address(&self, local: &str) -> String {
        if self.address.is_empty() { local.to_owned() } else { format!("{}.{local}", self.address) }
    }
}

const NO_REPETITION: Repetition = Repetition { each: None, count_index: None };

pub(crate) fn context(instance: &Rc<Instance>) -> Context<'_> {
    Context { module: instance, repetition: &NO_REPETITION, scope: None, isolated: None }
}

/// What stands in a memo, or the memo taken to be filled.
pub(crate) fn enter<T: Clone>(memo: &Memo<T>, name: &Arc<str>) -> Option<Slot<T>> {
    let mut memo = memo.borrow_mut();
    match memo.get(name) {
        Some(slot) => Some(slot.clone()),
        None => {
            memo.insert(name.clone(), Slot::Busy);
            None
        }
    }
}

pub(crate) fn leave<T>(memo: &Memo<T>, name: &Arc<str>, value: T) {
    memo.borrow_mut().insert(name.clone(), Slot::Done(value));
}

/// A definition that is being worked out.
#[derive(Debug)]
pub(crate) struct Asked {
    /// Address of the definition: `local.name`, `module.a.output.url`.
    what: String,
    /// Where it is written.
    place: Span,
    /// The reference that asked for it.
    reference: Span,
}

fn cycle(span: Span, message: String) -> Box<Failure> {
    let mut failure = Failure::fixed(span, message);
    failure.class = Class::Cycle;
    failure
}

impl Evaluator<'_> {
    /// Works out a definition that is written at `place`, because of `reference`.
    pub(crate) fn asked<T>(&self, what: String, place: Span, reference: Span, work: impl FnOnce() -> T) -> T {
        self.path.borrow_mut().push(Asked { what, place, reference });
        let result = work();
        self.path.borrow_mut().pop();
        result
    }

    /// `what` is asked for again while it is being worked out. The steps are told from the one that is written
    /// first, and its reference to the next is blamed: whichever of them was asked for first, it is the same error.
    pub(crate) fn circle(&self, what: &str, reference: Span) -> Box<Failure> {
        let path = self.path.borrow();
        let start = path.iter().rposition(|step| step.what == what);
        let steps = start.and_then(|start| path.get(start..)).unwrap_or_default();
        // Each step with the reference in it that leads to the next.
        let references = steps.iter().skip(1).map(|step| step.reference).chain(std::iter::once(reference));
        let mut circle: Vec<(&Asked, Span)> = steps.iter().zip(references).collect();
        let first = self.files.with_sources(|sources| {
            let place = |(step, _): &(&Asked, Span)| (sources.name(step.place.file), step.place.start);
            (0..circle.len()).min_by(|a, b| circle.get(*a).map(place).cmp(&circle.get(*b).map(place)))
        });
        circle.rotate_left(first.unwrap_or_default());
        let Some((begin, blamed)) = circle.first().copied() else {
            return cycle(reference, format!("`{what}` depends on itself"));
        };
        if circle.len() == 1 {
            return cycle(blamed, format!("`{}` depends on itself", begin.what));
        }
        let names: Vec<&str> = circle
            .iter()
            .map(|(step, _)| &*step.what)
            .take(MOST_STEPS_TOLD)
            .chain((circle.len() > MOST_STEPS_TOLD).then_some("…"))
            .chain(std::iter::once(&*begin.what))
            .collect();
        let mut failure =
            cycle(blamed, format!("definitions depend on each other in a circle: {}", names.join(" → ")));
        let others = circle.iter().skip(1).take(MOST_STEPS_TOLD);
        failure.related =
            others.map(|(step, place)| (*place, format!("`{}` goes on from here", step.what))).collect();
        failure
    }

    /// A reference: root name and steps.
    pub(crate) fn reference(&self, cx: Context<'_>, root: &Expr, steps: &[Way], span: Span) -> Outcome {
        let ExprKind::Name(name) = &root.kind else {
            let value = self.eval(cx, root)?;
            return self.follow(cx, value, steps, span);
        };
        if let Some(value) = cx.find(name) {
            return self.follow(cx, value.clone(), steps, span);
        }
        if let Some(isolated) = cx.isolated {
            let message = format!("there is no variable `{name}` in {}", isolated.what);
            return Err(Failure::fixed(root.span, message));
        }
        match &**name {
            "var" => {
                let (name, rest) = named(steps, "var", root.span)?;
                let value = self.variable(cx.module, name, span)?;
                self.follow(cx, value, rest, span)
            }
            "local" => {
                let (name, rest) = named(steps, "local", root.span)?;
                let value = self.local(cx.module, name, span)?;
                self.follow(cx, value, rest, span)
            }
            "module" => {
                let (name, rest) = named(steps, "module", root.span)?;
                self.module_reference(cx, name, rest, span)
            }
            "each" => {
                let (name, rest) = named(steps, "each", root.span)?;
                let Some((key, value)) = &cx.repetition.each else {
                    return Err(Failure::fixed(span, references::NO_EACH));
                };
                let value = match &**name {
                    "key" => key,
                    "value" => value,
                    _ => return Err(Failure::fixed(span, "`each` has only `key` and `value`")),
                };
                self.follow(cx, through_each(value.clone(), span), rest, span)
            }
            "count" => {
                let (name, rest) = named(steps, "count", root.span)?;
                match (&cx.repetition.count_index, &**name) {
                    (Some(index), "index") => self.follow(cx, through_each(index.clone(), span), rest, span),
                    (Some(_), _) => Err(Failure::fixed(span, "`count` has only `index`")),
                    (None, _) => Err(Failure::fixed(span, references::NO_COUNT)),
                }
            }
            "path" => {
                let (name, rest) = named(steps, "path", root.span)?;
                let path = match &**name {
                    "module" => self.relative_to_root(&cx.module.config.dir),
                    "root" => ".".to_owned(),
                    "cwd" => {
                        let cause = Cause::Unsupported { what: "path.cwd".into() };
                        let mut unknown = Unknown::of_type(crate::value::Causes::one(cause), Type::String);
                        unknown.not_null = true;
                        return self.follow(cx, Value::from_unknown(unknown, Origin::at(span)), rest, span);
                    }
                    _ => return Err(Failure::fixed(span, "`path` has only `module`, `root` and `cwd`")),
                };
                self.follow(cx, Value::string(path, Origin::at(span)), rest, span)
            }
            "terraform" => {
                let (name, rest) = named(steps, "terraform", root.span)?;
                match &**name {
                    "workspace" => {
                        let value = Value::string(self.workspace.clone(), Origin::at(span));
                        self.follow(cx, value, rest, span)
                    }
                    "applying" => self.follow(cx, Value::bool(false, Origin::at(span)), rest, span),
                    _ => Err(Failure::fixed(span, "`terraform` has only `workspace`")),
                }
            }
            "self" => Err(Failure::fixed(span, references::NO_SELF)),
            "data" | "ephemeral" => {
                let prefix = name.clone();
                let (ty, rest) = named(steps, name, root.span)?;
                let (name, rest) = named(rest, "data", root.span)?;
                self.resource_reference(cx, &format!("{prefix}.{ty}.{name}"), rest, span)
            }
            "resource" => {
                let (ty, rest) = named(steps, name, root.span)?;
                let (name, rest) = named(rest, "resource", root.span)?;
                self.resource_reference(cx, &format!("{ty}.{name}"), rest, span)
            }
            ty => match steps.split_first() {
                Some((Way { kind: StepKind::Attribute(name), .. }, rest)) => {
                    self.resource_reference(cx, &format!("{ty}.{name}"), rest, span)
                }
                _ => Err(Failure::fixed(
                    root.span,
                    format!(
                        "`{ty}` is not declared: a reference is `var.{ty}`, `local.{ty}` or a resource type and name"
                    ),
                )),
            },
        }
    }

    fn relative_to_root(&self, dir: &std::path::Path) -> String {
        if dir == self.root_dir {
            return ".".to_owned();
        }
        let mut up = String::new();
        let mut base = self.root_dir.as_path();
        loop {
            if let Ok(rest) = dir.strip_prefix(base) {
                let rest: Vec<_> = rest.components().map(|part| part.as_os_str().to_string_lossy()).collect();
                let path = format!("{up}{}", rest.join("/"));
                return path.trim_end_matches('/').to_owned();
            }
            match base.parent() {
                Some(parent) => base = parent,
                None => return dir.to_string_lossy().into_owned(),
            }
            up.push_str("../");
        }
    }

    /// `var.name` in a module.
    pub(crate) fn variable(&self, instance: &Rc<Instance>, name: &Arc<str>, span: Span) -> Outcome {
        let Some(variable) = instance.config.variables.get(name) else {
            return nothing_there(&instance.config, span, references::no_variable(name));
        };
        let value = match enter(&instance.variables, name) {
            Some(Slot::Done(value)) => value,
            Some(Slot::Busy) => {
                return Err(self.circle(&instance.full_address(&format!("var.{name}")), span));
            }
            None => {
                let argument = instance
                    .parent
                    .as_ref()
                    .and_then(|parent| parent.instance.config.calls.get(&parent.call)?.body.attribute(name));
                let place = argument.map_or(variable.header, |argument| argument.expr.span);
                let what = instance.full_address(&format!("var.{name}"));
                let mut value = self.asked(what, place, span, || {
                    self.within(instance.is_uncertain(), || {
                        let outcome = self.variable_value(instance, name, variable);
                        self.settle(outcome, variable.name_span)
                    })
                });
                value.sensitive |= variable.sensitive;
                leave(&instance.variables, name, value.clone());
                value
            }
        };
        Ok(value.via(Step::Variable(name.clone()), span))
    }

    fn variable_value(&self, instance: &Rc<Instance>, name: &Arc<str>, variable: &Variable) -> Outcome {
        let given = match &instance.parent {
            None => instance.inputs.get(name).map(|input| self.input_value(input, variable)).transpose()?,
            Some(parent) => {
                let call = parent.instance.config.calls.get(&parent.call);
                match call.and_then(|call| call.body.attribute(name)) {
                    None => None,
                    Some(argument) => {
                        let cx = Context { repetition: &parent.repetition, ..context(&parent.instance) };
                        let value = self.eval_settled(cx, &argument.expr);
                        Some(value.via(Step::Argument(name.clone()), argument.name_span))
                    }
                }
            }
        };
        let given = given.filter(|value| variable.nullable || !value.is_null());
        let value = match (given, &variable.default) {
            (Some(value), _) => value,
            (None, Some(default)) => {
                let default = self.eval(context(instance), default)?;
                if default.is_null() && instance.parent.is_none() && lacks_inputs(instance) {
                    self.null_defaults.borrow_mut().insert(default.span(), name.clone());
                }
                default
            }
            (None, None) if instance.parent.is_some() => {
                let header = instance.calls.first().copied().unwrap_or(variable.header);
                return Err(needs_argument(name, variable, header));
            }
            (None, None) => {
                let causes = crate::value::Causes::one(Cause::MissingVariable { name: name.clone() });
                let mut unknown = Unknown::of_type(causes, convert::without_optional(&variable.ty));
                unknown.not_null = !variable.nullable;
                return Ok(Value::from_unknown(unknown, Origin::at(variable.name_span)));
            }
        };
        if value.is_null() && !variable.nullable {
            return Err(Failure::fixed(value.span(), format!("the variable `{name}` must not be null")));
        }
        let value = variable.defaults.apply(&value);
        let converted = convert::convert(&value, &variable.ty).map_err(|error| {
            let mut failure = Failure::fixed(
                value.span(),
                format!("the value for the variable `{name}` does not fit its type: {error}"),
            );
            if value.span() != variable.header {
                failure.related.push((variable.header, "the variable is declared here".to_owned()));
            }
            failure
        });
        converted.map(|mut value| {
            // Where it turns out to be null, the default or an error takes its place.
            if let Kind::Unknown(unknown) = &mut value.kind
                && !variable.nullable
                && unknown.alternatives.is_empty()
            {
                Arc::make_mut(unknown).not_null = true;
            }
            value
        })
    }

    /// `local.name` in a module.
    pub(crate) fn local(&self, instance: &Rc<Instance>, name: &Arc<str>, span: Span) -> Outcome {
        let Some(local) = instance.config.locals.get(name) else {
            return nothing_there(&instance.config, span, references::no_local(name));
        };
        if instance.locals.borrow().get(name).is_none() {
            self.locals_first(instance, name);
        }
        let value = match enter(&instance.locals, name) {
            Some(Slot::Done(value)) => value,
            Some(Slot::Busy) => {
                return Err(self.circle(&instance.full_address(&format!("local.{name}")), span));
            }
            None => self.fill_local(instance, name, local, span),
        };
        Ok(value.via(Step::Local(name.clone()), span))
    }

    /// Evaluates what a local needs of other locals before itself, so that a chain of them, however long, is not
    /// followed by nested calls. A circle is left to evaluation, which tells it.
    fn locals_first(&self, instance: &Rc<Instance>, name: &Arc<str>) {
        if instance.circular_locals.get() {
            return;
        }
        let needs = |name: &Arc<str>| {
            let local = instance.config.locals.get(name);
            local.map(|local| references::locals_in(&local.expr)).unwrap_or_default().into_iter()
        };
        let mut open = HashSet::from([name.clone()]);
        let mut order = Vec::new();
        let mut path = vec![(name.clone(), needs(name))];
        while let Some((current, rest)) = path.last_mut() {
            match rest.next() {
                Some(next) if open.contains(&next) => {
                    if path.iter().any(|(above, _)| *above == next) {
                        instance.circular_locals.set(true);
                        return;
                    }
                }
                Some(next) => {
                    if instance.locals.borrow().get(&next).is_none() {
                        open.insert(next.clone());
                        let further = needs(&next);
                        path.push((next, further));
                    }
                }
                None => {
                    order.push(current.clone());
                    path.pop();
                }
            }
        }
        // The last one is the local itself.
        order.pop();
        for first in order {
            if let Some(local) = instance.config.locals.get(&first)
                && enter(&instance.locals, &first).is_none()
            {
                self.fill_local(instance, &first, local, local.name_span);
            }
        }
    }

    fn fill_local(&self, instance: &Rc<Instance>, name: &Arc<str>, local: &Attribute, span: Span) -> Value {
        let what = instance.full_address(&format!("local.{name}"));
        let value = self.asked(what, local.name_span, span, || {
            self.within(instance.is_uncertain(), || self.eval_settled(context(instance), &local.expr))
        });
        let value = self.bounded(value, local.expr.span);
        leave(&instance.locals, name, value.clone());
        value
    }

    /// An output of a module instance.
    pub(crate) fn output(&self, instance: &Rc<Instance>, name: &Arc<str>, span: Span) -> Outcome {
        let Some(output) = instance.config.outputs.get(name) else {
            // Unlike other names, an output that does not exist is found when it is asked for.
            let catchable = |mut failure: Box<Failure>| {
                failure.catchable = true;
                failure
            };
            return nothing_there(&instance.config, span, format!("the module has no output `{name}`"))
                .map_err(catchable);
        };
        match enter(&instance.outputs, name) {
            Some(Slot::Done(value)) => Ok(value),
            Some(Slot::Busy) => Err(self.circle(&instance.full_address(&format!("output.{name}")), span)),
            None => {
                let mut value = match &output.value {
                    Some(expr) => {
                        let what = instance.full_address(&format!("output.{name}"));
                        self.asked(what, output.header, span, || {
                            self.within(instance.is_uncertain(), || {
                                self.eval_settled(context(instance), expr)
                            })
                        })
                    }
                    None => self.settle(
                        Err(Failure::new(output.header, format!("the output `{name}` has no value"))),
                        output.header,
                    ),
                };
                value.sensitive |= output.sensitive;
                let value = self.bounded(value, output.header);
                leave(&instance.outputs, name, value.clone());
                Ok(value)
            }
        }
    }

    /// All outputs of a module instance as an object.
    fn module_object(&self, instance: &Rc<Instance>, span: Span) -> Outcome {
        let mut entries = Entries::with_capacity(instance.config.outputs.len());
        for name in instance.config.outputs.keys() {
            let value = self.output(instance, name, span)?.via(Step::Output(name.clone()), span);
            entries.insert(name.clone(), Entry { key_span: None, value });
        }
        Ok(Value::object(entries, Origin::at(span)))
    }

    fn module_reference(&self, cx: Context<'_>, name: &Arc<str>, steps: &[Way], span: Span) -> Outcome {
        if !cx.module.config.calls.contains_key(name) {
            return nothing_there(&cx.module.config, span, references::no_call(name));
        }
        let state = self.call_state(cx.module, name, span)?;
        let expanded = match &*state {
            CallState::Unresolved(cause) => {
                let value = Value::unknown(cause.clone(), Origin::at(span));
                let way = steps.iter().find_map(|step| match &step.kind {
                    StepKind::Attribute(output) => Some(Step::Output(output.clone())),
                    _ => None,
                });
                self.note_may_fail();
                return Ok(match way {
                    Some(way) => value.via(way, span),
                    None => value,
                });
            }
            CallState::Resolved(expanded) => expanded,
        };
        // `module.x.output` asks for one output; anything else for all of them.
        if let (Members::Single(instance), Some((Way { kind: StepKind::Attribute(output), .. }, rest))) =
            (&expanded.members, steps.split_first())
        {
            let value = self.output(instance, output, span)?.via(Step::Output(output.clone()), span);
            return self.follow(cx, value, rest, span);
        }
        if let (
            Members::Many { items, .. },
            [
                Way { kind: StepKind::Index(key), .. },
                Way { kind: StepKind::Attribute(output), .. },
                rest @ ..,
            ],
        ) = (&expanded.members, steps)
            && expanded.is_certain()
        {
            let key = self.eval(cx, key)?;
            if let Some(item) = items.iter().find(|item| item.key.matches(&key)) {
                let value = self.output(&item.member, output, span)?.via(Step::Output(output.clone()), span);
                return self.follow(cx, value, rest, span);
            }
        }
        // All instances have the same outputs: one that does not exist is found without them.
        let value = expanded.value(span, |instance| self.module_object(instance, span))?;
        self.follow(cx, value, steps, span)
    }

    /// The instances of a module call, created at the first use.
    pub(crate) fn call_state(
        &self,
        instance: &Rc<Instance>,
        name: &Arc<str>,
        span: Span,
    ) -> Result<Rc<CallState>, Box<Failure>> {
        match enter(&instance.call_memo, name) {
            Some(Slot::Done(state)) => Ok(state),
            Some(Slot::Busy) => Err(self.circle(&instance.full_address(&format!("module.{name}")), span)),
            None => {
                let what = instance.full_address(&format!("module.{name}"));
                let place = instance.config.calls.get(name).map_or(span, |call| call.header);
                let state = self.asked(what, place, span, || {
                    self.within(instance.is_uncertain(), || Rc::new(self.open_call(instance, name)))
                });
                leave(&instance.call_memo, name, state.clone());
                Ok(state)
            }
        }
    }

    fn open_call(&self, instance: &Rc<Instance>, name: &Arc<str>) -> CallState {
        let Some(call) = instance.config.calls.get(name) else {
            return CallState::Unresolved(Cause::Error { message: "no such module".into() });
        };
        let address = instance.full_address(&format!("module.{name}"));
        let call_path = if instance.call_path.is_empty() {
            name.to_string()
        } else {
            format!("{}.{name}", instance.call_path)
        };
        let source = call.source.clone().unwrap_or_else(|| "?".into());
        let dir = self.module_dir(&instance.config.dir, &source, &call_path);
        let Some(dir) = dir else {
            let unresolved = UnresolvedModule {
                address: address.into(),
                source: source.clone(),
                version: call.version.clone(),
                header: call.header,
                // Filled in at the end: arguments may refer to other outputs of this very module.
                arguments: Value::null(Origin::at(call.header)),
            };
            self.unresolved.borrow_mut().push((instance.clone(), name.clone(), unresolved));
            return CallState::Unresolved(Cause::UnresolvedModule { source });
        };
        if let Some(way) = self.way_to_itself(instance, &dir) {
            let source = call.body.attribute("source").map_or(call.header, |source| source.expr.span);
            let failure = cycle(source, format!("the module `{name}` calls itself: {way}"));
            self.report_failure(&failure);
            return CallState::Unresolved(Cause::Error { message: failure.message.into() });
        }
        let too_deep = instance.calls.len() >= self.options.limits.depth;
        if too_deep || self.instances.borrow().len() >= MOST_INSTANCES {
            let what = if too_deep { "depth of module calls" } else { "number of module instances" };
            self.limit(what, call.header);
            return CallState::Unresolved(Cause::Limit { what: what.into() });
        }
        let config = self.configs.module(&dir);
        self.take_in(&config);
        let mut calls = vec![call.header];
        calls.extend(&instance.calls);
        let plan = self.expand(instance, &call.body, call.header);
        CallState::Resolved(plan.map(|key, repetition, multiplicity| {
            self.spend(INSTANCE, call.header);
            let address = format!("{address}{}", key.suffix());
            let child = Rc::new(Instance::new(
                config.clone(),
                address.into(),
                call_path.clone(),
                calls.clone(),
                Some(Parent { instance: instance.clone(), call: name.clone(), repetition }),
                multiplicity.times(&instance.multiplicity),
                HashMap::new(),
            ));
            self.instances.borrow_mut().push(child.clone());
            child
        }))
    }

    pub(crate) fn call_arguments(&self, instance: &Rc<Instance>, call: &super::config::ModuleCall) -> Value {
        const META: [&str; 6] = ["source", "version", "providers", "count", "for_each", "depends_on"];
        let mut each = Repetition::default();
        let plan = self.expand(instance, &call.body, call.header);
        if let Some(repetition) = plan.first_repetition() {
            each = repetition;
        }
        let cx = Context { repetition: &each, ..context(instance) };
        let mut entries = Entries::with_capacity(call.body.attributes.len());
        for attribute in call.body.attributes.iter().filter(|attribute| !META.contains(&&*attribute.name)) {
            let value = self.eval_settled(cx, &attribute.expr);
            entries.insert(attribute.name.clone(), Entry { key_span: Some(attribute.name_span), value });
        }
        Value::object(entries, Origin::at(call.header))
    }

    /// The directories from the module in `dir` through those that call each other to it again, if `instance`
    /// stands inside it.
    fn way_to_itself(&self, instance: &Rc<Instance>, dir: &std::path::Path) -> Option<String> {
        let mut way = vec![self.files.display_name(dir)];
        let mut caller = Some(instance);
        while let Some(this) = caller {
            way.push(self.files.display_name(&this.config.dir));
            if this.config.dir == dir {
                way.reverse();
                return Some(way.join(" → "));
            }
            caller = this.parent.as_ref().map(|parent| &parent.instance);
        }
        None
    }

    /// The directory of a module: a local path, or what `terraform init` has vendored.
    pub(crate) fn module_dir(
        &self,
        caller: &std::path::Path,
        source: &str,
        call_path: &str,
    ) -> Option<std::path::PathBuf> {
        let dir = if is_local(source) {
            Files::normalize(&caller.join(source))
        } else {
            let vendored = self.vendored().get(call_path)?.clone();
            Files::normalize(&self.root_dir.join(vendored))
        };
        let has_configuration =
            self.files.file_names(&dir).iter().any(|name| super::config::is_configuration(name));
        has_configuration.then_some(dir)
    }

    /// `modules.json` of the root module: directories by call path.
    fn vendored(&self) -> Rc<HashMap<String, String>> {
        self.vendored_memo.borrow_mut().get_or_insert_with(|| Rc::new(self.read_vendored())).clone()
    }

    fn read_vendored(&self) -> HashMap<String, String> {
        let path = self.root_dir.join(".terraform/modules/modules.json");
        let Ok(loaded) = self.files.load(&path) else { return HashMap::new() };
        let Ok(json) = serde_json::from_str::<serde_json::Value>(&loaded.text) else { return HashMap::new() };
        let modules = json.get("Modules").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
        let text = |module: &serde_json::Value, name: &str| {
            module.get(name).and_then(serde_json::Value::as_str).map(str::to_owned)
        };
        modules.iter().filter_map(|module| Some((text(module, "Key")?, text(module, "Dir")?))).collect()
    }
}

/// A call at `header` that leaves out an argument for a variable without a default.
pub(crate) fn needs_argument(name: &str, variable: &Variable, header: Span) -> Box<Failure> {
    let mut failure = Failure::fixed(header, format!("the module needs a value for `{name}`"));
    failure.related.push((variable.header, "the variable is declared here".to_owned()));
    failure
}

/// Something that the module does not declare, or that stands in the part of it that could not be read.
pub(crate) fn nothing_there(config: &Module, span: Span, message: String) -> Outcome {
    if config.is_incomplete() {
        let cause = Cause::Error { message: "a file of the module cannot be read as a whole".into() };
        return Ok(Value::unknown(cause, Origin::at(span)));
    }
    Err(Failure::fixed(span, message))
}

pub(crate) fn is_local(source: &str) -> bool {
    source == "." || source == ".." || source.starts_with("./") || source.starts_with("../")
}

/// The name after a root such as `var`, and the steps that follow. `var["name"]` is accepted too.
fn named<'s>(steps: &'s [Way], root: &str, span: Span) -> Result<(&'s Arc<str>, &'s [Way]), Box<Failure>> {
    match steps.split_first() {
        Some((Way { kind: StepKind::Attribute(name), .. }, rest)) => Ok((name, rest)),
        _ => Err(Failure::fixed(span, format!("`{root}` must be followed by `.` and a name"))),
    }
}

/// A value that is a resource or data source as a whole: what is not set is unknown and keeps its identity.
pub(crate) fn identified(body: &Value, cause: Cause) -> Value {
    let mut value = body.clone();
    if let Kind::Mapping(mapping) = &body.kind {
        let rest = Rest { causes: crate::value::Causes::one(cause), template: None, overrides: false };
        // A null argument is one that is not set.
        let set = mapping.entries.iter().filter(|(_, entry)| !entry.value.is_null());
        value.kind = Kind::Mapping(Arc::new(Mapping {
            kind: MappingKind::Object,
            entries: set.map(|(name, entry)| (name.clone(), entry.clone())).collect(),
            rest: Some(Arc::new(rest)),
        }));
    }
    value
}

/// Whether a required variable of a root module has no value.
fn lacks_inputs(instance: &Instance) -> bool {
    let variables = &instance.config.variables;
    variables.iter().any(|(name, variable)| variable.default.is_none() && !instance.inputs.contains_key(name))
}
