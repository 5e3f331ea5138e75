//! The table of billed things. A new one is a file under `items/` and a line here.

use super::Ledger;
use super::items::{
    ecr, elastic_ip, elasticache, load_balancer, log_group, nat_gateway, rds, rds_cluster, scheduled_task,
    secret, service, task_definition,
};

/// Puts every resource of its kind on a sheet of its own.
pub(super) type Item = fn(&mut Ledger<'_>);

pub(super) const ITEMS: &[Item] = &[
    service::price,
    scheduled_task::price,
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
];
