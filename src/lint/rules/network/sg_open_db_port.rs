//! Ports of databases and caches that more than their callers can reach.

use crate::lint::probe::listed;
use crate::lint::rules::facts::exposure::{self, DATA_PORTS, Width};
use crate::lint::{Probe, Problem, Severity};
use crate::model::graph::SecurityGroupId;
use crate::model::network::SecurityGroupRule;
use crate::model::service::Service;
use crate::model::{Deployment, Link, State, Tri};

const HELP: &str = "name the callers' security group as the source (`referenced_security_group_id`, or \
                    `security_groups` in the inline rule)";

fn open_port(ports: &[(i64, &str)], source: &str) -> Problem {
    let names: Vec<String> = ports.iter().map(|(port, name)| format!("{port} ({name})")).collect();
    let (noun, verb) = if ports.len() == 1 { ("port", "is") } else { ("ports", "are") };
    Problem::new(format!("{noun} {} {verb} open to {}", listed(&names), everybody(source))).help(HELP)
}

fn open_store(ports: &str, source: &str) -> Problem {
    Problem::new(format!("the security group of a database or cache opens {ports} to {}", everybody(source)))
        .help(HELP)
}

fn private_range(source: &str) -> Problem {
    Problem::new(format!("everything in {source} reaches the data store, not only the tasks that use it"))
        .help("the calling service has a security group in the code: name it as the source instead of the range")
        .severity(Severity::Info)
        .strict()
}

fn everybody(source: &str) -> String {
    match exposure::width(source) {
        Some(Width::Anywhere) => format!("the internet ({source})"),
        _ => format!("the public range {source}"),
    }
}

fn is_public(width: Width) -> bool {
    matches!(width, Width::Anywhere | Width::Wide)
}

fn is_private(width: Width) -> bool {
    width == Width::Private
}

pub(super) fn check(probe: &mut Probe<'_>, rule: &SecurityGroupRule, group: Option<SecurityGroupId>) {
    let by_port = exposure::opens_data_port(rule).and(exposure::opens_all(rule).negate());
    let of_store = group.map_or(Tri::No, |id| is_group_of_store(probe.deployment, id));
    let applies =
        exposure::is_ingress(rule).and(exposure::is_icmp(rule).negate()).and(by_port.clone().or(of_store));
    match applies.clone().and(exposure::any_source(rule, is_public)) {
        Tri::Yes => {
            let source = exposure::source_text(rule, is_public);
            let ports = exposure::opened(rule, &DATA_PORTS);
            let problem = if by_port.is_yes() && !ports.is_empty() {
                open_port(&ports, source)
            } else {
                open_store(&exposure::ports_text(rule), source)
            };
            probe.fail(exposure::place(rule, is_public), problem);
        }
        Tri::Maybe(causes) => probe.undecided(exposure::place(rule, is_public), &causes),
        Tri::No if applies.is_no() => {}
        Tri::No => {
            let private = exposure::any_source(rule, is_private).and(has_caller_with_group(probe, group));
            match applies.clone().and(private) {
                Tri::No if !applies.is_yes() => {}
                bad => probe.decide(bad, exposure::place(rule, is_private), || {
                    private_range(exposure::source_text(rule, is_private))
                }),
            }
        }
    }
}

/// A group that certainly belongs to a load balancer is not taken for that of a database whose groups are unknown.
fn is_group_of_store(deployment: &Deployment, id: SecurityGroupId) -> Tri {
    let attached = exposure::attached(deployment, id);
    let of_balancer = attached.balancers.iter().any(|(_, _, holds)| holds.is_yes());
    if of_balancer && !attached.data.is_yes() { Tri::No } else { attached.data }
}

/// Whether a service of the same root module has a security group of its own in the code.
fn has_caller_with_group(probe: &Probe<'_>, store: Option<SecurityGroupId>) -> Tri {
    let unit = probe.meta().unit;
    let of_service = |service: &Service| match &service.network.state {
        State::Known(network) => {
            let of_link = |link: &Link<SecurityGroupId>| match link {
                Link::To(id) => Tri::from(Some(*id) != store),
                Link::Unknown(causes) => Tri::Maybe(causes.clone()),
                Link::NotFound(_) | Link::Absent => Tri::No,
            };
            let further = match &network.security_groups.open {
                Some(open) => Tri::Maybe(open.causes.clone()),
                None => Tri::No,
            };
            network.security_group_links.iter().map(of_link).fold(further, Tri::or)
        }
        State::Unknown(unknown) => Tri::Maybe(unknown.causes.clone()),
        State::Absent => Tri::No,
    };
    let services = probe.deployment.services.iter().filter(|service| service.meta.unit == unit);
    services.map(of_service).fold(Tri::No, Tri::or)
}
