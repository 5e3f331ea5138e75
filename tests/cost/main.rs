//! Estimates of whole files: the fixtures against their READMEs, single things against a pocket calculator, and
//! what holds for every estimate.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod compute;
mod data;
mod fixtures;
mod free_tier;
mod items;
mod one_shot;
mod properties;
mod traffic;

use std::path::Path;

use plimsoll::cost::estimate::{Estimate, Range};
use plimsoll::cost::usage::Profile;
use plimsoll::cost::{CostOptions, Usage, estimate};
use plimsoll::lower::{self, Inputs, Module};
use plimsoll::model::Input;
use plimsoll::source::Files;
use plimsoll::syntax::yaml;
use plimsoll::terraform;

fn usage(files: &Files, folder: &Path) -> Usage {
    let Ok(loaded) = files.load(&folder.join("plimsoll.yaml")) else { return Usage::default() };
    let parsed = yaml::parse(&loaded.text, loaded.id, yaml::Dialect::PLAIN);
    let (usage, problems) = Usage::from_node(parsed.root().unwrap().get("usage").unwrap());
    assert_eq!(problems, []);
    usage
}

/// What holds for every estimate.
fn check(estimate: &Estimate) {
    let ordered = |range: &Range| range.low <= range.expected && range.expected <= range.high;
    let mut sum = Range::default();
    for resource in &estimate.resources {
        assert!(resource.free.is_some() == resource.components.is_empty(), "{}", resource.address);
        assert!(plimsoll::cost::estimate::KINDS.contains(&resource.kind), "{}", resource.kind);
        for component in &resource.components {
            assert!(ordered(&component.quantity) && ordered(&component.monthly), "{component:?}");
            assert_eq!(
                component.monthly.high,
                component.quantity.high * component.unit_price,
                "{component:?}"
            );
            let one = Range::exactly(1.into());
            let product = component.factors.iter().fold(one, |product, it| product.times_range(it.value));
            assert_eq!(product.rounded(8), component.quantity.rounded(8), "{component:?}");
            if let Some(name) = &component.assumption {
                assert!(estimate.assumptions.iter().any(|it| it.name == *name), "{name} is not listed");
            }
            sum += component.monthly;
        }
    }
    // Beyond 28 digits a `Decimal` rounds, and the order of adding shows.
    if sum.high < rust_decimal::Decimal::from(1_000_000_000_000_000_i64) {
        assert_eq!(sum, estimate.total());
    }
}

fn figures(range: Range) -> String {
    let figure = |amount: rust_decimal::Decimal| format!("{:.4}", amount.round_dp(4));
    if range.is_exact() {
        figure(range.expected)
    } else {
        format!("{} / {} / {}", figure(range.low), figure(range.expected), figure(range.high))
    }
}

/// Components by `address: name`, and unpriced entries by `address! reason`, one a line.
fn lines(estimate: &Estimate) -> Vec<String> {
    let components = estimate.resources.iter().flat_map(|resource| {
        resource
            .components
            .iter()
            .map(|it| format!("{}: {} = {}", resource.address, it.name, figures(it.monthly)))
    });
    let unpriced = estimate.unpriced.iter().map(|it| {
        let price = it.unit_price.map(|price| price.normalize().to_string()).unwrap_or_default();
        let unit = it.unit.as_deref().unwrap_or_default();
        format!("{}! {} [{price} {unit}]", it.address, it.reason)
    });
    components.chain(unpriced).collect()
}

/// The estimate of one Terraform file in us-east-1, with the text of a usage map.
fn of_terraform(text: &str, usage_text: &str) -> Estimate {
    of_terraform_in("us-east-1", text, usage_text, None)
}

/// The estimate of one Terraform file in a region, with the text of a usage map and a usage profile.
fn of_terraform_in(region: &str, text: &str, usage_text: &str, profile: Option<Profile>) -> Estimate {
    of_terraform_on("2026-11-20", region, text, usage_text, profile)
}

/// The same on another day.
fn of_terraform_on(
    day: &str,
    region: &str,
    text: &str,
    usage_text: &str,
    profile: Option<Profile>,
) -> Estimate {
    priced_in(region, text, usage_text, profile, CostOptions::new(day.parse().unwrap()))
}

/// The estimate of one Terraform file in us-east-1 with these options.
fn priced_terraform(text: &str, usage_text: &str, options: CostOptions) -> Estimate {
    priced_in("us-east-1", text, usage_text, None, options)
}

fn priced_in(
    region: &str,
    text: &str,
    usage_text: &str,
    profile: Option<Profile>,
    options: CostOptions,
) -> Estimate {
    let folder = tempfile::tempdir().unwrap();
    let provider = format!("provider \"aws\" {{\n  region = \"{region}\"\n}}\n");
    std::fs::write(folder.path().join("main.tf"), format!("{provider}{text}")).unwrap();
    std::fs::write(folder.path().join("plimsoll.yaml"), format!("usage: {usage_text}\n")).unwrap();
    let root = folder.path().canonicalize().unwrap();
    let files = Files::new(&root, &root).unwrap();
    let evaluation = terraform::evaluate(&files, &root, &terraform::Options::default());
    assert!(evaluation.diagnostics.is_empty(), "{:?}", evaluation.diagnostics);
    let inputs = Inputs {
        evaluations: vec![Module { evaluation: &evaluation, input: Input::Terraform }],
        ..Inputs::default()
    };
    let deployment = lower::lower(inputs, &lower::Options::default());
    let options = CostOptions { usage: usage(&files, &root).with_profile(profile), ..options };
    let estimate = estimate(&deployment, &options);
    check(&estimate);
    estimate
}
