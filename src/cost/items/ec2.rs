//! What an EC2 instance costs, shared by instances and Auto Scaling groups: hours on demand, its volumes, detailed
//! monitoring and its public address. Source: Amazon EC2 on-demand pricing; CloudWatch pricing, "EC2 detailed
//! monitoring"; VPC pricing, "Public IPv4 addresses".

use rust_decimal::Decimal;

use super::super::catalogue::Price;
use super::super::estimate::Range;
use super::super::quantity::{Choices, Known, Missing, Quantity, Rate};
use super::super::sheet::Sheet;
use super::ebs;
use crate::model::compute::{Disk, Machine};
use crate::model::network::Subnet;
use crate::model::{Field, Link, State, Tri};
use crate::text::closest;
use crate::value::{Cause, Causes};

/// Metrics of an instance under detailed monitoring (CloudWatch pricing, example 1).
const DETAILED_METRICS: i64 = 7;
/// GiB of the root volume of the images that ECS offers, and of the common Linux images.
const ECS_ROOT: i64 = 30;
const LINUX_ROOT: i64 = 8;
/// Names of the root device in Linux images.
const ROOT_DEVICES: [&str; 3] = ["/dev/xvda", "/dev/sda1", "/dev/sda"];
/// Operating systems whose hours contain a licence: the tables have Linux without one.
const LICENSED: [&str; 5] = ["windows", "rhel", "suse", "sles", "red hat"];
/// What names of Linux images without a licence have in them.
const LINUX: [&str; 10] = [
    "amzn",
    "al2",
    "ecs-optimized",
    "ecs-hvm",
    "amazon-linux",
    "ubuntu",
    "debian",
    "bottlerocket",
    "rocky",
    "alma",
];

/// What the arguments of an instance say, and those of its template where it is silent.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) own: Option<&'a Machine>,
    pub(super) template: Option<&'a Machine>,
}

impl<'a> View<'a> {
    /// An argument as written on the instance, else in the template.
    pub(super) fn field<T>(&self, argument: impl Fn(&'a Machine) -> &'a Field<T>) -> Option<&'a Field<T>> {
        let own = self.own.map(&argument);
        let of_template = self.template.map(&argument);
        own.filter(|field| field.is_written()).or(of_template).or(own)
    }

    fn disks(&self) -> impl Iterator<Item = &'a Disk> + use<'a> {
        let of = |machine: Option<&'a Machine>| machine.into_iter().flat_map(|it| it.disks.iter());
        let own: Vec<&Disk> = of(self.own).collect();
        let devices: Vec<&str> = own.iter().filter_map(|disk| device(disk)).collect();
        let inherited: Vec<&Disk> = of(self.template)
            .filter(|disk| !device(disk).is_some_and(|name| devices.contains(&name)))
            .collect();
        own.into_iter().chain(inherited)
    }

    /// Why there may be volumes that are not known.
    fn open_disks(&self) -> Option<Causes> {
        let causes = [self.own, self.template]
            .into_iter()
            .flatten()
            .map(|machine| machine.disks.causes())
            .fold(Causes::none(), |all, more| all.and(&more));
        (!causes.is_empty()).then_some(causes)
    }
}

fn device(disk: &Disk) -> Option<&str> {
    disk.device.known().map(String::as_str)
}

/// One type that may be bought, with its units of capacity.
#[derive(Debug, Clone)]
pub(super) struct Kind {
    pub(super) name: String,
    pub(super) weight: Decimal,
}

/// Why the hours of these instances have no price, whatever their type.
pub(super) fn unpriced_platform(sheet: &mut Sheet<'_>, view: View<'_>) -> Option<Missing> {
    if let Some(tenancy) = view.field(|machine| &machine.tenancy)
        && !tenancy.holds(true, |tenancy| tenancy == "default").is_yes()
    {
        return Some(match &tenancy.state {
            State::Known(name) => Missing::because(format!("no price in the tables: `{name}` tenancy")),
            _ => Missing::unknown("tenancy", tenancy.causes()),
        });
    }
    let names = image_names(sheet, view);
    if let Some(licensed) = LICENSED.iter().find(|word| names.iter().any(|name| name.contains(**word))) {
        return Some(Missing::because(format!("no price in the tables: EC2 with {licensed}")));
    }
    if !LINUX.iter().any(|word| names.iter().any(|name| name.contains(word))) {
        let value = "Linux without licence fees, where no image in the files says otherwise";
        sheet.assume("operating system of EC2 instances", value, "ami or image_id");
    }
    None
}

/// What is known of the image's name, in lower case: the text, and the names of the data sources and parameters that
/// it is read from, with what they look for.
fn image_names(sheet: &Sheet<'_>, view: View<'_>) -> Vec<String> {
    let Some(image) = view.field(|machine| &machine.image) else { return Vec::new() };
    let mut names: Vec<String> = Vec::new();
    let mut sources: Vec<String> = Vec::new();
    if let Some(reference) = image.known() {
        names.extend(reference.text.as_deref().map(str::to_owned));
        sources.extend(reference.target.iter().map(|(address, _)| address.to_string()));
        sources.extend(reference.data_sources.iter().map(ToString::to_string));
    }
    for cause in image.causes().iter() {
        if let Cause::Data { address, .. } | Cause::Computed { address, .. } = cause {
            sources.push(address.to_string());
        }
    }
    for source in sources {
        let read = sheet.context.deployment.data_sources.get(&(sheet.meta.unit, source.as_str().into()));
        names.extend(read.and_then(|read| read.text.as_deref()).map(str::to_owned));
        // Modules on the way say nothing of the image.
        names.push(source.rsplit_once("data.").map_or(source.clone(), |(_, name)| name.to_owned()));
    }
    names.iter_mut().for_each(|name| name.make_ascii_lowercase());
    names
}

/// Charges instance-hours (of units of capacity where a kind has a weight) at the on-demand price of one of `kinds`.
pub(super) fn on_demand(sheet: &mut Sheet<'_>, kinds: &Choices<Kind>, hours: Known<Quantity>) {
    let names = names(kinds);
    let rate = rate(sheet, kinds);
    if is_weighted(kinds) {
        sheet.charge(format!("Capacity units ({names}, on demand)"), "unit-hours", hours, rate);
    } else {
        sheet.charge(format!("Instances ({names}, on demand)"), "instance-hours", hours, rate);
    }
}

/// Notes instances on the Spot market, which the tables have no price for.
pub(super) fn spot(sheet: &mut Sheet<'_>, kinds: &Choices<Kind>, instances: Option<Range>) {
    let count = match instances {
        Some(range) if range.is_exact() => format!("{} of ", range.high.normalize()),
        Some(range) => format!("{} to {} of ", range.low.normalize(), range.high.normalize()),
        None => String::new(),
    };
    let most = rate(sheet, kinds)
        .map(|rate| format!("; never more than on demand, ${} an hour", rate.high.amount.normalize()))
        .unwrap_or_default();
    let what = format!("EC2 Spot ({count}{})", names(kinds));
    let missing = sheet.no_price(&what);
    sheet.leave_out(&what, Missing { reason: format!("{}{most}", missing.reason), ..missing }, None);
}

/// `t3.medium`; `one of m5.large, m5a.large`.
pub(super) fn names(kinds: &Choices<Kind>) -> String {
    match kinds.values.as_slice() {
        [only] => only.name.clone(),
        several => {
            let names: Vec<&str> = several.iter().map(|kind| kind.name.as_str()).collect();
            format!("one of {}", names.join(", "))
        }
    }
}

pub(super) fn is_weighted(kinds: &Choices<Kind>) -> bool {
    !kinds.all(|kind| kind.weight == Decimal::ONE)
}

fn rate(sheet: &Sheet<'_>, kinds: &Choices<Kind>) -> Known<Rate> {
    let (catalogue, region) = (sheet.context.catalogue, sheet.region());
    let what = match kinds.values.as_slice() {
        [Kind { name, .. }] => {
            let known = catalogue.ec2_instance_types(&region);
            let near = closest(name, known.iter().copied()).filter(|near| near != name);
            let hint = near.map_or_else(String::new, |near| format!(", did you mean {near}?,"));
            format!("EC2 {name} on demand{hint}")
        }
        _ => format!("EC2 on demand, {}", names(kinds)),
    };
    sheet.rate_of(kinds.clone(), &what, |kind| {
        let price = catalogue.ec2_on_demand(&region, &kind.name)?;
        let amount = price.amount.checked_div(kind.weight)?.round_dp(12).normalize();
        Some(Price { amount, ..price })
    })
}

/// Charges everything that comes with `instances` running for `share` of the month: volumes (for all of it when they
/// stay while the instance is stopped), monitoring, addresses.
pub(super) fn attachments(
    sheet: &mut Sheet<'_>,
    view: View<'_>,
    kinds: Option<&Choices<Kind>>,
    instances: &Quantity,
    (hours, volumes_stay): (Decimal, bool),
    is_public: Public,
) {
    let month = hours.checked_div(super::super::HOURS_PER_MONTH).unwrap_or_default();
    let volume_months = if volumes_stay { instances.clone() } else { instances.clone().times(month) };
    volumes(sheet, view, &volume_months);
    if let Some(monitoring) = view.field(|machine| &machine.monitoring) {
        match monitoring.holds(false, |on| *on) {
            Tri::No => {}
            Tri::Yes => {
                let tiers = sheet.context.catalogue.service(&sheet.region(), "cloudwatch", "metric_custom");
                let rate = sheet.rate("CloudWatch metrics", tiers.and_then(|tiers| tiers.list_price()));
                let metrics = instances.clone().times(month).times(DETAILED_METRICS);
                let metrics = metrics.driven_by(monitoring.span(), "monitoring");
                sheet.charge(
                    "Detailed monitoring (7 metrics an instance)",
                    "metric-months",
                    Ok(metrics),
                    rate,
                );
            }
            Tri::Maybe(causes) => {
                sheet.leave_out("Detailed monitoring", Missing::unknown("monitoring", causes), None);
            }
        }
    }
    match is_public {
        Public::No => {}
        Public::Yes(field) => {
            let addresses = instances.clone().times(hours);
            sheet.public_ipv4(Ok(match field {
                Some((span, what)) => addresses.driven_by(span, what),
                None => addresses,
            }));
        }
        Public::Unknown(causes) => sheet.public_ipv4(Err(Missing {
            causes,
            ..Missing::because("whether the instances get one is unknown")
        })),
    }
    if let Some(kinds) = kinds {
        credits(sheet, view, kinds);
    }
}

/// Burstable types in unlimited mode pay for what they use above their baseline, which no file tells.
fn credits(sheet: &mut Sheet<'_>, view: View<'_>, kinds: &Choices<Kind>) {
    let Some(mode) = view.field(|machine| &machine.cpu_credits) else { return };
    let bursts = |kind: &&Kind| {
        let family = kind.name.split('.').next().unwrap_or_default();
        let unlimited_by_default = matches!(family, "t3" | "t3a" | "t4g");
        (unlimited_by_default || family == "t2")
            && !mode.holds(unlimited_by_default, |mode| mode == "unlimited").is_no()
    };
    if let Some(kind) = kinds.values.iter().find(bursts) {
        let value = format!(
            "none bought: {} stays under its baseline on average; in unlimited mode more is billed",
            kind.name
        );
        sheet.assume("CPU credits", value, "credit_specification");
    }
}

/// The root volume, of the size of the image where none is written, and the further volumes.
fn volumes(sheet: &mut Sheet<'_>, view: View<'_>, volume_months: &Quantity) {
    let root = [view.own, view.template]
        .into_iter()
        .flatten()
        .map(|machine| &machine.root)
        .find(|it| it.is_written());
    let mut has_root = false;
    match root.map(|root| &root.state) {
        Some(State::Known(disk)) => {
            has_root = true;
            charge_root(sheet, view, Some(disk), volume_months);
        }
        Some(State::Unknown(unknown)) => {
            has_root = true;
            let missing = Missing::unknown("root_block_device", unknown.causes.clone());
            sheet.leave_out("Root volumes", missing, None);
        }
        Some(State::Absent) | None => {}
    }
    let disks: Vec<&Disk> = view.disks().collect();
    for disk in disks {
        if disk.no_volume.is_written() {
            continue;
        }
        if !has_root && device(disk).is_none_or(|name| ROOT_DEVICES.contains(&name)) {
            has_root = true;
            charge_root(sheet, view, Some(disk), volume_months);
            continue;
        }
        let size = sheet.number(&disk.size, "volume_size", None);
        let title = match device(disk) {
            Some(name) => format!("Volumes {name}"),
            None => "Volumes".to_owned(),
        };
        ebs::charge(sheet, disk, &title, volume_months, size, "gp2");
    }
    if let Some(causes) = view.open_disks() {
        let missing = Missing { causes, ..Missing::because("which further volumes there are is unknown") };
        sheet.leave_out("Volumes", missing, None);
    }
    if !has_root {
        charge_root(sheet, view, None, volume_months);
    }
}

fn charge_root(sheet: &mut Sheet<'_>, view: View<'_>, disk: Option<&Disk>, volume_months: &Quantity) {
    let names = image_names(sheet, view);
    let any = |words: &[&str]| words.iter().any(|word| names.iter().any(|name| name.contains(word)));
    let is_ecs = any(&["ecs"]);
    let usual_type = if any(&["al2023", "amazon-linux-2023"]) { "gp3" } else { "gp2" };
    let size = match disk {
        Some(disk) if disk.size.is_written() => sheet.number(&disk.size, "volume_size", None),
        _ => {
            let (gib, image) =
                if is_ecs { (ECS_ROOT, "ECS-optimized image") } else { (LINUX_ROOT, "Linux image") };
            let value = format!("{gib} GiB of {usual_type} where none is written, as {image}s have");
            let name = sheet.assume("root volumes", value, "volume_size of the root device");
            Ok(Quantity::exactly(gib).assuming(name))
        }
    };
    match disk {
        Some(disk) => ebs::charge(sheet, disk, "Root volumes", volume_months, size, usual_type),
        None => {
            let origin = sheet.meta.origin.clone();
            let absent = || Field::absent(origin.clone());
            let disk = Disk {
                origin: origin.clone(),
                device: Field::absent(origin.clone()),
                volume_type: Field::known_at(usual_type.to_owned(), origin.clone()),
                size: absent(),
                iops: absent(),
                throughput: absent(),
                no_volume: Field::absent(origin.clone()),
            };
            ebs::charge(sheet, &disk, "Root volumes", volume_months, size, usual_type);
        }
    }
}

/// Whether instances have a public IPv4 address of their own.
pub(super) enum Public {
    Yes(Option<(crate::source::Span, &'static str)>),
    No,
    Unknown(Causes),
}

/// As the instance or template says, else as its subnets do; without any, as the default VPC does.
pub(super) fn public(
    sheet: &mut Sheet<'_>,
    view: View<'_>,
    subnets: &[(&Link<crate::model::graph::SubnetId>, bool)],
) -> Public {
    if let Some(field) = view.field(|machine| &machine.public_ip).filter(|field| field.is_written()) {
        return match field.holds(false, |given| *given) {
            Tri::Yes => Public::Yes(Some((field.span(), "associate_public_ip_address"))),
            Tri::No => Public::No,
            Tri::Maybe(causes) => Public::Unknown(causes),
        };
    }
    if subnets.is_empty() {
        let value =
            "the default VPC, which gives instances a public IPv4 address, where no subnet is written";
        sheet.assume("subnet of EC2 instances", value, "subnet_id or vpc_zone_identifier");
        return Public::Yes(None);
    }
    let deployment = sheet.context.deployment;
    let mut answer: Option<Tri> = None;
    for (link, is_default) in subnets {
        let of: Tri = match link {
            Link::To(id) => deployment
                .subnet(*id)
                .map_or(Tri::No, |subnet: &Subnet| subnet.map_public_ip.holds(false, |given| *given)),
            _ if *is_default => Tri::Yes,
            Link::Unknown(causes) => Tri::Maybe(causes.clone()),
            Link::NotFound(_) | Link::Absent => Tri::Maybe(Causes::none()),
        };
        answer = Some(match answer {
            None => of,
            Some(before) if before == of => before,
            Some(_) => Tri::Maybe(Causes::none()),
        });
    }
    match answer {
        Some(Tri::Yes) => Public::Yes(None),
        Some(Tri::No) | None => Public::No,
        Some(Tri::Maybe(causes)) => Public::Unknown(causes),
    }
}
