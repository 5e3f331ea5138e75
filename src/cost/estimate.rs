//! The estimate: what each resource costs a month, with the arithmetic behind it. The shape of
//! `plimsoll/estimate/1`; how it is printed is for `report`.

use std::ops::{Add, AddAssign};
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::source::Span;
use crate::value::Causes;

/// USD a month, or units. `low ≤ expected ≤ high`; exact, rounded only where people read it. Arithmetic stops
/// at the largest `Decimal` instead of overflowing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Range {
    pub low: Decimal,
    pub expected: Decimal,
    pub high: Decimal,
}

impl Range {
    #[must_use]
    pub fn exactly(amount: Decimal) -> Self {
        Self { low: amount, expected: amount, high: amount }
    }

    /// The three figures in ascending order, whatever order they come in.
    #[must_use]
    pub fn spanning(low: Decimal, expected: Decimal, high: Decimal) -> Self {
        Self { low: low.min(expected), expected, high: high.max(expected) }
    }

    /// Whether the three are one figure.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.low == self.expected && self.expected == self.high
    }

    /// The three figures with at most so many decimals.
    #[must_use]
    pub fn rounded(self, places: u32) -> Self {
        Self {
            low: self.low.round_dp(places),
            expected: self.expected.round_dp(places),
            high: self.high.round_dp(places),
        }
    }

    /// The three figures times a factor that is not negative. Stops at the largest decimal (7.9e28).
    #[must_use]
    pub fn times(self, factor: Decimal) -> Self {
        self.times_range(Self::exactly(factor))
    }

    /// Figure by figure the product of two quantities that are not negative. Stops at the largest decimal.
    #[must_use]
    pub fn times_range(self, other: Range) -> Self {
        Self {
            low: self.low.saturating_mul(other.low),
            expected: self.expected.saturating_mul(other.expected),
            high: self.high.saturating_mul(other.high),
        }
    }
}

impl Add for Range {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            low: self.low.saturating_add(other.low),
            expected: self.expected.saturating_add(other.expected),
            high: self.high.saturating_add(other.high),
        }
    }
}

impl AddAssign for Range {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::iter::Sum for Range {
    fn sum<I: Iterator<Item = Self>>(ranges: I) -> Self {
        ranges.fold(Self::default(), Add::add)
    }
}

/// The estimate of a deployment.
#[derive(Debug, Clone, Default)]
pub struct Estimate {
    /// In order of file and line.
    pub resources: Vec<ResourceCost>,
    pub assumptions: Vec<Assumption>,
    pub unpriced: Vec<Unpriced>,
    /// Every quantity that was looked for in the usage, in order of file and line.
    pub usage: Vec<UsageAsked>,
    /// Hours a month that things run.
    pub hours_per_month: Decimal,
}

/// A quantity that only people can say, and whether they did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageAsked {
    pub address: Arc<str>,
    /// Resource type, as in [`crate::cost::usage::UsageKey::types`].
    pub ty: Arc<str>,
    pub key: &'static str,
    /// What is counted: `LCU-hours`.
    pub noun: String,
    pub state: UsageState,
    /// Something is not priced because of it.
    pub is_needed: bool,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsageState {
    Given(Decimal),
    /// From a usage profile.
    Profile(Decimal),
    /// Worked out from the traffic of services, in words.
    Assumed(String),
    Missing,
}

impl Estimate {
    /// The exact sum of all lines.
    #[must_use]
    pub fn total(&self) -> Range {
        self.resources.iter().map(ResourceCost::monthly).sum()
    }

    /// The total lacks something that costs money but could not be priced.
    #[must_use]
    pub fn is_at_least(&self) -> bool {
        !self.unpriced.is_empty()
    }
}

/// One billed (or known free) resource.
#[derive(Debug, Clone)]
pub struct ResourceCost {
    pub address: Arc<str>,
    /// One of [`KINDS`].
    pub kind: &'static str,
    /// Region whose prices are used.
    pub region: Arc<str>,
    pub span: Span,
    /// The module call of the root module that leads here, for a resource inside a module.
    pub call: Option<Span>,
    /// Empty for a free resource.
    pub components: Vec<Component>,
    /// Why it costs nothing.
    pub free: Option<&'static str>,
}

impl ResourceCost {
    #[must_use]
    pub fn monthly(&self) -> Range {
        self.components.iter().map(|component| component.monthly).sum()
    }
}

/// The closed list of resource kinds.
pub const KINDS: &[&str] = &[
    "alarm",
    "auto-scaling-group",
    "bucket",
    "cache-cluster",
    "cache-serverless",
    "container-repository",
    "custom-metric",
    "dashboard",
    "db-proxy",
    "discovery-instance",
    "discovery-service",
    "dns-zone",
    "ebs-volume",
    "ecs-cluster",
    "ecs-service",
    "elastic-ip",
    "event-bus",
    "file-system",
    "free",
    "health-check",
    "instance",
    "kms-key",
    "load-balancer",
    "log-group",
    "nat-gateway",
    "one-shot-task",
    "parameter",
    "queue",
    "rds-cluster",
    "rds-instance",
    "resolver-endpoint",
    "scheduled-task",
    "secret",
    "task-definition",
    "topic",
    "vpc-connection",
    "vpc-endpoint",
];

/// Quantity × unit price.
#[derive(Debug, Clone)]
pub struct Component {
    /// `Database instance (PostgreSQL, Single-AZ, db.t3.micro)`.
    pub name: String,
    /// Units a month.
    pub quantity: Range,
    /// `hours`, `GB-month`, `vCPU-hours` …
    pub unit: String,
    /// USD per unit; the dearest where the files leave several open, and then `monthly.low` has the cheapest.
    pub unit_price: Decimal,
    pub monthly: Range,
    pub price: PriceSource,
    /// The arithmetic of `quantity`: these numbers multiplied.
    pub factors: Vec<Factor>,
    /// Where the numbers come from in the files.
    pub drivers: Vec<Driver>,
    /// Name of the [`Assumption`] behind the quantity, if there is one.
    pub assumption: Option<String>,
}

/// One number of a product that gives a quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// The argument, usage key or fact: `desired_count`, `hours a month`.
    pub what: String,
    pub value: Range,
    /// Where it is written in the files.
    pub span: Option<Span>,
}

/// Where a unit price was read.
#[derive(Debug, Clone)]
pub struct PriceSource {
    pub table: &'static str,
    /// Letter of the source in `pricing/README.md`.
    pub source: &'static str,
    /// Date of capture, `YYYY-MM-DD` or `unknown`.
    pub captured: &'static str,
}

/// A place in the files that a number comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Driver {
    pub span: Span,
    /// The argument: `desired_count`, `instance_class`.
    pub what: String,
}

/// Something the files do not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumption {
    pub name: String,
    pub value: String,
    /// Usage key or flag that replaces it; empty where nothing does.
    pub set_with: String,
}

/// Something that costs money, with the reason why it is not in the total.
#[derive(Debug, Clone)]
pub struct Unpriced {
    pub address: Arc<str>,
    /// `usage not given: LCU-hours`, `desired_count is unknown`, `not priced yet: aws_wafv2_web_acl`.
    pub reason: String,
    pub causes: Causes,
    pub unit_price: Option<Decimal>,
    pub unit: Option<String>,
    pub span: Span,
}
