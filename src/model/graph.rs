//! All nodes of a deployment, and how one finds another.

use std::collections::HashMap;
use std::sync::Arc;

use super::balancer::{Listener, ListenerRule, LoadBalancer, TargetGroup};
use super::cache::Cache;
use super::database::{Database, DatabaseCluster};
use super::iam::{Policy, PolicyAttachment, Role};
use super::logs::LogGroup;
use super::network::{ElasticIp, NatGateway, SecurityGroup, SecurityGroupRule, Subnet, Vpc, VpcEndpoint};
use super::registry::{LifecyclePolicy, PullThroughCache, RegistryScanning, Repository};
use super::schedule::ScheduledTask;
use super::secrets::{Parameter, Secret};
use super::service::{CapacityProvider, Cluster, ClusterCapacityProviders, ScalingTarget, Service, TaskSet};
use super::task::TaskDefinition;
use super::workflow::Workflow;
use super::{Meta, MissingModule, Other, Reference};

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
        #[derive(Debug, Default)]
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
            /// Resources that no family models.
            pub others: Vec<Other>,
            pub missing_modules: Vec<MissingModule>,
            pub units: Vec<UnitInfo>,
            /// What data sources read, by address: the name or the resource that their arguments give.
            pub data_sources: HashMap<(Unit, Arc<str>), Reference>,
        }

        impl Deployment {
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
