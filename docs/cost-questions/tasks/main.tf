# Fargate tasks of one size, for the questions about size, region, Spot and number.
variable "region" { default = "ap-southeast-2" }
variable "cpu" { default = 256 }
variable "memory" { default = 512 }
variable "tasks" { default = 1 }
variable "capacity" { default = "FARGATE" }
variable "architecture" { default = "X86_64" }

provider "aws" {
  region = var.region
}

resource "aws_ecs_task_definition" "app" {
  family                   = "app"
  cpu                      = var.cpu
  memory                   = var.memory
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  container_definitions    = jsonencode([{ name = "app", image = "example/app:1.0" }])

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.architecture
  }
}

resource "aws_ecs_service" "app" {
  name            = "app"
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = var.tasks

  capacity_provider_strategy {
    capacity_provider = var.capacity
    weight            = 1
  }
}
