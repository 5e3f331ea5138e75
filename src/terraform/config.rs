//! The static side of a module: its files parsed, overrides merged, declarations by name. Parsed once a
//! run and shared by every call and root.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::constraint::{self, Defaults};
use super::{Class, Diagnostic, Mode, instance, json, references};
use crate::source::{Files, LoadError, Span};
use crate::syntax::hcl::{
    self, Attribute, Block, Body, Expr, ExprKind, ItemKey, Problem, ProblemKind, StepKind,
};
use crate::value::Type;

/// Parsed modules by directory; shared between the roots of a run.
#[derive(Debug)]
pub struct Configs<'a> {
    pub(crate) files: &'a Files,
    modules: Mutex<HashMap<PathBuf, Arc<Module>>>,
}

/// A module directory, parsed.
#[derive(Debug, Default)]
pub struct Module {
    pub dir: PathBuf,
    /// Files read, in order of name.
    pub files: Vec<PathBuf>,
    /// Size of the files read.
    pub bytes: u64,
    pub(crate) variables: BTreeMap<Arc<str>, Variable>,
    pub(crate) locals: BTreeMap<Arc<str>, Attribute>,
    pub(crate) outputs: BTreeMap<Arc<str>, Output>,
    pub(crate) calls: BTreeMap<Arc<str>, ModuleCall>,
    /// Resources and data sources by `type.name` and `data.type.name`.
    pub(crate) resources: BTreeMap<Arc<str>, Arc<ResourceConfig>>,
    /// Provider configurations by `name` or `name.alias`.
    pub(crate) providers: BTreeMap<Arc<str>, Arc<Block>>,
    pub(crate) checks: BTreeMap<Arc<str>, CheckConfig>,
    /// `from` and `to` of `moved` blocks, as addresses within the module.
    pub(crate) moved: Vec<(String, String)>,
    pub(crate) problems: Vec<Diagnostic>,
    /// Version constraints on the AWS provider.
    pub(crate) aws_versions: Vec<Arc<str>>,
    /// Whether it has a backend, `cloud` or provider block: a sign of a root module.
    pub(crate) root_marks: bool,
}

#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) name_span: Span,
    pub(crate) header: Span,
    pub(crate) ty: Type,
    /// Whether a type is declared: without one, command-line values are literal strings.
    pub(crate) typed: bool,
    pub(crate) defaults: Defaults,
    pub(crate) default: Option<Expr>,
    pub(crate) nullable: bool,
    pub(crate) sensitive: bool,
    /// `validation` blocks: condition and message.
    pub(crate) validations: Vec<(Expr, Option<Expr>)>,
}

#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) header: Span,
    pub(crate) value: Option<Expr>,
    pub(crate) sensitive: bool,
    pub(crate) preconditions: Vec<(Expr, Option<Expr>)>,
}

#[derive(Debug)]
pub(crate) struct ModuleCall {
    pub(crate) header: Span,
    pub(crate) source: Option<Arc<str>>,
    pub(crate) version: Option<Arc<str>>,
    pub(crate) body: Body,
}

/// A `check` block. Its data source stands among the resources.
#[derive(Debug)]
pub(crate) struct CheckConfig {
    pub(crate) name: Arc<str>,
    pub(crate) header: Span,
    /// Condition and message.
    pub(crate) asserts: Vec<(Expr, Option<Expr>)>,
}

#[derive(Debug)]
pub(crate) struct ResourceConfig {
    pub(crate) mode: Mode,
    pub(crate) ty: Arc<str>,
    pub(crate) name: Arc<str>,
    pub(crate) header: Span,
    pub(crate) span: Span,
    pub(crate) body: Body,
    /// The check block it stands in: nothing else sees it.
    pub(crate) scope: Option<Arc<str>>,
}

/// A part of a module that holds expressions.
pub(crate) enum ModulePart<'m> {
    /// One expression under a name: a default, a local, an output.
    Named(&'m str, &'m Expr),
    Body(&'m Body),
}

impl Module {
    /// Whether it has more than providers: those alone are a part that other folders link to, and nobody applies them
    /// where they stand.
    pub(crate) fn is_applied(&self) -> bool {
        !self.resources.is_empty() || !self.calls.is_empty() || !self.outputs.is_empty()
    }

    /// Names of the declared input variables.
    #[must_use]
    pub fn variable_names(&self) -> BTreeSet<Arc<str>> {
        self.variables.keys().cloned().collect()
    }

    /// Shows every part that holds expressions of the user, with what it is called.
    pub(crate) fn parts(&self, visit: &mut dyn FnMut(&str, ModulePart<'_>)) {
        for (name, variable) in &self.variables {
            if let Some(default) = &variable.default {
                visit(&format!("variable {name}"), ModulePart::Named(name, default));
            }
        }
        for (name, local) in &self.locals {
            visit(&format!("local.{name}"), ModulePart::Named(name, &local.expr));
        }
        for (name, output) in &self.outputs {
            if let Some(value) = &output.value {
                visit(&format!("output {name}"), ModulePart::Named(name, value));
            }
        }
        for (name, call) in &self.calls {
            visit(&format!("module.{name}"), ModulePart::Body(&call.body));
        }
        for (key, resource) in &self.resources {
            visit(key, ModulePart::Body(&resource.body));
        }
        for (name, provider) in &self.providers {
            visit(&format!("provider {name}"), ModulePart::Body(&provider.body));
        }
    }

    /// Whether part of its files could not be read, so that more may be declared than is known.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.problems.iter().any(|problem| matches!(problem.class, Class::Syntax | Class::Limit))
    }
}

impl ResourceConfig {
    /// `aws_x.y` or `data.aws_x.y`.
    pub(crate) fn key(&self) -> String {
        match self.mode {
            Mode::Managed => format!("{}.{}", self.ty, self.name),
            Mode::Data => format!("data.{}.{}", self.ty, self.name),
        }
    }
}

impl<'a> Configs<'a> {
    #[must_use]
    pub fn new(files: &'a Files) -> Self {
        Self { files, modules: Mutex::default() }
    }

    /// The modules parsed so far, to be dropped where nothing waits for it.
    #[must_use]
    pub fn into_modules(self) -> Vec<Arc<Module>> {
        let modules = self.modules.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut modules: Vec<_> = modules.into_values().collect();
        modules.sort_by(|a, b| a.dir.cmp(&b.dir));
        modules
    }

    /// The module in `dir`, parsed at the first call.
    #[must_use]
    pub fn module(&self, dir: &Path) -> Arc<Module> {
        let dir = Files::normalize(dir);
        let known =
            |this: &Self| this.modules.lock().unwrap_or_else(PoisonError::into_inner).get(&dir).cloned();
        if let Some(module) = known(self) {
            return module;
        }
        let module = Arc::new(read_module(self.files, &dir));
        let mut modules = self.modules.lock().unwrap_or_else(PoisonError::into_inner);
        modules.entry(dir).or_insert(module).clone()
    }
}

/// Stack for parsing the deepest nesting that is followed, in bytes; only what is used is taken from memory.
const PARSER_STACK: usize = 256 * 1024 * 1024;

impl Configs<'_> {
    /// Parses many modules at once. The files are read first and in order, so that their ids do not depend on
    /// which thread comes first.
    pub(crate) fn prepare(&self, dirs: &BTreeSet<PathBuf>) {
        for dir in dirs {
            for name in self.files.file_names(dir).iter().filter(|name| is_configuration(name)) {
                // Where a file cannot be read, its module says so.
                let _ = self.files.load(&dir.join(name));
            }
        }
        let most = std::thread::available_parallelism().map_or(1, usize::from);
        let workers = most.min(rayon::current_num_threads()).min(dirs.len());
        if workers < 2 {
            return;
        }
        let next = Mutex::new(dirs.iter());
        std::thread::scope(|scope| {
            for _ in 0..workers {
                let work = || {
                    loop {
                        let dir = next.lock().unwrap_or_else(PoisonError::into_inner).next();
                        match dir {
                            Some(dir) => self.module(dir),
                            None => break,
                        };
                    }
                };
                let builder = std::thread::Builder::new().name("parser".to_owned());
                if builder.stack_size(PARSER_STACK).spawn_scoped(scope, work).is_err() {
                    // What no thread has parsed is parsed when it is asked for.
                    break;
                }
            }
        });
    }
}

pub(crate) fn diagnostic(problem: &Problem) -> Diagnostic {
    Diagnostic {
        class: match problem.kind {
            ProblemKind::Syntax => Class::Syntax,
            ProblemKind::DuplicateKey => Class::DuplicateKey,
            ProblemKind::Limit => Class::Limit,
        },
        message: problem.message.clone(),
        span: problem.span,
        related: problem.related.clone(),
    }
}

pub(crate) fn is_configuration(name: &str) -> bool {
    let hidden =
        name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'));
    !hidden && (name.ends_with(".tf") || name.ends_with(".tf.json"))
}

fn is_override(name: &str) -> bool {
    let stem = name.strip_suffix(".tf.json").or_else(|| name.strip_suffix(".tf")).unwrap_or(name);
    stem == "override" || stem.ends_with("_override")
}

fn read_module(files: &Files, dir: &Path) -> Module {
    let names: Vec<String> =
        files.file_names(dir).into_iter().filter(|name| is_configuration(name)).collect();
    let mut builder = Builder { module: Module { dir: dir.to_path_buf(), ..Module::default() } };
    for overrides in [false, true] {
        for name in names.iter().filter(|name| is_override(name) == overrides) {
            let path = dir.join(name);
            builder.file(files, &path, overrides);
        }
    }
    builder.module.files.sort();
    builder.module
}

/// Names that mean something else in a module block.
const RESERVED: [&str; 8] =
    ["count", "depends_on", "for_each", "lifecycle", "locals", "providers", "source", "version"];
/// Arguments of a variable, those of later releases included.
const VARIABLE_ARGUMENTS: [&str; 8] =
    ["const", "default", "deprecated", "description", "ephemeral", "nullable", "sensitive", "type"];
/// Arguments of an output, those of later releases included.
const OUTPUT_ARGUMENTS: [&str; 7] =
    ["depends_on", "deprecated", "description", "ephemeral", "sensitive", "type", "value"];

struct Builder {
    module: Module,
}

impl Builder {
    fn problem(&mut self, class: Class, span: Span, message: impl Into<String>) {
        self.module.problems.push(Diagnostic { class, message: message.into(), span, related: Vec::new() });
    }

    fn twice(&mut self, what: &str, span: Span, first: Span) {
        self.module.problems.push(Diagnostic {
            class: Class::Evaluation,
            message: format!("{what} is declared twice in this module"),
            span,
            related: vec![(first, "declared here first".to_owned())],
        });
    }

    fn file(&mut self, files: &Files, path: &Path, overrides: bool) {
        self.module.files.push(path.to_path_buf());
        let loaded = match files.load(path) {
            Ok(loaded) => loaded,
            Err(error) => {
                let span = Span::new(files.add_pseudo(files.display_name(path), "").id, 0..0);
                let class =
                    if matches!(error, LoadError::TooLarge { .. }) { Class::Limit } else { Class::Syntax };
                return self.problem(class, span, format!("the file cannot be read: {error}"));
            }
        };
        self.module.bytes += loaded.text.len() as u64;
        let is_json = path.extension().is_some_and(|extension| extension == "json");
        let parsed = if is_json {
            json::parse_body(&loaded.text, loaded.id)
        } else {
            hcl::parse_body(&loaded.text, loaded.id)
        };
        self.module.problems.extend(parsed.problems.iter().map(diagnostic));
        if let Some(attribute) = parsed.body.attributes.first() {
            let message =
                format!("the argument `{}` is not expected at the top level of a file", attribute.name);
            self.problem(Class::Evaluation, attribute.name_span, message);
        }
        for block in parsed.body.blocks {
            if overrides {
                self.override_block(block);
            } else {
                self.block(block);
            }
        }
    }

    /// The labels of a block as names, when there are exactly `N`.
    fn labels<const N: usize>(&mut self, block: &Block) -> Option<[Arc<str>; N]> {
        let labels: Vec<Arc<str>> = block.labels.iter().map(|label| label.text.clone()).collect();
        if let Ok(labels) = labels.try_into() {
            return Some(labels);
        }
        let message =
            format!("a `{}` block has {N} label(s), this one has {}", block.kind, block.labels.len());
        self.problem(Class::Evaluation, block.header, message);
        None
    }

    fn block(&mut self, block: Block) {
        match &*block.kind {
            "variable" => {
                let Some([name]) = self.labels::<1>(&block) else { return };
                let variable = self.variable(&block);
                self.judge_name(&name, &block);
                self.judge_arguments(&block, &VARIABLE_ARGUMENTS);
                if RESERVED.contains(&&*name) {
                    let message =
                        format!("`{name}` cannot name a variable: it has a meaning in module blocks");
                    self.problem(Class::Evaluation, block.header, message);
                }
                if let Some(default) = &variable.default {
                    self.judge_constant(default, "the default of a variable");
                }
                self.judge_conditions(&block.body, "validation", Some(&name));
                if let Some(first) = self.module.variables.get(&name) {
                    let first = first.header;
                    return self.twice(&format!("the variable `{name}`"), block.header, first);
                }
                self.module.variables.insert(name, variable);
            }
            "output" => {
                let Some([name]) = self.labels::<1>(&block) else { return };
                if let Some(first) = self.module.outputs.get(&name) {
                    let first = first.header;
                    return self.twice(&format!("the output `{name}`"), block.header, first);
                }
                self.judge_conditions(&block.body, "precondition", None);
                self.judge_name(&name, &block);
                self.judge_arguments(&block, &OUTPUT_ARGUMENTS);
                self.module.outputs.insert(name, output(block));
            }
            "locals" => {
                for attribute in block.body.attributes {
                    if let Some(first) = self.module.locals.get(&attribute.name) {
                        let first = first.name_span;
                        self.twice(&format!("the local `{}`", attribute.name), attribute.name_span, first);
                        continue;
                    }
                    self.module.locals.insert(attribute.name.clone(), attribute);
                }
            }
            "module" => {
                let Some([name]) = self.labels::<1>(&block) else { return };
                if let Some(first) = self.module.calls.get(&name) {
                    let first = first.header;
                    return self.twice(&format!("the module call `{name}`"), block.header, first);
                }
                let call = self.call(&name, block);
                self.module.calls.insert(name, call);
            }
            "resource" | "data" | "ephemeral" => self.resource(block, None),
            "provider" => {
                let Some([name]) = self.labels::<1>(&block) else { return };
                self.module.root_marks = true;
                if &*name == "aws"
                    && let Some(version) = block.body.attribute("version")
                {
                    self.module.aws_versions.extend(literal_string(&version.expr));
                }
                let alias = block.body.attribute("alias").and_then(|alias| literal_string(&alias.expr));
                let key = alias.map_or_else(|| name.to_string(), |alias| format!("{name}.{alias}"));
                if let Some(first) = self.module.providers.get(key.as_str()) {
                    let first = first.header;
                    return self.twice(&format!("the provider configuration `{key}`"), block.header, first);
                }
                self.module.providers.insert(key.into(), Arc::new(block));
            }
            "terraform" => {
                let required =
                    block.body.blocks("required_providers").flat_map(|block| &block.body.attributes);
                self.module.aws_versions.extend(required.filter_map(aws_version));
                self.module.root_marks |=
                    block.body.blocks.iter().any(|inner| matches!(&*inner.kind, "backend" | "cloud"));
            }
            "check" => self.check(block),
            "moved" => {
                let end = |name: &str| block.body.attribute(name).map(|attribute| &attribute.expr);
                self.module.moved.extend(end("from").and_then(address).zip(end("to").and_then(address)));
                if let (Some(from), Some(to)) = (end("from"), end("to"))
                    && is_plain(from)
                    && dotted(from).is_some()
                    && dotted(from) == dotted(to)
                    && is_plain(to)
                {
                    let message = "this moves an address to itself, which is nothing";
                    self.problem(Class::Evaluation, block.header, message);
                }
            }
            "import" | "removed" | "action" | "list" => {}
            other => {
                let message = format!("blocks of type `{other}` are not expected here");
                self.problem(Class::Evaluation, block.header, message);
            }
        }
    }

    fn check(&mut self, block: Block) {
        let Some([name]) = self.labels::<1>(&block) else { return };
        if let Some(first) = self.module.checks.get(&name) {
            let first = first.header;
            return self.twice(&format!("the check `{name}`"), block.header, first);
        }
        for attribute in &block.body.attributes {
            let message = format!("a check block has no argument `{}`", attribute.name);
            self.problem(Class::Evaluation, attribute.name_span, message);
        }
        self.judge_conditions(&block.body, "assert", None);
        let asserts = conditions(&block.body, "assert");
        if block.body.blocks("assert").next().is_none() {
            self.problem(Class::Evaluation, block.header, "a check block needs an `assert` block");
        }
        let mut data = false;
        for inner in block.body.blocks {
            match &*inner.kind {
                "assert" => {}
                "data" if data => {
                    self.problem(
                        Class::Evaluation,
                        inner.header,
                        "a check block has one data source at most",
                    );
                }
                "data" => {
                    data = true;
                    for part in ["count", "for_each"] {
                        if let Some(attribute) = inner.body.attribute(part) {
                            let message = format!("a data source in a check block has no `{part}`");
                            self.problem(Class::Evaluation, attribute.name_span, message);
                        }
                    }
                    if let Some(lifecycle) = inner.body.blocks("lifecycle").next() {
                        let message = "a data source in a check block has no `lifecycle`";
                        self.problem(Class::Evaluation, lifecycle.header, message);
                    }
                    self.resource(inner, Some(name.clone()));
                }
                kind => {
                    let message = format!("blocks of type `{kind}` are not expected in a check block");
                    self.problem(Class::Evaluation, inner.header, message);
                }
            }
        }
        self.module.checks.insert(name.clone(), CheckConfig { name, header: block.header, asserts });
    }

    fn judge_name(&mut self, name: &str, block: &Block) {
        if name.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
            let message = format!("the name `{name}` must start with a letter or an underscore");
            self.problem(
                Class::Evaluation,
                block.labels.last().map_or(block.header, |label| label.span),
                message,
            );
        }
    }

    fn judge_constant(&mut self, expr: &Expr, what: &str) {
        if !references::is_constant(expr) {
            let message = format!("{what} is a constant: no reference and no function may stand here");
            self.problem(Class::Evaluation, expr.span, message);
        }
    }

    fn judge_arguments(&mut self, block: &Block, known: &[&str]) {
        for attribute in block.body.attributes.iter().filter(|one| !known.contains(&&*one.name)) {
            let message = format!("a block of type `{}` has no argument `{}`", block.kind, attribute.name);
            self.problem(Class::Evaluation, attribute.name_span, message);
        }
    }

    /// Conditions that Terraform refuses whatever they are about: those that lack a part, and those that refer to
    /// nothing, or not to the variable that they are to judge (`own`).
    fn judge_conditions(&mut self, body: &Body, kind: &str, own: Option<&str>) {
        for block in body.blocks(kind) {
            for part in ["condition", "error_message"] {
                if block.body.attribute(part).is_none() {
                    self.problem(Class::Evaluation, block.header, format!("`{kind}` needs `{part}`"));
                }
            }
            let Some(condition) = block.body.attribute("condition") else { continue };
            let (any, refers_to_own) = references::refers(&condition.expr, own);
            let message = match own {
                Some(name) if !refers_to_own => format!("this condition must refer to `var.{name}`"),
                None if !any => {
                    "this condition refers to nothing, so that its result is always the same".to_owned()
                }
                _ => continue,
            };
            self.problem(Class::Evaluation, condition.expr.span, message);
        }
    }

    fn resource(&mut self, block: Block, scope: Option<Arc<str>>) {
        let Some([ty, name]) = self.labels::<2>(&block) else { return };
        let mode = if &*block.kind == "resource" { Mode::Managed } else { Mode::Data };
        self.judge_name(&name, &block);
        for lifecycle in block.body.blocks("lifecycle") {
            for flag in ["prevent_destroy", "create_before_destroy"] {
                if let Some(attribute) = lifecycle.body.attribute(flag) {
                    self.judge_constant(&attribute.expr, &format!("`{flag}`"));
                }
            }
            self.judge_conditions(&lifecycle.body, "precondition", None);
            self.judge_conditions(&lifecycle.body, "postcondition", None);
        }
        let (header, span) = (block.header, block.span);
        let mut resource = ResourceConfig { mode, ty, name, header, span, body: block.body, scope };
        if &*block.kind == "ephemeral" {
            // Read anew on each run, like a data source; it is addressed `ephemeral.type.name`.
            resource.ty = format!("ephemeral.{}", resource.ty).into();
        }
        let key = if &*block.kind == "ephemeral" {
            format!("{}.{}", resource.ty, resource.name)
        } else {
            resource.key()
        };
        if let Some(first) = self.module.resources.get(key.as_str()) {
            let first = first.header;
            return self.twice(&format!("`{key}`"), block.header, first);
        }
        self.module.resources.insert(key.into(), Arc::new(resource));
    }

    fn call(&mut self, name: &str, block: Block) -> ModuleCall {
        let text =
            |name: &str| block.body.attribute(name).and_then(|attribute| literal_string(&attribute.expr));
        let (source, version) = (text("source"), text("version"));
        if source.is_none() {
            let span = block.body.attribute("source").map_or(block.header, |attribute| attribute.expr.span);
            self.problem(
                Class::Evaluation,
                span,
                format!("the module call `{name}` needs a literal `source`"),
            );
        }
        self.judge_name(name, &block);
        if let (Some(source), Some(version)) = (&source, block.body.attribute("version"))
            && instance::is_local(source)
        {
            let message = format!("the module `{name}` is local: only one of a registry has a `version`");
            self.problem(Class::Evaluation, version.name_span, message);
        }
        ModuleCall { header: block.header, source, version, body: block.body }
    }

    fn variable(&mut self, block: &Block) -> Variable {
        let body = &block.body;
        let flag = |name: &str| body.attribute(name).and_then(|attribute| literal_bool(&attribute.expr));
        let declared = body.attribute("type").map(|attribute| constraint::read(&attribute.expr));
        let (typed, ty, defaults) = match declared {
            Some(Ok((ty, defaults))) => (true, ty, defaults),
            Some(Err(error)) => {
                self.problem(Class::Evaluation, error.span, error.message);
                (true, Type::Dynamic, Defaults::default())
            }
            None => (false, Type::Dynamic, Defaults::default()),
        };
        Variable {
            name_span: block.label(0).map_or(block.header, |label| label.span),
            header: block.header,
            ty,
            typed,
            defaults,
            default: body.attribute("default").map(|attribute| attribute.expr.clone()),
            nullable: flag("nullable").unwrap_or(true),
            sensitive: flag("sensitive").unwrap_or(false),
            validations: conditions(body, "validation"),
        }
    }

    /// Overrides replace arguments one by one and nested blocks type by type.
    fn override_block(&mut self, block: Block) {
        let missing = |this: &mut Self, what: String| {
            this.problem(Class::Evaluation, block.header, format!("there is no {what} to override"));
        };
        match &*block.kind {
            "locals" => {
                for attribute in block.body.attributes {
                    self.module.locals.insert(attribute.name.clone(), attribute);
                }
            }
            "variable" => {
                let Some([name]) = self.labels::<1>(&block) else { return };
                let over = self.variable(&block);
                let Some(base) = self.module.variables.get_mut(&name) else {
                    return missing(self, format!("variable `{name}`"));
                };
                if over.typed {
                    (base.ty, base.typed, base.defaults) = (over.ty, true, over.defaults);
                }
                if over.default.is_some() {
                    base.default = over.default;
                }
                if block.body.attribute("nullable").is_some() {
                    base.nullable = over.nullable;
                }
                if block.body.attribute("sensitive").is_some() {
                    base.sensitive = over.sensitive;
                }
                if !over.validations.is_empty() {
                    base.validations = over.validations;
                }
            }
            "output" => {
                let Some([name]) = self.labels::<1>(&block) else { return };
                let sensitive_set = block.body.attribute("sensitive").is_some();
                let header = block.header;
                let over = output(block);
                let Some(base) = self.module.outputs.get_mut(&name) else {
                    return self.problem(
                        Class::Evaluation,
                        header,
                        format!("there is no output `{name}` to override"),
                    );
                };
                if over.value.is_some() {
                    base.value = over.value;
                }
                if sensitive_set {
                    base.sensitive = over.sensitive;
                }
            }
            "module" => {
                let Some([name]) = self.labels::<1>(&block) else { return };
                if !self.module.calls.contains_key(&name) {
                    return missing(self, format!("module call `{name}`"));
                }
                if let Some(base) = self.module.calls.get_mut(&name) {
                    for attribute in &block.body.attributes {
                        let text = literal_string(&attribute.expr);
                        match &*attribute.name {
                            "source" => base.source = text,
                            "version" => base.version = text,
                            _ => {}
                        }
                    }
                    merge_body(&mut base.body, block.body);
                }
            }
            "resource" | "data" => {
                let Some([ty, name]) = self.labels::<2>(&block) else { return };
                let prefix = if &*block.kind == "data" { "data." } else { "" };
                let key = format!("{prefix}{ty}.{name}");
                let Some(base) = self.module.resources.get_mut(key.as_str()) else {
                    return missing(self, format!("`{key}`"));
                };
                if let Some(base) = Arc::get_mut(base) {
                    merge_body(&mut base.body, block.body);
                }
            }
            "provider" => {
                let Some([name]) = self.labels::<1>(&block) else { return };
                let alias = block.body.attribute("alias").and_then(|alias| literal_string(&alias.expr));
                let key = alias.map_or_else(|| name.to_string(), |alias| format!("{name}.{alias}"));
                match self.module.providers.get_mut(key.as_str()).and_then(Arc::get_mut) {
                    Some(base) => merge_body(&mut base.body, block.body),
                    None => {
                        self.module.providers.insert(key.into(), Arc::new(block));
                    }
                }
            }
            "check" => self.problem(
                Class::Evaluation,
                block.header,
                "an override file cannot override a check block",
            ),
            "moved" | "import" | "removed" | "terraform" => {}
            _ => self.block(block),
        }
    }
}

/// The type of the nested blocks a block stands for: its own, or that of a `dynamic` block.
fn nested_type(block: &Block) -> Arc<str> {
    match block.label(0) {
        Some(label) if &*block.kind == "dynamic" => label.text.clone(),
        _ => block.kind.clone(),
    }
}

fn merge_body(base: &mut Body, over: Body) {
    // JSON does not tell arguments from nested blocks: each replaces the other.
    for attribute in &over.attributes {
        base.blocks.retain(|block| nested_type(block) != attribute.name);
    }
    base.attributes.retain(|attribute| over.blocks.iter().all(|block| nested_type(block) != attribute.name));
    for attribute in over.attributes {
        match base.attributes.iter_mut().find(|old| old.name == attribute.name) {
            Some(old) => *old = attribute,
            None => base.attributes.push(attribute),
        }
    }
    let replaced: BTreeSet<Arc<str>> =
        over.blocks.iter().map(nested_type).filter(|kind| &**kind != "lifecycle").collect();
    base.blocks.retain(|block| !replaced.contains(&nested_type(block)));
    for block in over.blocks {
        let lifecycle = base.blocks.iter_mut().find(|old| &*old.kind == "lifecycle");
        match lifecycle {
            Some(old) if &*block.kind == "lifecycle" => merge_body(&mut old.body, block.body),
            _ => base.blocks.push(block),
        }
    }
}

fn conditions(body: &Body, kind: &str) -> Vec<(Expr, Option<Expr>)> {
    body.blocks(kind)
        .filter_map(|block| {
            let condition = block.body.attribute("condition")?.expr.clone();
            // What refers to nothing is refused as it stands.
            references::refers(&condition, None).0.then_some(())?;
            Some((condition, block.body.attribute("error_message").map(|message| message.expr.clone())))
        })
        .collect()
}

fn output(block: Block) -> Output {
    Output {
        header: block.header,
        value: block.body.attribute("value").map(|attribute| attribute.expr.clone()),
        sensitive: block
            .body
            .attribute("sensitive")
            .and_then(|attribute| literal_bool(&attribute.expr))
            .unwrap_or(false),
        preconditions: conditions(&block.body, "precondition"),
    }
}

/// The version constraint of an entry of `required_providers`, when it is for the AWS provider: an object, or a
/// string as Terraform 0.12 has it.
fn aws_version(attribute: &Attribute) -> Option<Arc<str>> {
    let ExprKind::Object(items) = &attribute.expr.kind else {
        return (&*attribute.name == "aws").then(|| literal_string(&attribute.expr)).flatten();
    };
    let text = |wanted: &str| {
        let item = items.iter().find(|item| match &item.key {
            ItemKey::Name(name) => &**name == wanted,
            ItemKey::Ambiguous(key) | ItemKey::Expr(key) => match &key.kind {
                ExprKind::Name(name) | ExprKind::String(name) => &**name == wanted,
                _ => false,
            },
        });
        item.and_then(|item| literal_string(&item.value))
    };
    let is_aws = match text("source") {
        Some(source) => source.ends_with("hashicorp/aws"),
        None => &*attribute.name == "aws",
    };
    is_aws.then(|| text("version")).flatten()
}

/// The text of a literal string.
pub(crate) fn literal_string(expr: &Expr) -> Option<Arc<str>> {
    match &expr.kind {
        ExprKind::String(text) => Some(text.clone()),
        ExprKind::Template(parts) if parts.is_empty() => Some("".into()),
        _ => None,
    }
}

fn literal_bool(expr: &Expr) -> Option<bool> {
    match &expr.kind {
        ExprKind::Bool(value) => Some(*value),
        ExprKind::String(text) => match &**text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Whether an address has no instance key.
fn is_plain(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Traverse { steps, .. } => {
            steps.iter().all(|step| matches!(step.kind, StepKind::Attribute(_)))
        }
        _ => false,
    }
}

/// An address of a resource, a module or an instance of one: `module.a["x"].aws_y.z[0]`.
fn address(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.to_string()),
        ExprKind::Traverse { root, steps } => {
            let mut text = address(root)?;
            for step in steps {
                match &step.kind {
                    StepKind::Attribute(name) => {
                        text.push('.');
                        text.push_str(name);
                    }
                    StepKind::Index(key) => match &key.kind {
                        ExprKind::String(key) => text.push_str(&format!("[{key:?}]")),
                        ExprKind::Number(number) => text.push_str(&format!("[{number}]")),
                        _ => return None,
                    },
                    _ => return None,
                }
            }
            Some(text)
        }
        _ => None,
    }
}

/// A reference as dotted names: `aws_x.y`, `module.a`; index steps are left out.
pub(crate) fn dotted(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.to_string()),
        ExprKind::Traverse { root, steps } => {
            let mut text = dotted(root)?;
            for step in steps {
                if let StepKind::Attribute(name) = &step.kind {
                    text.push('.');
                    text.push_str(name);
                }
            }
            Some(text)
        }
        _ => None,
    }
}
