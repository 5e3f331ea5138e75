//! Infracost's usage file (`infracost-usage.yml`): the keys that mean the same as ours. Source: the usage file of
//! infracost/infracost 0.10 and its documentation. What has no counterpart is listed, never guessed.

use rust_decimal::Decimal;

use super::address::{resource_type, without_keys};
use super::keys::{Amount, find};
use super::read::amount;
use super::{Quantities, Usage, UsageProblem, UsageQuantity};
use crate::syntax::tree::{Member, Node, NodeKind};

/// By address; `[*]` stands for every instance.
const BY_ADDRESS: &str = "resource_usage";
/// By resource type.
const BY_TYPE: &str = "resource_type_default_usage";

/// Seconds of a month of 730 hours: Infracost's I/O is per second, ours per month.
const SECONDS: u32 = 2_628_000;

/// Resource types, Infracost's key, ours, and by what its number is multiplied. Keys that map to one of ours add up.
type Row = (&'static [&'static str], &'static str, &'static str, u32);

const SAME: &[Row] = &[
    (&["aws_lb", "aws_alb"], "new_connections", "new_connections", 1),
    (&["aws_lb", "aws_alb"], "active_connections", "active_connections", 1),
    (&["aws_lb", "aws_alb"], "processed_bytes_gb", "processed_gb", 1),
    (&["aws_lb", "aws_alb"], "rule_evaluations", "rule_evaluations", 1),
    (&["aws_elb"], "monthly_data_processed_gb", "processed_gb", 1),
    (&["aws_nat_gateway"], "monthly_data_processed_gb", "processed_gb", 1),
    (&["aws_vpc_endpoint"], "monthly_data_processed_gb", "processed_gb", 1),
    (&["aws_cloudwatch_log_group"], "monthly_data_ingested_gb", "ingested_gb", 1),
    (&["aws_ecr_repository"], "storage_gb", "storage_gb", 1),
    (&["aws_secretsmanager_secret"], "monthly_requests", "api_calls", 1),
    (&["aws_sqs_queue", "aws_sns_topic"], "monthly_requests", "requests", 1),
    (&["aws_efs_file_system"], "storage_gb", "storage_gb", 1),
    (&["aws_cloudwatch_event_bus"], "monthly_custom_events", "events", 1),
    (&["aws_db_instance"], "monthly_standard_io_requests", "io_requests", 1),
    (&["aws_rds_cluster"], "storage_gb", "storage_gb", 1),
    (&["aws_rds_cluster"], "read_requests_per_sec", "io_requests", SECONDS),
    (&["aws_rds_cluster"], "write_requests_per_sec", "io_requests", SECONDS),
    (&["aws_rds_cluster_instance"], "capacity_units_per_hr", "acu", 1),
];

/// Whether a document is a usage file of Infracost.
#[must_use]
pub fn is_infracost(node: &Node) -> bool {
    node.member(BY_ADDRESS).is_some() || node.member(BY_TYPE).is_some()
}

impl Usage {
    /// Reads Infracost's usage file. With it come the keys that have no counterpart, as `aws_s3_bucket.x: standard`, in
    /// order; numbers that cannot be read are problems.
    #[must_use]
    pub fn from_infracost(node: &Node) -> (Self, Vec<String>, Vec<UsageProblem>) {
        let mut usage = Self::default();
        let (mut unknown, mut problems) = (Vec::new(), Vec::new());
        let maps = |key: &str| node.get(key).map(Node::members).unwrap_or_default();
        for of_type in maps(BY_TYPE) {
            let read = quantities(&of_type.key, of_type, &mut unknown, &mut problems);
            usage.defaults.insert(of_type.key.clone(), read);
        }
        for resource in maps(BY_ADDRESS) {
            let Some(ty) = resource_type(&resource.key) else {
                unknown.push(resource.key.to_string());
                continue;
            };
            let read = quantities(ty, resource, &mut unknown, &mut problems);
            if read.is_empty() {
                continue;
            }
            let address = if resource.key.contains("[*]") {
                without_keys(&resource.key).into()
            } else {
                resource.key.clone()
            };
            usage.places.push((address.clone(), resource.key_span));
            usage.addresses.insert(address, read);
        }
        (usage, unknown, problems)
    }
}

fn quantities(
    ty: &str,
    resource: &Member,
    unknown: &mut Vec<String>,
    problems: &mut Vec<UsageProblem>,
) -> Quantities {
    let mut read = Quantities::new();
    for member in resource.value.members() {
        if matches!(member.value.kind, NodeKind::Map(_)) {
            for inner in member.value.members() {
                let key = format!("{}.{}", member.key, inner.key);
                take(ty, resource, &key, &inner.value, &mut read, (unknown, problems));
            }
        } else {
            take(ty, resource, &member.key, &member.value, &mut read, (unknown, problems));
        }
    }
    read
}

/// One number; those of groups have a key such as `standard.storage_gb`.
fn take(
    ty: &str,
    resource: &Member,
    key: &str,
    value: &Node,
    read: &mut Quantities,
    (unknown, problems): (&mut Vec<String>, &mut Vec<UsageProblem>),
) {
    let row = SAME.iter().find(|(types, theirs, ..)| types.contains(&ty) && *theirs == key);
    let Some((.., ours, factor)) = row else {
        unknown.push(format!("{}: {key}", resource.key));
        return;
    };
    if matches!(value.kind, NodeKind::Null) {
        return;
    }
    let takes = find(ty, ours).map_or(Amount::Any, |key| key.amount);
    match amount(value, takes) {
        Ok(amount) => {
            let amount = amount.saturating_mul(Decimal::from(*factor));
            let entry =
                read.entry(*ours).or_insert(UsageQuantity { amount: Decimal::ZERO, span: value.span });
            entry.amount = entry.amount.saturating_add(amount);
        }
        Err(help) => problems.push(UsageProblem {
            span: value.span,
            message: format!("`{key}` is not a quantity"),
            help: Some(help.to_owned()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_counterpart_is_a_key() {
        for (types, theirs, ours, _) in SAME {
            for ty in *types {
                assert!(find(ty, ours).is_some(), "{ty}: {theirs} is not {ours}");
            }
        }
    }
}
