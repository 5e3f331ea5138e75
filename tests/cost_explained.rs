//! `cost --why`, `--by`, `--sensitivity`, `--hours`, `--free-tier` and `pricing`, with the binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::process::{Command, Output};

use rust_decimal::Decimal;
use serde_json::Value;

fn plimsoll(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .args(["--as-of", "2026-11-20"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap()
}

fn human(arguments: &[&str]) -> String {
    let output = plimsoll(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let output = plimsoll(&[arguments, &["--format=json"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap_or_else(|| panic!("{value} is no decimal")).parse().unwrap()
}

const PRICED: [&str; 4] =
    ["fixtures/fastapi-mvp", "fixtures/django-celery", "fixtures/two-writers", "docs/cost-questions/scaling"];

#[test]
fn why_names_each_number_its_place_and_the_price() {
    let text = human(&["cost", "fixtures/fastapi-mvp", "--why", "aws_ecs_service.api"]);
    for part in [
        "1 (desired_count) × 730 (hours a month) × 1024 (cpu) ÷ 1024 (CPU units a vCPU) = 730",
        "cpu = 1024 at fixtures/fastapi-mvp/infra/ecs.tf:31:",
        "$0.04048 per vCPU-hour: table fargate, eu-west-1, source L, captured 2025-10-27",
        "730 × 0.04048 = $29.55 a month",
        "together 29.55 + 6.49 + 3.65 = $39.69 a month",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
}

/// Numbers of the arithmetic multiplied are the quantity, quantity times price is the amount, amounts are the total.
#[test]
fn the_arithmetic_comes_out() {
    for folder in PRICED {
        let estimate = json(&["cost", folder]);
        let mut sum = Decimal::ZERO;
        for resource in estimate["resources"].as_array().unwrap() {
            let address = resource["address"].as_str().unwrap();
            let why = json(&["cost", folder, "--why", address]);
            assert_eq!(why["schema"], "plimsoll/cost-why/1");
            let found = why["resources"].as_array().unwrap();
            let same = found.iter().filter(|it| it["address"] == address && it["file"] == resource["file"]);
            for explained in same.filter(|it| it["line"] == resource["line"]).take(1) {
                for component in explained["components"].as_array().unwrap() {
                    let factors = component["factors"].as_array().unwrap();
                    let product: Decimal =
                        factors.iter().map(|factor| decimal(&factor["value"]["expected"])).product();
                    let quantity = decimal(&component["quantity"]["expected"]);
                    assert_eq!(product.round_dp(8), quantity, "{folder} {address} {component}");
                    let monthly = decimal(&component["monthly"]["expected"]);
                    assert_eq!(quantity * decimal(&component["unit_price"]), monthly, "{component}");
                    sum += monthly;
                }
            }
        }
        assert_eq!(sum, decimal(&estimate["total"]["expected"]), "{folder}");
    }
}

#[test]
fn an_address_that_is_not_there_is_told() {
    let output = plimsoll(&["cost", "fixtures/fastapi-mvp", "--why", "aws_ecs_service.apo"]);
    assert_eq!(output.status.code(), Some(2));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.contains("did you mean `aws_ecs_service.api`?"), "{words}");
}

#[test]
fn every_cut_sums_to_the_total() {
    for folder in PRICED {
        let total = json(&["cost", folder])["total"].clone();
        for by in ["service", "container", "tag:Name", "environment", "kind", "module"] {
            let cut = json(&["cost", folder, "--by", by]);
            assert_eq!(cut["schema"], "plimsoll/breakdown/1");
            for figure in ["low", "expected", "high"] {
                let parts = cut["parts"].as_array().unwrap();
                let sum: Decimal = parts.iter().map(|part| decimal(&part["monthly"][figure])).sum();
                assert_eq!(sum.round_dp(10), decimal(&total[figure]).round_dp(10), "{folder} {by}");
            }
        }
    }
}

/// 384 of 512 CPU units and 768 of 1024 MiB are three quarters.
#[test]
fn a_sidecar_costs_what_it_reserves() {
    let cut = json(&["cost", "docs/cost-questions/scaling", "--by", "container"]);
    let part = |name: &str| {
        let parts = cut["parts"].as_array().unwrap();
        let found = parts.iter().find(|part| part["name"] == format!("aws_ecs_service.app: {name}")).unwrap();
        decimal(&found["monthly"]["expected"])
    };
    assert_eq!((part("app") / part("proxy")).round_dp(12), Decimal::from(3));
}

/// (60 × 10 + 108 × 3) / 168 = 5.5 tasks on average.
#[test]
fn scheduled_scaling_is_weighted_over_the_week() {
    let folder = "docs/cost-questions/scaling";
    let all = decimal(&json(&["cost", folder, "--var", "scheduled=false"])["total"]["expected"]);
    let scheduled = decimal(&json(&["cost", folder])["total"]["expected"]);
    assert_eq!((scheduled / all).round_dp(6), Decimal::new(55, 2));
}

/// 60 of 168 hours: tasks and the database; the balancer, its addresses and the cache all the time.
#[test]
fn hours_stop_what_can_be_stopped() {
    let folder = "fixtures/fastapi-mvp";
    let (all, some) = (json(&["cost", folder]), json(&["cost", folder, "--hours", "weekdays 8-20"]));
    let monthly = |report: &Value, kind: &str| {
        let resources = report["resources"].as_array().unwrap();
        let found = resources.iter().find(|it| it["kind"] == kind).unwrap();
        decimal(&found["monthly"]["expected"])
    };
    let tasks = monthly(&some, "ecs-service") / monthly(&all, "ecs-service");
    assert_eq!(tasks.round_dp(6), (Decimal::from(60) / Decimal::from(168)).round_dp(6));
    // 20 GB of storage at $0.127 stay.
    let storage = Decimal::new(254, 2);
    let database = (monthly(&some, "rds-instance") - storage) / (monthly(&all, "rds-instance") - storage);
    assert_eq!(database.round_dp(6), tasks.round_dp(6));
    for kind in ["load-balancer", "cache-cluster", "log-group", "secret"] {
        assert_eq!(monthly(&some, kind), monthly(&all, kind), "{kind}");
    }
    let wrong = plimsoll(&["cost", folder, "--hours", "weekdays"]);
    assert_eq!(wrong.status.code(), Some(2));
}

/// 1.5 GB of logs a month are less than the 5 GB that are free.
#[test]
fn the_free_tier_is_taken_off_only_when_asked_for() {
    let folder = "fixtures/fastapi-mvp";
    let logs = |report: &Value| {
        let resources = report["resources"].as_array().unwrap().clone();
        let found = resources.into_iter().find(|it| it["kind"] == "log-group").unwrap();
        decimal(&found["monthly"]["expected"])
    };
    assert!(logs(&json(&["cost", folder])) > Decimal::ZERO);
    let free = json(&["cost", folder, "--free-tier"]);
    assert_eq!(logs(&free), Decimal::ZERO);
    let assumptions = free["assumptions"].as_array().unwrap();
    assert!(assumptions.iter().any(|it| it["name"] == "free tier: CloudWatch log ingest"), "{assumptions:?}");
}

#[test]
fn sensitivity_is_sorted_and_what_happens() {
    let folder = "fixtures/fastapi-mvp";
    let report = json(&["cost", folder, "--sensitivity"]);
    let swings: Vec<Decimal> =
        report["influences"].as_array().unwrap().iter().map(|it| decimal(&it["swing"])).collect();
    assert!(swings.len() > 4 && swings.is_sorted_by(|a, b| a >= b), "{swings:?}");
    let hours = &report["influences"][0];
    assert_eq!(hours["input"], "running hours (--hours)");
    let half = decimal(&json(&["cost", folder, "--hours", "365"])["total"]["expected"]);
    let all = decimal(&report["total"]["expected"]);
    assert_eq!(decimal(&hours["low"]), half - all);
}

#[test]
fn prices_are_shown_with_source_and_age() {
    let text = human(&["pricing", "show", "fargate", "linux", "x86", "--region", "eu-west-1"]);
    assert!(
        text.contains("linux x86_64 vcpu") && text.contains("0.04048") && text.contains("L 2025-10-27"),
        "{text}"
    );
    let none = human(&["pricing", "show", "fargate", "windows", "--region", "ap-southeast-6"]);
    assert!(none.starts_with("No price in table fargate"), "{none}");
    for wrong in
        [["pricing", "show", "fargat"].as_slice(), &["pricing", "show", "fargate", "--region", "eu-west-9"]]
    {
        let output = plimsoll(wrong);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8(output.stderr).unwrap().contains("did you mean"), "{wrong:?}");
    }
    let status = json(&["pricing", "status"]);
    assert_eq!(status["schema"], "plimsoll/pricing-status/1");
    let tables = status["tables"].as_array().unwrap();
    let fargate = tables.iter().find(|table| table["table"] == "fargate").unwrap();
    assert_eq!(fargate["captures"][0]["captured"], "2025-10-27");
    assert_eq!(fargate["captures"][0]["age_months"], 13);
    let spot = tables.iter().find(|table| table["table"] == "fargate_spot").unwrap();
    assert_eq!(spot["captures"][0]["stale"], true);
}

/// The amount is the storage at the age of a year, less 30 of its 365 days.
#[test]
fn logs_kept_for_ever_say_what_retention_saves() {
    let folder = "fixtures/django-celery";
    let report = json(&[folder, "--fail-on=never"]);
    let findings = report["findings"]["findings"].as_array().unwrap();
    let found: Vec<&Value> =
        findings.iter().filter(|it| it["rule"] == "log-retention" && !it["monthly"].is_null()).collect();
    assert!(!found.is_empty(), "no finding of log-retention has an amount");
    let groups = report["estimate"]["resources"].as_array().unwrap();
    for finding in found {
        let group = groups.iter().find(|it| it["address"] == finding["resource"]).unwrap();
        let components = group["components"].as_array().unwrap();
        let storage = components.iter().find(|it| it["name"] == "Log storage").unwrap();
        let stored = decimal(&storage["monthly"]["expected"]);
        let saved = (stored * Decimal::from(335) / Decimal::from(365)).round_dp(2);
        assert_eq!(decimal(&finding["monthly"]["amount"]), -saved, "{finding}");
    }
}
