//! ECS clusters, services and their scaling. Sources: ECS API `CreateService`, Application Auto Scaling
//! `RegisterScalableTarget`.

use super::compute::Disk;
use super::graph::{
    AutoScalingGroupId, ClusterId, ScalingTargetId, SecurityGroupId, SubnetId, TargetGroupId,
    TaskDefinitionId,
};
use super::{Field, Items, Link, Meta, Reference};
use crate::value::Origin;

#[derive(Debug, Clone)]
pub struct Cluster {
    pub meta: Meta,
    pub name: Field<String>,
    /// Value of the `containerInsights` setting: `enabled`, `enhanced`, `disabled`.
    pub container_insights: Field<String>,
    pub capacity_providers: Items<Field<String>>,
    pub default_strategy: Items<CapacityProviderStrategy>,
}

/// `aws_ecs_capacity_provider`: where tasks run that name it in a strategy.
#[derive(Debug, Clone)]
pub struct CapacityProvider {
    pub meta: Meta,
    pub name: Field<String>,
    /// `managed_instances_provider` is present; otherwise it is an Auto Scaling group of EC2 instances.
    pub managed_instances: Field<()>,
    pub group: Field<Reference>,
    pub group_link: Link<AutoScalingGroupId>,
}

/// `aws_ecs_cluster_capacity_providers`, before it is joined to its cluster.
#[derive(Debug, Clone)]
pub struct ClusterCapacityProviders {
    pub meta: Meta,
    pub cluster: Field<Reference>,
    pub capacity_providers: Items<Field<String>>,
    pub default_strategy: Items<CapacityProviderStrategy>,
}

#[derive(Debug, Clone)]
pub struct Service {
    pub meta: Meta,
    pub name: Field<String>,
    pub cluster: Field<Reference>,
    pub cluster_link: Link<ClusterId>,
    pub task_definition: Field<Reference>,
    pub task_definition_link: Link<TaskDefinitionId>,
    /// Tasks; an absent count is 1 in the API and 0 in Terraform's provider.
    pub desired_count: Field<i64>,
    /// `FARGATE`, `EC2`, `EXTERNAL`.
    pub launch_type: Field<String>,
    pub strategy: Items<CapacityProviderStrategy>,
    pub platform_version: Field<String>,
    /// `REPLICA` (where absent) or `DAEMON`.
    pub scheduling_strategy: Field<String>,
    /// `ECS` (where absent), `CODE_DEPLOY`, `EXTERNAL`.
    pub deployment_controller: Field<String>,
    /// `ROLLING` (where absent), `BLUE_GREEN`, `LINEAR`, `CANARY`.
    pub deployment_strategy: Field<String>,
    /// Percent; 200 where absent (100 for DAEMON).
    pub maximum_percent: Field<i64>,
    /// Percent; 100 where absent (0 for DAEMON).
    pub minimum_healthy_percent: Field<i64>,
    pub circuit_breaker: Field<CircuitBreaker>,
    pub deployment_alarms: Field<DeploymentAlarms>,
    /// `ENABLED` or `DISABLED`.
    pub availability_zone_rebalancing: Field<String>,
    /// Seconds.
    pub health_check_grace_period: Field<i64>,
    pub load_balancers: Items<ServiceLoadBalancer>,
    /// VPC Lattice configurations.
    pub lattice: Items<Origin>,
    pub network: Field<ServiceNetwork>,
    /// EBS volumes that ECS makes for each task.
    pub volumes: Items<Disk>,
    pub scaling: Vec<ScalingTargetId>,
    pub wait_for_steady_state: Field<bool>,
    pub force_new_deployment: Field<bool>,
}

#[derive(Debug, Clone)]
pub struct CircuitBreaker {
    pub origin: Origin,
    pub enable: Field<bool>,
    pub rollback: Field<bool>,
}

#[derive(Debug, Clone)]
pub struct DeploymentAlarms {
    pub origin: Origin,
    pub enable: Field<bool>,
    pub rollback: Field<bool>,
}

#[derive(Debug, Clone)]
pub struct CapacityProviderStrategy {
    pub origin: Origin,
    /// `FARGATE`, `FARGATE_SPOT` or the name of a provider.
    pub provider: Field<String>,
    /// 0 where absent.
    pub weight: Field<i64>,
    /// Tasks; 0 where absent.
    pub base: Field<i64>,
}

#[derive(Debug, Clone)]
pub struct ServiceLoadBalancer {
    pub origin: Origin,
    pub target_group: Field<Reference>,
    pub target_group_link: Link<TargetGroupId>,
    pub container_name: Field<String>,
    pub container_port: Field<i64>,
    /// The listener rule that leads to the new tasks of a blue/green deployment before the others do.
    pub test_listener_rule: Field<Reference>,
}

#[derive(Debug, Clone)]
pub struct ServiceNetwork {
    pub origin: Origin,
    pub subnets: Items<Field<Reference>>,
    pub subnet_links: Vec<Link<SubnetId>>,
    pub security_groups: Items<Field<Reference>>,
    pub security_group_links: Vec<Link<SecurityGroupId>>,
    pub assign_public_ip: Field<bool>,
}

/// `aws_ecs_task_set`: tasks of a service with an external deployment controller.
#[derive(Debug, Clone)]
pub struct TaskSet {
    pub meta: Meta,
    pub network: Field<ServiceNetwork>,
}

/// `aws_appautoscaling_scheduled_action`: other bounds for a scaling target from certain moments on.
#[derive(Debug, Clone)]
pub struct ScheduledAction {
    pub meta: Meta,
    /// `service/<cluster>/<service>`.
    pub resource_id: Field<Reference>,
    /// Addresses that the resource id was built from: of the service, or of the scaling target.
    pub addresses: Vec<std::sync::Arc<str>>,
    /// `cron(…)`, `rate(…)` or `at(…)`.
    pub schedule: Field<String>,
    /// `Europe/Berlin`; UTC where absent.
    pub timezone: Field<String>,
    pub min_capacity: Field<i64>,
    pub max_capacity: Field<i64>,
}

/// `aws_appautoscaling_target` of an ECS service.
#[derive(Debug, Clone)]
pub struct ScalingTarget {
    pub meta: Meta,
    pub service_namespace: Field<String>,
    /// `service/<cluster>/<service>`.
    pub resource_id: Field<Reference>,
    pub scalable_dimension: Field<String>,
    pub min_capacity: Field<i64>,
    pub max_capacity: Field<i64>,
    /// Addresses of services the resource id was built from.
    pub service_addresses: Vec<std::sync::Arc<str>>,
}
