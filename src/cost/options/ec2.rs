//! The same tasks on EC2 instances: packed by cpu, memory and network interfaces onto each candidate type, the
//! cheapest of which is the column; and from how many tasks on instances are cheaper than Fargate.
//! Sources: ECS developer guide, "Amazon ECS container instance memory", "task networking" (awsvpc takes an interface).

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::super::catalogue::{Arch, EbsMetric};
use super::super::estimate::Range;
use super::instances::{CANDIDATES, InstanceType};
use super::{Addition, Base, Change, Column, Priced, dollars, is_fargate};

const NAME: &str = "ec2";
const TITLE: &str = "Tasks on EC2 instances";

/// Instances that are always there: one can fail, or be replaced, and the tasks have a place.
const LEAST_INSTANCES: u64 = 2;

/// Percent of an instance's memory that tasks can have; the rest is the system's and the agent's.
const USABLE_MEMORY: i64 = 95;

/// GB of the root volume of the ECS-optimized AMI.
const ROOT_VOLUME: i64 = 30;

/// Most tasks that are packed.
const MOST_TASKS: u64 = 5_000;

/// Most tasks up to which the crossover is looked for.
const FARTHEST: u64 = 1_000;

/// Tasks of one size.
struct Group {
    /// Units.
    cpu: i64,
    /// MiB.
    memory: i64,
    low: u64,
    expected: u64,
    high: u64,
    /// USD a month of one task on Fargate.
    each: Decimal,
}

/// What an instance has for tasks, and costs a month.
struct Instance {
    name: &'static str,
    cpu: i64,
    memory: i64,
    tasks: u64,
    monthly: Decimal,
}

pub(super) fn columns(base: &Base<'_>) -> Vec<Column> {
    vec![column(base).unwrap_or_else(|why| Column::not_here(NAME, TITLE, why))]
}

fn column(base: &Base<'_>) -> Result<Column, String> {
    let (groups, arch) = groups(base)?;
    let region = base.fargate_services().next().map(|(service, _)| base.region(&service.meta));
    let region = region.ok_or("no service runs on Fargate")?;
    let instances: Vec<Instance> = CANDIDATES
        .iter()
        .filter(|candidate| candidate.arch == arch)
        .filter_map(|candidate| instance(base, &region, candidate))
        .collect();
    if instances.is_empty() {
        return Err(format!(
            "no price of a candidate instance or of its volume is in the tables for {region}"
        ));
    }
    let packed = instances.iter().filter_map(|instance| {
        let at = |count: fn(&Group) -> u64| pack(&groups, count, instance);
        Some((instance, at(|group| group.low)?, at(|group| group.expected)?, at(|group| group.high)?))
    });
    let cost = |count: u64, instance: &Instance| Decimal::from(count).saturating_mul(instance.monthly);
    let cheapest = packed.min_by_key(|(instance, _, expected, _)| cost(*expected, instance));
    let (instance, low, expected, high) = cheapest.ok_or("no candidate instance holds the largest task")?;

    let mut priced = Priced { estimate: base.current.clone(), ..Priced::default() };
    for resource in &mut priced.estimate.resources {
        if resource.kind == "ecs-service" && resource.components.iter().any(is_fargate) {
            resource
                .components
                .retain(|component| !is_fargate(component) && component.unit != "address-hours");
        }
    }
    priced.changes.extend(base.fargate_services().map(|(service, _)| Change {
        address: service.meta.address.clone(),
        span: if service.launch_type.is_written() {
            service.launch_type.span()
        } else {
            service.meta.origin.span
        },
        argument: "launch_type".to_owned(),
        to: "\"EC2\", with an Auto Scaling group, a launch template and a capacity provider".to_owned(),
    }));
    let count = if low == high { format!("{expected}") } else { format!("{low} to {high}") };
    priced.additions.push(Addition {
        what: format!("{count} {} instances, each with a root volume of {ROOT_VOLUME} GB", instance.name),
        monthly: Range::spanning(cost(low, instance), cost(expected, instance), cost(high, instance)),
    });
    priced.assumptions = vec![
        format!("at least {LEAST_INSTANCES} instances; tasks get {USABLE_MEMORY}% of their memory"),
        "a task takes a network interface of its own (awsvpc without ENI trunking)".to_owned(),
    ];
    priced.conditions = vec![
        "somebody patches, drains and scales the instances".to_owned(),
        "tasks on EC2 have no public addresses: without NAT or endpoints they reach nothing".to_owned(),
    ];
    if instance.name.starts_with('t') {
        priced.conditions.push(
            "the tasks are mostly idle: T instances throttle or charge above their baseline".to_owned(),
        );
    }
    let largest = groups.iter().max_by_key(|group| group.each.saturating_mul(group.expected.into()));
    priced.notes.extend(largest.map(|group| crossover(group, &instances)));
    Ok(Column::priced(base, NAME, TITLE, priced))
}

/// The sizes and counts of the services' tasks, and the architecture that all have.
fn groups(base: &Base<'_>) -> Result<(Vec<Group>, Arch), String> {
    let mut groups = Vec::new();
    let mut archs = Vec::new();
    let mut all: u64 = 0;
    for (service, resource) in base.fargate_services() {
        let of = &service.meta.address;
        let task = service.task_definition_link.to().and_then(|id| base.deployment.task_definition(id));
        let task = task.ok_or_else(|| format!("which task definition {of} runs is not known"))?;
        let (Some(cpu), Some(memory)) = (task.cpu.known(), task.memory.known()) else {
            return Err(format!("the size of the tasks of {of} is not known"));
        };
        if *cpu <= 0 || *memory <= 0 {
            return Err(format!("the size of the tasks of {of} is no size"));
        }
        if !task.operating_system.holds(false, |os| os.starts_with("WINDOWS")).is_no() {
            return Err(format!("{of} runs on Windows, whose instances are not in the tables"));
        }
        let is_arm = task.cpu_architecture.holds(false, |arch| arch == "ARM64").is_yes();
        archs.push(if is_arm { Arch::Arm64 } else { Arch::X86_64 });
        let tasks = base.tasks(service).ok_or_else(|| format!("how many tasks {of} runs is not known"))?;
        let count = |amount: Decimal| amount.to_u64().unwrap_or(u64::MAX);
        all = all.saturating_add(count(tasks.high));
        let fargate: Range =
            resource.components.iter().filter(|it| is_fargate(it)).map(|component| component.monthly).sum();
        groups.push(Group {
            cpu: *cpu,
            memory: *memory,
            low: count(tasks.low),
            expected: count(tasks.expected),
            high: count(tasks.high),
            each: fargate.high.checked_div(tasks.high).unwrap_or_default(),
        });
    }
    if groups.is_empty() {
        return Err("no service runs on Fargate".to_owned());
    }
    if all > MOST_TASKS {
        return Err(format!("more than {MOST_TASKS} tasks"));
    }
    if archs.iter().any(|arch| Some(arch) != archs.first()) {
        return Err("some tasks run on x86 and some on Arm".to_owned());
    }
    // First fit, the largest first.
    groups.sort_by_key(|group| {
        std::cmp::Reverse((group.cpu.saturating_mul(2).saturating_add(group.memory), group.cpu))
    });
    Ok((groups, archs.first().copied().unwrap_or(Arch::X86_64)))
}

fn instance(base: &Base<'_>, region: &str, candidate: &InstanceType) -> Option<Instance> {
    let hourly = base.catalogue.ec2_on_demand(region, candidate.name)?.amount;
    let spec = base.catalogue.ec2_spec(candidate.name)?;
    let volume = base.catalogue.ebs(region, "gp3", EbsMetric::Storage)?.amount;
    let memory = spec.memory_gib.to_i64()?.checked_mul(1024)?;
    Some(Instance {
        name: candidate.name,
        cpu: spec.vcpu.to_i64()?.checked_mul(1024)?,
        memory: memory.checked_mul(USABLE_MEMORY)?.checked_div(100)?,
        tasks: candidate.interfaces.saturating_sub(1),
        monthly: hourly.saturating_mul(base.options.hours) + volume.saturating_mul(ROOT_VOLUME.into()),
    })
}

/// Instances that hold so many tasks of each group; `None` where one task does not fit.
fn pack(groups: &[Group], count: fn(&Group) -> u64, instance: &Instance) -> Option<u64> {
    let mut used: Vec<(i64, i64, u64)> = Vec::new();
    for group in groups {
        for _ in 0..count(group) {
            let fits = |cpu: i64, memory: i64, tasks: u64| {
                cpu.saturating_add(group.cpu) <= instance.cpu
                    && memory.saturating_add(group.memory) <= instance.memory
                    && tasks < instance.tasks
            };
            match used.iter_mut().find(|(cpu, memory, tasks)| fits(*cpu, *memory, *tasks)) {
                Some((cpu, memory, tasks)) => {
                    *cpu += group.cpu;
                    *memory += group.memory;
                    *tasks += 1;
                }
                None if fits(0, 0, 0) => used.push((group.cpu, group.memory, 1)),
                None => return None,
            }
        }
    }
    Some(u64::try_from(used.len()).ok()?.max(LEAST_INSTANCES))
}

/// From how many tasks of one size on instances are cheaper, however many more there are.
fn crossover(group: &Group, instances: &[Instance]) -> String {
    let per = |instance: &Instance| {
        let by = |of: i64, each: i64| u64::try_from(of.checked_div(each).unwrap_or(0)).unwrap_or(0);
        by(instance.cpu, group.cpu).min(by(instance.memory, group.memory)).min(instance.tasks)
    };
    let on_instances = |tasks: u64| {
        let costs = instances.iter().filter_map(|instance| {
            let each = per(instance);
            let count = (each > 0).then(|| tasks.div_ceil(each).max(LEAST_INSTANCES))?;
            Some(Decimal::from(count).saturating_mul(instance.monthly))
        });
        costs.min()
    };
    let is_cheaper = |tasks: u64| {
        on_instances(tasks).is_some_and(|cost| cost < group.each.saturating_mul(Decimal::from(tasks)))
    };
    let last_dearer = (1..=FARTHEST).rev().find(|tasks| !is_cheaper(*tasks));
    let size = format!(
        "{} cpu units and {} MiB ({} a month on Fargate)",
        group.cpu,
        group.memory,
        dollars(group.each)
    );
    match last_dearer {
        Some(FARTHEST) => format!("with tasks of {size} instances are not cheaper at up to {FARTHEST} tasks"),
        Some(last) => format!("with tasks of {size} instances are cheaper from {} tasks on", last + 1),
        None => format!("with tasks of {size} instances are cheaper at any count"),
    }
}
