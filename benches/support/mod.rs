//! Deployments made to measure: the same numbers give the same bytes. Written for the benchmarks, in the
//! manner of repositories that run services on ECS with Terraform.
#![allow(
    dead_code,
    clippy::indexing_slicing,
    reason = "each benchmark uses a part, of numbers it makes itself"
)]

use std::fmt::Write as _;
use std::path::Path;

/// Files by path, relative to the root of the repository.
pub(crate) type Tree = Vec<(String, String)>;

/// Writes the files below `dir`.
///
/// # Panics
/// When the disk refuses.
pub(crate) fn write(dir: &Path, tree: &Tree) {
    for (name, text) in tree {
        let path = dir.join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, text).expect("a written file");
    }
}

/// Lines of all files.
#[must_use]
pub(crate) fn lines(tree: &Tree) -> usize {
    tree.iter().map(|(_, text)| text.lines().count()).sum()
}

/// One task definition as JSON.
#[must_use]
pub(crate) fn task_definition() -> Tree {
    let text = r#"{
  "family": "storefront",
  "networkMode": "awsvpc",
  "requiresCompatibilities": ["FARGATE"],
  "cpu": "512",
  "memory": "1024",
  "executionRoleArn": "arn:aws:iam::123456789012:role/storefront-execution",
  "taskRoleArn": "arn:aws:iam::123456789012:role/storefront-task",
  "containerDefinitions": [
    {
      "name": "storefront",
      "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/storefront:4f1c2d7",
      "essential": true,
      "portMappings": [{ "containerPort": 8080, "protocol": "tcp" }],
      "environment": [
        { "name": "APP_ENV", "value": "production" },
        { "name": "APP_PORT", "value": "8080" }
      ],
      "secrets": [
        { "name": "DATABASE_URL", "valueFrom": "arn:aws:ssm:eu-west-1:123456789012:parameter/storefront/database-url" }
      ],
      "healthCheck": { "command": ["CMD-SHELL", "wget -qO- http://localhost:8080/up || exit 1"], "interval": 30 },
      "logConfiguration": {
        "logDriver": "awslogs",
        "options": {
          "awslogs-group": "/ecs/storefront",
          "awslogs-region": "eu-west-1",
          "awslogs-stream-prefix": "storefront"
        }
      }
    }
  ]
}
"#;
    vec![("storefront.json".to_owned(), text.to_owned())]
}

/// A load-balanced service with a database and a cache.
#[must_use]
pub(crate) fn small_stack() -> Tree {
    let text = r#"provider "aws" {
  region = "eu-west-1"
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
  availability_zone = "eu-west-1${["a", "b"][count.index]}"
}

resource "aws_eip" "nat" {
  domain = "vpc"
}

resource "aws_nat_gateway" "main" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.private[0].id
}

resource "aws_ecs_cluster" "main" {
  name = "shop"
}

resource "aws_cloudwatch_log_group" "web" {
  name              = "/ecs/web"
  retention_in_days = 30
}

resource "aws_ecs_task_definition" "web" {
  family                   = "web"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 512
  memory                   = 1024
  container_definitions = jsonencode([{
    name         = "web"
    image        = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:4f1c2d7"
    essential    = true
    portMappings = [{ containerPort = 8080 }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.web.name
        awslogs-region        = "eu-west-1"
        awslogs-stream-prefix = "web"
      }
    }
  }])
}

resource "aws_ecs_service" "web" {
  name            = "web"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.web.arn
  desired_count   = 2
  launch_type     = "FARGATE"
  network_configuration {
    subnets = aws_subnet.private[*].id
  }
}

resource "aws_lb" "web" {
  name               = "web"
  load_balancer_type = "application"
  subnets            = aws_subnet.private[*].id
}

resource "aws_db_instance" "main" {
  engine            = "postgres"
  instance_class    = "db.t3.micro"
  allocated_storage = 20
  storage_type      = "gp3"
  storage_encrypted = true
}

resource "aws_elasticache_cluster" "main" {
  cluster_id      = "cache"
  engine          = "redis"
  node_type       = "cache.t3.micro"
  num_cache_nodes = 1
}
"#;
    vec![("main.tf".to_owned(), text.to_owned())]
}

const SERVICE_MODULE: &str = r#"variable "name" {
  type = string
}

variable "cluster" {
  type = string
}

variable "subnets" {
  type = list(string)
}

variable "vpc_id" {
  type = string
}

variable "settings" {
  description = "What a service may set; the rest has defaults."
  type = object({
    image         = string
    port          = optional(number, 8080)
    cpu           = optional(number, 256)
    memory        = optional(number, 512)
    desired_count = optional(number, 2)
    health_path   = optional(string, "/up")
    environment   = optional(map(string), {})
    secrets       = optional(map(string), {})
    sidecars = optional(list(object({
      name  = string
      image = string
    })), [])
  })
}

variable "tags" {
  type    = map(string)
  default = {}
}

locals {
  full_name = "${var.name}-${terraform.workspace}"
  environment = merge({
    APP_NAME = local.full_name
    APP_PORT = tostring(var.settings.port)
  }, var.settings.environment)
  tags = merge(var.tags, { service = var.name })
}

data "aws_region" "current" {}

module "logs" {
  source    = "../logs"
  name      = "/ecs/${local.full_name}"
  retention = var.settings.desired_count > 2 ? 90 : 30
  tags      = local.tags
}

resource "aws_ecs_task_definition" "this" {
  family                   = local.full_name
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = var.settings.cpu
  memory                   = var.settings.memory
  execution_role_arn       = "arn:aws:iam::123456789012:role/${var.name}-execution"
  tags                     = local.tags

  container_definitions = jsonencode(concat([
    {
      name         = var.name
      image        = var.settings.image
      essential    = true
      portMappings = [{ containerPort = var.settings.port, protocol = "tcp" }]
      environment  = [for key, value in local.environment : { name = key, value = value }]
      secrets      = [for key, value in var.settings.secrets : { name = key, valueFrom = value }]
      healthCheck = {
        command = ["CMD-SHELL", "wget -qO- http://localhost:${var.settings.port}${var.settings.health_path} || exit 1"]
      }
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          "awslogs-group"         = module.logs.name
          "awslogs-region"        = data.aws_region.current.name
          "awslogs-stream-prefix" = var.name
        }
      }
    }
    ], [for sidecar in var.settings.sidecars : {
      name      = sidecar.name
      image     = sidecar.image
      essential = false
  }]))
}

resource "aws_security_group" "this" {
  name   = local.full_name
  vpc_id = var.vpc_id

  dynamic "ingress" {
    for_each = toset([var.settings.port])
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["10.0.0.0/16"]
    }
  }
}

resource "aws_ecs_service" "this" {
  name            = local.full_name
  cluster         = var.cluster
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = var.settings.desired_count
  launch_type     = "FARGATE"

  network_configuration {
    subnets         = var.subnets
    security_groups = [aws_security_group.this.id]
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
}

output "service" {
  value = aws_ecs_service.this.name
}

output "log_group" {
  value = module.logs.name
}
"#;

const LOGS_MODULE: &str = r#"variable "name" {
  type = string
}

variable "retention" {
  type    = number
  default = 30
}

variable "tags" {
  type    = map(string)
  default = {}
}

resource "aws_cloudwatch_log_group" "this" {
  name              = var.name
  retention_in_days = var.retention
  tags              = var.tags
}

output "name" {
  value = aws_cloudwatch_log_group.this.name
}
"#;

/// The module of one team: variables, locals, services through a nested module, one service by hand.
fn team(number: usize, services: usize) -> String {
    let mut text = format!(
        r#"variable "cluster" {{
  type = string
}}

variable "subnets" {{
  type = list(string)
}}

variable "vpc_id" {{
  type = string
}}

variable "image_tag" {{
  description = "Tag of every image of team {number}."
  type        = string
  default     = "v1.{number}.0"
}}

locals {{
  team     = "team-{number:04}"
  registry = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
  tags = {{
    team  = local.team
    stage = terraform.workspace
  }}
  services = {{
"#
    );
    for service in 0..services {
        let cpu = [256, 512, 1024][service % 3];
        let _ = write!(
            text,
            r#"    "api-{service:03}" = {{
      image         = "${{local.registry}}/${{local.team}}-api-{service:03}:${{var.image_tag}}"
      port          = {port}
      cpu           = {cpu}
      memory        = {memory}
      desired_count = {count}
      environment = {{
        QUEUE_NAME = "${{local.team}}-queue-{service:03}"
        LOG_LEVEL  = "info"
      }}
      secrets = {{
        DATABASE_URL = "arn:aws:ssm:eu-west-1:123456789012:parameter/${{local.team}}/{service:03}/database-url"
      }}
    }}
"#,
            port = 8000 + service,
            memory = cpu * 2,
            count = 2 + service % 3,
        );
    }
    text.push_str(
        r#"  }
}

module "service" {
  source   = "../../modules/service"
  for_each = local.services

  name     = "${local.team}-${each.key}"
  cluster  = var.cluster
  subnets  = var.subnets
  vpc_id   = var.vpc_id
  settings = each.value
  tags     = local.tags
}

"#,
    );
    text.push_str(&service(&format!("worker_{number:04}"), number));
    text.push_str(
        r#"
output "services" {
  value = { for key, service in module.service : key => service.service }
}

output "log_groups" {
  value = sort([for service in module.service : service.log_group])
}
"#,
    );
    text
}

/// A service written out, with its log group, role and alarm.
fn service(name: &str, number: usize) -> String {
    format!(
        r#"resource "aws_cloudwatch_log_group" "{name}" {{
  name              = "/ecs/{name}"
  retention_in_days = 30
}}

resource "aws_iam_role" "{name}" {{
  name = "{name}"
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = {{ Service = "ecs-tasks.amazonaws.com" }}
    }}]
  }})
}}

resource "aws_ecs_task_definition" "{name}" {{
  family                   = "{name}"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = {cpu}
  memory                   = {memory}
  execution_role_arn       = aws_iam_role.{name}.arn
  container_definitions = jsonencode([
    {{
      name      = "{name}"
      image     = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/{name}:v1.{number}.0"
      essential = true
      command   = ["bin/work", "--queue", "{name}"]
      environment = [
        {{ name = "QUEUE", value = "{name}" }},
        {{ name = "CONCURRENCY", value = tostring({number} % 8 + 1) }},
      ]
      logConfiguration = {{
        logDriver = "awslogs"
        options = {{
          "awslogs-group"         = aws_cloudwatch_log_group.{name}.name
          "awslogs-region"        = "eu-west-1"
          "awslogs-stream-prefix" = "worker"
        }}
      }}
    }}
  ])
}}

resource "aws_ecs_service" "{name}" {{
  name            = "{name}"
  cluster         = var.cluster
  task_definition = aws_ecs_task_definition.{name}.arn
  desired_count   = 2
  launch_type     = "FARGATE"

  network_configuration {{
    subnets = var.subnets
  }}

  deployment_circuit_breaker {{
    enable   = true
    rollback = true
  }}
}}

resource "aws_cloudwatch_metric_alarm" "{name}" {{
  alarm_name          = "{name}-cpu"
  namespace           = "AWS/ECS"
  metric_name         = "CPUUtilization"
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 80
  period              = 60
  evaluation_periods  = 5
  dimensions = {{
    ClusterName = var.cluster
    ServiceName = aws_ecs_service.{name}.name
  }}
}}
"#,
        cpu = [256, 512, 1024][number % 3],
        memory = [512, 1024, 2048][number % 3],
    )
}

/// Head of a root module: provider, network, cluster.
const ROOT: &str = r#"terraform {
  required_version = ">= 1.5"
  backend "s3" {}
}

provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { managed-by = "terraform" }
  }
}

variable "vpc_cidr" {
  type    = string
  default = "10.0.0.0/16"
}

resource "aws_vpc" "main" {
  cidr_block = var.vpc_cidr
}

resource "aws_subnet" "private" {
  count      = 3
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(var.vpc_cidr, 4, count.index)
}

resource "aws_ecs_cluster" "main" {
  name = "main"
}
"#;

/// A root module `stack` that calls one module a team, each of which calls a nested one a service, which calls another.
#[must_use]
pub(crate) fn stack(prefix: &str, teams: usize, services: usize) -> Tree {
    let mut tree: Tree = vec![
        (format!("{prefix}modules/service/main.tf"), SERVICE_MODULE.to_owned()),
        (format!("{prefix}modules/logs/main.tf"), LOGS_MODULE.to_owned()),
    ];
    let mut root = ROOT.to_owned();
    for number in 0..teams {
        let _ = write!(
            root,
            r#"
module "team_{number:04}" {{
  source  = "./teams/t{number:04}"
  cluster = aws_ecs_cluster.main.id
  subnets = aws_subnet.private[*].id
  vpc_id  = aws_vpc.main.id
}}
"#
        );
        tree.push((format!("{prefix}teams/t{number:04}/main.tf"), team(number, services)));
    }
    tree.push((format!("{prefix}main.tf"), root));
    tree
}

/// The module repository of 12,000 lines: 49 teams with eight services each.
#[must_use]
pub(crate) fn module_repository() -> Tree {
    stack("", 49, 8)
}

/// The repository of 250,000 lines: 21 root modules like [`module_repository`].
#[must_use]
pub(crate) fn large_repository() -> Tree {
    (0..21).flat_map(|number| stack(&format!("stacks/s{number:02}/"), 49, 8)).collect()
}

/// A root module with so many services written out.
#[must_use]
pub(crate) fn services(number: usize) -> Tree {
    let mut text = format!(
        "{ROOT}\nvariable \"cluster\" {{\n  default = \"main\"\n}}\n\nvariable \"subnets\" {{\n  default = [\"subnet-1\"]\n}}\n\n"
    );
    for at in 0..number {
        text.push_str(&service(&format!("service_{at:05}"), at));
    }
    vec![("main.tf".to_owned(), text)]
}

/// A root module with so many variables, each used.
#[must_use]
pub(crate) fn variables(number: usize) -> Tree {
    let mut text = ROOT.to_owned();
    for at in 0..number {
        let _ = write!(
            text,
            r#"
variable "setting_{at:05}" {{
  type = object({{
    name  = string
    size  = optional(number, {at})
    rules = optional(list(string), ["a", "b"])
  }})
  default = {{ name = "setting-{at}" }}
}}

resource "aws_ssm_parameter" "setting_{at:05}" {{
  name  = "/settings/${{var.setting_{at:05}.name}}"
  type  = "String"
  value = join(",", [for rule in var.setting_{at:05}.rules : "${{rule}}=${{var.setting_{at:05}.size}}"])
}}
"#
        );
    }
    vec![("main.tf".to_owned(), text)]
}
