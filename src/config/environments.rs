//! `environments:` of the configuration: var files, a workspace and a stage under one name.

use std::path::Path;

use globset::{GlobBuilder, GlobMatcher};

use super::load::{Reader, hours, stage};
use crate::cost::hours::Hours;
use crate::model::Stage;
use crate::source::Span;
use crate::syntax::tree::{Node, NodeKind};

/// What evaluating the root modules for one environment takes.
#[derive(Debug, Clone)]
pub struct Environment {
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// In Terraform's order: a later file wins.
    pub var_files: Vec<VarFile>,
    pub workspace: Option<String>,
    pub stage: Option<Stage>,
    /// Hours a month that things run which can be stopped.
    pub hours: Option<Hours>,
    /// Directories of the root modules that belong to it, relative to the configuration file; all where not written.
    pub roots: Option<Vec<GlobMatcher>>,
}

/// A var file of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VarFile {
    /// Relative to the configuration file.
    pub path: String,
    pub span: Span,
}

impl Environment {
    /// Whether a root module belongs to it: `directory` is relative to the configuration file, `/` separated.
    #[must_use]
    pub fn has_root(&self, directory: &str) -> bool {
        let directory = if directory.is_empty() { "." } else { directory };
        self.roots.as_ref().is_none_or(|roots| roots.iter().any(|root| root.is_match(directory)))
    }
}

const KEYS: [&str; 5] = ["var_files", "workspace", "stage", "hours", "roots"];

/// What `hours` may be.
pub(super) const HOURS: &str = "a number of hours a month from 0 to 744, or windows such as `weekdays 8-20`";

impl Reader {
    pub(super) fn environments(&mut self, node: &Node) -> Vec<Environment> {
        let NodeKind::Map(members) = &node.kind else {
            self.error(node.span, "`environments` must be a mapping from names".to_owned(), None);
            return Vec::new();
        };
        members.iter().map(|member| self.environment(&member.key, member.key_span, &member.value)).collect()
    }

    fn environment(&mut self, name: &str, span: Span, node: &Node) -> Environment {
        let mut environment = Environment {
            name: name.to_owned(),
            span,
            var_files: Vec::new(),
            workspace: None,
            stage: None,
            hours: None,
            roots: None,
        };
        if name.is_empty() {
            self.error(span, "an environment needs a name".to_owned(), None);
        }
        for member in self.members(node, "an environment", &KEYS) {
            let value = &member.value;
            match &*member.key {
                "var_files" => environment.var_files = self.each(value, "var_files", Self::var_file),
                "workspace" => environment.workspace = self.text(value, "workspace"),
                "stage" => {
                    environment.stage = self.choice(value, "stage", "production, non-production", stage)
                }
                "hours" => environment.hours = self.choice(value, "hours", HOURS, hours),
                "roots" => environment.roots = Some(self.each(value, "roots", Self::root)),
                _ => {}
            }
        }
        environment
    }

    /// The entries of a list of texts, or of a single text.
    pub(super) fn each<T>(
        &mut self,
        node: &Node,
        key: &str,
        read: impl Fn(&mut Self, &Node, String) -> Option<T>,
    ) -> Vec<T> {
        let items = match &node.kind {
            NodeKind::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let mut values = Vec::new();
        for item in items {
            if let Some(text) = self.text(item, key) {
                values.extend(read(self, item, text));
            }
        }
        values
    }

    fn var_file(&mut self, node: &Node, path: String) -> Option<VarFile> {
        if path.is_empty() || Path::new(&path).is_absolute() {
            let help = "paths are relative to the configuration file".to_owned();
            self.error(node.span, format!("`var_files` cannot hold `{path}`"), Some(help));
            return None;
        }
        Some(VarFile { path, span: node.span })
    }

    fn root(&mut self, node: &Node, text: String) -> Option<GlobMatcher> {
        let clean = text.strip_prefix("./").unwrap_or(&text).trim_end_matches('/');
        match GlobBuilder::new(clean).literal_separator(true).build() {
            Ok(glob) => Some(glob.compile_matcher()),
            Err(error) => {
                self.error(node.span, format!("`roots` is no pattern: {}", error.kind()), None);
                None
            }
        }
    }
}
