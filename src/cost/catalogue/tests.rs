//! Lookups against figures read by hand and by chance from the captured CSV files, and the traps of that data.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use super::*;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn amount(price: Option<Price>) -> String {
    price.map_or_else(|| "none".to_owned(), |price| price.amount.to_string())
}

/// Table, region, key, price, unit, source, capture date.
type Picked = (Table, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

/// Chosen at random from the CSV files, over all tables.
#[rustfmt::skip]
const PICKED: &[Picked] = &[
    (Table::Fargate, "eu-north-1", "linux x86_64 memory", "0.0049", "GB-hour", "L", "2025-10-27"),
    (Table::Fargate, "ap-southeast-2", "any any ecs_anywhere_instance", "0.01025", "instance-hour", "L", "2025-10-27"),
    (Table::Fargate, "eu-west-2", "linux x86_64 vcpu", "0.04656", "vCPU-hour", "L", "2025-10-27"),
    (Table::Fargate, "ap-northeast-1", "any any ephemeral_storage", "0.000133", "GB-hour", "L", "2025-10-27"),
    (Table::Fargate, "ap-northeast-2", "linux x86_64 vcpu", "0.04656", "vCPU-hour", "L", "2025-10-27"),
    (Table::Fargate, "us-east-2", "windows x86_64 memory", "0.00511175", "GB-hour", "L", "2025-10-27"),
    (Table::FargateSavingsPlans, "us-east-1", "linux arm64 vcpu 1yr no-upfront", "0.0255", "vCPU-hour", "P", "2026-09-25"),
    (Table::LoadBalancers, "ap-southeast-1", "clb hour", "0.028", "LoadBalancer-hour", "Q", "2025-06-05"),
    (Table::LoadBalancers, "ap-east-1", "clb data", "0.0088", "GB", "Q", "2025-06-05"),
    (Table::LoadBalancers, "af-south-1", "nlb lcu", "0.0071", "NLCU-hour", "Q", "2025-06-05"),
    (Table::LoadBalancers, "ap-south-1", "gwlb hour", "0.0133", "LoadBalancer-hour", "Q", "2025-06-05"),
    (Table::LoadBalancers, "ap-southeast-6", "gwlb hour", "0.0147", "LoadBalancer-hour", "I", "unknown"),
    (Table::Network, "ap-east-1", "nat_gateway_hour", "0.065", "gateway-hour", "L", "2025-10-28"),
    (Table::Network, "us-west-2", "vpc_lattice_data", "0.025", "GB", "L", "2025-11-04"),
    (Table::Network, "ap-southeast-4", "vpc_gwlb_endpoint_hour", "0.0112", "endpoint-AZ-hour", "L", "2025-11-04"),
    (Table::Network, "ap-southeast-1", "nat_gateway_data", "0.059", "GB", "L", "2025-10-28"),
    (Table::Network, "ap-southeast-6", "vpc_gwlb_endpoint_hour", "0.01176", "endpoint-AZ-hour", "L", "2025-11-04"),
    (Table::DataTransferInterregion, "ap-east-1", "eu-central-2", "0.09", "GB", "Q", "2025-06-05"),
    (Table::DataTransferInterregion, "ap-southeast-2", "ap-east-2", "0.098", "GB", "Q", "2025-06-05"),
    (Table::DataTransferInterregion, "me-south-1", "eu-south-2", "0.1105", "GB", "Q", "2025-06-05"),
    (Table::RdsInstances, "eu-west-1", "mysql none multi-az db.r3.large", "0.53", "instance-hour", "Q", "2025-06-17"),
    (Table::RdsInstances, "eu-west-3", "mariadb none single-az db.t4g.micro", "0.018", "instance-hour", "Q", "2025-06-17"),
    (Table::RdsInstances, "ap-northeast-1", "mariadb none single-az db.r4.8xlarge", "4.563", "instance-hour", "Q", "2025-06-17"),
    (Table::RdsInstances, "eu-south-2", "mysql none multi-az db.m7g.xlarge", "0.7456", "instance-hour", "Q", "2025-06-17"),
    (Table::RdsInstances, "ap-south-1", "mariadb none single-az db.m5.16xlarge", "7.71", "instance-hour", "Q", "2025-06-17"),
    (Table::RdsInstances, "us-east-1", "postgres none multi-az db.m6id.4xlarge", "3.587", "instance-hour", "Q", "2025-06-17"),
    (Table::RdsInstances, "ap-southeast-2", "postgres none single-az db.m7g.large", "0.234", "instance-hour", "Q", "2025-06-17"),
    (Table::RdsInstancesCommercial, "us-west-1", "sqlserver-se license-included single-az db.m5d.4xlarge", "5.394", "instance-hour", "Q", "2025-06-17"),
    (Table::RdsInstancesCommercial, "ap-east-1", "oracle-ee byol multi-az db.r6i.16xlarge", "19.501", "instance-hour", "Q", "2025-06-17"),
    (Table::RdsInstancesCommercial, "ap-south-1", "oracle-ee byol single-az db.r5.6xlarge.tpc2.mem4x", "12.624", "instance-hour", "Q", "2025-06-17"),
    (Table::RdsInstancesCommercial, "eu-central-1", "sqlserver-ee license-included single-az db.r5b.12xlarge", "31.824", "instance-hour", "Q", "2025-06-17"),
    (Table::RdsInstancesCommercial, "me-central-1", "oracle-ee byol multi-az db.m5.xlarge", "0.832", "instance-hour", "Q", "2025-06-17"),
    (Table::RdsStorage, "eu-south-2", "rds backup_storage any", "0.095", "GB-month", "Q", "2025-06-17"),
    (Table::RdsStorage, "ca-west-1", "rds extended_support_postgres14_yr3 any", "0.184", "vCPU-hour", "Q", "2025-06-17"),
    (Table::RdsStorage, "us-west-2", "aurora-mysql serverless_v2_acu standard", "0.12", "ACU-hour", "Q", "2025-06-17"),
    (Table::RdsStorage, "ap-east-2", "rds iops_io2 single-az", "0.108", "IOPS-month", "Q", "2025-06-17"),
    (Table::RdsStorage, "ap-southeast-7", "rds iops_gp3_extra single-az", "0.022", "IOPS-month", "Q", "2025-06-17"),
    (Table::RdsStorage, "eu-south-1", "rds extended_support_mysql5.7_yr1_2 any", "0.118", "vCPU-hour", "Q", "2025-06-17"),
    (Table::RdsReserved, "ap-northeast-3", "postgres multi-az db.m6g.8xlarge 1yr no-upfront hourly", "5.1711", "instance-hour", "Y", "2025-04-04"),
    (Table::RdsReserved, "ap-south-1", "mysql multi-az db.m5d.2xlarge 3yr partial-upfront hourly", "0.6723", "instance-hour", "Y", "2025-04-04"),
    (Table::RdsReserved, "ap-northeast-1", "postgres multi-az db.m7g.xlarge 1yr no-upfront hourly", "0.7213", "instance-hour", "Y", "2025-04-04"),
    (Table::RdsReserved, "eu-west-1", "mysql multi-az db.m6in.4xlarge 1yr partial-upfront upfront", "15058.0", "instance", "Y", "2025-04-04"),
    (Table::RdsReserved, "ap-east-1", "mysql multi-az db.t4g.small 3yr partial-upfront upfront", "847.0", "instance", "Y", "2025-04-04"),
    (Table::RdsReserved, "ca-west-1", "postgres single-az db.r6id.2xlarge 1yr partial-upfront upfront", "4310.0", "instance", "Y", "2025-04-04"),
    (Table::AuroraInstances, "ap-east-1", "aurora-postgresql io-optimized db.r6g.large", "0.449", "instance-hour", "Q", "2025-06-17"),
    (Table::AuroraInstances, "eu-north-1", "aurora-postgresql standard db.r6g.16xlarge", "8.576", "instance-hour", "Q", "2025-06-17"),
    (Table::AuroraInstances, "ap-southeast-4", "aurora-postgresql io-optimized db.r6i.12xlarge", "10.92", "instance-hour", "Q", "2025-06-17"),
    (Table::AuroraInstances, "us-east-2", "aurora-mysql standard db.r8g.4xlarge", "2.208", "instance-hour", "Q", "2025-06-17"),
    (Table::ElasticacheNodes, "ap-southeast-3", "redis cache.r5.large no", "0.259", "node-hour", "Q", "2025-06-05"),
    (Table::ElasticacheNodes, "eu-west-1", "valkey cache.r5.12xlarge no", "4.62", "node-hour", "Q", "2025-06-05"),
    (Table::ElasticacheNodes, "sa-east-1", "valkey cache.r7g.12xlarge no", "8.3768", "node-hour", "Q", "2025-06-05"),
    (Table::ElasticacheNodes, "ap-southeast-2", "redis cache.r6gd.xlarge yes", "0.937", "node-hour", "Q", "2025-06-05"),
    (Table::ElasticacheServerless, "eu-south-2", "redis ecpu", "0.0000000038", "ECPU", "Q", "2025-06-05"),
    (Table::ElasticacheServerless, "ap-east-2", "valkey ecpu", "0.0000000024", "ECPU", "Q", "2025-06-05"),
    (Table::ElasticacheReserved, "ap-south-2", "redis cache.r6g.16xlarge 1yr partial-upfront", "5.061781", "node-hour", "C", "2025-04-24"),
    (Table::ElasticacheReserved, "sa-east-1", "memcached cache.m5.24xlarge 3yr no-upfront", "5.549", "node-hour", "C", "2025-04-24"),
    (Table::ElasticacheReserved, "eu-central-1", "valkey cache.r7g.2xlarge 1yr partial-upfront", "0.5458", "node-hour", "C", "2025-04-24"),
    (Table::Ec2OnDemandLinux, "us-west-1", "i4i.4xlarge", "1.514", "instance-hour", "L", "2025-11-04"),
    (Table::Ec2OnDemandLinux, "us-east-1", "g6.24xlarge", "6.6752", "instance-hour", "K", "2026-07-20"),
    (Table::Ec2OnDemandLinux, "ap-southeast-7", "r6id.large", "0.15529", "instance-hour", "Q", "2025-06-13"),
    (Table::Ec2OnDemandLinux, "eu-north-1", "c7i.metal-24xl", "4.5864", "instance-hour", "Q", "2025-06-13"),
    (Table::Ec2OnDemandLinux, "us-east-1", "c6g.4xlarge", "0.544", "instance-hour", "K", "2026-07-20"),
    (Table::Ec2OnDemandLinux, "us-west-2", "i8g.8xlarge", "2.7456", "instance-hour", "Y", "2025-04-04"),
    (Table::Ec2ReservedLinux, "ap-east-1", "c7g.8xlarge standard 1yr no-upfront", "0.9735", "instance-hour", "Y", "2025-04-05"),
    (Table::Ec2ReservedLinux, "ap-south-2", "c6g.8xlarge standard 3yr no-upfront", "0.2945", "instance-hour", "Y", "2025-04-05"),
    (Table::Ec2ReservedLinux, "us-east-1", "r5.24xlarge standard 3yr no-upfront", "2.613", "instance-hour", "Y", "2025-04-05"),
    (Table::Ebs, "eu-south-1", "st1 storage", "0.0525", "GB-month", "Y", "2024-07-18"),
    (Table::Ebs, "sa-east-1", "io1 iops", "0.091", "IOPS-month", "Y", "2024-07-18"),
    (Table::Ebs, "eu-south-2", "st1 storage", "0.05", "GB-month", "Y", "2024-07-18"),
    (Table::Services, "eu-south-1", "ssm parameter_higher_throughput_api_request", "0.000005", "request", "Q", "2025-06-05"),
    (Table::Services, "ap-south-2", "dynamodb on_demand_read", "0.0000001425", "read-request-unit", "L", "2025-08-28"),
    (Table::Services, "me-central-1", "cloudwatch synthetics_canary_run", "0.0016", "run", "L", "2025-09-23"),
    (Table::Services, "eu-west-2", "dynamodb on_demand_write", "0.0000007423", "write-request-unit", "L", "2025-08-28"),
    (Table::Services, "il-central-1", "dynamodb on_demand_write", "0.00000085", "write-request-unit", "L", "2025-08-28"),
    (Table::Services, "mx-central-1", "s3 request_put_copy_post_list", "0.00000525", "request", "L", "2025-10-22"),
    (Table::Services, "ap-southeast-2", "ssm parameter_higher_throughput_api_request", "0.000005", "request", "Q", "2025-06-05"),
];

#[test]
fn picked_prices_are_found_with_unit_and_source() {
    let prices = Catalogue::embedded();
    for &(table, region, key, amount, unit, source, captured) in PICKED {
        let parts: Vec<&str> = key.split(' ').collect();
        let price = prices.price(table, region, &parts);
        let price = price.unwrap_or_else(|| panic!("{table} {region} {key}"));
        assert_eq!(
            (price.amount.to_string().as_str(), price.unit, price.source, price.captured),
            (amount, unit, source, captured),
            "{table} {region} {key}"
        );
        assert_eq!(price.table, table.as_str());
    }
}

#[test]
fn every_table_is_known_and_none_is_left_over() {
    let tables: Vec<TableInfo> = Catalogue::embedded().tables().collect();
    let found: Vec<Table> = tables.iter().map(|info| info.table).collect();
    assert_eq!(found, Table::ALL);
    for info in &tables {
        let items: usize =
            info.regions.iter().map(|region| Catalogue::embedded().items(info.table, region).count()).sum();
        assert_eq!(items, info.prices, "{}", info.table);
        assert!(info.regions.is_sorted());
        assert!(!info.captures.is_empty() && !info.title.is_empty());
    }
    let rds = tables.iter().find(|info| info.table == Table::RdsInstances).unwrap();
    assert_eq!(rds.key_names, ["engine", "license", "deployment", "instance_class"]);
    assert_eq!((rds.rows, rds.prices, rds.regions.len()), (1568, 27339, 33));
    assert_eq!(rds.captures, [Capture { source: "Q", captured: "2025-06-17" }]);
}

#[test]
fn ireland_reads_as_the_domain_speaks() {
    let prices = Catalogue::embedded();
    let region = "eu-west-1";
    let fargate = |arch, metric| amount(prices.fargate(region, Os::Linux, arch, metric));
    assert_eq!(fargate(Arch::X86_64, FargateMetric::Vcpu), "0.04048");
    assert_eq!(fargate(Arch::X86_64, FargateMetric::Memory), "0.004445");
    assert_eq!(fargate(Arch::Arm64, FargateMetric::Vcpu), "0.03238");
    assert_eq!(fargate(Arch::Arm64, FargateMetric::EphemeralStorage), "0.000122");
    assert_eq!(amount(prices.load_balancer(region, LbKind::Alb, LbMetric::Hour)), "0.0252");
    assert_eq!(amount(prices.load_balancer(region, LbKind::Alb, LbMetric::CapacityUnit)), "0.008");
    let db =
        |class| amount(prices.rds_instance(region, "postgres", License::None, Deployment::SingleAz, class));
    assert_eq!(db("db.t3.micro"), "0.02");
    assert_eq!(db("db.t4g.micro"), "0.017");
    assert_eq!(db("db.t3.mikro"), "none");
    assert_eq!(amount(prices.rds_volume(region, "gp2", Deployment::SingleAz)), "0.127");
    assert_eq!(amount(prices.rds_volume(region, "gp3", Deployment::MultiAzCluster)), "0.381");
    assert_eq!(amount(prices.rds_storage(region, "rds", "backup_storage", "any")), "0.095");
    assert_eq!(amount(prices.elasticache_node(region, "redis", "cache.t3.micro")), "0.018");
    let cache =
        prices.elasticache_reserved(region, "redis", "cache.t3.micro", Term::OneYear, Payment::NoUpfront);
    assert_eq!(amount(cache), "0.012");
    let flat = |tiers: Option<Tiers>| amount(tiers.and_then(|tiers| tiers.flat()));
    assert_eq!(flat(prices.network(region, "nat_gateway_hour")), "0.048");
    assert_eq!(flat(prices.network(region, "public_ipv4_in_use")), "0.005");
    assert_eq!(flat(prices.service(region, "ecr", "private_storage")), "0.1");
    assert_eq!(flat(prices.service(region, "cloudwatch", "logs_ingest_standard")), "0.57");
    assert_eq!(flat(prices.service(region, "secretsmanager", "secret")), "0.4");
}

#[test]
fn windows_pays_a_licence() {
    let prices = Catalogue::embedded();
    let windows = |metric| amount(prices.fargate("us-east-1", Os::Windows, Arch::X86_64, metric));
    assert_eq!(windows(FargateMetric::Vcpu), "0.046552");
    assert_eq!(windows(FargateMetric::OsLicense), "0.046");
    let arm = prices.fargate("us-east-1", Os::Windows, Arch::Arm64, FargateMetric::Vcpu);
    assert_eq!(arm, None);
}

#[test]
fn newest_spot_capture_wins() {
    let prices = Catalogue::embedded();
    let spot = |region, metric| prices.fargate_spot(region, Os::Linux, Arch::X86_64, metric);
    let ireland = spot("eu-west-1", FargateMetric::Vcpu).unwrap();
    assert_eq!((ireland.amount, ireland.captured), (decimal("0.01224056"), "2026-09-28"));
    let virginia = spot("us-east-1", FargateMetric::Memory).unwrap();
    assert_eq!((virginia.amount, virginia.captured), (decimal("0.00141527"), "2026-09-28"));
    let cape_town = spot("af-south-1", FargateMetric::Vcpu).unwrap();
    assert_eq!((cape_town.captured, cape_town.source), ("2021-01-10", "G"));
    assert_eq!(spot("ap-east-2", FargateMetric::Vcpu), None);
}

#[test]
fn egress_tiers_are_in_number_order_and_price_exactly() {
    let tiers = Catalogue::embedded().network("eu-west-1", "data_transfer_out_internet").unwrap();
    let bounds: Vec<_> =
        tiers.iter().map(|tier| (tier.from.to_string(), tier.price.amount.to_string())).collect();
    let expected = [("0", "0.09"), ("10240", "0.085"), ("51200", "0.07"), ("153600", "0.05")];
    assert_eq!(bounds, expected.map(|(from, price)| (from.to_owned(), price.to_owned())));
    assert_eq!(tiers.flat(), None);
    assert_eq!(amount(tiers.list_price()), "0.09");

    // 10,240 x 0.09 + 40,960 x 0.085 + 8,800 x 0.07 = 921.60 + 3,481.60 + 616.00
    let cost = tiers.cost(decimal("60000")).unwrap();
    assert_eq!(cost.amount, decimal("5019.2"));
    assert_eq!(cost.parts.len(), 3);
    assert!(cost.is_complete());
    assert_eq!(tiers.cost(decimal("10240")).unwrap().parts.len(), 1);
    assert_eq!(tiers.cost(Decimal::ZERO).unwrap().amount, Decimal::ZERO);
    assert_eq!(tiers.cost(decimal("-1")), None);
    assert_eq!(tiers.cost(Decimal::MAX).map(|cost| cost.is_complete()), Some(true));
}

#[test]
fn tiers_ascend_without_gaps_everywhere() {
    let prices = Catalogue::embedded();
    for table in [Table::Network, Table::Services] {
        for region in prices.regions().map(|region| region.code).chain([GLOBAL]) {
            let mut before: Option<Item> = None;
            for item in prices.items(table, region) {
                if let Some(before) = before.filter(|before| before.key == item.key) {
                    assert_eq!(before.to, Some(item.from), "{table} {region} {}", item.key);
                }
                before = Some(item);
            }
        }
    }
}

#[test]
fn quantities_outside_the_tiers_are_reported_not_free() {
    let prices = Catalogue::embedded();
    let bots = prices.service("us-east-1", "waf", "bot_control_request").unwrap();
    let cost = bots.cost(decimal("12000000")).unwrap();
    assert_eq!((cost.amount, cost.below), (decimal("2"), decimal("10000000")));
    assert!(!cost.is_complete());

    let resolver = prices.service("us-east-1", "route53", "resolver_query").unwrap();
    let cost = resolver.cost(decimal("1500000000")).unwrap();
    assert_eq!(cost.above, decimal("500000000"));
}

#[test]
fn free_tiers_listed_apart_come_first() {
    let prices = Catalogue::embedded();
    let queue = prices.service("us-east-1", "sqs", "request_standard").unwrap();
    let cost = queue.cost(decimal("3000000")).unwrap();
    assert_eq!(cost.amount, decimal("0.8"));
    assert!(cost.is_complete());
    assert_eq!(amount(queue.list_price()), "0.0000004");
    let dashboards = prices.service("eu-west-1", "cloudwatch", "dashboard").unwrap();
    assert_eq!(dashboards.cost(decimal("5")).unwrap().amount, decimal("6"));
}

#[test]
fn one_price_everywhere_holds_in_known_regions_only() {
    let prices = Catalogue::embedded();
    let zone = prices.service("eu-west-1", "route53", "hosted_zone").unwrap();
    assert_eq!(amount(zone.list_price()), "0.5");
    assert_eq!(prices.service("eu-west-9", "route53", "hosted_zone"), None);
    let items = prices.service_items("eu-west-1", "route53");
    assert!(items.contains(&"hosted_zone") && items.contains(&"resolver_query"));
}

#[test]
fn gp3_throughput_is_per_mebibyte() {
    let prices = Catalogue::embedded();
    let price = prices.ebs("us-east-1", "gp3", EbsMetric::Throughput).unwrap();
    assert_eq!((price.amount.to_string().as_str(), price.unit), ("0.04", "MiBps-month"));
    assert_eq!(amount(prices.ebs("eu-west-1", "gp3", EbsMetric::Throughput)), "0.044");
    assert_eq!(amount(prices.ebs("eu-west-1", "gp3", EbsMetric::Storage)), "0.088");
    assert_eq!(prices.ebs("ap-east-2", "gp3", EbsMetric::Storage), None);
}

#[test]
fn requests_are_priced_one_by_one() {
    let prices = Catalogue::embedded();
    let call = prices.service("us-east-1", "secretsmanager", "api_request").unwrap();
    assert_eq!(call.flat().map(|price| (price.amount, price.unit)), Some((decimal("0.000005"), "request")));
    let advanced = prices.service("eu-west-1", "ssm", "parameter_advanced").unwrap();
    assert_eq!(advanced.flat().unwrap().unit, "parameter-hour");
}

#[test]
fn reservations_spread_their_upfront_part() {
    let prices = Catalogue::embedded();
    let reserved = |term, payment| {
        let region = "eu-west-1";
        prices.rds_reserved(region, "postgres", Deployment::SingleAz, "db.t3.micro", term, payment)
    };
    let plain = reserved(Term::OneYear, Payment::NoUpfront).unwrap();
    assert_eq!((plain.upfront, plain.effective_hourly()), (None, Some(decimal("0.0133"))));
    let partial = reserved(Term::OneYear, Payment::PartialUpfront).unwrap();
    assert_eq!(partial.upfront.map(|price| price.amount), Some(decimal("56")));
    assert_eq!(partial.effective_hourly().unwrap().round_dp(6), decimal("0.012693"));
    let three = reserved(Term::ThreeYears, Payment::PartialUpfront).unwrap();
    assert_eq!(three.effective_hourly().unwrap().round_dp(6), decimal("0.008776"));
    assert_eq!(reserved(Term::ThreeYears, Payment::AllUpfront), None);
    assert_eq!(reserved(Term::ThreeYears, Payment::NoUpfront), None);

    let ec2 = prices.ec2_reserved("af-south-1", "c5.12xlarge", Term::ThreeYears).unwrap();
    assert_eq!(ec2.effective_hourly(), Some(decimal("1.182")));
    let plan = prices.savings_plan(
        "us-east-1",
        Os::Linux,
        Arch::X86_64,
        FargateMetric::Vcpu,
        Term::OneYear,
        Payment::NoUpfront,
    );
    assert_eq!(amount(plan), "0.032384");
}

#[test]
fn classes_have_sizes_and_are_listed_for_suggestions() {
    let prices = Catalogue::embedded();
    let spec = prices.rds_spec("db.t3.micro").unwrap();
    assert_eq!((spec.vcpu, spec.memory_gib), (decimal("2"), decimal("1")));
    assert_eq!(prices.elasticache_spec("cache.t3.micro").unwrap().memory_gib, decimal("0.5"));
    assert_eq!(prices.ec2_spec("c5.12xlarge").unwrap().vcpu, decimal("48"));
    assert_eq!(prices.rds_spec("db.t3.mikro"), None);
    assert!(prices.rds_classes("eu-west-1", "postgres").contains(&"db.t4g.micro"));
    assert!(prices.rds_classes("eu-west-1", "postgre").is_empty());
    assert!(prices.rds_classes("eu-west-1", "sqlserver-ex").contains(&"db.t3.micro"));
    assert!(prices.aurora_classes("eu-west-1", "aurora-mysql").contains(&"db.r6g.large"));
    assert!(prices.elasticache_node_types("eu-west-1", "valkey").contains(&"cache.t4g.micro"));
    assert!(prices.ec2_instance_types("eu-west-1").contains(&"m5.large"));
    let classes = prices.rds_classes("eu-west-1", "mysql");
    assert!(classes.is_sorted_by(|a, b| a < b));
}

#[test]
fn a_missing_region_has_no_price_and_says_so() {
    let prices = Catalogue::embedded();
    let new_zealand = "ap-southeast-6";
    assert!(prices.fargate(new_zealand, Os::Linux, Arch::X86_64, FargateMetric::Vcpu).is_some());
    assert!(!prices.covers(Table::RdsInstances, new_zealand));
    assert!(prices.rds_classes(new_zealand, "postgres").is_empty());
    assert_eq!(prices.items(Table::RdsInstances, new_zealand).count(), 0);
    let alb = prices.load_balancer(new_zealand, LbKind::Alb, LbMetric::Hour).unwrap();
    assert_eq!((alb.source, alb.captured), ("I", "unknown"));
    assert_eq!(prices.network("eu-central-2", "data_transfer_inter_az_each_direction"), None);
}

#[test]
fn regions_have_names_and_billing_codes() {
    let prices = Catalogue::embedded();
    let codes: Vec<&str> = prices.regions().map(|region| region.code).collect();
    assert_eq!(codes.len(), 34);
    assert!(codes.is_sorted());
    let ireland = prices.region("eu-west-1").unwrap();
    assert_eq!((ireland.display_name, ireland.billing_code), ("Europe (Ireland)", "EU"));
    assert_eq!(prices.region("ap-south-1").unwrap().billing_code, "APS3");
    assert_eq!(prices.region("eu-west1"), None);
}

#[test]
fn transfer_between_regions_is_charged_by_the_sender() {
    let prices = Catalogue::embedded();
    assert_eq!(amount(prices.interregion("af-south-1", "ap-east-1")), "0.147");
    assert_eq!(amount(prices.interregion("ap-east-1", "af-south-1")), "0.09");
    assert_eq!(prices.interregion("eu-west-1", "eu-west-1"), None);
}

#[test]
fn keys_that_only_look_alike_are_not_found() {
    let prices = Catalogue::embedded();
    let spaced = &["postgres none", "single-az", "db.t3.micro"];
    for key in [&[][..], &[""], &["postgres"], spaced, &["\u{10ffff}"]] {
        assert_eq!(prices.price(Table::RdsInstances, "eu-west-1", key), None, "{key:?}");
    }
}
