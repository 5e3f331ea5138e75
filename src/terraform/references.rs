//! References as they are written, without evaluating anything: what is not declared, and what a local needs.

use std::sync::Arc;

use super::config::Module;
use super::{Class, Diagnostic};
use crate::source::Span;
use crate::syntax::hcl::{Block, Body, Expr, ExprKind, ItemKey, Step, StepKind, TemplatePart};

/// Shows `look` every reference to something outside the expression: root name, steps, whole span.
fn visit<'e>(expr: &'e Expr, bound: &mut Vec<&'e str>, look: &mut dyn FnMut(&'e Arc<str>, &'e [Step], Span)) {
    match &expr.kind {
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) => {}
        ExprKind::Name(name) => {
            if !bound.contains(&&**name) {
                look(name, &[], expr.span);
            }
        }
        ExprKind::Traverse { root, steps } => {
            match &root.kind {
                ExprKind::Name(name) if !bound.contains(&&**name) => look(name, steps, expr.span),
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
        ExprKind::Call(call) => call.arguments.iter().for_each(|argument| visit(argument, bound, look)),
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

fn visit_parts<'e>(
    parts: &'e [TemplatePart],
    bound: &mut Vec<&'e str>,
    look: &mut dyn FnMut(&'e Arc<str>, &'e [Step], Span),
) {
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
    visit(expr, &mut Vec::new(), &mut |root, steps, _| {
        if &**root == "local"
            && let Some(Step { kind: StepKind::Attribute(name), .. }) = steps.first()
        {
            names.push(name.clone());
        }
    });
    names
}

/// References to what the module does not declare: Terraform finds them in code too that is never evaluated.
/// A module that could not be read as a whole is not judged.
pub(crate) fn undeclared(module: &Module) -> Vec<Diagnostic> {
    if module.is_incomplete() {
        return Vec::new();
    }
    let mut finder = Finder { module, found: Vec::new() };
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
        finder.body(&call.body, &["source", "version", "providers"], &mut bound);
    }
    for resource in module.resources.values() {
        finder.body(&resource.body, &["provider"], &mut bound);
    }
    // Providers are evaluated whenever the module is, and say there what is missing.
    finder.found
}

struct Finder<'m> {
    module: &'m Module,
    found: Vec<Diagnostic>,
}

impl<'m> Finder<'m> {
    fn conditions(&mut self, conditions: &'m [(Expr, Option<Expr>)]) {
        for (condition, message) in conditions {
            self.expression(condition, &mut Vec::new());
            message.iter().for_each(|message| self.expression(message, &mut Vec::new()));
        }
    }

    fn body(&mut self, body: &'m Body, skipped: &[&str], bound: &mut Vec<&'m str>) {
        for attribute in &body.attributes {
            if !skipped.contains(&&*attribute.name) {
                self.expression(&attribute.expr, bound);
            }
        }
        for block in &body.blocks {
            match (&*block.kind, block.label(0)) {
                ("dynamic", Some(label)) => self.dynamic(block, &label.text, bound),
                // Its arguments name attributes of the resource itself.
                ("lifecycle", _) => {
                    block.body.blocks.iter().for_each(|inner| self.body(&inner.body, &[], bound));
                }
                _ => self.body(&block.body, &[], bound),
            }
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
        let module = self.module;
        let found = &mut self.found;
        visit(expr, bound, &mut |root, steps, span| {
            if let Some(message) = missing(module, root, steps) {
                found.push(Diagnostic { class: Class::Evaluation, message, span, related: Vec::new() });
            }
        });
    }
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
