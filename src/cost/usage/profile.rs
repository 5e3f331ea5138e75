//! Profiles for a first look: concrete numbers for what nobody has said. Never anybody's figures: every number that comes
//! from one is listed as an assumption with the profile's name. The table is in `docs/usage.md`.

use rust_decimal::Decimal;

/// How busy an invented deployment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Idle,
    Small,
    Medium,
    Large,
}

/// `units × 10^-decimals`.
const fn number(units: u32, decimals: u32) -> Decimal {
    Decimal::from_parts(units, 0, 0, false, decimals)
}

const fn each(units: [u32; 4]) -> [Decimal; 4] {
    let [idle, small, medium, large] = units;
    [number(idle, 0), number(small, 0), number(medium, 0), number(large, 0)]
}

const fn same(units: u32) -> [Decimal; 4] {
    each([units, units, units, units])
}

/// Resource type, key, and the numbers of idle, small, medium and large.
type Row = (&'static str, &'static str, [Decimal; 4]);

const NUMBERS: &[Row] = &[
    ("aws_ecs_service", "requests_per_second", each([0, 1, 20, 200])),
    ("aws_ecs_service", "request_kb", same(2)),
    ("aws_ecs_service", "response_kb", same(20)),
    ("aws_ecs_service", "requests_per_connection", same(5)),
    ("aws_ecs_service", "log_bytes_per_request", same(500)),
    ("aws_ecs_service", "external_sent_kb", same(1)),
    ("aws_ecs_service", "external_received_kb", same(2)),
    ("aws_ecs_service", "s3_kb", same(0)),
    ("aws_ecs_service", "backend_kb", same(10)),
    ("aws_ecs_service", "image_mb", same(300)),
    ("aws_ecs_service", "deploys_per_month", each([1, 8, 20, 60])),
    ("aws_cloudwatch_log_group", "ingested_gb", each([0, 1, 10, 100])),
    ("aws_ecr_repository", "images_kept", same(10)),
    ("aws_ecr_repository", "storage_gb", same(3)),
    ("aws_lb", "lcu", [number(0, 0), number(1, 1), number(1, 0), number(10, 0)]),
    ("aws_alb", "lcu", [number(0, 0), number(1, 1), number(1, 0), number(10, 0)]),
    ("aws_elb", "processed_gb", each([0, 50, 1_000, 10_000])),
    ("aws_nat_gateway", "processed_gb", each([1, 10, 200, 2_000])),
    ("aws_vpc_endpoint", "processed_gb", each([1, 2, 20, 200])),
    ("aws_scheduler_schedule", "runs", each([0, 30, 300, 3_000])),
    ("aws_cloudwatch_event_target", "runs", each([0, 30, 300, 3_000])),
    ("aws_db_instance", "io_requests", each([0, 1_000_000, 20_000_000, 200_000_000])),
    ("aws_db_instance", "api_calls", each([100, 1_000, 5_000, 50_000])),
    ("aws_rds_cluster", "io_requests", each([0, 1_000_000, 20_000_000, 200_000_000])),
    ("aws_rds_cluster", "storage_gb", each([5, 20, 100, 1_000])),
    ("aws_rds_cluster", "api_calls", each([100, 1_000, 5_000, 50_000])),
    ("aws_elasticache_serverless_cache", "data_gb", each([1, 1, 10, 50])),
    ("aws_elasticache_serverless_cache", "ecpu", each([0, 5_000_000, 100_000_000, 1_000_000_000])),
    ("aws_secretsmanager_secret", "api_calls", each([100, 1_000, 5_000, 50_000])),
    ("aws_kms_key", "requests", each([1_000, 10_000, 200_000, 2_000_000])),
    ("aws_route53_zone", "queries", each([10_000, 100_000, 5_000_000, 50_000_000])),
    (
        "aws_service_discovery_private_dns_namespace",
        "queries",
        each([10_000, 100_000, 5_000_000, 50_000_000]),
    ),
    ("aws_service_discovery_public_dns_namespace", "queries", each([10_000, 100_000, 5_000_000, 50_000_000])),
    ("aws_s3_bucket", "storage_gb", each([1, 10, 200, 5_000])),
    ("aws_s3_bucket", "put_requests", each([1_000, 10_000, 500_000, 10_000_000])),
    ("aws_s3_bucket", "get_requests", each([1_000, 100_000, 5_000_000, 100_000_000])),
    ("aws_efs_file_system", "storage_gb", each([1, 10, 100, 1_000])),
    ("aws_efs_file_system", "read_gb", each([0, 10, 100, 1_000])),
    ("aws_efs_file_system", "write_gb", each([0, 10, 100, 1_000])),
    ("aws_sqs_queue", "requests", each([100_000, 1_000_000, 10_000_000, 100_000_000])),
    ("aws_sns_topic", "requests", each([100, 10_000, 500_000, 10_000_000])),
    ("aws_cloudwatch_event_bus", "events", each([100, 100_000, 5_000_000, 50_000_000])),
    ("aws_ecs_cluster", "insights_log_gb", each([0, 1, 5, 50])),
];

impl Profile {
    pub const ALL: [Self; 4] = [Self::Idle, Self::Small, Self::Medium, Self::Large];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }

    /// The number for a key of a type; `None` where the profile has none.
    #[must_use]
    pub fn amount(self, ty: &str, key: &str) -> Option<Decimal> {
        let (.., numbers) = NUMBERS.iter().find(|(of, name, _)| *of == ty && *name == key)?;
        let [idle, small, medium, large] = numbers;
        Some(*match self {
            Self::Idle => idle,
            Self::Small => small,
            Self::Medium => medium,
            Self::Large => large,
        })
    }

    /// The profile in a sentence, for the list of assumptions.
    #[must_use]
    pub fn words(self) -> String {
        let of = |key| self.amount("aws_ecs_service", key).unwrap_or_default().normalize();
        let rate = of("requests_per_second");
        let requests = if rate == Decimal::ONE { "request" } else { "requests" };
        format!(
            "{}: {rate} {requests} a second for each service, {} KB in and {} KB out, {} bytes of logs each, and \
             other numbers that nobody measured (docs/usage.md)",
            self.name(),
            of("request_kb"),
            of("response_kb"),
            of("log_bytes_per_request"),
        )
    }

    pub(super) fn speaks_of(self, ty: &str) -> bool {
        NUMBERS.iter().any(|(of, ..)| *of == ty)
    }

    /// Every row of the table: type, key and its numbers from idle to large.
    pub fn table() -> impl Iterator<Item = (&'static str, &'static str, [Decimal; 4])> {
        NUMBERS.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::usage::keys;

    #[test]
    fn every_number_is_of_a_key_and_grows_with_the_profile() {
        for (ty, key, numbers) in Profile::table() {
            assert!(keys::find(ty, key).is_some(), "{ty}: {key}");
            assert!(numbers.is_sorted(), "{ty}: {key}");
        }
    }
}
