//! The table of billed things. A new one is a file under `items/` and a line here.

use super::Ledger;
use super::items::{
    alarm, auto_scaling_group, cluster, ebs, ecr, elastic_ip, elasticache, gateway, instance, kms,
    load_balancer, log_group, messaging, nat_gateway, one_shot_task, parameter, rds, rds_cluster, rds_proxy,
    route53, scheduled_task, secret, service, storage, task_definition, vpc_endpoint,
};

/// Puts every resource of its kind on a sheet of its own.
pub(super) type Item = fn(&mut Ledger<'_>);

pub(super) const ITEMS: &[Item] = &[
    cluster::price,
    service::price,
    scheduled_task::price,
    one_shot_task::price,
    task_definition::price,
    load_balancer::price,
    rds::price,
    rds_cluster::price,
    elasticache::price,
    nat_gateway::price,
    elastic_ip::price,
    ecr::price,
    log_group::price,
    secret::price,
    parameter::price,
    vpc_endpoint::price,
    auto_scaling_group::price,
    instance::price,
    ebs::price,
    gateway::price,
    alarm::price,
    kms::price,
    route53::price,
    storage::price,
    messaging::price,
    rds_proxy::price,
];
