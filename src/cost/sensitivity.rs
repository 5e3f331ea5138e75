//! Which inputs move the total: every quantity that people gave, half as much again and half as much; the running hours;
//! and the ends of every range. Each is a whole estimate of its own, so that tiers and allowances count.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::estimate::{Estimate, Range, UsageState};
use super::{CostOptions, HOURS_PER_MONTH, estimate};
use crate::model::Deployment;
use crate::source::Span;

/// Most quantities that are tried: each takes an estimate.
const MOST: usize = 200;

/// What moves the total, and how far.
#[derive(Debug, Clone)]
pub struct Influence {
    /// The address of the resource, where it is one.
    pub address: Option<Arc<str>>,
    /// The usage key, or what has the range: `processed_gb`, `desired_count, min_capacity, max_capacity`.
    pub input: String,
    /// What is compared: `50 to 150 instead of 100`.
    pub change: String,
    /// The expected total with the small input, less the expected total.
    pub low: Decimal,
    /// The same with the large input.
    pub high: Decimal,
    pub span: Option<Span>,
}

impl Influence {
    /// How far apart the two ends are.
    #[must_use]
    pub fn swing(&self) -> Decimal {
        self.high
            .max(Decimal::ZERO)
            .saturating_sub(self.low.min(Decimal::ZERO))
            .max(self.high.saturating_sub(self.low).abs())
    }
}

/// What moves the total, the largest first.
#[must_use]
pub fn influences(deployment: &Deployment, options: &CostOptions) -> Vec<Influence> {
    let base = estimate(deployment, options);
    let mut found = of_usage(deployment, options, &base);
    found.extend(of_hours(deployment, options, &base));
    found.extend(of_ranges(&base));
    found.retain(|influence| !influence.swing().is_zero());
    found.sort_by(|a, b| {
        b.swing().cmp(&a.swing()).then_with(|| a.address.cmp(&b.address)).then_with(|| a.input.cmp(&b.input))
    });
    found
}

fn half() -> Decimal {
    Decimal::new(5, 1)
}

fn of_usage(deployment: &Deployment, options: &CostOptions, base: &Estimate) -> Vec<Influence> {
    let total = base.total().expected;
    let mut tried: Vec<(&Arc<str>, &str)> = Vec::new();
    let mut found = Vec::new();
    for asked in &base.usage {
        let amount = match &asked.state {
            UsageState::Given(amount) | UsageState::Profile(amount) => *amount,
            UsageState::Assumed(_) | UsageState::Missing => continue,
        };
        if amount.is_zero() || tried.len() >= MOST || tried.contains(&(&asked.address, asked.key)) {
            continue;
        }
        tried.push((&asked.address, asked.key));
        let with = |amount: Decimal| {
            let usage = options.usage.clone().with_quantity(&asked.address, asked.key, amount, asked.span);
            estimate(deployment, &CostOptions { usage, ..options.clone() }).total().expected
        };
        let (small, large) = (amount.saturating_mul(half()), amount.saturating_mul(Decimal::new(15, 1)));
        found.push(Influence {
            address: Some(asked.address.clone()),
            input: asked.key.to_owned(),
            change: words(small, large, amount),
            low: with(small).saturating_sub(total),
            high: with(large).saturating_sub(total),
            span: Some(asked.span),
        });
    }
    found
}

fn of_hours(deployment: &Deployment, options: &CostOptions, base: &Estimate) -> Option<Influence> {
    let hours = options.hours;
    let with = |hours: Decimal| {
        let options = CostOptions { hours, windows: None, ..options.clone() };
        estimate(deployment, &options).total().expected.saturating_sub(base.total().expected)
    };
    let small = hours.saturating_mul(half());
    let large = hours.saturating_mul(Decimal::new(15, 1)).min(HOURS_PER_MONTH).max(hours);
    (!hours.is_zero()).then(|| Influence {
        address: None,
        input: "running hours (--hours)".to_owned(),
        change: words(small, large, hours),
        low: with(small),
        high: with(large),
        span: None,
    })
}

/// What a resource costs between the ends of its range.
fn of_ranges(base: &Estimate) -> Vec<Influence> {
    let mut found: Vec<Influence> = Vec::new();
    for resource in &base.resources {
        for component in resource.components.iter().filter(|it| !it.monthly.is_exact()) {
            let mut names: Vec<&str> = Vec::new();
            let open = component.factors.iter().filter(|factor| !factor.value.is_exact());
            for factor in open {
                if !factor.what.is_empty() && !names.contains(&&*factor.what) {
                    names.push(&factor.what);
                }
            }
            let input = match (names.is_empty(), &component.assumption) {
                (false, _) => names.join(", "),
                (true, Some(assumption)) => assumption.clone(),
                (true, None) => component.name.clone(),
            };
            let Range { low, expected, high } = component.monthly;
            let (low, high) = (low.saturating_sub(expected), high.saturating_sub(expected));
            let same = found.iter_mut().find(|it| {
                it.address.as_ref() == Some(&resource.address)
                    && it.input == input
                    && it.span == Some(resource.span)
            });
            if let Some(same) = same {
                same.low = same.low.saturating_add(low);
                same.high = same.high.saturating_add(high);
                continue;
            }
            found.push(Influence {
                address: Some(resource.address.clone()),
                input,
                change: "the ends of its range".to_owned(),
                low,
                high,
                span: Some(resource.span),
            });
        }
    }
    found
}

fn words(small: Decimal, large: Decimal, now: Decimal) -> String {
    let [small, large, now] = [small, large, now].map(|amount| amount.round_dp(4).normalize());
    if large == now {
        format!("{small} instead of {now}")
    } else {
        format!("{small} or {large} instead of {now}")
    }
}
