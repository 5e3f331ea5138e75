//! How much of something is billed, at which price, or why that is not known.

use rust_decimal::Decimal;

use super::catalogue::Price;
use super::estimate::{Driver, Factor, Range};
use crate::source::Span;
use crate::value::Causes;

/// A quantity a month with the places it comes from.
#[derive(Debug, Clone)]
pub(super) struct Quantity {
    pub(super) range: Range,
    pub(super) drivers: Vec<Driver>,
    /// The numbers whose product it is; empty where it is no product.
    pub(super) factors: Vec<Factor>,
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
        let factors = vec![Factor { what: String::new(), value: range, span: None }];
        Self { range, drivers: Vec::new(), factors, assumption: None }
    }

    /// At least so much, figure by figure.
    pub(super) fn at_least(self, least: Range) -> Self {
        let Range { low, expected, high } = self.range;
        let range = Range {
            low: low.max(least.low),
            expected: expected.max(least.expected),
            high: high.max(least.high),
        };
        self.with(range)
    }

    pub(super) fn exactly(amount: impl Into<Decimal>) -> Self {
        Self::of(Range::exactly(amount.into()))
    }

    pub(super) fn times(self, factor: impl Into<Decimal>) -> Self {
        self.times_called(factor, "")
    }

    /// Times a number that `--why` calls `what`.
    pub(super) fn times_called(mut self, factor: impl Into<Decimal>, what: &str) -> Self {
        let value = Range::exactly(factor.into());
        self.range = self.range.times_range(value);
        if value.expected != Decimal::ONE {
            self.factors.push(Factor { what: what.to_owned(), value, span: None });
        }
        self
    }

    /// Divided by a number that is not zero.
    pub(super) fn over(mut self, divisor: impl Into<Decimal>, what: &str) -> Self {
        let divisor: Decimal = divisor.into();
        let part = |amount: Decimal| amount.checked_div(divisor).unwrap_or(amount);
        let range = self.range;
        self.range = Range { low: part(range.low), expected: part(range.expected), high: part(range.high) };
        let value = Range::exactly(part(Decimal::ONE));
        self.factors.push(Factor { what: what.to_owned(), value, span: None });
        self
    }

    /// Figure by figure the product; the assumption of `self` goes before that of `other`.
    pub(super) fn by(mut self, other: &Quantity) -> Self {
        self.range = self.range.times_range(other.range);
        self.drivers.extend(other.drivers.iter().cloned());
        self.factors.extend(other.factors.iter().cloned());
        self.assumption = self.assumption.or_else(|| other.assumption.clone());
        self
    }

    /// The same drivers and assumption with other figures.
    pub(super) fn with(&self, range: Range) -> Self {
        let names: Vec<&str> = self.drivers.iter().map(|driver| &*driver.what).collect();
        let span = self.drivers.first().map(|driver| driver.span);
        let factors = vec![Factor { what: names.join(", "), value: range, span }];
        Self { range, factors, ..self.clone() }
    }

    /// What is above `included` units, which cost nothing.
    pub(super) fn above(mut self, included: Decimal) -> Self {
        let rest = |amount: Decimal| amount.saturating_sub(included).max(Decimal::ZERO);
        self.range = Range {
            low: rest(self.range.low),
            expected: rest(self.range.expected),
            high: rest(self.range.high),
        };
        let names: Vec<&str> =
            self.factors.iter().map(|factor| &*factor.what).filter(|what| !what.is_empty()).collect();
        let what = format!("{} above {}", names.join(" × "), included.normalize()).trim_start().to_owned();
        let span = self.factors.iter().find_map(|factor| factor.span);
        self.factors = vec![Factor { what, value: self.range, span }];
        self
    }

    pub(super) fn driven_by(mut self, span: Span, what: &str) -> Self {
        self.drivers.push(Driver { span, what: what.to_owned() });
        if let Some(factor) = self.factors.iter_mut().find(|factor| factor.what.is_empty()) {
            factor.what = what.to_owned();
            factor.span = Some(span);
        }
        self
    }

    pub(super) fn assuming(mut self, name: String) -> Self {
        if let Some(factor) = self.factors.iter_mut().find(|factor| factor.what.is_empty()) {
            factor.what.clone_from(&name);
        }
        self.assumption = Some(name);
        self
    }

    /// The numbers whose product is `range`, each with a name.
    pub(super) fn arithmetic(&self, hours: Decimal, places: u32) -> Vec<Factor> {
        let ones = Range::exactly(Decimal::ONE);
        let product = self
            .factors
            .iter()
            .fold(ones, |product, factor| product.times_range(factor.value))
            .rounded(places);
        if self.factors.is_empty() || product != self.range.rounded(places) {
            let names: Vec<&str> = self.drivers.iter().map(|driver| &*driver.what).collect();
            let what = match (names.is_empty(), &self.assumption) {
                (false, _) => names.join(", "),
                (true, Some(assumption)) => assumption.clone(),
                (true, None) => String::new(),
            };
            let span = self.drivers.first().map(|driver| driver.span);
            return vec![Factor { what, value: self.range, span }];
        }
        let named = |factor: &Factor| {
            let mut factor = factor.clone();
            if factor.what.is_empty() && factor.value == Range::exactly(hours) {
                "hours a month".clone_into(&mut factor.what);
            }
            factor
        };
        self.factors.iter().map(named).collect()
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
