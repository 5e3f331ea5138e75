//! EC2: instances, launch templates and configurations, Auto Scaling groups, EBS volumes. Sources: EC2 API
//! `RunInstances`, `CreateLaunchTemplate`; EC2 Auto Scaling API `CreateAutoScalingGroup`.

use super::graph::{LaunchTemplateId, SubnetId};
use super::{Field, Items, Link, Meta, Reference};
use crate::value::Origin;

/// What an instance is made of, wherever it is written: a template, a configuration or the instance itself.
#[derive(Debug, Clone)]
pub struct Machine {
    /// `t3.medium`.
    pub instance_type: Field<String>,
    /// `instance_requirements` is present: EC2 chooses the types.
    pub requirements: Field<()>,
    /// The AMI.
    pub image: Field<Reference>,
    /// Bought on the Spot market.
    pub spot: Field<bool>,
    /// `standard` or `unlimited`; absent: unlimited for T3, T3a and T4g, standard for T2.
    pub cpu_credits: Field<String>,
    /// Detailed monitoring.
    pub monitoring: Field<bool>,
    /// Absent: the subnet decides.
    pub public_ip: Field<bool>,
    /// `default` (where absent), `dedicated`, `host`.
    pub tenancy: Field<String>,
    /// `root_block_device`; in launch templates the root is one of `disks`.
    pub root: Field<Disk>,
    pub disks: Items<Disk>,
    pub security_groups: Items<Field<Reference>>,
}

/// An EBS volume: of its own, or attached when an instance or a task starts.
#[derive(Debug, Clone)]
pub struct Disk {
    pub origin: Origin,
    /// `/dev/xvda`.
    pub device: Field<String>,
    /// `gp3`, `gp2`, `io1`, `io2`, `st1`, `sc1`, `standard`.
    pub volume_type: Field<String>,
    /// GiB.
    pub size: Field<i64>,
    /// I/O operations a second.
    pub iops: Field<i64>,
    /// MiB/s.
    pub throughput: Field<i64>,
    /// The mapping takes a device away or names an instance store; neither is a volume.
    pub no_volume: Field<()>,
}

/// `aws_launch_template` or `aws_launch_configuration`.
#[derive(Debug, Clone)]
pub struct LaunchTemplate {
    pub meta: Meta,
    pub name: Field<String>,
    pub machine: Machine,
}

/// `aws_instance` or `aws_spot_instance_request`.
#[derive(Debug, Clone)]
pub struct Instance {
    pub meta: Meta,
    pub machine: Machine,
    /// What is not written here holds as written there.
    pub template: Field<Reference>,
    pub template_link: Link<LaunchTemplateId>,
    pub subnet: Field<Reference>,
    pub subnet_link: Link<SubnetId>,
}

/// `aws_autoscaling_group`.
#[derive(Debug, Clone)]
pub struct AutoScalingGroup {
    pub meta: Meta,
    pub name: Field<String>,
    /// Instances, or units of capacity where the overrides have weights.
    pub min_size: Field<i64>,
    pub max_size: Field<i64>,
    /// `min_size` where absent.
    pub desired_capacity: Field<i64>,
    /// Launch template or configuration, that of the mixed instances included.
    pub template: Field<Reference>,
    pub template_link: Link<LaunchTemplateId>,
    pub mixed: Field<MixedInstances>,
    pub subnets: Items<Field<Reference>>,
    pub subnet_links: Vec<Link<SubnetId>>,
    /// Stopped or running instances in reserve.
    pub warm_pool: Field<()>,
}

/// `mixed_instances_policy`.
#[derive(Debug, Clone)]
pub struct MixedInstances {
    pub origin: Origin,
    /// Instances on demand before any other; 0 where absent.
    pub on_demand_base: Field<i64>,
    /// Percent on demand of those above the base; 100 where absent.
    pub on_demand_percentage: Field<i64>,
    pub overrides: Items<InstanceOverride>,
}

/// An instance type that a group may take.
#[derive(Debug, Clone)]
pub struct InstanceOverride {
    pub origin: Origin,
    pub instance_type: Field<String>,
    /// Units of capacity of an instance; 1 where absent.
    pub weight: Field<i64>,
    pub requirements: Field<()>,
}

/// `aws_ebs_volume`.
#[derive(Debug, Clone)]
pub struct Volume {
    pub meta: Meta,
    pub disk: Disk,
}
