# Ten tasks by day on weekdays, three at night and on weekends.
variable "scheduled" { default = true }

provider "aws" {
  region = "us-east-1"
}

resource "aws_ecs_cluster" "main" {
  name = "main"
}

resource "aws_ecs_task_definition" "app" {
  family                   = "app"
  cpu                      = 512
  memory                   = 1024
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  container_definitions = jsonencode([
    { name = "app", image = "example/app:1.0", cpu = 384, memoryReservation = 768 },
    { name = "proxy", image = "example/proxy:1.0", cpu = 128, memoryReservation = 256 },
  ])
}

resource "aws_ecs_service" "app" {
  name            = "app"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 10
  launch_type     = "FARGATE"
}

resource "aws_appautoscaling_target" "app" {
  count              = var.scheduled ? 1 : 0
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.main.name}/${aws_ecs_service.app.name}"
  min_capacity       = 10
  max_capacity       = 10
}

resource "aws_appautoscaling_scheduled_action" "morning" {
  count              = var.scheduled ? 1 : 0
  name               = "morning"
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = aws_appautoscaling_target.app[0].resource_id
  schedule           = "cron(0 8 ? * MON-FRI *)"
  timezone           = "Europe/Berlin"

  scalable_target_action {
    min_capacity = 10
    max_capacity = 10
  }
}

resource "aws_appautoscaling_scheduled_action" "evening" {
  count              = var.scheduled ? 1 : 0
  name               = "evening"
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = aws_appautoscaling_target.app[0].resource_id
  schedule           = "cron(0 20 ? * MON-FRI *)"
  timezone           = "Europe/Berlin"

  scalable_target_action {
    min_capacity = 3
    max_capacity = 3
  }
}
