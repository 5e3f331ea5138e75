//! How much of something is billed, at which price, or why that is not known.

use rust_decimal::Decimal;

use super::catalogue::Price;
use super::estimate::{Driver, Range};
use crate::source::Span;
use crate::value::Causes;

/// A quantity a month with the places it comes from.
#[derive(Debug, Clone)]
pub(super) struct Quantity {
    pub(super) range: Range,
    pub(super) drivers: Vec<Driver>,
    /// Name of the assumption behind it.
    pub(super) assumption: Option<String>,
}

/// Why a quantity or a price is not known.
#[derive(Debug, Clone)]
pub(super) struct Missing {
    /// A clause: "`desired_count` is unknown".
    pub(super) reason: String,
    pub(super) causes: Causes,
    /// The reason says itself which component is meant.
    pub(super) complete: bool,
    /// The usage key that would say it.
    pub(super) wants: Option<&'static str>,
}

/// A quantity that follows from the traffic of services.
#[derive(Debug, Clone)]
pub(super) struct Derived {
    /// `capacity`, `data` …: the start of the assumption's name.
    pub(super) what: &'static str,
    pub(super) range: Range,
    pub(super) drivers: Vec<Driver>,
    /// The arithmetic.
    pub(super) words: String,
    /// Parts that could not be worked out.
    pub(super) left_out: Vec<Missing>,
}

pub(super) type Known<T> = Result<T, Missing>;

/// The unit price, or the cheapest and the dearest of those that the files leave open.
#[derive(Debug, Clone)]
pub(super) struct Rate {
    pub(super) low: Price,
    pub(super) high: Price,
    pub(super) drivers: Vec<Driver>,
    pub(super) assumption: Option<String>,
}

/// Every value that an argument may have.
#[derive(Debug, Clone)]
pub(super) struct Choices<T> {
    pub(super) values: Vec<T>,
    pub(super) drivers: Vec<Driver>,
    pub(super) assumption: Option<String>,
}

impl Quantity {
    pub(super) fn of(range: Range) -> Self {
        Self { range, drivers: Vec::new(), assumption: None }
    }

    pub(super) fn exactly(amount: impl Into<Decimal>) -> Self {
        Self::of(Range::exactly(amount.into()))
    }

    pub(super) fn times(mut self, factor: impl Into<Decimal>) -> Self {
        self.range = self.range.times(factor.into());
        self
    }

    /// Figure by figure the product; the assumption of `self` goes before that of `other`.
    pub(super) fn by(mut self, other: &Quantity) -> Self {
        self.range = self.range.times_range(other.range);
        self.drivers.extend(other.drivers.iter().cloned());
        self.assumption = self.assumption.or_else(|| other.assumption.clone());
        self
    }

    /// The same drivers and assumption with other figures.
    pub(super) fn with(&self, range: Range) -> Self {
        Self { range, ..self.clone() }
    }

    /// What is above `included` units, which cost nothing.
    pub(super) fn above(mut self, included: Decimal) -> Self {
        let rest = |amount: Decimal| amount.saturating_sub(included).max(Decimal::ZERO);
        self.range = Range {
            low: rest(self.range.low),
            expected: rest(self.range.expected),
            high: rest(self.range.high),
        };
        self
    }

    pub(super) fn driven_by(mut self, span: Span, what: &str) -> Self {
        self.drivers.push(Driver { span, what: what.to_owned() });
        self
    }

    pub(super) fn assuming(mut self, name: String) -> Self {
        self.assumption = Some(name);
        self
    }
}

impl Missing {
    pub(super) fn because(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), causes: Causes::none(), complete: false, wants: None }
    }

    pub(super) fn unknown(what: &str, causes: Causes) -> Self {
        Self { causes, ..Self::because(format!("`{what}` is unknown")) }
    }
}

impl<T> Choices<T> {
    pub(super) fn one(value: T) -> Self {
        Self { values: vec![value], drivers: Vec::new(), assumption: None }
    }

    pub(super) fn map<U>(self, change: impl FnMut(T) -> U) -> Choices<U> {
        Choices {
            values: self.values.into_iter().map(change).collect(),
            drivers: self.drivers,
            assumption: self.assumption,
        }
    }

    /// Every combination with another choice.
    pub(super) fn with<U: Clone>(self, other: &Choices<U>) -> Choices<(T, U)>
    where
        T: Clone,
    {
        let pairs = self.values.iter().flat_map(|value| {
            let value: &T = value;
            other.values.iter().map(|second| (value.clone(), second.clone()))
        });
        Choices {
            values: pairs.collect(),
            drivers: self.drivers.iter().chain(&other.drivers).cloned().collect(),
            assumption: self.assumption.or_else(|| other.assumption.clone()),
        }
    }

    pub(super) fn all(&self, test: impl Fn(&T) -> bool) -> bool {
        self.values.iter().all(test)
    }
}

impl Choices<Price> {
    /// `None` when there is no price at all.
    pub(super) fn rate(self) -> Option<Rate> {
        let low = *self.values.iter().min_by_key(|price| price.amount)?;
        let high = *self.values.iter().max_by_key(|price| price.amount)?;
        Some(Rate { low, high, drivers: self.drivers, assumption: self.assumption })
    }
}
