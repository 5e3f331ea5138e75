//! Every usage key: what it counts, in which unit, what it prices, and what holds where nobody says it.

/// A usage key of a resource type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageKey {
    /// Terraform resource types it is for.
    pub types: &'static [&'static str],
    pub key: &'static str,
    /// What it counts, for the usage file and the documentation.
    pub meaning: &'static str,
    /// `GB`, `requests a second` …; empty where `meaning` says it.
    pub unit: &'static str,
    /// What of the bill depends on it; empty where `meaning` says it.
    pub prices: &'static str,
    /// What is assumed where it is not given; empty: that part is not priced.
    pub otherwise: &'static str,
    pub amount: Amount,
}

/// Which numbers a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// Zero or more.
    Any,
    /// Whole numbers from 1.
    Whole,
    /// From 0 to 1.
    Share,
    /// Hours of a month: 0 to 744.
    Hours,
    /// More than 0.
    Positive,
}

/// A key that takes any amount.
pub(super) const fn key(
    types: &'static [&'static str],
    key: &'static str,
    meaning: &'static str,
) -> UsageKey {
    UsageKey { types, key, meaning, unit: "", prices: "", otherwise: "", amount: Amount::Any }
}

impl UsageKey {
    const fn takes(mut self, amount: Amount) -> Self {
        self.amount = amount;
        self
    }

    /// The unit and what of the bill depends on it.
    const fn of(mut self, unit: &'static str, prices: &'static str) -> Self {
        self.unit = unit;
        self.prices = prices;
        self
    }

    const fn otherwise(mut self, assumed: &'static str) -> Self {
        self.otherwise = assumed;
        self
    }
}

const SERVICE: &[&str] = &["aws_ecs_service"];
const BALANCER: &[&str] = &["aws_lb", "aws_alb"];
/// Task definitions that `run-task` of a workflow starts; those of JSON files are `task-definition.FAMILY`.
const RUN_TASK: &[&str] = &["aws_ecs_task_definition", "task-definition"];
const SCHEDULE: &[&str] =
    &["aws_scheduler_schedule", "aws_cloudwatch_event_rule", "aws_cloudwatch_event_target"];
const KMS_KEY: &[&str] =
    &["aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key", "aws_kms_replica_external_key"];
/// Hosted zones, those of Cloud Map among them.
const ZONE: &[&str] = &[
    "aws_route53_zone",
    "aws_service_discovery_private_dns_namespace",
    "aws_service_discovery_public_dns_namespace",
];
const FILES: &[&str] = &["aws_efs_file_system"];
const STORED: &[&str] = &["aws_s3_bucket", "aws_efs_file_system"];

/// Every usage key.
pub const KEYS: &[UsageKey] = &[
    key(SERVICE, "requests_per_second", "requests that clients send, on average over the hours of traffic")
        .of("a second", "load balancer capacity, logs, NAT and endpoint data, data transfer"),
    key(SERVICE, "traffic_hours", "hours of a month with traffic")
        .of("hours", "everything that follows from requests")
        .takes(Amount::Hours)
        .otherwise("every hour of the month"),
    key(SERVICE, "request_kb", "size of a request, with headers")
        .of("KB", "load balancer capacity")
        .otherwise("1 KB"),
    key(SERVICE, "response_kb", "size of a response, with headers")
        .of("KB", "load balancer capacity, data transfer to the internet"),
    key(SERVICE, "requests_per_connection", "requests that a client sends over one connection")
        .of("requests", "load balancer capacity (new and active connections)")
        .takes(Amount::Positive)
        .otherwise("1"),
    key(SERVICE, "connection_seconds", "how long a client's connection stays open")
        .of("seconds", "load balancer capacity (active connections)")
        .otherwise("60 s, the idle timeout of an Application Load Balancer,"),
    key(SERVICE, "cache_hit_rate", "share of requests that a cache in front answers, such as a CDN; they reach nothing here, and the cache itself is not priced")
        .of("0 to 1", "everything that follows from requests")
        .takes(Amount::Share)
        .otherwise("0"),
    key(SERVICE, "log_bytes_per_request", "bytes that the containers log for a request")
        .of("bytes", "log ingest and storage, NAT or endpoint data"),
    key(SERVICE, "internet_share", "share of responses that leave to the internet")
        .of("0 to 1", "data transfer to the internet")
        .takes(Amount::Share)
        .otherwise("1 behind an internet-facing load balancer, else 0"),
    key(SERVICE, "external_sent_kb", "sent for a request to services on the internet, such as a payment API")
        .of("KB", "NAT data, data transfer to the internet"),
    key(SERVICE, "external_received_kb", "received for a request from services on the internet")
        .of("KB", "NAT data"),
    key(SERVICE, "s3_kb", "exchanged with S3 for a request, both directions")
        .of("KB", "NAT data, unless an S3 gateway endpoint carries it"),
    key(SERVICE, "backend_kb", "exchanged with databases, caches and other services of the VPC for a request")
        .of("KB", "data transfer between zones"),
    key(SERVICE, "cross_zone_share", "share of the traffic inside the VPC that crosses zones")
        .of("0 to 1", "data transfer between zones")
        .takes(Amount::Share)
        .otherwise("a zone chosen at random (1/2 for two subnets, 2/3 for three)"),
    key(SERVICE, "internet_gb", "GB that the service sends to the internet, instead of what follows from requests")
        .of("GB", "data transfer to the internet"),
    key(SERVICE, "cross_zone_gb", "GB that cross zones, each counted once, instead of what follows from requests")
        .of("GB", "data transfer between zones"),
    key(SERVICE, "external_instances", "instances of one's own (ECS Anywhere) that the service brings")
        .of("instances", "ECS Anywhere"),
    key(BALANCER, "internet_gb", "GB that leave to the internet through this load balancer, where its services do not say it")
        .of("GB", "data transfer to the internet"),
    key(BALANCER, "cross_zone_gb", "GB that cross zones behind this load balancer, each counted once; free for an Application Load Balancer")
        .of("GB", "data transfer between zones"),
    key(SERVICE, "image_mb", "compressed size of all images of a task")
        .of("MB", "NAT or endpoint data (image pulls), ECR storage"),
    key(SERVICE, "deploys_per_month", "deployments, each of which starts every task anew")
        .of("deployments", "NAT or endpoint data (image pulls), ECR storage"),
    key(SERVICE, "task_starts_per_month", "tasks started besides deployments: scaling, Spot interruptions, crashes")
        .of("tasks", "NAT or endpoint data (image pulls)")
        .otherwise("0"),
    key(
        &["aws_cloudwatch_log_group"],
        "ingested_gb",
        "GB ingested; storage follows from `retention_in_days`",
    )
    .of("GB", "log ingest and storage"),
    key(&["aws_ecr_repository"], "storage_gb", "GB of images stored").of("GB", "image storage"),
    key(&["aws_ecr_repository"], "images_kept", "images that are in the repository at a time")
        .of("images", "image storage, with `image_mb` of the service")
        .otherwise("without a lifecycle policy one more with every deployment for 12 months (low 1, high 36)"),
    key(BALANCER, "lcu", "average capacity units (LCU, NLCU, GLCU), billed for every hour")
        .of("capacity units", "load balancer capacity, instead of what follows from connections and GB"),
    key(BALANCER, "new_connections", "new connections or flows, on average")
        .of("a second", "load balancer capacity"),
    key(BALANCER, "active_connections", "connections or flows open in a minute, on average")
        .of("a minute", "load balancer capacity"),
    key(BALANCER, "processed_gb", "GB through this load balancer").of("GB", "load balancer capacity"),
    key(BALANCER, "rule_evaluations", "requests times rules beyond the ten that are free")
        .of("a second", "load balancer capacity"),
    key(&["aws_elb"], "processed_gb", "GB through this load balancer").of("GB", "load balancer data"),
    key(&["aws_nat_gateway"], "processed_gb", "GB through this gateway").of("GB", "NAT gateway data"),
    key(&["aws_ec2_transit_gateway_vpc_attachment"], "processed_gb", "GB through this attachment")
        .of("GB", "transit gateway data"),
    key(&["aws_vpc_endpoint"], "processed_gb", "GB through this endpoint").of("GB", "endpoint data"),
    key(SCHEDULE, "task_minutes", "assumed duration of one run, whole minutes, at least 1")
        .of("minutes", "scheduled tasks")
        .takes(Amount::Whole)
        .otherwise("5 minutes"),
    key(RUN_TASK, "runs", "runs a month that pipelines start").of("runs", "one-shot tasks"),
    key(RUN_TASK, "task_minutes", "assumed duration of one run that a pipeline starts, whole minutes, at least 1")
        .of("minutes", "one-shot tasks")
        .takes(Amount::Whole)
        .otherwise("5 minutes"),
    key(SCHEDULE, "runs", "runs a month, where the schedule does not say").of("runs", "scheduled tasks"),
    key(
        &["aws_db_instance", "aws_rds_cluster"],
        "backup_gb",
        "GB of backups kept in all; as many GB as the database has storage are free",
    )
    .of("GB", "backup storage"),
    key(&["aws_db_instance", "aws_rds_cluster"], "io_requests", "I/O requests (magnetic and Aurora storage)")
        .of("requests", "database I/O"),
    key(&["aws_rds_cluster"], "storage_gb", "GB of Aurora storage").of("GB", "database storage"),
    key(&["aws_rds_cluster_instance"], "acu", "average capacity of a Serverless v2 instance, in ACU")
        .of("ACU", "Serverless v2 capacity")
        .otherwise("half way between the bounds of the cluster"),
    key(&["aws_elasticache_serverless_cache"], "data_gb", "average GB stored")
        .of("GB", "cached data")
        .otherwise("the least that is billed: 1 GB, of Valkey 0.1"),
    key(&["aws_elasticache_serverless_cache"], "ecpu", "ElastiCache processing units")
        .of("ECPU", "requests to the cache"),
    key(
        &["aws_secretsmanager_secret", "aws_db_instance", "aws_rds_cluster"],
        "api_calls",
        "calls for the secret",
    )
    .of("calls", "Secrets Manager requests"),
    key(
        &["aws_cloudwatch_log_metric_filter", "aws_cloudwatch_metric_alarm"],
        "metrics",
        "metrics: combinations of dimension values, or what a Metrics Insights query reads",
    )
    .of("metrics", "custom metrics, alarms"),
    key(KMS_KEY, "requests", "calls that use the key").of("requests", "KMS requests"),
    key(ZONE, "queries", "DNS queries that the zone answers").of("queries", "DNS queries"),
    key(ZONE, "latency_queries", "DNS queries of records with latency routing").of("queries", "DNS queries"),
    key(&["aws_route53_resolver_endpoint"], "queries", "DNS queries through the endpoint")
        .of("queries", "resolver queries"),
    key(&["aws_service_discovery_service"], "api_calls", "calls of DiscoverInstances")
        .of("calls", "service discovery")
        .otherwise("0: tasks are found by DNS"),
    key(STORED, "storage_gb", "average GB stored in S3 Standard or EFS Standard").of("GB", "storage"),
    key(STORED, "ia_gb", "average GB stored in Infrequent Access").of("GB", "storage").otherwise("0"),
    key(&["aws_s3_bucket"], "glacier_ir_gb", "average GB stored in S3 Glacier Instant Retrieval")
        .of("GB", "storage")
        .otherwise("0"),
    key(&["aws_s3_bucket"], "put_requests", "PUT, COPY, POST and LIST requests").of("requests", "S3 requests"),
    key(&["aws_s3_bucket"], "get_requests", "GET and all other requests").of("requests", "S3 requests"),
    key(FILES, "archive_gb", "average GB stored in EFS Archive").of("GB", "storage").otherwise("0"),
    key(FILES, "ia_read_gb", "GB read from Infrequent Access").of("GB", "EFS requests").otherwise("0"),
    key(FILES, "read_gb", "GB read, of elastic throughput").of("GB", "EFS throughput"),
    key(FILES, "write_gb", "GB written, of elastic throughput").of("GB", "EFS throughput"),
    key(&["aws_sqs_queue", "aws_sns_topic"], "requests", "API requests, in pieces of 64 KB")
        .of("requests", "SQS or SNS requests"),
    key(&["aws_sns_topic"], "http_deliveries", "deliveries to HTTP and HTTPS endpoints")
        .of("deliveries", "SNS deliveries")
        .otherwise("0"),
    key(&["aws_sns_topic"], "email_deliveries", "deliveries by email")
        .of("deliveries", "SNS deliveries")
        .otherwise("0"),
    key(&["aws_cloudwatch_event_bus"], "events", "custom events put on the bus, in pieces of 64 KB")
        .of("events", "EventBridge events"),
    key(&["aws_ecs_cluster"], "insights_metrics", "metrics that Container Insights publishes")
        .of("metrics", "Container Insights")
        .otherwise("as CloudWatch lists them for the cluster, its services, task families, tasks and containers"),
    key(&["aws_ecs_cluster"], "insights_log_gb", "GB of performance events that Container Insights logs")
        .of("GB", "Container Insights"),
    key(&["aws_rds_cluster"], "change_records", "average number of change records that backtrack keeps")
        .of("records", "Aurora backtrack"),
];

/// The key of a type, if there is one.
#[must_use]
pub fn find(ty: &str, key: &str) -> Option<&'static UsageKey> {
    KEYS.iter().find(|known| known.key == key && known.types.contains(&ty))
}

/// The keys of a type, in the order in which a usage file has them.
pub fn of_type(ty: &str) -> impl Iterator<Item = &'static UsageKey> {
    KEYS.iter().filter(move |known| known.types.contains(&ty))
}

impl UsageKey {
    /// What it counts, with its unit.
    #[must_use]
    pub fn sentence(&self) -> String {
        let is_named = self.unit.is_empty()
            || self.meaning.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == self.unit);
        if is_named { self.meaning.to_owned() } else { format!("{} ({})", self.meaning, self.unit) }
    }
}
