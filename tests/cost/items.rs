//! Single things in us-east-1 (some elsewhere), each worked out by hand from `pricing/`.

use super::{figures, lines, of_terraform};

/// The lines of an estimate must be these.
fn priced(text: &str, usage: &str, expected: &[&str]) {
    assert_eq!(lines(&of_terraform(text, usage)), expected, "{text}");
}

/// A task definition of 1 vCPU and 2 GB with more arguments.
fn task(more: &str) -> String {
    format!(
        "resource \"aws_ecs_task_definition\" \"t\" {{
           family = \"t\"
           requires_compatibilities = [\"FARGATE\"]
           network_mode = \"awsvpc\"
           cpu = 1024
           memory = 2048
           container_definitions = jsonencode([{{ name = \"a\", image = \"a:1\" }}])
           {more}
         }}\n"
    )
}

fn service(more: &str) -> String {
    format!(
        "resource \"aws_ecs_service\" \"s\" {{
           name = \"s\"
           task_definition = aws_ecs_task_definition.t.arn
           {more}
         }}\n"
    )
}

#[test]
fn spot_and_on_demand_share_the_tasks() {
    // 10 tasks: 2 as base, then 8 at 1:3, so 4 on demand and 6 on Spot. Scaling 2 to 10: at 2 all on demand.
    // On demand 4 x 730 x 0.04048 = 118.2016; low 2 x 730 x 0.04048 = 59.1008.
    let text = task("")
        + &service(
            "desired_count = 6
             capacity_provider_strategy {
               capacity_provider = \"FARGATE\"
               base = 2
               weight = 1
             }
             capacity_provider_strategy {
               capacity_provider = \"FARGATE_SPOT\"
               weight = 3
             }",
        )
        + "resource \"aws_appautoscaling_target\" \"s\" {
             service_namespace  = \"ecs\"
             scalable_dimension = \"ecs:service:DesiredCount\"
             resource_id        = \"service/c/${aws_ecs_service.s.name}\"
             min_capacity       = 2
             max_capacity       = 10
           }";
    let estimate = of_terraform(&text, "{}");
    let lines = lines(&estimate);
    assert_eq!(lines[0], "aws_ecs_service.s: Fargate (Linux/x86) vCPU = 59.1008 / 88.6512 / 118.2016");
    let spot = estimate.resources.iter().flat_map(|it| &it.components).nth(2).unwrap();
    assert_eq!(spot.name, "Fargate Spot (Linux/x86) vCPU");
    assert_eq!(figures(spot.quantity), "0.0000 / 2190.0000 / 4380.0000");
}

#[test]
fn windows_pays_a_licence_and_storage_above_20_gb_is_charged() {
    // us-east-1 Windows: vCPU 0.046552, memory 0.0051117, licence 0.046; storage 0.000111 x 10 GB.
    let text = task(
        "ephemeral_storage { size_in_gib = 30 }
         runtime_platform {
           operating_system_family = \"WINDOWS_SERVER_2022_CORE\"
           cpu_architecture = \"X86_64\"
         }",
    ) + &service("desired_count = 1\nlaunch_type = \"FARGATE\"");
    let estimate = of_terraform(&text, "{}");
    let names: Vec<_> = estimate.resources.iter().flat_map(|it| &it.components).map(|it| &*it.name).collect();
    assert_eq!(
        names,
        [
            "Fargate (Windows) vCPU",
            "Fargate (Windows) memory",
            "Fargate (Windows) Windows licence",
            "Fargate (Windows) ephemeral storage above 20 GB"
        ]
    );
    // 10 GB x 730 h x 0.000111 = 0.8103
    let components: Vec<_> = estimate.resources.iter().flat_map(|it| &it.components).collect();
    assert_eq!(figures(components[3].monthly), "0.8103");
    assert_eq!(figures(components[2].monthly), "33.5800");
}

#[test]
fn tasks_on_instances_cost_nothing_by_themselves() {
    let ec2 = task("") + &service("desired_count = 2\nlaunch_type = \"EC2\"");
    priced(&ec2, "{}", &["aws_ecs_service.s! Tasks: they run on EC2 instances that are in no file [ ]"]);
    let with_group = ec2 + "resource \"aws_autoscaling_group\" \"g\" {\n  max_size = 2\n  min_size = 1\n}\n";
    priced(
        &with_group,
        "{}",
        &["aws_autoscaling_group.g! Instances: the group names no launch template [ ]"],
    );
}

#[test]
fn a_service_without_its_task_definition_says_so() {
    let text = "resource \"aws_ecs_service\" \"s\" {
        name = \"s\"
        task_definition = \"elsewhere:3\"
        launch_type = \"FARGATE\"
        desired_count = 2
    }";
    priced(
        text,
        "{}",
        &[
            "aws_ecs_service.s! Fargate (Linux/x86) vCPU: its task definition `elsewhere:3` is in no file [0.04048 vCPU-hour]",
            "aws_ecs_service.s! Fargate (Linux/x86) memory: its task definition `elsewhere:3` is in no file [0.004445 GB-hour]",
        ],
    );
}

#[test]
fn an_event_rule_starts_tasks() {
    // 365/12 runs x 2 tasks x 30 minutes = 30.416667 task-hours; x 0.04048 = 1.2313; x 2 GB x 0.004445 = 0.2704.
    let text = task("")
        + "resource \"aws_cloudwatch_event_rule\" \"r\" {
             schedule_expression = \"rate(1 day)\"
           }
           resource \"aws_cloudwatch_event_target\" \"t\" {
             rule     = aws_cloudwatch_event_rule.r.name
             arn      = \"arn:aws:ecs:us-east-1:111122223333:cluster/c\"
             role_arn = \"arn:aws:iam::111122223333:role/r\"
             ecs_target {
               launch_type         = \"FARGATE\"
               task_count          = 2
               task_definition_arn = aws_ecs_task_definition.t.arn
             }
           }";
    priced(
        &text,
        "{ aws_cloudwatch_event_rule.r: { task_minutes: 30 } }",
        &[
            "aws_cloudwatch_event_target.t: Fargate (Linux/x86) vCPU = 1.2313",
            "aws_cloudwatch_event_target.t: Fargate (Linux/x86) memory = 0.2704",
        ],
    );
    let by_default = of_terraform(&text, "{}");
    assert!(by_default.assumptions.iter().any(|it| it.name == "duration of a run"));
}

#[test]
fn rds_storage_has_included_parts() {
    // gp3, PostgreSQL, 400 GiB: 12,000 IOPS and 500 MiB/s are included.
    // Storage 400 x 0.115 = 46; IOPS (13,000 - 12,000) x 0.02 = 20; throughput (600 - 500) x 0.08 = 8.
    let database = |more: &str| {
        format!(
            "resource \"aws_db_instance\" \"d\" {{
               engine         = \"postgres\"
               engine_version = \"16\"
               instance_class = \"db.t4g.micro\"
               password_wo    = \"x\"
               {more}
             }}"
        )
    };
    let gp3 =
        database("storage_type = \"gp3\"\nallocated_storage = 400\niops = 13000\nstorage_throughput = 600");
    priced(
        &gp3,
        "{}",
        &[
            "aws_db_instance.d: Database instance (PostgreSQL, Single-AZ, db.t4g.micro) = 11.6800",
            "aws_db_instance.d: Storage (gp3, Single-AZ) = 46.0000",
            "aws_db_instance.d: IOPS above the included = 20.0000",
            "aws_db_instance.d: Throughput above the included = 8.0000",
        ],
    );
    // io1 is what RDS takes when IOPS are given: 100 x 0.125 = 12.5, 1,000 x 0.1 = 100. The standby doubles both.
    let io1 = database("allocated_storage = 100\niops = 1000\nmulti_az = true");
    priced(
        &io1,
        "{}",
        &[
            "aws_db_instance.d: Database instance (PostgreSQL, Multi-AZ, db.t4g.micro) = 23.3600",
            "aws_db_instance.d: Storage (io1, Multi-AZ) = 25.0000",
            "aws_db_instance.d: Provisioned IOPS = 200.0000",
        ],
    );
    // Storage autoscaling: 20 to 100 GiB of gp2 at 0.115.
    let grows = database("allocated_storage = 20\nmax_allocated_storage = 100");
    assert_eq!(
        lines(&of_terraform(&grows, "{}"))[1],
        "aws_db_instance.d: Storage (gp2, Single-AZ) = 2.3000 / 2.3000 / 11.5000"
    );
    // A managed master password is a secret: 0.40 a month.
    let managed = database("allocated_storage = 20\nmanage_master_user_password = true")
        .replace("password_wo    = \"x\"", "");
    assert_eq!(
        lines(&of_terraform(&managed, "{}"))[2],
        "aws_db_instance.d: Secret of the master password = 0.4000"
    );
}

#[test]
fn old_engines_pay_for_extended_support() {
    // PostgreSQL 12 is charged since 2025-03-01: 2 vCPU x 0.1 x 730 h = 146, twice with a standby.
    let text = |zones: bool, support: &str| {
        format!(
            "resource \"aws_db_instance\" \"d\" {{
               engine            = \"postgres\"
               engine_version    = \"12.14\"
               instance_class    = \"db.t4g.micro\"
               allocated_storage = 20
               multi_az          = {zones}
               {support}
             }}"
        )
    };
    let name = "aws_db_instance.d: Extended support of the engine version";
    assert_eq!(lines(&of_terraform(&text(false, ""), "{}"))[1], format!("{name} = 146.0000"));
    assert_eq!(lines(&of_terraform(&text(true, ""), "{}"))[1], format!("{name} = 292.0000"));
    // Version 13 is charged since 2026-03-01 at a price that the tables lack.
    let newer = text(false, "").replace("12.14", "13.14");
    let missing = "aws_db_instance.d! no price in the tables: extended support of postgres 13.14 in us-east-1, charged since \
         2026-03-01; $146.00 a month at the price of PostgreSQL 12 [ ]";
    assert!(lines(&of_terraform(&newer, "{}")).iter().any(|line| line == missing));
    let disabled = "engine_lifecycle_support = \"open-source-rds-extended-support-disabled\"";
    assert!(!lines(&of_terraform(&text(false, disabled), "{}")).iter().any(|line| line.starts_with(name)));
}

#[test]
fn aurora_capacity_is_a_range() {
    // 0.5 to 4 ACU x 730 h x 0.12: 43.8 to 350.4, half way 197.1.
    let text = "resource \"aws_rds_cluster\" \"c\" {
          engine = \"aurora-postgresql\"
          serverlessv2_scaling_configuration {
            min_capacity = 0.5
            max_capacity = 4
          }
        }
        resource \"aws_rds_cluster_instance\" \"i\" {
          cluster_identifier = aws_rds_cluster.c.id
          engine             = aws_rds_cluster.c.engine
          instance_class     = \"db.serverless\"
        }";
    let found = lines(&of_terraform(text, "{}"));
    let line = "aws_rds_cluster_instance.i: Aurora Serverless v2 capacity = 43.8000 / 197.1000 / 350.4000";
    assert!(found.iter().any(|it| it == line), "{found:#?}");
}

#[test]
fn caches_count_their_nodes() {
    // 2 groups of 1 primary and 1 replica: 4 x 730 x 0.017 = 49.64 (Redis cache.t3.micro, us-east-1).
    let text = "resource \"aws_elasticache_replication_group\" \"g\" {
          replication_group_id    = \"g\"
          description             = \"g\"
          node_type               = \"cache.t3.micro\"
          num_node_groups         = 2
          replicas_per_node_group = 1
        }";
    priced(text, "{}", &["aws_elasticache_replication_group.g: Redis nodes (cache.t3.micro) = 49.6400"]);
}

#[test]
fn addresses_count_once() {
    // The gateway's own Elastic IP is billed at the Elastic IP; one from elsewhere at the gateway.
    let own = "resource \"aws_eip\" \"e\" {}
        resource \"aws_nat_gateway\" \"n\" {
          allocation_id = aws_eip.e.id
          subnet_id     = \"subnet-1\"
        }";
    let ipv4 = |text: &str| {
        lines(&of_terraform(text, "{}")).into_iter().filter(|line| line.contains("IPv4")).collect::<Vec<_>>()
    };
    assert_eq!(ipv4(own), ["aws_eip.e: Public IPv4 addresses = 3.6500"]);
    let foreign = "resource \"aws_nat_gateway\" \"n\" {
          allocation_id = \"eipalloc-1\"
          subnet_id     = \"subnet-1\"
        }";
    assert_eq!(ipv4(foreign), ["aws_nat_gateway.n: Public IPv4 addresses = 3.6500"]);
    let internal = "resource \"aws_lb\" \"l\" {
          internal = true
          subnets  = [\"subnet-1\", \"subnet-2\"]
        }";
    assert_eq!(ipv4(internal), Vec::<String>::new());
}

#[test]
fn what_nothing_prices_is_named() {
    let text = "resource \"aws_wafv2_web_acl\" \"w\" {}
        module \"m\" {
          source = \"terraform-aws-modules/vpc/aws\"
        }";
    priced(
        text,
        "{}",
        &[
            "aws_wafv2_web_acl.w! not priced yet: aws_wafv2_web_acl [ ]",
            "module.m! what module `terraform-aws-modules/vpc/aws` creates is not known [ ]",
        ],
    );
}

#[test]
fn a_provider_of_ones_own_starts_instances() {
    let text = task("")
        + &service(
            "desired_count = 1
             capacity_provider_strategy {
               capacity_provider = aws_ecs_capacity_provider.p.name
               weight = 1
             }",
        )
        + "resource \"aws_ecs_capacity_provider\" \"p\" {
             name = random_id.x.hex
           }
           resource \"random_id\" \"x\" {
             byte_length = 2
           }";
    priced(&text, "{}", &["aws_ecs_service.s! Tasks: they run on EC2 instances that are in no file [ ]"]);
}

#[test]
fn schedules_that_are_over_or_off_cost_nothing() {
    let schedule = |more: &str| {
        task("")
            + &format!(
                "resource \"aws_scheduler_schedule\" \"s\" {{
                   {more}
                   target {{
                     arn      = \"a\"
                     role_arn = \"r\"
                     ecs_parameters {{
                       task_definition_arn = aws_ecs_task_definition.t.arn
                       launch_type         = \"FARGATE\"
                     }}
                   }}
                 }}"
            )
    };
    let total = |more: &str| figures(of_terraform(&schedule(more), "{}").total());
    assert_eq!(total("schedule_expression = \"rate(1 hour)\"\nstate = \"DISABLED\""), "0.0000");
    assert_eq!(total("schedule_expression = \"cron(0 3 * * ? 2020-2025)\""), "0.0000");
    // One run of 5 minutes at most: 5/60 x (0.04048 + 2 x 0.004445) = 0.0041.
    assert_eq!(total("schedule_expression = \"at(2026-12-01T00:00:00)\""), "0.0000 / 0.0041 / 0.0041");
    let broken = of_terraform(&schedule("schedule_expression = \"cron(0 3 * * * *)\""), "{}");
    assert!(broken.is_at_least() && broken.unpriced[0].reason.contains("must be ?"), "{:?}", broken.unpriced);
}

#[test]
fn absurd_numbers_are_named_and_never_priced() {
    let text = task("cpu2 = 1").replace("cpu = 1024", "cpu = 999999999999").replace("cpu2 = 1", "")
        + &service(
            "desired_count = 999999999
             capacity_provider_strategy {
               capacity_provider = \"FARGATE\"
               weight = 1000000000
             }",
        )
        + "resource \"aws_db_instance\" \"d\" {
             engine            = \"mysql\"
             instance_class    = \"db.m5.larg\"
             storage_type      = \"gp3\"
             allocated_storage = -5
             iops              = 99999999999
           }
           resource \"aws_cloudwatch_log_group\" \"l\" {
             retention_in_days = 999999999
           }";
    let usage = "{ defaults: { aws_cloudwatch_log_group: { ingested_gb: 900000000000000 } } }";
    let estimate = of_terraform(&text, usage);
    let reasons: Vec<_> = estimate.unpriced.iter().map(|it| it.reason.as_str()).collect();
    for expected in [
        "Tasks: `weight` is not between 0 and 1000",
        "Storage (gp3, Single-AZ): `allocated_storage` is not between 0 and 1000000000",
    ] {
        assert!(reasons.contains(&expected), "{reasons:#?}");
    }
    assert!(reasons.iter().any(|it| it.contains("did you mean db.m5.large?")), "{reasons:#?}");
}
