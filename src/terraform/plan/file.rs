//! The document that `terraform show -json` and `tofu show -json` print, as far as it is used. What is not named
//! here is skipped without being built; unknown members are allowed, as both tools add some with every release.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

/// The members of the document, each still as text: only what is needed is built.
#[derive(Debug, Deserialize)]
pub(super) struct Document<'a> {
    #[serde(borrow)]
    pub(super) variables: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) resource_changes: Option<Vec<&'a RawValue>>,
    /// Changes that can only be planned later.
    #[serde(borrow)]
    pub(super) deferred_changes: Option<Vec<Deferred<'a>>>,
    #[serde(borrow)]
    pub(super) prior_state: Option<&'a RawValue>,
    pub(super) configuration: Option<Configuration>,
    #[serde(borrow)]
    pub(super) errored: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) output_changes: Option<&'a RawValue>,
    // Never shown: they repeat values, sensitive ones among them.
    #[serde(borrow)]
    planned_values: Option<&'a RawValue>,
    #[serde(borrow)]
    resource_drift: Option<&'a RawValue>,
    /// A state instead of a plan.
    #[serde(borrow)]
    values: Option<&'a RawValue>,
}

impl<'a> Document<'a> {
    /// Parts that repeat values and are not read as such.
    pub(super) fn repeated(&self) -> impl Iterator<Item = &'a RawValue> {
        [self.planned_values, self.resource_drift, self.prior_state, self.values].into_iter().flatten()
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct ResourceChange<'a> {
    /// As text, because its place is the header of the resource.
    #[serde(borrow)]
    pub(super) address: &'a RawValue,
    pub(super) module_address: Option<String>,
    pub(super) previous_address: Option<String>,
    pub(super) mode: Option<String>,
    #[serde(rename = "type")]
    pub(super) ty: String,
    pub(super) name: String,
    /// Set for an object that is left over from an interrupted replacement: it is only destroyed.
    pub(super) deposed: Option<String>,
    #[serde(borrow)]
    pub(super) change: Change<'a>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Deferred<'a> {
    pub(super) reason: Option<String>,
    #[serde(borrow)]
    pub(super) resource_change: &'a RawValue,
}

#[derive(Debug, Deserialize)]
pub(super) struct Change<'a> {
    pub(super) actions: Vec<String>,
    #[serde(borrow)]
    pub(super) before: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) after: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) after_unknown: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) after_sensitive: Option<&'a RawValue>,
}

impl Change<'_> {
    /// Whether the resource exists after the plan was applied.
    pub(super) fn leaves_something(&self) -> bool {
        self.actions.iter().any(|action| !matches!(action.as_str(), "delete" | "forget"))
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct PriorState<'a> {
    #[serde(borrow)]
    pub(super) values: Option<StateValues<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct StateValues<'a> {
    #[serde(borrow)]
    pub(super) root_module: Option<StateModule<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct StateModule<'a> {
    pub(super) address: Option<String>,
    #[serde(borrow, default)]
    pub(super) resources: Vec<StateResource<'a>>,
    #[serde(borrow, default)]
    pub(super) child_modules: Vec<StateModule<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct StateResource<'a> {
    #[serde(borrow)]
    pub(super) address: &'a RawValue,
    pub(super) mode: Option<String>,
    #[serde(rename = "type")]
    pub(super) ty: String,
    pub(super) name: String,
    #[serde(borrow)]
    pub(super) values: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) sensitive_values: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Configuration {
    #[serde(default)]
    pub(super) provider_config: BTreeMap<String, Provider>,
    #[serde(default)]
    pub(super) root_module: Module,
}

#[derive(Debug, Deserialize)]
pub(super) struct Provider {
    #[serde(default)]
    pub(super) expressions: serde_json::Map<String, serde_json::Value>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Module {
    #[serde(default)]
    pub(super) resources: Vec<ResourceConfig>,
    #[serde(default)]
    pub(super) module_calls: BTreeMap<String, Call>,
    #[serde(default)]
    pub(super) outputs: BTreeMap<String, Output>,
    #[serde(default)]
    pub(super) variables: BTreeMap<String, Variable>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Variable {
    #[serde(default)]
    pub(super) sensitive: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct ResourceConfig {
    /// Without module and key: `aws_lb.main`, `data.aws_vpc.main`.
    pub(super) address: String,
    pub(super) provider_config_key: Option<String>,
    #[serde(default)]
    pub(super) expressions: serde_json::Map<String, serde_json::Value>,
    pub(super) for_each_expression: Option<serde_json::Value>,
    #[serde(default)]
    pub(super) depends_on: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Call {
    #[serde(default)]
    pub(super) expressions: serde_json::Map<String, serde_json::Value>,
    pub(super) for_each_expression: Option<serde_json::Value>,
    pub(super) count_expression: Option<serde_json::Value>,
    #[serde(default)]
    pub(super) module: Module,
}

#[derive(Debug, Deserialize)]
pub(super) struct Output {
    #[serde(default)]
    pub(super) sensitive: bool,
    pub(super) expression: Option<serde_json::Value>,
}
