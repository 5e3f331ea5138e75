//! Names of arguments and nested blocks that a resource type does not have, found in files by the binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Line and message of every `evaluation-error` in a configuration.
fn errors(configuration: &str) -> BTreeMap<u64, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), configuration).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["check", ".", "--format", "json", "--as-of", "2026-11-20"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["rule"] == "evaluation-error")
        .map(|finding| (finding["line"].as_u64().unwrap(), finding["message"].as_str().unwrap().to_owned()))
        .collect()
}

fn with_provider(constraint: &str, rest: &str) -> String {
    format!(
        "terraform {{\n  required_providers {{\n    aws = {{\n      source  = \"hashicorp/aws\"\n      version = \"{constraint}\"\n    }}\n  }}\n}}\n{rest}"
    )
}

#[test]
fn an_argument_or_block_that_does_not_exist_is_named_with_what_was_meant() {
    let found = errors(
        "resource \"aws_ecs_service\" \"web\" {\n  name           = \"web\"\n  desired_counts = 2\n  network_configuraton {\n    subnets = []\n  }\n  \
         load_balancer {\n    container_nam  = \"web\"\n    container_port = 80\n  }\n  dynamic \"capacity_provider_strategies\" {\n    for_each = []\n    content {\n      \
         capacity_provider = \"FARGATE\"\n    }\n  }\n}\n\
         data \"aws_ssm_parameter\" \"x\" {\n  nam = \"/a\"\n}\n",
    );
    let expected = [
        (3, "`aws_ecs_service` has no argument `desired_counts`: did you mean `desired_count`?"),
        (4, "`aws_ecs_service` has no block `network_configuraton`: did you mean `network_configuration`?"),
        (8, "a `load_balancer` block has no argument `container_nam`: did you mean `container_name`?"),
        (19, "`aws_ssm_parameter` has no argument `nam`: did you mean `name`?"),
    ];
    for (line, message) in expected {
        assert_eq!(found.get(&line).map(String::as_str), Some(message), "{found:?}");
    }
}

#[test]
fn what_older_and_newer_providers_have_is_no_mistake() {
    // Arguments that are gone, in the version that had them and where no version is said.
    let gone = "resource \"aws_eip\" \"nat\" {\n  vpc = true\n}\n\
                resource \"aws_db_instance\" \"main\" {\n  name = \"app\"\n}\n\
                resource \"aws_ecs_cluster\" \"main\" {\n  name               = \"main\"\n  capacity_providers = [\"FARGATE\"]\n}\n\
                resource \"aws_elasticache_replication_group\" \"main\" {\n  number_cache_clusters = 2\n}\n";
    for constraint in ["~> 3.70", "~> 4.0", "~> 5.0", ">= 4.0", "~> 6.0"] {
        assert_eq!(errors(&with_provider(constraint, gone)), BTreeMap::new(), "{constraint}");
    }
    assert_eq!(errors(gone), BTreeMap::new());
    // A name that no described version has is a mistake in each of them; what is older or newer is not judged.
    let misspelt = "resource \"aws_ecs_service\" \"web\" {\n  desired_counts = 2\n}\n";
    for (constraint, is_found) in [
        ("~> 4.0", true),
        ("~> 5.0", true),
        ("5.31.0", true),
        (">= 5.0, < 7", true),
        ("~> 6.0", true),
        ("~> 2.70", false),
        ("~> 3.0", false),
        (">= 6.900", false),
        ("~> 7.0", false),
    ] {
        assert_eq!(!errors(&with_provider(constraint, misspelt)).is_empty(), is_found, "{constraint}");
    }
}

/// Of every resource and data source type one argument and one block, each with a letter too many.
#[test]
fn mistakes_are_found_in_every_type() {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/terraform/provider/aws.txt");
    let table = std::fs::read_to_string(table).unwrap();
    let mut types: Vec<(&str, Option<&str>, Option<&str>)> = Vec::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let Some(member) = line.strip_prefix(' ') else {
            types.push((line, None, None));
            continue;
        };
        let Some((_, argument, block)) = types.last_mut() else { panic!("{line}") };
        let words: Vec<&str> = member.split(' ').collect();
        match words.as_slice() {
            // Not an object, which may be written as a block too.
            [name, flags, ty] if flags.contains(['o', 'r']) && !ty.contains('{') && name.len() > 2 => {
                argument.get_or_insert(name);
            }
            [name, "list" | "set" | "one" | "one-set" | "single"] if name.len() > 2 => {
                block.get_or_insert(name);
            }
            _ => {}
        }
    }
    assert_eq!(types.len(), 2_211);
    let mut text = String::new();
    let mut expected: BTreeSet<u64> = BTreeSet::new();
    let mut line = 0;
    for (ty, argument, block) in &types {
        let (kind, ty) = ty.split_once(' ').unwrap();
        let word = if kind == "data" { "data" } else { "resource" };
        writeln!(text, "{word} \"{ty}\" \"x\" {{").unwrap();
        line += 1;
        if let Some(argument) = argument {
            writeln!(text, "  {argument}z = null").unwrap();
            line += 1;
            expected.insert(line);
        }
        if let Some(block) = block {
            writeln!(text, "  {block}z {{}}").unwrap();
            line += 1;
            expected.insert(line);
        }
        text.push_str("}\n");
        line += 1;
    }
    assert!(expected.len() > 3_000, "{}", expected.len());
    let found = errors(&text);
    let missed: Vec<&str> = expected
        .iter()
        .filter(|line| !found.get(line).is_some_and(|message| message.contains("did you mean `")))
        .filter_map(|line| text.lines().nth(usize::try_from(*line).unwrap() - 1))
        .collect();
    assert!(missed.is_empty(), "{missed:?}");
}
