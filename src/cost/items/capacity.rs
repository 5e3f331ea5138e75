//! On what tasks run: launch type or capacity-provider strategy, and how a strategy shares tasks out.
//! Source: ECS API, `CapacityProviderStrategyItem`; "Amazon ECS capacity provider strategies".

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::super::estimate::Driver;
use super::super::quantity::{Known, Missing, Quantity};
use super::super::sheet::Sheet;
use crate::model::service::{CapacityProviderStrategy, Cluster};
use crate::model::{Field, Items, State};

/// Largest weight and base that ECS takes.
const LARGEST_WEIGHT: i64 = 1_000;
const LARGEST_BASE: i64 = 100_000;
/// Most lines of a strategy (ECS API).
const MOST_LINES: usize = 20;

/// Where a task runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Provider {
    Fargate,
    FargateSpot,
    /// Container instances on EC2: billed as instances.
    Instances,
    /// ECS Anywhere.
    External,
}

/// One line of a strategy.
#[derive(Debug, Clone)]
pub(super) struct Share {
    pub(super) provider: Provider,
    pub(super) weight: u64,
    pub(super) base: u64,
    pub(super) drivers: Vec<Driver>,
    pub(super) assumption: Option<String>,
}

/// What says on what tasks run.
pub(super) struct Placement<'a> {
    pub(super) launch_type: &'a Field<String>,
    pub(super) strategy: &'a Items<CapacityProviderStrategy>,
    /// The cluster, where its node is known.
    pub(super) cluster: Option<&'a Cluster>,
    /// The task definition is for Fargate only.
    pub(super) only_fargate: bool,
}

impl Placement<'_> {
    /// The shares: the launch type, else the own strategy, else the cluster's default strategy, else EC2.
    pub(super) fn shares(&self, sheet: &mut Sheet<'_>) -> Known<Vec<Share>> {
        match &self.launch_type.state {
            State::Known(name) => {
                let driver = Driver { span: self.launch_type.span(), what: "launch_type".to_owned() };
                let provider = match name.as_str() {
                    "FARGATE" => Provider::Fargate,
                    "EC2" => Provider::Instances,
                    "EXTERNAL" => Provider::External,
                    other => return Err(Missing::because(format!("`{other}` is no launch type"))),
                };
                return Ok(vec![Share { drivers: vec![driver], ..Share::all(provider) }]);
            }
            State::Unknown(unknown) => return Err(Missing::unknown("launch_type", unknown.causes.clone())),
            State::Absent => {}
        }
        let own = read(self.strategy, "capacity_provider_strategy")?;
        if !own.is_empty() {
            return Ok(own);
        }
        if let Some(cluster) = self.cluster {
            let default = read(&cluster.default_strategy, "default_capacity_provider_strategy")?;
            if !default.is_empty() {
                return Ok(default);
            }
        }
        if self.only_fargate {
            let value = "FARGATE, since the task definition requires it and no launch type is written";
            let name = sheet.assume("launch type", value, "launch_type or capacity_provider_strategy");
            return Ok(vec![Share { assumption: Some(name), ..Share::all(Provider::Fargate) }]);
        }
        match self.cluster {
            // What the ECS API does without launch type and strategy.
            Some(_) => Ok(vec![Share::all(Provider::Instances)]),
            None => Err(Missing::because("no launch type is written, and its cluster is in no file")),
        }
    }
}

impl Share {
    fn all(provider: Provider) -> Self {
        Self { provider, weight: 1, base: 0, drivers: Vec::new(), assumption: None }
    }
}

fn read(strategy: &Items<CapacityProviderStrategy>, what: &str) -> Known<Vec<Share>> {
    if !strategy.is_closed() {
        return Err(Missing::unknown(what, strategy.causes()));
    }
    if strategy.items.len() > MOST_LINES {
        return Err(Missing::because(format!("`{what}` has more than {MOST_LINES} providers")));
    }
    strategy
        .iter()
        .map(|line| {
            let provider = match &line.provider.state {
                State::Known(name) if name == "FARGATE" => Provider::Fargate,
                State::Known(name) if name == "FARGATE_SPOT" => Provider::FargateSpot,
                // A provider of one's own, named or referred to.
                State::Known(_) => Provider::Instances,
                State::Unknown(_) if is_own(&line.provider) => Provider::Instances,
                State::Unknown(unknown) => {
                    return Err(Missing::unknown("capacity_provider", unknown.causes.clone()));
                }
                State::Absent => return Err(Missing::because("`capacity_provider` is not written")),
            };
            let drivers = [(&line.provider, "capacity_provider")]
                .map(|(field, what)| Driver { span: field.span(), what: what.to_owned() });
            Ok(Share {
                provider,
                weight: part(&line.weight, "weight", LARGEST_WEIGHT)?,
                base: part(&line.base, "base", LARGEST_BASE)?,
                drivers: drivers.into(),
                assumption: None,
            })
        })
        .collect()
}

/// Whether a name is read from a capacity provider of the files, which starts instances.
fn is_own(provider: &Field<String>) -> bool {
    provider.origin.attribute().is_some_and(|(address, _)| address.contains("aws_ecs_capacity_provider."))
}

fn part(field: &Field<i64>, what: &str, largest: i64) -> Known<u64> {
    match &field.state {
        State::Absent => Ok(0),
        State::Known(value) => u64::try_from(*value)
            .ok()
            .filter(|_| *value <= largest)
            .ok_or_else(|| Missing::because(format!("`{what}` is not between 0 and {largest}"))),
        State::Unknown(unknown) => Err(Missing::unknown(what, unknown.causes.clone())),
    }
}

/// Shares out a number of tasks: bases first, then one task after the other to the provider that has the fewest
/// for its weight. A provider never loses tasks when the number grows.
pub(super) fn split(shares: &[Share], tasks: u64) -> Vec<u64> {
    let mut rest = tasks;
    let mut given: Vec<u64> = Vec::with_capacity(shares.len());
    for share in shares {
        let base = share.base.min(rest);
        rest -= base;
        given.push(base);
    }
    let total: u64 = shares.iter().map(|share| share.weight).sum();
    if total == 0 {
        // ECS refuses more tasks than the bases when every weight is 0, unless there is one provider only.
        if let Some(first) = given.first_mut() {
            *first = first.saturating_add(rest);
        }
        return given;
    }
    let mut weighted: Vec<u64> =
        shares.iter().map(|share| share.weight.saturating_mul(rest / total)).collect();
    for _ in 0..rest % total {
        let next = shares
            .iter()
            .zip(weighted.iter())
            .enumerate()
            .filter(|(_, (share, _))| share.weight > 0)
            .min_by(|(_, (a, has_a)), (_, (b, has_b))| {
                has_a.saturating_mul(b.weight).cmp(&has_b.saturating_mul(a.weight))
            })
            .map(|(at, _)| at);
        if let Some(count) = next.and_then(|at| weighted.get_mut(at)) {
            *count += 1;
        }
    }
    given.iter().zip(&weighted).map(|(base, weighted)| base.saturating_add(*weighted)).collect()
}

/// The part of a quantity of tasks that each share gets, at low, expected and high.
pub(super) fn split_quantity(shares: &[Share], tasks: &Quantity) -> Vec<Quantity> {
    if let [share] = shares {
        return vec![with_share(tasks.clone(), share)];
    }
    let at = |count: Decimal| split(shares, count.to_u64().unwrap_or(u64::MAX));
    let (low, expected, high) = (at(tasks.range.low), at(tasks.range.expected), at(tasks.range.high));
    shares
        .iter()
        .zip(low.into_iter().zip(expected).zip(high))
        .map(|(share, ((low, expected), high))| {
            let range = super::super::estimate::Range {
                low: low.into(),
                expected: expected.into(),
                high: high.into(),
            };
            with_share(tasks.with(range), share)
        })
        .collect()
}

fn with_share(mut tasks: Quantity, share: &Share) -> Quantity {
    tasks.drivers.extend(share.drivers.iter().cloned());
    tasks.assumption = tasks.assumption.or_else(|| share.assumption.clone());
    tasks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn share(provider: Provider, base: u64, weight: u64) -> Share {
        Share { provider, weight, base, drivers: Vec::new(), assumption: None }
    }

    #[test]
    fn bases_come_first_then_weights() {
        let shares = [share(Provider::Fargate, 2, 1), share(Provider::FargateSpot, 0, 3)];
        for (tasks, expected) in
            [(0, [0, 0]), (1, [1, 0]), (2, [2, 0]), (3, [3, 0]), (4, [3, 1]), (6, [3, 3]), (10, [4, 6])]
        {
            assert_eq!(split(&shares, tasks), expected, "{tasks}");
        }
    }

    proptest! {
        #[test]
        fn every_task_runs_somewhere_and_more_tasks_take_nothing_away(
            lines in proptest::collection::vec((0_u64..5, 0_u64..7), 1..5), tasks in 0_u64..200
        ) {
            let shares: Vec<_> =
                lines.iter().map(|(base, weight)| share(Provider::Fargate, *base, *weight)).collect();
            let (now, then) = (split(&shares, tasks), split(&shares, tasks + 1));
            prop_assert_eq!(now.iter().sum::<u64>(), tasks);
            prop_assert!(now.iter().zip(&then).all(|(now, then)| now <= then));
        }
    }
}
