//! `plimsoll compare` on files a user has: each option against a pocket calculator. Prices are those of `pricing/`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::process::Command;

use serde_json::Value;

fn run(arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .args(["--as-of", "2026-11-20"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap()
}

fn compared(path: &str, more: &[&str]) -> Value {
    let output = run(&[&["compare", path, "--format", "json"], more].concat());
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn column<'a>(report: &'a Value, name: &str) -> &'a Value {
    let mut columns = report["columns"].as_array().unwrap().iter();
    columns.find(|column| column["name"] == name).unwrap_or_else(|| panic!("no column {name}"))
}

/// What an option saves a month, expected, to four digits behind the point.
fn saving(report: &Value, name: &str) -> String {
    let text = column(report, name)["saving"]["expected"]
        .as_str()
        .unwrap_or_else(|| panic!("{name}: {}", column(report, name)["not_here"]));
    let amount: rust_decimal::Decimal = text.parse().unwrap();
    format!("{:.4}", amount.round_dp(4))
}

/// The deployment of one service in a region, with more Terraform.
fn folder(region: &str, service: &str, more: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "provider \"aws\" {{ region = \"{region}\" }}
         resource \"aws_ecs_task_definition\" \"t\" {{
           family = \"t\"
           requires_compatibilities = [\"FARGATE\"]
           network_mode = \"awsvpc\"
           cpu = 1024
           memory = 2048
           container_definitions = jsonencode([{{ name = \"a\", image = \"a:1\", command = [\"worker\"] }}])
         }}
         resource \"aws_ecs_service\" \"s\" {{
           name = \"s\"
           launch_type = \"FARGATE\"
           task_definition = aws_ecs_task_definition.t.arn
           {service}
         }}
         {more}"
    );
    std::fs::write(folder.path().join("main.tf"), text).unwrap();
    folder
}

fn of(region: &str, service: &str, more: &str, flags: &[&str]) -> Value {
    let folder = folder(region, service, more);
    compared(folder.path().to_str().unwrap(), flags)
}

#[test]
fn commitments_of_the_fixture_are_those_of_its_readme() {
    let report = compared("fixtures/fastapi-mvp", &[]);
    // RDS 730 x (0.02 - 0.0133) = 4.891 and Redis 730 x (0.018 - 0.012) = 4.38.
    assert_eq!(saving(&report, "reserved-1yr-no-upfront"), "9.2710");
    // The API is 29.5504 + 6.4897 = 36.0401; the discount of us-east-1 is 20%: 0.04048 to 0.032384.
    assert_eq!(saving(&report, "savings-plan-1yr-no-upfront"), "7.2080");
    // Three years, all upfront: 52%, 36.0401 x 0.52 = 18.7409; 36.0401 x 0.48 x 36 months are paid at once: 622.77.
    assert_eq!(saving(&report, "savings-plan-3yr-all-upfront"), "18.7409");
    let upfront: rust_decimal::Decimal =
        column(&report, "savings-plan-3yr-all-upfront")["upfront"].as_str().unwrap().parse().unwrap();
    assert_eq!(upfront.round_dp(2).to_string(), "622.77");
    let assumptions = column(&report, "savings-plan-1yr-no-upfront")["assumptions"].to_string();
    assert!(assumptions.contains("the discount of us-east-1"), "{assumptions}");
    // gp2 and gp3 cost the same in RDS.
    assert_eq!(saving(&report, "gp3"), "0.0000");
    let change = &column(&report, "gp3")["changes"][0];
    assert_eq!(change["file"], "fixtures/fastapi-mvp/infra/database.tf");
    assert_eq!((&change["line"], &change["argument"]), (&Value::from(12), &Value::from("storage_type")));
}

#[test]
fn a_savings_plan_covers_the_least_that_runs() {
    // us-east-1, 2 to 6 tasks, 4 wanted: 2 are covered. 2 x 730 x (0.04048 + 2 x 0.004445) = 72.0802, 20% of it.
    let scaling = "resource \"aws_appautoscaling_target\" \"s\" {
      service_namespace = \"ecs\"
      scalable_dimension = \"ecs:service:DesiredCount\"
      resource_id = \"service/c/${aws_ecs_service.s.name}\"
      min_capacity = 2
      max_capacity = 6
    }";
    let report = of("us-east-1", "desired_count = 4", scaling, &[]);
    let column = column(&report, "savings-plan-1yr-no-upfront");
    assert_eq!(saving(&report, "savings-plan-1yr-no-upfront"), "14.4160");
    assert_eq!(column["saving"]["low"], column["saving"]["high"]);
    assert_eq!(column["assumptions"].as_array().unwrap().len(), 1, "{column}");
}

#[test]
fn arm_costs_what_the_tables_say_in_three_regions() {
    // vCPU and memory of x86 less those of Arm, times 730, memory twice.
    // eu-west-1: 730 x (0.04048 - 0.03238) + 1460 x (0.004445 - 0.00356) = 5.913 + 1.2921 = 7.2051.
    // ap-southeast-2: 730 x (0.04856 - 0.03885) + 1460 x (0.00532 - 0.00426) = 7.0883 + 1.5476 = 8.6359.
    for (region, expected) in [("eu-west-1", "7.2051"), ("us-east-1", "7.2051"), ("ap-southeast-2", "8.6359")]
    {
        let report = of(region, "desired_count = 1", "", &["--option", "arm"]);
        assert_eq!(saving(&report, "arm"), expected, "{region}");
        assert_eq!(report["columns"].as_array().unwrap().len(), 1);
        assert!(column(&report, "arm")["conditions"].to_string().contains("multi-architecture"));
    }
}

#[test]
fn spot_is_only_for_what_bears_an_interruption() {
    // us-east-1, two workers: 1460 x (0.04048 - 0.01288871) + 2920 x (0.004445 - 0.00141527) = 40.2833 + 8.8468.
    let report = of("us-east-1", "desired_count = 2", "", &["--option", "spot"]);
    assert_eq!(saving(&report, "spot"), "49.1301");
    let spot = column(&report, "spot");
    assert!(spot["assumptions"].to_string().contains("2026-09-28"), "{spot}");
    let figure = |end: &str| spot["saving"][end].as_str().unwrap().parse::<f64>().unwrap();
    assert!(figure("low") < figure("expected") && figure("expected") < figure("high"), "{spot}");

    let single = of("us-east-1", "desired_count = 1", "", &["--option", "spot"]);
    let why = column(&single, "spot")["not_here"].as_str().unwrap();
    assert!(why.contains("may run a single task"), "{why}");
}

#[test]
fn a_smaller_task_holds_what_is_reserved() {
    // 1 vCPU and 2 GB to 0.5 vCPU and 2 GB: 730 x 0.5 x 0.04048 = 14.7752.
    let report = of("us-east-1", "desired_count = 1", "", &["--option", "smaller-task"]);
    assert_eq!(saving(&report, "smaller-task"), "14.7752");
    assert!(column(&report, "smaller-task")["assumptions"].to_string().contains("0.5 vCPU and 2 GB"));
}

#[test]
fn tasks_are_packed_onto_instances_by_memory_and_interfaces() {
    // eu-west-1: t3.medium has 2 vCPU and 4,096 x 0.95 = 3,891 MiB, so one task of 2,048 MiB; the least is 2 instances.
    // 2 x (730 x 0.0456 + 30 x 0.088) = 71.856, one task on Fargate 36.0401.
    let report = of("eu-west-1", "desired_count = 1", "", &["--option", "ec2"]);
    assert_eq!(saving(&report, "ec2"), "-35.8159");
    let notes = column(&report, "ec2")["notes"].to_string();
    assert!(notes.contains("cheaper from 2 tasks on"), "{notes}");
}

#[test]
fn the_way_out_has_its_break_even() {
    // ap-southeast-2: five endpoints in two zones 10 x 730 x 0.013 = 94.90, one gateway with its address
    // 730 x (0.059 + 0.005) = 46.72, a GB 0.059 and 0.01: (94.90 - 46.72) / 0.049 = 983 GB.
    let report = compared("fixtures/django-celery", &[]);
    let notes = column(&report, "endpoints")["notes"].to_string();
    assert!(notes.contains("983 GB a month"), "{notes}");
    let against = &column(&report, "public-ip")["against"][0];
    assert_eq!(against["rule"], "public-ip-assigned");
    assert_eq!(column(&report, "nat")["not_here"], "there is a NAT gateway already");
}

#[test]
fn zones_parameters_region_and_vendor() {
    let flags = ["--to-region", "us-east-1", "--vendor-per-host", "15"];
    let report = compared("fixtures/fastapi-mvp", &flags);
    // Secret 0.40 and 1,000 calls 0.005.
    assert_eq!(saving(&report, "parameters"), "0.4050");
    // One task is one host; logs are 0.855 + 0.221918 x 0.03 = 0.8617.
    assert_eq!(saving(&report, "monitoring-vendor"), "-14.1383");
    assert_eq!(column(&report, "multi-az")["changes"][0]["line"], 24);
    assert!(saving(&report, "multi-az").starts_with('-'));
    assert!(!saving(&report, "region").starts_with('-'));
    // Without the flags the options that ask for them are left out.
    let plain = compared("fixtures/fastapi-mvp", &[]);
    let names: Vec<_> = plain["columns"].as_array().unwrap().iter().map(|it| it["name"].clone()).collect();
    assert!(!names.contains(&Value::from("region")) && !names.contains(&Value::from("monitoring-vendor")));
}

#[test]
fn scenarios_and_environments_are_columns() {
    let folder = folder("us-east-1", "desired_count = var.tasks", "variable \"tasks\" { default = 1 }");
    std::fs::write(folder.path().join("prod.tfvars"), "tasks = 2\n").unwrap();
    let config = "environments:
  prod: { var_files: [prod.tfvars] }
scenarios:
  launch: { title: Launch week, variables: { tasks: 3 }, options: [arm] }
  sydney: { region: ap-southeast-2 }
";
    std::fs::write(folder.path().join("plimsoll.yaml"), config).unwrap();
    let report = compared(folder.path().to_str().unwrap(), &[]);
    let total = |name: &str| {
        let text = column(&report, name)["total"]["expected"].as_str().unwrap();
        format!("{:.4}", text.parse::<rust_decimal::Decimal>().unwrap().round_dp(4))
    };
    // One task in us-east-1 is 730 x (0.04048 + 2 x 0.004445) = 36.0401, on Arm 28.835;
    // in ap-southeast-2 730 x (0.04856 + 2 x 0.00532) = 43.216.
    assert_eq!(total("environment:prod"), "72.0802");
    assert_eq!(total("scenario:launch"), "108.1203");
    assert_eq!(total("scenario:launch+arm"), "86.5050");
    assert_eq!(total("scenario:sydney"), "43.2160");

    let wrong = config.replace("[arm]", "[amr]");
    std::fs::write(folder.path().join("plimsoll.yaml"), wrong).unwrap();
    let output = run(&["compare", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean `arm`?"));
}

#[test]
fn wrong_names_are_told() {
    for (flags, words) in [
        (["--option", "amr"], "did you mean `arm`?"),
        (["--to-region", "eu-west-9"], "no region is called `eu-west-9`"),
        (["--vendor-per-host", "2000000"], "from 0 to 1000000"),
    ] {
        let output = run(&[&["compare", "fixtures/fastapi-mvp"], &flags[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{flags:?}");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn people_and_pull_requests_get_a_line_for_each_option() {
    for format in ["human", "markdown"] {
        let output = run(&["compare", "fixtures/fastapi-mvp", "--format", format]);
        let text = String::from_utf8(output.stdout).unwrap();
        for name in ["arm", "savings-plan-1yr-no-upfront", "reserved-1yr-no-upfront", "smaller-task", "ec2"] {
            assert!(text.contains(name), "{format}: {name}\n{text}");
        }
        assert!(text.contains("Not for this deployment"), "{text}");
    }
}

#[test]
fn comparisons_fit_their_schema() {
    let output = run_plain(&["schema", "compare"]);
    let schema: Value = serde_json::from_slice(&output).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for fixture in ["fastapi-mvp", "django-celery", "two-writers", "unknowns", "laravel-api"] {
        let report = compared(&format!("fixtures/{fixture}"), &[]);
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{fixture}: {errors:?}");
    }
}

fn run_plain(arguments: &[&str]) -> Vec<u8> {
    Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(arguments).output().unwrap().stdout
}
