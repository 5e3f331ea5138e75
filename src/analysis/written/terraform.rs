//! Literals of Terraform: arguments, locals, defaults of variables, var files. They are looked at as they are written,
//! so that a module counts once and what nothing uses counts too.

use std::sync::Arc;

use rayon::prelude::*;

use super::documents::nodes;
use super::{Collector, Written};
use crate::discover::{Discovered, FileKind};
use crate::lint::rules::secrets::plaintext_secret::Place;
use crate::lint::secrets::{ValueClass, value_class};
use crate::source::{Files, Span};
use crate::syntax::hcl::{self, Attribute, Body, Expr, ExprKind, Item, ItemKey, TemplatePart};
use crate::syntax::json;
use crate::terraform::{Module, ModulePart};

/// Expressions nested deeper are not looked at.
const DEEPEST: usize = 64;

/// Functions that give their argument back, in another form at most: the name of the result is that of the argument.
const PASSING: [&str; 14] = [
    "base64encode",
    "base64gzip",
    "coalesce",
    "concat",
    "flatten",
    "jsonencode",
    "merge",
    "nonsensitive",
    "sensitive",
    "tolist",
    "tomap",
    "toset",
    "tostring",
    "try",
];

/// Credentials in the configuration of modules, except those that `terraform init` brought.
pub(in crate::analysis) fn of_modules(modules: &[Arc<Module>], files: &Files) -> Vec<Written> {
    let own = |module: &&Arc<Module>| !module.dir.components().any(|part| part.as_os_str() == ".terraform");
    let of_module = |module: &Arc<Module>| {
        let mut found = Vec::new();
        module.parts(&mut |owner, part| {
            let mut walk = Walk { files, out: collector(owner.into(), &mut found) };
            match part {
                ModulePart::Named(name, expr) => walk.expr(name, expr, 0),
                ModulePart::Body(body) => walk.body(body, 0),
            }
        });
        found
    };
    modules.par_iter().filter(own).flat_map_iter(of_module).collect()
}

/// Credentials in every var file of the scan, used in this run or not.
pub(in crate::analysis) fn of_var_files(discovered: &Discovered, files: &Files) -> Vec<Written> {
    let mut found = Vec::new();
    let var_files = discovered.files.iter().filter(|found| found.kind == FileKind::TerraformVariables);
    for path in var_files.map(|found| found.path.as_path()) {
        // Where a file cannot be read, evaluation says so if it matters.
        let Ok(loaded) = files.load(path) else { continue };
        let owner: Arc<str> = files.display_name(path).into();
        let mut out = collector(owner, &mut found);
        if path.extension().is_some_and(|extension| extension == "json") {
            if let Some(root) = json::parse(&loaded.text, loaded.id, false).root() {
                nodes(&mut out, "", root, 0);
            }
        } else {
            let parsed = hcl::parse_body(&loaded.text, loaded.id);
            Walk { files, out }.body(&parsed.body, 0);
        }
    }
    found
}

fn collector(owner: Arc<str>, into: &mut Vec<Written>) -> Collector<'_> {
    Collector { owner, place: Place::Terraform, into }
}

struct Walk<'a> {
    files: &'a Files,
    out: Collector<'a>,
}

impl Walk<'_> {
    fn body(&mut self, body: &Body, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        for attribute in &body.attributes {
            let name = value_name(attribute, body).unwrap_or(&attribute.name);
            self.expr(name, &attribute.expr, depth);
        }
        body.blocks.iter().for_each(|block| self.body(&block.body, depth + 1));
    }

    fn expr(&mut self, name: &str, expr: &Expr, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        let depth = depth + 1;
        match &expr.kind {
            ExprKind::String(text) => self.literal(name, text, expr.span),
            ExprKind::Template(parts) => self.template(name, parts, expr.span, depth),
            ExprKind::Wrapped(inner) => self.expr(name, inner, depth),
            ExprKind::Tuple(items) => items.iter().for_each(|item| self.expr(name, item, depth)),
            ExprKind::Object(items) => {
                for item in items {
                    let own = key(item).unwrap_or("");
                    // `{ name = "DB_PASSWORD", value = … }` as ECS writes it.
                    let name = if own == "value" { named(items).unwrap_or(own) } else { own };
                    self.expr(name, &item.value, depth);
                }
            }
            ExprKind::Call(call) => {
                let passed = if PASSING.contains(&&*call.name) { name } else { "" };
                call.arguments.iter().for_each(|argument| self.expr(passed, argument, depth));
            }
            ExprKind::Conditional { condition, then, otherwise } => {
                self.expr("", condition, depth);
                self.expr(name, then, depth);
                self.expr(name, otherwise, depth);
            }
            ExprKind::Unary { operand, .. } => self.expr("", operand, depth),
            ExprKind::Binary { left, right, .. } => {
                self.expr("", left, depth);
                self.expr("", right, depth);
            }
            ExprKind::For(each) => {
                self.expr(name, &each.collection, depth);
                self.expr(name, &each.result, depth);
            }
            ExprKind::Traverse { root, .. } => self.expr("", root, depth),
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Name(_) => {}
        }
    }

    fn literal(&mut self, name: &str, text: &str, span: Span) {
        if text.contains('\n') {
            return self.source(span);
        }
        self.out.text(name, text, span);
    }

    fn template(&mut self, name: &str, parts: &[TemplatePart], span: Span, depth: usize) {
        let mut shape = String::new();
        let mut plain = true;
        for part in parts {
            match part {
                TemplatePart::Literal { text, .. } => shape.push_str(text),
                TemplatePart::Interpolation(inner) => {
                    plain = false;
                    shape.push_str("${…}");
                    self.expr("", inner, depth);
                }
                TemplatePart::If { .. } | TemplatePart::For { .. } => plain = false,
            }
        }
        if shape.contains('\n') {
            self.source(span);
        } else if plain || matches!(value_class(&shape), ValueClass::UrlPassword) {
            self.out.text(name, &shape, span);
        }
    }

    /// Text of several lines: what is written there, at its place.
    fn source(&mut self, span: Span) {
        let text = self.files.with_sources(|sources| sources.get(span.file).map(|file| file.text.clone()));
        if let Some(text) = text.as_deref().and_then(|text| text.get(span.range())) {
            self.out.scan(text, span.file, span.range().start);
        }
    }
}

/// `value` of a parameter or setting is called what stands beside it as `name`.
fn value_name<'a>(attribute: &Attribute, body: &'a Body) -> Option<&'a str> {
    if !matches!(&*attribute.name, "value" | "insecure_value") {
        return None;
    }
    match &body.attribute("name")?.expr.kind {
        ExprKind::String(name) => name.rsplit('/').next(),
        ExprKind::Template(parts) => match parts.last() {
            Some(TemplatePart::Literal { text, .. }) => text.rsplit('/').next(),
            _ => None,
        },
        _ => None,
    }
}

fn key(item: &Item) -> Option<&str> {
    match &item.key {
        ItemKey::Name(name) => Some(name),
        ItemKey::Expr(Expr { kind: ExprKind::String(name), .. }) => Some(name),
        ItemKey::Expr(_) | ItemKey::Ambiguous(_) => None,
    }
}

fn named(items: &[Item]) -> Option<&str> {
    let name = items.iter().find(|item| key(item) == Some("name"))?;
    match &name.value.kind {
        ExprKind::String(name) => Some(name),
        _ => None,
    }
}
