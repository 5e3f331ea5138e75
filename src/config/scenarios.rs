//! `scenarios:` of the configuration: other inputs under one name, which `compare` puts beside the bill of today.

use super::load::Reader;
use crate::cost::catalogue::Catalogue;
use crate::cost::options;
use crate::source::Span;
use crate::syntax::tree::{Node, NodeKind};
use crate::text::closest;

/// Other inputs of the same files.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// For people; the name where not written.
    pub title: Option<String>,
    /// One of the configuration's environments.
    pub environment: Option<String>,
    /// Terraform variables by name, as `--var` takes them.
    pub variables: Vec<(String, String)>,
    /// Quantities that go before those of `usage:`.
    pub usage: Option<Node>,
    /// Region whose prices hold.
    pub region: Option<String>,
    /// Options that are priced for the scenario too.
    pub options: Vec<String>,
}

const KEYS: [&str; 6] = ["title", "environment", "variables", "usage", "region", "options"];

impl Reader {
    pub(super) fn scenarios(&mut self, node: &Node) -> Vec<Scenario> {
        let NodeKind::Map(members) = &node.kind else {
            self.error(node.span, "`scenarios` must be a mapping from names".to_owned(), None);
            return Vec::new();
        };
        members.iter().map(|member| self.scenario(&member.key, member.key_span, &member.value)).collect()
    }

    fn scenario(&mut self, name: &str, span: Span, node: &Node) -> Scenario {
        let mut scenario = Scenario {
            name: name.to_owned(),
            span,
            title: None,
            environment: None,
            variables: Vec::new(),
            usage: None,
            region: None,
            options: Vec::new(),
        };
        for member in self.members(node, "a scenario", &KEYS) {
            let value = &member.value;
            match &*member.key {
                "title" => scenario.title = self.text(value, "title"),
                "environment" => scenario.environment = self.text(value, "environment"),
                "variables" => scenario.variables = self.variables(value),
                "usage" => scenario.usage = Some(value.clone()),
                "region" => scenario.region = self.scenario_region(value),
                "options" => scenario.options = self.each(value, "options", Self::option),
                _ => {}
            }
        }
        scenario
    }

    fn variables(&mut self, node: &Node) -> Vec<(String, String)> {
        let NodeKind::Map(members) = &node.kind else {
            self.error(node.span, "`variables` must be a mapping from names to values".to_owned(), None);
            return Vec::new();
        };
        let mut variables = Vec::new();
        for member in members {
            if let Some(value) = self.text(&member.value, &member.key) {
                variables.push((member.key.to_string(), value));
            }
        }
        variables
    }

    fn scenario_region(&mut self, node: &Node) -> Option<String> {
        let region = self.text(node, "region")?;
        let catalogue = Catalogue::embedded();
        if catalogue.region(&region).is_some() {
            return Some(region);
        }
        let near = closest(&region, catalogue.regions().map(|region| region.code));
        let help = near.map(|near| format!("did you mean `{near}`?"));
        self.error(node.span, format!("no region is called `{region}`"), help);
        None
    }

    fn option(&mut self, node: &Node, name: String) -> Option<String> {
        if options::is_known(&name) {
            return Some(name);
        }
        let near = closest(&name, options::OPTIONS.iter().map(|choice| choice.name));
        let help = near.map(|near| format!("did you mean `{near}`?"));
        self.error(node.span, format!("no option is called `{name}`"), help);
        None
    }
}
