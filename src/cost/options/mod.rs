//! Options side by side: what the same deployment costs when one thing about it is bought or built another way.
//! Each option is a file here and a line in [`OPTIONS`]; all of them start from one analysis and one estimate.

mod arm;
mod commitments;
mod ec2;
mod egress;
mod gp3;
mod instances;
mod monitoring;
mod parameters;
mod region;
mod reserved;
mod savings_plan;
mod shared_alb;
mod smaller_task;
mod spot;
mod zones;

use std::sync::Arc;

use rust_decimal::Decimal;

use super::catalogue::Catalogue;
use super::estimate::{Component, Estimate, Range, ResourceCost};
use super::items::service;
use super::{Context, CostOptions};
use crate::model::service::Service;
use crate::model::{Deployment, Field, Meta, State};
use crate::source::Span;

/// What to compare, and with what.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Names of options; all where empty.
    pub only: Vec<String>,
    /// The region of the option `region`.
    pub to_region: Option<String>,
    /// USD a month that a monitoring vendor takes for each host.
    pub vendor_per_host: Option<Decimal>,
}

/// The columns of one option.
type Columns = fn(&Base<'_>) -> Vec<Column>;

const TO_REGION: &str = "--to-region";
const VENDOR_PER_HOST: &str = "--vendor-per-host";

/// Every option by name, in the order shown.
pub const OPTIONS: &[Choice] = &[
    Choice { name: "arm", asks_for: None, columns: arm::columns },
    Choice { name: "spot", asks_for: None, columns: spot::columns },
    Choice { name: "savings-plan", asks_for: None, columns: savings_plan::columns },
    Choice { name: "reserved", asks_for: None, columns: reserved::columns },
    Choice { name: "gp3", asks_for: None, columns: gp3::columns },
    Choice { name: "smaller-task", asks_for: None, columns: smaller_task::columns },
    Choice { name: "ec2", asks_for: None, columns: ec2::columns },
    Choice { name: "nat", asks_for: None, columns: egress::nat },
    Choice { name: "endpoints", asks_for: None, columns: egress::endpoints },
    Choice { name: "public-ip", asks_for: None, columns: egress::public_ip },
    Choice { name: "multi-az", asks_for: None, columns: zones::multi },
    Choice { name: "single-az", asks_for: None, columns: zones::single },
    Choice { name: "parameters", asks_for: None, columns: parameters::columns },
    Choice { name: "shared-alb", asks_for: None, columns: shared_alb::columns },
    Choice { name: "region", asks_for: Some(TO_REGION), columns: region::columns },
    Choice { name: "monitoring-vendor", asks_for: Some(VENDOR_PER_HOST), columns: monitoring::columns },
];

/// An option that can be selected.
pub struct Choice {
    pub name: &'static str,
    /// The flag without which the option is left out.
    pub asks_for: Option<&'static str>,
    columns: Columns,
}

impl std::fmt::Debug for Choice {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Choice").field("name", &self.name).finish_non_exhaustive()
    }
}

/// One way to have the deployment.
#[derive(Debug, Clone)]
pub struct Column {
    /// `savings-plan-1yr-no-upfront`.
    pub name: String,
    /// For people.
    pub title: String,
    pub outcome: Outcome,
}

#[derive(Debug, Clone)]
pub enum Outcome {
    Priced(Box<Priced>),
    /// There is nothing to change here, or no price for it: why.
    NotHere(String),
}

/// What an option costs, and what it takes.
#[derive(Debug, Clone, Default)]
pub struct Priced {
    pub estimate: Estimate,
    /// What the option adds that is in no file.
    pub additions: Vec<Addition>,
    /// USD paid at the start; its monthly part is in the total.
    pub upfront: Decimal,
    pub changes: Vec<Change>,
    /// What must hold for it to work.
    pub conditions: Vec<String>,
    /// What is assumed for the figures.
    pub assumptions: Vec<String>,
    /// Break-even, crossover, what is left out and why.
    pub notes: Vec<String>,
    pub against: Vec<Against>,
}

/// A cost that an option brings.
#[derive(Debug, Clone)]
pub struct Addition {
    /// `5 interface endpoints in 2 zones`.
    pub what: String,
    pub monthly: Range,
}

/// A place to edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub address: Arc<str>,
    pub span: Span,
    /// Empty where nothing is written, but something is done.
    pub argument: String,
    /// What to write there, or to do with it.
    pub to: String,
}

/// A rule that speaks against an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Against {
    pub rule: &'static str,
    pub why: &'static str,
}

impl Priced {
    /// USD a month, additions included.
    #[must_use]
    pub fn total(&self) -> Range {
        self.estimate.total() + self.additions.iter().map(|addition| addition.monthly).sum()
    }

    /// USD a month less than `current`; negative where the option costs more. The smallest and the largest
    /// difference are low and high.
    #[must_use]
    pub fn saving(&self, current: &Estimate) -> Range {
        difference(current.total(), self.total())
    }
}

/// `from` less `to`, figure by figure, the smallest difference as low and the largest as high.
#[must_use]
pub fn difference(from: Range, to: Range) -> Range {
    let less = |from: Decimal, to: Decimal| from.saturating_sub(to);
    let (low, expected, high) =
        (less(from.low, to.low), less(from.expected, to.expected), less(from.high, to.high));
    Range { low: low.min(expected).min(high), expected, high: high.max(expected).max(low) }
}

/// What every option starts from.
pub(super) struct Base<'a> {
    pub(super) deployment: &'a Deployment,
    pub(super) options: &'a CostOptions,
    pub(super) current: &'a Estimate,
    pub(super) request: &'a Request,
    pub(super) catalogue: Catalogue,
    context: Context<'a>,
}

/// Prices every option that is asked for.
#[must_use]
pub fn compare(
    deployment: &Deployment,
    options: &CostOptions,
    current: &Estimate,
    request: &Request,
) -> Vec<Column> {
    let context = Context::new(deployment, options);
    let catalogue = Catalogue::embedded();
    let base = Base { deployment, options, current, request, catalogue, context };
    let is_asked = |choice: &&Choice| {
        let is_named = request.only.iter().any(|name| is_of(choice.name, name));
        let is_given = match choice.asks_for {
            Some(TO_REGION) => request.to_region.is_some(),
            Some(_) => request.vendor_per_host.is_some(),
            None => true,
        };
        if request.only.is_empty() { is_given } else { is_named }
    };
    let columns = OPTIONS.iter().filter(is_asked).flat_map(|choice| (choice.columns)(&base));
    let is_shown = |column: &Column| {
        request.only.is_empty()
            || request.only.iter().any(|name| {
                OPTIONS.iter().any(|choice| choice.name == name && is_of(name, &column.name))
                    || *name == column.name
            })
    };
    columns.filter(is_shown).collect()
}

/// Whether an option or a column of an option can have this name.
#[must_use]
pub fn is_known(name: &str) -> bool {
    OPTIONS.iter().any(|choice| is_of(choice.name, name))
}

/// The option that a column belongs to.
#[must_use]
pub fn option_of(column: &str) -> Option<&'static str> {
    let names = OPTIONS.iter().map(|choice| choice.name).filter(|name| is_of(name, column));
    names.max_by_key(|name| name.len())
}

/// Whether a column of this name is one of the option's.
fn is_of(option: &str, column: &str) -> bool {
    column == option || column.strip_prefix(option).is_some_and(|rest| rest.starts_with('-'))
}

impl<'a> Base<'a> {
    /// The estimate of a changed deployment.
    fn estimate_of(&self, changed: &Deployment) -> Estimate {
        super::estimate(changed, self.options)
    }

    /// The current estimate of a node.
    fn resource(&self, meta: &Meta) -> Option<&'a ResourceCost> {
        let is_it =
            |resource: &&ResourceCost| resource.address == meta.address && resource.span == meta.origin.span;
        self.current.resources.iter().find(is_it)
    }

    /// Tasks of a service at the least, as desired, at the most.
    fn tasks(&self, service: &Service) -> Option<Range> {
        service::counts(&self.context, service)
    }

    /// The region whose prices hold for a node.
    fn region(&self, meta: &Meta) -> Arc<str> {
        self.context.region(meta).0
    }

    /// Services with tasks on Fargate, on demand or Spot.
    fn fargate_services(&self) -> impl Iterator<Item = (&'a Service, &'a ResourceCost)> {
        let deployment = self.deployment;
        deployment.services.iter().filter_map(|service| {
            let resource = self.resource(&service.meta)?;
            resource.components.iter().any(is_fargate).then_some((service, resource))
        })
    }
}

/// Whether a component is vCPU or memory of Fargate, on demand or Spot.
fn is_fargate(component: &Component) -> bool {
    component.price.table == "fargate" || component.price.table == "fargate_spot"
}

impl Column {
    /// A column for which something was changed; not here where its price is not in the tables.
    fn priced(base: &Base<'_>, name: impl Into<String>, title: impl Into<String>, priced: Priced) -> Self {
        let known = |entry: &super::estimate::Unpriced| {
            base.current.unpriced.iter().any(|old| {
                old.address == entry.address && (old.reason == entry.reason || old.span == entry.span)
            })
        };
        let outcome = match priced.estimate.unpriced.iter().find(|entry| !known(entry)) {
            Some(entry) => Outcome::NotHere(format!("{}: {}", entry.address, entry.reason)),
            None => Outcome::Priced(Box::new(priced)),
        };
        Self { name: name.into(), title: title.into(), outcome }
    }

    fn not_here(name: impl Into<String>, title: impl Into<String>, why: impl Into<String>) -> Self {
        Self { name: name.into(), title: title.into(), outcome: Outcome::NotHere(why.into()) }
    }
}

/// Sets a property of the changed model; the place stays that of what is written now.
fn set<T>(field: &mut Field<T>, meta: &Meta, argument: &str, value: T, shown: &str) -> Change {
    let change = Change {
        address: meta.address.clone(),
        span: field.span(),
        argument: argument.to_owned(),
        to: shown.to_owned(),
    };
    field.state = State::Known(value);
    change
}

/// `a`, `a and b`, `a, b and c`.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `$18.02`.
fn dollars(amount: Decimal) -> String {
    format!("${:.2}", amount.round_dp(2))
}
