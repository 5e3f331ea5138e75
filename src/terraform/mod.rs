//! Terraform configurations to evaluated resources: language, modules, variables, instances. What a
//! resource type means is for `lower`.
//!
//! Semantics: `ARCHITECTURE.md`, "Unknowns". Evaluation is driven by demand over the reference graph and
//! never fails as a whole: an error is a [`Diagnostic`] and the value goes on as unknown.

mod config;
mod constraint;
pub mod convert;
mod data;
mod eval;
mod expansion;
pub mod functions;
mod inputs;
mod instance;
mod json;
mod lookup;
pub mod plan;
mod policy;
mod provider;
mod references;
mod resource;
mod roots;
mod session;
pub mod var_files;

pub(crate) use config::ModulePart;
pub use config::{Configs, Module};
pub use lookup::{Lookup, lookup};
pub(crate) use provider::is_computed;
pub use roots::{Root, find_roots};
pub use session::Session;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::source::{Files, Span};
use crate::value::{Causes, Value};

/// What the command line and the environment say of a root module.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// `--var` and `--var-file`, in the order given: the last one wins.
    pub inputs: Vec<Input>,
    /// `TF_VAR_name` variables of the environment, names without the prefix.
    pub environment: Vec<(String, String)>,
    /// Name of the workspace; Terraform's `default` where not given.
    pub workspace: Option<String>,
    pub limits: Limits,
}

/// A value of a variable: `--var name=value`, `--var-file path`, or one read from a plan.
#[derive(Debug, Clone)]
pub enum Input {
    Var {
        name: String,
        value: String,
    },
    VarFile(PathBuf),
    /// A value read elsewhere: from a plan. A variable that is not declared is passed over.
    Value {
        name: String,
        value: Value,
    },
}

/// Where evaluation stops and the rest becomes unknown with cause `limit`.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Instances of one `count` or `for_each`, and items of one `for` or dynamic block.
    pub instances: usize,
    /// Bytes of one string.
    pub string: usize,
    /// Expression evaluations of one root module.
    pub steps: u64,
    /// Parts of one value at any depth, as [`Value::weight`] counts them.
    pub value: usize,
    /// Parts made while evaluating one root module, beside [`Limits::made_per_byte`]. A part takes about
    /// 130 bytes of memory.
    pub made: u64,
    /// Further parts for each byte of the configuration, so that a large one has room in proportion.
    pub made_per_byte: u64,
    /// Depth of module calls.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            instances: 1_000,
            string: 4 * 1024 * 1024,
            steps: 20_000_000,
            value: 200_000,
            made: 1_000_000,
            made_per_byte: 4,
            depth: 32,
        }
    }
}

/// Everything that evaluating one root module found.
#[derive(Debug, Default)]
pub struct Evaluation {
    /// Directory of the root module.
    pub dir: PathBuf,
    /// Managed resources and data sources of every module, in order of address.
    pub resources: Vec<Resource>,
    /// Root outputs in order of name.
    pub outputs: Vec<(Arc<str>, Value)>,
    /// Root variables with the value used, in order of name.
    pub variables: Vec<(Arc<str>, Value)>,
    /// Variables and locals of every module instance that was opened, the root's first.
    pub named: Vec<(Arc<str>, Value)>,
    /// Files of the configuration and of every module it uses, var files included, as given to `Files`.
    pub files: Vec<PathBuf>,
    /// Module calls that could not be followed (registry, git, missing directory).
    pub unresolved_modules: Vec<UnresolvedModule>,
    /// `--var` of names that this root module does not declare.
    pub undeclared: Vec<Undeclared>,
    pub diagnostics: Vec<Diagnostic>,
    /// Addresses of before and of now: `moved` blocks, previous addresses of a plan.
    pub moved: Vec<(String, String)>,
}

impl Evaluation {
    /// What a run still asks for when the model has been made and the secrets have been found: everything but the
    /// resources and the values, root variables that are not wholly known excepted.
    #[must_use]
    pub fn remains(&mut self) -> Self {
        let mut variables = std::mem::take(&mut self.variables);
        variables.retain(|(_, value)| !value.is_wholly_known());
        Self {
            dir: std::mem::take(&mut self.dir),
            variables,
            files: std::mem::take(&mut self.files),
            undeclared: std::mem::take(&mut self.undeclared),
            moved: std::mem::take(&mut self.moved),
            diagnostics: std::mem::take(&mut self.diagnostics),
            ..Self::default()
        }
    }
}

/// An evaluated instance of a `resource` or `data` block.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Full address: `module.api["web"].aws_ecs_service.this[0]`. An instance whose key is not
    /// known is written `[*]`.
    pub address: Arc<str>,
    pub mode: Mode,
    /// `aws_ecs_service`.
    pub ty: Arc<str>,
    pub name: Arc<str>,
    /// Address of the module: empty for the root, `module.api["web"]`.
    pub module: Arc<str>,
    /// Header of the block: keyword and labels.
    pub header: Span,
    /// The whole block.
    pub block: Span,
    /// Headers of the module calls that lead here, innermost first.
    pub calls: Vec<Span>,
    /// Arguments and nested blocks as one object. Nested blocks are sequences of objects under their
    /// type name, whatever their number; `origin` of each is the header of the block. Attributes that
    /// are not set are absent; computed ones are not listed. Meta-arguments are left out.
    pub body: Value,
    pub multiplicity: Multiplicity,
    pub lifecycle: Lifecycle,
    /// Configuration of the provider that manages it (`region`, `default_tags` …), when it is declared.
    pub provider: Option<Arc<Value>>,
    /// Resources and modules named by `depends_on`.
    pub depends_on: Vec<Arc<str>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Managed,
    Data,
}

/// How many instances one [`Resource`] stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Multiplicity {
    /// A single known instance.
    One,
    /// A symbolic instance: between `low` and `high` (unbounded: `None`) of them; the causes say what would decide it.
    Between { low: u64, high: Option<u64>, causes: Causes },
}

/// The part of `lifecycle` that matters to the model.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle {
    /// The value of `ignore_changes`.
    pub span: Option<Span>,
    /// `ignore_changes = all`.
    pub ignore_all: bool,
    /// First path steps of `ignore_changes`: `desired_count`, `task_definition` …
    pub ignore_changes: Vec<Arc<str>>,
    pub prevent_destroy: bool,
    pub create_before_destroy: bool,
    /// Why all of this is not known; empty where it is. A plan does not say it.
    pub unsaid: Causes,
}

/// A `module` block whose source is not in the repository.
#[derive(Debug, Clone)]
pub struct UnresolvedModule {
    /// `module.vpc`.
    pub address: Arc<str>,
    pub source: Arc<str>,
    /// `version` argument, where given.
    pub version: Option<Arc<str>>,
    pub header: Span,
    /// Arguments of the call, evaluated.
    pub arguments: Value,
}

/// A `--var` without a variable: an error, unless it is meant for another root module of the same run.
#[derive(Debug, Clone)]
pub struct Undeclared {
    pub name: Arc<str>,
    pub diagnostic: Diagnostic,
}

/// Something wrong in the configuration itself.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    pub class: Class,
    /// One sentence, Terraform's reason in our words, without values of sensitive things.
    pub message: String,
    pub span: Span,
    /// Further places: the steps of a cycle, the other of two duplicate keys, the variable's declaration.
    pub related: Vec<(Span, String)>,
}

/// Which finding a [`Diagnostic`] becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The file breaks the grammar.
    Syntax,
    /// Terraform would stop here.
    Evaluation,
    /// Definitions refer to each other in a circle.
    Cycle,
    /// The same key twice in an object expression.
    DuplicateKey,
    /// One of [`Limits`] was reached.
    Limit,
    /// An assertion of a `check` block does not hold: Terraform warns and goes on.
    FailedCheck,
}

/// Evaluates the root module in `dir`.
#[must_use]
pub fn evaluate(files: &Files, dir: &Path, options: &Options) -> Evaluation {
    evaluate_in(&Configs::new(files), dir, options)
}

/// Evaluates a root module with what [`Configs`] has parsed before.
#[must_use]
pub fn evaluate_in(configs: &Configs<'_>, dir: &Path, options: &Options) -> Evaluation {
    with_session(configs, dir, options, |session| session.evaluation())
}

/// Opens the root module in `dir` and runs `act` on it, on a thread whose stack holds the deepest
/// nesting of references that is followed.
pub fn with_session<T: Send>(
    configs: &Configs<'_>,
    dir: &Path,
    options: &Options,
    act: impl Fn(&Session<'_>) -> T + Sync,
) -> T {
    on_large_stack(|| act(&Session::open(configs, dir, options)))
}

/// Stack for parsing and evaluating, in bytes; only what is used is taken from memory.
const STACK: usize = 512 * 1024 * 1024;

fn on_large_stack<T: Send>(run: impl Fn() -> T + Sync) -> T {
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().name("terraform".to_owned()).stack_size(STACK);
        match builder.spawn_scoped(scope, &run) {
            Ok(thread) => match thread.join() {
                Ok(result) => result,
                Err(panic) => std::panic::resume_unwind(panic),
            },
            // Without a thread the ordinary stack has to do.
            Err(_) => run(),
        }
    })
}
