//! What follows from the traffic of a service, worked out by hand in three regions.
//!
//! The service of most cases: two private tasks behind an internet-facing Application Load Balancer, 20 requests a
//! second in every hour: 20 x 3,600 x 730 = 52,560,000 requests a month.
//!
//! | what | arithmetic | a month |
//! |---|---|---|
//! | capacity | new 20/4 = 5 /25 = 0.2; active 5 x 30 s = 150 /3,000 = 0.05; 20 x (2 + 18) KB x 3,600 = 1.44 GB an hour: the most, x 730 h | 1,051.2 LCU-hours |
//! | to the internet | 52.56 million x (18 + 1) KB | 998.64 GB |
//! | between zones | 52.56 million x 10 KB x 0.5 x 2 directions | 525.6 GB |
//! | logs | 52.56 million x 500 bytes | 26.28 GB |
//! | image pulls | 2 tasks x 4 deployments x 250 MB | 2 GB |
//! | NAT | 52.56 million x (1 + 3) KB = 210.24, logs 26.28, pulls 2 | 238.52 GB |
//! | images | 10 x 250 MB | 2.5 GB |

use plimsoll::cost::estimate::{Estimate, UsageState};
use plimsoll::cost::usage::Profile;
use proptest::prelude::*;

use super::{figures, lines, of_terraform, of_terraform_in};

/// The service and what is around it; `rules` listener rules, `more` for further resources.
fn stack(balancer: &str, protocol: &str, rules: usize, more: &str) -> String {
    let rules: String = (0..rules)
        .map(|at| {
            format!(
                "resource \"aws_lb_listener_rule\" \"r{at}\" {{
                   listener_arn = aws_lb_listener.l.arn
                   action {{
                     type = \"forward\"
                     target_group_arn = aws_lb_target_group.t.arn
                   }}
                   condition {{
                     path_pattern {{ values = [\"/p{at}/*\"] }}
                   }}
                 }}\n"
            )
        })
        .collect();
    format!(
        "resource \"aws_vpc\" \"v\" {{ cidr_block = \"10.0.0.0/16\" }}
         resource \"aws_subnet\" \"a\" {{
           vpc_id = aws_vpc.v.id
           cidr_block = \"10.0.1.0/24\"
         }}
         resource \"aws_subnet\" \"b\" {{
           vpc_id = aws_vpc.v.id
           cidr_block = \"10.0.2.0/24\"
         }}
         resource \"aws_lb\" \"main\" {{
           load_balancer_type = \"{balancer}\"
           subnets = [aws_subnet.a.id, aws_subnet.b.id]
         }}
         resource \"aws_lb_target_group\" \"t\" {{
           port = 80
           protocol = \"HTTP\"
           target_type = \"ip\"
           vpc_id = aws_vpc.v.id
         }}
         resource \"aws_lb_listener\" \"l\" {{
           load_balancer_arn = aws_lb.main.arn
           port = 443
           protocol = \"{protocol}\"
           default_action {{
             type = \"forward\"
             target_group_arn = aws_lb_target_group.t.arn
           }}
         }}
         {rules}
         resource \"aws_cloudwatch_log_group\" \"g\" {{
           name = \"/ecs/api\"
           retention_in_days = 30
         }}
         resource \"aws_ecr_repository\" \"r\" {{ name = \"api\" }}
         resource \"aws_ecs_task_definition\" \"t\" {{
           family = \"api\"
           requires_compatibilities = [\"FARGATE\"]
           network_mode = \"awsvpc\"
           cpu = 256
           memory = 512
           container_definitions = jsonencode([{{
             name = \"api\"
             image = \"${{aws_ecr_repository.r.repository_url}}:1\"
             logConfiguration = {{
               logDriver = \"awslogs\"
               options = {{ \"awslogs-group\" = aws_cloudwatch_log_group.g.name }}
             }}
           }}])
         }}
         resource \"aws_ecs_service\" \"api\" {{
           name = \"api\"
           task_definition = aws_ecs_task_definition.t.arn
           launch_type = \"FARGATE\"
           desired_count = 2
           network_configuration {{
             subnets = [aws_subnet.a.id, aws_subnet.b.id]
           }}
           load_balancer {{
             target_group_arn = aws_lb_target_group.t.arn
             container_name = \"api\"
             container_port = 80
           }}
         }}
         resource \"aws_nat_gateway\" \"n\" {{ subnet_id = aws_subnet.a.id }}
         {more}"
    )
}

const PROFILE: &str = "{ aws_ecs_service.api: { requests_per_second: 20, request_kb: 2, response_kb: 18, \
     requests_per_connection: 4, connection_seconds: 30, log_bytes_per_request: 500, external_sent_kb: 1, \
     external_received_kb: 3, s3_kb: 0, backend_kb: 10, cross_zone_share: 0.5, image_mb: 250, \
     deploys_per_month: 4 }, aws_ecr_repository.r: { images_kept: 10 } }";

/// The monthly figure of a component.
fn monthly(estimate: &Estimate, address: &str, component: &str) -> String {
    let resource = estimate.resources.iter().find(|it| &*it.address == address);
    let resource = resource.unwrap_or_else(|| panic!("{address}: {:#?}", lines(estimate)));
    let found = resource.components.iter().find(|it| it.name == component);
    figures(found.unwrap_or_else(|| panic!("{component}: {:#?}", lines(estimate))).monthly)
}

fn quantity(estimate: &Estimate, address: &str, component: &str) -> String {
    let resource = estimate.resources.iter().find(|it| &*it.address == address).unwrap();
    figures(resource.components.iter().find(|it| it.name == component).unwrap().quantity)
}

const CAPACITY: &str = "Application Load Balancer capacity";
const INTERNET: &str = "Data transfer to the internet";
const ZONES: &str = "Data transfer between zones";

#[test]
fn one_profile_feeds_everything_in_three_regions() {
    // Prices: LCU-hour, GB out, GB between zones, NAT GB, log GB, GB of images.
    // us-east-1: 0.008, 0.09, 0.01, 0.045, 0.5, 0.1; eu-west-1: 0.008, 0.09, 0.01, 0.048, 0.57, 0.1;
    // sa-east-1: 0.011, 0.15, 0.01, 0.093, 0.9, 0.1. Each times the quantities above.
    for (region, expected) in [
        ("us-east-1", ["8.4096", "89.8776", "5.2560", "10.7334", "13.1400", "0.2500"]),
        ("eu-west-1", ["8.4096", "89.8776", "5.2560", "11.4490", "14.9796", "0.2500"]),
        ("sa-east-1", ["11.5632", "149.7960", "5.2560", "22.1824", "23.6520", "0.2500"]),
    ] {
        let estimate = of_terraform_in(region, &stack("application", "HTTPS", 0, ""), PROFILE, None);
        let found = [
            monthly(&estimate, "aws_lb.main", CAPACITY),
            monthly(&estimate, "aws_ecs_service.api", INTERNET),
            monthly(&estimate, "aws_ecs_service.api", ZONES),
            monthly(&estimate, "aws_nat_gateway.n", "NAT gateway data"),
            monthly(&estimate, "aws_cloudwatch_log_group.g", "Log ingest"),
            monthly(&estimate, "aws_ecr_repository.r", "Image storage"),
        ];
        assert_eq!(found, expected, "{region}");
        assert_eq!(quantity(&estimate, "aws_lb.main", CAPACITY), "1051.2000");
        assert_eq!(quantity(&estimate, "aws_nat_gateway.n", "NAT gateway data"), "238.5200");
    }
}

#[test]
fn endpoints_carry_what_they_are_for_and_the_gateway_the_rest() {
    // S3 gateway endpoint: the pulled layers are free. Logs endpoint: 26.28 GB x 0.01 = 0.2628.
    // ECR endpoint: 8 pulls x 10 KB = 0.00008 GB. NAT: 210.24 GB x 0.045 = 9.4608.
    let endpoint = |name: &str, service: &str, kind: &str| {
        format!(
            "resource \"aws_vpc_endpoint\" \"{name}\" {{
               vpc_id = aws_vpc.v.id
               service_name = \"com.amazonaws.us-east-1.{service}\"
               vpc_endpoint_type = \"{kind}\"
               {}
             }}\n",
            if kind == "Interface" { "subnet_ids = [aws_subnet.a.id]" } else { "" }
        )
    };
    let more = endpoint("s3", "s3", "Gateway")
        + &endpoint("logs", "logs", "Interface")
        + &endpoint("dkr", "ecr.dkr", "Interface");
    let estimate = of_terraform(&stack("application", "HTTPS", 0, &more), PROFILE);
    assert_eq!(monthly(&estimate, "aws_nat_gateway.n", "NAT gateway data"), "9.4608");
    assert_eq!(monthly(&estimate, "aws_vpc_endpoint.logs", "Endpoint data"), "0.2628");
    assert_eq!(quantity(&estimate, "aws_vpc_endpoint.dkr", "Endpoint data"), "0.0001");
}

#[test]
fn two_gateways_share_what_leaves_and_tasks_with_addresses_need_none() {
    let more = "resource \"aws_nat_gateway\" \"m\" { subnet_id = aws_subnet.b.id }";
    let estimate = of_terraform(&stack("application", "HTTPS", 0, more), PROFILE);
    for gateway in ["aws_nat_gateway.n", "aws_nat_gateway.m"] {
        assert_eq!(quantity(&estimate, gateway, "NAT gateway data"), "119.2600");
    }
    let public = stack("application", "HTTPS", 0, "").replace(
        "subnets = [aws_subnet.a.id, aws_subnet.b.id]\n           }",
        "subnets = [aws_subnet.a.id, aws_subnet.b.id]\n           assign_public_ip = true\n           }",
    );
    let estimate = of_terraform(&public, PROFILE);
    assert!(estimate.unpriced.iter().any(|it| it.reason.contains("GB processed")));
}

#[test]
fn each_dimension_of_an_application_load_balancer() {
    // 100 requests a second, all with 1 KB in and 1 KB out, 730 hours at 0.008.
    for (usage, rules, lcu_hours) in [
        // New connections: 100/25 = 4; active 100 x 1 s /3,000 = 0.03; 0.72 GB an hour. 4 x 730.
        ("connection_seconds: 1", 0, "2920.0000"),
        // Active: 100 x 180 s = 18,000 /3,000 = 6 against 4 new. 6 x 730.
        ("connection_seconds: 180", 0, "4380.0000"),
        // GB: 100 x (1 + 9) KB would be 3.6; with 20 requests a connection new is 0.2, active 5 x 60 /3,000 = 0.1;
        // GB 100 x 2 KB x 3,600 = 0.72 an hour. 0.72 x 730.
        ("requests_per_connection: 20", 0, "525.6000"),
        // Rules: 30 - 10 free = 20 x 100 = 2,000 /1,000 = 2 against 0.72 GB. 2 x 730.
        ("requests_per_connection: 20", 30, "1460.0000"),
        // Ten rules are free.
        ("requests_per_connection: 20", 10, "525.6000"),
        // Half the requests are answered by a cache in front, in 365 hours: 0.36 x 365.
        ("requests_per_connection: 20, cache_hit_rate: 0.5, traffic_hours: 365", 10, "131.4000"),
    ] {
        let usage = format!(
            "{{ aws_ecs_service.api: {{ requests_per_second: 100, request_kb: 1, response_kb: 1, {usage} }} }}"
        );
        let estimate = of_terraform(&stack("application", "HTTPS", rules, ""), &usage);
        assert_eq!(quantity(&estimate, "aws_lb.main", CAPACITY), lcu_hours, "{usage} {rules}");
    }
}

#[test]
fn the_example_of_the_pricing_page() {
    // AWS: 1 connection a second that lasts 2 minutes, 5 requests a second, 300 KB a second in all, 60 rules:
    // 0.04, 0.04, 1.08 and 0.25 LCU; 1.08 is billed.
    let usage = "{ aws_ecs_service.api: { requests_per_second: 5, request_kb: 10, response_kb: 50, \
        requests_per_connection: 5, connection_seconds: 120 } }";
    let estimate = of_terraform(&stack("application", "HTTPS", 60, ""), usage);
    assert_eq!(quantity(&estimate, "aws_lb.main", CAPACITY), "788.4000");
    let words = &estimate.assumptions.iter().find(|it| it.name == "capacity of aws_lb.main").unwrap().value;
    for part in ["1 / 25 = 0.04", "120 / 3000 = 0.04", "GB an hour 1.08", "250 / 1000 = 0.25"] {
        assert!(words.contains(part), "{words}");
    }
}

#[test]
fn network_load_balancers_count_by_protocol() {
    // 200 connections a second of 100 s, 1 KB in and out each: 1.44 GB an hour.
    // TCP: 200/800 = 0.25, 20,000/100,000 = 0.2, 1.44. UDP: 200/400 = 0.5, 20,000/50,000 = 0.4, 1.44.
    // TLS: 200/50 = 4, 20,000/3,000 = 6.6667: 4,866.6667 NLCU-hours x 0.006 = 29.2.
    let usage = "{ aws_ecs_service.api: { requests_per_second: 200, request_kb: 1, response_kb: 1, \
        connection_seconds: 100 } }";
    for (protocol, hours) in [("TCP", "1051.2000"), ("UDP", "1051.2000"), ("TLS", "4866.6667")] {
        let estimate = of_terraform(&stack("network", protocol, 0, ""), usage);
        assert_eq!(quantity(&estimate, "aws_lb.main", "Network Load Balancer capacity"), hours, "{protocol}");
    }
    let estimate = of_terraform(&stack("network", "TLS", 0, ""), usage);
    assert_eq!(monthly(&estimate, "aws_lb.main", "Network Load Balancer capacity"), "29.2000");
}

#[test]
fn dimensions_said_of_the_balancer_itself() {
    let balancer = |kind: &str, usage: &str| {
        let text = format!(
            "resource \"aws_lb\" \"main\" {{\n  load_balancer_type = \"{kind}\"\n  internal = true\n}}"
        );
        of_terraform(&text, &format!("{{ aws_lb.main: {{ {usage} }} }}"))
    };
    // 50/25 = 2 x 730; 1,000 GB a month are 1,000 LCU-hours, less than that.
    let estimate = balancer("application", "new_connections: 50, processed_gb: 1000");
    assert_eq!(quantity(&estimate, "aws_lb.main", CAPACITY), "1460.0000");
    // Gateway: 1,200/600 = 2, 30,000/60,000 = 0.5; x 730 x 0.004 = 5.84.
    let estimate = balancer("gateway", "new_connections: 1200, active_connections: 30000");
    assert_eq!(monthly(&estimate, "aws_lb.main", "Gateway Load Balancer capacity"), "5.8400");
    // A dimension of its own replaces that of the traffic: 146 GB are 0.2 an hour; new 20/4 = 5 /25 = 0.2.
    let usage = PROFILE.replacen("{ ", "{ aws_lb.main: { processed_gb: 146 }, ", 1);
    let estimate = of_terraform(&stack("application", "HTTPS", 0, ""), &usage);
    assert_eq!(quantity(&estimate, "aws_lb.main", CAPACITY), "146.0000");
}

#[test]
fn what_leaves_is_billed_in_tiers_of_the_region() {
    // 4,000 a second x 3,600 x 730 x 19 KB = 199,728 GB: 10,240 + 40,960 + 102,400 + 46,128.
    // us-east-1, eu-west-1: 921.6 + 3,481.6 + 7,168 + 2,306.4 = 13,877.6.
    // sa-east-1: x 0.15, 0.138, 0.126, 0.114 = 1,536 + 5,652.48 + 12,902.4 + 5,258.592 = 25,349.472.
    let usage =
        "{ aws_ecs_service.api: { requests_per_second: 4000, response_kb: 18, external_sent_kb: 1 } }";
    for (region, parts) in [
        ("us-east-1", ["921.6000", "3481.6000", "7168.0000", "2306.4000"]),
        ("eu-west-1", ["921.6000", "3481.6000", "7168.0000", "2306.4000"]),
        ("sa-east-1", ["1536.0000", "5652.4800", "12902.4000", "5258.5920"]),
    ] {
        let estimate = of_terraform_in(region, &stack("application", "HTTPS", 0, ""), usage, None);
        let names = [
            INTERNET.to_owned(),
            format!("{INTERNET} above 10240 GB"),
            format!("{INTERNET} above 51200 GB"),
            format!("{INTERNET} above 153600 GB"),
        ];
        let found = names.map(|name| monthly(&estimate, "aws_ecs_service.api", &name));
        assert_eq!(found, parts, "{region}");
    }
}

#[test]
fn the_next_service_goes_on_in_the_tier_where_the_one_before_ended() {
    // Each sends 3.6 x 730 x 3 KB = 7,884 GB: the second has 10,240 - 7,884 = 2,356 GB left in the first tier.
    let worker = "resource \"aws_ecs_service\" \"worker\" {
        name = \"worker\"
        task_definition = aws_ecs_task_definition.t.arn
        launch_type = \"FARGATE\"
        desired_count = 1
      }";
    let usage = "{ defaults: { aws_ecs_service: { requests_per_second: 1000, response_kb: 0, external_sent_kb: 3 } } }";
    let estimate = of_terraform(&stack("application", "HTTPS", 0, worker), usage);
    assert_eq!(quantity(&estimate, "aws_ecs_service.api", INTERNET), "7884.0000");
    assert_eq!(quantity(&estimate, "aws_ecs_service.worker", INTERNET), "2356.0000");
    let above = format!("{INTERNET} above 10240 GB");
    assert_eq!(quantity(&estimate, "aws_ecs_service.worker", &above), "5528.0000");
}

#[test]
fn a_network_load_balancer_crosses_zones_when_it_is_told_to() {
    // 100 x 2,628,000 s = 262,800,000 requests x (1 + 1) KB x 1/2 for two subnets x 2 directions = 525.6 GB x 0.01.
    let usage = "{ aws_ecs_service.api: { requests_per_second: 100, request_kb: 1, response_kb: 1 } }";
    let text = stack("network", "TCP", 0, "");
    let estimate = of_terraform(&text, usage);
    assert!(!lines(&estimate).iter().any(|line| line.contains(ZONES)));
    let crossing = text.replace(
        "load_balancer_type = \"network\"",
        "load_balancer_type = \"network\"\n  enable_cross_zone_load_balancing = true",
    );
    assert_eq!(monthly(&of_terraform(&crossing, usage), "aws_ecs_service.api", ZONES), "5.2560");
}

#[test]
fn zones_without_a_price_are_unpriced_by_name() {
    let estimate = of_terraform_in("mx-central-1", &stack("application", "HTTPS", 0, ""), PROFILE, None);
    let reason = "no price in the tables: data transfer between zones in mx-central-1";
    assert!(estimate.unpriced.iter().any(|it| it.reason == reason), "{:#?}", lines(&estimate));
}

#[test]
fn a_direct_quantity_wins() {
    let usage = PROFILE.replacen(
        "{ ",
        "{ aws_lb.main: { lcu: 0.5 }, aws_nat_gateway.n: { processed_gb: 7 }, \
         aws_cloudwatch_log_group.g: { ingested_gb: 2 }, ",
        1,
    );
    let usage = usage.replace("images_kept: 10", "storage_gb: 4");
    let estimate = of_terraform(&stack("application", "HTTPS", 0, ""), &usage);
    assert_eq!(quantity(&estimate, "aws_lb.main", CAPACITY), "365.0000");
    assert_eq!(quantity(&estimate, "aws_nat_gateway.n", "NAT gateway data"), "7.0000");
    assert_eq!(quantity(&estimate, "aws_cloudwatch_log_group.g", "Log ingest"), "2.0000");
    assert_eq!(quantity(&estimate, "aws_ecr_repository.r", "Image storage"), "4.0000");
    // What is said of nothing else still follows from the traffic.
    assert_eq!(quantity(&estimate, "aws_ecs_service.api", INTERNET), "998.6400");
}

#[test]
fn without_the_size_of_a_response_nothing_is_made_up() {
    let estimate = of_terraform(
        &stack("application", "HTTPS", 0, ""),
        "{ aws_ecs_service.api: { requests_per_second: 20 } }",
    );
    let about = |address: &str| {
        let found = estimate.unpriced.iter().filter(|it| &*it.address == address);
        found.map(|it| it.reason.clone()).collect::<Vec<_>>()
    };
    let reason = "usage not given: KB of a response, for the capacity units (usage key `response_kb` of \
         aws_ecs_service.api)";
    assert_eq!(about("aws_lb.main"), [reason]);
    let reason = "usage not given: Data transfer to the internet (usage key `response_kb`)";
    assert_eq!(about("aws_ecs_service.api"), [reason]);
    let needed: Vec<_> =
        estimate.usage.iter().filter(|it| it.is_needed).map(|it| (&*it.address, it.key)).collect();
    assert!(needed.contains(&("aws_ecs_service.api", "response_kb")), "{needed:?}");
}

#[test]
fn images_pile_up_without_a_lifecycle_policy() {
    // 4 deployments x 250 MB = 1 GB a month: after 1, 12, 36 months at 0.1.
    let usage = PROFILE.replace(", aws_ecr_repository.r: { images_kept: 10 }", "");
    let estimate = of_terraform(&stack("application", "HTTPS", 0, ""), &usage);
    assert_eq!(monthly(&estimate, "aws_ecr_repository.r", "Image storage"), "0.1000 / 1.2000 / 3.6000");
    let policy = "resource \"aws_ecr_lifecycle_policy\" \"p\" {
        repository = aws_ecr_repository.r.name
        policy = \"{}\"
      }";
    let estimate = of_terraform(&stack("application", "HTTPS", 0, policy), &usage);
    assert!(estimate.unpriced.iter().any(|it| it.reason.contains("usage key `storage_gb`")));
}

#[test]
fn a_profile_says_that_its_numbers_are_invented() {
    let estimate = of_terraform_in(
        "us-east-1",
        &stack("application", "HTTPS", 0, ""),
        "{ aws_ecs_service.api: { requests_per_second: 2 } }",
        Some(Profile::Small),
    );
    // 2 a second are said, the 20 KB of a response and the 1 KB sent elsewhere are the profile's:
    // 5,256,000 x 21 KB = 110.376 GB.
    assert_eq!(quantity(&estimate, "aws_ecs_service.api", INTERNET), "110.3760");
    let profile = estimate.assumptions.iter().find(|it| it.name == "usage profile").unwrap();
    assert!(profile.value.starts_with("small: ") && profile.value.contains("nobody measured"));
    let state = |key: &str| estimate.usage.iter().find(|it| it.key == key).map(|it| it.state.clone());
    assert_eq!(state("requests_per_second"), Some(UsageState::Given(2.into())));
    assert_eq!(state("response_kb"), Some(UsageState::Profile(20.into())));
    let total = |profile| {
        of_terraform_in("us-east-1", &stack("application", "HTTPS", 12, ""), "{}", Some(profile))
            .total()
            .expected
    };
    let totals = Profile::ALL.map(total);
    assert!(totals.is_sorted() && totals[0] < totals[3], "{totals:?}");
}

/// Keys whose growth means more traffic.
const GROWING: [&str; 11] = [
    "requests_per_second",
    "request_kb",
    "response_kb",
    "connection_seconds",
    "log_bytes_per_request",
    "external_sent_kb",
    "external_received_kb",
    "s3_kb",
    "backend_kb",
    "image_mb",
    "deploys_per_month",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn more_traffic_never_costs_less(
        numbers in proptest::collection::vec(0_u32..3_000, GROWING.len()),
        which in 0..GROWING.len(),
        more in 1_u32..9_000,
        rules in 0_usize..14,
        network in any::<bool>(),
    ) {
        let usage = |grown: u32| {
            let pairs = GROWING.iter().zip(&numbers).enumerate().map(|(at, (key, number))| {
                format!("{key}: {}", number + if at == which { grown } else { 0 })
            });
            let pairs: Vec<String> = pairs.collect();
            format!("{{ aws_ecs_service.api: {{ {} }} }}", pairs.join(", "))
        };
        let (kind, protocol) = if network { ("network", "TLS") } else { ("application", "HTTPS") };
        let text = stack(kind, protocol, rules, "");
        let (now, then) = (of_terraform(&text, &usage(0)).total(), of_terraform(&text, &usage(more)).total());
        prop_assert!(now.low <= then.low && now.expected <= then.expected && now.high <= then.high);
    }
}
