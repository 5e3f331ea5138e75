//! ECS clusters, services, task definitions and their scaling targets.

use super::Context;
use crate::lower::read::{self, Reader};
use crate::lower::{stage, task_definition as lowering};
use crate::model::address::Address;
use crate::model::service::{
    CapacityProvider, CapacityProviderStrategy, CircuitBreaker, Cluster, ClusterCapacityProviders,
    DeploymentAlarms, ScalingTarget, ScheduledAction, Service, ServiceLoadBalancer, ServiceNetwork, TaskSet,
};
use crate::model::{Deployment, Field, Items, Link, State};
use crate::terraform::Resource;

pub(super) const CLUSTER: [&str; 1] = ["aws_ecs_cluster"];
pub(super) const TASK_DEFINITION: [&str; 1] = ["aws_ecs_task_definition"];

pub(super) fn task_definition(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let mut task = lowering::from_terraform(&context.reader(resource), context.meta(resource));
    if context.options.stage.is_none() {
        task.meta.stage = stage::with(task.meta.stage.clone(), stage::of_task(&task));
    }
    into.task_definitions.push(task);
}

pub(super) fn cluster(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.clusters.push(Cluster {
        meta: context.meta(resource),
        name: reader.string("name"),
        container_insights: container_insights(&reader),
        capacity_providers: reader.strings("capacity_providers"),
        default_strategy: strategy(&reader, "default_capacity_provider_strategy"),
    });
}

/// The value of the `setting` block named `containerInsights`.
fn container_insights(reader: &Reader) -> Field<String> {
    let settings = reader.blocks("setting", |setting| (setting.string("name"), setting.string("value")));
    let mut undecided = settings.causes();
    for (name, value) in &settings {
        match name.holds(false, |name| name == "containerInsights") {
            crate::model::Tri::Yes => return value.clone(),
            crate::model::Tri::No => {}
            crate::model::Tri::Maybe(causes) => undecided.add_all(&causes),
        }
    }
    if undecided.is_empty() {
        Field::absent(reader.header().clone())
    } else {
        Field::unknown(undecided, settings.origin)
    }
}

pub(super) fn capacity_provider(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.capacity_providers.push(CapacityProvider {
        meta: context.meta(resource),
        name: reader.string("name"),
        managed_instances: reader.present("managed_instances_provider"),
        group: reader
            .within("auto_scaling_group_provider")
            .reference("auto_scaling_group_arn", &["aws_autoscaling_group"]),
        group_link: Link::Absent,
    });
}

pub(super) fn capacity_providers(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.cluster_capacity_providers.push(ClusterCapacityProviders {
        meta: context.meta(resource),
        cluster: reader.reference("cluster_name", &CLUSTER),
        capacity_providers: reader.strings("capacity_providers"),
        default_strategy: strategy(&reader, "default_capacity_provider_strategy"),
    });
}

pub(super) fn strategy(reader: &Reader, key: &str) -> Items<CapacityProviderStrategy> {
    reader.blocks(key, |item| CapacityProviderStrategy {
        origin: item.header().clone(),
        provider: item.string("capacity_provider"),
        weight: item.integer("weight"),
        base: item.integer("base"),
    })
}

pub(super) fn network(reader: &Reader, key: &str) -> Field<ServiceNetwork> {
    reader.block(key, |network| ServiceNetwork {
        origin: network.header().clone(),
        subnets: network.references("subnets", &["aws_subnet"]),
        subnet_links: Vec::new(),
        security_groups: network.references("security_groups", &["aws_security_group"]),
        security_group_links: Vec::new(),
        assign_public_ip: network.boolean("assign_public_ip"),
    })
}

pub(super) fn service(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.services.push(Service {
        meta: context.meta(resource),
        name: reader.string("name"),
        cluster: reader.reference("cluster", &CLUSTER),
        cluster_link: Link::Absent,
        task_definition: reader.reference("task_definition", &TASK_DEFINITION),
        task_definition_link: Link::Absent,
        desired_count: reader.integer("desired_count"),
        launch_type: reader.string("launch_type"),
        strategy: strategy(&reader, "capacity_provider_strategy"),
        platform_version: reader.string("platform_version"),
        scheduling_strategy: reader.string("scheduling_strategy"),
        deployment_controller: reader.within("deployment_controller").string("type"),
        deployment_strategy: reader.within("deployment_configuration").string("strategy"),
        maximum_percent: reader.integer("deployment_maximum_percent"),
        minimum_healthy_percent: reader.integer("deployment_minimum_healthy_percent"),
        circuit_breaker: reader.block("deployment_circuit_breaker", |breaker| CircuitBreaker {
            origin: breaker.header().clone(),
            enable: breaker.boolean("enable"),
            rollback: breaker.boolean("rollback"),
        }),
        deployment_alarms: reader.block("alarms", |alarms| DeploymentAlarms {
            origin: alarms.header().clone(),
            enable: alarms.boolean("enable"),
            rollback: alarms.boolean("rollback"),
        }),
        availability_zone_rebalancing: reader.string("availability_zone_rebalancing"),
        health_check_grace_period: reader.integer("health_check_grace_period_seconds"),
        load_balancers: reader.blocks("load_balancer", |balancer| ServiceLoadBalancer {
            origin: balancer.header().clone(),
            target_group: balancer
                .reference("target_group_arn", &["aws_lb_target_group", "aws_alb_target_group"]),
            target_group_link: Link::Absent,
            container_name: balancer.string("container_name"),
            container_port: balancer.integer("container_port"),
            test_listener_rule: balancer.within("advanced_configuration").reference(
                "test_listener_rule",
                &["aws_lb_listener_rule", "aws_alb_listener_rule", "aws_lb_listener", "aws_alb_listener"],
            ),
        }),
        lattice: reader.places("vpc_lattice_configurations"),
        network: network(&reader, "network_configuration"),
        volumes: super::compute::task_volumes(&reader),
        scaling: Vec::new(),
        wait_for_steady_state: reader.boolean("wait_for_steady_state"),
        force_new_deployment: reader.boolean("force_new_deployment"),
    });
}

pub(super) fn task_set(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let network = network(&context.reader(resource), "network_configuration");
    into.task_sets.push(TaskSet { meta: context.meta(resource), network });
}

pub(super) fn scheduled_action(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let id = reader.get("resource_id");
    let addresses =
        id.as_ref().map(read::targets).unwrap_or_default().into_iter().map(|(address, _)| address);
    let bounds = reader.within("scalable_target_action");
    into.scheduled_actions.push(ScheduledAction {
        meta: context.meta(resource),
        resource_id: reader.reference("resource_id", &["aws_ecs_service"]),
        addresses: addresses.collect(),
        schedule: reader.string("schedule"),
        timezone: reader.string("timezone"),
        min_capacity: bounds.integer("min_capacity"),
        max_capacity: bounds.integer("max_capacity"),
    });
}

pub(super) fn scaling_target(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let id = reader.get("resource_id");
    let mut resource_id = reader.reference("resource_id", &["aws_ecs_service"]);
    // What the id names is the service, not the cluster that stands before it in the text.
    if let State::Known(reference) = &mut resource_id.state
        && reference
            .target
            .as_ref()
            .is_some_and(|(address, _)| Address::parse(address).ty == "aws_ecs_cluster")
    {
        reference.target = None;
        if reference.text.is_none() {
            let causes = id.as_ref().map(crate::value::Value::causes).unwrap_or_default();
            let pattern = reference.pattern.clone();
            resource_id.state = State::unknown(crate::model::NotKnown {
                causes,
                alternatives: Vec::new(),
                pattern,
                not_null: false,
            });
        }
    }
    let addresses =
        id.as_ref().map(read::targets).unwrap_or_default().into_iter().map(|(address, _)| address);
    into.scaling_targets.push(ScalingTarget {
        meta: context.meta(resource),
        service_namespace: reader.string("service_namespace"),
        resource_id,
        scalable_dimension: reader.string("scalable_dimension"),
        min_capacity: reader.integer("min_capacity"),
        max_capacity: reader.integer("max_capacity"),
        service_addresses: addresses.filter(|at| Address::parse(at).ty == "aws_ecs_service").collect(),
    });
}
