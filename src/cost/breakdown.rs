//! The same total cut in other ways: by service, container, tag, kind or module. Every cut sums to the total.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rust_decimal::Decimal;

use super::estimate::{Estimate, Range, ResourceCost};
use crate::model::address::module_of;
use crate::model::graph::TaskDefinitionId;
use crate::model::service::Service;
use crate::model::task::{Container, TaskDefinition};
use crate::model::{Deployment, Field, Link, Meta, Stage, State, Unit};

/// How the total is cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// A service with what only it uses: its tasks, log groups, repositories, secrets.
    Service,
    /// The containers of a task, by what each reserves of it.
    Container,
    /// The values of a tag.
    Tag(String),
    /// Environments of the configuration; without any, the stages that names and tags tell.
    Environment,
    Kind,
    Module,
}

impl By {
    /// # Errors
    /// What may be written.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "service" => Ok(Self::Service),
            "container" => Ok(Self::Container),
            "environment" => Ok(Self::Environment),
            "kind" => Ok(Self::Kind),
            "module" => Ok(Self::Module),
            _ => match text.strip_prefix("tag:").filter(|name| !name.is_empty()) {
                Some(name) => Ok(Self::Tag(name.to_owned())),
                None => Err("one of service, container, tag:NAME, environment, kind, module".to_owned()),
            },
        }
    }
}

impl std::fmt::Display for By {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Service => "service",
            Self::Container => "container",
            Self::Environment => "environment",
            Self::Kind => "kind",
            Self::Module => "module",
            Self::Tag(name) => return write!(formatter, "tag:{name}"),
        })
    }
}

/// One part of the total.
#[derive(Debug, Clone, Default)]
pub struct Part {
    pub name: String,
    pub monthly: Range,
    /// Addresses of what is in it, sorted.
    pub resources: BTreeSet<Arc<str>>,
    /// Something of it could not be priced.
    pub at_least: bool,
}

/// Cuts the total of an estimate. The dearest part stands first; `By::Environment` cuts by stage.
#[must_use]
pub fn parts(deployment: &Deployment, estimate: &Estimate, by: &By) -> Vec<Part> {
    let metas = Metas::of(deployment);
    let users = Users::of(deployment);
    let mut parts: BTreeMap<String, Part> = BTreeMap::new();
    let mut add = |name: String, monthly: Range, address: &Arc<str>| {
        let part = parts.entry(name).or_default();
        part.monthly += monthly;
        part.resources.insert(address.clone());
    };
    let billed = estimate.resources.iter().filter(|resource| !resource.components.is_empty());
    for resource in billed {
        let meta = metas.get(resource);
        let address = &resource.address;
        match by {
            By::Kind => add(resource.kind.to_owned(), resource.monthly(), address),
            By::Module => add(module_name(address), resource.monthly(), address),
            By::Tag(name) => add(tag_value(meta, name), resource.monthly(), address),
            By::Environment => add(stage(meta), resource.monthly(), address),
            By::Service => {
                let name = meta.map_or_else(|| OF_NONE.to_owned(), |meta| users.name(meta.unit, address));
                add(name, resource.monthly(), address);
            }
            By::Container => match task_of(deployment, meta) {
                Some(task) => {
                    for (name, monthly) in shares(resource, task) {
                        add(format!("{address}: {name}"), monthly, address);
                    }
                }
                None => add("(not a task)".to_owned(), resource.monthly(), address),
            },
        }
    }
    let open: BTreeSet<&str> = estimate.unpriced.iter().map(|unpriced| &*unpriced.address).collect();
    let mut parts: Vec<Part> = parts
        .into_iter()
        .map(|(name, part)| {
            let at_least = part.resources.iter().any(|address| open.contains(&**address));
            Part { name, at_least, ..part }
        })
        .collect();
    parts.sort_by(|a, b| b.monthly.expected.cmp(&a.monthly.expected).then_with(|| a.name.cmp(&b.name)));
    parts
}

const OF_NONE: &str = "(of no single service)";

fn module_name(address: &str) -> String {
    match module_of(address) {
        "" => "(root module)".to_owned(),
        module => module.to_owned(),
    }
}

fn tag_value(meta: Option<&Meta>, name: &str) -> String {
    let Some(meta) = meta else { return "(no tags)".to_owned() };
    match meta.tags.get(name).map(|field| &field.state) {
        Some(State::Known(value)) => value.clone(),
        Some(State::Unknown(_)) => "(value not known)".to_owned(),
        Some(State::Absent) | None if meta.tags_open.is_empty() => format!("(no tag {name})"),
        Some(State::Absent) | None => "(tags not known)".to_owned(),
    }
}

fn stage(meta: Option<&Meta>) -> String {
    match meta.map(|meta| meta.stage.stage) {
        Some(Stage::Production) => "production".to_owned(),
        Some(Stage::NonProduction) => "non-production".to_owned(),
        Some(Stage::Unknown) | None => "(stage not known)".to_owned(),
    }
}

/// Nodes by address and place: several root modules may share addresses.
struct Metas<'a>(HashMap<(&'a str, crate::source::Span), &'a Meta>);

impl<'a> Metas<'a> {
    fn of(deployment: &'a Deployment) -> Self {
        Self(deployment.metas().map(|meta| ((&*meta.address, meta.origin.span), meta)).collect())
    }

    fn get(&self, resource: &ResourceCost) -> Option<&'a Meta> {
        self.0.get(&(&*resource.address, resource.span)).copied()
    }
}

/// Which services use a resource.
struct Users(HashMap<(Unit, Arc<str>), BTreeSet<Arc<str>>>);

impl Users {
    fn of(deployment: &Deployment) -> Self {
        let mut users = Self(HashMap::new());
        for service in &deployment.services {
            users.add(&service.meta, &service.meta);
            for id in &service.scaling {
                if let Some(target) = deployment.scaling_target(*id) {
                    users.add(&target.meta, &service.meta);
                }
            }
            let Some(definition) = definition(deployment, service) else { continue };
            users.add(&definition.meta, &service.meta);
            for container in definition.containers.iter() {
                users.of_container(deployment, container, &service.meta);
            }
        }
        users
    }

    fn of_container(&mut self, deployment: &Deployment, container: &Container, service: &Meta) {
        if let Some(log) = container.log.known()
            && let Link::To(id) = &log.group
            && let Some(group) = deployment.log_group(*id)
        {
            self.add(&group.meta, service);
        }
        if let Link::To(id) = &container.image_repository
            && let Some(repository) = deployment.repository(*id)
        {
            self.add(&repository.meta, service);
        }
        for secret in container.secrets.iter() {
            let target = secret.value_from.known().and_then(|reference| reference.target.as_ref());
            if let Some((address, _)) = target {
                self.0.entry((service.unit, address.clone())).or_default().insert(service.address.clone());
            }
        }
    }

    fn add(&mut self, used: &Meta, by: &Meta) {
        self.0.entry((used.unit, used.address.clone())).or_default().insert(by.address.clone());
    }

    fn name(&self, unit: Unit, address: &Arc<str>) -> String {
        let Some(services) = self.0.get(&(unit, address.clone())) else { return OF_NONE.to_owned() };
        match services.iter().collect::<Vec<_>>().as_slice() {
            [only] => only.to_string(),
            _ => OF_NONE.to_owned(),
        }
    }
}

fn definition<'a>(deployment: &'a Deployment, service: &Service) -> Option<&'a TaskDefinition> {
    linked(deployment, &service.task_definition_link)
}

fn linked<'a>(deployment: &'a Deployment, link: &Link<TaskDefinitionId>) -> Option<&'a TaskDefinition> {
    match link {
        Link::To(id) => deployment.task_definition(*id),
        _ => None,
    }
}

/// The task definition that a billed resource runs.
fn task_of<'a>(deployment: &'a Deployment, meta: Option<&Meta>) -> Option<&'a TaskDefinition> {
    let meta = meta?;
    let same = |other: &Meta| other.unit == meta.unit && other.address == meta.address;
    let service = deployment.services.iter().find(|service| same(&service.meta));
    let scheduled = deployment.scheduled_tasks.iter().find(|task| same(&task.meta));
    if let Some(service) = service {
        return definition(deployment, service);
    }
    if let Some(scheduled) = scheduled {
        return linked(deployment, &scheduled.task_definition_link);
    }
    deployment.task_definitions.iter().find(|definition| same(&definition.meta))
}

/// What containers cost: vCPU by their CPU units, memory by their reservation (else their limit), each of what
/// the task has. What none reserves, and what is billed for the task as a whole, are parts of their own.
fn shares(resource: &ResourceCost, task: &TaskDefinition) -> Vec<(String, Range)> {
    let cpu = reserved(task, &task.cpu, |container| &container.cpu);
    let memory = reserved(task, &task.memory, |container| {
        if container.memory_reservation.is_written() {
            &container.memory_reservation
        } else {
            &container.memory
        }
    });
    let mut found: Vec<(String, Range)> = Vec::new();
    let mut add = |name: String, monthly: Range| match found.iter_mut().find(|(known, _)| *known == name) {
        Some((_, sum)) => *sum += monthly,
        None => found.push((name, monthly)),
    };
    for component in &resource.components {
        let weights = match &*component.unit {
            "vCPU-hours" => &cpu,
            "GB-hours" if component.name.ends_with(" memory") => &memory,
            _ => {
                add("(the task as a whole)".to_owned(), component.monthly);
                continue;
            }
        };
        let mut rest = component.monthly;
        for (name, share) in weights {
            let part = component.monthly.times(*share);
            rest = Range {
                low: rest.low.saturating_sub(part.low),
                expected: rest.expected.saturating_sub(part.expected),
                high: rest.high.saturating_sub(part.high),
            };
            add(name.clone(), part);
        }
        let is_all = weights.iter().map(|(_, share)| *share).sum::<Decimal>().round_dp(12) == Decimal::ONE;
        match weights.last() {
            // What division leaves in the 28th digit.
            Some((name, _)) if is_all => add(name.clone(), rest),
            _ => add("(not reserved by a container)".to_owned(), rest),
        }
    }
    found
}

/// The share of the task that each container reserves, together at most 1. A task with one container is that container's.
fn reserved<'a>(
    task: &'a TaskDefinition,
    size: &Field<i64>,
    of: impl Fn(&'a Container) -> &'a Field<i64>,
) -> Vec<(String, Decimal)> {
    if !task.containers.is_closed() {
        return Vec::new();
    }
    let name = |container: &Container| {
        container.name.known().cloned().unwrap_or_else(|| "(name not known)".to_owned())
    };
    let containers: Vec<&Container> = task.containers.iter().collect();
    if let [only] = containers.as_slice() {
        return vec![(name(only), Decimal::ONE)];
    }
    let amounts: Vec<Decimal> = containers
        .iter()
        .map(|container| {
            of(container).known().map_or(Decimal::ZERO, |amount| Decimal::from((*amount).max(0)))
        })
        .collect();
    let sum: Decimal = amounts.iter().copied().sum();
    let whole = size.known().map_or(sum, |size| Decimal::from(*size)).max(sum);
    containers
        .iter()
        .zip(amounts)
        .filter_map(|(container, amount)| {
            let share = amount.checked_div(whole)?;
            (!share.is_zero()).then(|| (name(container), share))
        })
        .collect()
}
