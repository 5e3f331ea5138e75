//! Billed things, one file each: from a node of the model to components on its sheet.

pub(super) mod alarm;
mod capacity;
pub(super) mod cluster;
mod data_transfer;
pub(super) mod ecr;
pub(super) mod elastic_ip;
pub(super) mod elasticache;
mod fargate;
pub(super) mod kms;
pub(super) mod load_balancer;
pub(super) mod log_group;
pub(super) mod messaging;
pub(super) mod nat_gateway;
pub(super) mod parameter;
pub(super) mod rds;
pub(super) mod rds_cluster;
mod rds_insights;
pub(super) mod rds_proxy;
mod rds_support;
pub(super) mod route53;
pub(super) mod scheduled_task;
pub(super) mod secret;
pub(super) mod service;
pub(super) mod storage;
pub(super) mod task_definition;
pub(super) mod vpc_endpoint;
