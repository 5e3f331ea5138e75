//! What evaluation found: `plimsoll/show/1`, and the same for people.

use std::io::{self, Write};
use std::sync::Arc;

use serde_json::{Map, Value as Json, json};
use termcolor::{Color, ColorSpec};

use super::evaluated::evaluated;
use super::veil::Veil;
use super::{Style, literal, text};
use crate::terraform::{Diagnostic, Evaluation, Mode, Multiplicity, Resource};
use crate::value::{Cause, Value};

/// What to show of an evaluation.
#[derive(Debug)]
pub struct Shown<'a> {
    pub evaluation: &'a Evaluation,
    pub veil: Veil<'a>,
    /// `root module` or `plan`.
    pub what: &'a str,
    /// Name of the root module's directory, or of the plan's file.
    pub root: &'a str,
    /// Names of the other root modules beside or below it.
    pub other_roots: &'a [String],
    /// Addresses, or how they start; all where empty.
    pub only: &'a [String],
}

impl<'a> Shown<'a> {
    fn takes(&self, address: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| address.starts_with(only.as_str()))
    }

    fn resources(&self) -> impl Iterator<Item = &'a Resource> {
        self.evaluation.resources.iter().filter(|resource| {
            // `aws_ecs_service` means those of modules as well.
            let in_module = resource.address.strip_prefix(&*resource.module);
            let local = in_module.and_then(|rest| rest.strip_prefix('.'));
            self.takes(&resource.address) || local.is_some_and(|local| self.takes(local))
        })
    }

    fn variables(&self) -> impl Iterator<Item = &'a (Arc<str>, Value)> {
        self.evaluation.variables.iter().filter(|(name, _)| self.takes(&format!("var.{name}")))
    }

    fn outputs(&self) -> impl Iterator<Item = &'a (Arc<str>, Value)> {
        self.evaluation.outputs.iter().filter(|(name, _)| self.takes(&format!("output.{name}")))
    }

    /// Whether anything has such an address.
    #[must_use]
    pub fn has_any(&self) -> bool {
        self.resources().next().is_some()
            || self.variables().next().is_some()
            || self.outputs().next().is_some()
    }
}

/// `{"error": "…"}`
#[must_use]
pub fn error_object(diagnostic: &Diagnostic, veil: Veil<'_>) -> Json {
    json!({ "error": veil.words(&diagnostic.message) })
}

fn errors(evaluation: &Evaluation) -> impl Iterator<Item = &Diagnostic> {
    let undeclared = evaluation.undeclared.iter().map(|undeclared| &undeclared.diagnostic);
    evaluation.diagnostics.iter().chain(undeclared)
}

/// Writes `plimsoll/show/1`.
///
/// # Errors
/// When the stream fails.
pub fn json(shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    let veil = shown.veil;
    let resources: Vec<Json> = shown.resources().map(|resource| of_resource(resource, veil)).collect();
    let named = |values: &mut dyn Iterator<Item = &(Arc<str>, Value)>| {
        Json::Object(values.map(|(name, value)| (name.to_string(), evaluated(value, name, veil))).collect())
    };
    let errors: Vec<Json> = errors(shown.evaluation)
        .map(|diagnostic| {
            json!({
                "file": veil.words(veil.sources.name(diagnostic.span.file)),
                "line": veil.sources.position(diagnostic.span).line,
                "message": veil.words(&diagnostic.message),
            })
        })
        .collect();
    let mut document = json!({
        "schema": "plimsoll/show/1",
        "root": shown.root,
        "resources": resources,
        "outputs": named(&mut shown.outputs()),
        "variables": named(&mut shown.variables()),
        "errors": errors,
    });
    if let (Some(object), false) = (document.as_object_mut(), shown.other_roots.is_empty()) {
        object.insert("other_roots".to_owned(), Json::from(shown.other_roots));
    }
    super::json::write(&document, out)
}

fn of_resource(resource: &Resource, veil: Veil<'_>) -> Json {
    let mut object = Map::new();
    let mode = match resource.mode {
        Mode::Managed => "managed",
        Mode::Data => "data",
    };
    object.insert("address".to_owned(), Json::from(veil.words(&resource.address)));
    object.insert("type".to_owned(), Json::from(&*resource.ty));
    object.insert("mode".to_owned(), Json::from(mode));
    object.insert("module".to_owned(), Json::from(veil.words(&resource.module)));
    object.insert("file".to_owned(), Json::from(veil.words(veil.sources.name(resource.header.file))));
    object.insert("line".to_owned(), Json::from(veil.sources.position(resource.header).line));
    let Json::Object(mut body) = evaluated(&resource.body, "", veil) else { return Json::Object(object) };
    object.insert("attributes".to_owned(), body.remove("value").unwrap_or_default());
    for list in ["unknown", "sensitive"] {
        object.insert(list.to_owned(), body.remove(list).unwrap_or_else(|| Json::Array(Vec::new())));
    }
    object.extend(body);
    Json::Object(object)
}

/// Writes the evaluation for people: each resource with its attributes, then variables, outputs, errors.
///
/// # Errors
/// When the stream fails.
pub fn human(shown: &Shown<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let veil = shown.veil;
    let dim = ColorSpec::new().set_fg(Some(Color::Cyan)).clone();
    style.paint(&dim, &format!("# {} {}", shown.what, text::line(shown.root)), out)?;
    writeln!(out)?;
    if !shown.other_roots.is_empty() {
        let others = super::listed(shown.other_roots.iter().map(String::as_str), 8);
        style.paint(&dim, &format!("# other root modules here: {}", text::line(&others)), out)?;
        writeln!(out)?;
    }
    for resource in shown.resources() {
        writeln!(out)?;
        heading(style, &veil.words(&resource.address), &veil.place(resource.header), out)?;
        if let Multiplicity::Between { low, high, causes } = &resource.multiplicity {
            let number = match high {
                Some(high) if high == low => low.to_string(),
                Some(high) => format!("between {low} and {high}"),
                None => format!("{low} or more"),
            };
            writeln!(out, "  # {number} of these {}", literal::why(&veil.causes(causes)))?;
        }
        if let Some(mapping) = resource.body.as_mapping() {
            literal::members(mapping, 2, veil).iter().try_for_each(|line| writeln!(out, "{line}"))?;
        }
    }
    list("variables", shown.variables().collect(), veil, style, out)?;
    list("outputs", shown.outputs().collect(), veil, style, out)?;
    missing(shown, out)?;
    for (at, diagnostic) in errors(shown.evaluation).enumerate() {
        if at == 0 {
            writeln!(out)?;
        }
        let red = ColorSpec::new().set_fg(Some(Color::Red)).set_bold(true).clone();
        style.paint(&red, "error", out)?;
        let words = format!("{}: {}", veil.place(diagnostic.span), veil.words(&diagnostic.message));
        writeln!(out, " at {}", text::line(&words))?;
    }
    Ok(())
}

/// What gives the shown variables without a value one.
fn missing(shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    let veil = shown.veil;
    let mut is_first = true;
    for (name, value) in shown.variables() {
        let is_own = |cause: &&Cause| matches!(cause, Cause::MissingVariable { name: of } if of == name);
        let causes = value.causes();
        let Some(cause) = causes.iter().find(is_own) else { continue };
        if std::mem::take(&mut is_first) {
            writeln!(out)?;
        }
        let how = veil.decide_with(cause).map_or_else(String::new, |how| format!("; to decide: {how}"));
        writeln!(out, "# {}", text::line(&format!("{cause}{how}")))?;
    }
    Ok(())
}

fn heading(style: &Style, address: &str, place: &str, out: &mut dyn Write) -> io::Result<()> {
    style.paint(ColorSpec::new().set_bold(true), &text::line(address), out)?;
    style.paint(ColorSpec::new().set_fg(Some(Color::Cyan)), &format!("  # {}", text::line(place)), out)?;
    writeln!(out)
}

fn list(
    title: &str,
    values: Vec<&(Arc<str>, Value)>,
    veil: Veil<'_>,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    if values.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    style.paint(ColorSpec::new().set_bold(true), title, out)?;
    writeln!(out)?;
    let width = values.iter().map(|(name, _)| text::width(name)).max().unwrap_or(0);
    for (name, value) in values {
        let pad = " ".repeat(width.saturating_sub(text::width(name)));
        writeln!(out, "  {}{pad} = {}", text::line(name), literal::of(value, name, 2, veil))?;
    }
    Ok(())
}

/// Writes one evaluated expression for people, and below it why parts of it are not known.
///
/// # Errors
/// When the stream fails.
pub fn expression(value: &Value, asked: &str, veil: Veil<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", literal::of(value, last_name(asked), 0, veil))?;
    for cause in veil.causes(&value.causes()) {
        let how = veil.decide_with(&cause).map_or_else(String::new, |how| format!("; to decide: {how}"));
        writeln!(out, "# {}", text::line(&format!("{cause}{how}")))?;
    }
    Ok(())
}

/// The name that an address or reference ends in: it may tell a secret. Other expressions have none.
pub(super) fn last_name(address: &str) -> &str {
    let is_reference = address.chars().all(|c| c.is_alphanumeric() || "_-.[]\"".contains(c));
    let name = address.rsplit('.').next().unwrap_or_default().split('[').next().unwrap_or_default();
    if is_reference { name } else { "" }
}
