//! Budgets: what a month may cost, how much more a change may make it, and whether that is kept.

use rust_decimal::Decimal;

use super::compare::{MoneyChange, percent};
use super::{Money, Resource};
use crate::cost::estimate::Range;

/// What may not be exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// USD a month in total.
    Monthly(Decimal),
    /// USD a month more than before.
    Increase(Decimal),
    /// Percent of what it cost before.
    IncreasePercent(Decimal),
}

impl Limit {
    /// An amount in USD: `200`, `$200`, `99.50`.
    ///
    /// # Errors
    /// In words, when it is none.
    pub fn amount(text: &str) -> Result<Decimal, String> {
        let digits = text.trim();
        let digits = digits.strip_prefix('$').unwrap_or(digits);
        number(digits).ok_or_else(|| format!("`{text}` is no amount in USD, such as 200 or 99.50"))
    }

    /// An amount in USD or a percentage: `50`, `10%`.
    ///
    /// # Errors
    /// In words, when it is neither.
    pub fn increase(text: &str) -> Result<Self, String> {
        match text.trim().strip_suffix('%') {
            Some(digits) => number(digits.trim_end())
                .map(Self::IncreasePercent)
                .ok_or_else(|| format!("`{text}` is no percentage, such as 10%")),
            None => Self::amount(text).map(Self::Increase).map_err(|_| {
                format!("`{text}` is neither an amount in USD, such as 50, nor a percentage, such as 10%")
            }),
        }
    }

    /// Whether it needs to know what it cost before.
    #[must_use]
    pub fn is_increase(self) -> bool {
        !matches!(self, Self::Monthly(_))
    }
}

/// Digits with at most one point: no sign, no exponent.
fn number(text: &str) -> Option<Decimal> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    if is_plain && has_digit { Decimal::from_str_exact(text).ok() } else { None }
}

/// Which figure of a range is held against a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum On {
    #[default]
    Expected,
    High,
}

impl On {
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "expected" => Some(Self::Expected),
            "high" => Some(Self::High),
            _ => None,
        }
    }

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expected => "expected",
            Self::High => "high",
        }
    }

    #[must_use]
    pub fn of(self, range: Range) -> Decimal {
        match self {
            Self::Expected => range.expected,
            Self::High => range.high,
        }
    }
}

/// A limit, and who set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    pub limit: Limit,
    pub on: On,
    pub by: By,
}

/// Who set a budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    Flag,
    /// `budgets:` of the configuration.
    Config {
        file: String,
        line: usize,
    },
    /// An `aws_budgets_budget` of the same code.
    Resource {
        address: String,
        file: String,
        line: usize,
    },
}

/// Whether a budget is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Yes,
    /// It is kept by what is priced; what is not priced comes on top.
    PricedPart,
    No,
}

/// A budget held against what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub budget: Budget,
    /// USD a month, or percent for [`Limit::IncreasePercent`]; `None` where anything is more than nothing was.
    pub actual: Option<Decimal>,
    pub kept: Kept,
    /// What costs the most, or became dearer the most; only where the budget is exceeded.
    pub because: Vec<Because>,
    /// How many more there are.
    pub further: usize,
}

/// A resource that takes a part of a budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    pub address: String,
    pub file: String,
    pub line: usize,
    /// USD a month: its cost, or its increase.
    pub amount: Decimal,
}

/// A budget of the code that is not checked, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unchecked {
    pub address: String,
    pub file: String,
    pub line: usize,
    pub reason: String,
}

/// What became of every budget.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdicts {
    pub checked: Vec<Checked>,
    pub unchecked: Vec<Unchecked>,
}

impl Verdicts {
    /// Whether a budget is exceeded.
    #[must_use]
    pub fn is_exceeded(&self) -> bool {
        self.checked.iter().any(|checked| checked.kept == Kept::No)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.checked.is_empty() && self.unchecked.is_empty()
    }
}

/// Resources that are named for an exceeded budget.
const MOST_NAMED: usize = 5;

/// Holds what a state costs against a budget. Limits of increases are for [`check_change`].
#[must_use]
pub fn check_total(budget: &Budget, money: &Money) -> Option<Checked> {
    let Limit::Monthly(limit) = budget.limit else { return None };
    let actual = budget.on.of(money.total());
    let kept = kept(actual <= limit, !money.unpriced.is_empty());
    let costs = money.resources.iter().map(|of| because(of, budget.on.of(of.monthly)));
    Some(finish(budget, Some(actual), kept, costs))
}

/// Holds a change against a budget; limits of totals hold for what there is after it.
#[must_use]
pub fn check_change(budget: &Budget, change: &MoneyChange) -> Option<Checked> {
    let increase = budget.on.of(change.delta());
    let before = budget.on.of(change.before);
    let (actual, within) = match budget.limit {
        Limit::Monthly(_) => return None,
        Limit::Increase(limit) => (Some(increase), increase <= limit),
        Limit::IncreasePercent(limit) => match percent(increase, before) {
            Some(share) => (Some(share), share <= limit),
            None if increase <= Decimal::ZERO => (Some(Decimal::ZERO), true),
            None => (None, false),
        },
    };
    // What is as little priced as it was is no change that is known of.
    let kept = kept(within, !change.unpriced.added.is_empty());
    let increases = change.resources.iter().map(|of| Because {
        address: of.address.clone(),
        file: of.file.clone(),
        line: of.line,
        amount: budget.on.of(of.delta()),
    });
    Some(finish(budget, actual, kept, increases))
}

fn kept(within: bool, has_unpriced: bool) -> Kept {
    match (within, has_unpriced) {
        (false, _) => Kept::No,
        (true, true) => Kept::PricedPart,
        (true, false) => Kept::Yes,
    }
}

fn because(of: &Resource, amount: Decimal) -> Because {
    Because { address: of.address.clone(), file: of.file.clone(), line: of.line, amount }
}

fn finish(
    budget: &Budget,
    actual: Option<Decimal>,
    kept: Kept,
    parts: impl Iterator<Item = Because>,
) -> Checked {
    let mut because: Vec<Because> = match kept {
        Kept::No => parts.filter(|part| part.amount > Decimal::ZERO).collect(),
        Kept::Yes | Kept::PricedPart => Vec::new(),
    };
    because.sort_by(|a, b| b.amount.cmp(&a.amount).then_with(|| a.address.cmp(&b.address)));
    let further = because.len().saturating_sub(MOST_NAMED);
    because.truncate(MOST_NAMED);
    Checked { budget: budget.clone(), actual, kept, because, further }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::change::Unpriced;

    fn amount(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    fn money(parts: &[(&str, &str, &str)]) -> Money {
        let resources = parts.iter().map(|(address, expected, high)| Resource {
            address: (*address).to_owned(),
            kind: "nat-gateway".to_owned(),
            file: "main.tf".to_owned(),
            line: 1,
            monthly: Range { low: Decimal::ZERO, expected: amount(expected), high: amount(high) },
            components: Vec::new(),
        });
        Money { resources: resources.collect(), unpriced: Vec::new() }
    }

    #[test]
    fn limits_are_read() {
        assert_eq!(Limit::amount("$99.50"), Ok(amount("99.5")));
        assert_eq!(Limit::increase("10%"), Ok(Limit::IncreasePercent(amount("10"))));
        assert_eq!(Limit::increase("0"), Ok(Limit::Increase(Decimal::ZERO)));
        for wrong in ["", "-1", "1e9", "1,000", "%", "ten", ".", "1.2.3", "99999999999999999999999999999999"]
        {
            assert!(Limit::amount(wrong).is_err(), "{wrong}");
            assert!(Limit::increase(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_total_is_held_against_the_figure_asked_for() {
        let mut money = money(&[("a", "10", "20"), ("b", "30", "30")]);
        let budget = |on| Budget { limit: Limit::Monthly(amount("40")), on, by: By::Flag };
        assert_eq!(check_total(&budget(On::Expected), &money).unwrap().kept, Kept::Yes);
        let high = check_total(&budget(On::High), &money).unwrap();
        assert_eq!((high.kept, high.actual), (Kept::No, Some(amount("50"))));
        assert_eq!(high.because[0].address, "b");
        money.unpriced.push(Unpriced {
            address: "c".to_owned(),
            reason: "not priced yet: c".to_owned(),
            unit_price: None,
            unit: None,
        });
        assert_eq!(check_total(&budget(On::Expected), &money).unwrap().kept, Kept::PricedPart);
        assert_eq!(check_total(&budget(On::High), &money).unwrap().kept, Kept::No);
    }

    #[test]
    fn any_increase_from_nothing_is_more_than_any_percentage() {
        let budget = Budget { limit: Limit::IncreasePercent(amount("500")), on: On::Expected, by: By::Flag };
        let from_nothing = MoneyChange { after: Range::exactly(amount("0.01")), ..MoneyChange::default() };
        let checked = check_change(&budget, &from_nothing).unwrap();
        assert_eq!((checked.kept, checked.actual), (Kept::No, None));
        assert_eq!(check_change(&budget, &MoneyChange::default()).unwrap().kept, Kept::Yes);
    }
}
