//! References as they are written, without evaluating anything: what is not declared, and what a local needs.

use std::sync::Arc;

use super::config::Module;
use super::{Class, Diagnostic, functions};
use crate::source::Span;
use crate::syntax::hcl::{Block, Body, Call, Expr, ExprKind, ItemKey, Step, StepKind, TemplatePart};

/// Something that an expression needs from outside.
enum Seen<'e> {
    /// Root name, steps, whole span.
    Reference(&'e Arc<str>, &'e [Step], Span),
    Function(&'e Call),
}

/// Shows `look` every reference to something outside the expression, and every function call.
fn visit<'e>(expr: &'e Expr, bound: &mut Vec<&'e str>, look: &mut dyn FnMut(Seen<'e>)) {
    match &expr.kind {
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) => {}
        ExprKind::Name(name) => {
            if !bound.contains(&&**name) {
                look(Seen::Reference(name, &[], expr.span));
            }
        }
        ExprKind::Traverse { root, steps } => {
            match &root.kind {
                ExprKind::Name(name) if !bound.contains(&&**name) => {
                    look(Seen::Reference(name, steps, expr.span));
                }
                _ => visit(root, bound, look),
            }
            for step in steps {
                if let StepKind::Index(index) = &step.kind {
                    visit(index, bound, look);
                }
            }
        }
        ExprKind::Template(parts) => visit_parts(parts, bound, look),
        ExprKind::Wrapped(inner) => visit(inner, bound, look),
        ExprKind::Tuple(items) => items.iter().for_each(|item| visit(item, bound, look)),
        ExprKind::Object(items) => {
            for item in items {
                if let ItemKey::Expr(key) = &item.key {
                    visit(key, bound, look);
                }
                visit(&item.value, bound, look);
            }
        }
        ExprKind::Conditional { condition, then, otherwise } => {
            [condition, then, otherwise].into_iter().for_each(|part| visit(part, bound, look));
        }
        ExprKind::Call(call) => {
            look(Seen::Function(call));
            call.arguments.iter().for_each(|argument| visit(argument, bound, look));
        }
        ExprKind::Unary { operand, .. } => visit(operand, bound, look),
        ExprKind::Binary { left, right, .. } => {
            visit(left, bound, look);
            visit(right, bound, look);
        }
        ExprKind::For(each) => {
            visit(&each.collection, bound, look);
            let outer = bound.len();
            bound.extend(each.key.as_deref());
            bound.push(&each.value);
            let inner = [each.key_result.as_ref(), Some(&each.result), each.condition.as_ref()];
            inner.into_iter().flatten().for_each(|part| visit(part, bound, look));
            bound.truncate(outer);
        }
    }
}

fn visit_parts<'e>(parts: &'e [TemplatePart], bound: &mut Vec<&'e str>, look: &mut dyn FnMut(Seen<'e>)) {
    for part in parts {
        match part {
            TemplatePart::Literal { .. } => {}
            TemplatePart::Interpolation(expr) => visit(expr, bound, look),
            TemplatePart::If { condition, then, otherwise, .. } => {
                visit(condition, bound, look);
                visit_parts(then, bound, look);
                visit_parts(otherwise, bound, look);
            }
            TemplatePart::For { key, value, collection, body, .. } => {
                visit(collection, bound, look);
                let outer = bound.len();
                bound.extend(key.as_deref());
                bound.push(value);
                visit_parts(body, bound, look);
                bound.truncate(outer);
            }
        }
    }
}

/// Names of the locals that an expression refers to, in the order written.
pub(crate) fn locals_in(expr: &Expr) -> Vec<Arc<str>> {
    let mut names: Vec<Arc<str>> = Vec::new();
    visit(expr, &mut Vec::new(), &mut |seen| {
        if let Seen::Reference(root, steps, _) = seen
            && &**root == "local"
            && let Some(Step { kind: StepKind::Attribute(name), .. }) = steps.first()
        {
            names.push(name.clone());
        }
    });
    names
}

/// Whether an expression needs nothing but itself: no reference and no function.
pub(crate) fn is_constant(expr: &Expr) -> bool {
    let mut constant = true;
    visit(expr, &mut Vec::new(), &mut |_| constant = false);
    constant
}

/// Whether an expression refers to anything outside itself, and whether to `var.name` among it.
pub(crate) fn refers(expr: &Expr, variable: Option<&str>) -> (bool, bool) {
    let (mut any, mut own) = (false, false);
    visit(expr, &mut Vec::new(), &mut |seen| {
        if let Seen::Reference(root, steps, _) = seen {
            any = true;
            let name = steps.first().map(|step| &step.kind);
            own |= &**root == "var"
                && matches!(name, Some(StepKind::Attribute(name)) if Some(&**name) == variable);
        }
    });
    (any, own)
}

/// References to what the module does not declare or what is not visible where they stand, and functions that do not
/// exist: Terraform finds them in code too that is never evaluated. A module that could not be read as a whole is
/// not judged.
pub(crate) fn undeclared(module: &Module) -> Vec<Diagnostic> {
    if module.is_incomplete() {
        return Vec::new();
    }
    let mut finder = Finder { module, found: Vec::new(), place: Place::default() };
    let mut bound = Vec::new();
    for variable in module.variables.values() {
        finder.conditions(&variable.validations);
    }
    for local in module.locals.values() {
        finder.expression(&local.expr, &mut bound);
    }
    for output in module.outputs.values() {
        output.value.iter().for_each(|value| finder.expression(value, &mut bound));
        finder.conditions(&output.preconditions);
    }
    for call in module.calls.values() {
        finder.repeated(&call.body, &["source", "version", "providers"], Place::default());
    }
    for (key, resource) in &module.resources {
        let place = Place { scope: resource.scope.as_deref(), own: Some(&**key), ..Place::default() };
        finder.repeated(&resource.body, &["provider"], place);
    }
    for check in module.checks.values() {
        finder.place = Place { scope: Some(&check.name), ..Place::default() };
        finder.conditions(&check.asserts);
    }
    finder.place = Place::default();
    if module.is_applied() {
        for provider in module.providers.values() {
            finder.body(&provider.body, &["alias", "version"], &mut bound);
        }
    }
    finder.found
}

/// What is visible beside what the module declares.
#[derive(Debug, Clone, Copy, Default)]
struct Place<'m> {
    each: bool,
    count: bool,
    this: bool,
    /// The check block whose data source is visible.
    scope: Option<&'m str>,
    /// The resource whose block this is.
    own: Option<&'m str>,
    /// In a condition, which may not refer to the resource it belongs to.
    in_condition: bool,
}

struct Finder<'m> {
    module: &'m Module,
    found: Vec<Diagnostic>,
    place: Place<'m>,
}

impl<'m> Finder<'m> {
    fn conditions(&mut self, conditions: &'m [(Expr, Option<Expr>)]) {
        for (condition, message) in conditions {
            self.expression(condition, &mut Vec::new());
            message.iter().for_each(|message| self.expression(message, &mut Vec::new()));
        }
    }

    /// The body of a block with `count` or `for_each`.
    fn repeated(&mut self, body: &'m Body, skipped: &[&str], place: Place<'m>) {
        self.place = place;
        for attribute in &body.attributes {
            if matches!(&*attribute.name, "count" | "for_each") {
                self.expression(&attribute.expr, &mut Vec::new());
            }
        }
        self.place.each = body.attribute("for_each").is_some();
        self.place.count = body.attribute("count").is_some();
        let skipped: Vec<&str> = skipped.iter().copied().chain(["count", "for_each"]).collect();
        self.body(body, &skipped, &mut Vec::new());
        self.place = Place::default();
    }

    fn body(&mut self, body: &'m Body, skipped: &[&str], bound: &mut Vec<&'m str>) {
        for attribute in &body.attributes {
            if !skipped.contains(&&*attribute.name) {
                self.expression(&attribute.expr, bound);
            }
        }
        for block in &body.blocks {
            let outer = self.place;
            match (&*block.kind, block.label(0)) {
                ("dynamic", Some(label)) => self.dynamic(block, &label.text, bound),
                // Its arguments name attributes of the resource itself.
                ("lifecycle", _) => {
                    for inner in &block.body.blocks {
                        self.place.in_condition = true;
                        self.place.this |= &*inner.kind == "postcondition";
                        self.body(&inner.body, &[], bound);
                        self.place = outer;
                    }
                }
                ("provisioner" | "connection", _) => {
                    self.place.this = true;
                    self.body(&block.body, &[], bound);
                }
                _ => self.body(&block.body, &[], bound),
            }
            self.place = outer;
        }
    }

    fn dynamic(&mut self, block: &'m Block, name: &'m str, bound: &mut Vec<&'m str>) {
        let iterator = match block.body.attribute("iterator").map(|iterator| &iterator.expr.kind) {
            Some(ExprKind::Name(name) | ExprKind::String(name)) => name,
            _ => name,
        };
        if let Some(each) = block.body.attribute("for_each") {
            self.expression(&each.expr, bound);
        }
        bound.push(iterator);
        if let Some(labels) = block.body.attribute("labels") {
            self.expression(&labels.expr, bound);
        }
        block.body.blocks.iter().for_each(|content| self.body(&content.body, &[], bound));
        bound.pop();
    }

    fn expression(&mut self, expr: &'m Expr, bound: &mut Vec<&'m str>) {
        let (module, place) = (self.module, self.place);
        let found = &mut self.found;
        visit(expr, bound, &mut |seen| {
            let (message, span) = match seen {
                Seen::Reference(root, steps, span) => {
                    (missing(module, root, steps).or_else(|| not_here(module, place, root, steps)), span)
                }
                Seen::Function(call) => (no_function(&call.name), call.name_span),
            };
            if let Some(message) = message {
                found.push(Diagnostic { class: Class::Evaluation, message, span, related: Vec::new() });
            }
        });
    }
}

pub(crate) const NO_EACH: &str = "`each` exists only in blocks with `for_each`";
pub(crate) const NO_COUNT: &str = "`count` exists only in blocks with `count`";
pub(crate) const NO_SELF: &str = "`self` exists only in provisioners, connections and postconditions";

/// What to say where the reference names something that exists elsewhere only.
fn not_here(module: &Module, place: Place<'_>, root: &str, steps: &[Step]) -> Option<String> {
    match root {
        "each" if !place.each => return Some(NO_EACH.to_owned()),
        "count" if !place.count => return Some(NO_COUNT.to_owned()),
        "self" if !place.this => return Some(NO_SELF.to_owned()),
        _ => {}
    }
    let mut names = steps.iter().map_while(|step| match &step.kind {
        StepKind::Attribute(name) => Some(&**name),
        _ => None,
    });
    let key = match root {
        "data" | "ephemeral" => format!("{root}.{}.{}", names.next()?, names.next()?),
        "resource" => format!("{}.{}", names.next()?, names.next()?),
        ty => format!("{ty}.{}", names.next()?),
    };
    let resource = module.resources.get(key.as_str())?;
    match &resource.scope {
        Some(check) if place.scope != Some(&**check) => {
            Some(format!("`{key}` is visible only in the check `{check}`, in which it stands"))
        }
        _ if place.in_condition && place.own == Some(&*key) => {
            Some(format!("a condition of `{key}` may not refer to `{key}`; a postcondition has `self`"))
        }
        _ => None,
    }
}

/// What to say of a function that Terraform does not have. Those of providers are not known.
fn no_function(name: &str) -> Option<String> {
    let plain = name.strip_prefix("core::").unwrap_or(name);
    let known = name.starts_with("provider::") || functions::names().any(|function| function == plain);
    (!known).then(|| format!("there is no function named `{name}`"))
}

/// What to say where the reference names nothing in the module.
fn missing(module: &Module, root: &str, steps: &[Step]) -> Option<String> {
    let mut names = steps.iter().map_while(|step| match &step.kind {
        StepKind::Attribute(name) => Some(name),
        _ => None,
    });
    let first = names.next()?;
    match root {
        "var" => (!module.variables.contains_key(first)).then(|| no_variable(first)),
        "local" => (!module.locals.contains_key(first)).then(|| no_local(first)),
        "module" => (!module.calls.contains_key(first)).then(|| no_call(first)),
        "each" | "count" | "path" | "terraform" | "self" | "action" | "list" => None,
        "data" | "ephemeral" => no_resource_in(module, &format!("{root}.{first}.{}", names.next()?)),
        "resource" => no_resource_in(module, &format!("{first}.{}", names.next()?)),
        ty => no_resource_in(module, &format!("{ty}.{first}")),
    }
}

fn no_resource_in(module: &Module, key: &str) -> Option<String> {
    (!module.resources.contains_key(key)).then(|| no_resource(key))
}

pub(crate) fn no_variable(name: &str) -> String {
    format!("the variable `{name}` is not declared in this module")
}

pub(crate) fn no_local(name: &str) -> String {
    format!("the local `{name}` is not declared in this module")
}

pub(crate) fn no_call(name: &str) -> String {
    format!("the module call `{name}` is not declared in this module")
}

pub(crate) fn no_resource(key: &str) -> String {
    format!("`{key}` is not declared in this module")
}
