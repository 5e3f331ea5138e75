//! What a deployment costs a month. Knows the model and the price tables, not Terraform and not output formats.
//! Each billed thing is a file under `items/` and a line in `registry`.

pub mod breakdown;
pub mod catalogue;
pub mod estimate;
mod free;
mod free_tier;
pub mod hours;
mod items;
mod metered;
pub mod options;
mod quantity;
mod registry;
pub mod schedule;
pub mod sensitivity;
mod sheet;
mod traffic;
pub mod usage;

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::date::Date;
use crate::model::{Deployment, Input, Meta, Unit};
use crate::value::{Cause, Causes};
use catalogue::Catalogue;
use estimate::{Assumption, Estimate, ResourceCost, Unpriced, UsageState};
use sheet::{Priced, Sheet};
use traffic::Traffic;
pub use usage::Usage;

/// Hours of a month: 365 × 24 / 12, as AWS's own calculator counts.
pub const HOURS_PER_MONTH: Decimal = Decimal::from_parts(730, 0, 0, false, 0);

/// Region used when nothing names one; listed as an assumption.
const LAST_RESORT_REGION: &str = "us-east-1";

/// Kinds whose traffic costs money of its own.
const CARRIERS: [&str; 4] = ["ecs-service", "load-balancer", "nat-gateway", "rds-instance"];

/// What storage of logs without retention costs a month, in USD, after 1, 12 and 36 months, for each GB a month that is
/// written. `None` where the region has no price.
#[must_use]
pub fn logs_kept_for_ever(region: &str) -> Option<[(i64, Decimal); 3]> {
    items::log_group::kept_for_ever(region)
}

/// What the estimate depends on besides the files.
#[derive(Debug, Clone)]
pub struct CostOptions {
    /// `--region`: used where the files name none.
    pub region: Option<String>,
    /// `--price-region`: used instead of every region in the files.
    pub price_region: Option<String>,
    /// Hours a month that things run.
    pub hours: Decimal,
    /// The windows of a week that `hours` are from, as written.
    pub windows: Option<String>,
    /// Whether what AWS gives every account each month is taken off.
    pub free_tier: bool,
    pub usage: Usage,
    /// The day the estimate is made for.
    pub as_of: Date,
}

impl CostOptions {
    /// A month of 730 hours, no usage, regions from the files.
    #[must_use]
    pub fn new(as_of: Date) -> Self {
        Self {
            region: None,
            price_region: None,
            hours: HOURS_PER_MONTH,
            windows: None,
            free_tier: false,
            usage: Usage::default(),
            as_of,
        }
    }
}

/// Prices a deployment. Nothing is guessed: what the files leave open is a range, an assumption by name or an
/// unpriced entry, and never another region's price.
#[must_use]
pub fn estimate(deployment: &Deployment, options: &CostOptions) -> Estimate {
    let context = Context::new(deployment, options);
    let mut ledger = Ledger { context: &context, claimed: HashSet::new(), estimate: Estimate::default() };
    for item in registry::ITEMS {
        item(&mut ledger);
    }
    ledger.rest();
    ledger.finish()
}

/// What every item may look at.
pub(crate) struct Context<'a> {
    deployment: &'a Deployment,
    options: &'a CostOptions,
    catalogue: Catalogue,
    /// The region of nodes whose files name none.
    fallback: (Arc<str>, Option<Assumption>),
    traffic: OnceCell<Traffic>,
}

impl<'a> Context<'a> {
    fn new(deployment: &'a Deployment, options: &'a CostOptions) -> Self {
        let catalogue = Catalogue::embedded();
        let fallback = fallback_region(deployment, options, catalogue);
        Self { deployment, options, catalogue, fallback, traffic: OnceCell::new() }
    }

    /// The traffic of the services, worked out when it is first asked for.
    fn traffic(&self) -> &Traffic {
        self.traffic.get_or_init(|| Traffic::of(self))
    }

    /// Whose prices hold for a node, and the assumption behind that.
    fn region(&self, meta: &Meta) -> (Arc<str>, Option<Assumption>) {
        if let Some(region) = &self.options.price_region {
            return (Arc::from(region.as_str()), None);
        }
        match meta.region.known() {
            Some(region) => (Arc::from(region.as_str()), None),
            None => self.fallback.clone(),
        }
    }
}

fn fallback_region(
    deployment: &Deployment,
    options: &CostOptions,
    catalogue: Catalogue,
) -> (Arc<str>, Option<Assumption>) {
    if let Some(region) = &options.region {
        return (Arc::from(region.as_str()), None);
    }
    let mut named: BTreeSet<&str> =
        deployment.metas().filter_map(|meta| meta.region.known()).map(String::as_str).collect();
    if named.is_empty() {
        named = usage::workflow_regions(deployment).filter(|name| catalogue.region(name).is_some()).collect();
    }
    let mut named = named.into_iter();
    let (region, why) = match (named.next(), named.next()) {
        (Some(only), None) => (only, "the only region that the files name"),
        (Some(_), Some(_)) => (LAST_RESORT_REGION, "the files name several"),
        (None, _) => (LAST_RESORT_REGION, "the files name none"),
    };
    let assumption = Assumption {
        name: "region".to_owned(),
        value: format!("{region} ({why})"),
        set_with: "--region".to_owned(),
    };
    (Arc::from(region), Some(assumption))
}

/// The estimate while it is written.
pub(crate) struct Ledger<'a> {
    context: &'a Context<'a>,
    claimed: HashSet<(Unit, Arc<str>)>,
    estimate: Estimate,
}

impl<'a> Ledger<'a> {
    fn deployment(&self) -> &'a Deployment {
        self.context.deployment
    }

    /// Prices one resource on a sheet of its own.
    fn price(&mut self, meta: &'a Meta, kind: &'static str, fill: impl FnOnce(&mut Sheet<'a>)) {
        self.claimed.insert((meta.unit, meta.address.clone()));
        let mut sheet = Sheet::new(self.context, meta, kind);
        fill(&mut sheet);
        let Priced { resource, unpriced, assumptions, usage } = sheet.finish();
        self.estimate.resources.extend(resource);
        self.estimate.unpriced.extend(unpriced);
        self.estimate.assumptions.extend(assumptions);
        self.estimate.usage.extend(usage);
    }

    /// Everything that no item has priced: known free, or named as not priced.
    fn rest(&mut self) {
        for meta in self.deployment().metas() {
            if matches!(meta.input, Input::Workflow | Input::TaskDefinition) {
                continue;
            }
            if !self.claimed.insert((meta.unit, meta.address.clone())) {
                continue;
            }
            match free::reason(&meta.kind) {
                Some(reason) => self.estimate.resources.push(ResourceCost {
                    address: meta.address.clone(),
                    kind: "free",
                    region: self.context.region(meta).0,
                    span: meta.origin.span,
                    call: meta.calls.last().copied(),
                    components: Vec::new(),
                    free: Some(reason),
                }),
                None => self.estimate.unpriced.push(Unpriced {
                    address: meta.address.clone(),
                    reason: format!("not priced yet: {}", meta.kind),
                    causes: Causes::none(),
                    unit_price: None,
                    unit: None,
                    span: meta.origin.span,
                }),
            }
        }
        for module in &self.deployment().missing_modules {
            self.estimate.unpriced.push(Unpriced {
                address: module.address.clone(),
                reason: format!("what module `{}` creates is not known", module.source),
                causes: Causes::one(Cause::UnresolvedModule { source: module.source.clone() }),
                unit_price: None,
                unit: None,
                span: module.header,
            });
        }
    }

    fn finish(self) -> Estimate {
        let mut estimate = self.estimate;
        if estimate.resources.iter().any(|resource| CARRIERS.contains(&resource.kind)) {
            let value = if self.context.traffic().is_empty() {
                "none: traffic to the internet and between zones is not estimated"
            } else {
                "only what the traffic profiles of services say"
            };
            estimate.assumptions.push(Assumption {
                name: "data transfer".to_owned(),
                value: value.to_owned(),
                set_with: String::new(),
            });
        }
        let of_profile = estimate.usage.iter().any(|asked| matches!(asked.state, UsageState::Profile(_)));
        if let Some(profile) = self.context.options.usage.profile().filter(|_| of_profile) {
            estimate.assumptions.push(Assumption {
                name: "usage profile".to_owned(),
                value: profile.words(),
                set_with: "--usage FILE or usage in plimsoll.yaml".to_owned(),
            });
        }
        let hours = self.context.options.hours;
        if hours < HOURS_PER_MONTH {
            let windows =
                self.context.options.windows.as_deref().map_or_else(String::new, |it| format!(" ({it})"));
            estimate.assumptions.push(Assumption {
                name: "running hours".to_owned(),
                value: format!(
                    "{} of 730 a month{windows} for tasks, EC2 and database instances; the rest is billed all the time",
                    hours.round_dp(4).normalize()
                ),
                set_with: "--hours or hours in plimsoll.yaml".to_owned(),
            });
        }
        let place = |span: crate::source::Span, address: &Arc<str>| (span.file, span.start, address.clone());
        estimate.resources.sort_by_key(|resource| (place(resource.span, &resource.address), resource.call));
        estimate.unpriced.sort_by_key(|unpriced| place(unpriced.span, &unpriced.address));
        estimate.usage.sort_by_key(|asked| place(asked.span, &asked.address));
        if self.context.options.free_tier {
            free_tier::apply(&mut estimate);
        }
        estimate.assumptions = merged(estimate.assumptions);
        estimate.hours_per_month = hours.max(HOURS_PER_MONTH);
        estimate
    }
}

/// One assumption a name, sorted; the values of all that share it side by side.
fn merged(mut assumptions: Vec<Assumption>) -> Vec<Assumption> {
    assumptions.sort_by(|a, b| (&a.name, &a.set_with).cmp(&(&b.name, &b.set_with)));
    let mut result: Vec<(Assumption, Vec<String>)> = Vec::new();
    for assumption in assumptions {
        match result.last_mut() {
            Some((last, values)) if last.name == assumption.name => {
                if !values.contains(&assumption.value) {
                    values.push(assumption.value);
                }
            }
            _ => {
                let values = vec![assumption.value.clone()];
                result.push((assumption, values));
            }
        }
    }
    let joined = |(assumption, values): (Assumption, Vec<String>)| Assumption {
        value: values.join(", "),
        ..assumption
    };
    result.into_iter().map(joined).collect()
}
