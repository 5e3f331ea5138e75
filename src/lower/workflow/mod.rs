//! GitHub workflows to the model. Expressions are resolved as far as the files tell: `env` of step, job and workflow,
//! inputs by their callers, options and defaults, the matrix, lines written to `$GITHUB_ENV` and `$GITHUB_OUTPUT`.
//! Everything else is unknown with the expression as cause.

mod circles;
mod overrides;
mod script;
mod text;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use circles::{Circle, circles};

use crate::model::workflow::{Action, Concurrency, Job, Permissions, Step, Workflow, WorkflowVariable};
use crate::model::{Count, Field, IgnoredChanges, Input, Items, Meta, StageOf, State, Unit};
use crate::source::Files;
use crate::syntax::actions_expr;
use crate::syntax::tree::{Member, Node, NodeKind};
use crate::value::{Cause, Causes, Origin};
use text::{Evaluated, Scalar, Scope};

/// Composite actions inside composite actions beyond this are not followed (GitHub's own limit is 10).
const DEEPEST: usize = 10;

/// The inputs of a reusable workflow with more calls are unknown.
const MOST_CALLS: usize = 64;

/// Steps of one workflow, those of composite actions included.
const MOST_STEPS: usize = 5_000;

/// A workflow or action file that was read.
#[derive(Debug, Clone)]
pub struct Document {
    /// Absolute.
    pub path: PathBuf,
    /// As shown to people.
    pub name: Arc<str>,
    pub text: Arc<str>,
    pub root: Arc<Node>,
}

/// Every workflow as a model node, in the order given.
///
/// Steps of a composite action in `actions` stand behind the step that uses it, with its inputs. The inputs of a
/// reusable workflow are what its callers among `workflows` give; the calling job has no steps of its own.
/// Region, stage and unit of the nodes are left to the caller.
#[must_use]
pub fn lower(workflows: &[Document], actions: &[Document]) -> Vec<Workflow> {
    let repository = Repository::new(workflows, actions);
    let lowering = |document| Lowering { document, repository: &repository, steps: 0 };
    workflows.iter().map(|document| lowering(document).workflow()).collect()
}

/// What workflows can refer to.
struct Repository<'a> {
    /// By directory.
    actions: HashMap<PathBuf, &'a Document>,
    /// `with` of every job that calls a workflow file, with the scope of its workflow.
    calls: HashMap<PathBuf, Vec<(Option<&'a Node>, Scope)>>,
}

impl<'a> Repository<'a> {
    fn new(workflows: &'a [Document], actions: &'a [Document]) -> Self {
        let actions = actions
            .iter()
            .filter_map(|document| Some((document.path.parent()?.to_path_buf(), document)))
            .collect();
        let mut calls: HashMap<PathBuf, Vec<(Option<&'a Node>, Scope)>> = HashMap::new();
        for document in workflows {
            let scope = Scope { inputs: Arc::new(dispatch_inputs(document)), ..Scope::default() };
            for job in document.root.get("jobs").map(Node::members).unwrap_or_default() {
                let Some(target) = job.value.get("uses").and_then(Node::as_str) else { continue };
                let Some(path) = local_path(&document.path, target) else { continue };
                calls.entry(path).or_default().push((job.value.get("with"), scope.clone()));
            }
        }
        Self { actions, calls }
    }
}

/// The file behind `./…` in `uses`: from the top of the repository that holds the workflow.
fn local_path(workflow: &Path, target: &str) -> Option<PathBuf> {
    let relative = target.strip_prefix("./")?;
    let top = workflow.ancestors().find(|above| above.ends_with(".github"))?.parent()?;
    Some(Files::normalize(&top.join(relative)))
}

/// Definition of an input in `on.workflow_dispatch` or `on.workflow_call`.
fn input_definitions<'a>(document: &'a Document, trigger: &str) -> &'a [Member] {
    let inputs = document.root.get("on").and_then(|on| on.get(trigger)).and_then(|on| on.get("inputs"));
    inputs.map(Node::members).unwrap_or_default()
}

/// What inputs may be when a person starts the workflow, or something else does.
fn dispatch_inputs(document: &Document) -> BTreeMap<String, Evaluated> {
    let others = triggers(&document.root)
        .iter()
        .any(|(name, _)| !matches!(&**name, "workflow_dispatch" | "workflow_call"));
    input_definitions(document, "workflow_dispatch")
        .iter()
        .map(|input| {
            let what = format!("inputs.{}", input.key);
            let mut values: Vec<Scalar> = match input.value.get("type").and_then(Node::as_str) {
                Some("choice") => input
                    .value
                    .get("options")
                    .map(Node::items)
                    .unwrap_or_default()
                    .iter()
                    .filter_map(scalar)
                    .collect(),
                Some("boolean") => vec![Scalar::Bool(true), Scalar::Bool(false)],
                _ => Vec::new(),
            };
            if others && !values.is_empty() {
                values.push(Scalar::Null);
            }
            (input.key.to_ascii_lowercase(), Evaluated::one_of(values, &what))
        })
        .collect()
}

fn scalar(node: &Node) -> Option<Scalar> {
    match &node.kind {
        NodeKind::Null => Some(Scalar::Null),
        NodeKind::Bool(value) => Some(Scalar::Bool(*value)),
        NodeKind::Number(text) => Some(Scalar::Number(text.clone())),
        NodeKind::String(text) if !text.contains("${{") => Some(Scalar::String(text.clone())),
        _ => None,
    }
}

fn triggers(root: &Node) -> Vec<(Arc<str>, crate::source::Span)> {
    let Some(on) = root.get("on") else { return Vec::new() };
    match &on.kind {
        NodeKind::String(name) => vec![(name.clone(), on.span)],
        NodeKind::List(items) => {
            items.iter().filter_map(|item| Some((item.scalar_text()?, item.span))).collect()
        }
        NodeKind::Map(members) => {
            members.iter().map(|member| (member.key.clone(), member.key_span)).collect()
        }
        _ => Vec::new(),
    }
}

struct Lowering<'a> {
    document: &'a Document,
    repository: &'a Repository<'a>,
    steps: usize,
}

/// What a job's steps share.
struct JobContext<'a> {
    /// `defaults.run.shell` of job or workflow.
    shell: Option<&'a str>,
    windows: bool,
}

impl<'a> Lowering<'a> {
    fn workflow(&mut self) -> Workflow {
        let document = self.document;
        let root: &Node = &document.root;
        let header = Origin::at(root.members().first().map_or(root.span, |member| member.key_span));
        let mut scope = Scope { inputs: Arc::new(self.inputs()), ..Scope::default() };
        let env = variables(root.get("env"), &scope);
        add_env(&mut scope, root.get("env"));
        let mut done: BTreeMap<usize, Job> = BTreeMap::new();
        let members = root.get("jobs").map(Node::members).unwrap_or_default();
        for index in by_needs(members) {
            if let Some(member) = members.get(index) {
                let job = self.job(member, root, &mut scope);
                done.insert(index, job);
            }
        }
        Workflow {
            meta: Meta {
                address: document.name.clone(),
                kind: "workflow".into(),
                origin: header.clone(),
                block: root.span,
                calls: Vec::new(),
                input: Input::Workflow,
                count: Count::One,
                region: Field::absent(header.clone()),
                stage: StageOf::default(),
                tags: BTreeMap::new(),
                tags_open: Causes::none(),
                ignored: IgnoredChanges::default(),
                unit: Unit(0),
            },
            name: string(root.get("name"), &header, &scope),
            triggers: triggers(root),
            permissions: permissions(root, &header, &scope),
            concurrency: concurrency(root, &header, &scope),
            env,
            jobs: done.into_values().collect(),
        }
    }

    /// Inputs of this workflow: what starts it by hand, and what its callers give.
    fn inputs(&self) -> BTreeMap<String, Evaluated> {
        let mut inputs = dispatch_inputs(self.document);
        let by_hand = triggers(&self.document.root).iter().any(|(name, _)| &**name != "workflow_call");
        let calls = self.repository.calls.get(&self.document.path).map(Vec::as_slice).unwrap_or_default();
        for input in input_definitions(self.document, "workflow_call") {
            let what = format!("inputs.{}", input.key);
            let name = input.key.to_ascii_lowercase();
            let mut values: Vec<Evaluated> = calls
                .iter()
                .take(MOST_CALLS)
                .map(|(with, scope)| {
                    let given = with.and_then(|with| member_any_case(with, &input.key));
                    match given.or_else(|| input.value.member("default")) {
                        Some(given) => evaluated(&given.value, scope),
                        None => Evaluated::known(Scalar::Null),
                    }
                })
                .collect();
            if by_hand {
                values.push(inputs.get(&name).cloned().unwrap_or_else(|| Evaluated::known(Scalar::Null)));
            }
            let mut all = values.into_iter();
            let first = if (1..=MOST_CALLS).contains(&calls.len()) { all.next() } else { None };
            let value = first.map_or_else(
                || Evaluated::unknown(what.as_str()),
                |first| all.fold(first, |value, other| value.or(&other, &what)),
            );
            inputs.insert(name, value);
        }
        inputs
    }

    fn job(&mut self, member: &'a Member, root: &'a Node, workflow: &mut Scope) -> Job {
        let node = &member.value;
        let origin = Origin::at(member.key_span);
        let mut scope = workflow.clone();
        scope.matrix =
            Arc::new(matrix(node.get("strategy").and_then(|strategy| strategy.get("matrix")), &scope));
        let env = variables(node.get("env"), &scope);
        add_env(&mut scope, node.get("env"));
        let shell_of = |node: &'a Node| node.get("defaults")?.get("run")?.get("shell")?.as_str();
        let context = JobContext {
            shell: shell_of(node).or_else(|| shell_of(root)),
            windows: node.get("runs-on").and_then(Node::as_str).is_some_and(|on| on.starts_with("windows")),
        };
        let steps = match node.get("steps") {
            None => Items::absent(origin.clone()),
            Some(list) => {
                let mut steps = Vec::new();
                let mut open = false;
                for step in list.items() {
                    open |= !self.step(step, self.document, &mut scope, &context, 0, &mut steps);
                }
                let mut items = Items::known(steps, Origin::at(list.span));
                if open {
                    let causes = Causes::one(Cause::Limit { what: "steps of composite actions".into() });
                    items.open = Some(crate::model::Open { causes, template: None });
                }
                items
            }
        };
        let job = Job {
            id: member.key.clone(),
            name: string(node.get("name"), &origin, &scope),
            needs: needs(node),
            condition: condition(node, &origin),
            environment: match node.get("environment") {
                Some(environment) if matches!(environment.kind, NodeKind::Map(_)) => {
                    string(environment.get("name"), &Origin::at(environment.span), &scope)
                }
                environment => string(environment, &origin, &scope),
            },
            env,
            permissions: permissions(node, &origin, &scope),
            concurrency: concurrency(node, &origin, &scope),
            timeout_minutes: whole_number(node.get("timeout-minutes"), &origin, &scope),
            uses: string(node.get("uses"), &origin, &scope),
            steps,
            origin,
        };
        // What later jobs read as `needs.<id>.outputs.<name>`.
        let outputs = node.get("outputs").map(Node::members).unwrap_or_default();
        let named = |output: &Member| {
            (format!("needs.{}.outputs.{}", member.key, output.key), evaluated(&output.value, &scope))
        };
        let outputs: Vec<_> = outputs.iter().map(named).collect();
        // The maps are shared with the scope: without it they are extended in place.
        drop(scope);
        Arc::make_mut(&mut workflow.outputs).extend(outputs);
        job
    }

    /// Adds a step and those of the composite action it uses; false when a limit cut them off.
    fn step(
        &mut self,
        node: &Node,
        document: &Document,
        job: &mut Scope,
        context: &JobContext<'_>,
        depth: usize,
        into: &mut Vec<Step>,
    ) -> bool {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            return false;
        }
        let origin = Origin::at(node.members().first().map_or(node.span, |member| member.key_span));
        let mut scope = job.clone();
        let env = variables(node.get("env"), &scope);
        add_env(&mut scope, node.get("env"));
        let id = node.get("id").and_then(Node::as_str);
        let mut composite = None;
        let action = node.get("uses").and_then(|uses| {
            let target = uses.as_str()?;
            let (name, version) = match target.rsplit_once('@') {
                Some((name, version)) => (name, Some(Arc::from(version))),
                None => (target, None),
            };
            composite = local_path(&self.document.path, target)
                .and_then(|path| self.repository.actions.get(&path).copied());
            let name = if name.starts_with("./") { name.into() } else { name.to_ascii_lowercase().into() };
            Some(Action {
                origin: Origin::at(uses.span),
                name,
                version,
                inputs: variables(node.get("with"), &scope),
            })
        });
        let mut left = script::Effects::default();
        let run = node.get("run").map(|run| {
            let shell = node.get("shell").and_then(Node::as_str).or(context.shell);
            let is_shell = match shell {
                Some(shell) => {
                    let program = shell.split_whitespace().next().unwrap_or_default();
                    matches!(program.rsplit('/').next(), Some("bash" | "sh"))
                }
                None => !context.windows,
            };
            let (script, effects) = script::lower(run, &document.text, &scope, is_shell);
            left = effects;
            script
        });
        let given = node.get("with");
        let source = Source { document, scope: &scope };
        let task_environment = overrides::of_step(action.as_ref(), given, run.as_ref(), &source, &origin);
        into.push(Step {
            id: string(node.get("id"), &origin, &scope),
            name: string(node.get("name"), &origin, &scope),
            condition: condition(node, &origin),
            env,
            action,
            run,
            task_environment,
            origin,
        });
        let whole = match composite {
            Some(action) if depth < DEEPEST => self.composite(action, given, &scope, context, depth, into),
            Some(_) => false,
            None => true,
        };
        // The maps are shared with the scope: without it they are extended in place.
        drop(scope);
        if left.env_open {
            job.hide_env();
        }
        job.overwrite_env(left.env);
        if let Some(id) = id {
            let path = |name: &str| format!("steps.{id}.outputs.{name}");
            let outputs = left.outputs.into_iter().map(|(name, value)| (path(&name), value));
            Arc::make_mut(&mut job.outputs).extend(outputs);
        }
        whole
    }

    fn composite(
        &mut self,
        action: &Document,
        given: Option<&Node>,
        caller: &Scope,
        context: &JobContext<'_>,
        depth: usize,
        into: &mut Vec<Step>,
    ) -> bool {
        let mut scope = caller.environment();
        let mut inputs = BTreeMap::new();
        for input in action.root.get("inputs").map(Node::members).unwrap_or_default() {
            let value = match given.and_then(|given| member_any_case(given, &input.key)) {
                Some(given) => evaluated(&given.value, caller),
                None => match input.value.get("default") {
                    Some(default) => evaluated(default, &Scope::default()),
                    None => Evaluated::known(Scalar::Null),
                },
            };
            inputs.insert(input.key.to_ascii_lowercase(), value);
        }
        scope.inputs = Arc::new(inputs);
        let steps =
            action.root.get("runs").and_then(|runs| runs.get("steps")).map(Node::items).unwrap_or_default();
        let mut whole = true;
        for step in steps {
            whole &= self.step(step, action, &mut scope, context, depth + 1, into);
        }
        whole
    }
}

/// What is needed to read a node.
struct Source<'a> {
    document: &'a Document,
    scope: &'a Scope,
}

/// Jobs in an order in which those they need come first; circles are cut.
fn by_needs(members: &[Member]) -> Vec<usize> {
    let index: HashMap<&str, usize> =
        members.iter().enumerate().map(|(at, member)| (&*member.key, at)).collect();
    let mut order = Vec::new();
    let mut seen = BTreeSet::new();
    for start in 0..members.len() {
        let mut stack = vec![(start, false)];
        while let Some((at, expanded)) = stack.pop() {
            if expanded {
                order.push(at);
                continue;
            }
            if !seen.insert(at) {
                continue;
            }
            stack.push((at, true));
            let needed = members.get(at).map(|member| needs(&member.value)).unwrap_or_default();
            stack.extend(needed.iter().filter_map(|name| index.get(&**name)).map(|at| (*at, false)));
        }
    }
    order
}

fn needs(job: &Node) -> Vec<Arc<str>> {
    let Some(needs) = job.get("needs") else { return Vec::new() };
    match needs.scalar_text() {
        Some(one) => vec![one],
        None => needs.items().iter().filter_map(Node::scalar_text).collect(),
    }
}

fn member_any_case<'a>(node: &'a Node, key: &str) -> Option<&'a Member> {
    node.members().iter().rev().find(|member| member.key.eq_ignore_ascii_case(key))
}

/// What a scalar node evaluates to; lists and maps are not followed.
fn evaluated(node: &Node, scope: &Scope) -> Evaluated {
    let at = Origin::at(node.span);
    let mut value = match (&node.kind, scalar(node)) {
        (_, Some(value)) => Evaluated::known(value),
        (NodeKind::String(text), None) => scope.string(text, &at),
        (NodeKind::Broken(why), None) => {
            let causes = Causes::one(Cause::Error { message: why.clone() });
            Evaluated { causes, ..Evaluated::unknown("") }
        }
        _ => Evaluated::unknown("a list or map"),
    };
    value.origin.get_or_insert(at);
    value
}

fn string(node: Option<&Node>, header: &Origin, scope: &Scope) -> Field<String> {
    match node {
        None => Field::absent(header.clone()),
        Some(node) if matches!(node.kind, NodeKind::Null) => Field::absent(header.clone()),
        Some(node) => evaluated(node, scope).field(Origin::at(node.span)),
    }
}

/// `if:` as written: what it decides is not known before the run.
fn condition(node: &Node, header: &Origin) -> Field<String> {
    match node.get("if").and_then(|node| Some((node.scalar_text()?, node.span))) {
        Some((text, span)) => Field::known_at(text.to_string(), Origin::at(span)),
        None => Field::absent(header.clone()),
    }
}

fn whole_number(node: Option<&Node>, header: &Origin, scope: &Scope) -> Field<i64> {
    parsed(string(node, header, scope), "a whole number", |text| text.trim().parse().ok())
}

fn truth(node: Option<&Node>, header: &Origin, scope: &Scope) -> Field<bool> {
    parsed(string(node, header, scope), "true or false", |text| match text.trim() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    })
}

/// The field read as another type; unknown with an error where the text is none.
fn parsed<T>(field: Field<String>, wanted: &str, read: impl Fn(&str) -> Option<T>) -> Field<T> {
    let causes = || Causes::one(Cause::Error { message: format!("{wanted} is needed here").into() });
    let (origin, sensitive) = (field.origin, field.sensitive);
    let state = match field.state {
        State::Absent => State::Absent,
        State::Known(text) => match read(&text) {
            Some(value) => State::Known(value),
            None => return Field { sensitive, ..Field::unknown(causes(), origin) },
        },
        State::Unknown(unknown) => {
            let alternatives: Option<Vec<T>> = unknown.alternatives.iter().map(|text| read(text)).collect();
            State::unknown(crate::model::NotKnown {
                causes: unknown.causes,
                alternatives: alternatives.unwrap_or_default(),
                pattern: None,
                not_null: unknown.not_null,
            })
        }
    };
    Field { state, origin, sensitive }
}

/// `env:` or `with:`.
fn variables(node: Option<&Node>, scope: &Scope) -> Vec<WorkflowVariable> {
    let members = node.map(Node::members).unwrap_or_default();
    members
        .iter()
        .map(|member| {
            let value = evaluated(&member.value, scope);
            let text = member.value.as_str().unwrap_or_default();
            let expressions = actions_expr::find(text).into_iter().filter_map(|embedded| embedded.expression);
            let contexts = expressions.flat_map(|expression| expression.contexts()).map(Arc::from).collect();
            WorkflowVariable {
                name: member.key.clone(),
                name_span: member.key_span,
                value: value.field(Origin::at(member.value.span)),
                contexts,
            }
        })
        .collect()
}

/// Makes the entries of an `env:` visible to what stands inside. A wholly computed `env: ${{ … }}` hides all.
fn add_env(scope: &mut Scope, node: Option<&Node>) {
    if node.is_some_and(|node| node.as_str().is_some()) {
        scope.hide_env();
    }
    let members = node.map(Node::members).unwrap_or_default();
    let layer =
        members.iter().map(|member| (member.key.to_string(), evaluated(&member.value, scope))).collect();
    scope.add_env(layer);
}

fn permissions(node: &Node, header: &Origin, scope: &Scope) -> Field<Permissions> {
    let Some(node) = node.get("permissions") else { return Field::absent(header.clone()) };
    let origin = Origin::at(node.span);
    let is_map = matches!(node.kind, NodeKind::Map(_));
    let permissions = Permissions {
        origin: origin.clone(),
        all: if is_map { Field::absent(origin.clone()) } else { string(Some(node), &origin, scope) },
        scopes: node
            .members()
            .iter()
            .map(|member| (member.key.clone(), string(Some(&member.value), &origin, scope)))
            .collect(),
    };
    Field::known_at(permissions, origin)
}

fn concurrency(node: &Node, header: &Origin, scope: &Scope) -> Field<Concurrency> {
    let Some(node) = node.get("concurrency") else { return Field::absent(header.clone()) };
    let origin = Origin::at(node.span);
    let is_map = matches!(node.kind, NodeKind::Map(_));
    let concurrency = Concurrency {
        origin: origin.clone(),
        group: string(if is_map { node.get("group") } else { Some(node) }, &origin, scope),
        cancel_in_progress: truth(node.get("cancel-in-progress"), &origin, scope),
    };
    Field::known_at(concurrency, origin)
}

/// Values of `strategy.matrix` by path: lists of scalars or of maps, and `include`.
fn matrix(node: Option<&Node>, scope: &Scope) -> BTreeMap<String, Evaluated> {
    let mut values: BTreeMap<String, Vec<Option<Scalar>>> = BTreeMap::new();
    let members = node.map(Node::members).unwrap_or_default();
    let mut note = |path: String, node: &Node| {
        let value = evaluated(node, scope);
        let known = match value.possible.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        };
        values.entry(path).or_default().push(known);
    };
    for member in members {
        let including = &*member.key == "include";
        if &*member.key == "exclude" {
            continue;
        }
        if member.value.items().is_empty() {
            note(member.key.to_string(), &member.value);
        }
        for item in member.value.items() {
            if item.members().is_empty() {
                note(member.key.to_string(), item);
            }
            for inner in item.members() {
                let path =
                    if including { inner.key.to_string() } else { format!("{}.{}", member.key, inner.key) };
                note(path, &inner.value);
            }
        }
    }
    // A computed list may add any value to any key.
    let computed = members.iter().any(|member| &*member.key == "include" && member.value.as_str().is_some());
    let base = members.iter().any(|member| !matches!(&*member.key, "include" | "exclude"));
    values
        .into_iter()
        .map(|(path, found)| {
            let what = format!("matrix.{path}");
            let only_included =
                base && !members.iter().any(|member| path.split('.').next() == Some(&*member.key));
            let known: Option<Vec<Scalar>> = found.into_iter().collect();
            let value = match known.filter(|_| !computed) {
                Some(mut known) => {
                    if only_included {
                        known.push(Scalar::Null);
                    }
                    Evaluated::one_of(known, &what)
                }
                None => Evaluated::unknown(what.as_str()),
            };
            (path, value)
        })
        .collect()
}

#[cfg(test)]
mod tests;
