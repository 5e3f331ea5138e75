//! How much is used a month: what files cannot say and a person can. Read from the `usage:` map of `plimsoll.yaml`, from
//! usage files and from Infracost's; the keys are in `keys` and in `docs/usage.md`. What follows from a service's
//! traffic is worked out in `cost::traffic`.

mod address;
mod file;
mod infracost;
pub mod keys;
mod profile;
mod read;
mod schema;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::model::task::TaskDefinition;
use crate::model::workflow::WorkflowVariable;
use crate::model::{Deployment, Field, Input};
use crate::source::Span;
use crate::text::closest;
use address::{without_keys, without_last_key};

pub(super) use address::of_raw_definition;
pub use file::{Given, usage_file};
pub use infracost::is_infracost;
pub use keys::{Amount, KEYS, UsageKey};
pub use profile::Profile;
pub use schema::schema;

/// Key of the map whose keys are resource types instead of addresses.
const DEFAULTS: &str = "defaults";

/// A quantity a month and where it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageQuantity {
    pub amount: Decimal,
    pub span: Span,
}

type Quantities = HashMap<&'static str, UsageQuantity>;

/// Quantities by address, and defaults by resource type.
#[derive(Debug, Clone, Default)]
pub struct Usage {
    addresses: HashMap<Arc<str>, Quantities>,
    defaults: HashMap<Arc<str>, Quantities>,
    /// Where each address is written.
    places: Vec<(Arc<str>, Span)>,
    /// Numbers for what nobody says.
    profile: Option<Profile>,
}

/// Something in the usage map that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageProblem {
    pub span: Span,
    /// What is wrong, one sentence without full stop.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Usage {
    /// The quantity for a resource: said of its address, of its address without the own key, of its address
    /// without any key, of its type.
    #[must_use]
    pub fn quantity(&self, address: &str, ty: &str, key: &str) -> Option<UsageQuantity> {
        let resource = without_last_key(address);
        let plain = without_keys(address);
        let found = |map: &HashMap<Arc<str>, Quantities>, name: &str| map.get(name)?.get(key).copied();
        found(&self.addresses, address)
            .or_else(|| found(&self.addresses, resource))
            .or_else(|| found(&self.addresses, &plain))
            .or_else(|| found(&self.defaults, ty))
    }

    /// Addresses that no resource of the deployment has, with the nearest one that exists.
    #[must_use]
    pub fn unmatched(&self, deployment: &Deployment) -> Vec<UsageProblem> {
        if self.places.is_empty() {
            return Vec::new();
        }
        let existing: Vec<&str> = deployment.metas().map(|meta| &*meta.address).collect();
        let rules = deployment.scheduled_tasks.iter().filter_map(|task| task.rule.as_deref());
        let is_raw = |definition: &&TaskDefinition| definition.meta.input == Input::TaskDefinition;
        let definitions = deployment.task_definitions.iter().filter(is_raw);
        let raw: Vec<String> =
            definitions.map(|definition| of_raw_definition(&definition.meta.address)).collect();
        let names: HashSet<String> = existing
            .iter()
            .copied()
            .chain(rules)
            .chain(raw.iter().map(String::as_str))
            .flat_map(|address| {
                [address.to_owned(), without_last_key(address).to_owned(), without_keys(address)]
            })
            .collect();
        let missing = self.places.iter().filter(|(address, _)| !names.contains(&**address));
        missing
            .map(|(address, span)| UsageProblem {
                span: *span,
                message: format!("no resource is called `{address}`"),
                help: closest(address, existing.iter().copied())
                    .map(|near| format!("did you mean `{near}`?")),
            })
            .collect()
    }

    /// Whether nothing is given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty() && self.defaults.is_empty() && self.profile.is_none()
    }

    /// The same with what `other` says besides; where both say the same key of the same address (or type), this one
    /// is kept.
    #[must_use]
    pub fn over(mut self, other: Self) -> Self {
        let fill = |mine: &mut HashMap<Arc<str>, Quantities>, theirs: HashMap<Arc<str>, Quantities>| {
            for (name, quantities) in theirs {
                let known = mine.entry(name).or_default();
                for (key, quantity) in quantities {
                    known.entry(key).or_insert(quantity);
                }
            }
        };
        fill(&mut self.addresses, other.addresses);
        fill(&mut self.defaults, other.defaults);
        self.places.extend(other.places);
        self.profile = self.profile.or(other.profile);
        self
    }

    /// The same with the numbers of a profile for what is not said.
    #[must_use]
    pub fn with_profile(mut self, profile: Option<Profile>) -> Self {
        self.profile = profile.or(self.profile);
        self
    }

    /// The same with another quantity for the resource with this very address.
    #[must_use]
    pub fn with_quantity(
        mut self,
        address: &Arc<str>,
        key: &'static str,
        amount: Decimal,
        span: Span,
    ) -> Self {
        let quantity = UsageQuantity { amount, span };
        self.addresses.entry(address.clone()).or_default().insert(key, quantity);
        self
    }

    #[must_use]
    pub fn profile(&self) -> Option<Profile> {
        self.profile
    }

    /// Whether anything is said of resources of a type.
    #[must_use]
    pub fn speaks_of(&self, ty: &str) -> bool {
        self.defaults.contains_key(ty)
            || self.addresses.keys().any(|address| address::resource_type(address) == Some(ty))
            || self.profile.is_some_and(|profile| profile.speaks_of(ty))
    }
}

/// Regions that workflows name: `aws-region` of the AWS actions, `AWS_REGION` and `AWS_DEFAULT_REGION`.
pub(super) fn workflow_regions(deployment: &Deployment) -> impl Iterator<Item = &str> {
    deployment.workflows.iter().flat_map(|workflow| {
        let steps = workflow.jobs.iter().flat_map(|job| job.steps.iter());
        let of_steps = steps
            .flat_map(|step| step.env.iter().chain(step.action.iter().flat_map(|action| &action.inputs)));
        let of_jobs = workflow.jobs.iter().flat_map(|job| &job.env);
        workflow.env.iter().chain(of_jobs).chain(of_steps).filter_map(region)
    })
}

fn region(variable: &WorkflowVariable) -> Option<&str> {
    let names = ["aws-region", "AWS_REGION", "AWS_DEFAULT_REGION"];
    let field: &Field<String> = &variable.value;
    names.contains(&&*variable.name).then(|| field.known().map(String::as_str)).flatten()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::source::SourceMap;
    use crate::syntax::tree::{Member, Node, NodeKind};

    fn span() -> Span {
        // Any file will do: spans are only carried along.
        Span::new(SourceMap::default().add_pseudo("plimsoll.yaml", ""), 0..1)
    }

    fn number(text: &str) -> Node {
        Node { span: span(), kind: NodeKind::Number(text.into()) }
    }

    fn map(members: Vec<(&str, Node)>) -> Node {
        let members = members
            .into_iter()
            .map(|(key, value)| Member { key: key.into(), key_span: span(), value })
            .collect();
        Node { span: span(), kind: NodeKind::Map(members) }
    }

    #[test]
    fn the_nearer_address_wins() {
        let node = map(vec![
            ("defaults", map(vec![("aws_nat_gateway", map(vec![("processed_gb", number("1"))]))])),
            ("module.n.aws_nat_gateway.a", map(vec![("processed_gb", number("2"))])),
            ("module.n.aws_nat_gateway.a[\"x.y\"]", map(vec![("processed_gb", number("3.5"))])),
        ]);
        let (usage, problems) = Usage::from_node(&node);
        assert_eq!(problems, []);
        let get = |address: &str| {
            usage.quantity(address, "aws_nat_gateway", "processed_gb").unwrap().amount.to_string()
        };
        assert_eq!(get("aws_nat_gateway.other"), "1");
        assert_eq!(get("module.n.aws_nat_gateway.a[\"z\"]"), "2");
        assert_eq!(get("module.n[\"k.l\"].aws_nat_gateway.a[0]"), "2");
        assert_eq!(get("module.n.aws_nat_gateway.a[\"x.y\"]"), "3.5");
    }

    #[test]
    fn what_cannot_be_used_is_told() {
        let node = map(vec![
            ("aws_lb.main", map(vec![("lcus", number("1")), ("lcu", number("-1"))])),
            ("aws_vpc.main", map(vec![])),
            ("nonsense", map(vec![])),
            ("aws_scheduler_schedule.job", map(vec![("task_minutes", number("1.5"))])),
        ]);
        let (_, problems) = Usage::from_node(&node);
        let messages: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "`lcus` is no usage key of `aws_lb`",
                "`lcu` is not a quantity",
                "no usage is known for `aws_vpc`",
                "`nonsense` is not a resource address",
                "`task_minutes` is not a quantity",
            ]
        );
        assert_eq!(problems[0].help.as_deref(), Some("did you mean `lcu`?"));
    }
}
