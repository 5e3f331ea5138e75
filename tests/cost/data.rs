//! Data services, monitoring, keys, names: each in three regions, worked out by hand from `pricing/`.

use plimsoll::cost::estimate::Estimate;

use super::{lines, of_terraform, of_terraform_in, of_terraform_on};

fn in_region(region: &str, text: &str, usage: &str) -> Vec<String> {
    lines(&of_terraform_in(region, text, usage, None))
}

/// The one line that starts so, in three regions.
fn three(text: &str, usage: &str, start: &str, expected: [(&str, &str); 3]) {
    for (region, amount) in expected {
        let found = in_region(region, text, usage);
        let line = format!("{start} = {amount}");
        assert!(found.contains(&line), "{region}: no `{line}` in {found:#?}");
    }
}

fn assumption<'a>(estimate: &'a Estimate, name: &str) -> Option<&'a str> {
    estimate.assumptions.iter().find(|it| it.name == name).map(|it| it.value.as_str())
}

#[test]
fn alarms_are_billed_by_the_metrics_they_read() {
    let alarm = |name: &str, body: &str| {
        format!(
            "resource \"aws_cloudwatch_metric_alarm\" \"{name}\" {{\n  alarm_name = \"{name}\"\n{body}\n}}\n"
        )
    };
    // One metric every minute: 0.10 in us-east-1 and eu-west-1, 0.135 in sa-east-1.
    let plain = alarm("a", "metric_name = \"CPUUtilization\"\nperiod = 60");
    let start = "aws_cloudwatch_metric_alarm.a: Alarm (standard resolution)";
    three(&plain, "{}", start, [("us-east-1", "0.1000"), ("eu-west-1", "0.1000"), ("sa-east-1", "0.1350")]);
    // Every 10 seconds: 0.30, and 0.405 in sa-east-1.
    let fast = alarm("a", "metric_name = \"CPUUtilization\"\nperiod = 10");
    let start = "aws_cloudwatch_metric_alarm.a: Alarm (high resolution)";
    three(&fast, "{}", start, [("us-east-1", "0.3000"), ("ap-south-1", "0.3000"), ("sa-east-1", "0.4050")]);
    // Metric math over two metrics: 2 x 0.10; the expression itself is no metric.
    let query = |id: &str, body: &str| format!("metric_query {{\n id = \"{id}\"\n {body}\n}}\n");
    let metric = "metric {\n metric_name = \"m\"\n namespace = \"n\"\n period = 300\n stat = \"Sum\"\n}";
    let math =
        query("e", "expression = \"a / b\"\nreturn_data = true") + &query("a", metric) + &query("b", metric);
    let start = "aws_cloudwatch_metric_alarm.m: Alarm (standard resolution)";
    let math = alarm("m", &math);
    three(&math, "{}", start, [("us-east-1", "0.2000"), ("eu-central-1", "0.2000"), ("sa-east-1", "0.2700")]);
    // Anomaly detection watches the metric and both ends of its band: 3 x 0.10.
    let band = query("e", "expression = \"ANOMALY_DETECTION_BAND(a, 2)\"") + &query("a", metric);
    let band = alarm("m", &band);
    three(&band, "{}", start, [("us-east-1", "0.3000"), ("eu-central-1", "0.3000"), ("sa-east-1", "0.4050")]);
    // A Metrics Insights query reads as many metrics as there are: 40 x 0.10.
    let select =
        alarm("q", &query("q", "expression = \"SELECT MAX(CPUUtilization) FROM SCHEMA(\\\"AWS/EC2\\\")\""));
    let start = "aws_cloudwatch_metric_alarm.q: Metrics Insights alarm";
    let usage = "{ aws_cloudwatch_metric_alarm.q: { metrics: 40 } }";
    three(
        &select,
        usage,
        start,
        [("us-east-1", "4.0000"), ("eu-west-1", "4.0000"), ("ap-southeast-2", "4.0000")],
    );
    assert!(in_region("us-east-1", &select, "{}")[0].contains("usage key `metrics`"));
    let composite = "resource \"aws_cloudwatch_composite_alarm\" \"c\" {
        alarm_name = \"c\"
        alarm_rule = \"ALARM(a)\"
    }";
    let start = "aws_cloudwatch_composite_alarm.c: Composite alarm";
    three(
        composite,
        "{}",
        start,
        [("us-east-1", "0.5000"), ("eu-west-1", "0.5000"), ("sa-east-1", "0.6750")],
    );
}

#[test]
fn dashboards_and_filters_of_logs() {
    // 3.00 a dashboard everywhere; the three free ones belong to the account.
    let dashboard = "resource \"aws_cloudwatch_dashboard\" \"d\" {
        dashboard_name = \"d\"
        dashboard_body = \"{}\"
    }";
    let start = "aws_cloudwatch_dashboard.d: Dashboard";
    three(
        dashboard,
        "{}",
        start,
        [("us-east-1", "3.0000"), ("eu-west-1", "3.0000"), ("sa-east-1", "3.0000")],
    );
    let filter = |more: &str| {
        format!(
            "resource \"aws_cloudwatch_log_metric_filter\" \"f\" {{
               name = \"f\"
               pattern = \"ERROR\"
               log_group_name = \"g\"
               metric_transformation {{
                 name = \"e\"
                 namespace = \"n\"
                 value = \"1\"
                 {more}
               }}
             }}"
        )
    };
    // One custom metric: 0.30.
    let start = "aws_cloudwatch_log_metric_filter.f: Custom metric";
    let plain = filter("");
    three(&plain, "{}", start, [("us-east-1", "0.3000"), ("eu-west-1", "0.3000"), ("ap-south-1", "0.3000")]);
    // 10,500 combinations of dimension values: 10,000 x 0.30 = 3,000, then 500 x 0.10 = 50.
    let usage = "{ aws_cloudwatch_log_metric_filter.f: { metrics: 10500 } }";
    let many = in_region("eu-west-1", &filter("dimensions = { host = \"$.host\" }"), usage);
    assert_eq!(many, [format!("{start} = 3000.0000"), format!("{start} above 10000 = 50.0000")]);
    let unknown = in_region("us-east-1", &filter("dimensions = { host = \"$.host\" }"), "{}");
    assert!(unknown[0].contains("usage key `metrics`"), "{unknown:?}");
}

#[test]
fn keys_cost_a_dollar_and_their_requests() {
    let key = |more: &str| format!("resource \"aws_kms_key\" \"k\" {{\n{more}\n}}\n");
    let start = "aws_kms_key.k: Key";
    three(
        &key(""),
        "{}",
        start,
        [("us-east-1", "1.0000"), ("eu-west-1", "1.0000"), ("ap-southeast-2", "1.0000")],
    );
    // Two rotations add a dollar each.
    let rotated = key("enable_key_rotation = true");
    let range = "1.0000 / 1.0000 / 3.0000";
    three(&rotated, "{}", start, [("us-east-1", range), ("eu-west-1", range), ("sa-east-1", range)]);
    // 2,000,000 requests x 0.000003 = 6; with an ECC key x 0.000015 = 30.
    let usage = "{ aws_kms_key.k: { requests: 2000000 } }";
    let start = "aws_kms_key.k: Requests";
    three(
        &key(""),
        usage,
        start,
        [("us-east-1", "6.0000"), ("eu-west-1", "6.0000"), ("ap-south-1", "6.0000")],
    );
    let curve = key("customer_master_key_spec = \"ECC_NIST_P256\"");
    three(
        &curve,
        usage,
        start,
        [("us-east-1", "30.0000"), ("eu-west-1", "30.0000"), ("ap-south-1", "30.0000")],
    );
    let open = in_region("us-east-1", &key(""), "{}");
    assert_eq!(
        open[1],
        "aws_kms_key.k! usage not given: KMS requests (usage key `requests`) [0.000003 request]"
    );
}

#[test]
fn names_zones_and_checks() {
    // A zone is 0.50; so is the private zone of a Cloud Map namespace. 5 million queries x 0.0000004 = 2.
    let zone = "resource \"aws_route53_zone\" \"z\" {\n name = \"example.com\"\n}\n";
    let usage = "{ aws_route53_zone.z: { queries: 5000000 } }";
    let half = |start: &str, text: &str| {
        three(
            text,
            "{}",
            start,
            [("us-east-1", "0.5000"), ("eu-west-1", "0.5000"), ("ap-south-1", "0.5000")],
        );
    };
    half("aws_route53_zone.z: Hosted zone", zone);
    let start = "aws_route53_zone.z: Queries";
    three(zone, usage, start, [("us-east-1", "2.0000"), ("eu-west-1", "2.0000"), ("ap-south-1", "2.0000")]);
    let space = "resource \"aws_service_discovery_private_dns_namespace\" \"n\" {\n name = \"local\"\n vpc = \"v\"\n}\n";
    half("aws_service_discovery_private_dns_namespace.n: Hosted zone", space);
    // What ECS registers is free; an instance that Terraform registers is 0.10.
    let service = "resource \"aws_service_discovery_service\" \"s\" {\n name = \"api\"\n}\n";
    assert_eq!(in_region("us-east-1", service, "{}"), Vec::<String>::new());
    let calls = "{ aws_service_discovery_service.s: { api_calls: 3000000 } }";
    let start = "aws_service_discovery_service.s: Discovery calls";
    three(
        service,
        calls,
        start,
        [("us-east-1", "3.0000"), ("eu-west-1", "3.0000"), ("ap-south-1", "3.0000")],
    );
    let instance = "resource \"aws_service_discovery_instance\" \"i\" {
        instance_id = \"i\"
        service_id = \"s\"
    }";
    let start = "aws_service_discovery_instance.i: Registered instance";
    three(
        instance,
        "{}",
        start,
        [("us-east-1", "0.1000"), ("eu-west-1", "0.1000"), ("ap-south-1", "0.1000")],
    );
    // A host outside AWS is 0.75, in AWS 0.50; HTTPS adds 2.00 or 1.00. Where the name does not tell, the range.
    let check = |host: &str| {
        format!(
            "resource \"aws_route53_health_check\" \"h\" {{
               fqdn = {host}
               type = \"HTTPS\"
               port = 443
             }}\n"
        )
    };
    let open = in_region("us-east-1", &check("\"api.example.com\""), "{}");
    assert_eq!(
        open,
        [
            "aws_route53_health_check.h: Health check = 0.5000 / 0.7500 / 0.7500",
            "aws_route53_health_check.h: Health check: HTTPS = 1.0000 / 2.0000 / 2.0000",
        ]
    );
    let balancer =
        check("aws_lb.l.dns_name") + "resource \"aws_lb\" \"l\" {\n internal = true\n subnets = [\"a\"]\n}\n";
    let start = "aws_route53_health_check.h: Health check";
    three(
        &balancer,
        "{}",
        start,
        [("us-east-1", "0.5000"), ("eu-west-1", "0.5000"), ("ap-south-1", "0.5000")],
    );
    // Two interfaces x 730 h x 0.125 = 182.5.
    let resolver = "resource \"aws_route53_resolver_endpoint\" \"r\" {
        direction = \"OUTBOUND\"
        security_group_ids = [\"sg-1\"]
        ip_address { subnet_id = \"a\" }
        ip_address { subnet_id = \"b\" }
    }";
    let start = "aws_route53_resolver_endpoint.r: Resolver network interfaces";
    three(
        resolver,
        "{}",
        start,
        [("us-east-1", "182.5000"), ("eu-west-1", "182.5000"), ("ap-south-1", "182.5000")],
    );
}

#[test]
fn files_and_objects() {
    // 50 GB of files: x 0.30 = 15; x 0.33 = 16.5; x 0.57 = 28.5. In one zone x 0.16, 0.176, 0.304.
    let files = |more: &str| format!("resource \"aws_efs_file_system\" \"f\" {{\n{more}\n}}\n");
    let usage = "{ aws_efs_file_system.f: { storage_gb: 50 } }";
    let start = "aws_efs_file_system.f: EFS Standard storage";
    three(
        &files(""),
        usage,
        start,
        [("us-east-1", "15.0000"), ("eu-west-1", "16.5000"), ("sa-east-1", "28.5000")],
    );
    let zone = files("availability_zone_name = \"a\"");
    three(&zone, usage, start, [("us-east-1", "8.0000"), ("eu-west-1", "8.8000"), ("sa-east-1", "15.2000")]);
    // Elastic: 200 GB read x 0.03 = 6, 100 GB written x 0.06 = 6; sa-east-1 x 0.06 = 12.
    let elastic = files("throughput_mode = \"elastic\"");
    let moved = "{ aws_efs_file_system.f: { storage_gb: 50, read_gb: 200, write_gb: 100 } }";
    let start = "aws_efs_file_system.f: Elastic throughput reads";
    three(
        &elastic,
        moved,
        start,
        [("us-east-1", "6.0000"), ("eu-west-1", "6.0000"), ("sa-east-1", "12.0000")],
    );
    // 10 MiB/s provisioned; 50 GB include 2.5: 7.5 x 6 = 45; x 6.6 = 49.5; x 11.4 = 85.5.
    let provisioned = files("throughput_mode = \"provisioned\"\nprovisioned_throughput_in_mibps = 10");
    let start = "aws_efs_file_system.f: Provisioned throughput";
    three(
        &provisioned,
        usage,
        start,
        [("us-east-1", "45.0000"), ("eu-west-1", "49.5000"), ("sa-east-1", "85.5000")],
    );
    // 60,000 GB of objects: 51,200 x 0.023 = 1,177.6 and 8,800 x 0.022 = 193.6.
    let bucket = "resource \"aws_s3_bucket\" \"b\" {}\n";
    let large = "{ aws_s3_bucket.b: { storage_gb: 60000, put_requests: 1000000, get_requests: 10000000 } }";
    let found = in_region("us-east-1", bucket, large);
    assert_eq!(
        found,
        [
            "aws_s3_bucket.b: S3 Standard storage = 1177.6000",
            "aws_s3_bucket.b: S3 Standard storage above 51200 = 193.6000",
            "aws_s3_bucket.b: PUT, COPY, POST, LIST requests = 5.0000",
            "aws_s3_bucket.b: GET and other requests = 4.0000",
        ]
    );
    // 100 GB: x 0.023, x 0.025, x 0.0405.
    let small = "{ aws_s3_bucket.b: { storage_gb: 100 } }";
    let start = "aws_s3_bucket.b: S3 Standard storage";
    three(
        bucket,
        small,
        start,
        [("eu-west-1", "2.3000"), ("ap-southeast-2", "2.5000"), ("sa-east-1", "4.0500")],
    );
    assert_eq!(
        in_region("eu-west-1", bucket, "{}"),
        [
            "aws_s3_bucket.b! usage not given: GB of S3 Standard, PUT and LIST requests, GET requests (usage keys \
         `storage_gb`, `put_requests`, `get_requests`) [0.023 GB-month]",
        ]
    );
}

#[test]
fn messages() {
    // 10 million requests: standard x 0.0000004 = 4, FIFO x 0.0000005 = 5, topic x 0.0000005 = 5.
    let queue = |more: &str| format!("resource \"aws_sqs_queue\" \"q\" {{\n{more}\n}}\n");
    let usage = "{ aws_sqs_queue.q: { requests: 10000000 } }";
    let start = "aws_sqs_queue.q: Requests";
    three(
        &queue(""),
        usage,
        start,
        [("us-east-1", "4.0000"), ("eu-west-1", "4.0000"), ("sa-east-1", "4.0000")],
    );
    let fifo = queue("fifo_queue = true");
    three(&fifo, usage, start, [("us-east-1", "5.0000"), ("eu-west-1", "5.0000"), ("sa-east-1", "5.0000")]);
    let topic = "resource \"aws_sns_topic\" \"t\" {}\n";
    let usage = "{ aws_sns_topic.t: { requests: 10000000, email_deliveries: 5000 } }";
    let start = "aws_sns_topic.t: Requests";
    three(topic, usage, start, [("us-east-1", "5.0000"), ("eu-west-1", "5.0000"), ("ap-south-1", "5.0000")]);
    // The 1,000 free mails belong to the account: 5,000 x 0.00002 = 0.1.
    let start = "aws_sns_topic.t: Email deliveries";
    three(topic, usage, start, [("us-east-1", "0.1000"), ("eu-west-1", "0.1000"), ("ap-south-1", "0.1000")]);
    let bus = "resource \"aws_cloudwatch_event_bus\" \"b\" {\n name = \"b\"\n}\n";
    let usage = "{ aws_cloudwatch_event_bus.b: { events: 2000000 } }";
    let start = "aws_cloudwatch_event_bus.b: Custom events";
    three(bus, usage, start, [("us-east-1", "2.0000"), ("eu-west-1", "2.0000"), ("ap-south-1", "2.0000")]);
}

fn insights(setting: &str, containers: &str) -> String {
    let service = |name: &str| {
        format!(
            "resource \"aws_ecs_service\" \"{name}\" {{
               name = \"{name}\"
               cluster = aws_ecs_cluster.c.id
               task_definition = aws_ecs_task_definition.t.arn
               launch_type = \"FARGATE\"
               desired_count = 2
             }}\n"
        )
    };
    format!(
        "resource \"aws_ecs_cluster\" \"c\" {{
           name = \"c\"
           setting {{
             name = \"containerInsights\"
             value = \"{setting}\"
           }}
         }}
         resource \"aws_ecs_task_definition\" \"t\" {{
           family = \"t\"
           requires_compatibilities = [\"FARGATE\"]
           network_mode = \"awsvpc\"
           cpu = 256
           memory = 512
           container_definitions = jsonencode([{containers}])
         }}\n"
    ) + &service("a")
        + &service("b")
}

#[test]
fn container_insights_counts_metrics() {
    // 12 of the cluster, 2 services x 15, 1 family x 10: 52 x 0.30 = 15.6.
    let one = "{ name = \"a\", image = \"a:1\" }";
    let standard = insights("enabled", one);
    let start = "aws_ecs_cluster.c: Container Insights metrics";
    three(
        &standard,
        "{}",
        start,
        [("us-east-1", "15.6000"), ("eu-west-1", "15.6000"), ("ap-south-1", "15.6000")],
    );
    // Enhanced, two containers: cluster 25; 2 x (21 + 14) = 70; family 16 + 14 = 30; 4 tasks x (32 + 28) = 240, low
    // 4 x (16 + 14) = 120. Together 365, low 245; x 0.07 = 25.55, low 17.15.
    let two = "{ name = \"a\", image = \"a:1\" }, { name = \"b\", image = \"b:1\" }";
    let enhanced = insights("enhanced", two);
    let start = "aws_ecs_cluster.c: Container Insights metrics (enhanced)";
    let range = "17.1500 / 25.5500 / 25.5500";
    three(&enhanced, "{}", start, [("us-east-1", range), ("eu-west-1", range), ("ap-south-1", range)]);
    // As counted by somebody: 300 x 0.07 = 21. 4 GB of events x 0.50 = 2.
    let usage = "{ aws_ecs_cluster.c: { insights_metrics: 300, insights_log_gb: 4 } }";
    three(
        &enhanced,
        usage,
        start,
        [("us-east-1", "21.0000"), ("eu-west-1", "21.0000"), ("ap-south-1", "21.0000")],
    );
    let found = in_region("us-east-1", &enhanced, usage);
    assert!(
        found.contains(&"aws_ecs_cluster.c: Container Insights log ingest = 2.0000".to_owned()),
        "{found:#?}"
    );
}

#[test]
fn proxies_cost_by_the_database_behind_them() {
    let proxy = |target: &str| {
        format!(
            "resource \"aws_db_proxy\" \"p\" {{
               name = \"p\"
               engine_family = \"POSTGRESQL\"
               role_arn = \"r\"
               vpc_subnet_ids = [\"a\", \"b\"]
             }}
             resource \"aws_db_proxy_target\" \"t\" {{
               db_proxy_name = aws_db_proxy.p.name
               target_group_name = \"default\"
               {target}
             }}\n"
        )
    };
    let instance = "resource \"aws_db_instance\" \"d\" {
        engine = \"postgres\"
        engine_version = \"16\"
        instance_class = \"db.m5.xlarge\"
        allocated_storage = 20
        password_wo = \"x\"
    }\n";
    // 4 vCPU x 730 h x 0.015 = 43.8; x 0.016 = 46.72; x 0.018 = 52.56.
    let text = proxy("db_instance_identifier = aws_db_instance.d.identifier") + instance;
    let start = "aws_db_proxy.p: Proxy of aws_db_instance.d";
    three(
        &text,
        "{}",
        start,
        [("us-east-1", "43.8000"), ("eu-west-1", "46.7200"), ("ap-southeast-2", "52.5600")],
    );
    // Serverless v2 of 0.5 to 16 ACU: at least 8, half way 8.25: 8 x 730 x 0.015 = 87.6, 8.25 x 10.95 = 90.3375,
    // 16 x 10.95 = 175.2.
    let serverless = proxy("db_cluster_identifier = aws_rds_cluster.c.id")
        + "resource \"aws_rds_cluster\" \"c\" {
             engine = \"aurora-postgresql\"
             engine_version = \"16.6\"
             master_password_wo = \"x\"
             serverlessv2_scaling_configuration {
               min_capacity = 0.5
               max_capacity = 16
             }
           }
           resource \"aws_rds_cluster_instance\" \"i\" {
             cluster_identifier = aws_rds_cluster.c.id
             engine = aws_rds_cluster.c.engine
             instance_class = \"db.serverless\"
           }";
    let start = "aws_db_proxy.p: Proxy of aws_rds_cluster_instance.i (at least 8 ACU)";
    // eu-west-1: x 13.14 (730 x 0.018); ap-south-1: x 16.79 (730 x 0.023).
    three(
        &serverless,
        "{}",
        start,
        [
            ("us-east-1", "87.6000 / 90.3375 / 175.2000"),
            ("eu-west-1", "105.1200 / 108.4050 / 210.2400"),
            ("ap-south-1", "134.3200 / 138.5175 / 268.6400"),
        ],
    );
    let lonely = proxy("db_instance_identifier = \"elsewhere\"");
    assert_eq!(
        in_region("us-east-1", &lonely, "{}"),
        ["aws_db_proxy.p! Proxy: its database is in no file [ ]"]
    );
}

fn database(engine: &str, class: &str, more: &str) -> String {
    format!(
        "resource \"aws_db_instance\" \"d\" {{
           engine            = \"{engine}\"
           instance_class    = \"{class}\"
           password_wo       = \"x\"
           {more}
         }}"
    )
}

#[test]
fn commercial_engines_and_their_licences() {
    // SQL Server Express db.t3.small x 730 h: 0.044 = 32.12; 0.046 = 33.58; 0.062 = 45.26.
    let express = database("sqlserver-ex", "db.t3.small", "allocated_storage = 20");
    let start = "aws_db_instance.d: Database instance (SQL Server Express, Single-AZ, db.t3.small)";
    three(
        &express,
        "{}",
        start,
        [("us-east-1", "32.1200"), ("eu-west-1", "33.5800"), ("ap-southeast-2", "45.2600")],
    );
    // Oracle SE2 with the licence, db.t3.small: 0.075 = 54.75; 0.077 = 56.21; 0.072 = 52.56.
    let oracle =
        database("oracle-se2", "db.t3.small", "allocated_storage = 20\nlicense_model = \"license-included\"");
    let start = "aws_db_instance.d: Database instance (Oracle SE2, Single-AZ, db.t3.small)";
    three(
        &oracle,
        "{}",
        start,
        [("us-east-1", "54.7500"), ("eu-west-1", "56.2100"), ("ap-south-1", "52.5600")],
    );
    // Oracle EE is always with one's own licence: db.m5.large 0.171 = 124.83; 0.189 = 137.97; 0.241 = 175.93.
    let own = database("oracle-ee", "db.m5.large", "allocated_storage = 20");
    let start = "aws_db_instance.d: Database instance (Oracle EE, Single-AZ, db.m5.large)";
    three(
        &own,
        "{}",
        start,
        [("us-east-1", "124.8300"), ("eu-west-1", "137.9700"), ("ap-south-1", "175.9300")],
    );
    // gp3 of SQL Server has 3,000 IOPS at any size: 2,000 more x 0.02 = 40; x 0.022 = 44; x 0.024 = 48.
    let fast = database(
        "sqlserver-ex",
        "db.t3.small",
        "allocated_storage = 500\nstorage_type = \"gp3\"\niops = 5000",
    );
    let start = "aws_db_instance.d: IOPS above the included";
    three(
        &fast,
        "{}",
        start,
        [("us-east-1", "40.0000"), ("eu-west-1", "44.0000"), ("ap-southeast-2", "48.0000")],
    );
    // Of Oracle 12,000 from 200 GiB on: nothing above.
    let oracle = database(
        "oracle-se2",
        "db.t3.small",
        "allocated_storage = 200\nstorage_type = \"gp3\"\niops = 12000",
    );
    three(&oracle, "{}", start, [("us-east-1", "0.0000"), ("eu-west-1", "0.0000"), ("ap-south-1", "0.0000")]);
}

#[test]
fn multi_az_clusters_pay_gp3_iops() {
    // db.m6gd.large: 0.522 x 730 = 381.06; 0.577 = 421.21; 0.724 = 528.52. 14,000 IOPS on 400 GiB: 2,000 above.
    let text = "resource \"aws_rds_cluster\" \"c\" {
        engine                    = \"postgres\"
        engine_version            = \"16\"
        db_cluster_instance_class = \"db.m6gd.large\"
        storage_type              = \"gp3\"
        allocated_storage         = 400
        iops                      = 14000
        master_password_wo        = \"x\"
    }";
    let start = "aws_rds_cluster.c: Multi-AZ DB cluster";
    three(
        text,
        "{}",
        start,
        [("us-east-1", "381.0600"), ("eu-west-1", "421.2100"), ("ap-southeast-2", "528.5200")],
    );
    // x 0.06, 0.066, 0.072.
    let start = "aws_rds_cluster.c: IOPS above the included";
    three(
        text,
        "{}",
        start,
        [("us-east-1", "120.0000"), ("eu-west-1", "132.0000"), ("ap-southeast-2", "144.0000")],
    );
}

#[test]
fn extended_support_says_when_and_how_much() {
    let old = |version: &str| {
        database(
            "postgres",
            "db.t4g.micro",
            &format!("engine_version = \"{version}\"\nallocated_storage = 20"),
        )
    };
    // PostgreSQL 12: 2 vCPU x 730 x 0.1 = 146; x 0.112 = 163.52; x 0.12 = 175.2.
    let start = "aws_db_instance.d: Extended support of the engine version";
    three(
        &old("12.19"),
        "{}",
        start,
        [("us-east-1", "146.0000"), ("eu-west-1", "163.5200"), ("ap-southeast-2", "175.2000")],
    );
    // Its third year doubles that on a known day; of PostgreSQL 14 the first day comes.
    let name = "extended support of aws_db_instance.d";
    let twelve = of_terraform(&old("12.19"), "{}");
    let said = "postgres 12 is dearer, the third year from 2027-03-01: $292.00 a month";
    assert_eq!(assumption(&twelve, name), Some(said));
    let fourteen = of_terraform(&old("14.9"), "{}");
    let said = "postgres 14 is charged from 2027-03-01: $146.00 a month at the price of PostgreSQL 12, its own is in no table";
    assert_eq!(assumption(&fourteen, name), Some(said));
    assert!(!lines(&fourteen).iter().any(|line| line.contains("xtended support")));
    // The day before PostgreSQL 12 was charged, and the day.
    let on = |day: &str| lines(&of_terraform_on(day, "us-east-1", &old("12.19"), "{}", None));
    assert!(!on("2025-02-28").iter().any(|line| line.starts_with(start)));
    assert!(on("2025-03-01").contains(&format!("{start} = 146.0000")));
    assert!(on("2027-03-01").contains(&format!("{start} = 292.0000")));
    // Aurora has no price in the tables.
    let aurora = "resource \"aws_rds_cluster\" \"c\" {
          engine = \"aurora-postgresql\"
          engine_version = \"13.9\"
          master_password_wo = \"x\"
        }
        resource \"aws_rds_cluster_instance\" \"i\" {
          cluster_identifier = aws_rds_cluster.c.id
          engine = aws_rds_cluster.c.engine
          instance_class = \"db.t4g.medium\"
        }";
    let line = "aws_rds_cluster_instance.i! no price in the tables: extended support of aurora-postgresql 13.9 in \
                us-east-1, charged since 2026-03-01; $146.00 a month at the price of PostgreSQL 12 [ ]";
    let found = in_region("us-east-1", aurora, "{}");
    assert!(found.iter().any(|it| it == line), "{found:#?}");
}

#[test]
fn insights_of_databases() {
    let kept = |days: u32| {
        database(
            "postgres",
            "db.m5.xlarge",
            &format!(
                "allocated_storage = 20\nperformance_insights_enabled = true\nperformance_insights_retention_period = {days}"
            ),
        )
    };
    let on =
        |day: &str, region: &str, days: u32| lines(&of_terraform_on(day, region, &kept(days), "{}", None));
    // While it was sold: 4 vCPU x 1.5 = 6 for the first month, x 23 x 0.0631 = 5.8052 for two years.
    let first = "aws_db_instance.d: Performance Insights, first month kept";
    let further = "aws_db_instance.d: Performance Insights, further months kept";
    for (region, amounts) in [
        ("us-east-1", ["6.0000", "5.8052"]),
        ("eu-west-1", ["6.5852", "6.3664"]),
        ("sa-east-1", ["12.4392", "12.0336"]),
    ] {
        let found = on("2026-06-30", region, 731);
        for (name, amount) in [first, further].into_iter().zip(amounts) {
            assert!(found.contains(&format!("{name} = {amount}")), "{region} {found:#?}");
        }
    }
    assert!(!on("2026-06-30", "us-east-1", 31).iter().any(|line| line.starts_with(further)));
    assert!(!on("2026-06-30", "us-east-1", 7).iter().any(|line| line.contains("Insights")));
    assert!(on("2026-07-01", "us-east-1", 731).iter().any(|line| line.contains("sold no longer")));
}

#[test]
fn serverless_caches_have_a_least_size() {
    let cache = |engine: &str, more: &str| {
        format!(
            "resource \"aws_elasticache_serverless_cache\" \"s\" {{
               engine = \"{engine}\"
               name   = \"s\"
               {more}
             }}"
        )
    };
    let start = "aws_elasticache_serverless_cache.s: Serverless cache storage";
    // Valkey 0.1 GB x 730 x 0.084 = 6.132; x 0.094 = 6.862; x 0.054 = 3.942.
    let valkey = cache("valkey", "");
    three(&valkey, "{}", start, [("us-east-1", "6.1320"), ("eu-west-1", "6.8620"), ("ap-south-1", "3.9420")]);
    // Redis 1 GB x 730 x 0.125 = 91.25; x 0.14 = 102.2; x 0.081 = 59.13.
    let redis = cache("redis", "");
    three(
        &redis,
        "{}",
        start,
        [("us-east-1", "91.2500"), ("eu-west-1", "102.2000"), ("ap-south-1", "59.1300")],
    );
    // Up to 10 GB: ten times that is the high end.
    let limits = "cache_usage_limits {\n data_storage {\n maximum = 10\n unit = \"GB\"\n }\n}";
    let capped = cache("redis", limits);
    let range = "91.2500 / 91.2500 / 912.5000";
    assert!(in_region("us-east-1", &capped, "{}").contains(&format!("{start} = {range}")));
    // 0.02 GB are billed as 0.1.
    let little = "{ aws_elasticache_serverless_cache.s: { data_gb: 0.02, ecpu: 1000000000 } }";
    let found = in_region("us-east-1", &valkey, little);
    assert_eq!(
        found,
        [
            format!("{start} = 6.1320"),
            "aws_elasticache_serverless_cache.s: Serverless cache requests = 2.3000".to_owned(),
        ]
    );
}

#[test]
fn backtrack_and_backups_are_named() {
    let text = "resource \"aws_rds_cluster\" \"c\" {
        engine             = \"aurora-mysql\"
        engine_version     = \"8.0.mysql_aurora.3.05.2\"
        backtrack_window   = 3600
        master_password_wo = \"x\"
    }";
    // 10 million records x 730 h x 0.000000012 = 87.6; x 0.000000013 = 94.9, also in ap-south-1.
    let usage = "{ aws_rds_cluster.c: { change_records: 10000000 } }";
    let start = "aws_rds_cluster.c: Backtrack";
    three(
        text,
        usage,
        start,
        [("us-east-1", "87.6000"), ("eu-west-1", "94.9000"), ("ap-south-1", "94.9000")],
    );
    let found = in_region("us-east-1", text, "{}");
    assert!(found.iter().any(|line| line.contains("usage key `change_records`")), "{found:#?}");
}
