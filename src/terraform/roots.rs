//! Which directories of a repository are root modules.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::config::Configs;
use super::on_large_stack;
use crate::source::Files;

/// A root module.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Root {
    pub dir: PathBuf,
}

/// The root modules among `dirs` (directories with `.tf` or `.tf.json` files): those that no other one
/// calls by a local path, and those that have a backend, `cloud` or provider block or a `terraform.tfvars`.
#[must_use]
pub fn find_roots(configs: &Configs<'_>, dirs: &BTreeSet<PathBuf>) -> Vec<Root> {
    on_large_stack(|| {
        let dirs: BTreeSet<PathBuf> = dirs.iter().map(|dir| Files::normalize(dir)).collect();
        configs.prepare(&dirs);
        let mut called = BTreeSet::new();
        for dir in &dirs {
            let module = configs.module(dir);
            for call in module.calls.values() {
                let Some(source) = call.source.as_deref().filter(|source| source.starts_with('.')) else {
                    continue;
                };
                let target = Files::normalize(&dir.join(source));
                if target != *dir {
                    called.insert(target);
                }
            }
        }
        dirs.iter()
            .filter(|dir| !called.contains(*dir) || has_root_marks(configs, dir))
            .map(|dir| Root { dir: dir.clone() })
            .collect()
    })
}

fn has_root_marks(configs: &Configs<'_>, dir: &Path) -> bool {
    let loads_values = |name: &String| {
        matches!(name.as_str(), "terraform.tfvars" | "terraform.tfvars.json")
            || name.ends_with(".auto.tfvars")
    };
    configs.module(dir).root_marks || configs.files.file_names(dir).iter().any(loads_values)
}
