//! One load balancer for several services: hours and public addresses of the others go, their capacity units stay.
//! Source: Elastic Load Balancing pricing (capacity is billed by what passes, wherever it passes).

use super::{Base, Change, Column, Priced, listed};
use crate::model::Unit;
use crate::model::balancer::LoadBalancer;

const NAME: &str = "shared-alb";
const TITLE: &str = "One Application Load Balancer for all";

pub(super) fn columns(base: &Base<'_>) -> Vec<Column> {
    let mut kept: Vec<((Unit, bool), &LoadBalancer)> = Vec::new();
    let mut merged: Vec<(&LoadBalancer, &LoadBalancer)> = Vec::new();
    for balancer in &base.deployment.load_balancers {
        let is_application = balancer.kind.holds(true, |kind| kind == "application").is_yes();
        let internal = balancer.internal.holds(false, |internal| *internal);
        if !is_application || (!internal.is_yes() && !internal.is_no()) {
            continue;
        }
        let group = (balancer.meta.unit, internal.is_yes());
        match kept.iter().find(|(of, _)| *of == group) {
            Some((_, first)) => merged.push((balancer, first)),
            None => kept.push((group, balancer)),
        }
    }
    if merged.is_empty() {
        let why = "no root module has two Application Load Balancers that could be one";
        return vec![Column::not_here(NAME, TITLE, why)];
    }
    let mut priced = Priced { estimate: base.current.clone(), ..Priced::default() };
    for resource in &mut priced.estimate.resources {
        let is_it = |balancer: &LoadBalancer| {
            balancer.meta.address == resource.address && balancer.meta.origin.span == resource.span
        };
        if merged.iter().any(|(balancer, _)| is_it(balancer)) {
            resource
                .components
                .retain(|component| !matches!(component.unit.as_str(), "hours" | "address-hours"));
        }
    }
    for (balancer, first) in &merged {
        priced.changes.push(Change {
            address: balancer.meta.address.clone(),
            span: balancer.meta.origin.span,
            argument: String::new(),
            to: format!("move its listener rules and target groups to {}", first.meta.address),
        });
    }
    let names: Vec<String> = merged.iter().map(|(balancer, _)| balancer.meta.address.to_string()).collect();
    priced.conditions = vec![
        format!(
            "{} and the one kept stand in one VPC, and hosts or paths tell their requests apart",
            listed(&names)
        ),
        "at most 100 rules and 25 certificates (default quotas), and one outage hits all".to_owned(),
    ];
    vec![Column::priced(base, NAME, TITLE, priced)]
}
