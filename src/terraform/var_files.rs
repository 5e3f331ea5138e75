//! Var files that lie around a root module and that Terraform does not load by itself. They are never used unasked:
//! they are what a person is pointed at.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::config::is_configuration;
use crate::source::{Files, SourceMap, decode_text};
use crate::syntax::hcl;

/// Folders in which teams keep a var file for each environment.
const FOLDERS: [&str; 8] =
    ["env", "envs", "environment", "environments", "vars", "tfvars", "var-files", "config"];

/// Var files of one root module that are looked at.
const MOST: usize = 200;

/// Folders inside one of [`FOLDERS`] that are looked at.
const MOST_FOLDERS: usize = 50;

/// Largest var file that is looked at, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// Var files for the root module in `dir`: beside it, and in folders such as `env/` of it and of the folders above it
/// up to the boundary. Nearest first.
#[must_use]
pub fn around(files: &Files, dir: &Path) -> Vec<PathBuf> {
    let own = files.file_names(dir).into_iter().filter(|name| is_var_file(name) && !is_loaded_anyway(name));
    let mut found: Vec<PathBuf> = own.map(|name| dir.join(name)).collect();
    for above in dir.ancestors().take_while(|above| above.starts_with(files.root())) {
        let near: BTreeSet<String> = files.directory_names(above).into_iter().collect();
        for folder in FOLDERS.iter().filter(|name| near.contains(**name)).map(|name| above.join(name)) {
            found.extend(in_folder(files, &folder));
            for inner in files.directory_names(&folder).into_iter().take(MOST_FOLDERS) {
                found.extend(in_folder(files, &folder.join(inner)));
            }
        }
    }
    found.truncate(MOST);
    found
}

/// Var files directly in a folder. One that holds a configuration keeps them for that.
fn in_folder(files: &Files, folder: &Path) -> Vec<PathBuf> {
    let names = files.file_names(folder);
    if names.iter().any(|name| is_configuration(name)) {
        return Vec::new();
    }
    names.into_iter().filter(|name| is_var_file(name)).map(|name| folder.join(name)).collect()
}

fn is_var_file(name: &str) -> bool {
    name.ends_with(".tfvars") || name.ends_with(".tfvars.json")
}

/// Whether Terraform reads a file of this name beside the configuration without being told.
fn is_loaded_anyway(name: &str) -> bool {
    matches!(name, "terraform.tfvars" | "terraform.tfvars.json")
        || name.ends_with(".auto.tfvars")
        || name.ends_with(".auto.tfvars.json")
}

/// Names of the variables that a var file sets; empty where it cannot be read. The file does not become one of the
/// sources of the run.
#[must_use]
pub fn names_set(files: &Files, path: &Path) -> BTreeSet<Arc<str>> {
    let text = files.read_bytes(path, LARGEST).ok().and_then(|bytes| decode_text(&bytes).ok());
    let Some(text) = text else { return BTreeSet::new() };
    let id = SourceMap::default().add_pseudo("var file", text.clone());
    if path.extension().is_some_and(|extension| extension == "json") {
        return super::json::values(&text, id).0.into_iter().map(|(name, _)| name).collect();
    }
    hcl::parse_body(&text, id).body.attributes.into_iter().map(|attribute| attribute.name).collect()
}
