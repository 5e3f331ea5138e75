//! Expressions to values, on demand. What a name stands for is asked of [`super::instance`]; functions are
//! in [`super::functions`].

mod access;
mod alternatives;
mod calls;
mod expression;
mod looping;
mod operators;
mod template;

pub(crate) use alternatives::combine;
pub(crate) use looping::through_each;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::config::Configs;
use super::instance::Instance;
use super::{Class, Diagnostic, Options, UnresolvedModule, functions};
use crate::source::{Files, Span};
use crate::syntax::hcl::Expr;
use crate::value::{Cause, Origin, Value};

/// Why an expression has no value: Terraform would stop here.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) class: Class,
    pub(crate) related: Vec<(Span, String)>,
    /// Whether `try` and `can` catch it; they do not catch references to what is not declared.
    pub(crate) catchable: bool,
}

impl Failure {
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Box<Self> {
        Box::new(Self {
            span,
            message: message.into(),
            class: Class::Evaluation,
            related: Vec::new(),
            catchable: true,
        })
    }

    /// A mistake Terraform finds before it evaluates anything.
    pub(crate) fn fixed(span: Span, message: impl Into<String>) -> Box<Self> {
        let mut failure = Self::new(span, message);
        failure.catchable = false;
        failure
    }
}

pub(crate) type Outcome = Result<Value, Box<Failure>>;

/// `each` and `count` of the block an expression stands in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Repetition {
    pub(crate) each: Option<(Value, Value)>,
    pub(crate) count_index: Option<Value>,
}

/// A name bound by `for`, a dynamic block or a template's variables.
#[derive(Debug)]
pub(crate) struct Scope<'s> {
    pub(crate) name: &'s str,
    pub(crate) value: Value,
    pub(crate) parent: Option<&'s Scope<'s>>,
}

impl Scope<'_> {
    fn find(&self, name: &str) -> Option<&Value> {
        let mut scope = Some(self);
        while let Some(this) = scope {
            if this.name == name {
                return Some(&this.value);
            }
            scope = this.parent;
        }
        None
    }
}

/// Where an expression stands.
#[derive(Clone, Copy)]
pub(crate) struct Context<'s> {
    pub(crate) module: &'s Rc<Instance>,
    pub(crate) repetition: &'s Repetition,
    pub(crate) scope: Option<&'s Scope<'s>>,
    /// Inside a template file or a var file: only these names and those of the scope exist.
    pub(crate) isolated: Option<&'s Isolated<'s>>,
}

/// All that an expression outside any module sees.
#[derive(Debug)]
pub(crate) struct Isolated<'s> {
    pub(crate) names: &'s [(Arc<str>, Value)],
    /// What the expression stands in, for messages.
    pub(crate) what: &'s str,
}

impl<'s> Context<'s> {
    pub(crate) fn with<'t>(self, scope: &'t Scope<'t>) -> Context<'t>
    where
        's: 't,
    {
        Context { scope: Some(scope), ..self }
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Value> {
        let bound = self.scope.and_then(|scope| scope.find(name));
        bound.or_else(|| {
            let names = self.isolated?.names;
            names.iter().find(|(known, _)| &**known == name).map(|(_, value)| value)
        })
    }
}

/// A module call that could not be followed: where it stands, its name, what is known of it.
type Unfollowed = (Rc<Instance>, Arc<str>, UnresolvedModule);

/// Evaluation of one root module: everything found so far.
pub(crate) struct Evaluator<'a> {
    pub(crate) files: &'a Files,
    pub(crate) configs: &'a Configs<'a>,
    pub(crate) options: &'a Options,
    pub(crate) root_dir: PathBuf,
    pub(crate) workspace: Arc<str>,
    pub(crate) instances: RefCell<Vec<Rc<Instance>>>,
    pub(crate) diagnostics: RefCell<Vec<Diagnostic>>,
    reported: RefCell<HashSet<(Span, String)>>,
    /// Calls that could not be followed, with the module they stand in and their name there.
    pub(crate) unresolved: RefCell<Vec<Unfollowed>>,
    pub(crate) undeclared: RefCell<Vec<super::Undeclared>>,
    pub(crate) used_files: RefCell<BTreeSet<PathBuf>>,
    /// Null defaults of root variables, by place, where the run lacks other values: see [`Self::not_given`].
    pub(crate) null_defaults: RefCell<HashMap<Span, Arc<str>>>,
    templates: RefCell<HashMap<PathBuf, Option<Arc<Expr>>>>,
    /// `modules.json` of the root module, read at the first use.
    pub(crate) vendored_memo: RefCell<Option<Rc<HashMap<String, String>>>>,
    /// Whether the configuration takes the version of the AWS provider that the facts are of.
    pub(crate) described: OnceCell<super::provider::Known>,
    /// Definitions that are being worked out, outermost first.
    pub(crate) path: RefCell<Vec<super::instance::Asked>>,
    steps: Cell<u64>,
    /// Parts of values made so far, and how many may be made; see [`super::Limits::made`].
    made: Cell<u64>,
    allowed: Cell<u64>,
    /// Directories of the modules that [`Self::allowed`] has taken in.
    known_modules: RefCell<HashSet<PathBuf>>,
    depth: Cell<usize>,
    /// Module directories whose references were looked at.
    judged: RefCell<HashSet<PathBuf>>,
    /// Set when something evaluated may fail for some completion of what is unknown; `try` looks at it.
    may_fail: Cell<bool>,
    /// Set inside what may not exist at all (an instance of an unknown `for_each`): failures there are not
    /// certain, so they are not reported.
    uncertain: Cell<bool>,
}

/// Nested evaluations, counted over references too. The stack of [`super::with_stack`] holds this many.
const DEEPEST: usize = 2_500;

/// The limit on what one root module may make.
const MADE: &str = "parts of all values of one root module";

impl<'a> Evaluator<'a> {
    pub(crate) fn new(configs: &'a Configs<'a>, dir: &Path, options: &'a Options) -> Self {
        Self {
            files: configs.files,
            configs,
            options,
            root_dir: Files::normalize(dir),
            workspace: options.workspace.clone().unwrap_or_else(|| "default".to_owned()).into(),
            instances: RefCell::default(),
            diagnostics: RefCell::default(),
            reported: RefCell::default(),
            unresolved: RefCell::default(),
            undeclared: RefCell::default(),
            used_files: RefCell::default(),
            null_defaults: RefCell::default(),
            templates: RefCell::default(),
            vendored_memo: RefCell::default(),
            described: OnceCell::new(),
            path: RefCell::default(),
            steps: Cell::new(0),
            made: Cell::new(0),
            allowed: Cell::new(options.limits.made),
            known_modules: RefCell::default(),
            depth: Cell::new(0),
            judged: RefCell::default(),
            may_fail: Cell::new(false),
            uncertain: Cell::new(false),
        }
    }

    pub(crate) fn report(&self, diagnostic: Diagnostic) {
        if self.reported.borrow_mut().insert((diagnostic.span, diagnostic.message.clone())) {
            self.diagnostics.borrow_mut().push(diagnostic);
        }
    }

    /// Runs `act` as part of something that exists for certain, or not. What may fail in it is an error of its
    /// own, which a `try` around the first reference to it does not catch.
    pub(crate) fn within<T>(&self, uncertain: bool, act: impl FnOnce() -> T) -> T {
        let outer = self.uncertain.replace(uncertain);
        let may_fail = self.may_fail.get();
        let result = act();
        self.may_fail.set(may_fail);
        self.uncertain.set(outer);
        result
    }

    /// Whether a module directory is met for the first time.
    pub(crate) fn first_of(&self, dir: &Path) -> bool {
        self.judged.borrow_mut().insert(dir.to_path_buf())
    }

    pub(crate) fn is_uncertain(&self) -> bool {
        self.uncertain.get()
    }

    pub(crate) fn report_failure(&self, failure: &Failure) {
        if failure.catchable && self.uncertain.get() {
            return;
        }
        self.report(Diagnostic {
            class: failure.class,
            message: failure.message.clone(),
            span: failure.span,
            related: failure.related.clone(),
        });
    }

    /// The root variable whose null default this value is, in a run that lacks the value of some required root
    /// variable. Terraform would not run like that: whatever gives the missing value, a var file as a rule, gives
    /// this one too where it may not be null.
    pub(crate) fn not_given(&self, value: &Value) -> Option<Cause> {
        let name = self.null_defaults.borrow().get(&value.origin.span).cloned();
        name.filter(|_| value.is_null()).map(|name| Cause::MissingVariable { name })
    }

    /// The value, or the failure reported and an unknown in its place.
    pub(crate) fn settle(&self, outcome: Outcome, span: Span) -> Value {
        outcome.unwrap_or_else(|failure| {
            self.report_failure(&failure);
            Value::unknown(Cause::Error { message: failure.message.into() }, Origin::at(span))
        })
    }

    /// Evaluates and settles.
    pub(crate) fn eval_settled(&self, context: Context<'_>, expr: &Expr) -> Value {
        self.settle(self.eval(context, expr), expr.span)
    }

    /// An unknown for a limit that was reached, reported once at `span`.
    pub(crate) fn limit(&self, what: &str, span: Span) -> Value {
        self.report_limit(format!("a limit was reached: {what}"), span);
        Value::unknown(Cause::Limit { what: what.into() }, Origin::at(span))
    }

    fn report_limit(&self, message: String, span: Span) {
        self.report(Diagnostic { class: Class::Limit, message, span, related: Vec::new() });
    }

    /// Reports that `argument` asks for more than [`super::Limits::instances`] of `what`.
    pub(crate) fn too_many(&self, argument: &str, asked: usize, what: &str, span: Span) {
        let most = self.options.limits.instances;
        self.report_limit(format!(
            "{argument} asks for {asked} {what}; more than {most} are not read (`limits.instances` in plimsoll.yaml)"
        ), span);
    }

    /// Counts parts that were made. `Some` with the unknown to go on with when there are too many.
    pub(crate) fn spend(&self, parts: usize, span: Span) -> Option<Value> {
        let before = self.made.get();
        let made = before.saturating_add(u64::try_from(parts).unwrap_or(u64::MAX));
        self.made.set(made);
        if made <= self.allowed.get() {
            return None;
        }
        Some(self.limit(MADE, span))
    }

    /// Gives room for the values of a module that is evaluated for the first time.
    pub(crate) fn take_in(&self, module: &super::Module) {
        if self.known_modules.borrow_mut().insert(module.dir.clone()) {
            let room = module.bytes.saturating_mul(self.options.limits.made_per_byte);
            self.allowed.set(self.allowed.get().saturating_add(room));
        }
    }

    /// The value, or a limit where it has more parts than are looked at: values share their parts, so that a
    /// few lines can describe any number of them.
    pub(crate) fn bounded(&self, value: Value, span: Span) -> Value {
        if value.weight(self.options.limits.value) > self.options.limits.value {
            let mut limit = self.limit(functions::VALUE, span);
            limit.sensitive = value.sensitive;
            return limit;
        }
        value
    }

    /// Notes that what is being evaluated may fail for some completion of its unknowns.
    pub(crate) fn note_may_fail(&self) {
        self.may_fail.set(true);
    }

    /// Evaluates an expression.
    pub(crate) fn eval(&self, context: Context<'_>, expr: &Expr) -> Outcome {
        let steps = self.steps.get() + 1;
        self.steps.set(steps);
        if steps > self.options.limits.steps {
            let cause = Cause::Limit { what: "evaluation steps".into() };
            if steps == self.options.limits.steps + 1 {
                return Ok(self.limit("evaluation steps", expr.span));
            }
            return Ok(Value::unknown(cause, Origin::at(expr.span)));
        }
        if self.made.get() > self.allowed.get() {
            return Ok(Value::unknown(Cause::Limit { what: MADE.into() }, Origin::at(expr.span)));
        }
        if self.depth.get() >= DEEPEST {
            return Ok(self.limit("nesting of references", expr.span));
        }
        self.depth.set(self.depth.get() + 1);
        let outcome = self.eval_inner(context, expr);
        self.depth.set(self.depth.get() - 1);
        outcome
    }
}
