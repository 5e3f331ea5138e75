//! `rules:` and `overrides:` of the configuration: severities everywhere, or for some paths, stages and environments.

use globset::{Glob, GlobMatcher};

use super::RuleChoice;
use super::load::Reader;
use crate::lint::{Override, Severity};
use crate::model::Stage;
use crate::syntax::tree::{Node, NodeKind};

const KEYS: [&str; 4] = ["paths", "stage", "environment", "rules"];

/// Stands for every rule in `overrides`.
const ALL: &str = "all";

const STAGES: &str = "production, non-production, unknown";

impl Reader {
    /// A mapping from rule ids to severities or `off`.
    pub(super) fn severities(&mut self, node: &Node) -> Vec<RuleChoice> {
        let NodeKind::Map(members) = &node.kind else {
            self.error(node.span, "`rules` must be a mapping from rule ids".to_owned(), None);
            return Vec::new();
        };
        let mut found = Vec::new();
        for member in members {
            let words = "off, error, warning, info";
            let severity = self.choice(&member.value, &member.key, words, |text| match text {
                "off" | "false" => Some(None),
                _ => text.parse::<Severity>().ok().map(Some),
            });
            if let Some(severity) = severity {
                let (rule, span) = (member.key.to_string(), member.key_span);
                found.push(RuleChoice { rule, span, severity });
            }
        }
        found
    }

    /// A list of overrides; of those that match, the last one counts.
    pub(super) fn overrides(&mut self, node: &Node) -> Vec<(Override, Vec<RuleChoice>)> {
        let NodeKind::List(items) = &node.kind else {
            let help = "- paths: [\"examples/**\"]\n  rules: {log-retention: off}".to_owned();
            self.error(node.span, "`overrides` must be a list of entries".to_owned(), Some(help));
            return Vec::new();
        };
        items.iter().map(|item| self.one_override(item)).collect()
    }

    fn one_override(&mut self, node: &Node) -> (Override, Vec<RuleChoice>) {
        let mut read = Override::default();
        let mut rules = Vec::new();
        let is_mapping = matches!(node.kind, NodeKind::Map(_));
        let mut keys = Vec::new();
        for member in self.members(node, "an override", &KEYS) {
            let value = &member.value;
            keys.push(&*member.key);
            match &*member.key {
                "paths" => {
                    read.paths = self.each(value, "paths", |reader, node, text| reader.path(node, &text))
                }
                "stage" => read.stages = self.each(value, "stage", Self::stage),
                "environment" => read.environments = self.each(value, "environment", Self::name),
                "rules" => {
                    rules = self.severities(value);
                    let all = rules.iter().position(|choice| choice.rule == ALL);
                    read.all = all.map(|at| rules.remove(at).severity);
                }
                _ => {}
            }
        }
        if is_mapping && !keys.contains(&"rules") {
            self.error(node.span, "an override needs `rules`".to_owned(), None);
        }
        if is_mapping && !keys.iter().any(|key| *key != "rules") {
            let help = "what holds everywhere stands in `rules:` of the configuration".to_owned();
            let message = "an override needs `paths`, `stage` or `environment`".to_owned();
            self.error(node.span, message, Some(help));
        }
        (read, rules)
    }

    /// A glob over paths relative to the configuration file; `*` crosses directories as in `ignore`, and a
    /// directory stands for all that is in it.
    fn path(&mut self, node: &Node, text: &str) -> Option<GlobMatcher> {
        let clean = text.strip_prefix("./").unwrap_or(text);
        let whole = match clean.strip_suffix('/') {
            Some(directory) => format!("{directory}/**"),
            None => clean.to_owned(),
        };
        self.pattern(node, "paths", &whole)
    }

    fn name(&mut self, node: &Node, text: String) -> Option<GlobMatcher> {
        self.pattern(node, "environment", &text)
    }

    fn pattern(&mut self, node: &Node, key: &str, text: &str) -> Option<GlobMatcher> {
        match Glob::new(text) {
            Ok(glob) => Some(glob.compile_matcher()),
            Err(error) => {
                self.error(node.span, format!("`{key}` is no pattern: {}", error.kind()), None);
                None
            }
        }
    }

    fn stage(&mut self, node: &Node, text: String) -> Option<Stage> {
        let found = match text.as_str() {
            "unknown" => Some(Stage::Unknown),
            _ => super::load::stage(&text),
        };
        if found.is_none() {
            self.error(node.span, format!("`stage` cannot be `{text}`"), Some(format!("one of {STAGES}")));
        }
        found
    }
}
