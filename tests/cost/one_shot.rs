//! Tasks that workflows run once, from whole folders through the binary: Terraform, raw task definitions and GitHub
//! workflows. Worked out by hand in three regions.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

const DEFINITION: &str = r#"
resource "aws_ecs_task_definition" "migrate" {
  family                   = "migrate"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 1024
  memory                   = 2048
  container_definitions    = jsonencode([{ name = "a", image = "a:1" }])
}
"#;

fn workflow(steps: &str) -> String {
    format!("on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n{steps}")
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn estimate(files: &[(&str, &str)], region: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        write(folder.path(), name, text);
    }
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["cost", "--format", "json", "--price-region", region, "."])
        .current_dir(folder.path())
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

/// `name = expected amount` of the components of the one-shot tasks.
fn components(estimate: &Value) -> Vec<String> {
    let resources = estimate["resources"].as_array().unwrap();
    let runs = resources.iter().filter(|it| it["kind"] == "one-shot-task");
    runs.flat_map(|it| it["components"].as_array().unwrap())
        .map(|it| {
            format!("{} = {}", it["name"].as_str().unwrap(), it["monthly"]["expected"].as_str().unwrap())
        })
        .collect()
}

fn reasons(estimate: &Value) -> Vec<String> {
    let unpriced = estimate["unpriced"].as_array().unwrap();
    unpriced.iter().map(|it| format!("{} [{}]", it["reason"].as_str().unwrap(), it["unit_price"])).collect()
}

const RUN: &str = "      - run: >
          aws ecs run-task --cluster main --launch-type FARGATE --task-definition migrate
          --network-configuration \"awsvpcConfiguration={subnets=[subnet-1],assignPublicIp=ENABLED}\"\n";

#[test]
fn runs_of_a_pipeline_cost_what_they_take() {
    let usage = "usage:\n  aws_ecs_task_definition.migrate: { runs: 30, task_minutes: 10 }\n";
    let workflow = workflow(RUN);
    // 30 runs x 10 minutes = 5 hours of 1 vCPU and 2 GB, with an address at 0.005 an hour.
    for (region, vcpu, memory) in [
        // 5 x 0.04048; 10 x 0.004445
        ("us-east-1", "0.2024", "0.04445"),
        // 5 x 0.04856; 10 x 0.00532
        ("ap-southeast-2", "0.2428", "0.0532"),
        // 5 x 0.0696; 10 x 0.0076
        ("sa-east-1", "0.348", "0.076"),
    ] {
        let found = estimate(
            &[("main.tf", DEFINITION), (".github/workflows/deploy.yml", &workflow), ("plimsoll.yaml", usage)],
            region,
        );
        assert_eq!(
            components(&found),
            [
                format!("Fargate (Linux/x86) vCPU = {vcpu}"),
                format!("Fargate (Linux/x86) memory = {memory}"),
                "Public IPv4 addresses = 0.025".to_owned(),
            ],
            "{region}: {found:#}"
        );
    }
}

#[test]
fn what_is_not_said_has_the_price_of_a_run() {
    // 5 minutes where nobody says it: 5/60 x (0.04048 + 2 x 0.004445) = 0.00411416...
    let found =
        estimate(&[("main.tf", DEFINITION), (".github/workflows/deploy.yml", &workflow(RUN))], "us-east-1");
    let runs: Vec<String> = reasons(&found).into_iter().filter(|it| it.contains("runs a month")).collect();
    assert_eq!(runs.len(), 1, "{found:#}");
    assert!(runs[0].contains("usage key `runs`") && runs[0].contains("0.0041"), "{runs:?}");
    // A definition that nobody can tell is said at the workflow.
    let unknown = RUN.replace("--task-definition migrate", "--task-definition \"$TASK\"");
    let found = estimate(
        &[("main.tf", DEFINITION), (".github/workflows/deploy.yml", &workflow(&unknown))],
        "us-east-1",
    );
    let expected = "Task of aws ecs run-task: which task definition it runs is unknown [null]";
    assert!(reasons(&found).iter().any(|it| it == expected), "{found:#}");
    // On instances a run costs nothing by itself.
    let on_instances = RUN.replace("FARGATE", "EC2");
    let found = estimate(
        &[("main.tf", DEFINITION), (".github/workflows/deploy.yml", &workflow(&on_instances))],
        "us-east-1",
    );
    assert!(components(&found).is_empty() && reasons(&found).is_empty(), "{found:#}");
}

#[test]
fn the_deploy_action_runs_a_rendered_definition() {
    let definition = r#"{
      "family": "migrate",
      "cpu": "1024",
      "memory": "2048",
      "requiresCompatibilities": ["FARGATE"],
      "runtimePlatform": { "operatingSystemFamily": "WINDOWS_SERVER_2022_CORE" },
      "containerDefinitions": [{ "name": "a", "image": "a:1" }]
    }"#;
    let steps = "      - id: render
        uses: aws-actions/amazon-ecs-render-task-definition@v1
        with:
          task-definition: ecs/migrate.json
          container-name: a
          image: a:2
      - uses: aws-actions/amazon-ecs-deploy-task-definition@v2
        with:
          task-definition: ${{ steps.render.outputs.task-definition }}
          cluster: main
          run-task: true\n";
    let usage = "usage:\n  task-definition.migrate: { runs: 12, task_minutes: 1 }\n";
    let found = estimate(
        &[
            ("ecs/migrate.json", definition),
            (".github/workflows/deploy.yml", &workflow(steps)),
            ("plimsoll.yaml", usage),
        ],
        "eu-west-1",
    );
    // Windows bills 5 minutes at least: 12 x 5 minutes = 1 hour x 0.046552; 2 GB x 0.00511175; the licence 0.046.
    assert_eq!(
        components(&found),
        [
            "Fargate (Windows) vCPU = 0.046552",
            "Fargate (Windows) memory = 0.0102235",
            "Fargate (Windows) Windows licence = 0.046",
        ],
        "{found:#}"
    );
}
