//! Billed things, one file each: from a node of the model to components on its sheet.

pub(super) mod auto_scaling_group;
mod capacity;
mod carrier;
pub(super) mod cluster;
mod data_transfer;
pub(super) mod ebs;
mod ec2;
pub(super) mod ecr;
mod egress;
pub(super) mod elastic_ip;
pub(super) mod elasticache;
mod fargate;
pub(super) mod gateway;
pub(super) mod instance;
pub(super) mod load_balancer;
pub(super) mod log_group;
pub(super) mod nat_gateway;
pub(super) mod one_shot_task;
pub(super) mod parameter;
pub(super) mod rds;
pub(super) mod rds_cluster;
mod rds_support;
pub(super) mod scheduled_task;
pub(super) mod secret;
pub(super) mod service;
pub(super) mod task_definition;
pub(super) mod vpc_endpoint;
