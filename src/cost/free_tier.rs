//! `--free-tier`: what AWS gives every account for nothing each month, for ever, taken off the quantities in order of file
//! and line. Off unless asked for: it belongs to the account, and other deployments may use it up.

use rust_decimal::Decimal;

use super::estimate::{Assumption, Component, Estimate, Factor, Range};

/// So many units a month that cost nothing.
struct Allowance {
    name: &'static str,
    /// Kinds of resources it is for.
    kinds: &'static [&'static str],
    /// Start of the component's name.
    component: &'static str,
    amount: i64,
    unit: &'static str,
    /// The page of AWS that says so.
    source: &'static str,
}

const fn of(
    name: &'static str,
    kinds: &'static [&'static str],
    component: &'static str,
    (amount, unit): (i64, &'static str),
    source: &'static str,
) -> Allowance {
    Allowance { name, kinds, component, amount, unit, source }
}

const CLOUDWATCH: &str = "aws.amazon.com/cloudwatch/pricing, \"Free tier\"";

/// The allowances that do not end after the first year.
const ALLOWANCES: &[Allowance] = &[
    of("CloudWatch log ingest", &["log-group"], "Log ingest", (5, "GB"), CLOUDWATCH),
    of("CloudWatch log storage", &["log-group"], "Log storage", (5, "GB-months"), CLOUDWATCH),
    of("CloudWatch alarms", &["alarm"], "Alarm (standard resolution)", (10, "metric-months"), CLOUDWATCH),
    of("CloudWatch dashboards", &["dashboard"], "Dashboard", (3, "dashboard-months"), CLOUDWATCH),
    of("CloudWatch custom metrics", &["custom-metric"], "Custom metric", (10, "metric-months"), CLOUDWATCH),
    of(
        "data transfer to the internet",
        &["ecs-service"],
        "Data transfer to the internet",
        (100, "GB"),
        "aws.amazon.com/ec2/pricing/on-demand, \"Data Transfer\": 100 GB a month across services and regions",
    ),
    of(
        "KMS requests",
        &["kms-key"],
        "Requests",
        (20_000, "requests"),
        "aws.amazon.com/kms/pricing, \"Free tier\"",
    ),
    of("SQS requests", &["queue"], "Requests", (1_000_000, "requests"), "aws.amazon.com/sqs/pricing"),
    of(
        "SNS requests",
        &["topic"],
        "Requests",
        (1_000_000, "requests"),
        "aws.amazon.com/sns/pricing, \"Free tier\"",
    ),
];

/// Takes the allowances off; each one that is used is named as an assumption.
pub(super) fn apply(estimate: &mut Estimate) {
    for allowance in ALLOWANCES {
        let name = format!("free tier: {}", allowance.name);
        let mut left = Range::exactly(allowance.amount.into());
        let of_kind =
            estimate.resources.iter_mut().filter(|resource| allowance.kinds.contains(&resource.kind));
        for component in of_kind.flat_map(|resource| &mut resource.components) {
            if component.name.starts_with(allowance.component) && component.unit == allowance.unit {
                take(component, &mut left, &name, allowance);
            }
        }
        if left != Range::exactly(allowance.amount.into()) {
            estimate.assumptions.push(Assumption {
                name,
                value: format!(
                    "{} {} a month of the account, taken off ({})",
                    allowance.amount, allowance.unit, allowance.source
                ),
                set_with: "--free-tier".to_owned(),
            });
        }
    }
}

/// Takes what is left of an allowance off a component.
fn take(component: &mut Component, left: &mut Range, name: &str, allowance: &Allowance) {
    let before = component.quantity;
    let off = |quantity: Decimal, left: &mut Decimal| {
        let taken = quantity.min(*left).max(Decimal::ZERO);
        *left -= taken;
        quantity - taken
    };
    let quantity = Range {
        low: off(before.low, &mut left.low),
        expected: off(before.expected, &mut left.expected),
        high: off(before.high, &mut left.high),
    };
    if quantity == before {
        return;
    }
    // The least may have a price of its own.
    let cheapest = component.monthly.low.checked_div(before.low).unwrap_or(component.unit_price);
    component.monthly = Range {
        low: quantity.low.saturating_mul(cheapest),
        expected: quantity.expected.saturating_mul(component.unit_price),
        high: quantity.high.saturating_mul(component.unit_price),
    };
    component.quantity = quantity;
    let span = component.factors.iter().find_map(|factor| factor.span);
    let what = format!(
        "{} less the free {} {} of the account",
        before.expected.round_dp(4).normalize(),
        allowance.amount,
        allowance.unit
    );
    component.factors = vec![Factor { what, value: quantity, span }];
    component.assumption = Some(name.to_owned());
}
