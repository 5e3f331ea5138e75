//! Why a value is what it is: where it was written, the way from there to its use, what it refers to; or the
//! causes of what is unknown in it.

use std::io::{self, Write};

use serde_json::{Value as Json, json};
use termcolor::{Color, ColorSpec};

use super::evaluated::evaluated;
use super::veil::Veil;
use super::{Style, literal, text};
use crate::source::Span;
use crate::terraform::Evaluation;
use crate::value::{Built, Cause, Kind, Origin, Part, Step, Value};

/// Parts of a text whose way is told.
const MOST_PARTS: usize = 12;

/// Unknown members that are listed.
const MOST_UNKNOWN: usize = 20;

/// How deep parts of parts are followed.
const DEEPEST: usize = 6;

/// A value and what it is called.
#[derive(Debug)]
pub struct Asked<'a> {
    pub address: &'a str,
    pub value: &'a Value,
    pub evaluation: &'a Evaluation,
    pub veil: Veil<'a>,
}

/// A place on the way.
struct Place {
    what: String,
    span: Span,
}

impl Asked<'_> {
    fn name(&self) -> &str {
        super::show::last_name(self.address)
    }

    /// From where it was written outwards.
    fn chain(&self, origin: &Origin) -> Vec<Place> {
        let written = self.veil.source(origin.span);
        let what =
            if written.is_empty() { "written here".to_owned() } else { format!("written as {written}") };
        let mut stops = vec![Place { what, span: origin.span }];
        // The asked reference itself is no stop.
        let is_asked = |span: Span| {
            let file = self.veil.sources.get(span.file);
            file.is_some_and(|file| file.path.is_none() && file.name == "expression")
        };
        let mut steps: Vec<Place> = origin
            .steps()
            .filter(|via| !is_asked(via.span))
            .map(|via| Place { what: self.veil.words(&words(&via.step)).into_owned(), span: via.span })
            .collect();
        steps.reverse();
        stops.append(&mut steps);
        stops
    }

    /// Where what the value refers to is declared.
    fn refers_to(&self, value: &Value) -> Option<(String, Option<Span>)> {
        let (address, attribute) = value.origin.attribute()?;
        let target = self.evaluation.resources.iter().find(|resource| resource.address == *address);
        let name = if attribute.is_empty() { address.to_string() } else { format!("{address}.{attribute}") };
        Some((self.veil.words(&name).into_owned(), target.map(|target| target.header)))
    }
}

fn words(step: &Step) -> String {
    match step {
        Step::Variable(name) => format!("read as var.{name}"),
        Step::Local(name) => format!("read as local.{name}"),
        Step::Output(name) => format!("read as output `{name}` of a module"),
        Step::Argument(name) => format!("passed to a module as `{name}`"),
        Step::Attribute { address, attribute } if attribute.is_empty() => format!("read from {address}"),
        Step::Attribute { address, attribute } => format!("read from {address}.{attribute}"),
        Step::Function(name) => format!("went through {name}()"),
        Step::Template(path) => format!("rendered from the template {path}"),
        Step::Each => "taken from each, count or an iterator".to_owned(),
    }
}

/// Unknown parts below a value, as paths with their causes.
fn unknown_parts(value: &Value, path: &str, veil: Veil<'_>, into: &mut Vec<(String, Vec<Cause>)>) {
    if into.len() > MOST_UNKNOWN {
        return;
    }
    match &value.kind {
        Kind::Unknown(unknown) => {
            if let Some(Built::Json(inner)) = unknown.built.as_deref() {
                return unknown_parts(inner, path, veil, into);
            }
            into.push((path.to_owned(), veil.causes(&unknown.causes)));
        }
        Kind::Sequence(sequence) => {
            for (at, item) in sequence.items.iter().enumerate() {
                unknown_parts(item, &format!("{path}[{at}]"), veil, into);
            }
            if let Some(rest) = &sequence.rest {
                into.push((format!("{path}[…]"), veil.causes(&rest.causes)));
            }
        }
        Kind::Mapping(mapping) => {
            for (key, entry) in &mapping.entries {
                unknown_parts(&entry.value, &format!("{path}.{}", veil.plain(key)), veil, into);
            }
            if let Some(rest) = &mapping.rest {
                into.push((format!("{path}.…"), veil.causes(&rest.causes)));
            }
        }
        Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {}
    }
}

/// Writes the answer for people.
///
/// # Errors
/// When the stream fails.
pub fn human(asked: &Asked<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let name = asked.name();
    style.paint(ColorSpec::new().set_bold(true), &text::line(&asked.veil.words(asked.address)), out)?;
    writeln!(out, " = {}", literal::of(asked.value, name, 0, asked.veil))?;
    way(asked, asked.value, 2, 0, style, out)?;
    let mut unknown = Vec::new();
    unknown_parts(asked.value, "", asked.veil, &mut unknown);
    let more = unknown.len() > MOST_UNKNOWN;
    for (path, causes) in unknown.iter().take(MOST_UNKNOWN) {
        let path =
            if path.is_empty() { "the value".to_owned() } else { path.trim_start_matches('.').to_owned() };
        for cause in causes {
            writeln!(out, "  {} is not known: {}", text::line(&path), text::line(&cause.to_string()))?;
            if let Some(how) = asked.veil.decide_with(cause) {
                writeln!(out, "    to decide: {}", text::line(&how))?;
            }
        }
    }
    if more {
        writeln!(out, "  and more parts are not known")?;
    }
    Ok(())
}

fn way(
    asked: &Asked<'_>,
    value: &Value,
    indent: usize,
    depth: usize,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let pad = " ".repeat(indent);
    let mut last = None;
    for stop in asked.chain(&value.origin) {
        // A reference that is an argument as a whole stands where the argument does.
        let place = asked.veil.place(stop.span);
        if last.as_ref() == Some(&(place.clone(), stop.what.clone())) {
            continue;
        }
        write!(out, "{pad}")?;
        style.paint(ColorSpec::new().set_fg(Some(Color::Cyan)), &text::line(&place), out)?;
        writeln!(out, "  {}", clipped(&stop.what, style.width))?;
        last = Some((place, stop.what));
    }
    if let Some((name, declared)) = asked.refers_to(value) {
        let place =
            declared.map_or_else(String::new, |span| format!(", declared at {}", asked.veil.place(span)));
        writeln!(out, "{pad}refers to {}{}", text::line(&name), text::line(&place))?;
    }
    let built = match &value.kind {
        Kind::String(string) => string.built.as_deref(),
        Kind::Unknown(unknown) => unknown.built.as_deref(),
        _ => None,
    };
    if let (Some(Built::Template(parts)), true) = (built, depth < DEEPEST) {
        let holes = parts.iter().filter_map(|part| match part {
            Part::Hole(hole) => Some(hole),
            Part::Literal { .. } => None,
        });
        for hole in holes.take(MOST_PARTS) {
            let shown = literal::of(hole, "", indent + 2, asked.veil);
            let shown = if value.sensitive { "(sensitive)".to_owned() } else { clipped(&shown, style.width) };
            writeln!(out, "{pad}with {shown}")?;
            way(asked, hole, indent + 2, depth + 1, style, out)?;
        }
    }
    Ok(())
}

/// One line, cut to the width.
fn clipped(words: &str, width: usize) -> String {
    let line = text::line(words);
    if text::width(&line) <= width {
        return line;
    }
    let mut used = 0;
    let kept: String = line
        .chars()
        .take_while(|c| {
            used += text::char_width(*c);
            used < width
        })
        .collect();
    format!("{kept}…")
}

/// Writes the answer as `plimsoll/why/1`.
///
/// # Errors
/// When the stream fails.
pub fn json(asked: &Asked<'_>, out: &mut dyn Write) -> io::Result<()> {
    let veil = asked.veil;
    let place = |span: Span| {
        let position = veil.sources.position(span);
        json!({
            "file": veil.words(veil.sources.name(span.file)),
            "line": position.line,
            "column": position.column,
        })
    };
    let chain: Vec<Json> = asked
        .chain(&asked.value.origin)
        .into_iter()
        .map(|stop| {
            let mut entry = place(stop.span);
            if let Some(object) = entry.as_object_mut() {
                object.insert("what".to_owned(), Json::from(stop.what));
            }
            entry
        })
        .collect();
    let causes: Vec<Json> = veil
        .causes(&asked.value.causes())
        .iter()
        .map(
            |cause| json!({ "kind": cause.kind(), "name": cause.name(), "decide_with": veil.decide_with(cause) }),
        )
        .collect();
    let refers_to = asked.refers_to(asked.value).map(|(address, declared)| {
        let mut entry = declared.map_or_else(|| json!({}), place);
        if let Some(object) = entry.as_object_mut() {
            object.insert("address".to_owned(), Json::from(address));
        }
        entry
    });
    let document = json!({
        "schema": "plimsoll/why/1",
        "address": veil.words(asked.address),
        "value": evaluated(asked.value, asked.name(), veil),
        "chain": chain,
        "refers_to": refers_to,
        "unknown": causes,
    });
    super::json::write(&document, out)
}
