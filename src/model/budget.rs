//! Budgets of AWS Budgets.

use rust_decimal::Decimal;

use super::{Field, Meta};

/// `aws_budgets_budget`.
#[derive(Debug, Clone)]
pub struct Budget {
    pub meta: Meta,
    /// `COST`, `USAGE`, `SAVINGS_PLANS_COVERAGE` …
    pub budget_type: Field<String>,
    /// `MONTHLY`, `QUARTERLY`, `ANNUALLY`, `DAILY`.
    pub time_unit: Field<String>,
    pub limit_amount: Field<Decimal>,
    /// `USD` for a budget of costs.
    pub limit_unit: Field<String>,
    /// Filters and groups that leave out a part of the costs (`cost_filter`, `filter_expression`).
    pub filter: Field<()>,
}
