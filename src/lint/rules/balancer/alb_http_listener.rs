//! Application load balancers that serve plain HTTP, or redirect to an HTTPS that nobody serves.

use crate::lint::rules::facts::exposure;
use crate::lint::{Applicability, Change, Probe, Problem, Severity, Term};
use crate::model::balancer::{Listener, ListenerAction, LoadBalancer};
use crate::model::service::Service;
use crate::model::{Deployment, Link, Reference, State, Tri};

fn plain(listener: &Listener) -> Problem {
    let port = listener.port.known().map_or_else(String::new, |port| format!(" on port {port}"));
    Problem::new(format!(
        "this listener serves plain HTTP{port}: cookies and passwords can be read and changed on the way"
    ))
    .help("let it only redirect to HTTPS (default_action of type redirect, protocol HTTPS, HTTP_301)")
}

fn nothing_serves_https() -> Problem {
    Problem::new("HTTP redirects to HTTPS, but no listener of this load balancer serves HTTPS")
        .help("add a listener with protocol HTTPS, port 443 and a certificate of AWS Certificate Manager")
}

pub(super) fn listener(probe: &mut Probe<'_>, listener: &Listener) {
    let balancer = listener.load_balancer_link.to().and_then(|id| probe.deployment.load_balancer(id));
    let behind_lists =
        balancer.map_or(Tri::No, |balancer| is_behind_prefix_list(probe.deployment, listener, balancer));
    if is_only_for_tests(probe.deployment, listener) || behind_lists.is_yes() {
        return;
    }
    let bad = speaks_http(listener, balancer)
        .and(is_application(balancer))
        .and(redirects(listener).negate())
        .and(behind_lists.negate());
    if bad.is_no() && !speaks_http(listener, balancer).is_yes() {
        return;
    }
    let place = if redirects(listener).is_no() || !speaks_http(listener, balancer).is_yes() {
        &listener.protocol.origin
    } else {
        &listener.default_actions.origin
    };
    let deployment = probe.deployment;
    probe.decide(bad, place, || {
        let problem = at_severity(plain(listener), balancer);
        match redirecting(deployment, listener, balancer) {
            Some(change) => problem.fix(Applicability::Unsafe, change),
            None => problem,
        }
    });
}

/// The listener's one action as a redirect, where the load balancer serves HTTPS already and nothing else hangs on
/// this listener.
fn redirecting(
    deployment: &Deployment,
    listener: &Listener,
    balancer: Option<&LoadBalancer>,
) -> Option<Change> {
    let serves_https = |other: &Listener| {
        other.protocol.known().is_some_and(|protocol| protocol.eq_ignore_ascii_case("HTTPS"))
            && other.port.known() == Some(&443)
    };
    let [action] = listener.default_actions.items.as_slice() else { return None };
    let mut others = exposure::listeners(deployment, balancer?);
    let is_alone = listener.default_actions.is_closed() && listener.rules.is_empty();
    let is_served = others.any(|(other, theirs)| theirs.is_yes() && serves_https(other));
    if !is_alone || !is_served || action.origin.via.is_some() {
        return None;
    }
    let text = |name: &str, value: &str| (name.into(), Term::from(value));
    Some(Change::Rewrite {
        header: action.origin.span,
        arguments: vec![text("type", "redirect")],
        nested: vec![(
            "redirect".into(),
            vec![text("port", "443"), text("protocol", "HTTPS"), text("status_code", "HTTP_301")],
        )],
    })
}

pub(super) fn balancer(probe: &mut Probe<'_>, balancer: &LoadBalancer) {
    let listeners: Vec<_> = exposure::listeners(probe.deployment, balancer).collect();
    let any = |test: &dyn Fn(&Listener) -> Tri| {
        listeners.iter().map(|(listener, theirs)| theirs.clone().and(test(listener))).fold(Tri::No, Tri::or)
    };
    let redirected = any(&|listener| speaks_http(listener, Some(balancer)).and(redirects(listener)));
    let plain = any(&|listener| speaks_http(listener, Some(balancer)).and(redirects(listener).negate()));
    let served = any(&|listener| speaks_http(listener, Some(balancer)).negate());
    // A listener that serves HTTP is reported itself.
    let bad = is_application(Some(balancer)).and(redirected).and(plain.or(served).negate());
    if !bad.is_no() {
        probe.decide(bad, &balancer.meta.origin, || at_severity(nothing_serves_https(), Some(balancer)));
    }
}

/// Inside a VPC plain HTTP is milder; where the scheme is not known the rule's own severity holds.
fn at_severity(problem: Problem, balancer: Option<&LoadBalancer>) -> Problem {
    let internal = balancer.is_some_and(|balancer| exposure::is_internet_facing(balancer).is_no());
    if internal { problem.severity(Severity::Info) } else { problem }
}

/// HTTP where no protocol is written, unless there is a certificate (Elastic Load Balancing API, `CreateListener`).
/// Of a load balancer outside the code the kind is not known, and so neither is its default.
fn speaks_http(listener: &Listener, balancer: Option<&LoadBalancer>) -> Tri {
    if listener.protocol.is_absent() && balancer.is_none() {
        return match &listener.load_balancer_link {
            Link::Unknown(causes) => Tri::Maybe(causes.clone()).and(listener.certificate.is_set().negate()),
            _ => Tri::No,
        };
    }
    if listener.protocol.is_absent() {
        return listener.certificate.is_set().negate();
    }
    listener.protocol.holds(false, |protocol| protocol.eq_ignore_ascii_case("HTTP"))
}

/// A listener of protocol HTTP belongs to an application load balancer; only a written kind says otherwise.
fn is_application(balancer: Option<&LoadBalancer>) -> Tri {
    balancer.map_or(Tri::Yes, |balancer| {
        balancer.kind.holds(true, |kind| kind.eq_ignore_ascii_case("application"))
    })
}

/// Whether every default action sends the caller to HTTPS.
fn redirects(listener: &Listener) -> Tri {
    let to_https = |action: &ListenerAction| {
        action
            .kind
            .holds(false, |kind| kind.eq_ignore_ascii_case("redirect"))
            .and(action.redirect_protocol.holds(false, |protocol| protocol.eq_ignore_ascii_case("HTTPS")))
    };
    listener.default_actions.all(to_https)
}

/// The test listener of a blue/green deployment, of CodeDeploy or of ECS itself.
fn is_only_for_tests(deployment: &Deployment, listener: &Listener) -> bool {
    let of_code_deploy = deployment.others.iter().any(|other| {
        &*other.meta.kind == "aws_codedeploy_deployment_group"
            && other.mentions("test_traffic_route.listener_arns", &listener.meta)
    });
    let near = |service: &&Service| service.meta.unit == listener.meta.unit;
    let is_its_rule = |reference: &Reference| {
        reference.is_to(&listener.meta.address)
            || listener.rules.iter().any(|rule| reference.is_to(&rule.meta.address))
    };
    of_code_deploy
        || deployment
            .services
            .iter()
            .filter(near)
            .flat_map(|service| &service.load_balancers)
            .any(|balancer| balancer.test_listener_rule.known().is_some_and(is_its_rule))
}

/// Whether the balancer's groups admit nothing but prefix lists to the listener's port, as the one of CloudFront.
fn is_behind_prefix_list(deployment: &Deployment, listener: &Listener, balancer: &LoadBalancer) -> Tri {
    let port = match &listener.port.state {
        State::Known(port) => Some(*port),
        State::Unknown(_) => None,
        State::Absent => return Tri::No,
    };
    let mut admitted = Tri::No;
    let mut others = match &balancer.security_groups.open {
        Some(open) => Tri::Maybe(open.causes.clone()),
        None => Tri::No,
    };
    for link in &balancer.security_group_links {
        let id = match link {
            Link::To(id) => *id,
            Link::Unknown(causes) => {
                others = others.or(Tri::Maybe(causes.clone()));
                continue;
            }
            Link::NotFound(_) | Link::Absent => return Tri::No,
        };
        for rule in exposure::rules_of(deployment, id) {
            let opens = match port {
                Some(port) => exposure::opens(rule, port),
                None => Tri::Maybe(listener.port.causes()),
            };
            let lets_in = exposure::is_ingress(rule).and(opens);
            let only_lists = rule
                .ipv4
                .is_empty()
                .and(rule.ipv6.is_empty())
                .and(rule.source_groups.is_empty())
                .and(rule.prefix_lists.is_empty().negate());
            admitted = admitted.or(lets_in.clone().and(only_lists.clone()));
            others = others.or(lets_in.and(only_lists.negate()));
        }
    }
    admitted.and(others.negate())
}
