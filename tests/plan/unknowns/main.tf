# What a plan can leave open: planned with `blocks` not known, and with what it can be.
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

variable "blocks" {
  description = "Items of every dynamic block; null: known after apply"
  type        = list(string)
  default     = null
}

resource "terraform_data" "later" {}

locals {
  blocks = var.blocks == null ? toset(jsondecode(terraform_data.later.id)) : toset(var.blocks)
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_security_group" "unset" {
  name   = "unset"
  vpc_id = aws_vpc.main.id
}

resource "aws_security_group" "dynamic" {
  name   = "dynamic"
  vpc_id = aws_vpc.main.id

  dynamic "ingress" {
    for_each = local.blocks
    content {
      from_port   = 5432
      to_port     = 5432
      protocol    = "tcp"
      cidr_blocks = [ingress.value]
    }
  }
}

resource "aws_security_group" "both" {
  name   = "both"
  vpc_id = aws_vpc.main.id

  ingress {
    from_port       = 443
    to_port         = 443
    protocol        = "tcp"
    security_groups = [aws_security_group.unset.id]
  }

  dynamic "ingress" {
    for_each = local.blocks
    content {
      from_port   = 5432
      to_port     = 5432
      protocol    = "tcp"
      cidr_blocks = [ingress.value]
    }
  }

  egress = []
}

resource "aws_db_instance" "main" {
  identifier             = "main"
  engine                 = "postgres"
  engine_version         = "16.3"
  instance_class         = "db.t3.micro"
  allocated_storage      = 20
  username               = "app"
  password               = "not-a-real-password-1"
  vpc_security_group_ids = [aws_security_group.dynamic.id, aws_security_group.both.id]
}

resource "aws_ecs_cluster" "main" {
  name = "main"

  dynamic "setting" {
    for_each = local.blocks
    content {
      name  = "containerInsights"
      value = "enabled"
    }
  }
}

resource "aws_ecs_task_definition" "web" {
  family                   = "web"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  container_definitions = jsonencode([{
    name         = "web"
    image        = "public.ecr.aws/nginx/nginx:1.27.3"
    essential    = true
    portMappings = [{ containerPort = 80 }]
  }])

  dynamic "volume" {
    for_each = local.blocks
    content {
      name = "data"
    }
  }
}

resource "aws_ecs_service" "web" {
  name            = "web"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.web.arn
  launch_type     = "FARGATE"
  desired_count   = 2

  dynamic "deployment_circuit_breaker" {
    for_each = local.blocks
    content {
      enable   = true
      rollback = true
    }
  }

  dynamic "network_configuration" {
    for_each = local.blocks
    content {
      subnets          = [aws_subnet.a.id]
      assign_public_ip = true
    }
  }

  dynamic "timeouts" {
    for_each = local.blocks
    content {
      create = "5m"
    }
  }
}

resource "aws_ecr_repository" "web" {
  name                 = "web"
  image_tag_mutability = "IMMUTABLE"

  dynamic "image_scanning_configuration" {
    for_each = local.blocks
    content {
      scan_on_push = true
    }
  }
}

output "service" {
  value = {
    id    = aws_ecs_service.web.id
    count = aws_ecs_service.web.desired_count
  }
}

output "vpc" {
  value = aws_vpc.main.id
}

output "password" {
  value     = aws_db_instance.main.password
  sensitive = true
}
