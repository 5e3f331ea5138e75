//! What holds for every estimate, on generated deployments.

use plimsoll::cost::estimate::{Estimate, Range};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::of_terraform;

const USAGE: &str = "{ defaults: { aws_lb: { lcu: 0.7 }, aws_nat_gateway: { processed_gb: 13 }, \
     aws_cloudwatch_log_group: { ingested_gb: 3 }, aws_ecr_repository: { storage_gb: 2.5 }, \
     aws_secretsmanager_secret: { api_calls: 777 }, aws_db_instance: { backup_gb: 90 } } }";

fn service(
    index: usize,
    size: (u32, u32),
    count: u32,
    arm: bool,
    spot: u32,
    scaling: Option<(u32, u32)>,
) -> String {
    let arch = if arm { "ARM64" } else { "X86_64" };
    let target = scaling.map_or_else(String::new, |(low, more)| {
        format!(
            "resource \"aws_appautoscaling_target\" \"r{index}\" {{
               service_namespace = \"ecs\"
               scalable_dimension = \"ecs:service:DesiredCount\"
               resource_id = \"service/c/${{aws_ecs_service.r{index}.name}}\"
               min_capacity = {low}
               max_capacity = {}
             }}\n",
            low + more
        )
    });
    format!(
        "resource \"aws_ecs_task_definition\" \"r{index}\" {{
           family = \"f{index}\"
           cpu = {}
           memory = {}
           container_definitions = \"[]\"
           runtime_platform {{ cpu_architecture = \"{arch}\" }}
         }}
         resource \"aws_ecs_service\" \"r{index}\" {{
           name = \"s{index}\"
           task_definition = aws_ecs_task_definition.r{index}.arn
           desired_count = {count}
           capacity_provider_strategy {{
             capacity_provider = \"FARGATE\"
             weight = 1
             base = 1
           }}
           capacity_provider_strategy {{
             capacity_provider = \"FARGATE_SPOT\"
             weight = {spot}
           }}
           network_configuration {{
             subnets = [\"subnet-1\"]
             assign_public_ip = {arm}
           }}
         }}
         {target}",
        size.0, size.1
    )
}

/// A resource that stands for itself, under a name of its own.
fn piece() -> impl Strategy<Value = Piece> {
    let sizes = prop::sample::select(vec![(256, 512), (512, 3072), (1024, 2048), (4096, 30720)]);
    prop_oneof![
        (sizes, 0_u32..30, any::<bool>(), 0_u32..4, prop::option::of((0_u32..5, 0_u32..20)))
            .prop_map(|(size, count, arm, spot, scaling)| Piece::Service(size, count, arm, spot, scaling)),
        (any::<bool>(), 1_usize..4).prop_map(|(internal, zones)| Piece::Balancer(internal, zones)),
        prop::sample::select(vec!["gp2", "gp3", "io1", "io2"])
            .prop_flat_map(|kind| (Just(kind), 20_u32..900, 1000_u32..20_000, any::<bool>()))
            .prop_map(|(kind, size, iops, multi)| Piece::Database(kind, size, iops, multi)),
        prop::option::of(0_u32..400).prop_map(Piece::Logs),
        (1_u32..6).prop_map(Piece::Cache),
        (prop::sample::select(vec!["gp2", "gp3", "io1", "io2"]), 1_u32..900, 100_u32..90_000)
            .prop_map(|(kind, size, iops)| Piece::Volume(kind, size, iops)),
        (0_u32..4, 0_u32..6, 0_u32..3, 0_u32..101)
            .prop_map(|(low, more, base, percentage)| Piece::Group(low, more, base, percentage)),
        prop::sample::select(vec!["rate(7 minutes)", "cron(0/7 3 ? * MON-FRI *)", "cron(1 2 31 * ? *)"])
            .prop_map(Piece::Schedule),
        prop::sample::select(vec![
            "aws_eip",
            "aws_nat_gateway",
            "aws_ecr_repository",
            "aws_secretsmanager_secret"
        ])
        .prop_map(Piece::Plain),
    ]
}

#[derive(Debug, Clone)]
enum Piece {
    Service((u32, u32), u32, bool, u32, Option<(u32, u32)>),
    Balancer(bool, usize),
    Database(&'static str, u32, u32, bool),
    Logs(Option<u32>),
    Cache(u32),
    Volume(&'static str, u32, u32),
    Group(u32, u32, u32, u32),
    Schedule(&'static str),
    Plain(&'static str),
}

impl Piece {
    fn text(&self, index: usize) -> String {
        match self {
            Self::Service(size, count, arm, spot, scaling) => {
                service(index, *size, *count, *arm, *spot, *scaling)
            }
            Self::Balancer(internal, zones) => format!(
                "resource \"aws_lb\" \"r{index}\" {{\n internal = {internal}\n subnets = [{}]\n}}\n",
                vec!["\"subnet-1\""; *zones].join(", ")
            ),
            Self::Database(kind, size, iops, multi) => format!(
                "resource \"aws_db_instance\" \"r{index}\" {{
                   engine = \"mysql\"
                   engine_version = \"8.0\"
                   instance_class = \"db.m5.large\"
                   storage_type = \"{kind}\"
                   allocated_storage = {size}
                   {}
                   multi_az = {multi}
                   backup_retention_period = 7
                 }}\n",
                if *kind == "gp2" { String::new() } else { format!("iops = {iops}") }
            ),
            Self::Logs(retention) => {
                let retention =
                    retention.map_or_else(String::new, |days| format!("retention_in_days = {days}"));
                format!("resource \"aws_cloudwatch_log_group\" \"r{index}\" {{\n{retention}\n}}\n")
            }
            Self::Cache(nodes) => format!(
                "resource \"aws_elasticache_cluster\" \"r{index}\" {{
                   engine = \"memcached\"
                   node_type = \"cache.t3.micro\"
                   num_cache_nodes = {nodes}
                 }}\n"
            ),
            Self::Volume(kind, size, iops) => format!(
                "resource \"aws_ebs_volume\" \"r{index}\" {{
                   type = \"{kind}\"
                   size = {size}
                   {}
                 }}\n",
                if *kind == "gp2" { String::new() } else { format!("iops = {iops}") }
            ),
            Self::Group(low, more, base, percentage) => format!(
                "resource \"aws_launch_template\" \"r{index}\" {{
                   instance_type = \"m5.large\"
                   monitoring {{ enabled = true }}
                 }}
                 resource \"aws_autoscaling_group\" \"r{index}\" {{
                   min_size         = {low}
                   desired_capacity = {}
                   max_size         = {}
                   mixed_instances_policy {{
                     instances_distribution {{
                       on_demand_base_capacity                  = {base}
                       on_demand_percentage_above_base_capacity = {percentage}
                     }}
                     launch_template {{
                       launch_template_specification {{
                         launch_template_id = aws_launch_template.r{index}.id
                       }}
                     }}
                   }}
                 }}\n",
                low + more / 2,
                low + more
            ),
            Self::Schedule(expression) => format!(
                "resource \"aws_ecs_task_definition\" \"r{index}\" {{
                   family = \"f{index}\"
                   requires_compatibilities = [\"FARGATE\"]
                   cpu = 256
                   memory = 512
                   container_definitions = \"[]\"
                 }}
                 resource \"aws_scheduler_schedule\" \"r{index}\" {{
                   schedule_expression = \"{expression}\"
                   target {{
                     arn = \"a\"
                     role_arn = \"r\"
                     ecs_parameters {{
                       task_definition_arn = aws_ecs_task_definition.r{index}.arn
                       launch_type = \"FARGATE\"
                     }}
                   }}
                 }}\n"
            ),
            Self::Plain(ty) => format!("resource \"{ty}\" \"r{index}\" {{}}\n"),
        }
    }
}

fn estimated(pieces: &[Piece]) -> Estimate {
    let texts: Vec<String> = pieces.iter().enumerate().map(|(index, piece)| piece.text(index)).collect();
    of_terraform(&texts.concat(), USAGE)
}

fn at_least(more: Range, less: Range) -> bool {
    more.low >= less.low && more.expected >= less.expected && more.high >= less.high
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Order, exact sums and named assumptions are checked of each estimate by `of_terraform`.
    #[test]
    fn another_resource_adds_what_it_costs_alone(pieces in prop::collection::vec(piece(), 1..6), more in piece()) {
        let without = estimated(&pieces).total();
        let alone = estimated(std::slice::from_ref(&more)).total();
        let mut all = pieces.clone();
        all.push(more);
        let with = estimated(&all).total();
        prop_assert!(at_least(with, without));
        prop_assert_eq!(with, without + alone);
    }

    #[test]
    fn tasks_cost_so_many_times_one(count in 0_u32..60, arm: bool) {
        let of = |count| estimated(&[Piece::Service((512, 1024), count, arm, 0, None)]).total();
        prop_assert_eq!(of(count), of(1).times(Decimal::from(count)));
    }

    /// An argument that loses its value takes amounts out of the total or widens them, and is named.
    #[test]
    fn an_unknown_count_is_never_a_number(count in 1_u32..60) {
        let text = service(0, (512, 1024), count, false, 0, None);
        let known = of_terraform(&text, "{}");
        let open = text.replace(&format!("desired_count = {count}"), "desired_count = var.n");
        let open = of_terraform(&format!("variable \"n\" {{\n type = number\n}}\n{open}"), "{}");
        prop_assert!(open.is_at_least() && !known.is_at_least());
        prop_assert!(open.total().low <= known.total().low);
        prop_assert!(open.unpriced.iter().any(|it| it.reason.contains("`desired_count` is unknown")));
    }
}
