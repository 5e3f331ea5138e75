//! EC2, EBS, data transfer and connections, worked out by hand from `pricing/` in three regions or more. A month has
//! 730 hours.

use super::{lines, of_terraform, of_terraform_in};

/// The lines of an estimate that start with one of `of`, in a region.
fn found(region: &str, text: &str, usage: &str) -> Vec<String> {
    lines(&of_terraform_in(region, text, usage, None))
}

const GROUP: &str = "
    resource \"aws_launch_template\" \"t\" {
      name          = \"t\"
      image_id      = \"ami-1\"
      instance_type = \"t3.medium\"
      network_interfaces {
        associate_public_ip_address = false
      }
      block_device_mappings {
        device_name = \"/dev/xvda\"
        ebs {
          volume_size = 30
          volume_type = \"gp3\"
        }
      }
    }
    resource \"aws_autoscaling_group\" \"g\" {
      min_size            = 1
      desired_capacity    = 2
      max_size            = 4
      vpc_zone_identifier = [\"subnet-1\"]
      launch_template {
        id = aws_launch_template.t.id
      }
    }
";

#[test]
fn a_group_runs_between_its_bounds() {
    // 1, 2 and 4 instances x 730 h, and 30 GB of gp3 each.
    for (region, instances, volumes) in [
        // 730 x 0.0416 = 30.368; 30 x 0.08 = 2.4
        ("us-east-1", "30.3680 / 60.7360 / 121.4720", "2.4000 / 4.8000 / 9.6000"),
        // 730 x 0.0456 = 33.288; 30 x 0.088 = 2.64
        ("eu-west-1", "33.2880 / 66.5760 / 133.1520", "2.6400 / 5.2800 / 10.5600"),
        // 730 x 0.0528 = 38.544; 30 x 0.096 = 2.88
        ("ap-southeast-2", "38.5440 / 77.0880 / 154.1760", "2.8800 / 5.7600 / 11.5200"),
    ] {
        assert_eq!(
            found(region, GROUP, "{}"),
            [
                format!("aws_autoscaling_group.g: Instances (t3.medium, on demand) = {instances}"),
                format!("aws_autoscaling_group.g: Root volumes (gp3) = {volumes}"),
            ],
            "{region}"
        );
    }
}

#[test]
fn mixed_instances_are_shared_between_on_demand_and_spot() {
    let text = GROUP.replace(
        "launch_template {\n        id = aws_launch_template.t.id\n      }",
        "mixed_instances_policy {
           instances_distribution {
             on_demand_base_capacity                  = 1
             on_demand_percentage_above_base_capacity = 50
           }
           launch_template {
             launch_template_specification {
               launch_template_id = aws_launch_template.t.id
             }
             override {
               instance_type = \"m5.large\"
             }
             override {
               instance_type = \"m5a.large\"
             }
           }
         }",
    );
    // On demand the base, and half of the rest rounded up: 1 of 1, 1 + 1 of 2, 1 + 2 of 4. The cheaper type is low, the
    // dearer one expected and high.
    for (region, amount, most) in [
        // 730 x 0.086 = 62.78; 2 and 3 x 730 x 0.096 = 140.16 and 210.24
        ("us-east-1", "62.7800 / 140.1600 / 210.2400", "0.096"),
        // 730 x 0.096 = 70.08; 2 and 3 x 730 x 0.107 = 156.22 and 234.33
        ("eu-west-1", "70.0800 / 156.2200 / 234.3300", "0.107"),
        // 730 x 0.138 = 100.74; 2 and 3 x 730 x 0.153 = 223.38 and 335.07
        ("sa-east-1", "100.7400 / 223.3800 / 335.0700", "0.153"),
    ] {
        let lines = found(region, &text, "{}");
        let both = "one of m5.large, m5a.large";
        assert_eq!(
            lines[0],
            format!("aws_autoscaling_group.g: Instances ({both}, on demand) = {amount}"),
            "{region}"
        );
        assert_eq!(
            lines.last().unwrap(),
            &format!(
                "aws_autoscaling_group.g! no price in the tables: EC2 Spot (0 to 1 of {both}) in {region}; never more \
                 than on demand, ${most} an hour [ ]"
            )
        );
    }
}

#[test]
fn weights_count_units_of_capacity() {
    // 8 units, all on demand: two c6g.xlarge of weight 4, or four of t3.medium's weight 2; per unit and hour
    // 0.136 / 4 = 0.034 and 0.0416 / 2 = 0.0208. 8 x 730 x 0.0208 = 121.472; x 0.034 = 198.56.
    let text = GROUP
        .replace("min_size            = 1", "min_size = 8")
        .replace("desired_capacity    = 2", "desired_capacity = 8")
        .replace("max_size            = 4", "max_size = 8")
        .replace(
            "launch_template {\n        id = aws_launch_template.t.id\n      }",
            "mixed_instances_policy {
               launch_template {
                 launch_template_specification {
                   launch_template_id = aws_launch_template.t.id
                 }
                 override {
                   weighted_capacity = \"2\"
                 }
                 override {
                   instance_type     = \"c6g.xlarge\"
                   weighted_capacity = \"4\"
                 }
               }
             }",
        );
    assert_eq!(
        found("us-east-1", &text, "{}"),
        [
            "aws_autoscaling_group.g: Capacity units (one of t3.medium, c6g.xlarge, on demand) = 121.4720 / 198.5600 / 198.5600",
            // 2 to 4 instances x 30 GB x 0.08
            "aws_autoscaling_group.g: Root volumes (gp3) = 4.8000 / 9.6000 / 9.6000",
        ]
    );
}

#[test]
fn what_a_template_leaves_to_the_image_is_assumed_by_name() {
    let text = "
        data \"aws_ssm_parameter\" \"ami\" {
          name = \"/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id\"
        }
        resource \"aws_launch_configuration\" \"c\" {
          name_prefix   = \"c\"
          image_id      = data.aws_ssm_parameter.ami.value
          instance_type = \"t3.micro\"
        }
        resource \"aws_autoscaling_group\" \"g\" {
          min_size             = 1
          max_size             = 1
          vpc_zone_identifier  = [aws_subnet.s.id]
          launch_configuration = aws_launch_configuration.c.name
        }
        resource \"aws_subnet\" \"s\" {
          map_public_ip_on_launch = true
        }";
    // ECS-optimized images have a root volume of 30 GiB; launch configurations monitor in detail: 7 metrics x 0.3; the
    // subnet gives an address: 730 x 0.005.
    for (region, instance, root) in [
        ("us-east-1", "7.5920", "2.4000"),
        ("eu-west-1", "8.3220", "2.6400"),
        ("ap-southeast-2", "9.6360", "2.8800"),
    ] {
        let estimate = of_terraform_in(region, text, "{}", None);
        assert_eq!(
            lines(&estimate),
            [
                format!("aws_autoscaling_group.g: Instances (t3.micro, on demand) = {instance}"),
                format!("aws_autoscaling_group.g: Root volumes (gp3) = {root}"),
                "aws_autoscaling_group.g: Detailed monitoring (7 metrics an instance) = 2.1000".to_owned(),
                "aws_autoscaling_group.g: Public IPv4 addresses = 3.6500".to_owned(),
            ],
            "{region}"
        );
        let names: Vec<&str> = estimate.assumptions.iter().map(|it| it.name.as_str()).collect();
        for name in ["root volumes", "CPU credits", "desired_capacity of aws_autoscaling_group.g"] {
            assert!(names.contains(&name), "{names:?}");
        }
        assert!(!names.contains(&"operating system of EC2 instances"), "{names:?}");
    }
}

#[test]
fn what_the_tables_lack_is_named() {
    let reasons = |text: &str| -> Vec<String> {
        found("eu-west-1", text, "{}").into_iter().filter(|line| line.contains('!')).collect()
    };
    let spot = GROUP.replace(
        "network_interfaces {",
        "instance_market_options {\n  market_type = \"spot\"\n}\nnetwork_interfaces {",
    );
    assert_eq!(
        reasons(&spot),
        [
            "aws_autoscaling_group.g! no price in the tables: EC2 Spot (1 to 4 of t3.medium) in eu-west-1; never more than on \
          demand, $0.0456 an hour [ ]"
        ]
    );
    let windows = GROUP.replace("ami-1", "ami-windows-ecs");
    assert_eq!(
        reasons(&windows),
        ["aws_autoscaling_group.g! Instances (t3.medium): no price in the tables: EC2 with windows [ ]"]
    );
    let requirements = GROUP.replace(
        "instance_type = \"t3.medium\"",
        "instance_requirements {
           memory_mib {
             min = 2048
           }
           vcpu_count {
             min = 2
           }
         }",
    );
    assert_eq!(
        reasons(&requirements),
        ["aws_autoscaling_group.g! Instances: EC2 chooses their types by `instance_requirements` [ ]"]
    );
    let misspelt = GROUP.replace("t3.medium", "t3.medum");
    assert!(reasons(&misspelt)[0].contains("did you mean t3.medium?"), "{:?}", reasons(&misspelt));
    let dedicated = GROUP
        .replace("network_interfaces {", "placement {\n  tenancy = \"dedicated\"\n}\nnetwork_interfaces {");
    assert!(reasons(&dedicated)[0].contains("`dedicated` tenancy"), "{:?}", reasons(&dedicated));
}

#[test]
fn an_unknown_size_of_a_group_is_a_range_or_unpriced() {
    let variables = "variable \"n\" {\n  type = number\n}\n";
    let desired =
        format!("{variables}{}", GROUP.replace("desired_capacity    = 2", "desired_capacity = var.n"));
    assert_eq!(
        found("us-east-1", &desired, "{}")[0],
        "aws_autoscaling_group.g: Instances (t3.medium, on demand) = 30.3680 / 121.4720 / 121.4720"
    );
    let all = desired
        .replace("min_size            = 1", "min_size = var.n")
        .replace("max_size            = 4", "max_size = var.n");
    assert_eq!(
        found("us-east-1", &all, "{}"),
        [
            "aws_autoscaling_group.g! Instances (t3.medium, on demand): `desired_capacity` is unknown [0.0416 instance-hour]"
        ]
    );
}

#[test]
fn services_say_which_instances_carry_them() {
    let text = format!(
        "{GROUP}
         resource \"aws_ecs_capacity_provider\" \"p\" {{
           name = \"p\"
           auto_scaling_group_provider {{
             auto_scaling_group_arn = aws_autoscaling_group.g.arn
           }}
         }}
         resource \"aws_ecs_task_definition\" \"d\" {{
           family                = \"d\"
           container_definitions = \"[]\"
         }}
         resource \"aws_ecs_service\" \"s\" {{
           name            = \"s\"
           desired_count   = 3
           task_definition = aws_ecs_task_definition.d.arn
           capacity_provider_strategy {{
             capacity_provider = aws_ecs_capacity_provider.p.name
             weight            = 1
           }}
         }}"
    );
    let estimate = of_terraform(&text, "{}");
    let service = estimate.resources.iter().find(|it| &*it.address == "aws_ecs_service.s").unwrap();
    assert!(service.free.is_some() && service.components.is_empty());
    let carried = estimate.assumptions.iter().find(|it| it.name.starts_with("tasks on EC2")).unwrap();
    assert_eq!(carried.value, "aws_ecs_service.s on aws_autoscaling_group.g");
    let managed = text.replace(
        "auto_scaling_group_provider {\n             auto_scaling_group_arn = aws_autoscaling_group.g.arn\n           }",
        "cluster = \"c\"\n managed_instances_provider {\n infrastructure_role_arn = \"r\"\n instance_launch_template {\n \
         ec2_instance_profile_arn = \"p\"\n network_configuration {\n subnets = [\"subnet-1\"]\n}\n}\n}",
    );
    let lines = lines(&of_terraform(&managed, "{}"));
    let expected = "aws_ecs_service.s! Tasks: no price in the tables: ECS Managed Instances of \
                    aws_ecs_capacity_provider.p [ ]";
    assert!(lines.iter().any(|line| line == expected), "{lines:#?}");
}

#[test]
fn volumes_of_tasks_follow_the_tasks() {
    // 3 tasks x 20 GB of gp3.
    let text = "
        resource \"aws_ecs_task_definition\" \"d\" {
          family                   = \"d\"
          requires_compatibilities = [\"FARGATE\"]
          cpu                      = 256
          memory                   = 512
          container_definitions    = \"[]\"
        }
        resource \"aws_ecs_service\" \"s\" {
          name            = \"s\"
          desired_count   = 3
          launch_type     = \"FARGATE\"
          task_definition = aws_ecs_task_definition.d.arn
          volume_configuration {
            name = \"data\"
            managed_ebs_volume {
              role_arn    = \"r\"
              size_in_gb  = 20
              volume_type = \"gp3\"
            }
          }
        }";
    for (region, amount) in [("us-east-1", "4.8000"), ("eu-west-1", "5.2800"), ("ap-southeast-2", "5.7600")] {
        let line = format!("aws_ecs_service.s: EBS volumes of tasks (gp3) = {amount}");
        let lines = found(region, text, "{}");
        assert!(lines.contains(&line), "{region} {lines:#?}");
    }
}

#[test]
fn volumes_pay_for_what_is_above_the_included() {
    let volume = |more: &str| format!("resource \"aws_ebs_volume\" \"v\" {{\n  size = 500\n  {more}\n}}\n");
    let gp3 = volume("type = \"gp3\"\n  iops = 6000\n  throughput = 250");
    // 500 GB; 6,000 - 3,000 IOPS; 250 - 125 MiB/s at a 1,024th of the price of a GiB/s.
    for (region, storage, iops, throughput) in [
        // 500 x 0.08; 3,000 x 0.005; 125 x 40.96 / 1,024
        ("us-east-1", "40.0000", "15.0000", "5.0000"),
        // 500 x 0.088; 3,000 x 0.0055; 125 x 45.056 / 1,024
        ("eu-west-1", "44.0000", "16.5000", "5.5000"),
        // 500 x 0.152; 3,000 x 0.0095; 125 x 77.824 / 1,024
        ("sa-east-1", "76.0000", "28.5000", "9.5000"),
    ] {
        assert_eq!(
            found(region, &gp3, "{}"),
            [
                format!("aws_ebs_volume.v: Storage (gp3) = {storage}"),
                format!("aws_ebs_volume.v: Storage IOPS above 3,000 = {iops}"),
                format!("aws_ebs_volume.v: Storage throughput above 125 MiB/s = {throughput}"),
            ]
        );
    }
    let included = volume("type = \"gp3\"\n  iops = 3000\n  throughput = 125");
    assert_eq!(found("us-east-1", &included, "{}"), ["aws_ebs_volume.v: Storage (gp3) = 40.0000"]);
    // 500 GB; 32,000 + 32,000 + 6,000 IOPS in three tiers.
    let io2 = volume("type = \"io2\"\n  iops = 70000");
    for (region, parts) in [
        // 500 x 0.125; 32,000 x 0.065; 32,000 x 0.0455; 6,000 x 0.03185
        ("us-east-1", ["62.5000", "2080.0000", "1456.0000", "191.1000"]),
        // 500 x 0.149; 32,000 x 0.078; 32,000 x 0.0546; 6,000 x 0.03822
        ("eu-central-1", ["74.5000", "2496.0000", "1747.2000", "229.3200"]),
        // 500 x 0.138; 32,000 x 0.072; 32,000 x 0.0504; 6,000 x 0.03528
        ("ap-southeast-2", ["69.0000", "2304.0000", "1612.8000", "211.6800"]),
    ] {
        let lines = found(region, &io2, "{}");
        let amounts: Vec<&str> = lines.iter().filter_map(|line| line.split(" = ").nth(1)).collect();
        assert_eq!(amounts, parts, "{region}");
    }
    let missing = "aws_ebs_volume.v! no price in the tables: EBS io2 storage in sa-east-1 [ ]";
    assert_eq!(found("sa-east-1", &io2, "{}"), [missing]);
    // 500 x 0.125 and 2,000 x 0.065.
    let io1 = volume("type = \"io1\"\n  iops = 2000");
    assert_eq!(
        found("us-east-1", &io1, "{}"),
        [
            "aws_ebs_volume.v: Storage (io1) = 62.5000",
            "aws_ebs_volume.v: Storage provisioned IOPS = 130.0000"
        ]
    );
    // 500 GB each: gp2 0.1, 0.11, 0.12; st1 0.045, 0.05, 0.054; sc1 0.015, 0.0168, 0.018.
    for (region, gp2, st1, sc1) in [
        ("us-east-1", "50.0000", "22.5000", "7.5000"),
        ("eu-west-1", "55.0000", "25.0000", "8.4000"),
        ("ap-southeast-2", "60.0000", "27.0000", "9.0000"),
    ] {
        for (name, amount) in [("gp2", gp2), ("st1", st1), ("sc1", sc1)] {
            let lines = found(region, &volume(&format!("type = \"{name}\"")), "{}");
            assert_eq!(lines, [format!("aws_ebs_volume.v: Storage ({name}) = {amount}")]);
        }
    }
    // Magnetic storage bills its requests too, which no table has.
    let standard = found("us-east-1", &volume("type = \"standard\""), "{}");
    assert_eq!(standard[0], "aws_ebs_volume.v: Storage (standard) = 25.0000");
    assert!(standard[1].contains("I/O requests of magnetic volumes"), "{standard:?}");
    // Without a type it is gp2, by name.
    let untyped = of_terraform(&volume(""), "{}");
    assert_eq!(lines(&untyped), ["aws_ebs_volume.v: Storage (gp2) = 50.0000"]);
    assert!(untyped.assumptions.iter().any(|it| it.name == "type of EBS volumes"));
}

#[test]
fn instances_have_addresses_by_subnet_and_elastic_ip() {
    let instance = |more: &str| {
        format!(
            "resource \"aws_instance\" \"i\" {{
               ami           = \"ami-amzn2\"
               instance_type = \"m5.large\"
               root_block_device {{
                 volume_size = 10
                 volume_type = \"gp3\"
               }}
               {more}
             }}"
        )
    };
    let ipv4 = |text: &str| {
        found("us-east-1", text, "{}").into_iter().filter(|line| line.contains("IPv4")).collect::<Vec<_>>()
    };
    // 730 h and 10 GB.
    for (region, hours, root) in [
        ("us-east-1", "70.0800", "0.8000"),
        ("eu-west-1", "78.1100", "0.8800"),
        ("sa-east-1", "111.6900", "1.5200"),
    ] {
        assert_eq!(
            found(region, &instance("associate_public_ip_address = false"), "{}"),
            [
                format!("aws_instance.i: Instances (m5.large, on demand) = {hours}"),
                format!("aws_instance.i: Root volumes (gp3) = {root}"),
            ]
        );
    }
    let subnet = "subnet_id = aws_subnet.s.id";
    let private = "resource \"aws_subnet\" \"s\" {}";
    assert_eq!(ipv4(&format!("{}\n{private}", instance(subnet))), Vec::<String>::new());
    let one = ["aws_instance.i: Public IPv4 addresses = 3.6500"];
    let public = "resource \"aws_subnet\" \"s\" {\n  map_public_ip_on_launch = true\n}";
    assert_eq!(ipv4(&format!("{}\n{public}", instance(subnet))), one);
    // The default VPC gives an address.
    assert_eq!(ipv4(&instance("")), one);
    let elastic = "resource \"aws_eip\" \"e\" {\n  instance = aws_instance.i.id\n}";
    assert_eq!(
        ipv4(&format!("{}\n{public}\n{elastic}", instance(subnet))),
        ["aws_eip.e: Public IPv4 addresses = 3.6500"]
    );
    let elsewhere = ipv4(&instance("subnet_id = \"subnet-1\""));
    assert_eq!(
        elsewhere,
        [
            "aws_instance.i! Public IPv4 addresses: whether the instances get one is unknown [0.005 address-hour]"
        ]
    );
}

#[test]
fn egress_has_tiers_that_count_the_whole_region() {
    let text = "
        resource \"aws_ecs_service\" \"s\" {
          name            = \"s\"
          desired_count   = 0
          launch_type     = \"FARGATE\"
          task_definition = aws_ecs_task_definition.d.arn
        }
        resource \"aws_ecs_task_definition\" \"d\" {
          family                = \"d\"
          cpu                   = 256
          memory                = 512
          container_definitions = \"[]\"
        }
        resource \"aws_lb\" \"n\" {
          load_balancer_type = \"network\"
          internal           = true
          subnets            = [\"subnet-1\"]
        }";
    let usage = "{ aws_ecs_service.s: { internet_gb: 12000, cross_zone_gb: 500 }, \
                 aws_lb.n: { lcu: 0, internet_gb: 1000, cross_zone_gb: 100 } }";
    // The service fills 10,240 GB of the first tier and 1,760 GB of the second, where the balancer goes on. Between
    // zones 500 and 100 GB, billed in both directions.
    for (region, first, second, balancer) in [
        // 10,240 x 0.09; 1,760 x 0.085; 1,000 x 0.085
        ("us-east-1", "921.6000", "149.6000", "85.0000"),
        // 10,240 x 0.114; 1,760 x 0.098; 1,000 x 0.098
        ("ap-southeast-2", "1167.3600", "172.4800", "98.0000"),
        // 10,240 x 0.15; 1,760 x 0.138; 1,000 x 0.138
        ("sa-east-1", "1536.0000", "242.8800", "138.0000"),
    ] {
        let lines = found(region, text, usage);
        let transfer: Vec<&String> = lines.iter().filter(|line| line.contains("Data transfer")).collect();
        assert_eq!(
            transfer,
            [
                &format!("aws_ecs_service.s: Data transfer to the internet = {first}"),
                &format!("aws_ecs_service.s: Data transfer to the internet above 10240 GB = {second}"),
                &"aws_ecs_service.s: Data transfer between zones = 10.0000".to_owned(),
                &format!("aws_lb.n: Data transfer to the internet above 10240 GB = {balancer}"),
                &"aws_lb.n: Data transfer between zones = 2.0000".to_owned(),
            ],
            "{region}"
        );
    }
    // Nobody has a price for traffic between the zones of Zurich.
    let zurich = found("eu-central-2", text, usage);
    let missing =
        "aws_ecs_service.s! no price in the tables: data transfer between zones in eu-central-2 [ ]";
    assert!(zurich.iter().any(|line| line == missing), "{zurich:#?}");
}

#[test]
fn load_balancers_of_every_kind_pay_by_the_hour() {
    let text = "
        resource \"aws_lb\" \"n\" {
          load_balancer_type = \"network\"
          subnets            = [\"subnet-1\", \"subnet-2\"]
        }
        resource \"aws_lb\" \"g\" {
          load_balancer_type = \"gateway\"
          subnets            = [\"subnet-1\"]
        }
        resource \"aws_elb\" \"c\" {
          internal = true
          subnets  = [\"subnet-1\"]
        }";
    let usage = "{ aws_lb.n: { lcu: 2 }, aws_lb.g: { lcu: 1 }, aws_elb.c: { processed_gb: 100 } }";
    for (region, amounts) in [
        // 730 x: 0.0225, 2 x 0.006, 2 x 0.005; 0.0125, 0.004; 0.025; and 100 x 0.008
        ("us-east-1", ["16.4250", "8.7600", "7.3000", "9.1250", "2.9200", "18.2500", "0.8000"]),
        // 730 x: 0.0252, 2 x 0.006, 2 x 0.005; 0.014, 0.004; 0.028; and 100 x 0.008
        ("eu-west-1", ["18.3960", "8.7600", "7.3000", "10.2200", "2.9200", "20.4400", "0.8000"]),
        // 730 x: 0.034, 2 x 0.00825, 2 x 0.005; 0.0189, 0.0055; 0.034; and 100 x 0.011
        ("sa-east-1", ["24.8200", "12.0450", "7.3000", "13.7970", "4.0150", "24.8200", "1.1000"]),
    ] {
        let lines = found(region, text, usage);
        let found: Vec<&str> = lines.iter().filter_map(|line| line.split(" = ").nth(1)).collect();
        assert_eq!(found, amounts, "{region} {lines:#?}");
    }
}

#[test]
fn connections_and_external_instances_pay_by_the_hour() {
    let text = "
        resource \"aws_ec2_transit_gateway\" \"t\" {}
        resource \"aws_ec2_transit_gateway_vpc_attachment\" \"a\" {
          subnet_ids         = [\"subnet-1\"]
          transit_gateway_id = aws_ec2_transit_gateway.t.id
          vpc_id             = \"vpc-1\"
        }
        resource \"aws_vpn_connection\" \"v\" {
          customer_gateway_id = \"cgw-1\"
          type                = \"ipsec.1\"
        }
        resource \"aws_ecs_task_definition\" \"d\" {
          family                = \"d\"
          container_definitions = \"[]\"
        }
        resource \"aws_ecs_service\" \"s\" {
          name            = \"s\"
          desired_count   = 4
          launch_type     = \"EXTERNAL\"
          task_definition = aws_ecs_task_definition.d.arn
        }";
    let usage = "{ aws_ec2_transit_gateway_vpc_attachment.a: { processed_gb: 50 }, \
                 aws_ecs_service.s: { external_instances: 2 } }";
    for (region, attachment) in [
        // 730 x 0.05, 0.07, 0.06; data 50 x 0.02; VPN 730 x 0.05; 2 x 730 x 0.01025.
        ("us-east-1", "36.5000"),
        ("ap-southeast-2", "51.1000"),
        ("eu-central-1", "43.8000"),
    ] {
        assert_eq!(
            found(region, text, usage),
            [
                format!(
                    "aws_ec2_transit_gateway_vpc_attachment.a: Transit gateway attachment hours = {attachment}"
                ),
                "aws_ec2_transit_gateway_vpc_attachment.a: Transit gateway attachment data = 1.0000"
                    .to_owned(),
                "aws_vpn_connection.v: VPN connection hours = 36.5000".to_owned(),
                "aws_ecs_service.s: ECS Anywhere instances = 14.9650".to_owned(),
            ],
            "{region}"
        );
    }
    let unsaid = found("us-east-1", text, "{}");
    let wanted = "aws_ecs_service.s! usage not given: ECS Anywhere instances (usage key `external_instances`) \
                  [0.01025 instance-hour]";
    assert!(unsaid.iter().any(|line| line == wanted), "{unsaid:#?}");
}
