//! How much is used a month: what files cannot say and a person can. Read from the `usage:` map of
//! `plimsoll.yaml`; the keys are in `fixtures/README.md`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::model::workflow::WorkflowVariable;
use crate::model::{Deployment, Field};
use crate::source::Span;
use crate::syntax::tree::{Node, NodeKind};
use crate::text::closest;

/// Key of the map whose keys are resource types instead of addresses.
const DEFAULTS: &str = "defaults";

/// Longest text of a quantity that is read.
const LONGEST_NUMBER: usize = 24;

/// A usage key of a resource type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageKey {
    /// Terraform resource types it is for.
    pub types: &'static [&'static str],
    pub key: &'static str,
    /// What it counts, for the usage file and the documentation.
    pub meaning: &'static str,
    /// Whole numbers from 1 only.
    pub whole: bool,
}

const fn key(types: &'static [&'static str], key: &'static str, meaning: &'static str) -> UsageKey {
    UsageKey { types, key, meaning, whole: false }
}

/// Every usage key.
pub const KEYS: &[UsageKey] = &[
    key(
        &["aws_cloudwatch_log_group"],
        "ingested_gb",
        "GB ingested; storage follows from `retention_in_days`",
    ),
    key(&["aws_ecr_repository"], "storage_gb", "GB of images stored"),
    key(&["aws_lb", "aws_alb"], "lcu", "average capacity units (LCU, NLCU, GLCU), billed for every hour"),
    key(&["aws_elb"], "processed_gb", "GB through this load balancer"),
    key(&["aws_nat_gateway"], "processed_gb", "GB through this gateway"),
    key(&["aws_vpc_endpoint"], "processed_gb", "GB through this endpoint"),
    UsageKey {
        types: &["aws_scheduler_schedule", "aws_cloudwatch_event_rule", "aws_cloudwatch_event_target"],
        key: "task_minutes",
        meaning: "assumed duration of one run, whole minutes, at least 1",
        whole: true,
    },
    key(
        &["aws_scheduler_schedule", "aws_cloudwatch_event_rule", "aws_cloudwatch_event_target"],
        "runs",
        "runs a month, where the schedule does not say",
    ),
    key(
        &["aws_db_instance", "aws_rds_cluster"],
        "backup_gb",
        "GB of backups kept in all; as many GB as the database has storage are free",
    ),
    key(&["aws_db_instance", "aws_rds_cluster"], "io_requests", "I/O requests (magnetic and Aurora storage)"),
    key(&["aws_rds_cluster"], "change_records", "average number of change records that backtrack keeps"),
    key(&["aws_rds_cluster"], "storage_gb", "GB of Aurora storage"),
    key(&["aws_rds_cluster_instance"], "acu", "average capacity of a Serverless v2 instance, in ACU"),
    key(&["aws_elasticache_serverless_cache"], "data_gb", "average GB stored"),
    key(&["aws_elasticache_serverless_cache"], "ecpu", "ElastiCache processing units"),
    key(
        &["aws_secretsmanager_secret", "aws_db_instance", "aws_rds_cluster"],
        "api_calls",
        "calls for the secret",
    ),
    key(&["aws_cloudwatch_log_metric_filter", "aws_cloudwatch_metric_alarm"], "metrics", "metrics: combinations of dimension values, or what a Metrics Insights query reads"),
    key(&["aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key", "aws_kms_replica_external_key"], "requests", "KMS requests"),
    key(&["aws_route53_zone", "aws_service_discovery_private_dns_namespace", "aws_service_discovery_public_dns_namespace", "aws_route53_resolver_endpoint"], "queries", "DNS queries"),
    key(&["aws_route53_zone", "aws_service_discovery_public_dns_namespace"], "latency_queries", "DNS queries with latency routing"),
    key(&["aws_service_discovery_service"], "api_calls", "DiscoverInstances calls"),
    key(&["aws_s3_bucket", "aws_efs_file_system"], "storage_gb", "average GB stored (S3 Standard, EFS Standard)"),
    key(&["aws_s3_bucket", "aws_efs_file_system"], "ia_gb", "average GB stored in Infrequent Access"),
    key(&["aws_s3_bucket"], "glacier_ir_gb", "average GB stored in S3 Glacier Instant Retrieval"),
    key(&["aws_s3_bucket"], "put_requests", "PUT, COPY, POST and LIST requests"),
    key(&["aws_s3_bucket"], "get_requests", "GET and all other requests"),
    key(&["aws_efs_file_system"], "archive_gb", "average GB stored in EFS Archive"),
    key(&["aws_efs_file_system"], "ia_read_gb", "GB read from Infrequent Access"),
    key(&["aws_efs_file_system"], "read_gb", "GB read, of elastic throughput"),
    key(&["aws_efs_file_system"], "write_gb", "GB written, of elastic throughput"),
    key(&["aws_sqs_queue", "aws_sns_topic"], "requests", "API requests, in pieces of 64 KB"),
    key(&["aws_sns_topic"], "http_deliveries", "deliveries to HTTP and HTTPS endpoints"),
    key(&["aws_sns_topic"], "email_deliveries", "deliveries by email"),
    key(&["aws_cloudwatch_event_bus"], "events", "custom events put on the bus, in pieces of 64 KB"),
    key(&["aws_ecs_cluster"], "insights_metrics", "metrics that Container Insights publishes"),
    key(&["aws_ecs_cluster"], "insights_log_gb", "GB of performance events that Container Insights logs"),
];

/// A quantity a month and where it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageQuantity {
    pub amount: Decimal,
    pub span: Span,
}

type Quantities = HashMap<&'static str, UsageQuantity>;

/// Quantities by address, and defaults by resource type.
#[derive(Debug, Clone, Default)]
pub struct Usage {
    addresses: HashMap<Arc<str>, Quantities>,
    defaults: HashMap<Arc<str>, Quantities>,
    /// Where each address is written.
    places: Vec<(Arc<str>, Span)>,
}

/// Something in the usage map that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageProblem {
    pub span: Span,
    /// What is wrong, one sentence without full stop.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Usage {
    /// Reads the `usage:` map. What cannot be used is left out and told as a problem.
    #[must_use]
    pub fn from_node(node: &Node) -> (Self, Vec<UsageProblem>) {
        let mut usage = Self::default();
        let mut problems = Vec::new();
        if !matches!(node.kind, NodeKind::Map(_) | NodeKind::Null) {
            problems.push(UsageProblem {
                span: node.span,
                message: "usage is a map from resource address to quantities".to_owned(),
                help: Some("write `aws_lb.main: { lcu: 0.5 }`".to_owned()),
            });
        }
        for member in node.members() {
            if &*member.key == DEFAULTS {
                for default in member.value.members() {
                    let read = quantities(&default.key, default.key_span, &default.value, &mut problems);
                    usage.defaults.insert(default.key.clone(), read);
                }
                continue;
            }
            match resource_type(&member.key) {
                Some(ty) => {
                    let read = quantities(ty, member.key_span, &member.value, &mut problems);
                    usage.addresses.insert(member.key.clone(), read);
                    usage.places.push((member.key.clone(), member.key_span));
                }
                None => problems.push(UsageProblem {
                    span: member.key_span,
                    message: format!("`{}` is not a resource address", member.key),
                    help: Some(format!(
                        "write an address such as `module.web.aws_lb.this`, or resource types under `{DEFAULTS}`"
                    )),
                }),
            }
        }
        (usage, problems)
    }

    /// The quantity for a resource: said of its address, of its address without the own key, of its address
    /// without any key, of its type.
    #[must_use]
    pub fn quantity(&self, address: &str, ty: &str, key: &str) -> Option<UsageQuantity> {
        let resource = without_last_key(address);
        let plain = without_keys(address);
        let found = |map: &HashMap<Arc<str>, Quantities>, name: &str| map.get(name)?.get(key).copied();
        found(&self.addresses, address)
            .or_else(|| found(&self.addresses, resource))
            .or_else(|| found(&self.addresses, &plain))
            .or_else(|| found(&self.defaults, ty))
    }

    /// Addresses that no resource of the deployment has, with the nearest one that exists.
    #[must_use]
    pub fn unmatched(&self, deployment: &Deployment) -> Vec<UsageProblem> {
        if self.places.is_empty() {
            return Vec::new();
        }
        let existing: Vec<&str> = deployment.metas().map(|meta| &*meta.address).collect();
        let rules = deployment.scheduled_tasks.iter().filter_map(|task| task.rule.as_deref());
        let names: HashSet<String> = existing
            .iter()
            .copied()
            .chain(rules)
            .flat_map(|address| {
                [address.to_owned(), without_last_key(address).to_owned(), without_keys(address)]
            })
            .collect();
        let missing = self.places.iter().filter(|(address, _)| !names.contains(&**address));
        missing
            .map(|(address, span)| UsageProblem {
                span: *span,
                message: format!("no resource is called `{address}`"),
                help: closest(address, existing.iter().copied())
                    .map(|near| format!("did you mean `{near}`?")),
            })
            .collect()
    }

    /// Whether nothing is given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty() && self.defaults.is_empty()
    }
}

fn quantities(ty: &str, ty_span: Span, node: &Node, problems: &mut Vec<UsageProblem>) -> Quantities {
    let keys: Vec<&UsageKey> = KEYS.iter().filter(|key| key.types.contains(&ty)).collect();
    if keys.is_empty() {
        let types = KEYS.iter().flat_map(|key| key.types.iter().copied());
        problems.push(UsageProblem {
            span: ty_span,
            message: format!("no usage is known for `{ty}`"),
            help: closest(ty, types).map(|near| format!("did you mean `{near}`?")),
        });
        return Quantities::new();
    }
    if !matches!(node.kind, NodeKind::Map(_)) {
        problems.push(UsageProblem {
            span: node.span,
            message: format!("quantities of `{ty}` are a map"),
            help: keys.first().map(|key| format!("write `{{ {}: 1 }}`", key.key)),
        });
    }
    let mut read = Quantities::new();
    for member in node.members() {
        let Some(known) = keys.iter().find(|key| key.key == &*member.key) else {
            let names = keys.iter().map(|key| key.key);
            let list = keys.iter().map(|key| format!("`{}`", key.key)).collect::<Vec<_>>().join(", ");
            problems.push(UsageProblem {
                span: member.key_span,
                message: format!("`{}` is no usage key of `{ty}`", member.key),
                help: Some(match closest(&member.key, names) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("there are {list}"),
                }),
            });
            continue;
        };
        match amount(&member.value, known.whole) {
            Ok(amount) => {
                read.insert(known.key, UsageQuantity { amount, span: member.value.span });
            }
            Err(help) => problems.push(UsageProblem {
                span: member.value.span,
                message: format!("`{}` is not a quantity", member.key),
                help: Some(help.to_owned()),
            }),
        }
    }
    read
}

fn amount(node: &Node, whole: bool) -> Result<Decimal, &'static str> {
    let NodeKind::Number(text) = &node.kind else { return Err("write a number") };
    if text.len() > LONGEST_NUMBER {
        return Err("write a shorter number");
    }
    let plain = text.parse::<Decimal>().ok();
    let value = plain.or_else(|| Decimal::from_scientific(text).ok()).ok_or("write a decimal number")?;
    if value.is_sign_negative() && !value.is_zero() {
        return Err("write a number that is not negative");
    }
    if whole && (value < Decimal::ONE || !value.fract().is_zero()) {
        return Err("write a whole number from 1");
    }
    if value > Decimal::from(1_000_000_000_000_000_i64) {
        return Err("write a smaller number");
    }
    Ok(value)
}

/// The segments of an address, split at the dots outside of `[…]`.
fn segments(address: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
    address
        .split(|c: char| {
            if escaped {
                escaped = false;
                return false;
            }
            match c {
                '\\' if quoted => escaped = true,
                '"' if depth > 0 => quoted = !quoted,
                '[' if !quoted => depth = depth.saturating_add(1),
                ']' if !quoted => depth = depth.saturating_sub(1),
                '.' => return depth == 0,
                _ => {}
            }
            false
        })
        .collect()
}

/// The type in `module.a["k"].aws_lb.main[0]`.
fn resource_type(address: &str) -> Option<&str> {
    let segments = segments(address);
    let ty = segments.len().checked_sub(2).and_then(|at| segments.get(at))?;
    let plausible = ty.contains('_') && ty.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    plausible.then_some(ty)
}

/// The address without the key of the resource itself.
fn without_last_key(address: &str) -> &str {
    let Some(last) = segments(address).last().copied() else { return address };
    let key = last.split_once('[').map_or(0, |(_, key)| key.len() + 1);
    address.len().checked_sub(key).and_then(|end| address.get(..end)).unwrap_or(address)
}

/// The address without any key.
fn without_keys(address: &str) -> String {
    let plain = |segment: &str| segment.split_once('[').map_or(segment, |(name, _)| name).to_owned();
    segments(address).into_iter().map(plain).collect::<Vec<_>>().join(".")
}

/// Regions that workflows name: `aws-region` of the AWS actions, `AWS_REGION` and `AWS_DEFAULT_REGION`.
pub(super) fn workflow_regions(deployment: &Deployment) -> impl Iterator<Item = &str> {
    deployment.workflows.iter().flat_map(|workflow| {
        let steps = workflow.jobs.iter().flat_map(|job| job.steps.iter());
        let of_steps = steps
            .flat_map(|step| step.env.iter().chain(step.action.iter().flat_map(|action| &action.inputs)));
        let of_jobs = workflow.jobs.iter().flat_map(|job| &job.env);
        workflow.env.iter().chain(of_jobs).chain(of_steps).filter_map(region)
    })
}

fn region(variable: &WorkflowVariable) -> Option<&str> {
    let names = ["aws-region", "AWS_REGION", "AWS_DEFAULT_REGION"];
    let field: &Field<String> = &variable.value;
    names.contains(&&*variable.name).then(|| field.known().map(String::as_str)).flatten()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::source::SourceMap;
    use crate::syntax::tree::Member;

    fn span() -> Span {
        // Any file will do: spans are only carried along.
        Span::new(SourceMap::default().add_pseudo("plimsoll.yaml", ""), 0..1)
    }

    fn number(text: &str) -> Node {
        Node { span: span(), kind: NodeKind::Number(text.into()) }
    }

    fn map(members: Vec<(&str, Node)>) -> Node {
        let members = members
            .into_iter()
            .map(|(key, value)| Member { key: key.into(), key_span: span(), value })
            .collect();
        Node { span: span(), kind: NodeKind::Map(members) }
    }

    #[test]
    fn the_nearer_address_wins() {
        let node = map(vec![
            ("defaults", map(vec![("aws_nat_gateway", map(vec![("processed_gb", number("1"))]))])),
            ("module.n.aws_nat_gateway.a", map(vec![("processed_gb", number("2"))])),
            ("module.n.aws_nat_gateway.a[\"x.y\"]", map(vec![("processed_gb", number("3.5"))])),
        ]);
        let (usage, problems) = Usage::from_node(&node);
        assert_eq!(problems, []);
        let get = |address: &str| {
            usage.quantity(address, "aws_nat_gateway", "processed_gb").unwrap().amount.to_string()
        };
        assert_eq!(get("aws_nat_gateway.other"), "1");
        assert_eq!(get("module.n.aws_nat_gateway.a[\"z\"]"), "2");
        assert_eq!(get("module.n[\"k.l\"].aws_nat_gateway.a[0]"), "2");
        assert_eq!(get("module.n.aws_nat_gateway.a[\"x.y\"]"), "3.5");
    }

    #[test]
    fn what_cannot_be_used_is_told() {
        let node = map(vec![
            ("aws_lb.main", map(vec![("lcus", number("1")), ("lcu", number("-1"))])),
            ("aws_vpc.main", map(vec![])),
            ("nonsense", map(vec![])),
            ("aws_scheduler_schedule.job", map(vec![("task_minutes", number("1.5"))])),
        ]);
        let (_, problems) = Usage::from_node(&node);
        let messages: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "`lcus` is no usage key of `aws_lb`",
                "`lcu` is not a quantity",
                "no usage is known for `aws_vpc`",
                "`nonsense` is not a resource address",
                "`task_minutes` is not a quantity",
            ]
        );
        assert_eq!(problems[0].help.as_deref(), Some("did you mean `lcu`?"));
    }
}
