//! Who can reach what: the rules of a security group, how wide their sources are, which ports they open, and
//! what the group is attached to. Sources: Amazon VPC user guide, "Security group rules"; RFC 1918, 6598, 4193.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::model::balancer::{Listener, LoadBalancer};
use crate::model::graph::{LoadBalancerId, SecurityGroupId};
use crate::model::network::{Direction, SecurityGroup, SecurityGroupRule};
use crate::model::service::{Service, ServiceNetwork};
use crate::model::{Deployment, Field, Id, Items, Link, Meta, Reference, Tri};
use crate::value::{Cause, Origin};

/// How many addresses a source stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    /// Everybody: `0.0.0.0/0`, `::/0`.
    Anywhere,
    /// Public addresses, more than a /24 (IPv6: more than a /48, the usual site).
    Wide,
    /// At most a /24 (/48) of public addresses, or one address of any kind.
    Narrow,
    /// Addresses that the internet does not route.
    Private,
}

/// The widest IPv4 range that counts as somebody's own.
const NARROW_V4: u8 = 24;
/// The widest IPv6 range that counts as somebody's own.
const NARROW_V6: u8 = 48;

const PRIVATE_V4: [(Ipv4Addr, u8); 6] = [
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
];
const PRIVATE_V6: [(Ipv6Addr, u8); 3] = [
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10),
    (Ipv6Addr::LOCALHOST, 128),
];

/// How wide a CIDR block is; `None` for text that is none.
pub(crate) fn width(cidr: &str) -> Option<Width> {
    let net: IpNet = cidr.trim().parse().ok()?;
    if net.prefix_len() == 0 {
        return Some(Width::Anywhere);
    }
    if net.prefix_len() == net.max_prefix_len() {
        return Some(Width::Narrow);
    }
    let (private, narrow) = match net {
        IpNet::V4(net) => {
            let is_within = |(base, length): &(Ipv4Addr, u8)| {
                Ipv4Net::new(*base, *length).is_ok_and(|outer| outer.contains(&net))
            };
            (PRIVATE_V4.iter().any(is_within), net.prefix_len() >= NARROW_V4)
        }
        IpNet::V6(net) => {
            let is_within = |(base, length): &(Ipv6Addr, u8)| {
                Ipv6Net::new(*base, *length).is_ok_and(|outer| outer.contains(&net))
            };
            (PRIVATE_V6.iter().any(is_within), net.prefix_len() >= NARROW_V6)
        }
    };
    Some(match (private, narrow) {
        (true, _) => Width::Private,
        (false, true) => Width::Narrow,
        (false, false) => Width::Wide,
    })
}

/// Whether a source is so wide. The address range of a VPC or subnet is private also where it is not known.
pub(crate) fn source_is(cidr: &Field<String>, test: impl Fn(Width) -> bool) -> Tri {
    let of_network = |cause: &Cause| match cause {
        Cause::Computed { address, attribute } | Cause::Data { address, attribute } => {
            (address.contains("aws_vpc") || address.contains("aws_subnet"))
                && attribute.contains("cidr_block")
        }
        _ => false,
    };
    if let Some(unknown) = cidr.not_known()
        && !unknown.causes.is_empty()
        && unknown.causes.iter().all(of_network)
    {
        return test(Width::Private).into();
    }
    cidr.holds(false, |text| width(text).is_some_and(&test))
}

/// The address ranges a rule admits, IPv4 first.
pub(crate) fn sources(rule: &SecurityGroupRule) -> impl Iterator<Item = &Field<String>> {
    rule.ipv4.iter().chain(&rule.ipv6)
}

/// Whether some source of the rule is so wide.
pub(crate) fn any_source(rule: &SecurityGroupRule, test: impl Fn(Width) -> bool) -> Tri {
    rule.ipv4.any(|cidr| source_is(cidr, &test)).or(rule.ipv6.any(|cidr| source_is(cidr, &test)))
}

/// Whether the rule lets something in.
pub(crate) fn is_ingress(rule: &SecurityGroupRule) -> Tri {
    rule.direction.holds(false, |direction| *direction == Direction::Ingress)
}

/// `-1` and `all` stand for every protocol (EC2 API, `IpPermission`).
fn is_every_protocol(protocol: &str) -> bool {
    ["-1", "all"].iter().any(|every| every.eq_ignore_ascii_case(protocol))
}

/// By name or IANA number.
fn is_transport(protocol: &str) -> bool {
    ["tcp", "udp", "6", "17"].iter().any(|transport| transport.eq_ignore_ascii_case(protocol))
}

/// Whether the rule concerns ICMP only.
pub(crate) fn is_icmp(rule: &SecurityGroupRule) -> Tri {
    rule.protocol.holds(false, |protocol| {
        matches!(protocol.to_ascii_lowercase().as_str(), "icmp" | "icmpv6" | "1" | "58")
    })
}

/// Whether the rule opens every port.
pub(crate) fn opens_all(rule: &SecurityGroupRule) -> Tri {
    let every = rule.protocol.holds(false, |protocol| is_every_protocol(protocol));
    let transport = rule.protocol.holds(false, |protocol| is_transport(protocol));
    let from = rule.from_port.holds(false, |port| *port <= 1);
    let to = rule.to_port.holds(false, |port| *port >= 65535);
    every.or(transport.and(from).and(to))
}

/// Whether the rule opens a port, by name of its transport protocol.
pub(crate) fn opens(rule: &SecurityGroupRule, wanted: i64) -> Tri {
    let every = rule.protocol.holds(false, |protocol| is_every_protocol(protocol));
    let transport = rule.protocol.holds(false, |protocol| is_transport(protocol));
    let from = rule.from_port.holds(false, |port| *port <= wanted);
    let to = rule.to_port.holds(false, |port| *port >= wanted);
    every.or(transport.and(from).and(to))
}

/// Whether the rule opens nothing but these ports.
pub(crate) fn opens_only(rule: &SecurityGroupRule, ports: &[i64]) -> Tri {
    let within = |field: &Field<i64>| field.holds(false, |port| ports.contains(port));
    let single = match (rule.from_port.known(), rule.to_port.known()) {
        (Some(from), Some(to)) => Tri::from(from == to),
        _ if rule.from_port.is_written() && rule.to_port.is_written() => {
            Tri::Maybe(rule.from_port.causes().and(&rule.to_port.causes()))
        }
        _ => Tri::No,
    };
    let transport = rule.protocol.holds(false, |protocol| is_transport(protocol));
    transport.and(within(&rule.from_port)).and(within(&rule.to_port)).and(single)
}

/// `port 5432`, `ports 8000-8010`, `all ports`; without numbers where they are not known.
pub(crate) fn ports_text(rule: &SecurityGroupRule) -> String {
    match (rule.from_port.known(), rule.to_port.known()) {
        _ if opens_all(rule).is_yes() => "all ports".to_owned(),
        (Some(from), Some(to)) if from == to => format!("port {from}"),
        (Some(from), Some(to)) => format!("ports {from}-{to}"),
        _ => "a port".to_owned(),
    }
}

/// Ports of databases, caches, queues and search engines, with what listens there.
pub(crate) const DATA_PORTS: [(i64, &str); 17] = [
    (1433, "SQL Server"),
    (1521, "Oracle"),
    (2379, "etcd"),
    (3306, "MySQL"),
    (5432, "PostgreSQL"),
    (5439, "Redshift"),
    (5671, "AMQP"),
    (5672, "AMQP"),
    (6379, "Redis"),
    (7687, "Neo4j"),
    (9042, "Cassandra"),
    (9092, "Kafka"),
    (9094, "Kafka"),
    (9200, "Elasticsearch"),
    (9300, "Elasticsearch"),
    (11211, "Memcached"),
    (27017, "MongoDB"),
];

/// Ports of shells, desktops and admin pages.
pub(crate) const ADMIN_PORTS: [(i64, &str); 12] = [
    (22, "SSH"),
    (23, "Telnet"),
    (445, "SMB"),
    (2375, "the Docker API"),
    (2376, "the Docker API"),
    (3389, "remote desktop"),
    (5555, "Flower"),
    (5601, "Kibana"),
    (5900, "VNC"),
    (8200, "Vault"),
    (9090, "Prometheus"),
    (15672, "RabbitMQ management"),
];

/// Whether the rule opens a data-store port.
pub(crate) fn opens_data_port(rule: &SecurityGroupRule) -> Tri {
    DATA_PORTS.iter().map(|(port, _)| opens(rule, *port)).fold(Tri::No, Tri::or)
}

/// The ports of a table that the rule opens for certain.
pub(crate) fn opened(rule: &SecurityGroupRule, table: &[(i64, &'static str)]) -> Vec<(i64, &'static str)> {
    table.iter().filter(|(port, _)| opens(rule, *port).is_yes()).copied().collect()
}

/// The security group that a reference names.
pub(crate) fn group_of<'a>(
    deployment: &'a Deployment,
    of: &Meta,
    reference: &Reference,
) -> Option<&'a SecurityGroup> {
    deployment
        .security_groups
        .iter()
        .find(|group| group.meta.unit == of.unit && reference.is_to(&group.meta.address))
}

/// All rules of a group, inline and stand-alone, those that may exist included.
pub(crate) fn rules_of(
    deployment: &Deployment,
    id: SecurityGroupId,
) -> impl Iterator<Item = &SecurityGroupRule> {
    let inline = deployment
        .security_group(id)
        .into_iter()
        .flat_map(SecurityGroup::inline_rules)
        .flat_map(Items::with_template);
    let alone = deployment.security_group_rules.iter().filter(move |rule| rule.group_link.to() == Some(id));
    inline.chain(alone)
}

/// Whether a list of groups holds one. An entry that is not known may be it, if it stands in the same unit.
fn holds_group(
    links: &[Link<SecurityGroupId>],
    all: &Items<Field<Reference>>,
    near: bool,
    id: SecurityGroupId,
) -> Tri {
    let known = links.iter().map(|link| match link {
        Link::To(to) => Tri::from(*to == id),
        Link::Unknown(causes) if near => Tri::Maybe(causes.clone()),
        Link::Unknown(_) | Link::NotFound(_) | Link::Absent => Tri::No,
    });
    let rest = match &all.open {
        Some(open) if near => Tri::Maybe(open.causes.clone()),
        _ => Tri::No,
    };
    known.fold(rest, Tri::or)
}

/// What a security group protects, as far as the code says. `Maybe` where a user's groups are not known.
#[derive(Debug)]
pub(crate) struct Attached<'a> {
    pub(crate) balancers: Vec<(&'a LoadBalancer, LoadBalancerId, Tri)>,
    pub(crate) services: Vec<&'a Service>,
    /// Databases, database clusters and caches.
    pub(crate) data: Tri,
    pub(crate) endpoint: bool,
    /// Instances, launch templates and the like.
    pub(crate) instance: bool,
    pub(crate) vpn: bool,
}

/// Kinds of resources that run instances of the customer.
const INSTANCES: [&str; 1] = ["aws_network_interface"];

/// Kinds of the model's outskirts that hold data.
const DATA_STORES: [&str; 8] = [
    "aws_docdb_cluster",
    "aws_neptune_cluster",
    "aws_memorydb_cluster",
    "aws_redshift_cluster",
    "aws_opensearch_domain",
    "aws_elasticsearch_domain",
    "aws_msk_cluster",
    "aws_mq_broker",
];

/// What the group is attached to.
pub(crate) fn attached(deployment: &Deployment, id: SecurityGroupId) -> Attached<'_> {
    let unit = deployment.security_group(id).map(|group| group.meta.unit);
    let near = |meta: &Meta| Some(meta.unit) == unit;
    let balancers = deployment
        .load_balancers
        .iter()
        .enumerate()
        .map(|(at, lb)| {
            let holds = holds_group(&lb.security_group_links, &lb.security_groups, near(&lb.meta), id);
            (lb, LoadBalancerId::new(at), holds)
        })
        .filter(|(_, _, holds)| !holds.is_no())
        .collect();
    let databases = deployment
        .databases
        .iter()
        .map(|db| holds_group(&db.security_group_links, &db.security_groups, near(&db.meta), id));
    let clusters = deployment
        .database_clusters
        .iter()
        .map(|db| holds_group(&db.security_group_links, &db.security_groups, near(&db.meta), id));
    let caches = deployment
        .caches
        .iter()
        .map(|cache| holds_group(&cache.security_group_links, &cache.security_groups, near(&cache.meta), id));
    let mentioned_by = |kinds: &[&str]| {
        deployment.security_group(id).is_some_and(|group| {
            kinds.iter().flat_map(|kind| deployment.others_of_kind(kind)).any(|other| {
                ["security_group_ids", "security_groups"].iter().any(|path| other.mentions(path, &group.meta))
            })
        })
    };
    let machines = deployment.security_group(id).is_some_and(|group| {
        let instances = deployment.instances.iter().map(|node| (&node.meta, &node.machine));
        let templates = deployment.launch_templates.iter().map(|node| (&node.meta, &node.machine));
        instances.chain(templates).filter(|(meta, _)| meta.unit == group.meta.unit).any(|(_, machine)| {
            let named = machine.security_groups.iter().filter_map(Field::known);
            named.into_iter().any(|reference| reference.is_to(&group.meta.address))
        })
    });
    Attached {
        balancers,
        services: deployment.services_in_group(id).collect(),
        data: databases.chain(clusters).chain(caches).fold(Tri::from(mentioned_by(&DATA_STORES)), Tri::or),
        endpoint: deployment.vpc_endpoints.iter().any(|endpoint| {
            holds_group(&endpoint.security_group_links, &endpoint.security_groups, false, id).is_yes()
        }),
        instance: machines || mentioned_by(&INSTANCES),
        vpn: mentioned_by(&["aws_ec2_client_vpn_endpoint"]),
    }
}

/// Whether a load balancer can be reached from the internet; `internal` is false where absent.
pub(crate) fn is_internet_facing(balancer: &LoadBalancer) -> Tri {
    balancer.internal.holds(true, |internal| !internal)
}

/// Listeners of a load balancer, with how certain it is that they are its.
pub(crate) fn listeners<'a>(
    deployment: &'a Deployment,
    balancer: &LoadBalancer,
) -> impl Iterator<Item = (&'a Listener, Tri)> + use<'a> {
    let id: Option<LoadBalancerId> = Deployment::id_of(&deployment.load_balancers, balancer);
    let unit = balancer.meta.unit;
    deployment.listeners.iter().filter_map(move |listener| match &listener.load_balancer_link {
        Link::To(to) if Some(*to) == id => Some((listener, Tri::Yes)),
        Link::Unknown(causes) if listener.meta.unit == unit => Some((listener, Tri::Maybe(causes.clone()))),
        Link::To(_) | Link::Unknown(_) | Link::NotFound(_) | Link::Absent => None,
    })
}

/// Whether the groups of some tasks admit nobody but load balancers: every source of every ingress rule is a group
/// that is attached to one. Only a certain answer counts.
pub(crate) fn only_balancers_reach(deployment: &Deployment, network: &ServiceNetwork, of: &Meta) -> bool {
    let groups: Vec<SecurityGroupId> = network.security_group_links.iter().filter_map(Link::to).collect();
    let is_complete = network.security_groups.is_closed()
        && !groups.is_empty()
        && groups.len() == network.security_group_links.len();
    is_complete
        && groups.iter().all(|id| {
            let closed = deployment.security_group(*id).is_some_and(|group| group.ingress.is_closed());
            closed
                && rules_of(deployment, *id)
                    .filter(|rule| !is_ingress(rule).is_no())
                    .all(|rule| admits_only_balancers(deployment, rule, of))
        })
}

fn admits_only_balancers(deployment: &Deployment, rule: &SecurityGroupRule, of: &Meta) -> bool {
    let no_ranges = rule.ipv4.is_empty().is_yes()
        && rule.ipv6.is_empty().is_yes()
        && rule.prefix_lists.is_empty().is_yes();
    no_ranges
        && rule.source_groups.is_closed()
        && rule.source_groups.iter().all(|source| {
            let group = source.known().and_then(|reference| group_of(deployment, of, reference));
            group.and_then(|group| Deployment::id_of(&deployment.security_groups, group)).is_some_and(|id| {
                attached(deployment, id).balancers.iter().any(|(_, _, holds)| holds.is_yes())
            })
        })
}

/// The first source for which `test` holds, else the first for which it may, else where sources or ports are open.
pub(crate) fn place(rule: &SecurityGroupRule, test: impl Fn(Width) -> bool) -> &Origin {
    let of = |wanted: fn(&Tri) -> bool| sources(rule).find(|cidr| wanted(&source_is(cidr, &test)));
    let open = || [&rule.ipv4, &rule.ipv6].into_iter().find(|list| !list.is_closed());
    match of(Tri::is_yes).or_else(|| of(|answer| !answer.is_no())) {
        Some(cidr) => &cidr.origin,
        None => open().map_or(&rule.origin, |list| &list.origin),
    }
}

/// The text of the first source for which `test` holds.
pub(crate) fn source_text(rule: &SecurityGroupRule, test: impl Fn(Width) -> bool) -> &str {
    let found = sources(rule).find(|cidr| source_is(cidr, &test).is_yes());
    found.and_then(|cidr| cidr.known()).map_or("a wide range", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_have_a_width() {
        assert_eq!(width("0.0.0.0/0"), Some(Width::Anywhere));
        assert_eq!(width("::/0"), Some(Width::Anywhere));
        assert_eq!(width("198.51.0.0/16"), Some(Width::Wide));
        assert_eq!(width("203.0.113.0/24"), Some(Width::Narrow));
        assert_eq!(width("10.0.0.0/16"), Some(Width::Private));
        assert_eq!(width("10.0.0.0/7"), Some(Width::Wide));
        assert_eq!(width("100.64.0.0/12"), Some(Width::Private));
        assert_eq!(width("2001:db8::/32"), Some(Width::Wide));
        assert_eq!(width("fd00::/8"), Some(Width::Private));
        assert_eq!(width("10.0.0.1"), None);
    }
}
