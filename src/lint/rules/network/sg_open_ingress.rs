//! Ports that the whole internet can reach although they are no public web port of a load balancer.

use crate::lint::probe::listed;
use crate::lint::rules::facts::exposure::{self, ADMIN_PORTS, Attached, Width};
use crate::lint::{Probe, Problem, Severity};
use crate::model::graph::SecurityGroupId;
use crate::model::network::SecurityGroupRule;
use crate::model::{Deployment, Tri};

/// Ports that a public load balancer may open without a listener in the code.
const WEB_PORTS: [i64; 2] = [80, 443];

fn open(rule: &SecurityGroupRule, source: &str, whose: Whose) -> Problem {
    let admin = exposure::opened(rule, &ADMIN_PORTS);
    let is_all = exposure::opens_all(rule).is_yes();
    let what = if is_all || admin.is_empty() {
        exposure::ports_text(rule)
    } else {
        let names: Vec<String> = admin.iter().map(|(port, name)| format!("{port} ({name})")).collect();
        format!("{} {}", if admin.len() == 1 { "port" } else { "ports" }, listed(&names))
    };
    let problem = Problem::new(format!("the internet ({source}) reaches {what}{}", whose.clause()));
    match whose {
        _ if !is_all && !admin.is_empty() => problem
            .help("use ECS Exec or Session Manager, or admit one address or the group of a bastion or VPN"),
        Whose::Tasks => problem.help("admit only the security group of the load balancer"),
        Whose::PublicTasks => problem
            .help(
                "put a load balancer in front, which ends TLS and can carry a WAF, and admit only its group",
            )
            .severity(Severity::Info),
        Whose::Endpoint => problem.help("admit only the security groups of the tasks that use the endpoint"),
        Whose::InternalBalancer => {
            problem.help("admit only the address range of the callers").severity(Severity::Info)
        }
        Whose::Balancer => problem.help("open 80, 443 and the ports of listeners, nothing else"),
        Whose::Instance => {
            problem.help("admit only the security group of the load balancer, or a known range")
        }
        Whose::PublicInstance => problem
            .help(
                "put a load balancer in front, which ends TLS and can carry a WAF, and admit only its group",
            )
            .severity(Severity::Info),
        Whose::Other => problem.help("name the source: a security group, a prefix list or an address range"),
    }
}

/// Whose port it is, as far as it matters for what to do.
#[derive(Debug, Clone, Copy)]
enum Whose {
    Balancer,
    InternalBalancer,
    Tasks,
    /// Tasks without load balancer and with public addresses: they are the entry themselves.
    PublicTasks,
    Endpoint,
    Instance,
    /// Web ports of instances where no load balancer is in the code.
    PublicInstance,
    Other,
}

impl Whose {
    fn clause(self) -> &'static str {
        match self {
            Self::Balancer => " of a load balancer",
            Self::InternalBalancer => " of an internal load balancer",
            Self::Tasks => " of tasks, past any load balancer",
            Self::PublicTasks => " of tasks directly",
            Self::Endpoint => " of a VPC endpoint",
            Self::Instance | Self::PublicInstance => " of instances directly",
            Self::Other => "",
        }
    }
}

fn is_anywhere(width: Width) -> bool {
    width == Width::Anywhere
}

pub(super) fn check(probe: &mut Probe<'_>, rule: &SecurityGroupRule, group: Option<SecurityGroupId>) {
    let attached = group.map(|id| exposure::attached(probe.deployment, id));
    let all = exposure::opens_all(rule);
    let of_store = attached.as_ref().map_or(Tri::No, of_store);
    let other_rules_port = exposure::opens_data_port(rule).and(all.clone().negate()).or(of_store);
    let applies =
        exposure::is_ingress(rule).and(exposure::is_icmp(rule).negate()).and(other_rules_port.negate());
    if applies.is_no() || attached.as_ref().is_some_and(|attached| attached.vpn) {
        return;
    }
    let admin = ADMIN_PORTS.iter().map(|(port, _)| exposure::opens(rule, *port)).fold(Tri::No, Tri::or);
    let harmful = match &attached {
        Some(attached) if is_used(attached) => serves_public(probe.deployment, attached, rule).negate(),
        // Nothing in the code uses the group: only what is never meant for everybody.
        _ => all.or(admin.clone()),
    };
    let bad = applies.clone().and(exposure::any_source(rule, is_anywhere)).and(harmful);
    match bad {
        Tri::No if !applies.is_yes() => {}
        Tri::No => probe.pass(),
        Tri::Maybe(causes) => probe.undecided(exposure::place(rule, is_anywhere), &causes),
        Tri::Yes => {
            let whose =
                attached.as_ref().map_or(Whose::Other, |attached| whose(probe, attached, rule, &admin));
            let problem = open(rule, exposure::source_text(rule, is_anywhere), whose);
            probe.fail(exposure::place(rule, is_anywhere), problem);
        }
    }
}

/// Groups of databases belong to another rule; one that is a balancer's for certain is not taken for theirs.
fn of_store(attached: &Attached<'_>) -> Tri {
    if is_of_balancer(attached) && !attached.data.is_yes() { Tri::No } else { attached.data.clone() }
}

fn is_of_balancer(attached: &Attached<'_>) -> bool {
    attached.balancers.iter().any(|(_, _, holds)| holds.is_yes())
}

fn is_used(attached: &Attached<'_>) -> bool {
    is_of_balancer(attached) || !attached.services.is_empty() || attached.endpoint || attached.instance
}

/// Whether the rule opens just a web port, or the port of a listener, of a public load balancer.
fn serves_public(deployment: &Deployment, attached: &Attached<'_>, rule: &SecurityGroupRule) -> Tri {
    attached
        .balancers
        .iter()
        .map(|(balancer, _, holds)| {
            let ports: Vec<i64> = exposure::listeners(deployment, balancer)
                .filter_map(|(listener, _)| listener.port.known().copied())
                .chain(WEB_PORTS)
                .collect();
            let unknown_listener = exposure::listeners(deployment, balancer)
                .map(|(listener, _)| match listener.port.not_known() {
                    Some(unknown) => Tri::Maybe(unknown.causes.clone()),
                    None => Tri::No,
                })
                .fold(Tri::No, Tri::or);
            let port = exposure::opens_only(rule, &ports).or(unknown_listener);
            holds.clone().and(exposure::is_internet_facing(balancer)).and(port)
        })
        .fold(Tri::No, Tri::or)
}

fn whose(probe: &Probe<'_>, attached: &Attached<'_>, rule: &SecurityGroupRule, admin: &Tri) -> Whose {
    let balancers = || attached.balancers.iter().filter(|(_, _, holds)| holds.is_yes());
    let is_plain = exposure::opens_all(rule).is_no() && admin.is_no();
    if attached.services.iter().any(|service| !service.load_balancers.is_empty().is_yes()) {
        Whose::Tasks
    } else if !attached.services.is_empty() {
        let are_public = attached.services.iter().all(|service| {
            service.network.known().is_some_and(|network| network.assign_public_ip.known() == Some(&true))
        });
        if are_public && is_plain { Whose::PublicTasks } else { Whose::Tasks }
    } else if attached.endpoint {
        Whose::Endpoint
    } else if balancers().any(|(balancer, _, _)| !exposure::is_internet_facing(balancer).is_no()) {
        Whose::Balancer
    } else if balancers().next().is_some() {
        if is_plain { Whose::InternalBalancer } else { Whose::Balancer }
    } else if attached.instance {
        let is_web = exposure::opens_only(rule, &WEB_PORTS).is_yes();
        let unit = probe.meta().unit;
        let has_balancer = probe.deployment.load_balancers.iter().any(|balancer| balancer.meta.unit == unit);
        if is_web && !has_balancer { Whose::PublicInstance } else { Whose::Instance }
    } else {
        Whose::Other
    }
}
