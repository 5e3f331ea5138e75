//! Terraform text through evaluation to the linked model.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::path::Path;

use plimsoll::lower::{Inputs, Module, Options, lower};
use plimsoll::model::graph::Id;
use plimsoll::model::{Deployment, Field, Input, Link, Stage, Tri};
use plimsoll::source::Files;
use plimsoll::terraform;
use plimsoll::value::Cause;

/// Lowers the root module `.` of the given files.
fn deployment(files: &[(&str, &str)]) -> Deployment {
    deployment_of(".", files)
}

fn deployment_of(root: &str, texts: &[(&str, &str)]) -> Deployment {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in texts {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let files = Files::new(dir.path(), dir.path()).unwrap();
    let scanned = files.root().to_owned();
    let root = if root == "." { scanned.clone() } else { scanned.join(root) };
    let evaluation = terraform::evaluate(&files, &root, &terraform::Options::default());
    assert!(evaluation.diagnostics.is_empty(), "{:?}", evaluation.diagnostics);
    let evaluations = vec![Module { evaluation: &evaluation, input: Input::Terraform }];
    let options = Options { root: scanned, ..Options::default() };
    lower(Inputs { evaluations, ..Inputs::default() }, &options)
}

fn text(field: &Field<String>) -> &str {
    field.known().map_or("", String::as_str)
}

fn by_address<'a, T>(nodes: &'a [T], meta: impl Fn(&T) -> &plimsoll::model::Meta, address: &str) -> &'a T {
    let found = nodes.iter().find(|node| &*meta(node).address == address);
    found.unwrap_or_else(|| {
        let all: Vec<_> = nodes.iter().map(|node| meta(node).address.to_string()).collect();
        panic!("{address} is not among {all:?}")
    })
}

const SERVICE_MODULE: &str = r#"
variable "name" { type = string }
variable "image" { type = string }
variable "cluster" { type = string }
variable "count_of_tasks" { type = number }
variable "environment" {
  type    = map(string)
  default = {}
}
resource "aws_cloudwatch_log_group" "this" {
  name              = "/ecs/${var.name}"
  retention_in_days = 14
}
resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  cpu                      = 256
  memory                   = "512"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  execution_role_arn       = aws_iam_role.exec.arn
  container_definitions = jsonencode([{
    name        = var.name
    image       = var.image
    essential   = true
    environment = [for k, v in var.environment : { name = k, value = v }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"  = aws_cloudwatch_log_group.this.name
        "awslogs-region" = "eu-west-1"
      }
    }
  }])
}
resource "aws_iam_role" "exec" {
  name               = "${var.name}-exec"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow" }] })
}
resource "aws_iam_role_policy_attachment" "exec" {
  role       = aws_iam_role.exec.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}
resource "aws_ecs_service" "this" {
  name            = var.name
  cluster         = var.cluster
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = var.count_of_tasks
  launch_type     = "FARGATE"
  lifecycle { ignore_changes = [task_definition] }
}
output "service" { value = aws_ecs_service.this.name }
output "task_arn" { value = aws_ecs_task_definition.this.arn }
"#;

const CLUSTER_MODULE: &str = r#"
resource "aws_ecs_cluster" "this" {
  name = "main"
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}
output "arn" { value = aws_ecs_cluster.this.arn }
output "name" { value = aws_ecs_cluster.this.name }
"#;

#[test]
fn services_of_a_map_are_linked_through_module_outputs() {
    let root = r#"
provider "aws" {
  region = "eu-west-1"
  default_tags { tags = { Environment = "production" } }
}
variable "tag" { type = string }
locals {
  services = {
    web    = { tasks = 2, env = { APP_ENV = "production" } }
    worker = { tasks = 1, env = {} }
  }
}
module "cluster" { source = "./modules/cluster" }
resource "aws_ecr_repository" "app" { name = "app" }
module "service" {
  source         = "./modules/service"
  for_each       = local.services
  name           = each.key
  image          = "${aws_ecr_repository.app.repository_url}:${var.tag}"
  cluster        = module.cluster.arn
  count_of_tasks = each.value.tasks
  environment    = each.value.env
}
resource "aws_appautoscaling_target" "web" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${module.cluster.name}/${module.service["web"].service}"
  min_capacity       = 2
  max_capacity       = 10
}
resource "aws_cloudwatch_event_rule" "nightly" { schedule_expression = "rate(1 day)" }
resource "aws_cloudwatch_event_target" "nightly" {
  rule = aws_cloudwatch_event_rule.nightly.name
  arn  = module.cluster.arn
  ecs_target {
    task_definition_arn = module.service["worker"].task_arn
    launch_type         = "FARGATE"
  }
}
"#;
    let deployment = deployment(&[
        ("main.tf", root),
        ("modules/cluster/main.tf", CLUSTER_MODULE),
        ("modules/service/main.tf", SERVICE_MODULE),
    ]);
    assert_eq!(deployment.services.len(), 2);
    let web = by_address(&deployment.services, |n| &n.meta, r#"module.service["web"].aws_ecs_service.this"#);
    assert_eq!(web.desired_count.known(), Some(&2));
    assert_eq!(text(&web.meta.region), "eu-west-1");
    assert_eq!(web.meta.stage.stage, Stage::Production);
    assert!(web.meta.ignored.covers("task_definition"));
    assert_eq!(web.meta.calls.len(), 1);
    assert!(web.cluster_link.to().is_some(), "{:?}", web.cluster_link);
    assert_eq!(web.scaling.len(), 1);
    let task = deployment.task_definition(web.task_definition_link.to().unwrap()).unwrap();
    assert_eq!(text(&task.family), "web");
    assert_eq!(task.cpu.known(), Some(&256));
    let role = deployment.role(task.execution_role_link.to().unwrap()).unwrap();
    assert_eq!((text(&role.name), role.managed_policies.items.len()), ("web-exec", 1));
    let container = &task.containers.items[0];
    assert_eq!(text(&container.environment.items[0].value), "production");
    assert_eq!(container.image_repository.to().map(Id::index), Some(0), "{:?}", container.image_source);
    assert!(container.image.causes().iter().any(|cause| matches!(cause, Cause::MissingVariable { .. })));
    let group = deployment.log_group(container.log.known().unwrap().group.to().unwrap()).unwrap();
    assert_eq!(text(&group.name), "/ecs/web");
    let schedule = &deployment.scheduled_tasks[0];
    assert_eq!(text(&schedule.expression), "rate(1 day)");
    let job = deployment.task_definition(schedule.task_definition_link.to().unwrap()).unwrap();
    assert_eq!(text(&job.family), "worker");
}

#[test]
fn templates_and_heredocs_with_holes_keep_their_containers() {
    let root = r#"
variable "image" { type = string }
variable "rendered" { type = string }
resource "aws_ecs_task_definition" "file" {
  family = "file"
  container_definitions = templatefile("${path.module}/containers.json.tpl", {
    image = var.image
    port  = 8080
  })
}
resource "aws_ecs_task_definition" "heredoc" {
  family                = "heredoc"
  container_definitions = <<-JSON
    [{"name": "web", "image": "${var.image}", "cpu": 128, "portMappings": [{"containerPort": 80}]}]
  JSON
}
resource "aws_ecs_task_definition" "plain" {
  family                = "plain"
  container_definitions = file("${path.module}/plain.json")
}
resource "aws_ecs_task_definition" "hidden" {
  family                = "hidden"
  container_definitions = var.rendered
}
data "aws_ecs_task_definition" "file" { task_definition = aws_ecs_task_definition.file.family }
resource "aws_ecs_service" "latest" {
  name            = "latest"
  task_definition = "${aws_ecs_task_definition.file.family}:${max(aws_ecs_task_definition.file.revision, data.aws_ecs_task_definition.file.revision)}"
}
resource "aws_ecs_service" "read" {
  name            = "read"
  task_definition = data.aws_ecs_task_definition.file.arn
}
"#;
    let template = r#"[{"name": "api", "image": "${image}", "essential": true,
      "portMappings": [{"containerPort": ${port}}]}]"#;
    let deployment = deployment(&[
        ("main.tf", root),
        ("containers.json.tpl", template),
        ("plain.json", r#"[{"name": "plain", "image": "nginx:1"}]"#),
    ]);
    let task = |name: &str| {
        by_address(&deployment.task_definitions, |n| &n.meta, &format!("aws_ecs_task_definition.{name}"))
    };
    let [file, heredoc, plain, hidden] =
        ["file", "heredoc", "plain", "hidden"].map(|name| &task(name).containers);
    assert_eq!(text(&file.items[0].name), "api");
    assert_eq!(file.items[0].ports.items[0].container_port.known(), Some(&8080));
    assert!(file.items[0].image.not_known().is_some());
    assert_eq!(heredoc.items[0].cpu.known(), Some(&128));
    assert_eq!(text(&plain.items[0].image), "nginx:1");
    assert!(hidden.items.is_empty() && hidden.open.is_some());
    for service in &deployment.services {
        let link = service.task_definition_link.to();
        assert_eq!(
            link.and_then(|id| deployment.task_definition(id)).map(|task| text(&task.family)),
            Some("file"),
            "{}: {:?}",
            service.meta.address,
            service.task_definition
        );
    }
}

#[test]
fn unknown_counts_and_dynamic_blocks_stay_open() {
    let root = r#"
variable "balanced" { type = bool }
variable "services" { type = map(object({ image = string })) }
variable "targets" { type = list(string) }
resource "aws_ecs_task_definition" "t" {
  for_each              = var.services
  family                = each.key
  container_definitions = jsonencode([{ name = "web", image = each.value.image, privileged = true }])
}
resource "aws_ecs_service" "s" {
  for_each        = var.services
  name            = each.key
  task_definition = aws_ecs_task_definition.t[each.key].arn
  dynamic "load_balancer" {
    for_each = var.targets
    content {
      target_group_arn = load_balancer.value
      container_name   = "web"
      container_port   = 80
    }
  }
}
resource "aws_lb" "main" {
  count    = var.balanced ? 1 : 0
  name     = "main"
  internal = false
}
resource "aws_lb_listener" "http" {
  count             = var.balanced ? 1 : 0
  load_balancer_arn = aws_lb.main[0].arn
  port              = 80
  default_action {
    type = "redirect"
    redirect { protocol = "HTTPS" }
  }
}
resource "aws_appautoscaling_target" "s" {
  for_each     = var.services
  resource_id  = "service/main/${aws_ecs_service.s[each.key].name}"
  max_capacity = 4
  min_capacity = 1
}
"#;
    let deployment = deployment(&[("main.tf", root)]);
    let service = &deployment.services[0];
    assert!(service.meta.count.is_conditional());
    assert!(service.task_definition_link.to().is_some(), "{:?}", service.task_definition);
    assert_eq!(service.scaling.len(), 1);
    assert!(matches!(service.load_balancers.is_empty(), Tri::Maybe(_)));
    let template = service.load_balancers.open.as_ref().unwrap().template.as_ref().unwrap();
    assert_eq!(template.container_port.known(), Some(&80));
    let task = &deployment.task_definitions[0];
    assert_eq!(task.containers.items[0].privileged.known(), Some(&true));
    assert!(deployment.load_balancers[0].meta.count.is_conditional());
    assert!(deployment.listeners[0].load_balancer_link.to().is_some());
    assert_eq!(text(&deployment.listeners[0].default_actions.items[0].redirect_protocol), "HTTPS");
}

#[test]
fn what_a_registry_module_gives_is_unknown_and_said_so() {
    let root = r#"
module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "5.0.0"
}
data "aws_ecs_cluster" "shared" { cluster_name = "shared" }
resource "aws_ecs_service" "s" {
  name            = "s"
  cluster         = data.aws_ecs_cluster.shared.id
  task_definition = "web:3"
  network_configuration {
    subnets          = module.vpc.private_subnets
    security_groups  = [aws_security_group.s.id]
    assign_public_ip = false
  }
}
resource "aws_security_group" "s" {
  vpc_id = module.vpc.vpc_id
  ingress {
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}
"#;
    let deployment = deployment_of("envs/staging", &[("envs/staging/main.tf", root)]);
    let service = &deployment.services[0];
    assert_eq!(service.meta.stage.stage, Stage::NonProduction);
    let Link::Unknown(causes) = &service.cluster_link else { panic!("{:?}", service.cluster_link) };
    assert!(matches!(causes.first(), Some(Cause::Data { .. })));
    assert!(matches!(&service.task_definition_link, Link::Unknown(_)));
    let network = service.network.known().unwrap();
    assert!(network.subnets.open.is_some());
    assert!(network.security_group_links[0].to().is_some());
    assert_eq!(deployment.security_groups[0].ingress.items[0].from_port.known(), Some(&80));
    assert!(matches!(&deployment.security_groups[0].vpc_link, Link::Unknown(_)));
    assert_eq!(deployment.missing_modules.len(), 1);
    assert!(Path::new(&*deployment.units[0].name).ends_with("envs/staging"));
}

#[test]
fn lists_of_references_are_linked_one_by_one() {
    let root = r#"
resource "aws_subnet" "a" {
  count             = 2
  availability_zone = "eu-west-1${count.index == 0 ? "a" : "b"}"
}
resource "aws_subnet" "b" {
  for_each   = { x = "10.0.0.0/24", y = "10.0.1.0/24" }
  cidr_block = each.value
}
resource "aws_security_group" "s" {
  count = 1
  name  = "s"
}
resource "aws_vpc_security_group_ingress_rule" "r" {
  security_group_id            = one(aws_security_group.s[*].id)
  referenced_security_group_id = aws_security_group.s[0].id
  ip_protocol                  = "tcp"
}
resource "aws_eip" "nat" { count = 2 }
resource "aws_nat_gateway" "nat" {
  count         = 2
  allocation_id = aws_eip.nat[count.index].id
  subnet_id     = aws_subnet.a[count.index].id
}
resource "aws_lb" "splat" {
  subnets         = aws_subnet.a[*].id
  security_groups = [aws_security_group.s[0].id]
}
resource "aws_lb" "loop" { subnets = [for s in aws_subnet.b : s.id] }
resource "aws_lb" "joined" { subnets = concat(aws_subnet.a[*].id, values(aws_subnet.b)[*].id) }
"#;
    let deployment = deployment(&[("main.tf", root)]);
    let subnets = |name: &str| {
        let balancer = by_address(&deployment.load_balancers, |n| &n.meta, &format!("aws_lb.{name}"));
        balancer.subnet_links.iter().map(|link| link.to().map(Id::index)).collect::<Vec<_>>()
    };
    assert_eq!(subnets("splat"), [Some(0), Some(1)]);
    assert_eq!(subnets("loop"), [Some(2), Some(3)]);
    assert_eq!(subnets("joined"), [Some(0), Some(1), Some(2), Some(3)]);
    let gateways = deployment.nat_gateways.iter();
    let links =
        gateways.map(|node| (node.subnet_link.to().map(Id::index), node.allocation_link.to().map(Id::index)));
    assert_eq!(links.collect::<Vec<_>>(), [(Some(0), Some(0)), (Some(1), Some(1))]);
    assert!(deployment.security_group_rules[0].group_link.to().is_some());
    assert_eq!(text(&deployment.subnets[0].meta.region), "eu-west-1");
}

#[test]
fn a_role_of_its_own_or_a_given_one() {
    let root = r#"
variable "role_arn" {
  type    = string
  default = null
}
resource "aws_iam_role" "exec" {
  count              = var.role_arn == null ? 1 : 0
  name               = "exec"
  assume_role_policy = "{}"
}
resource "aws_ecs_task_definition" "t" {
  family                = "t"
  container_definitions = "[]"
  execution_role_arn    = try(aws_iam_role.exec[0].arn, var.role_arn)
  task_role_arn         = ""
}
"#;
    let deployment = deployment(&[("main.tf", root)]);
    let task = &deployment.task_definitions[0];
    assert!(task.execution_role_link.to().is_some(), "{:?}", task.execution_role);
    assert!(task.task_role.is_absent());
    assert!(matches!(task.task_role_link, Link::Absent));
}
