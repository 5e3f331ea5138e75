//! Prepares embedded data at build time.

#[path = "build/rules.rs"]
mod rules;

use std::path::PathBuf;

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    let out = PathBuf::from(std::env::var("OUT_DIR").map_err(|error| error.to_string())?);
    rules::generate(&PathBuf::from("rules"), &out)
}
