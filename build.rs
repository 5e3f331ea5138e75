//! Prepares embedded data at build time, so that a run parses nothing it does not need.

use std::path::PathBuf;

#[path = "build/pricing.rs"]
mod pricing;
#[path = "build/provider.rs"]
mod provider;
#[path = "build/rules.rs"]
mod rules;

fn main() -> Result<(), String> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).ok_or(format!("cargo sets no {name}"));
    let root = variable("CARGO_MANIFEST_DIR")?;
    let out = variable("OUT_DIR")?;

    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=pricing");
    println!("cargo::rerun-if-changed=src/terraform/provider");
    rules::generate(&root.join("rules"), &out)?;
    provider::build(&root.join("src/terraform/provider"), &out.join("provider.bin"))?;
    pricing::build(&root.join("pricing"), &out.join("prices.bin"))
}
