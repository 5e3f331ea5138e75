//! URLs into which a generated password is put, wherever they stand in the arguments of resources.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Context;
use crate::model::secrets::PasswordUrl;
use crate::terraform::{Evaluation, Mode, Resource};
use crate::value::{Built, Cause, Kind, Origin, Part, Step, Value};

/// Parts of one resource that are looked at.
const MOST_PARTS: usize = 20_000;
/// Values nested deeper are not looked at.
const DEEPEST: usize = 32;

/// Every such URL of a root module; nothing is searched where no password is generated.
pub(super) fn with_passwords(context: &Context<'_>, evaluation: &Evaluation) -> Vec<PasswordUrl> {
    let is_password =
        |resource: &&Resource| resource.mode == Mode::Managed && &*resource.ty == "random_password";
    let passwords: HashMap<&str, &Resource> = evaluation
        .resources
        .iter()
        .filter(is_password)
        .map(|resource| (&*resource.address, resource))
        .collect();
    if passwords.is_empty() {
        return Vec::new();
    }
    let mut urls = Vec::new();
    for resource in evaluation.resources.iter().filter(|resource| resource.mode == Mode::Managed) {
        let mut search = Search { found: Vec::new(), seen: HashSet::new() };
        search.value(&resource.body, &resource.body.origin, 0);
        for found in search.found {
            let Some(password) = passwords.get(&*found.password) else { continue };
            let reader = context.reader(password);
            urls.push(PasswordUrl {
                meta: context.meta(resource),
                place: found.place,
                scheme: found.scheme,
                password: found.password,
                special: reader.boolean("special"),
                override_special: reader.string("override_special"),
                encoded: found.encoded,
            });
        }
    }
    urls
}

struct Found {
    place: Origin,
    scheme: Arc<str>,
    password: Arc<str>,
    encoded: bool,
}

struct Search {
    found: Vec<Found>,
    /// Shared parts that were looked at.
    seen: HashSet<usize>,
}

impl Search {
    fn is_new<T>(&mut self, shared: &Arc<T>) -> bool {
        self.seen.len() < MOST_PARTS && self.seen.insert(Arc::as_ptr(shared).addr())
    }

    /// `way`: the origin of the whole that `value` is part of.
    fn value(&mut self, value: &Value, way: &Origin, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        match &value.kind {
            Kind::Mapping(mapping) if self.is_new(mapping) => {
                mapping.entries.values().for_each(|entry| self.value(&entry.value, way, depth + 1));
            }
            Kind::Sequence(sequence) if self.is_new(sequence) => {
                sequence.items.iter().for_each(|item| self.value(item, way, depth + 1));
            }
            Kind::Unknown(unknown) => {
                if let Some(built) = &unknown.built {
                    self.built(built, way, depth);
                }
                unknown.alternatives.iter().for_each(|choice| self.value(choice, way, depth + 1));
            }
            Kind::String(text) => {
                if let Some(built) = &text.built {
                    self.built(built, way, depth);
                }
            }
            _ => {}
        }
    }

    fn built(&mut self, built: &Arc<Built>, way: &Origin, depth: usize) {
        if !self.is_new(built) {
            return;
        }
        match &**built {
            Built::Json(inner) => self.value(inner, way, depth + 1),
            Built::Template(parts) => {
                self.template(parts);
                for part in parts {
                    if let Part::Hole(hole) = part {
                        self.value(hole, way, depth + 1);
                    }
                }
            }
        }
    }

    fn template(&mut self, parts: &[Part]) {
        let mut before = String::new();
        for (at, part) in parts.iter().enumerate() {
            match part {
                Part::Literal { text, .. } => before.push_str(text),
                Part::Hole(hole) => {
                    let behind = match parts.get(at + 1) {
                        Some(Part::Literal { text, .. }) => text,
                        _ => "",
                    };
                    if behind.starts_with('@')
                        && let Some(scheme) = scheme_before_password(&before)
                        && let Some(password) = generated(hole)
                    {
                        let encoded = hole.origin.steps().any(
                            |via| matches!(&via.step, Step::Function(name) if name.ends_with("urlencode")),
                        );
                        let place = hole.origin.clone();
                        self.found.push(Found { place, scheme: scheme.into(), password, encoded });
                    }
                    // Stands for the value: no separator.
                    before.push('x');
                }
            }
        }
    }
}

/// The scheme of a text that ends in `scheme://user:`.
fn scheme_before_password(text: &str) -> Option<&str> {
    let (head, userinfo) = text.rsplit_once("://")?;
    let user = userinfo.strip_suffix(':')?;
    if user.contains(['/', '@', ' ', '\n', '?', '#']) {
        return None;
    }
    let start = head.rfind(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c)).map_or(0, |at| at + 1);
    head.get(start..).filter(|scheme| !scheme.is_empty())
}

/// The address of the generated password that a value is.
fn generated(hole: &Value) -> Option<Arc<str>> {
    let causes = &hole.as_unknown()?.causes;
    causes.iter().find_map(|cause| match cause {
        Cause::Computed { address, attribute } if &**attribute == "result" => Some(address.clone()),
        _ => None,
    })
}
