//! Finds the environments of a repository in the var files around its root modules: `env/dev.tfvars` is `dev`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::model::Stage;
use crate::source::Files;
use crate::terraform::{self, var_files};

/// Var files of these names hold values for every environment, or say nothing of one.
const SHARED: [&str; 7] = ["common", "shared", "global", "default", "defaults", "base", "all"];

/// Var files that are called after their folder.
const UNNAMED: [&str; 6] = ["terraform", "variables", "vars", "main", "values", "inputs"];

/// An environment as the configuration would name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundEnvironment {
    pub name: String,
    /// Relative to the directory of the configuration.
    pub var_files: Vec<String>,
    pub stage: Stage,
    /// Root modules it is for; empty for all.
    pub roots: Vec<String>,
}

/// Environments of the root modules among `directories`.
pub(super) fn find(files: &Files, directories: &BTreeSet<PathBuf>, base: &Path) -> Vec<FoundEnvironment> {
    let configs = terraform::Configs::new(files);
    let roots = terraform::find_roots(&configs, directories);
    let relative =
        |path: &Path| path.strip_prefix(base).ok().map(|path| path.to_string_lossy().replace('\\', "/"));
    // By name and var files: the roots that they are for.
    let mut found: BTreeMap<(String, Vec<String>), Vec<String>> = BTreeMap::new();
    let mut count = 0;
    for root in &roots {
        let declared = configs.module(&root.dir).variable_names();
        if declared.is_empty() {
            continue;
        }
        count += 1;
        let sets_some =
            |path: &PathBuf| var_files::names_set(files, path).iter().any(|name| declared.contains(name));
        let mut shared = Vec::new();
        let mut own: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for path in var_files::around(files, &root.dir).into_iter().filter(sets_some) {
            let Some((name, shown)) = name_of(&path).zip(relative(&path)) else { continue };
            if SHARED.contains(&name.as_str()) {
                shared.push(shown);
            } else {
                own.entry(name).or_default().push(shown);
            }
        }
        let dir = relative(&root.dir).map(|dir| if dir.is_empty() { ".".to_owned() } else { dir });
        for (name, paths) in own {
            let all = shared.iter().cloned().chain(paths).collect();
            found.entry((name, all)).or_default().extend(dir.clone());
        }
    }
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for (name, _) in found.keys() {
        *uses.entry(name.clone()).or_default() += 1;
    }
    found
        .into_iter()
        .map(|((name, var_files), roots)| {
            let stage = Stage::from_name(&name);
            let is_shared_name = uses.get(&name).is_some_and(|uses| *uses > 1);
            let prefix = roots.first().and_then(|root| root.rsplit('/').next()).filter(|root| *root != ".");
            let named = match prefix {
                Some(root) if is_shared_name => format!("{root}-{name}"),
                _ => name,
            };
            let roots = if roots.len() == count { Vec::new() } else { roots };
            FoundEnvironment { name: named, var_files, stage, roots }
        })
        .collect()
}

/// `dev` for `env/dev.tfvars`, `dev/terraform.tfvars` and `dev.auto.tfvars.json`.
fn name_of(path: &Path) -> Option<String> {
    let file = path.file_name()?.to_str()?;
    let stem = file.strip_suffix(".json").unwrap_or(file).strip_suffix(".tfvars")?;
    let stem = stem.strip_suffix(".auto").unwrap_or(stem);
    if UNNAMED.contains(&stem) || stem.is_empty() {
        return path.parent()?.file_name()?.to_str().map(str::to_owned);
    }
    Some(stem.to_owned())
}
