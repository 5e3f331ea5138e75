//! `budgets:` of the configuration: what a month may cost, and how much more a change may make it.

use rust_decimal::Decimal;

use super::load::Reader;
use crate::change::budget::{Limit, On};
use crate::source::Span;
use crate::syntax::tree::{Node, NodeKind};

/// An entry of `budgets:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigBudget {
    /// The environment it is for; every run where not written.
    pub environment: Option<String>,
    /// USD a month.
    pub max_monthly: Option<(Decimal, Span)>,
    pub max_increase: Option<(Limit, Span)>,
    pub on: Option<On>,
}

impl ConfigBudget {
    /// Whether it holds for a run with this environment.
    #[must_use]
    pub fn is_for(&self, environment: Option<&str>) -> bool {
        self.environment.is_none() || self.environment.as_deref() == environment
    }
}

const KEYS: [&str; 4] = ["environment", "max_monthly", "max_increase", "on"];

impl Reader {
    /// A list of entries, or one of them.
    pub(super) fn budgets(&mut self, node: &Node) -> Vec<ConfigBudget> {
        let entries = match &node.kind {
            NodeKind::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        entries.iter().map(|entry| self.budget(entry)).collect()
    }

    fn budget(&mut self, node: &Node) -> ConfigBudget {
        let mut budget = ConfigBudget { environment: None, max_monthly: None, max_increase: None, on: None };
        for member in self.members(node, "a budget", &KEYS) {
            let value = &member.value;
            match &*member.key {
                "environment" => budget.environment = self.text(value, "environment"),
                "max_monthly" => {
                    let read = |text: &str| Limit::amount(text).ok();
                    let amount = self.choice(value, "max_monthly", "an amount in USD, such as 200", read);
                    budget.max_monthly = amount.map(|amount| (amount, value.span));
                }
                "max_increase" => {
                    let words = "an amount in USD, such as 50, or a percentage, such as 10%";
                    let limit = self.choice(value, "max_increase", words, |text| Limit::increase(text).ok());
                    budget.max_increase = limit.map(|limit| (limit, value.span));
                }
                "on" => budget.on = self.choice(value, "on", "expected, high", On::from_name),
                _ => {}
            }
        }
        if matches!(node.kind, NodeKind::Map(_))
            && budget.max_monthly.is_none()
            && budget.max_increase.is_none()
            && self.is_clean()
        {
            let message = "a budget needs `max_monthly` or `max_increase`".to_owned();
            self.error(node.span, message, None);
        }
        budget
    }
}
