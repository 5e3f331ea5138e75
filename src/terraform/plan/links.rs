//! What the expressions of a plan's configuration refer to: through module calls and outputs to resources. A plan
//! lists the references of an expression, not the expression; locals are not resolved in it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::Value as Json;

use super::file::{Call, Configuration, Module, ResourceConfig};

/// References followed for one expression; the rest is not looked at.
const MOST_STEPS: usize = 500;
/// Module calls and outputs followed into each other.
const DEEPEST: usize = 32;

/// An attribute of a resource or data source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) address: Arc<str>,
    pub(super) attribute: Arc<str>,
    pub(super) data: bool,
}

impl Target {
    /// The resource's type, with `data.` where it is a data source.
    pub(super) fn ty(&self) -> &str {
        type_of(&self.address)
    }
}

/// `aws_lb` or `data.aws_lb` of an address.
fn type_of(address: &str) -> &str {
    let mut rest = address;
    while let Some(call) = rest.strip_prefix("module.") {
        rest = call.get(end_of_step(call)..).unwrap_or_default().trim_start_matches('.');
    }
    let start = if rest.starts_with("data.") { "data.".len() } else { 0 };
    let end = rest.get(start..).and_then(|ty| ty.find('.')).map_or(rest.len(), |dot| start + dot);
    rest.get(..end).unwrap_or(rest)
}

/// Whether the attribute's value names the resource as such.
pub(super) fn names_itself(attribute: &str) -> bool {
    matches!(attribute, "id" | "arn" | "name" | "family")
}

/// One step of an address or reference: `api["web"]` is the name `api` with the key `["web"]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step<'a> {
    name: &'a str,
    /// With its brackets; empty where there is none.
    key: &'a str,
}

/// An address or reference taken apart at its dots.
pub(super) fn steps(text: &str) -> Vec<Step<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = end_of_step(rest);
        let (step, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let key = step.find('[').unwrap_or(step.len());
        let (name, key) = step.split_at_checked(key).unwrap_or((step, ""));
        found.push(Step { name, key });
        rest = after.strip_prefix('.').unwrap_or_default();
    }
    found
}

fn end_of_step(text: &str) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'.' if !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

/// The names of an address's steps, without keys.
pub(super) fn names(address: &str) -> Vec<&str> {
    steps(address).into_iter().map(|step| step.name).collect()
}

/// The key of an address's last step: `["web"]`, `[0]` or nothing.
pub(super) fn own_key(address: &str) -> &str {
    steps(address).last().map_or("", |step| step.key)
}

/// A configured module, with its resources found by address.
struct Config<'a> {
    module: &'a Module,
    resources: HashMap<&'a str, &'a ResourceConfig>,
    calls: BTreeMap<&'a str, (&'a Call, Config<'a>)>,
}

impl<'a> Config<'a> {
    fn of(module: &'a Module, depth: usize) -> Self {
        let calls = module.module_calls.iter().filter(|_| depth < DEEPEST);
        Self {
            module,
            resources: module.resources.iter().map(|config| (config.address.as_str(), config)).collect(),
            calls: calls
                .map(|(name, call)| (name.as_str(), (call, Self::of(&call.module, depth + 1))))
                .collect(),
        }
    }
}

/// The configuration of a plan, ready to be asked.
pub(super) struct Links<'a> {
    root: Config<'a>,
    /// Keys of the planned instances, by address without the last key.
    instances: HashMap<&'a str, Vec<&'a str>>,
}

/// Where an expression stands: the module's address, and the keys that `each` and `count` stand for there.
#[derive(Clone)]
struct Place<'p, 'a> {
    config: &'p Config<'a>,
    /// `module.a["x"].module.b`; empty for the root.
    address: String,
    /// Modules from the root to this one, with the call that made it.
    around: Vec<(&'p Config<'a>, &'a Call, String)>,
    /// Key of the resource or call whose expression is read.
    key: String,
    for_each: Option<&'a Json>,
}

impl<'a> Links<'a> {
    pub(super) fn new(configuration: &'a Configuration, addresses: impl Iterator<Item = &'a str>) -> Self {
        let mut instances: HashMap<&str, Vec<&str>> = HashMap::new();
        for address in addresses {
            let key = own_key(address);
            let base = address.strip_suffix(key).unwrap_or(address);
            instances.entry(base).or_default().push(key);
        }
        Self { root: Config::of(&configuration.root_module, 0), instances }
    }

    /// The configuration of a resource, by its full address.
    pub(super) fn config(&self, module: &str, address: &str) -> Option<&'a ResourceConfig> {
        let (config, _) = self.enter(module)?;
        config.resources.get(local(module, address).as_str()).copied()
    }

    /// The attributes that an expression in `address` (a resource in `module`) refers to.
    pub(super) fn targets(&self, module: &str, address: &str, expression: &Json) -> Vec<Target> {
        let Some((config, around)) = self.enter(module) else { return Vec::new() };
        let resource = config.resources.get(local(module, address).as_str());
        let place = Place {
            config,
            address: module.to_owned(),
            around,
            key: own_key(address).to_owned(),
            for_each: resource.and_then(|resource| resource.for_each_expression.as_ref()),
        };
        let mut found = Vec::new();
        self.expression(&place, expression, 0, &mut { MOST_STEPS }, &mut found);
        found
    }

    #[allow(clippy::type_complexity)]
    fn enter(&self, module: &str) -> Option<(&Config<'a>, Vec<(&Config<'a>, &'a Call, String)>)> {
        let mut config = &self.root;
        let mut around = Vec::new();
        let mut parts = steps(module).into_iter();
        while let Some(word) = parts.next() {
            let step = parts.next().filter(|_| word.name == "module")?;
            let (call, inner) = config.calls.get(step.name)?;
            around.push((config, *call, step.key.to_owned()));
            config = inner;
        }
        Some((config, around))
    }

    fn expression(
        &self,
        place: &Place<'_, 'a>,
        expression: &Json,
        depth: usize,
        budget: &mut usize,
        into: &mut Vec<Target>,
    ) {
        let listed = expression.get("references").and_then(Json::as_array);
        let references: Vec<&str> = listed.into_iter().flatten().filter_map(Json::as_str).collect();
        let by_key = references.iter().any(|name| name.starts_with("each.") || name.starts_with("count."));
        let mut last = "";
        for reference in references {
            // After `a.b.c` Terraform lists `a.b` as well.
            let shorter = last.strip_prefix(reference).is_some_and(|rest| rest.starts_with(['.', '[']));
            if shorter {
                continue;
            }
            last = reference;
            let Some(left) = budget.checked_sub(1) else { return };
            *budget = left;
            self.reference(place, reference, by_key, depth, budget, into);
        }
    }

    fn reference(
        &self,
        place: &Place<'_, 'a>,
        reference: &str,
        by_key: bool,
        depth: usize,
        budget: &mut usize,
        into: &mut Vec<Target>,
    ) {
        if depth > DEEPEST {
            return;
        }
        let parts = steps(reference);
        let name = |at: usize| parts.get(at).map_or("", |step| step.name);
        match (name(0), parts.get(1)) {
            ("var", Some(variable)) => {
                let Some((_, call, key)) = place.around.last() else { return };
                let Some(argument) = call.expressions.get(variable.name) else { return };
                if let Some(outer) = self.outer(place, key, call) {
                    self.expression(&outer, argument, depth + 1, budget, into);
                }
            }
            ("each", Some(step)) if step.name == "value" => {
                if let Some(collection) = place.for_each {
                    let own = Place { for_each: None, ..place.clone() };
                    self.expression(&own, collection, depth + 1, budget, into);
                }
            }
            ("module", Some(call)) => {
                let (Some((made_by, inner)), Some(output)) =
                    (place.config.calls.get(call.name), parts.get(2))
                else {
                    return;
                };
                let repeated = made_by.for_each_expression.is_some() || made_by.count_expression.is_some();
                let key = match call.key {
                    "" if repeated && by_key => place.key.as_str(),
                    "" if repeated => return,
                    key => key,
                };
                let Some(output) = inner.module.outputs.get(output.name) else { return };
                let mut around = place.around.clone();
                around.push((place.config, made_by, key.to_owned()));
                let step = format!("module.{}{key}", call.name);
                let address = join(&place.address, &step);
                let inside = Place { config: inner, address, around, key: String::new(), for_each: None };
                if let Some(expression) = &output.expression {
                    self.expression(&inside, expression, depth + 1, budget, into);
                }
            }
            ("data", Some(ty)) => self.resource(place, true, ty.name, parts.get(2), name(3), by_key, into),
            ("local" | "path" | "terraform" | "self" | "count" | "each" | "var", _) | (_, None) => {}
            (ty, instance) => self.resource(place, false, ty, instance, name(2), by_key, into),
        }
    }

    /// Where the arguments of the call that made this module stand.
    fn outer<'p>(&self, place: &Place<'p, 'a>, key: &str, call: &'a Call) -> Option<Place<'p, 'a>> {
        let mut around = place.around.clone();
        let (config, _, _) = around.pop()?;
        let parts = steps(&place.address);
        let outer = parts.len().checked_sub(2)?;
        let mut address = String::new();
        for step in parts.iter().take(outer) {
            address = join(&address, &format!("{}{}", step.name, step.key));
        }
        let for_each = call.for_each_expression.as_ref();
        Some(Place { config, address, around, key: key.to_owned(), for_each })
    }

    #[allow(clippy::too_many_arguments)]
    fn resource(
        &self,
        place: &Place<'_, 'a>,
        data: bool,
        ty: &str,
        instance: Option<&Step<'_>>,
        attribute: &str,
        by_key: bool,
        into: &mut Vec<Target>,
    ) {
        let Some(instance) = instance else { return };
        let mode = if data { "data." } else { "" };
        let base = join(&place.address, &format!("{mode}{ty}.{}", instance.name));
        // Where the reference ends at a key or splat, what is read of the resource is not said; its id is meant
        // as what names it.
        let attribute: Arc<str> = if attribute.is_empty() { "id".into() } else { attribute.into() };
        let mut add = |key: &str| {
            let address = Arc::from(format!("{base}{key}"));
            let target = Target { address, attribute: attribute.clone(), data };
            if !into.contains(&target) {
                into.push(target);
            }
        };
        let keys = self.instances.get(base.as_str()).map(Vec::as_slice).unwrap_or_default();
        match instance.key {
            "" if by_key && keys.contains(&place.key.as_str()) => add(&place.key),
            "" if keys.is_empty() => add(""),
            "" => keys.iter().take(MOST_STEPS).for_each(|key| add(key)),
            key => add(key),
        }
    }
}

fn join(module: &str, step: &str) -> String {
    if module.is_empty() { step.to_owned() } else { format!("{module}.{step}") }
}

/// An address inside its module and without its last key, as the configuration names it.
fn local(module: &str, address: &str) -> String {
    let inside = address.strip_prefix(module).map_or(address, |rest| rest.strip_prefix('.').unwrap_or(rest));
    inside.strip_suffix(own_key(inside)).unwrap_or(inside).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart_at_dots_outside_quotes() {
        let parts = steps(r#"module.a["x.y"].aws_ecs_service.web[0]"#);
        let shown: Vec<(&str, &str)> = parts.iter().map(|step| (step.name, step.key)).collect();
        assert_eq!(shown, [("module", ""), ("a", r#"["x.y"]"#), ("aws_ecs_service", ""), ("web", "[0]")]);
        assert_eq!(own_key(r#"aws_x.y["a\"]"]"#), r#"["a\"]"]"#);
        assert_eq!(local(r#"module.a["x.y"]"#, r#"module.a["x.y"].data.aws_x.y[1]"#), "data.aws_x.y");
    }
}
