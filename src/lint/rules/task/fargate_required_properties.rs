//! Fields that Fargate needs and fields that it refuses.

use std::sync::Arc;

use super::super::facts::fargate_sizes::{self as sizes, Size};
use super::super::facts::{edits, launch};
use crate::lint::probe::container_element;
use crate::lint::{Applicability, Change, Probe, Problem};
use crate::model::Tri;
use crate::model::task::{Container, TaskDefinition};
use crate::value::Origin;

/// Container fields that Fargate refuses, with what to do instead. Source: ECS developer guide, "Task
/// definition considerations for Fargate", and the notes of `API_ContainerDefinition`, `API_LinuxParameters`.
const REFUSED: [(&str, &str); 11] = [
    ("links", "use service discovery or Service Connect, or 127.0.0.1 within the task"),
    ("dnsServers", "set the DNS servers of the VPC"),
    ("dnsSearchDomains", "set the domain name in the DHCP options of the VPC"),
    ("extraHosts", "use names that DNS resolves"),
    ("dockerSecurityOptions", "take it out"),
    ("disableNetworking", "take it out"),
    ("resourceRequirements.GPU", "run the task on EC2 or on managed instances"),
    ("linuxParameters.devices", "take the devices out, or run the task on EC2"),
    ("linuxParameters.sharedMemorySize", "mount a tmpfs instead"),
    ("linuxParameters.maxSwap", "take it out: there is no swap"),
    ("linuxParameters.swappiness", "take it out: there is no swap"),
];

fn needed(field: &str, help: &str) -> Problem {
    Problem::new(format!("{field} is missing, and Fargate needs it at task level")).help(help)
}

fn wrong_mode(task: &TaskDefinition) -> Problem {
    let mode = &task.network_mode;
    let is = match mode.known() {
        Some(mode) => format!("networkMode is {mode}"),
        None => "networkMode is not set".to_owned(),
    };
    let problem =
        Problem::new(format!("{is}, and Fargate runs awsvpc only")).help("set the network mode to `awsvpc`");
    // Services need a network configuration then.
    let (name, how) = (edits::task_field(task, "network_mode"), Applicability::Unsafe);
    edits::set(problem, task.meta.block, mode, how, &[], &name, "awsvpc")
}

fn refused(field: &str, help: &str) -> Problem {
    Problem::new(format!("{field} is set, and Fargate refuses it")).help(help)
}

fn host_path(path: Option<&String>) -> Problem {
    let path = path.map_or_else(|| "a path".to_owned(), |path| format!("`{path}`"));
    Problem::new(format!("the volume is {path} of the host, and on Fargate there is none"))
        .help("use an EFS volume, or a plain volume without a host path")
}

fn docker_volume() -> Problem {
    Problem::new("the volume is a Docker volume, and Fargate refuses it")
        .help("use an EFS volume or a plain one")
}

fn capability(name: &str) -> Problem {
    Problem::new(format!("capability {name} is added, and Fargate allows SYS_PTRACE only"))
        .help("take it out, or run the task on EC2")
}

pub(super) fn check(probe: &mut Probe<'_>, task: &TaskDefinition) {
    let on_fargate = launch::of_task(probe.deployment, task).fargate();
    if on_fargate.is_no() {
        return;
    }
    let mut look = Look { probe, on_fargate, passed: true };
    look.at(task.cpu.is_set().negate(), &task.cpu.origin, || {
        with_size(needed("cpu", "set cpu to a size of Fargate, such as 256"), task)
    });
    look.at(task.memory.is_set().negate(), &task.memory.origin, || {
        with_size(needed("memory", "set memory to a value that goes with the cpu, such as 512"), task)
    });
    look.at(task.network_mode.holds(true, |mode| mode != "awsvpc"), &task.network_mode.origin, || {
        wrong_mode(task)
    });
    look.at(task.ipc_mode.is_set(), &task.ipc_mode.origin, || refused("ipcMode", "take it out"));
    look.at(task.pid_mode.holds(false, |mode| mode == "host"), &task.pid_mode.origin, || {
        refused("pidMode host", "take it out, or use `task`")
    });
    let placement = task.placement_constraints.iter().next().unwrap_or(&task.placement_constraints.origin);
    look.at(task.placement_constraints.is_empty().negate(), placement, || {
        refused("placementConstraints", "take them out: there are no instances to choose from")
    });
    for volume in task.volumes.with_template() {
        let name = volume.name.known().map_or_else(|| "volume".to_owned(), |name| format!("volume {name}"));
        let path = volume.host_path.holds(false, |path| !path.is_empty());
        look.at(path, &volume.host_path.origin, || host_path(volume.host_path.known()).element(name.clone()));
        look.at(volume.docker.is_set(), &volume.docker.origin, || docker_volume().element(name.clone()));
    }
    for (index, container) in task.containers.with_template().enumerate() {
        container_fields(&mut look, container, &container_element(container.name.known(), index));
    }
    let Look { probe, on_fargate, passed } = look;
    let open = task.containers.causes().and(&task.volumes.causes());
    if passed {
        match on_fargate {
            Tri::Maybe(causes) => probe.undecided(&task.requires_compatibilities.origin, &causes.and(&open)),
            Tri::Yes | Tri::No => probe.undecided(&task.containers.origin, &open),
        }
    }
}

/// Writes what is missing of the smallest size that holds what the containers ask for.
fn with_size(problem: Problem, task: &TaskDefinition) -> Problem {
    let sum = |number: fn(&Container) -> Option<i64>| task.containers.iter().filter_map(number).sum::<i64>();
    let wanted = Size {
        cpu: sum(|container| container.cpu.known().copied()),
        memory: sum(|of| of.memory.known().or_else(|| of.memory_reservation.known()).copied()),
    };
    let windows = task
        .operating_system
        .known()
        .is_some_and(|system| system.to_ascii_uppercase().starts_with("WINDOWS"));
    let written = [&task.cpu, &task.memory];
    if written.iter().any(|field| field.not_known().is_some()) || task.operating_system.not_known().is_some()
    {
        return problem;
    }
    let cpus = sizes::cpus(windows).into_iter().filter(|cpu| task.cpu.known().unwrap_or(cpu) == cpu);
    let all = cpus
        .flat_map(|cpu| sizes::memories(cpu, windows).into_iter().map(move |memory| Size { cpu, memory }));
    let smallest = all
        .filter(|size| task.memory.known().unwrap_or(&size.memory) == &size.memory)
        .find(|size| size.cpu >= wanted.cpu && size.memory >= wanted.memory);
    let Some(size) = smallest else { return problem };
    let missing = [("cpu", &task.cpu, size.cpu), ("memory", &task.memory, size.memory)]
        .into_iter()
        .filter(|(_, field, _)| field.is_absent())
        .map(|(name, _, number)| (Arc::from(name), edits::task_number(task, number)));
    let arguments = missing.collect();
    problem.fix(Applicability::Unsafe, Change::Set { place: task.meta.block, within: Vec::new(), arguments })
}

fn container_fields(look: &mut Look<'_, '_>, container: &Container, element: &str) {
    for (name, field) in &container.other_fields {
        // A group that is not known as a whole may hold one of them.
        let group = || REFUSED.iter().any(|(refused, _)| refused.starts_with(&format!("{name}.")));
        let known = REFUSED.iter().find(|(refused, _)| name.eq_ignore_ascii_case(refused));
        match known {
            Some((name, help)) => {
                look.at(field.is_set(), &field.origin, || refused(name, help).element(element))
            }
            None if field.not_known().is_some() && group() => {
                look.at(Tri::Maybe(field.causes()), &field.origin, || {
                    refused(name, "take it out").element(element)
                });
            }
            None => {}
        }
    }
    for name in container.added_capabilities.with_template() {
        let plain = |name: &str| -> Arc<str> { name.to_ascii_uppercase().trim_start_matches("CAP_").into() };
        let bad = name.holds(false, |name| &*plain(name) != "SYS_PTRACE");
        look.at(bad, &name.origin, || {
            capability(&name.known().map_or_else(|| Arc::from("(one of several)"), |name| plain(name)))
                .element(element)
        });
    }
}

/// Many looks at one task that count as one passed check when nothing is wrong.
struct Look<'p, 'd> {
    probe: &'p mut Probe<'d>,
    on_fargate: Tri,
    passed: bool,
}

impl Look<'_, '_> {
    fn at(&mut self, bad: Tri, origin: &Origin, problem: impl FnOnce() -> Problem) {
        if !bad.is_no() {
            self.passed = false;
            self.probe.decide(self.on_fargate.clone().and(bad), origin, problem);
        }
    }
}
