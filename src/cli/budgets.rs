//! The budgets of a run: from flags, the configuration and the code itself; each held against what the run found.

use std::collections::HashMap;
use std::sync::Arc;

use super::Stop;
use super::args::BudgetArgs;
use crate::analysis::Analysis;
use crate::change::budget::{Budget, By, Limit, On, Unchecked, Verdicts, check_change, check_total};
use crate::change::{Money, MoneyChange, Resource, Unpriced};
use crate::cost::estimate::Estimate;
use crate::model::budget::Budget as BudgetResource;
use crate::model::{Count, Field, Unit};
use crate::source::{SourceMap, Span};

/// Holds what a state costs, and a change where there is one, against every budget. `analysis` is the run that found
/// it, `None` for a saved report. Flags replace what the configuration says of the same.
///
/// # Errors
/// When a flag limits an increase, or a total, and it is not known.
pub(super) fn check(
    args: &BudgetArgs,
    money: Option<&Money>,
    analysis: Option<&Analysis>,
    change: Option<&MoneyChange>,
) -> Result<Verdicts, Stop> {
    let mut verdicts = Verdicts::default();
    let budgets = budgets(args, analysis);
    for budget in budgets {
        let checked = match (budget.limit.is_increase(), change, money) {
            (true, Some(change), _) => check_change(&budget, change),
            (false, _, Some(money)) => check_total(&budget, money),
            (true, None, _) if budget.by == By::Flag => {
                let help = "pass --base REVISION|DIRECTORY|FILE, or use `plimsoll diff` with two estimates";
                return Err(Stop::usage(format!("--max-increase has no estimate to compare with: {help}")));
            }
            (false, _, None) if budget.by == By::Flag => {
                return Err(Stop::usage("--max-monthly has no estimate to look at: the report holds none"));
            }
            // The configuration holds for every command: `cost` alone knows of no change.
            _ => None,
        };
        verdicts.checked.extend(checked);
    }
    if let Some(analysis) = analysis
        && let Some(estimate) = &analysis.estimate
    {
        for budget in &analysis.deployment.budgets {
            of_code(budget, args.budget_on.unwrap_or_default(), analysis, estimate, &mut verdicts);
        }
    }
    Ok(verdicts)
}

/// Budgets of flags and the configuration.
fn budgets(args: &BudgetArgs, analysis: Option<&Analysis>) -> Vec<Budget> {
    let monthly = args.max_monthly.map(Limit::Monthly);
    let on = args.budget_on.unwrap_or_default();
    let by_flag = |limit: Option<Limit>| limit.map(|limit| Budget { limit, on, by: By::Flag });
    let mut budgets: Vec<Budget> = by_flag(monthly).into_iter().chain(by_flag(args.max_increase)).collect();
    let Some(analysis) = analysis else { return budgets };
    let environment = analysis.environment_name.as_deref();
    for written in analysis.config.budgets.iter().filter(|budget| budget.is_for(environment)) {
        let on = args.budget_on.or(written.on).unwrap_or_default();
        let monthly = written.max_monthly.map(|(limit, span)| (Limit::Monthly(limit), span));
        let monthly = monthly.filter(|_| args.max_monthly.is_none());
        let increase = written.max_increase.filter(|_| args.max_increase.is_none());
        for (limit, span) in monthly.into_iter().chain(increase) {
            let (file, line) = place(span, &analysis.sources);
            budgets.push(Budget { limit, on, by: By::Config { file, line } });
        }
    }
    budgets
}

fn place(span: Span, sources: &SourceMap) -> (String, usize) {
    (sources.name(span.file).to_owned(), sources.position(span).line)
}

/// Holds an `aws_budgets_budget` against what its root module costs, where that is what it is about.
fn of_code(of: &BudgetResource, on: On, analysis: &Analysis, estimate: &Estimate, verdicts: &mut Verdicts) {
    let address = of.meta.address.to_string();
    let (file, line) = place(of.meta.origin.span, &analysis.sources);
    match limit(of) {
        Ok(limit) => {
            let by = By::Resource { address, file, line };
            let budget = Budget { limit: Limit::Monthly(limit), on, by };
            let money = of_unit(of.meta.unit, analysis, estimate);
            verdicts.checked.extend(check_total(&budget, &money));
        }
        Err(reason) => verdicts.unchecked.push(Unchecked { address, file, line, reason }),
    }
}

/// What a month may cost by it, in USD.
fn limit(of: &BudgetResource) -> Result<rust_decimal::Decimal, String> {
    let said = |field: &Field<String>, name: &str, wanted: &str| match field.known() {
        Some(value) if value.eq_ignore_ascii_case(wanted) => Ok(()),
        Some(value) => Err(format!("{name} is {value}, and only budgets of {wanted} are checked")),
        None if field.is_absent() => Err(format!("it has no {name}")),
        None => Err(format!("{name} is not known")),
    };
    if of.meta.count != Count::One {
        return Err("whether it exists is not known".to_owned());
    }
    said(&of.budget_type, "budget_type", "COST")?;
    said(&of.time_unit, "time_unit", "MONTHLY")?;
    said(&of.limit_unit, "limit_unit", "USD")?;
    if !of.filter.is_set().is_no() {
        return Err("its filters leave out a part of the costs".to_owned());
    }
    match of.limit_amount.known() {
        Some(limit) if limit.is_sign_negative() => Err("limit_amount is negative".to_owned()),
        Some(limit) => Ok(*limit),
        None if of.limit_amount.is_absent() => Err("it has no fixed limit_amount".to_owned()),
        None => Err("limit_amount is not known".to_owned()),
    }
}

/// The root modules that a resource of some address and place is in, each with its call.
type Units<'a> = HashMap<(&'a Arc<str>, Span), Vec<(Option<Span>, Unit)>>;

/// What one root module costs.
fn of_unit(unit: Unit, analysis: &Analysis, estimate: &Estimate) -> Money {
    let mut unit_of = Units::new();
    for meta in analysis.deployment.metas() {
        let of = unit_of.entry((&meta.address, meta.origin.span)).or_default();
        of.push((meta.calls.last().copied(), meta.unit));
    }
    let is_of_it = |address: &Arc<str>, span: Span, call: Option<Option<Span>>| {
        unit_of.get(&(address, span)).is_none_or(|of| {
            of.iter().any(|(of_call, of)| *of == unit && call.is_none_or(|call| call == *of_call))
        })
    };
    let mut money = money(estimate, &analysis.sources);
    let mut keep = estimate.resources.iter().map(|of| is_of_it(&of.address, of.span, Some(of.call)));
    money.resources.retain(|_| keep.next().unwrap_or(true));
    let mut keep = estimate.unpriced.iter().map(|of| is_of_it(&of.address, of.span, None));
    money.unpriced.retain(|_| keep.next().unwrap_or(true));
    money
}

/// An estimate as budgets look at it, without the arithmetic.
pub(super) fn money(estimate: &Estimate, sources: &SourceMap) -> Money {
    let resources = estimate.resources.iter().map(|of| {
        let (file, line) = place(of.span, sources);
        Resource {
            address: of.address.to_string(),
            kind: of.kind.to_owned(),
            file,
            line,
            monthly: of.monthly(),
            components: Vec::new(),
        }
    });
    let unpriced = estimate.unpriced.iter().map(|of| Unpriced {
        address: of.address.to_string(),
        reason: of.reason.clone(),
        unit_price: of.unit_price,
        unit: of.unit.clone(),
    });
    Money { resources: resources.collect(), unpriced: unpriced.collect() }
}
