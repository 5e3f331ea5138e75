//! ECS clusters cost nothing; Container Insights does, by the metrics it publishes: so many for the cluster, each
//! service, each family of task definitions and, with enhanced observability, each task and container.
//! Sources: CloudWatch User Guide, "Amazon ECS Container Insights metrics" and "Amazon ECS Container Insights with
//! enhanced observability metrics", counted for tasks on Fargate without EBS volumes and restart policies.

use rust_decimal::Decimal;

use super::super::Ledger;
use super::super::estimate::Range;
use super::super::metered::Metered;
use super::super::quantity::{Known, Missing, Quantity};
use super::super::sheet::Sheet;
use super::service::task_count;
use crate::model::graph::TaskDefinitionId;
use crate::model::service::{Cluster, Service};
use crate::model::{Count, Deployment, Tri};

/// Metrics of CPU, memory, network, storage and ephemeral storage, each for the cluster, a service and a family.
const STANDARD: i64 = 10;
/// The same with enhanced observability: percentages and network by container are added.
const ENHANCED: i64 = 16;
/// Metrics of a container with enhanced observability.
const OF_CONTAINER: i64 = 7;
/// Counts of services and of tasks.
const OF_CLUSTER: i64 = 2;
/// Counts of deployments, task sets, and desired, pending and running tasks.
const OF_SERVICE: i64 = 5;

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    for cluster in &ledger.deployment().clusters {
        let on = cluster.container_insights.holds(false, |setting| setting != "disabled");
        // The list of free types speaks for a cluster without it.
        if on.is_no() {
            continue;
        }
        ledger.price(&cluster.meta, "ecs-cluster", |sheet| charge(sheet, cluster, on));
    }
}

fn charge(sheet: &mut Sheet<'_>, cluster: &Cluster, on: Tri) {
    let enhanced = cluster.container_insights.holds(false, |setting| setting == "enhanced").is_yes();
    let item = if enhanced { "metric_container_insights_ecs_enhanced" } else { "metric_custom" };
    let given = sheet.usage("insights_metrics", "metrics of Container Insights");
    let metrics = match (given, on) {
        (Ok(given), _) => Ok(given),
        (Err(_), Tri::Maybe(causes)) => Err(Missing::unknown("containerInsights", causes)),
        (Err(_), Tri::Yes | Tri::No) => metrics(sheet, cluster, enhanced),
    };
    let name = if enhanced { "Container Insights metrics (enhanced)" } else { "Container Insights metrics" };
    sheet.charge_service(name, "metric-months", metrics, ("cloudwatch", item));
    let logged = Metered {
        key: "insights_log_gb",
        noun: "GB of Container Insights events in the log",
        name: "Container Insights log ingest",
        unit: "GB",
        item: "logs_ingest_standard",
        asked: true,
    };
    sheet.by_use("Container Insights log", "cloudwatch", &[logged]);
}

fn metrics(sheet: &mut Sheet<'_>, cluster: &Cluster, enhanced: bool) -> Known<Quantity> {
    let deployment = sheet.context.deployment;
    let id = Deployment::id_of(&deployment.clusters, cluster);
    let services: Vec<&Service> =
        deployment.services.iter().filter(|it| id.is_some() && it.cluster_link.to() == id).collect();
    if services.is_empty() {
        return Err(Missing::because("no service that runs in it is in these files"));
    }
    let mut families: Vec<TaskDefinitionId> = Vec::new();
    let a_level = if enhanced { ENHANCED } else { STANDARD };
    let of_containers = if enhanced { OF_CONTAINER } else { 0 };
    let mut total = Range::exactly(Decimal::from(OF_CLUSTER + a_level + of_containers));
    for service in services {
        let definition = service.task_definition_link.to();
        let containers = match (enhanced, definition.and_then(|id| deployment.task_definition(id))) {
            (false, _) => 0,
            (true, Some(definition)) if definition.containers.is_closed() => {
                i64::try_from(definition.containers.items.len()).unwrap_or(i64::MAX)
            }
            (true, _) => {
                return Err(Missing::because(format!(
                    "the containers of {} are not known",
                    service.meta.address
                )));
            }
        };
        let of_containers = Decimal::from(OF_CONTAINER).saturating_mul(containers.into());
        let alike = how_many(service)?;
        let mut add = |each: Range| total += each.times_range(alike);
        add(Range::exactly(Decimal::from(OF_SERVICE + a_level) + of_containers));
        // A service whose definition is elsewhere has a family of its own, as far as these files say.
        let is_new = definition.is_none_or(|id| !families.contains(&id));
        if is_new {
            add(Range::exactly(Decimal::from(a_level) + of_containers));
        }
        if enhanced {
            // Each is listed for a task of a service and for a task of a family; low: as one of them.
            let tasks = tasks(sheet, service)?;
            let each = Decimal::from(a_level) + of_containers;
            let twice = each.saturating_mul(Decimal::TWO);
            add(tasks.times_range(Range { low: each, expected: twice, high: twice }));
        }
        families.extend(definition);
    }
    let value = if enhanced {
        "as CloudWatch lists them for Fargate: 25 for the cluster; 21 for a service, 16 for a family, 32 for a task \
         (low 16), and with each container 7 more, for a task 14 (low 7)"
    } else {
        "as CloudWatch lists them for Fargate: 12 for the cluster, 15 for a service, 10 for a family"
    };
    let name =
        if enhanced { "metrics of enhanced Container Insights" } else { "metrics of Container Insights" };
    let name = sheet.assume(name, value, "usage key `insights_metrics`");
    let setting = &cluster.container_insights;
    Ok(Quantity::of(total).driven_by(setting.span(), "containerInsights").assuming(name))
}

fn how_many(service: &Service) -> Known<Range> {
    match &service.meta.count {
        Count::One => Ok(Range::exactly(Decimal::ONE)),
        Count::Between { low, high: Some(high), .. } => {
            Ok(Range { low: (*low).into(), expected: (*high).into(), high: (*high).into() })
        }
        Count::Between { high: None, causes, .. } => {
            let missing =
                Missing::because(format!("how many of {} there are is unknown", service.meta.address));
            Err(Missing { causes: causes.clone(), ..missing })
        }
    }
}

/// Tasks of a service, without the remarks that stand with the service itself.
fn tasks(sheet: &Sheet<'_>, service: &Service) -> Known<Range> {
    let mut aside = Sheet::new(sheet.context, &service.meta, "ecs-service");
    task_count(&mut aside, service).map(|tasks| tasks.range)
}
