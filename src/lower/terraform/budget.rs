//! Budgets of AWS Budgets.

use super::Context;
use crate::model::Deployment;
use crate::model::budget::Budget;
use crate::terraform::Resource;

/// Arguments by which a budget leaves out a part of the costs; `cost_filters` is of provider versions before 5.
const FILTERS: [&str; 3] = ["cost_filter", "cost_filters", "filter_expression"];

pub(super) fn budget(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let filters = FILTERS.map(|name| reader.present(name));
    let filter = filters.iter().find(|filter| filter.is_written()).or(filters.first()).cloned();
    into.budgets.push(Budget {
        meta: context.meta(resource),
        budget_type: reader.string("budget_type"),
        time_unit: reader.string("time_unit"),
        limit_amount: reader.decimal("limit_amount"),
        limit_unit: reader.string("limit_unit"),
        filter: filter.unwrap_or_else(|| reader.present("filter_expression")),
    });
}
