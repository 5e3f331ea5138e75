//! Where a task definition runs: Fargate, EC2, external or managed instances. From its own
//! `requiresCompatibilities`, and from the services, schedules and capacity providers that run it.

use crate::model::schedule::ScheduledTask;
use crate::model::service::{CapacityProviderStrategy, Service};
use crate::model::task::TaskDefinition;
use crate::model::{Count, Deployment, Field, Items, Link, Meta, Tri};

/// A launch type as ECS names it (ECS API, `Compatibility`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Launch {
    Fargate,
    Ec2,
    External,
    ManagedInstances,
}

impl Launch {
    const ALL: [Self; 4] = [Self::Fargate, Self::Ec2, Self::External, Self::ManagedInstances];

    fn name(self) -> &'static str {
        match self {
            Self::Fargate => "FARGATE",
            Self::Ec2 => "EC2",
            Self::External => "EXTERNAL",
            Self::ManagedInstances => "MANAGED_INSTANCES",
        }
    }
}

/// Whether a task definition is meant for each launch type; several may hold.
#[derive(Debug, Clone)]
pub(crate) struct Launches([Tri; 4]);

impl Launches {
    fn new(of: impl Fn(Launch) -> Tri) -> Self {
        Self(Launch::ALL.map(of))
    }

    pub(crate) fn on(&self, launch: Launch) -> Tri {
        let [fargate, ec2, external, managed] = &self.0;
        match launch {
            Launch::Fargate => fargate,
            Launch::Ec2 => ec2,
            Launch::External => external,
            Launch::ManagedInstances => managed,
        }
        .clone()
    }

    pub(crate) fn fargate(&self) -> Tri {
        self.on(Launch::Fargate)
    }

    pub(crate) fn ec2(&self) -> Tri {
        self.on(Launch::Ec2)
    }
}

/// Where `task` is meant to run. A definition that names no compatibility and that nothing known runs
/// elsewhere counts as EC2, the default of the API.
pub(crate) fn of_task(deployment: &Deployment, task: &TaskDefinition) -> Launches {
    let users = users(deployment, task);
    let used_on = |launch| users.iter().map(|user| user.on(launch)).fold(Tri::No, Tri::or);
    let named = &task.requires_compatibilities;
    let names_some = named.is_empty().negate();
    Launches::new(|launch| {
        let named_here = named.any(|name| name.holds(false, |name| name.eq_ignore_ascii_case(launch.name())));
        // Naming Fargate and running on it both bring its demands; for the other types the own word counts
        // first, and the users' where there is none.
        match launch {
            Launch::Fargate => named_here.or(used_on(launch)),
            Launch::Ec2 if users.is_empty() => named_here.or(names_some.clone().negate()),
            _ => named_here.or(names_some.clone().negate().and(used_on(launch))),
        }
    })
}

/// Where a service's tasks run.
pub(crate) fn of_service(deployment: &Deployment, service: &Service) -> Launches {
    let cluster = service.cluster_link.to().and_then(|id| deployment.cluster(id));
    let elsewhere = match &service.cluster_link {
        Link::Unknown(causes) => Some(causes),
        _ => None,
    };
    Launches::new(|launch| {
        by_setting(deployment, launch, &service.launch_type, &service.strategy, || {
            match (cluster, elsewhere) {
                (Some(cluster), _) => by_strategy(deployment, launch, &cluster.default_strategy)
                    .or(cluster.default_strategy.is_empty().and((launch == Launch::Ec2).into())),
                (None, Some(causes)) => Tri::Maybe(causes.clone()),
                (None, None) => (launch == Launch::Ec2).into(),
            }
        })
    })
}

/// Where a schedule's tasks run.
pub(crate) fn of_schedule(deployment: &Deployment, schedule: &ScheduledTask) -> Launches {
    Launches::new(|launch| {
        by_setting(deployment, launch, &schedule.launch_type, &schedule.strategy, || {
            (launch == Launch::Ec2).into()
        })
    })
}

/// Services that run `task`.
pub(crate) fn services<'a>(
    deployment: &'a Deployment,
    task: &'a TaskDefinition,
) -> impl Iterator<Item = &'a Service> {
    let id = Deployment::id_of(&deployment.task_definitions, task);
    id.into_iter().flat_map(|id| deployment.services_of_task(id))
}

/// Schedules that run `task`.
pub(crate) fn schedules<'a>(
    deployment: &'a Deployment,
    task: &'a TaskDefinition,
) -> impl Iterator<Item = &'a ScheduledTask> {
    deployment
        .scheduled_tasks
        .iter()
        .filter(move |schedule| runs(deployment, &schedule.task_definition_link, task))
}

fn runs(
    deployment: &Deployment,
    link: &Link<crate::model::graph::TaskDefinitionId>,
    task: &TaskDefinition,
) -> bool {
    let linked = link.to().and_then(|id| deployment.task_definition(id));
    linked.is_some_and(|linked| std::ptr::eq(linked, task))
}

fn users(deployment: &Deployment, task: &TaskDefinition) -> Vec<Launches> {
    let services = services(deployment, task).map(|service| (&service.meta, of_service(deployment, service)));
    let schedules =
        schedules(deployment, task).map(|schedule| (&schedule.meta, of_schedule(deployment, schedule)));
    services
        .chain(schedules)
        .map(|(meta, launches)| Launches::new(|launch| exists(meta).and(launches.on(launch))))
        .collect()
}

/// Whether a resource exists at all.
fn exists(meta: &Meta) -> Tri {
    match &meta.count {
        Count::Between { low: 0, causes, .. } => Tri::Maybe(causes.clone()),
        Count::One | Count::Between { .. } => Tri::Yes,
    }
}

/// A launch type goes before a strategy, a strategy before the cluster's default (ECS API, `CreateService`).
fn by_setting(
    deployment: &Deployment,
    launch: Launch,
    launch_type: &Field<String>,
    strategy: &Items<CapacityProviderStrategy>,
    default: impl Fn() -> Tri,
) -> Tri {
    let named = launch_type.holds(false, |name| name.eq_ignore_ascii_case(launch.name()));
    let planned = by_strategy(deployment, launch, strategy);
    let neither = launch_type.is_set().negate().and(strategy.is_empty());
    if neither.is_no() { named.or(planned) } else { named.or(planned).or(neither.and(default())) }
}

fn by_strategy(deployment: &Deployment, launch: Launch, strategy: &Items<CapacityProviderStrategy>) -> Tri {
    strategy.any(|item| item.provider.holds(false, |name| provider_is(deployment, name, launch)))
}

/// `FARGATE` and `FARGATE_SPOT` are reserved names; of the others those that are declared tell their kind,
/// and the rest are Auto Scaling groups.
fn provider_is(deployment: &Deployment, name: &str, launch: Launch) -> bool {
    let kind = if matches!(name, "FARGATE" | "FARGATE_SPOT") {
        Launch::Fargate
    } else {
        let declared = deployment
            .capacity_providers
            .iter()
            .find(|provider| provider.name.known().is_some_and(|n| n == name));
        match declared {
            Some(provider) if provider.managed_instances.is_written() => Launch::ManagedInstances,
            _ => Launch::Ec2,
        }
    };
    kind == launch
}
