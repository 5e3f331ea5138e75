//! All nodes of a deployment, and how one finds another.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::balancer::{Listener, ListenerRule, LoadBalancer, TargetGroup};
use super::budget::Budget;
use super::cache::Cache;
use super::compute::{AutoScalingGroup, Instance, LaunchTemplate, Volume};
use super::database::{Database, DatabaseCluster, DatabaseProxy, DatabaseProxyTarget};
use super::dns::{DiscoveryInstance, DiscoveryService, HealthCheck, ResolverEndpoint, Zone};
use super::iam::{Policy, PolicyAttachment, Role};
use super::keys::Key;
use super::logs::LogGroup;
use super::messaging::{EventBus, Queue, Topic};
use super::monitoring::{Alarm, Dashboard, MetricFilter};
use super::network::{ElasticIp, NatGateway, SecurityGroup, SecurityGroupRule, Subnet, Vpc, VpcEndpoint};
use super::registry::{LifecyclePolicy, PullThroughCache, RegistryScanning, Repository};
use super::schedule::ScheduledTask;
use super::secrets::{Parameter, PasswordUrl, Secret};
use super::service::{
    CapacityProvider, Cluster, ClusterCapacityProviders, ScalingTarget, ScheduledAction, Service, TaskSet,
};
use super::storage::{Bucket, FileSystem};
use super::task::TaskDefinition;
use super::workflow::Workflow;
use super::{Link, Meta, MissingModule, Other, RawResource, Reference};

/// Index of a node in its family.
pub trait Id: Copy {
    fn new(index: usize) -> Self;
    fn index(self) -> usize;
}

macro_rules! families {
    ($($(#[$doc:meta])* $field:ident: $node:ty, $id:ident, $get:ident;)*) => {
        $(
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $id(u32);

            impl Id for $id {
                fn new(index: usize) -> Self {
                    Self(u32::try_from(index).unwrap_or(u32::MAX))
                }

                fn index(self) -> usize {
                    self.0 as usize
                }
            }
        )*

        /// The deployment graph. Nodes of a family stand in order of discovery; links are indices.
        #[derive(Debug, Clone, Default)]
        pub struct Deployment {
            $($(#[$doc])* pub $field: Vec<$node>,)*
            /// Rules that are resources of their own; inline ones are in their groups.
            pub security_group_rules: Vec<SecurityGroupRule>,
            pub listener_rules: Vec<ListenerRule>,
            pub task_sets: Vec<TaskSet>,
            pub lifecycle_policies: Vec<LifecyclePolicy>,
            pub registry_scanning: Vec<RegistryScanning>,
            pub pull_through_caches: Vec<PullThroughCache>,
            pub policies: Vec<Policy>,
            pub policy_attachments: Vec<PolicyAttachment>,
            pub cluster_capacity_providers: Vec<ClusterCapacityProviders>,
            pub password_urls: Vec<PasswordUrl>,
            /// Resources that no family models.
            pub others: Vec<Other>,
            /// Arguments of the resources whose types were asked for; the resources are also nodes of their families.
            pub resources: Vec<RawResource>,
            pub missing_modules: Vec<MissingModule>,
            pub units: Vec<UnitInfo>,
            /// What data sources read, by address: the name or the resource that their arguments give.
            pub data_sources: HashMap<(Unit, Arc<str>), Reference>,
            pub(super) users: OnceLock<Users>,
        }

        impl Deployment {
            /// The nodes of several deployments that are not linked yet, one after the other.
            #[must_use]
            pub fn of_parts(mut parts: Vec<Self>) -> Self {
                if parts.len() < 2 {
                    return parts.pop().unwrap_or_default();
                }
                macro_rules! all {
                    ($list:ident) => {{
                        let mut all = Vec::with_capacity(parts.iter().map(|part| part.$list.len()).sum());
                        parts.iter_mut().for_each(|part| all.extend(std::mem::take(&mut part.$list)));
                        all
                    }};
                }
                Self {
                    $($field: all!($field),)*
                    security_group_rules: all!(security_group_rules),
                    listener_rules: all!(listener_rules),
                    task_sets: all!(task_sets),
                    lifecycle_policies: all!(lifecycle_policies),
                    registry_scanning: all!(registry_scanning),
                    pull_through_caches: all!(pull_through_caches),
                    policies: all!(policies),
                    policy_attachments: all!(policy_attachments),
                    cluster_capacity_providers: all!(cluster_capacity_providers),
                    others: all!(others),
                    resources: all!(resources),
                    missing_modules: all!(missing_modules),
                    units: all!(units),
                    password_urls: all!(password_urls),
                    data_sources: parts.iter_mut().flat_map(|part| part.data_sources.drain()).collect(),
                    users: OnceLock::new(),
                }
            }

            $(
                #[must_use]
                pub fn $get(&self, id: $id) -> Option<&$node> {
                    self.$field.get(id.index())
                }
            )*

            /// Every node's common part, in order of family.
            pub fn metas(&self) -> impl Iterator<Item = &Meta> {
                std::iter::empty()
                    $(.chain(self.$field.iter().map(|node| &node.meta)))*
                    .chain(self.security_group_rules.iter().filter_map(|rule| rule.meta.as_ref()))
                    .chain(self.listener_rules.iter().map(|node| &node.meta))
                    .chain(self.task_sets.iter().map(|node| &node.meta))
                    .chain(self.lifecycle_policies.iter().map(|node| &node.meta))
                    .chain(self.registry_scanning.iter().map(|node| &node.meta))
                    .chain(self.pull_through_caches.iter().map(|node| &node.meta))
                    .chain(self.policies.iter().map(|node| &node.meta))
                    .chain(self.policy_attachments.iter().map(|node| &node.meta))
                    .chain(self.cluster_capacity_providers.iter().map(|node| &node.meta))
                    .chain(self.others.iter().map(|node| &node.meta))
            }

            /// The same, to be completed.
            pub fn metas_mut(&mut self) -> impl Iterator<Item = &mut Meta> {
                std::iter::empty()
                    $(.chain(self.$field.iter_mut().map(|node| &mut node.meta)))*
                    .chain(self.security_group_rules.iter_mut().filter_map(|rule| rule.meta.as_mut()))
                    .chain(self.listener_rules.iter_mut().map(|node| &mut node.meta))
                    .chain(self.task_sets.iter_mut().map(|node| &mut node.meta))
                    .chain(self.resources.iter_mut().map(|node| &mut node.meta))
                    .chain(self.lifecycle_policies.iter_mut().map(|node| &mut node.meta))
                    .chain(self.registry_scanning.iter_mut().map(|node| &mut node.meta))
                    .chain(self.pull_through_caches.iter_mut().map(|node| &mut node.meta))
                    .chain(self.policies.iter_mut().map(|node| &mut node.meta))
                    .chain(self.policy_attachments.iter_mut().map(|node| &mut node.meta))
                    .chain(self.cluster_capacity_providers.iter_mut().map(|node| &mut node.meta))
                    .chain(self.others.iter_mut().map(|node| &mut node.meta))
            }
        }
    };
}

families! {
    task_definitions: TaskDefinition, TaskDefinitionId, task_definition;
    services: Service, ServiceId, service;
    clusters: Cluster, ClusterId, cluster;
    capacity_providers: CapacityProvider, CapacityProviderId, capacity_provider;
    scaling_targets: ScalingTarget, ScalingTargetId, scaling_target;
    scheduled_tasks: ScheduledTask, ScheduledTaskId, scheduled_task;
    load_balancers: LoadBalancer, LoadBalancerId, load_balancer;
    listeners: Listener, ListenerId, listener;
    target_groups: TargetGroup, TargetGroupId, target_group;
    databases: Database, DatabaseId, database;
    database_clusters: DatabaseCluster, DatabaseClusterId, database_cluster;
    caches: Cache, CacheId, cache;
    vpcs: Vpc, VpcId, vpc;
    subnets: Subnet, SubnetId, subnet;
    security_groups: SecurityGroup, SecurityGroupId, security_group;
    nat_gateways: NatGateway, NatGatewayId, nat_gateway;
    elastic_ips: ElasticIp, ElasticIpId, elastic_ip;
    vpc_endpoints: VpcEndpoint, VpcEndpointId, vpc_endpoint;
    repositories: Repository, RepositoryId, repository;
    log_groups: LogGroup, LogGroupId, log_group;
    secrets: Secret, SecretId, secret;
    parameters: Parameter, ParameterId, parameter;
    roles: Role, RoleId, role;
    workflows: Workflow, WorkflowId, workflow;
    budgets: Budget, BudgetId, budget;
    alarms: Alarm, AlarmId, alarm;
    dashboards: Dashboard, DashboardId, dashboard;
    metric_filters: MetricFilter, MetricFilterId, metric_filter;
    zones: Zone, ZoneId, zone;
    health_checks: HealthCheck, HealthCheckId, health_check;
    resolver_endpoints: ResolverEndpoint, ResolverEndpointId, resolver_endpoint;
    discovery_services: DiscoveryService, DiscoveryServiceId, discovery_service;
    discovery_instances: DiscoveryInstance, DiscoveryInstanceId, discovery_instance;
    file_systems: FileSystem, FileSystemId, file_system;
    buckets: Bucket, BucketId, bucket;
    queues: Queue, QueueId, queue;
    topics: Topic, TopicId, topic;
    event_buses: EventBus, EventBusId, event_bus;
    keys: Key, KeyId, key;
    database_proxies: DatabaseProxy, DatabaseProxyId, database_proxy;
    database_proxy_targets: DatabaseProxyTarget, DatabaseProxyTargetId, database_proxy_target;
    launch_templates: LaunchTemplate, LaunchTemplateId, launch_template;
    instances: Instance, InstanceId, instance;
    auto_scaling_groups: AutoScalingGroup, AutoScalingGroupId, auto_scaling_group;
    volumes: Volume, VolumeId, volume;
    scheduled_actions: ScheduledAction, ScheduledActionId, scheduled_action;
}

/// A root module, or the raw files of the scan together: links are looked for inside a unit first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit(pub u32);

#[derive(Debug, Clone)]
pub struct UnitInfo {
    /// Directory of the root module as shown; empty for raw files.
    pub name: Arc<str>,
}

/// Nodes of one family by the addresses and names that others use for them.
#[derive(Debug)]
pub struct Index<I> {
    by_address: HashMap<(Unit, Arc<str>), I>,
    by_name: HashMap<Arc<str>, Vec<(Unit, I)>>,
}

impl<I> Default for Index<I> {
    fn default() -> Self {
        Self { by_address: HashMap::new(), by_name: HashMap::new() }
    }
}

impl<I: Id> Index<I> {
    pub fn add_address(&mut self, unit: Unit, address: Arc<str>, id: I) {
        self.by_address.insert((unit, address), id);
    }

    pub fn add_name(&mut self, unit: Unit, name: Arc<str>, id: I) {
        self.by_name.entry(name).or_default().push((unit, id));
    }

    #[must_use]
    pub fn address(&self, unit: Unit, address: &str) -> Option<I> {
        self.by_address.get(&(unit, Arc::from(address))).copied()
    }

    /// Every node of that name, with its unit.
    #[must_use]
    pub fn named(&self, name: &str) -> &[(Unit, I)] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// The node of that name: in the same unit, else the only one elsewhere.
    #[must_use]
    pub fn name(&self, unit: Unit, name: &str) -> Option<I> {
        let found = self.by_name.get(name)?;
        if let Some((_, id)) = found.iter().rev().find(|(of, _)| *of == unit) {
            return Some(*id);
        }
        match found.as_slice() {
            [(_, id)] => Some(*id),
            _ => None,
        }
    }
}

/// Links followed backwards: worked out when a rule first asks, when the graph is complete.
#[derive(Debug, Clone, Default)]
pub(super) struct Users {
    services_of_task: HashMap<TaskDefinitionId, Vec<ServiceId>>,
    services_in_group: HashMap<SecurityGroupId, Vec<ServiceId>>,
    others_of_kind: HashMap<Arc<str>, Vec<usize>>,
}

impl Users {
    fn of(deployment: &Deployment) -> Self {
        let mut users = Self::default();
        for (at, service) in deployment.services.iter().enumerate() {
            let id = ServiceId::new(at);
            if let Some(task) = service.task_definition_link.to() {
                users.services_of_task.entry(task).or_default().push(id);
            }
            let links = service.network.known().map(|network| network.security_group_links.iter());
            for group in links.into_iter().flatten().filter_map(Link::to) {
                let services = users.services_in_group.entry(group).or_default();
                if services.last() != Some(&id) {
                    services.push(id);
                }
            }
        }
        for (at, other) in deployment.others.iter().enumerate() {
            users.others_of_kind.entry(other.meta.kind.clone()).or_default().push(at);
        }
        users
    }
}

impl Deployment {
    fn users(&self) -> &Users {
        self.users.get_or_init(|| Users::of(self))
    }

    /// Services that certainly run a task definition, in order.
    pub fn services_of_task(&self, id: TaskDefinitionId) -> impl Iterator<Item = &Service> {
        let found = self.users().services_of_task.get(&id);
        found.into_iter().flatten().filter_map(|id| self.service(*id))
    }

    /// Services whose tasks certainly have a security group, in order.
    pub fn services_in_group(&self, id: SecurityGroupId) -> impl Iterator<Item = &Service> {
        let found = self.users().services_in_group.get(&id);
        found.into_iter().flatten().filter_map(|id| self.service(*id))
    }

    /// Resources of one kind that no family models.
    pub fn others_of_kind(&self, kind: &str) -> impl Iterator<Item = &Other> {
        let found = self.users().others_of_kind.get(kind);
        found.into_iter().flatten().filter_map(|at| self.others.get(*at))
    }

    /// The id of a node that is borrowed from `nodes`.
    #[must_use]
    pub fn id_of<T, I: Id>(nodes: &[T], node: &T) -> Option<I> {
        let distance = std::ptr::from_ref(node).addr().checked_sub(nodes.as_ptr().addr())?;
        let at = distance.checked_div(size_of::<T>())?;
        nodes.get(at).filter(|found| std::ptr::eq(*found, node)).map(|_| I::new(at))
    }
}
