//! Which directories of a repository are root modules.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::config::{Configs, is_configuration};
use super::on_large_stack;
use crate::source::Files;

/// A root module, with the variable files that lie beside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Root {
    pub dir: PathBuf,
    /// Var files that Terraform does not load by itself: `prod.tfvars`, `env/prod.tfvars`.
    pub var_files: Vec<PathBuf>,
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
            .map(|dir| Root { dir: dir.clone(), var_files: var_files(configs.files, dir) })
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

/// Folders beside a root module in which teams keep a var file for each environment.
const ENVIRONMENT_FOLDERS: [&str; 8] =
    ["env", "envs", "environment", "environments", "vars", "tfvars", "var-files", "config"];

fn var_files(files: &Files, dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in
        std::iter::once(dir.to_path_buf()).chain(ENVIRONMENT_FOLDERS.iter().map(|name| dir.join(name)))
    {
        let names = files.file_names(&folder);
        if folder != dir && names.iter().any(|name| is_configuration(name)) {
            continue;
        }
        for name in names {
            let loaded_anyway = folder == dir
                && (name == "terraform.tfvars"
                    || name == "terraform.tfvars.json"
                    || name.ends_with(".auto.tfvars")
                    || name.ends_with(".auto.tfvars.json"));
            if !loaded_anyway && (name.ends_with(".tfvars") || name.ends_with(".tfvars.json")) {
                found.push(folder.join(name));
            }
        }
    }
    found.sort();
    found
}
