//! Which attributes conditions can ask of each kind of the model. The one place; the compiler holds it complete: a
//! public field of a model type that is neither listed nor hidden with a reason does not compile.

use super::view::{AsAttribute, Attribute, Fields, Follow, Kind, List, Model, Seen, Ty, Visit};
use crate::model::balancer::{
    Listener, ListenerAction, ListenerRule, LoadBalancer, TargetGroup, TargetGroupHealthCheck,
};
use crate::model::cache::Cache;
use crate::model::database::{Database, DatabaseCluster};
use crate::model::graph::Id;
use crate::model::iam::{Policy, PolicyAttachment, Role};
use crate::model::logs::LogGroup;
use crate::model::network::{
    ElasticIp, NatGateway, SecurityGroup, SecurityGroupRule, Subnet, Vpc, VpcEndpoint,
};
use crate::model::registry::{LifecyclePolicy, PullThroughCache, RegistryScanning, Repository, ScanningRule};
use crate::model::schedule::ScheduledTask;
use crate::model::secrets::{Parameter, Secret};
use crate::model::service::{
    CapacityProvider, CapacityProviderStrategy, CircuitBreaker, Cluster, ClusterCapacityProviders,
    DeploymentAlarms, ScalingTarget, Service, ServiceLoadBalancer, ServiceNetwork, TaskSet,
};
use crate::model::task::{
    Container, ContainerSecret, Dependency, EnvironmentVariable, HealthCheck, LogConfiguration, LogOption,
    PortMapping, TaskDefinition, Volume,
};
use crate::model::workflow::{
    Action, Command, Concurrency, Job, Permissions, Script, Step, Workflow, WorkflowVariable,
};
use crate::model::{Deployment, Field, Items, Link, Meta, Reference};
use crate::value::Origin;

/// `meta` of a node; parts have none.
macro_rules! meta_of {
    (node, $node:ident) => {
        Some(&$node.meta)
    };
    (maybe_node, $node:ident) => {
        $node.meta.as_ref()
    };
    ($part:ident, $node:ident) => {
        None
    };
}

macro_rules! is_node {
    (node) => {
        true
    };
    ($other:ident) => {
        false
    };
}

macro_rules! models {
    ($(
        $model:ident $name:literal $sort:ident
        [$($field:ident),*]
        $(secret [$($secret:ident),*])?
        $(maps [$($map:ident),*])?
        $(refers [$($reference:ident: $link:ident to $to:ident in $family:ident),*])?
        $(lists [$($list:ident: $links:ident to $each:ident in $of:ident),*])?
        $(joined [$($joined:ident to $joins:ident in $joins_in:ident),*])?
        hides [$($hidden:ident),*];
    )*) => {$(
        impl Fields for $model {
            fn kind(&self) -> &'static Kind {
                Self::KIND
            }

            #[allow(unused_variables, reason = "a kind may have neither references nor constants")]
            fn attribute<'a>(&'a self, at: usize, owner: &Origin, deployment: &'a Deployment) -> Seen<'a> {
                // A new field of the model must be listed here.
                let Self {
                    $($field,)* $($($secret,)*)? $($($map,)*)? $($($reference, $link,)*)? $($($list, $links,)*)?
                    $($($joined,)*)? $($hidden: _,)*
                } = self;
                #[allow(non_camel_case_types, dead_code, clippy::upper_case_acronyms)]
                enum Position {
                    $($field,)* $($($secret,)*)? $($($map,)*)? $($($reference,)*)? $($($list,)*)? $($($joined,)*)?
                }
                $(if at == Position::$field as usize {
                    return $field.seen(owner);
                })*
                $($(if at == Position::$secret as usize {
                    return $secret.seen(owner);
                })*)?
                $($(if at == Position::$map as usize {
                    return $map.as_slice().seen(owner);
                })*)?
                $($(if at == Position::$reference as usize {
                    return Seen::Reference($reference, follow($link, &deployment.$family));
                })*)?
                $($(if at == Position::$list as usize {
                    return references($list, $links, &deployment.$of);
                })*)?
                $($(if at == Position::$joined as usize {
                    return joined($joined, &deployment.$joins_in, owner);
                })*)?
                Seen::Absent(owner.clone())
            }

            #[allow(unused_variables, reason = "a kind may have no links")]
            fn visit_links<'a>(&'a self, deployment: &'a Deployment, visit: &mut Visit<'_, 'a>) {
                $(AsAttribute::visit_links(&self.$field, deployment, visit);)*
                $($(visit($to::KIND, follow(&self.$link, &deployment.$family));)*)?
                $($(for link in &self.$links {
                    visit($each::KIND, follow(link, &deployment.$of));
                })*)?
                $($(for id in &self.$joined {
                    if let Some(node) = deployment.$joins_in.get(id.index()) {
                        visit($joins::KIND, Follow::To(node));
                    }
                })*)?
            }

            fn meta(&self) -> Option<&Meta> {
                meta_of!($sort, self)
            }

            fn origin(&self) -> Option<&Origin> {
                place_of!($sort, self)
            }
        }

        impl Model for $model {
            const KIND: &'static Kind = &Kind {
                name: $name,
                is_node: is_node!($sort),
                attributes: &[
                    $(plain(stringify!($field), ty(|node: &$model| &node.$field)),)*
                    $($(Attribute {
                        secret: true,
                        ..plain(stringify!($secret), ty(|node: &$model| &node.$secret))
                    },)*)?
                    $($(plain(stringify!($map), Ty::Map),)*)?
                    $($(Attribute {
                        target: Some($to::described),
                        ..plain(stringify!($reference), Ty::Reference)
                    },)*)?
                    $($(Attribute {
                        target: Some($each::described),
                        ..plain(stringify!($list), Ty::List(&Ty::Reference))
                    },)*)?
                    $($(plain(stringify!($joined), Ty::List(&Ty::Object($joins::described))),)*)?
                ],
            };
        }

        impl AsAttribute for $model {
            const TY: Ty = Ty::Object(<$model as Model>::described);

            fn seen<'a>(&'a self, owner: &Origin) -> Seen<'a> {
                Seen::Object(self, Fields::origin(self).unwrap_or(owner).clone())
            }

            fn visit_links<'a>(&'a self, deployment: &'a Deployment, visit: &mut Visit<'_, 'a>) {
                Fields::visit_links(self, deployment, visit);
            }
        }
    )*};
}

/// Parts without a place of their own are `bare`.
macro_rules! place_of {
    (node, $node:ident) => {
        Some(&$node.meta.origin)
    };
    (bare, $node:ident) => {
        None
    };
    ($part:ident, $node:ident) => {
        Some(&$node.origin)
    };
}

const fn plain(name: &'static str, ty: Ty) -> Attribute {
    Attribute { name, ty, target: None, secret: false }
}

/// The type of a field, from how it is read.
const fn ty<M, F: AsAttribute>(_: fn(&M) -> &F) -> Ty {
    F::TY
}

fn follow<'a, I: Id, N: Fields>(link: &'a Link<I>, family: &'a [N]) -> Follow<'a> {
    match link {
        Link::To(id) => family.get(id.index()).map_or(Follow::Absent, |node| Follow::To(node)),
        Link::NotFound(name) => Follow::NotFound(name),
        Link::Unknown(causes) => Follow::Unknown(causes),
        Link::Absent => Follow::Absent,
    }
}

fn references<'a, I: Id, N: Fields>(
    items: &'a Items<Field<Reference>>,
    links: &'a [Link<I>],
    family: &'a [N],
) -> Seen<'a> {
    let Seen::List(mut list) = items.seen(&items.origin) else { return Seen::Absent(items.origin.clone()) };
    for (item, link) in list.items.iter_mut().zip(links) {
        if let Seen::Reference(_, to) = item {
            *to = follow(link, family);
        }
    }
    Seen::List(list)
}

fn joined<'a, I: Id, N: Model + AsAttribute>(ids: &[I], family: &'a [N], owner: &Origin) -> Seen<'a> {
    let items: Vec<Seen<'a>> =
        ids.iter().filter_map(|id| family.get(id.index())).map(|node| node.seen(owner)).collect();
    Seen::List(List { absent: items.is_empty(), items, open: None, origin: owner.clone() })
}

// `hides`: places, links that a reference leads through, and what only other parts of Plimsoll read.
models! {
    TaskDefinition "task-definition" node
        [family, cpu, memory, network_mode, requires_compatibilities, operating_system, cpu_architecture,
         ephemeral_storage, pid_mode, ipc_mode, volumes, placement_constraints, containers, file]
        refers [execution_role: execution_role_link to Role in roles, task_role: task_role_link to Role in roles]
        hides [meta, read_only_fields];
    Volume "volume" part [name, host_path, docker, efs] hides [origin];
    Container "container" part
        [name, image, cpu, memory, memory_reservation, essential, command, entry_point, environment,
         environment_files, secrets, repository_credentials, health_check, log, ports, privileged, readonly_root,
         user, depends_on, stop_timeout, firelens, added_capabilities]
        maps [other_fields]
        refers [image_source: image_repository to Repository in repositories]
        hides [origin, image_tag, environment_file_names, docker_labels];
    EnvironmentVariable "environment-variable" part [name] secret [value] hides [origin];
    ContainerSecret "container-secret" part [name, value_from] hides [origin];
    HealthCheck "health-check" part [command, interval, timeout, retries, start_period] hides [origin];
    LogOption "log-option" bare [key, reference] secret [value] hides [];
    PortMapping "port-mapping" part [container_port, host_port, protocol] hides [origin];
    Dependency "dependency" bare [container, condition] hides [];

    Service "service" node
        [name, desired_count, launch_type, strategy, platform_version, scheduling_strategy, deployment_controller,
         deployment_strategy, maximum_percent, minimum_healthy_percent, circuit_breaker, deployment_alarms,
         availability_zone_rebalancing, health_check_grace_period, load_balancers, lattice, network,
         wait_for_steady_state, force_new_deployment]
        refers [cluster: cluster_link to Cluster in clusters,
                task_definition: task_definition_link to TaskDefinition in task_definitions]
        joined [scaling to ScalingTarget in scaling_targets]
        hides [meta, volumes];
    CircuitBreaker "circuit-breaker" part [enable, rollback] hides [origin];
    DeploymentAlarms "deployment-alarms" part [enable, rollback] hides [origin];
    CapacityProviderStrategy "capacity-provider-strategy" part [provider, weight, base] hides [origin];
    ServiceLoadBalancer "service-load-balancer" part
        [container_name, container_port, test_listener_rule]
        refers [target_group: target_group_link to TargetGroup in target_groups]
        hides [origin];
    ServiceNetwork "service-network" part
        [assign_public_ip]
        lists [subnets: subnet_links to Subnet in subnets,
               security_groups: security_group_links to SecurityGroup in security_groups]
        hides [origin];
    Cluster "cluster" node [name, container_insights, capacity_providers, default_strategy] hides [meta];
    CapacityProvider "capacity-provider" node [name, managed_instances] hides [meta, group, group_link];
    ClusterCapacityProviders "cluster-capacity-providers" node
        [cluster, capacity_providers, default_strategy] hides [meta];
    TaskSet "task-set" node [network] hides [meta];
    ScalingTarget "scaling-target" node
        [service_namespace, resource_id, scalable_dimension, min_capacity, max_capacity]
        hides [meta, service_addresses];
    ScheduledTask "scheduled-task" node
        [rule, expression, enabled, task_count, launch_type, strategy, network, platform_version]
        refers [task_definition: task_definition_link to TaskDefinition in task_definitions]
        hides [meta];

    LoadBalancer "load-balancer" node
        [name, kind, internal, subnet_mappings, ip_address_type, cross_zone]
        lists [subnets: subnet_links to Subnet in subnets,
               security_groups: security_group_links to SecurityGroup in security_groups]
        hides [meta];
    Listener "listener" node
        [port, protocol, certificate, ssl_policy, default_actions, rules]
        refers [load_balancer: load_balancer_link to LoadBalancer in load_balancers]
        hides [meta];
    ListenerRule "listener-rule" node [listener, actions] hides [meta];
    ListenerAction "listener-action" part
        [kind, redirect_protocol]
        lists [target_groups: target_group_links to TargetGroup in target_groups]
        hides [origin];
    TargetGroup "target-group" node
        [name, port, protocol, target_type, health_check, deregistration_delay] hides [meta];
    TargetGroupHealthCheck "target-group-health-check" part
        [enabled, interval, unhealthy_threshold, path] hides [origin];

    Database "database" node
        [identifier, engine, engine_version, class, license_model, lifecycle_support, multi_az, storage_type,
         allocated_storage, max_allocated_storage, iops, throughput, backup_retention, deletion_protection,
         publicly_accessible, storage_encrypted, replicate_source, snapshot, restore, write_only_password,
         manage_master_user_password, performance_insights, performance_insights_retention, insights_mode, subnet_group]
        secret [password]
        refers [cluster: cluster_link to DatabaseCluster in database_clusters]
        lists [security_groups: security_group_links to SecurityGroup in security_groups]
        hides [meta];
    DatabaseCluster "database-cluster" node
        [global, identifier, engine, engine_mode, engine_version, instance_class, storage_type, allocated_storage,
         iops, backup_retention, deletion_protection, storage_encrypted, publicly_accessible, replication_source,
         snapshot, restore, global_cluster, write_only_password, manage_master_user_password, serverless_min,
         serverless_max, lifecycle_support, backtrack]
        secret [password]
        lists [security_groups: security_group_links to SecurityGroup in security_groups]
        hides [meta];
    Cache "cache" node
        [engine, engine_version, node_type, shape, transit_encryption, at_rest_encryption, snapshot_retention,
         replication_group]
        lists [security_groups: security_group_links to SecurityGroup in security_groups]
        hides [meta];

    Vpc "vpc" node [cidr] hides [meta];
    Subnet "subnet" node
        [cidr, availability_zone, map_public_ip] refers [vpc: vpc_link to Vpc in vpcs] hides [meta];
    SecurityGroup "security-group" node
        [name, ingress, egress] refers [vpc: vpc_link to Vpc in vpcs] hides [meta];
    SecurityGroupRule "security-group-rule" maybe_node
        [direction, protocol, from_port, to_port, ipv4, ipv6, prefix_lists, source_groups, from_self]
        refers [group: group_link to SecurityGroup in security_groups]
        hides [meta, origin];
    NatGateway "nat-gateway" node
        [connectivity]
        refers [subnet: subnet_link to Subnet in subnets, allocation: allocation_link to ElasticIp in elastic_ips]
        hides [meta];
    ElasticIp "elastic-ip" node [instance, network_interface] hides [meta];
    VpcEndpoint "vpc-endpoint" node
        [service_name, kind, subnets]
        refers [vpc: vpc_link to Vpc in vpcs]
        lists [security_groups: security_group_links to SecurityGroup in security_groups]
        hides [meta];

    Repository "repository" node
        [name, tag_mutability, exclusion_filters, scan_on_push, lifecycle_policies] hides [meta];
    LifecyclePolicy "lifecycle-policy" node [repository] hides [meta];
    RegistryScanning "registry-scanning" node [scan_type, rules] hides [meta];
    ScanningRule "scanning-rule" bare [frequency, filters] hides [];
    PullThroughCache "pull-through-cache" node [prefix] hides [meta];
    LogGroup "log-group" node [name, name_prefix, retention, class] hides [meta];
    Secret "secret" node [name, replicas] hides [meta];
    Parameter "parameter" node [name, kind, tier] secret [value] hides [meta];
    Role "role" node [name, trust, managed_policies] hides [meta];
    Policy "policy" node [role, document] hides [meta];
    PolicyAttachment "policy-attachment" node [role, policy] hides [meta];

    Workflow "workflow" node [name, triggers, env, permissions, concurrency, jobs] hides [meta];
    WorkflowVariable "workflow-variable" bare [name, contexts] secret [value] hides [name_span];
    Permissions "permissions" part [all] maps [scopes] hides [origin];
    Concurrency "concurrency" part [group, cancel_in_progress] hides [origin];
    Job "job" part
        [id, name, needs, condition, environment, env, permissions, concurrency, timeout_minutes, uses, steps]
        hides [origin];
    Step "step" part [id, name, condition, env, action, run, task_environment] hides [origin];
    Action "action" part [name, version, inputs] hides [origin];
    Script "script" part [commands, readable] hides [origin, heredocs];
    Command "command" part [words] hides [origin, json];
}

/// Built by hand: its one link is no field beside a reference.
impl Fields for LogConfiguration {
    fn kind(&self) -> &'static Kind {
        Self::KIND
    }

    fn attribute<'a>(&'a self, at: usize, owner: &Origin, _: &'a Deployment) -> Seen<'a> {
        let Self { origin: _, driver, options, secret_options, group: _ } = self;
        match at {
            0 => driver.seen(owner),
            1 => options.seen(owner),
            _ => secret_options.seen(owner),
        }
    }

    fn visit_links<'a>(&'a self, deployment: &'a Deployment, visit: &mut Visit<'_, 'a>) {
        visit(LogGroup::KIND, follow(&self.group, &deployment.log_groups));
    }

    fn meta(&self) -> Option<&Meta> {
        None
    }

    fn origin(&self) -> Option<&Origin> {
        Some(&self.origin)
    }
}

impl Model for LogConfiguration {
    const KIND: &'static Kind = &Kind {
        name: "log-configuration",
        is_node: false,
        attributes: &[
            plain("driver", Ty::Text),
            plain("options", Ty::List(&Ty::Object(LogOption::described))),
            plain("secret_options", Ty::List(&Ty::Object(ContainerSecret::described))),
        ],
    };
}

/// Gives a kind; a function, so that kinds can lead to each other in circles.
type KindOf = fn() -> &'static Kind;

/// A kind that rules can select.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Selectable {
    pub(crate) kind: KindOf,
    /// The node a part belongs to, as conditions name it.
    pub(crate) parent: Option<(&'static str, KindOf)>,
    pub(crate) nodes: Nodes,
}

/// Where the nodes of a kind are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Nodes {
    Family(for<'a> fn(&'a Deployment, &mut dyn FnMut(&'a dyn Fields))),
    Containers,
    SecurityGroupRules,
    Jobs,
    Steps,
}

macro_rules! selectable {
    ($($model:ident in $family:ident),* $(,)?) => {
        &[
            $(Selectable {
                kind: $model::described,
                parent: None,
                nodes: Nodes::Family(|deployment, each| {
                    deployment.$family.iter().for_each(|node| each(node));
                }),
            },)*
            Selectable {
                kind: Container::described,
                parent: Some(("task", TaskDefinition::described)),
                nodes: Nodes::Containers,
            },
            Selectable {
                kind: SecurityGroupRule::described,
                parent: Some(("security_group", SecurityGroup::described)),
                nodes: Nodes::SecurityGroupRules,
            },
            Selectable {
                kind: Job::described,
                parent: Some(("workflow", Workflow::described)),
                nodes: Nodes::Jobs,
            },
            Selectable { kind: Step::described, parent: Some(("job", Job::described)), nodes: Nodes::Steps },
        ]
    };
}

/// Every kind that a rule can select or ask for a connection to.
pub(crate) const SELECTABLE: &[Selectable] = selectable![
    TaskDefinition in task_definitions,
    Service in services,
    Cluster in clusters,
    CapacityProvider in capacity_providers,
    ClusterCapacityProviders in cluster_capacity_providers,
    TaskSet in task_sets,
    ScalingTarget in scaling_targets,
    ScheduledTask in scheduled_tasks,
    LoadBalancer in load_balancers,
    Listener in listeners,
    ListenerRule in listener_rules,
    TargetGroup in target_groups,
    Database in databases,
    DatabaseCluster in database_clusters,
    Cache in caches,
    Vpc in vpcs,
    Subnet in subnets,
    SecurityGroup in security_groups,
    NatGateway in nat_gateways,
    ElasticIp in elastic_ips,
    VpcEndpoint in vpc_endpoints,
    Repository in repositories,
    LifecyclePolicy in lifecycle_policies,
    RegistryScanning in registry_scanning,
    PullThroughCache in pull_through_caches,
    LogGroup in log_groups,
    Secret in secrets,
    Parameter in parameters,
    Role in roles,
    Policy in policies,
    PolicyAttachment in policy_attachments,
    Workflow in workflows,
];

/// The kind of that name.
pub(crate) fn selectable(name: &str) -> Option<&'static Selectable> {
    SELECTABLE.iter().find(|selectable| (selectable.kind)().name == name)
}

/// Names of all kinds.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    SELECTABLE.iter().map(|selectable| (selectable.kind)().name)
}
