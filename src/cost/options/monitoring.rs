//! A monitoring vendor that is paid by the host instead of CloudWatch.

use rust_decimal::Decimal;

use super::super::estimate::Range;
use super::{Addition, Base, Column, Priced, dollars};

const NAME: &str = "monitoring-vendor";
const TITLE: &str = "A monitoring vendor instead of CloudWatch";

pub(super) fn columns(base: &Base<'_>) -> Vec<Column> {
    let Some(each) = base.request.vendor_per_host else {
        return vec![Column::not_here(NAME, TITLE, "say what a host costs with --vendor-per-host")];
    };
    let mut hosts = Range::default();
    for (service, _) in base.fargate_services() {
        let Some(tasks) = base.tasks(service) else {
            let why = format!("how many tasks {} runs is not known", service.meta.address);
            return vec![Column::not_here(NAME, TITLE, why)];
        };
        hosts += tasks;
    }
    if hosts.high.is_zero() {
        return vec![Column::not_here(
            NAME,
            TITLE,
            "no service with a known number of tasks runs on Fargate",
        )];
    }
    let mut priced = Priced { estimate: base.current.clone(), ..Priced::default() };
    let mut replaced = Decimal::ZERO;
    for resource in &mut priced.estimate.resources {
        if is_cloudwatch(resource.kind) {
            replaced = replaced.saturating_add(resource.monthly().expected);
            resource.components.clear();
        }
    }
    priced.additions.push(Addition {
        what: format!("the vendor, {} for each host", dollars(each)),
        monthly: hosts.times(each),
    });
    priced.notes.push(format!("CloudWatch, as far as it is priced, is {} of the bill", dollars(replaced)));
    priced.assumptions.push("each running task counts as one host; vendors differ".to_owned());
    priced.assumptions.push("what the vendor takes for logs by the GB is not in it".to_owned());
    priced.conditions.push("an agent runs as a sidecar of each task, within its cpu and memory".to_owned());
    vec![Column::priced(base, NAME, TITLE, priced)]
}

/// Kinds of resources that are CloudWatch: logs, Container Insights, alarms, dashboards.
fn is_cloudwatch(kind: &str) -> bool {
    matches!(kind, "log-group" | "ecs-cluster" | "metric-alarm" | "dashboard")
}
