//! What a change of the files changes: money by resource, findings, and whether budgets are kept. Compares what two
//! runs reported; knows neither input formats nor the model.

pub mod budget;
mod compare;
mod pairs;
pub mod saved;

use rust_decimal::Decimal;

pub use compare::{
    ComponentChange, Difference, FindingsChange, MoneyChange, ResourceChange, UnpricedChange, compare,
};

use crate::cost::estimate::Range;
use crate::lint::Severity;

/// What one run reported of one state of the files, in the words of its JSON: a report saved yesterday and a run of
/// now are the same thing.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// `None` where the report holds no estimate.
    pub money: Option<Money>,
    /// `None` where the report holds no findings.
    pub findings: Option<Findings>,
    /// Version of Plimsoll that reported it.
    pub version: String,
    /// The date that the run judged by, `YYYY-MM-DD`.
    pub as_of: String,
    /// The directory that names of files start with and that is not part of what they are called: what is compared lies
    /// in two directories. Ends with `/`, or is empty.
    pub prefix: String,
}

impl State {
    /// What a file is called within the state.
    fn own<'f>(&self, file: &'f str) -> &'f str {
        file.strip_prefix(self.prefix.as_str()).unwrap_or(file)
    }
}

/// The estimate of a state.
#[derive(Debug, Clone, Default)]
pub struct Money {
    pub resources: Vec<Resource>,
    pub unpriced: Vec<Unpriced>,
}

impl Money {
    /// USD a month: the exact sum of all resources.
    #[must_use]
    pub fn total(&self) -> Range {
        self.resources.iter().map(|resource| resource.monthly).sum()
    }
}

/// A billed or free resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    pub address: String,
    /// One of [`crate::cost::estimate::KINDS`], or of another version's.
    pub kind: String,
    pub file: String,
    /// 1-based.
    pub line: usize,
    pub monthly: Range,
    /// Empty for a free resource.
    pub components: Vec<Component>,
}

/// Quantity × unit price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    pub name: String,
    pub unit: String,
    pub amount: Amount,
}

/// The figures of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// Units a month.
    pub quantity: Range,
    /// USD.
    pub unit_price: Decimal,
    /// USD a month.
    pub monthly: Range,
}

/// Something that costs money and is not in the total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpriced {
    pub address: String,
    pub reason: String,
    /// USD.
    pub unit_price: Option<Decimal>,
    pub unit: Option<String>,
}

/// The findings of a state.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    pub list: Vec<Finding>,
    /// Checks that could not be decided.
    pub undecided: usize,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub rule: String,
    pub severity: Severity,
    pub message: String,
    pub file: String,
    /// 1-based.
    pub line: usize,
    pub element: Option<String>,
    /// Addresses of what it affects.
    pub instances: Vec<String>,
    pub fingerprint: String,
    /// USD a month that it costs, or that its fix saves (negative).
    pub monthly: Option<Decimal>,
}

/// An address of then and what it is called now: `moved` blocks, previous addresses of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    pub from: String,
    pub to: String,
}

#[cfg(test)]
mod tests;
