//! Finds and reads the configuration file.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use globset::{Glob, GlobMatcher};

use super::{Config, ConfigError, FILE_NAMES, FailOn};
use crate::cost::hours::Hours;
use crate::lint::Profile;
use crate::lint::suppress::ConfigIgnore;
use crate::model::Stage;
use crate::source::{FileId, Span};
use crate::syntax::tree::{Member, Node, NodeKind};
use crate::syntax::yaml::{self, Dialect};
use crate::text::closest;

/// The configuration nearest to `start` (a file or directory), not above `root`.
#[must_use]
pub fn find(start: &Path, root: &Path) -> Option<PathBuf> {
    start
        .ancestors()
        .take_while(|dir| dir.starts_with(root))
        .flat_map(|dir| FILE_NAMES.iter().map(move |name| dir.join(name)))
        .find(|path| path.is_file())
}

/// Reads a configuration file.
///
/// # Errors
/// Every mistake found: broken YAML, unknown keys and rules, values of the wrong kind.
pub fn load(text: &str, file: FileId) -> Result<Config, Vec<ConfigError>> {
    let parsed = yaml::parse(text, file, Dialect::PLAIN);
    let mut reader = Reader::new();
    for error in &parsed.errors {
        reader.error(error.span, error.message.clone(), None);
    }
    for duplicate in &parsed.duplicates {
        reader.error(duplicate.second, format!("`{}` is written twice", duplicate.key), None);
    }
    let mut config = Config::default();
    if reader.errors.is_empty() {
        match parsed.documents.as_slice() {
            [] => {}
            [document] => reader.document(document, &mut config),
            [_, second, ..] => reader.error(second.span, "the file must hold one document".to_owned(), None),
        }
    }
    if reader.errors.is_empty() { Ok(config) } else { Err(reader.errors) }
}

pub(super) const KEYS: [&str; 15] = [
    "region",
    "stage",
    "profile",
    "hours",
    "fail_on",
    "rules",
    "overrides",
    "ignore",
    "baseline",
    "rule_paths",
    "environments",
    "budgets",
    "limits",
    "scenarios",
    "usage",
];
const IGNORE_KEYS: [&str; 5] = ["rule", "path", "resource", "reason", "until"];

/// Hours a month, or windows of the week.
pub(super) fn hours(text: &str) -> Option<Hours> {
    Hours::parse(text).ok()
}

/// A stage as the configuration names it.
pub(super) fn stage(text: &str) -> Option<Stage> {
    match text {
        "production" => Some(Stage::Production),
        "non-production" => Some(Stage::NonProduction),
        _ => None,
    }
}

pub(super) struct Reader {
    errors: Vec<ConfigError>,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self { errors: Vec::new() }
    }

    pub(super) fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }

    pub(super) fn into_errors(self) -> Vec<ConfigError> {
        self.errors
    }

    pub(super) fn error(&mut self, span: Span, message: String, help: Option<String>) {
        self.errors.push(ConfigError { span, message, help });
    }

    /// Members of a mapping; reports keys that are not `known`.
    pub(super) fn members<'a>(&mut self, node: &'a Node, what: &str, known: &[&str]) -> &'a [Member] {
        let NodeKind::Map(members) = &node.kind else {
            self.error(node.span, format!("{what} must be a mapping"), None);
            return &[];
        };
        for member in members {
            if !known.contains(&&*member.key) {
                let help = closest(&member.key, known.iter().copied()).map_or_else(
                    || format!("known keys: {}", known.join(", ")),
                    |key| format!("did you mean `{key}`?"),
                );
                self.error(member.key_span, format!("unknown key `{}`", member.key), Some(help));
            }
        }
        members
    }

    pub(super) fn text(&mut self, node: &Node, key: &str) -> Option<String> {
        let text = node.scalar_text();
        if text.is_none() {
            self.error(node.span, format!("`{key}` must be text"), None);
        }
        text.map(|text| text.to_string())
    }

    /// One of a list of words.
    pub(super) fn choice<T>(
        &mut self,
        node: &Node,
        key: &str,
        words: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(node, key)?;
        let value = read(&text);
        if value.is_none() {
            self.error(node.span, format!("`{key}` cannot be `{text}`"), Some(format!("one of {words}")));
        }
        value
    }

    fn document(&mut self, node: &Node, config: &mut Config) {
        if matches!(node.kind, NodeKind::Null) {
            return;
        }
        for member in self.members(node, "the configuration", &KEYS) {
            let value = &member.value;
            match &*member.key {
                "region" => config.region = self.text(value, "region").map(|region| (region, value.span)),
                "stage" => {
                    config.stage = self.choice(value, "stage", "production, non-production", stage);
                }
                "profile" => {
                    config.profile = self.choice(value, "profile", "default, strict", |text| match text {
                        "default" => Some(Profile::Default),
                        "strict" => Some(Profile::Strict),
                        _ => None,
                    });
                }
                "hours" => {
                    config.hours = self.choice(value, "hours", super::environments::HOURS, hours);
                }
                "fail_on" => {
                    config.fail_on =
                        self.choice(value, "fail_on", "error, warning, info, never", FailOn::from_name);
                }
                "rules" => config.rules = self.severities(value),
                "overrides" => config.overrides = self.overrides(value),
                "baseline" => config.baseline = self.file(value, "baseline"),
                "rule_paths" => {
                    config.rule_paths =
                        self.each(value, "rule_paths", |_, node, text| Some((text, node.span)));
                }
                "ignore" => self.ignores(value, config),
                "environments" => config.environments = self.environments(value),
                "budgets" => config.budgets = self.budgets(value),
                "limits" => self.limits(value, config),
                "scenarios" => config.scenarios = self.scenarios(value),
                "usage" => config.usage = Some(value.clone()),
                _ => {}
            }
        }
    }

    /// A file, relative to the configuration file.
    fn file(&mut self, node: &Node, key: &str) -> Option<(PathBuf, Span)> {
        let text = self.text(node, key)?;
        if text.is_empty() || Path::new(&text).is_absolute() {
            let help = "paths are relative to the configuration file".to_owned();
            self.error(node.span, format!("`{key}` cannot be `{text}`"), Some(help));
            return None;
        }
        Some((PathBuf::from(text), node.span))
    }

    fn limits(&mut self, node: &Node, config: &mut Config) {
        for member in self.members(node, "`limits`", &["instances"]) {
            let words = "a whole number from 1 to 100000";
            config.most_instances = self.choice(&member.value, "instances", words, |text| {
                text.parse().ok().filter(|number| (1..=100_000).contains(number))
            });
        }
    }

    /// Either a list of entries, or `{foreign: false, entries: […]}`.
    fn ignores(&mut self, node: &Node, config: &mut Config) {
        let entries = match &node.kind {
            NodeKind::Map(_) => {
                let mut entries: &[Node] = &[];
                for member in self.members(node, "`ignore`", &["foreign", "entries"]) {
                    match (&*member.key, &member.value.kind) {
                        ("foreign", NodeKind::Bool(value)) => config.ignore_foreign = Some(*value),
                        ("foreign", _) => {
                            self.error(member.value.span, "`foreign` must be true or false".to_owned(), None);
                        }
                        ("entries", NodeKind::List(items)) => entries = items,
                        ("entries", _) => {
                            self.error(member.value.span, "`entries` must be a list".to_owned(), None);
                        }
                        _ => {}
                    }
                }
                entries
            }
            NodeKind::List(items) => items,
            _ => {
                self.error(node.span, "`ignore` must be a list of entries".to_owned(), None);
                &[]
            }
        };
        for entry in entries {
            if let Some(ignore) = self.ignore(entry) {
                config.ignores.push(ignore);
            }
        }
    }

    fn ignore(&mut self, node: &Node) -> Option<ConfigIgnore> {
        let members = self.members(node, "an ignore entry", &IGNORE_KEYS);
        let mut seen = HashSet::new();
        let mut ignore = ConfigIgnore {
            rule: String::new(),
            rule_span: node.span,
            path: None,
            resource: None,
            reason: None,
            until: None,
            span: node.span,
        };
        for member in members {
            let value = &member.value;
            seen.insert(&*member.key);
            match &*member.key {
                "rule" => {
                    ignore.rule = self.text(value, "rule")?;
                    ignore.rule_span = value.span;
                }
                "path" => ignore.path = self.glob(value, "path"),
                "resource" => ignore.resource = self.glob(value, "resource"),
                "reason" => ignore.reason = self.text(value, "reason"),
                "until" => ignore.until = self.text(value, "until").map(|text| (text, value.span)),
                _ => {}
            }
        }
        if !seen.contains("rule") {
            self.error(node.span, "an ignore entry needs a `rule`".to_owned(), None);
            return None;
        }
        Some(ignore)
    }

    fn glob(&mut self, node: &Node, key: &str) -> Option<GlobMatcher> {
        let text = self.text(node, key)?;
        // An address holds brackets; they are literal there.
        let pattern = if key == "resource" { text.replace('[', "\\[").replace(']', "\\]") } else { text };
        match Glob::new(&pattern) {
            Ok(glob) => Some(glob.compile_matcher()),
            Err(error) => {
                self.error(node.span, format!("`{key}` is no pattern: {}", error.kind()), None);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::lint::{Catalogue, Severity};
    use crate::source::SourceMap;

    fn read(text: &str) -> Result<Config, Vec<String>> {
        let file = SourceMap::default().add_pseudo("plimsoll.yaml", text);
        load(text, file).map_err(|errors| {
            errors
                .iter()
                .map(|error| format!("{}: {}", error.message, error.help.as_deref().unwrap_or("")))
                .collect()
        })
    }

    #[test]
    fn every_key_is_read() {
        let config = read(
            "region: eu-west-1\nstage: production\nprofile: strict\nhours: 200\nfail_on: error\n\
             rules: {log-retention: off, duplicate-key: info}\n\
             ignore:\n  - {rule: rds-public, path: 'infra/**', resource: 'module.a[\"x\"].*', reason: why, until: 2027-01-01}\n\
             usage: {}\n",
        )
        .unwrap();
        assert_eq!(config.hours, Some(Hours { a_month: 200.into(), windows: None }));
        let severities = config.severities(&Catalogue::default()).unwrap();
        assert_eq!(severities.get("log-retention"), Some(&None));
        assert_eq!(severities.get("duplicate-key"), Some(&Some(Severity::Info)));
        let ignore = &config.ignores[0];
        assert!(ignore.resource.as_ref().unwrap().is_match("module.a[\"x\"].aws_db_instance.this"));
        assert!(ignore.path.as_ref().unwrap().is_match("infra/prod/db.tf"));
    }

    #[test]
    fn environments_are_read() {
        let config = read(
            "environments:\n  prod: {var_files: [common.tfvars, env/prod.tfvars], workspace: live, stage: production}\n\
             \x20 dev: {var_files: env/dev.tfvars, roots: ['infra/*', ./net/, .]}\n",
        )
        .unwrap();
        let [prod, dev] = config.environments.as_slice() else { unreachable!() };
        assert_eq!((prod.name.as_str(), prod.workspace.as_deref()), ("prod", Some("live")));
        assert_eq!(prod.stage, Some(Stage::Production));
        let files: Vec<&str> = prod.var_files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(files, ["common.tfvars", "env/prod.tfvars"]);
        assert!(prod.has_root("anything/at/all"));
        assert_eq!(dev.var_files.len(), 1);
        assert_eq!(
            ["infra/api", "infra/api/sub", "net", "", "other"].map(|dir| dev.has_root(dir)),
            [true, false, true, true, false]
        );
    }

    #[test]
    fn mistakes_in_environments_are_named() {
        let errors = read(
            "environments:\n  a: {var_file: x}\n  b: {stage: prod}\n  c: {var_files: [/etc/x.tfvars, {}]}\n  d: 1\n  e: {roots: ['[']}\n",
        )
        .unwrap_err();
        assert_eq!(
            errors,
            [
                "unknown key `var_file`: did you mean `var_files`?",
                "`stage` cannot be `prod`: one of production, non-production",
                "`var_files` cannot hold `/etc/x.tfvars`: paths are relative to the configuration file",
                "`var_files` must be text: ",
                "an environment must be a mapping: ",
                "`roots` is no pattern: unclosed character class; missing ']': ",
            ]
        );
        assert_eq!(
            read("environments: [prod]").unwrap_err(),
            ["`environments` must be a mapping from names: "]
        );
    }

    #[test]
    fn overrides_and_the_baseline_are_read() {
        let config = read(
            "baseline: ci/accepted.json\noverrides:\n\
             \x20 - {paths: [./examples/, '*.json'], rules: {all: off, rds-public: info}}\n\
             \x20 - {stage: [non-production, unknown], environment: 'dev*', rules: {log-retention: warning}}\n",
        )
        .unwrap();
        assert_eq!(config.baseline.as_ref().unwrap().0, Path::new("ci/accepted.json"));
        let overrides = config.overrides(&Catalogue::default()).unwrap();
        let [first, second] = overrides.as_slice() else { unreachable!() };
        let is_match = |path: &str| first.paths.iter().any(|glob| glob.is_match(path));
        assert_eq!(
            ["examples/a/b.tf", "a.json", "x/a.json", "examples"].map(is_match),
            [true, true, true, false]
        );
        assert_eq!(first.all, Some(None));
        assert_eq!(first.severities.get("rds-public"), Some(&Some(Severity::Info)));
        assert_eq!(second.stages, [crate::model::Stage::NonProduction, crate::model::Stage::Unknown]);
        assert_eq!(
            [Some("dev-2"), Some("prod"), None].map(|environment| second.is_for(environment)),
            [true, false, false]
        );
    }

    #[test]
    fn mistakes_in_overrides_are_named() {
        let errors = read(
            "baseline: /etc/x\noverrides:\n  - {rules: {rds-public: off}}\n  - {paths: ['['], rules: {rds-publik: off}}\n\
             \x20 - {stage: prod, rules: {all: loud}}\n  - {path: x, rules: {}}\n  - x\n",
        )
        .unwrap_err();
        assert_eq!(
            errors,
            [
                "`baseline` cannot be `/etc/x`: paths are relative to the configuration file",
                "an override needs `paths`, `stage` or `environment`: what holds everywhere stands in `rules:` of the configuration",
                "`paths` is no pattern: unclosed character class; missing ']': ",
                "`stage` cannot be `prod`: one of production, non-production, unknown",
                "`all` cannot be `loud`: one of off, error, warning, info",
                "unknown key `path`: did you mean `paths`?",
                "an override must be a mapping: ",
            ]
        );
    }

    #[test]
    fn mistakes_are_named_with_a_suggestion() {
        let errors = read(
            "regoin: eu-west-1\nrules: {log-retention: offf}\nstage: prod\nhours: -1\nignore: [{path: x}]\n",
        )
        .unwrap_err();
        assert_eq!(
            errors,
            [
                "unknown key `regoin`: did you mean `region`?",
                "`log-retention` cannot be `offf`: one of off, error, warning, info",
                "`stage` cannot be `prod`: one of production, non-production",
                "`hours` cannot be `-1`: one of a number of hours a month from 0 to 744, or windows such as `weekdays 8-20`",
                "an ignore entry needs a `rule`: ",
            ]
        );
        let unknown = read("rules: {log-retentoin: off}").unwrap().severities(&Catalogue::default());
        let error = &unknown.unwrap_err()[0];
        assert_eq!(error.message, "no rule is called `log-retentoin`");
        assert_eq!(error.help.as_deref(), Some("did you mean `log-retention`?"));
    }
}
