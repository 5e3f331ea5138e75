//! Port mappings that cannot work under awsvpc: a host port of its own, and one port in two containers.

use crate::lint::probe::container_element;
use crate::lint::rules::facts::edits;
use crate::lint::{Applicability, Probe, Problem};
use crate::model::Tri;
use crate::model::task::{Container, PortMapping, TaskDefinition};
use crate::value::Causes;

fn host_port_differs(mapping: &PortMapping, port: Option<&i64>) -> Problem {
    let host = &mapping.host_port;
    let is = host.known().map_or_else(String::new, |host| format!(" {host}"));
    let wanted = port.map_or_else(|| "the containerPort".to_owned(), |port| format!("containerPort {port}"));
    let problem = Problem::new(format!(
        "hostPort{is} is not {wanted}: under awsvpc no port is translated, and ECS refuses it"
    ))
    .help(format!("leave hostPort out, or set it to {wanted}"));
    match port {
        // What comes through a variable may be another port elsewhere.
        Some(port) if edits::is_beside(&mapping.origin, &mapping.container_port.origin) => {
            edits::set_member(problem, &mapping.origin, host, Applicability::Safe, &[], "hostPort", *port)
        }
        Some(_) => problem,
        None => problem,
    }
}

fn port_taken(port: i64, other: &Container, mapping: &PortMapping) -> Problem {
    let other_name = other.name.known().map_or("another container", String::as_str);
    Problem::new(format!(
        "port {port} is taken by container {other_name}: under awsvpc all containers share one network"
    ))
    .help("give each container of the task its own port")
    .related(&mapping.container_port.origin, format!("container {other_name} listens here"))
}

pub(super) fn check(probe: &mut Probe<'_>, task: &TaskDefinition) {
    let awsvpc = task.network_mode.holds(false, |mode| mode == "awsvpc");
    if awsvpc.is_no() {
        return;
    }
    for (index, container) in task.containers.with_template().enumerate() {
        for mapping in &container.ports {
            let port = mapping.container_port.known();
            let element = container_element(container.name.known(), index);
            probe.decide(awsvpc.clone().and(differs(mapping)), &mapping.host_port.origin, || {
                host_port_differs(mapping, port).element(element)
            });
        }
        // Whether there is any further mapping is not known, so that none can fail for certain.
        if let Some(open) = &container.ports.open {
            let differs = open.template.as_deref().map_or(Tri::Yes, differs);
            if let Tri::Maybe(causes) = awsvpc.clone().and(differs).and(Tri::Maybe(open.causes.clone())) {
                probe.undecided(&container.ports.origin, &causes);
            }
        }
    }
    shared_ports(probe, task, &awsvpc);
}

fn differs(mapping: &PortMapping) -> Tri {
    let (host, port) = match (&mapping.host_port.possible(None), &mapping.container_port.possible(None)) {
        (Ok(hosts), _) if hosts.is_empty() => return Tri::No,
        (Ok(hosts), Ok(ports)) if !ports.is_empty() => (hosts.clone(), ports.clone()),
        // 0 asks for a dynamic port and is never a containerPort.
        (Ok(hosts), _) if hosts.iter().all(|host| **host == 0) => return Tri::Yes,
        _ => return Tri::Maybe(mapping.host_port.causes().and(&mapping.container_port.causes())),
    };
    let mut answers = host.iter().flat_map(|host| port.iter().map(move |port| host != port));
    match answers.next() {
        Some(first) if answers.all(|answer| answer == first) => first.into(),
        _ => Tri::Maybe(mapping.host_port.causes().and(&mapping.container_port.causes())),
    }
}

/// Looks for two containers on one port and protocol; each later one is blamed.
fn shared_ports(probe: &mut Probe<'_>, task: &TaskDefinition, awsvpc: &Tri) {
    let mut open = task.containers.causes();
    let mappings: Vec<(usize, &Container, &PortMapping)> = task
        .containers
        .iter()
        .enumerate()
        .flat_map(|(index, container)| container.ports.iter().map(move |port| (index, container, port)))
        .collect();
    let mut found = false;
    for (position, (index, container, mapping)) in mappings.iter().enumerate() {
        let earlier = mappings.iter().take(position).filter(|(other, _, _)| other != index);
        for (_, other, taken) in earlier {
            match awsvpc.clone().and(same_port(mapping, taken)) {
                Tri::No => {}
                Tri::Maybe(causes) => open.add_all(&causes),
                Tri::Yes => {
                    let Some(port) = mapping.container_port.known() else { continue };
                    let element = container_element(container.name.known(), *index);
                    probe.fail(
                        &mapping.container_port.origin,
                        port_taken(*port, other, taken).element(element),
                    );
                    found = true;
                    break;
                }
            }
        }
        open.add_all(&container.ports.causes());
    }
    if !found && (task.containers.items.len() > 1 || !task.containers.is_closed()) {
        probe.undecided(&task.containers.origin, &open);
    }
}

fn same_port(a: &PortMapping, b: &PortMapping) -> Tri {
    let unknown = |causes: Causes| Tri::Maybe(causes);
    let ports = match (a.container_port.known(), b.container_port.known()) {
        (Some(a), Some(b)) => Tri::from(a == b),
        _ if a.container_port.is_absent() || b.container_port.is_absent() => Tri::No,
        (Some(port), None) => b.container_port.holds(false, |other| other == port),
        (None, Some(port)) => a.container_port.holds(false, |other| other == port),
        (None, None) => unknown(a.container_port.causes().and(&b.container_port.causes())),
    };
    let udp = |mapping: &PortMapping| {
        mapping.protocol.holds(false, |protocol| protocol.eq_ignore_ascii_case("udp"))
    };
    let (a_udp, b_udp) = (udp(a), udp(b));
    let same = a_udp.clone().and(b_udp.clone()).or(a_udp.negate().and(b_udp.negate()));
    ports.and(same)
}
