//! Asks conditions of the model. Every answer is yes, no or a maybe with its causes, and names the place that decided.

use std::cell::Cell;
use std::sync::{Arc, OnceLock};

use super::condition::{Check, Condition, Message, MetaAttribute, Part, Path, Select, Step};
use super::operator::{Comparison, Given, Operator, Test};
use super::raw;
use super::relations::{Key, Relations};
use super::tables::Nodes;
use super::view::{Constant, Entries, Fields, Follow, Further, List, Seen};
use crate::lint::probe::{Probe, Problem, Verdict, container_element};
use crate::lint::rules::facts::edits;
use crate::lint::{Applicability, Change, RuleInfo};
use crate::model::field::unsupported;
use crate::model::network::Direction;
use crate::model::{Deployment, Field, Items, Meta, NotKnown, PatternPart, Reference, State, Tri};
use crate::source::Span;
use crate::value::{Cause, Causes, Kind as ValueKind, Origin};

/// Items of a list that a message names.
const MOST_NAMED: usize = 5;
/// Characters of one value that a message shows.
const LONGEST_VALUE: usize = 200;

/// What the declarative rules of a run share.
#[derive(Debug)]
pub(crate) struct World<'a> {
    pub(super) deployment: &'a Deployment,
    relations: OnceLock<Relations<'a>>,
}

/// An answer, and what gave it.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) tri: Tri,
    pub(super) at: Origin,
    /// Nothing is written there.
    absent: bool,
    /// What is written there is a single known value.
    known: bool,
}

/// What a condition is asked of.
#[derive(Debug, Clone)]
pub(super) struct Scope<'a> {
    pub(super) seen: Seen<'a>,
    pub(super) parent: Option<&'a dyn Fields>,
    pub(super) meta: &'a Meta,
    pub(super) key: Option<Key>,
}

impl<'a> World<'a> {
    pub(crate) fn new(deployment: &'a Deployment) -> Self {
        Self { deployment, relations: OnceLock::new() }
    }

    /// Whether there is a node of this kind.
    pub(crate) fn has(&self, kind: &str) -> bool {
        let Some(selectable) = super::tables::selectable(kind) else { return false };
        match selectable.nodes {
            Nodes::Family(visit) => {
                let mut any = false;
                visit(self.deployment, &mut |_| any = true);
                any
            }
            Nodes::Containers => !self.deployment.task_definitions.is_empty(),
            Nodes::SecurityGroupRules => {
                !self.deployment.security_groups.is_empty()
                    || !self.deployment.security_group_rules.is_empty()
            }
            Nodes::Jobs | Nodes::Steps => !self.deployment.workflows.is_empty(),
        }
    }

    fn relations(&self) -> &Relations<'a> {
        self.relations.get_or_init(|| Relations::of(self.deployment))
    }

    /// Looks at every node that the checks select, with at most so many steps; what is left is undecided. How many
    /// there were.
    pub(in crate::lint) fn run(
        &self,
        info: &'a RuleInfo,
        checks: &[Check],
        steps: u64,
        verdicts: &mut Vec<Verdict<'a>>,
    ) -> usize {
        let asker = Asker { world: self, left: Cell::new(steps) };
        let mut looked = 0;
        for check in checks {
            let mut looker = Looker { world: self, asker: &asker, info, check, verdicts, looked: 0 };
            match &check.select {
                Select::Kind(kind) => looker.kind(kind.nodes),
                Select::Resource(ty) => {
                    for (at, resource) in self.deployment.resources.iter().enumerate() {
                        if resource.meta.kind == *ty {
                            let seen = Seen::Raw(resource.arguments.clone(), resource.meta.origin.clone());
                            let key = Some(Key::resource(at));
                            looker.node(Scope { seen, parent: None, meta: &resource.meta, key }, None);
                        }
                    }
                }
            }
            looked += looker.looked;
        }
        looked
    }
}

/// Asks the conditions of one rule.
struct Asker<'w, 'a> {
    world: &'w World<'a>,
    /// Steps that are left: rules of strangers must come to an end.
    left: Cell<u64>,
}

impl<'a> Asker<'_, 'a> {
    /// Takes steps; whether there are any left.
    fn may_go_on(&self, steps: u64) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(steps));
        left > 0
    }

    fn ask(&self, condition: &Condition, scope: &Scope<'a>) -> Judged {
        if !self.may_go_on(1) {
            let what = Arc::from("steps of one rule");
            return Judged::maybe(Causes::one(Cause::Limit { what }), scope.seen.origin());
        }
        match condition {
            Condition::All(conditions) => {
                Judged::all(conditions.iter().map(|one| self.ask(one, scope)), &scope.seen)
            }
            Condition::Any(conditions) => {
                Judged::any(conditions.iter().map(|one| self.ask(one, scope)), &scope.seen)
            }
            Condition::Not(condition) => self.ask(condition, scope).negate(),
            Condition::Attribute { path, every, test } => self.walk(scope, path, *every, &mut |seen| {
                let (at, absent) = (seen.origin(), seen.is_absent());
                let tri = self
                    .decided_by_provider(path, test, &seen, scope.meta)
                    .unwrap_or_else(|| answer(test, test.operator, &seen));
                let known = !absent && !seen.is_unknown();
                Judged { tri: if test.negated { tri.negate() } else { tri }, at, absent, known }
            }),
            Condition::Items { path, every, condition } => {
                self.walk(scope, path, *every, &mut |seen| match list_of(seen) {
                    Ok(list) => quantify(&list, *every, &mut |item| {
                        let scope = Scope { seen: item, parent: None, meta: scope.meta, key: None };
                        self.ask(condition, &scope)
                    }),
                    Err(judged) => judged,
                })
            }
            Condition::Connected { to, negated, condition } => {
                let at = scope.seen.origin();
                let tri = self.connected(to, condition.as_deref(), scope);
                Judged { tri: if *negated { tri.negate() } else { tri }, at, absent: false, known: false }
            }
        }
    }

    /// An attribute that is not written and that the provider then decides.
    fn decided_by_provider(&self, path: &Path, test: &Test, seen: &Seen<'a>, meta: &Meta) -> Option<Tri> {
        let [Step::Key(attribute)] = path.steps.as_slice() else { return None };
        let asks = path.computed && seen.is_absent();
        (asks && test.operator != Operator::Exists && test.default.is_none()).then(|| {
            let (address, attribute) = (meta.address.clone(), attribute.clone());
            Tri::Maybe(Causes::one(Cause::Computed { address, attribute }))
        })
    }

    fn connected(&self, to: &Select, condition: Option<&Condition>, scope: &Scope<'a>) -> Tri {
        let Some(key) = scope.key else { return Tri::No };
        let relations = self.world.relations();
        let meets =
            |target: Scope<'a>| condition.map_or(Tri::Yes, |condition| self.ask(condition, &target).tri);
        let mut connected = Tri::No;
        match to {
            Select::Kind(kind) => {
                let kind = (kind.kind)().name;
                for target in relations.nodes(key).filter(|target| target.kind().name == kind) {
                    let meta = target.meta().unwrap_or(scope.meta);
                    let seen = Seen::Object(target, meta.origin.clone());
                    let key = Some(Key::of(target));
                    connected = connected.or(meets(Scope { seen, parent: None, meta, key }));
                }
            }
            Select::Resource(ty) => {
                for at in relations.resources(key) {
                    let Some(target) = self.world.deployment.resources.get(at) else { continue };
                    if target.meta.kind == *ty {
                        let seen = Seen::Raw(target.arguments.clone(), target.meta.origin.clone());
                        let key = Some(Key::resource(at));
                        connected =
                            connected.or(meets(Scope { seen, parent: None, meta: &target.meta, key }));
                    }
                }
            }
        }
        if connected.is_yes() {
            return connected;
        }
        let causes = relations.open(key, to, scope.meta.unit);
        if causes.is_empty() { connected } else { connected.or(Tri::Maybe(causes)) }
    }

    /// Follows a path and asks at its end; where it branches, `every` end or any must hold.
    fn walk(
        &self,
        scope: &Scope<'a>,
        path: &Path,
        every: bool,
        leaf: &mut dyn FnMut(Seen<'a>) -> Judged,
    ) -> Judged {
        self.steps(scope, scope.seen.clone(), &path.steps, every, leaf)
    }

    fn steps(
        &self,
        scope: &Scope<'a>,
        seen: Seen<'a>,
        steps: &[Step],
        every: bool,
        leaf: &mut dyn FnMut(Seen<'a>) -> Judged,
    ) -> Judged {
        self.may_go_on(1 + weight(&seen));
        let Some((step, rest)) = steps.split_first() else { return leaf(seen) };
        match (step, seen) {
            (_, Seen::Unknown(causes, at)) => Judged::maybe(causes, at),
            (Step::Parent, seen) => {
                let parent = scope.parent.map(|parent| Seen::Object(parent, seen.origin()));
                self.steps(scope, parent.unwrap_or_else(|| Seen::Absent(seen.origin())), rest, every, leaf)
            }
            (_, Seen::Absent(at)) => {
                if steps.contains(&Step::Each) {
                    Judged { tri: every.into(), at, absent: true, known: false }
                } else {
                    leaf(Seen::Absent(at))
                }
            }
            (Step::Attribute(position), Seen::Object(object, origin)) => {
                let next = object.attribute(*position, &origin, self.world.deployment);
                self.steps(scope, next, rest, every, leaf)
            }
            (Step::Meta(of), Seen::Object(object, _)) => {
                let next = meta_seen(object.meta().unwrap_or(scope.meta), *of);
                self.steps(scope, next, rest, every, leaf)
            }
            (Step::Meta(of), _) => self.steps(scope, meta_seen(scope.meta, *of), rest, every, leaf),
            (_, Seen::Choice(objects, causes, origin)) => {
                let answers: Vec<Judged> = objects
                    .into_iter()
                    .map(|object| self.steps(scope, Seen::Object(object, origin.clone()), steps, every, leaf))
                    .collect();
                agreed(answers, causes, origin)
            }
            (_, Seen::Reference(field, follow)) => match follow {
                Follow::To(node) => {
                    let origin = node.meta().map_or_else(|| field.origin.clone(), |meta| meta.origin.clone());
                    self.steps(scope, Seen::Object(node, origin), steps, every, leaf)
                }
                Follow::Unknown(causes) => Judged::maybe(causes.clone(), field.origin.clone()),
                Follow::NotFound(name) => Judged::maybe(
                    unsupported(format!("{name}, which no file declares")),
                    field.origin.clone(),
                ),
                Follow::Absent => self.steps(scope, Seen::Absent(field.origin.clone()), steps, every, leaf),
            },
            (Step::Key(key), Seen::Map(entries, origin)) => {
                self.steps(scope, entry(entries, key, &origin), rest, every, leaf)
            }
            (Step::Each, seen) => match list_of(seen) {
                Ok(list) => quantify(&list, every, &mut |item| self.steps(scope, item, rest, every, leaf)),
                Err(judged) => judged,
            },
            (Step::Key(key), Seen::Raw(value, header)) => match raw::member(&value, key, &header) {
                raw::Member::One(next) => self.steps(scope, next, rest, every, leaf),
                raw::Member::Each(list) if list.items.is_empty() && list.open.is_none() => {
                    self.steps(scope, Seen::Absent(header), steps, every, leaf)
                }
                raw::Member::Each(list) => {
                    quantify(&list, every, &mut |item| self.steps(scope, item, steps, every, leaf))
                }
                raw::Member::Choice(values, causes) => {
                    let at = value.origin.clone();
                    let answers: Vec<Judged> = values
                        .into_iter()
                        .map(|value| self.steps(scope, Seen::Raw(value, header.clone()), steps, every, leaf))
                        .collect();
                    agreed(answers, causes, at)
                }
            },
            // The path was read against the types, so nothing else can stand here.
            (_, seen) => leaf(Seen::Absent(seen.origin())),
        }
    }

    fn words(&self, message: &Message, scope: &Scope<'a>) -> String {
        let mut words = String::new();
        for part in &message.0 {
            match part {
                Part::Words(text) => words.push_str(text),
                Part::Value(path) if path.secret => words.push_str("(hidden)"),
                Part::Value(path) => {
                    let mut values: Vec<String> = Vec::new();
                    self.walk(scope, path, true, &mut |seen| {
                        values.push(shown(&seen));
                        Judged { tri: Tri::Yes, at: seen.origin(), absent: false, known: false }
                    });
                    if values.is_empty() {
                        values.push("not known".to_owned());
                    }
                    let more = values.len().saturating_sub(MOST_NAMED);
                    values.truncate(MOST_NAMED);
                    words.push_str(&values.join(", "));
                    if more > 0 {
                        words.push_str(&format!(" and {more} more"));
                    }
                }
            }
        }
        words
    }
}

/// Takes one check to every node.
struct Looker<'w, 'a> {
    world: &'w World<'a>,
    asker: &'w Asker<'w, 'a>,
    info: &'a RuleInfo,
    check: &'w Check,
    verdicts: &'w mut Vec<Verdict<'a>>,
    /// Nodes and parts of nodes that were looked at.
    looked: usize,
}

impl<'a> Looker<'_, 'a> {
    fn kind(&mut self, nodes: Nodes) {
        let deployment = self.world.deployment;
        match nodes {
            Nodes::Family(visit) => {
                let mut all: Vec<&'a dyn Fields> = Vec::new();
                visit(deployment, &mut |node| all.push(node));
                for node in all {
                    if let Some(meta) = node.meta() {
                        self.part(node, meta, None, None);
                    }
                }
            }
            Nodes::Containers => {
                for task in &deployment.task_definitions {
                    for (index, container) in task.containers.with_template().enumerate() {
                        let element = container_element(container.name.known(), index);
                        self.part(container, &task.meta, Some(task), Some(element));
                    }
                    if let Some(open) = task.containers.open.as_ref().filter(|open| open.template.is_none()) {
                        self.open(&task.meta, &task.containers.origin, &open.causes);
                    }
                }
            }
            Nodes::SecurityGroupRules => {
                for group in &deployment.security_groups {
                    for (at, rule) in group.inline_rules().into_iter().flat_map(Items::iter).enumerate() {
                        let direction = match rule.direction.known() {
                            Some(Direction::Egress) => "egress",
                            Some(Direction::Ingress) | None => "ingress",
                        };
                        self.part(
                            rule,
                            &group.meta,
                            Some(group),
                            Some(format!("{direction} rule {}", at + 1)),
                        );
                    }
                    for rules in group.inline_rules() {
                        let Some(open) = &rules.open else { continue };
                        match open.template.as_deref() {
                            None => self.open(&group.meta, &rules.origin, &open.causes),
                            Some(template) => {
                                let scope = Scope {
                                    seen: Seen::Object(template, template.origin.clone()),
                                    parent: Some(group),
                                    meta: &group.meta,
                                    key: Some(Key::of(template)),
                                };
                                self.softly(scope, None, &open.causes);
                            }
                        }
                    }
                }
                for rule in &deployment.security_group_rules {
                    if let Some(meta) = &rule.meta {
                        let group = rule.group_link.to().and_then(|id| deployment.security_group(id));
                        self.part(rule, meta, group.map(|group| group as &dyn Fields), None);
                    }
                }
            }
            Nodes::Jobs => {
                for workflow in &deployment.workflows {
                    for job in &workflow.jobs {
                        let element = Some(format!("job {}", job.id));
                        self.part(job, &workflow.meta, Some(workflow), element);
                    }
                }
            }
            Nodes::Steps => {
                for workflow in &deployment.workflows {
                    for job in &workflow.jobs {
                        for (at, step) in job.steps.iter().enumerate() {
                            let element = Some(format!("job {}, step {}", job.id, at + 1));
                            self.part(step, &workflow.meta, Some(job), element);
                        }
                    }
                }
            }
        }
    }

    fn part(
        &mut self,
        node: &'a dyn Fields,
        meta: &'a Meta,
        parent: Option<&'a dyn Fields>,
        element: Option<String>,
    ) {
        let origin = node.origin().unwrap_or(&meta.origin).clone();
        let key = Some(Key::of(node));
        self.node(Scope { seen: Seen::Object(node, origin), parent, meta, key }, element);
    }

    fn probe(&self, meta: &'a Meta, element: Option<String>) -> Probe<'a> {
        let mut probe = Probe::new(self.world.deployment, self.info, meta);
        probe.turn_to(meta, element);
        probe
    }

    fn open(&mut self, meta: &'a Meta, at: &Origin, causes: &Causes) {
        let mut probe = self.probe(meta, None);
        probe.undecided(at, causes);
        self.verdicts.append(&mut probe.verdicts);
    }

    /// Looks at a node that exists only if the causes say so.
    fn softly(&mut self, scope: Scope<'a>, element: Option<String>, causes: &Causes) {
        let from = self.verdicts.len();
        self.node(scope, element);
        for verdict in self.verdicts.iter_mut().skip(from) {
            verdict.soften(causes);
        }
    }

    fn node(&mut self, scope: Scope<'a>, element: Option<String>) {
        self.looked += 1;
        // A rule that is off in the node's stage decides nothing there.
        let stage = scope.meta.stage.stage;
        if self.info.stage.is_some_and(|stages| stages.of(stage).is_none()) {
            return;
        }
        let applies = match &self.check.when {
            Some(when) => self.asker.ask(when, &scope).tri,
            None => Tri::Yes,
        };
        if applies.is_no() {
            return;
        }
        let Some(each) = &self.check.each else { return self.judge(&scope, applies, element) };
        let mut lists = Vec::new();
        self.asker.walk(&scope, each, true, &mut |seen| {
            let judged = Judged { tri: Tri::Yes, at: seen.origin(), absent: false, known: false };
            lists.push(seen);
            judged
        });
        for list in lists {
            match list_of(list) {
                Err(Judged { tri: Tri::Maybe(causes), at, .. }) => self.open(scope.meta, &at, &causes),
                Err(_) => {}
                Ok(list) => self.items(&scope, &applies, list, element.as_deref()),
            }
        }
    }

    fn items(&mut self, scope: &Scope<'a>, applies: &Tri, list: List<'a>, element: Option<&str>) {
        let name = self.check.each.as_ref().and_then(Path::last_name).unwrap_or_else(|| "item".to_owned());
        let inner = |item: Seen<'a>| Scope { seen: item, parent: None, meta: scope.meta, key: None };
        for (at, item) in list.items.into_iter().enumerate() {
            let own = format!("{name} {}", at + 1);
            let element = element.map_or_else(|| own.clone(), |outer| format!("{outer}, {own}"));
            self.judge(&inner(item), applies.clone(), Some(element));
        }
        if let Some(open) = list.open {
            match open.template {
                None => self.open(scope.meta, &list.origin, &open.causes),
                Some(template) => {
                    let from = self.verdicts.len();
                    self.judge(&inner(*template), applies.clone(), element.map(str::to_owned));
                    for verdict in self.verdicts.iter_mut().skip(from) {
                        verdict.soften(&open.causes);
                    }
                }
            }
        }
    }

    fn judge(&mut self, scope: &Scope<'a>, applies: Tri, element: Option<String>) {
        let check = self.check;
        let judged = self.asker.ask(&check.condition, scope);
        let bad = if check.forbids { judged.tri } else { judged.tri.negate() };
        let (at, absent, known) = match &check.at {
            None => (judged.at, judged.absent, judged.known),
            Some(path) => {
                let mut found = None;
                self.asker.walk(scope, path, true, &mut |seen| {
                    let at = seen.origin();
                    found.get_or_insert((
                        at.clone(),
                        seen.is_absent(),
                        !seen.is_absent() && !seen.is_unknown(),
                    ));
                    Judged { tri: Tri::Yes, at, absent: false, known: false }
                });
                found.unwrap_or((judged.at, judged.absent, judged.known))
            }
        };
        let mut probe = self.probe(scope.meta, element);
        probe.decide(applies.and(bad), &at, || {
            let message = check.message_absent.as_ref().filter(|_| absent).unwrap_or(&check.message);
            let mut problem = Problem::new(self.asker.words(message, scope));
            if let Some(help) = &check.help {
                problem = problem.help(self.asker.words(help, scope));
            }
            if let Some(fix) = &check.fix {
                problem = fixed(problem, fix, scope, &at, absent, known);
            }
            match check.severity {
                Some(severity) => problem.severity(severity),
                None => problem,
            }
        });
        self.verdicts.append(&mut probe.verdicts);
    }
}

impl Judged {
    fn maybe(causes: Causes, at: Origin) -> Self {
        Self { tri: Tri::Maybe(causes), at, absent: false, known: false }
    }

    fn negate(self) -> Self {
        Self { tri: self.tri.negate(), ..self }
    }

    /// All must hold: the first that does not is blamed, else the last.
    fn all(answers: impl Iterator<Item = Self>, whole: &Seen<'_>) -> Self {
        Self::fold(answers, true, whole)
    }

    fn any(answers: impl Iterator<Item = Self>, whole: &Seen<'_>) -> Self {
        Self::fold(answers, false, whole)
    }

    fn fold(answers: impl Iterator<Item = Self>, all: bool, whole: &Seen<'_>) -> Self {
        let mut result: Option<Self> = None;
        for answer in answers {
            if answer.decides(all) {
                return answer;
            }
            result = Some(match result {
                None => answer,
                Some(before) => match (&before.tri, &answer.tri) {
                    (Tri::Maybe(a), Tri::Maybe(b)) => Self { tri: Tri::Maybe(a.clone().and(b)), ..before },
                    (Tri::Maybe(_), _) => before,
                    (_, Tri::Maybe(_)) => answer,
                    // Where all hold the last is blamed, where none holds the first.
                    _ => {
                        if all {
                            answer
                        } else {
                            before
                        }
                    }
                },
            });
        }
        result.unwrap_or_else(|| Self { tri: all.into(), at: whole.origin(), absent: false, known: false })
    }

    /// Whether this one answer decides for all (no) or for any (yes).
    fn decides(&self, all: bool) -> bool {
        if all { self.tri.is_no() } else { self.tri.is_yes() }
    }
}

impl Path {
    fn last_name(&self) -> Option<String> {
        self.name.clone()
    }
}

/// Proposes the fix of a rule where the value stands in the resource or the container itself.
fn fixed(
    problem: Problem,
    fix: &super::Fix,
    scope: &Scope<'_>,
    at: &Origin,
    absent: bool,
    known: bool,
) -> Problem {
    if !absent && !known {
        return problem;
    }
    let set = |place: Span| Change::Set {
        place,
        within: Vec::new(),
        arguments: vec![(fix.argument.clone(), fix.value.clone())],
    };
    match &scope.seen {
        Seen::Object(node, object) if !node.kind().is_node => {
            let fits = edits::is_in_place(object) && (absent || edits::is_beside(object, at));
            if fits { problem.fix(fix.applicability, set(object.span)) } else { problem }
        }
        _ if absent || at.via.is_none() => problem.fix(fix.applicability, set(scope.meta.block)),
        _ if edits::is_argument(at) => {
            let change = Change::Replace { literal: at.span, value: fix.value.clone() };
            problem.fix(Applicability::Unsafe, change)
        }
        _ => problem,
    }
}

/// Asks of every item; whether `every` or any must hold.
fn quantify<'a>(list: &List<'a>, every: bool, ask: &mut dyn FnMut(Seen<'a>) -> Judged) -> Judged {
    let whole = Seen::Absent(list.origin.clone());
    let mut known = Judged::fold(list.items.iter().map(|item| ask(item.clone())), every, &whole);
    if list.items.is_empty() {
        known.absent = list.absent;
    }
    let Some(open) = &list.open else { return known };
    if known.decides(every) {
        return known;
    }
    let further = open.template.as_ref().map(|template| ask(Seen::clone(template)).tri);
    let adds_nothing = match &further {
        Some(tri) => *tri == Tri::from(every),
        None => false,
    };
    if adds_nothing {
        return known;
    }
    match known.tri {
        Tri::Maybe(causes) => Judged { tri: Tri::Maybe(causes.and(&open.causes)), ..known },
        _ => Judged::maybe(open.causes.clone(), list.origin.clone()),
    }
}

/// One answer for something that is one of several: where they agree.
fn agreed(answers: Vec<Judged>, causes: Causes, at: Origin) -> Judged {
    let mut answers = answers.into_iter();
    match answers.next() {
        Some(first) if answers.all(|answer| answer.tri == first.tri) => first,
        _ => Judged::maybe(causes, at),
    }
}

/// How much there is to read in a value, in steps.
fn weight(seen: &Seen<'_>) -> u64 {
    let length = match seen {
        Seen::Text(field) => field.known().map_or(0, String::len),
        Seen::List(list) => list.items.len() * 32,
        Seen::Raw(value, _) => match &value.kind {
            ValueKind::String(text) => text.as_str().len(),
            ValueKind::Sequence(sequence) => sequence.items.len() * 32,
            _ => 0,
        },
        _ => 0,
    };
    u64::try_from(length / 32).unwrap_or(u64::MAX)
}

fn list_of(seen: Seen<'_>) -> Result<List<'_>, Judged> {
    match seen {
        Seen::List(list) => Ok(list),
        Seen::Raw(value, header) => {
            raw::list(&value, &header).map_err(|causes| Judged::maybe(causes, value.origin))
        }
        Seen::Unknown(causes, at) => Err(Judged::maybe(causes, at)),
        other => Ok(List { items: Vec::new(), open: None, origin: other.origin(), absent: true }),
    }
}

fn entry<'a>(entries: Entries<'a>, key: &Arc<str>, origin: &Origin) -> Seen<'a> {
    match entries {
        Entries::Tags(tags, open) => match tags.get(key) {
            Some(field) => Seen::Text(field),
            None if open.is_empty() => Seen::Absent(origin.clone()),
            None => Seen::Unknown(open.clone(), origin.clone()),
        },
        Entries::Pairs(pairs) => pairs
            .iter()
            .find(|(name, _)| name == key)
            .map_or_else(|| Seen::Absent(origin.clone()), |(_, field)| Seen::Text(field)),
        Entries::Marks(marks) => marks
            .iter()
            .find(|(name, _)| name == key)
            .map_or_else(|| Seen::Absent(origin.clone()), |(_, field)| Seen::Presence(field)),
    }
}

fn meta_seen(meta: &Meta, of: MetaAttribute) -> Seen<'_> {
    let text = |text| Seen::Constant(Constant::Text(text), meta.origin.clone());
    match of {
        MetaAttribute::Address => text(&meta.address),
        MetaAttribute::ResourceType => text(&meta.kind),
        MetaAttribute::Stage => text(meta.stage.stage.as_str()),
        MetaAttribute::Region => Seen::Text(&meta.region),
        MetaAttribute::Tags => Seen::Map(Entries::Tags(&meta.tags, &meta.tags_open), meta.origin.clone()),
    }
}

/// The answer of a test, negation not applied.
fn answer(test: &Test, operator: Operator, seen: &Seen<'_>) -> Tri {
    match seen {
        Seen::Absent(_) => of_absent(test, operator),
        Seen::Unknown(causes, _) => Tri::Maybe(causes.clone()),
        Seen::Text(field) => of_field(test, operator, field, |text| Given::Text(text)),
        Seen::Number(field) => of_field(test, operator, field, |number| Given::Number((*number).into())),
        Seen::Decimal(field) => of_field(test, operator, field, |number| Given::Number(*number)),
        Seen::Flag(field) => of_field(test, operator, field, |flag| Given::Flag(*flag)),
        Seen::Presence(field) => of_field(test, operator, field, |()| Given::Flag(true)),
        Seen::Reference(field, _) => of_reference(test, operator, field),
        Seen::Constant(constant, _) => test
            .of_value(
                operator,
                match constant {
                    Constant::Text(text) => Given::Text(text),
                    Constant::Flag(flag) => Given::Flag(*flag),
                },
            )
            .into(),
        Seen::Object(..) | Seen::Choice(..) => (operator == Operator::Exists).into(),
        Seen::List(list) => of_list(test, operator, list),
        Seen::Map(entries, _) => {
            let (count, open) = match entries {
                Entries::Tags(tags, open) => (tags.len(), Some(*open).filter(|open| !open.is_empty())),
                Entries::Pairs(pairs) => (pairs.len(), None),
                Entries::Marks(marks) => (marks.len(), None),
            };
            of_count(test, operator, count, open, count == 0)
        }
        Seen::Raw(value, header) => raw::answer(test, operator, value, header),
    }
}

pub(super) fn of_absent(test: &Test, operator: Operator) -> Tri {
    match &test.default {
        Some(default) if operator != Operator::Exists => test.of_value(operator, default.as_given()).into(),
        _ => test.of_absent().into(),
    }
}

fn of_field<'f, T>(
    test: &Test,
    operator: Operator,
    field: &'f Field<T>,
    given: impl Fn(&'f T) -> Given<'f>,
) -> Tri {
    match &field.state {
        State::Known(value) => test.of_value(operator, given(value)).into(),
        State::Absent => of_absent(test, operator),
        State::Unknown(_) if operator == Operator::Exists => field.is_set(),
        State::Unknown(unknown) if !unknown.alternatives.is_empty() => {
            let mut answers = unknown.alternatives.iter().map(|value| test.of_value(operator, given(value)));
            match answers.next() {
                Some(first) if answers.all(|answer| answer == first) => first.into(),
                _ => Tri::Maybe(unknown.causes.clone()),
            }
        }
        State::Unknown(unknown) => of_pattern(test, operator, unknown),
    }
}

fn of_pattern<T>(test: &Test, operator: Operator, unknown: &NotKnown<T>) -> Tri {
    let decided = unknown.pattern.as_deref().and_then(|pattern| of_parts(test, operator, pattern));
    decided.map_or_else(|| Tri::Maybe(unknown.causes.clone()), Tri::from)
}

fn of_parts(test: &Test, operator: Operator, pattern: &[PatternPart]) -> Option<bool> {
    let known = |part: Option<&PatternPart>| match part {
        Some(PatternPart::Known(text)) => text.to_string(),
        Some(PatternPart::Hole) | None => String::new(),
    };
    let parts: Vec<&str> = pattern
        .iter()
        .filter_map(|part| match part {
            PatternPart::Known(text) => Some(&**text),
            PatternPart::Hole => None,
        })
        .collect();
    test.of_parts(operator, &known(pattern.first()), &parts, &known(pattern.last()))
}

fn of_reference(test: &Test, operator: Operator, field: &Field<Reference>) -> Tri {
    let of_one = |reference: &Reference| match (&reference.text, &reference.pattern) {
        _ if operator == Operator::Exists => Tri::Yes,
        (Some(text), _) => test.of_value(operator, Given::Text(text)).into(),
        (None, pattern) => {
            let decided = pattern.as_deref().and_then(|pattern| of_parts(test, operator, pattern));
            decided.map_or_else(|| Tri::Maybe(identity_only(reference)), Tri::from)
        }
    };
    match &field.state {
        State::Known(reference) => of_one(reference),
        State::Absent => of_absent(test, operator),
        State::Unknown(_) if operator == Operator::Exists => field.is_set(),
        State::Unknown(unknown) => {
            let mut answers = unknown.alternatives.iter().map(of_one);
            match answers.next() {
                Some(first) if answers.all(|answer| answer == first) => first,
                _ => of_pattern(test, operator, unknown),
            }
        }
    }
}

/// Why the text of a reference is not known.
fn identity_only(reference: &Reference) -> Causes {
    match &reference.target {
        Some((address, attribute)) => {
            Causes::one(Cause::Computed { address: address.clone(), attribute: attribute.clone() })
        }
        None => unsupported("a partly known name"),
    }
}

pub(super) fn of_list(test: &Test, operator: Operator, list: &List<'_>) -> Tri {
    let item = |operator| move |seen: &Seen<'_>| answer(test, operator, seen);
    let any = |ask: &dyn Fn(&Seen<'_>) -> Tri| {
        let known = list.items.iter().map(ask).fold(Tri::No, Tri::or);
        match &list.open {
            None => known,
            Some(Further { causes, template }) => match template.as_deref().map(ask) {
                Some(Tri::No) => known,
                _ => known.or(Tri::Maybe(causes.clone())),
            },
        }
    };
    match operator {
        Operator::Contains => any(&item(Operator::Equals)),
        Operator::Intersects => any(&item(Operator::Within)),
        Operator::Subset => any(&|seen| item(Operator::Within)(seen).negate()).negate(),
        _ => {
            let open = list.open.as_ref().map(|open| &open.causes);
            of_count(test, operator, list.items.len(), open, list.absent)
        }
    }
}

/// Of how many things there are at least, and why there may be more.
pub(super) fn of_count(
    test: &Test,
    operator: Operator,
    count: usize,
    open: Option<&Causes>,
    absent: bool,
) -> Tri {
    let count = count as u64;
    let (decided, when_open): (bool, Option<bool>) = match operator {
        Operator::Exists => (!absent, (count > 0).then_some(true)),
        Operator::IsEmpty => (count == 0, (count > 0).then_some(false)),
        Operator::Length(comparison) => {
            let holds = test.of_length(comparison, count);
            let certain = match comparison {
                Comparison::Greater | Comparison::GreaterOrEqual => holds.then_some(true),
                Comparison::Less | Comparison::LessOrEqual => (!holds).then_some(false),
                // More than wanted already: further items change nothing.
                Comparison::Equal => test.of_length(Comparison::Greater, count).then_some(false),
            };
            (holds, certain)
        }
        _ => return test.of_absent().into(),
    };
    match (open, when_open) {
        (None, _) => decided.into(),
        (Some(_), Some(certain)) => certain.into(),
        (Some(causes), None) => Tri::Maybe(causes.clone()),
    }
}

/// A value for a message.
fn shown(seen: &Seen<'_>) -> String {
    fn of_field<T>(field: &Field<T>, text: impl Fn(&T) -> String) -> String {
        if field.sensitive {
            return "(sensitive)".to_owned();
        }
        match &field.state {
            State::Known(value) => text(value),
            State::Absent => "not set".to_owned(),
            State::Unknown(unknown) if !unknown.alternatives.is_empty() => {
                unknown.alternatives.iter().map(text).collect::<Vec<_>>().join(" or ")
            }
            State::Unknown(_) => "not known".to_owned(),
        }
    }
    let text = match seen {
        Seen::Absent(_) => "not set".to_owned(),
        Seen::Unknown(..) | Seen::Choice(..) => "not known".to_owned(),
        Seen::Text(field) => of_field(field, String::clone),
        Seen::Number(field) => of_field(field, i64::to_string),
        Seen::Decimal(field) => of_field(field, |number| number.normalize().to_string()),
        Seen::Flag(field) => of_field(field, bool::to_string),
        Seen::Presence(field) => of_field(field, |()| "set".to_owned()),
        Seen::Reference(field, _) => {
            of_field(field, |reference| match (&reference.text, &reference.target) {
                (Some(text), _) => text.to_string(),
                (None, Some((address, attribute))) => format!("{address}.{attribute}"),
                (None, None) => "not known".to_owned(),
            })
        }
        Seen::Constant(Constant::Text(text), _) => (*text).to_owned(),
        Seen::Constant(Constant::Flag(flag), _) => flag.to_string(),
        Seen::Object(..) | Seen::Map(..) => "set".to_owned(),
        Seen::List(list) => {
            let items: Vec<String> = list.items.iter().take(MOST_NAMED).map(shown).collect();
            match list.items.len().saturating_sub(MOST_NAMED) {
                0 if items.is_empty() => "empty".to_owned(),
                0 => items.join(", "),
                more => format!("{} and {more} more", items.join(", ")),
            }
        }
        Seen::Raw(value, _) => raw::shown(value),
    };
    match text.char_indices().nth(LONGEST_VALUE) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}
