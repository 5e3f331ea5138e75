//! What AWS gives every account each month: each allowance is taken off once, and only when asked for.

use plimsoll::cost::CostOptions;
use rust_decimal::Decimal;

use super::{check, priced_terraform};

const DEPLOYMENT: &str = r#"
    resource "aws_cloudwatch_metric_alarm" "a" {
      count               = 12
      alarm_name          = "a${count.index}"
      comparison_operator = "GreaterThanThreshold"
      evaluation_periods  = 1
      metric_name         = "CPUUtilization"
      namespace           = "AWS/ECS"
      period              = 60
      statistic           = "Average"
      threshold           = 80
    }
    resource "aws_cloudwatch_dashboard" "d" {
      count          = 4
      dashboard_name = "d${count.index}"
      dashboard_body = "{}"
    }
    resource "aws_cloudwatch_log_group" "l" {
      name              = "l"
      retention_in_days = 365
    }
    resource "aws_cloudwatch_log_metric_filter" "m" {
      count          = 12
      name           = "m${count.index}"
      pattern        = "ERROR"
      log_group_name = aws_cloudwatch_log_group.l.name
      metric_transformation {
        name      = "e"
        namespace = "app"
        value     = "1"
      }
    }
    resource "aws_kms_key" "k" {}
    resource "aws_sqs_queue" "q" { name = "q" }
    resource "aws_sns_topic" "t" { name = "t" }
    resource "aws_ecs_task_definition" "app" {
      family                   = "app"
      cpu                      = 256
      memory                   = 512
      requires_compatibilities = ["FARGATE"]
      network_mode             = "awsvpc"
      container_definitions    = "[]"
    }
    resource "aws_ecs_service" "app" {
      name            = "app"
      task_definition = aws_ecs_task_definition.app.arn
      desired_count   = 1
      launch_type     = "FARGATE"
    }
"#;

const USAGE: &str = "{ aws_cloudwatch_log_group.l: { ingested_gb: 100 }, aws_kms_key.k: { requests: 30000 }, \
     aws_sqs_queue.q: { requests: 3000000 }, aws_sns_topic.t: { requests: 3000000 }, \
     aws_ecs_service.app: { requests_per_second: 10, response_kb: 50, internet_share: 1, external_sent_kb: 20 } }";

/// In us-east-1 a month: 10 alarms at $0.10, 3 dashboards at $3, 10 metrics at $0.30, 5 GB of ingest at $0.50, 5 GB-months
/// at $0.03, 100 GB to the internet at $0.09, 20,000 KMS requests at $0.000003, a million SQS requests at $0.0000004 and
/// a million SNS requests at $0.0000005: 1 + 9 + 3 + 2.50 + 0.15 + 9 + 0.06 + 0.40 + 0.50 = 25.61.
#[test]
fn each_allowance_is_taken_off_once() {
    let options = CostOptions::new("2026-11-20".parse().unwrap());
    let all = priced_terraform(DEPLOYMENT, USAGE, options.clone());
    let free = priced_terraform(DEPLOYMENT, USAGE, CostOptions { free_tier: true, ..options });
    check(&free);
    let named = free.assumptions.iter().filter(|it| it.name.starts_with("free tier: ")).count();
    assert_eq!(named, 9);
    assert_eq!(all.total().expected - free.total().expected, Decimal::new(2561, 2));
}

/// Small use costs nothing, and never less than nothing.
#[test]
fn what_is_less_than_the_allowance_is_free() {
    let options = CostOptions { free_tier: true, ..CostOptions::new("2026-11-20".parse().unwrap()) };
    let text = "resource \"aws_cloudwatch_log_group\" \"l\" {\n name = \"l\"\n retention_in_days = 30\n}\n";
    let free = priced_terraform(text, "{ aws_cloudwatch_log_group.l: { ingested_gb: 3 } }", options);
    assert_eq!(free.total().high, Decimal::ZERO);
}
