//! The fixtures against the arithmetic in their READMEs, line by line.

use std::path::{Path, PathBuf};

use plimsoll::cost::estimate::Estimate;
use plimsoll::cost::{CostOptions, estimate};
use plimsoll::lower::{self, Inputs, Module, RawTaskDefinition};
use plimsoll::model::{Deployment, Input};
use plimsoll::source::Files;
use plimsoll::syntax::json;
use plimsoll::terraform;

use super::{check, figures, lines, usage};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// Lowers the Terraform in `infra/` and the task definitions in `ecs/`.
fn deployment(files: &Files, folder: &Path, variables: Option<&str>) -> Deployment {
    let inputs = variables.map(|name| terraform::Input::VarFile(folder.join(name)));
    let options =
        terraform::Options { inputs: inputs.into_iter().collect(), ..terraform::Options::default() };
    let infra = folder.join("infra");
    let evaluation = infra.is_dir().then(|| terraform::evaluate(files, &infra, &options));
    let mut task_definitions = Vec::new();
    for entry in std::fs::read_dir(folder.join("ecs")).into_iter().flatten() {
        let loaded = files.load(&entry.unwrap().path()).unwrap();
        let root = json::parse(&loaded.text, loaded.id, true).root().unwrap().to_value();
        task_definitions.push(RawTaskDefinition { name: "task.json".into(), root });
    }
    let evaluations =
        evaluation.iter().map(|evaluation| Module { evaluation, input: Input::Terraform }).collect();
    let inputs = Inputs { evaluations, task_definitions, workflows: Vec::new() };
    lower::lower(inputs, &lower::Options::default())
}

fn priced_with(name: &str, variables: Option<&str>) -> Estimate {
    let folder = fixture(name).canonicalize().unwrap();
    let files = Files::new(&folder, &folder).unwrap();
    let deployment = deployment(&files, &folder, variables);
    let options =
        CostOptions { usage: usage(&files, &folder), ..CostOptions::new("2026-11-20".parse().unwrap()) };
    let estimate = estimate(&deployment, &options);
    check(&estimate);
    estimate
}

fn priced(name: &str) -> Estimate {
    priced_with(name, None)
}

/// Low, expected and high as the README of a fixture has them, and every line below.
fn reproduce(name: &str, total: &str, at_least: bool) {
    let estimate = priced(name);
    insta::assert_snapshot!(name, lines(&estimate).join("\n"));
    assert_eq!(figures(estimate.total()), total);
    assert_eq!(estimate.is_at_least(), at_least);
}

#[test]
fn fastapi_mvp() {
    reproduce("fastapi-mvp", "98.2776", false);
}

#[test]
fn django_celery() {
    reproduce("django-celery", "185.1486 / 185.3664 / 185.8416", false);
}

#[test]
fn two_writers() {
    reproduce("two-writers", "237.2330 / 237.2330 / 453.4955", false);
}

#[test]
fn unknowns() {
    reproduce("unknowns", "29.5600 / 41.2400 / 41.2400", true);
}

#[test]
fn laravel_api() {
    reproduce("laravel-api", "0.0000", true);
    reproduce("laravel-api-fixed", "0.0000", true);
}

/// The price of every completion of the unknowns lies in what was said without them, as far as it was priced.
#[test]
fn completions_keep_what_was_known() {
    let open = priced("unknowns");
    for file in ["tidy.tfvars", "careless.tfvars", "empty.tfvars"] {
        let closed = priced_with("unknowns", Some(&format!("completions/{file}")));
        assert!(closed.total().low >= open.total().low, "{file}: {}", figures(closed.total()));
        for resource in &open.resources {
            for component in &resource.components {
                let same = closed.resources.iter().find(|it| it.address == resource.address);
                let found = same.and_then(|it| {
                    it.components.iter().find(|it| {
                        it.name == component.name
                            || it.price.table == component.price.table && it.unit == component.unit
                    })
                });
                let found =
                    found.unwrap_or_else(|| panic!("{file}: {} {}", resource.address, component.name));
                let (low, high) = (component.monthly.low, component.monthly.high);
                assert!(low <= found.monthly.low && found.monthly.high <= high, "{file}: {}", component.name);
            }
        }
    }
}

#[test]
fn another_region_has_other_prices_and_an_unknown_one_has_none() {
    let folder = fixture("fastapi-mvp").canonicalize().unwrap();
    let files = Files::new(&folder, &folder).unwrap();
    let deployment = deployment(&files, &folder, None);
    let in_region = |region: &str| {
        let options = CostOptions {
            price_region: Some(region.to_owned()),
            ..CostOptions::new("2026-11-20".parse().unwrap())
        };
        estimate(&deployment, &options)
    };
    assert!(in_region("sa-east-1").total().expected > in_region("us-east-1").total().expected);
    let nowhere = in_region("eu-west-9");
    assert_eq!(figures(nowhere.total()), "0.0000");
    let fargate = "no price in the tables: Fargate vcpu in eu-west-9";
    assert!(nowhere.unpriced.iter().any(|it| it.reason == fargate));
}

#[test]
fn every_usage_key_is_documented() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/usage.md");
    let pages = [docs, fixture("README.md")].map(|page| std::fs::read_to_string(page).unwrap());
    let page = pages.concat();
    for key in plimsoll::cost::usage::KEYS {
        for ty in key.types {
            let documented = page.lines().any(|line| {
                line.contains(&format!("`{ty}`")) && line.contains(&format!("| `{}` |", key.key))
            });
            assert!(documented, "{ty}: {}", key.key);
        }
    }
}
