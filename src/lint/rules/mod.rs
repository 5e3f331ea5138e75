//! The rules, one file each, by family. A family's table names its rules.

mod balancer;
mod database;
mod deploy;
pub(crate) mod facts;
mod iam;
mod image;
mod input;
mod logs;
mod network;
mod registry;
pub(crate) mod secrets;
mod service;
mod task;
mod workflow;

use super::rule::Check;

/// The tables of all families.
pub(super) const FAMILIES: &[&[(&str, Check)]] = &[
    balancer::CHECKS,
    database::CHECKS,
    deploy::CHECKS,
    iam::CHECKS,
    image::CHECKS,
    input::CHECKS,
    logs::CHECKS,
    network::CHECKS,
    registry::CHECKS,
    secrets::CHECKS,
    service::CHECKS,
    task::CHECKS,
    workflow::CHECKS,
];
