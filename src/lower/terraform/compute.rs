//! EC2 instances, launch templates and configurations, Auto Scaling groups, EBS volumes.

use super::Context;
use crate::lower::read::Reader;
use crate::model::compute::{
    AutoScalingGroup, Disk, Instance, InstanceOverride, LaunchTemplate, Machine, MixedInstances, Volume,
};
use crate::model::{Deployment, Field, Items, Link, Reference};
use crate::terraform::Resource;

const TEMPLATE: [&str; 1] = ["aws_launch_template"];
const CONFIGURATION: [&str; 1] = ["aws_launch_configuration"];
const SUBNET: [&str; 2] = ["aws_subnet", "aws_default_subnet"];
const GROUP: [&str; 1] = ["aws_security_group"];
/// Where the id of an image is read from.
const IMAGE: [&str; 3] = ["aws_ami", "aws_ssm_parameter", "aws_imagebuilder_image"];

/// `aws_instance` and `aws_spot_instance_request`.
pub(super) fn instance(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let mut machine = written(&reader, "ami");
    if &*resource.ty == "aws_spot_instance_request" {
        machine.spot = Field::known_at(true, reader.header().clone());
    }
    into.instances.push(Instance {
        meta: context.meta(resource),
        machine,
        template: template(&reader),
        template_link: Link::Absent,
        subnet: reader.reference("subnet_id", &SUBNET),
        subnet_link: Link::Absent,
    });
}

pub(super) fn launch_configuration(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let monitoring = reader.boolean("enable_monitoring");
    let machine = Machine {
        spot: reader.present("spot_price").map(|()| true),
        // Configurations monitor in detail unless told otherwise; templates do not.
        monitoring: if monitoring.is_absent() {
            Field::known_at(true, reader.header().clone())
        } else {
            monitoring
        },
        tenancy: reader.string("placement_tenancy"),
        ..written(&reader, "image_id")
    };
    let name = super::name(&reader, "name_prefix");
    into.launch_templates.push(LaunchTemplate { meta: context.meta(resource), name, machine });
}

pub(super) fn launch_template(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let interfaces = reader.within("network_interfaces");
    let of_interface = interfaces.references("security_groups", &GROUP);
    let machine = Machine {
        requirements: reader.present("instance_requirements"),
        monitoring: reader.within("monitoring").boolean("enabled"),
        public_ip: interfaces.boolean("associate_public_ip_address"),
        tenancy: reader.within("placement").string("tenancy"),
        disks: reader.blocks("block_device_mappings", |mapping| {
            let device = Disk { no_volume: no_volume(&mapping), ..disk(&mapping.within("ebs")) };
            Disk { origin: mapping.header().clone(), device: mapping.string("device_name"), ..device }
        }),
        security_groups: if of_interface.absent {
            reader.references("vpc_security_group_ids", &GROUP)
        } else {
            of_interface
        },
        ..written(&reader, "image_id")
    };
    let name = super::name(&reader, "name_prefix");
    into.launch_templates.push(LaunchTemplate { meta: context.meta(resource), name, machine });
}

/// What the data source looks an image up by: its name, as a pattern.
pub(super) fn image(context: &Context<'_>, resource: &Resource) -> Option<Reference> {
    let reader = context.reader(resource);
    let regex = reader.reference("name_regex", &[]);
    let filters = reader.blocks("filter", |filter| (filter.string("name"), filter.references("values", &[])));
    let by_name = filters
        .iter()
        .find(|(name, _)| name.known().is_some_and(|name| name == "name" || name == "description"));
    let of_filter = by_name.and_then(|(_, values)| values.iter().next()).and_then(Field::known).cloned();
    of_filter.or_else(|| regex.known().cloned())
}

/// What instances, configurations and templates write under the same names.
fn written(reader: &Reader, image: &str) -> Machine {
    let market = reader.within("instance_market_options").string("market_type");
    Machine {
        instance_type: reader.string("instance_type"),
        requirements: Field::absent(reader.header().clone()),
        image: reader.reference(image, &IMAGE),
        spot: market.map(|market| market == "spot"),
        cpu_credits: reader.within("credit_specification").string("cpu_credits"),
        monitoring: reader.boolean("monitoring"),
        public_ip: reader.boolean("associate_public_ip_address"),
        tenancy: reader.string("tenancy"),
        root: reader.block("root_block_device", |root| disk(&root)),
        disks: reader.blocks("ebs_block_device", |device| Disk {
            device: device.string("device_name"),
            no_volume: no_volume(&device),
            ..disk(&device)
        }),
        security_groups: groups(reader, "vpc_security_group_ids"),
    }
}

/// The named groups, else those under the older name.
fn groups(reader: &Reader, key: &str) -> Items<Field<Reference>> {
    let named = reader.references(key, &GROUP);
    if named.absent { reader.references("security_groups", &GROUP) } else { named }
}

/// A volume as all of them are written; what has a device sets it besides.
pub(super) fn disk(reader: &Reader) -> Disk {
    let absent = || Field::absent(reader.header().clone());
    Disk {
        origin: reader.header().clone(),
        device: absent(),
        volume_type: reader.string("volume_type"),
        size: reader.integer("volume_size"),
        iops: reader.integer("iops"),
        throughput: reader.integer("throughput"),
        no_volume: Field::absent(reader.header().clone()),
    }
}

/// `no_device`, or `virtual_name` of an instance store.
fn no_volume(reader: &Reader) -> Field<()> {
    let suppressed = reader.present("no_device");
    if suppressed.is_written() { suppressed } else { reader.present("virtual_name") }
}

/// `launch_template` by id or by name.
fn template(reader: &Reader) -> Field<Reference> {
    let block = reader.within("launch_template");
    either(block.reference("id", &TEMPLATE), || block.reference("name", &TEMPLATE))
}

fn either<T>(first: Field<T>, second: impl FnOnce() -> Field<T>) -> Field<T> {
    if first.is_written() { first } else { second() }
}

pub(super) fn group(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let policy = reader.within("mixed_instances_policy");
    let of_policy = || {
        let of = policy.within("launch_template").within("launch_template_specification");
        either(of.reference("launch_template_id", &TEMPLATE), || {
            of.reference("launch_template_name", &TEMPLATE)
        })
    };
    let configuration = || reader.reference("launch_configuration", &CONFIGURATION);
    into.auto_scaling_groups.push(AutoScalingGroup {
        meta: context.meta(resource),
        name: super::name(&reader, "name_prefix"),
        min_size: reader.integer("min_size"),
        max_size: reader.integer("max_size"),
        desired_capacity: reader.integer("desired_capacity"),
        template: either(template(&reader), || either(of_policy(), configuration)),
        template_link: Link::Absent,
        mixed: reader.block("mixed_instances_policy", mixed),
        subnets: reader.references("vpc_zone_identifier", &SUBNET),
        subnet_links: Vec::new(),
        warm_pool: reader.present("warm_pool"),
    });
}

fn mixed(policy: Reader) -> MixedInstances {
    let distribution = policy.within("instances_distribution");
    MixedInstances {
        origin: policy.header().clone(),
        on_demand_base: distribution.integer("on_demand_base_capacity"),
        on_demand_percentage: distribution.integer("on_demand_percentage_above_base_capacity"),
        overrides: policy.within("launch_template").blocks("override", |item| InstanceOverride {
            origin: item.header().clone(),
            instance_type: item.string("instance_type"),
            weight: item.integer("weighted_capacity"),
            requirements: item.present("instance_requirements"),
        }),
    }
}

/// `aws_ebs_volume`, which has names of its own for type and size.
pub(super) fn volume(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    let disk = Disk { volume_type: reader.string("type"), size: reader.integer("size"), ..disk(&reader) };
    into.volumes.push(Volume { meta: context.meta(resource), disk });
}

/// Volumes that ECS makes for each task of a service: `volume_configuration`.
pub(super) fn task_volumes(reader: &Reader) -> Items<Disk> {
    reader.blocks("volume_configuration", |volume| {
        let managed = volume.within("managed_ebs_volume");
        Disk { origin: volume.header().clone(), size: managed.integer("size_in_gb"), ..disk(&managed) }
    })
}
