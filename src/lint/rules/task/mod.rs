//! Task definitions and containers.

mod awsvpc_host_port;
mod container_memory_exceeds_task;
mod essential_container;
mod fargate_cpu_memory;
mod fargate_required_properties;
mod memory_limit;
mod missing_healthcheck;
mod privileged_container;

use crate::lint::rule::Check;

pub(in crate::lint) const CHECKS: &[(&str, Check)] = &[
    ("awsvpc-host-port", Check::Task(awsvpc_host_port::check)),
    ("container-memory-exceeds-task", Check::Task(container_memory_exceeds_task::check)),
    ("essential-container", Check::Task(essential_container::check)),
    ("fargate-cpu-memory", Check::Several(fargate_cpu_memory::CHECKS)),
    ("fargate-required-properties", Check::Task(fargate_required_properties::check)),
    ("memory-limit", Check::Container(memory_limit::check)),
    ("missing-healthcheck", Check::Container(missing_healthcheck::check)),
    ("privileged-container", Check::Container(privileged_container::check)),
];
