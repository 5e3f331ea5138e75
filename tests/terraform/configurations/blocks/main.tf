variable "ports" {
  default = [80, 443]
}
variable "mounts" {
  default = { data = "/data", logs = "/logs" }
}
resource "aws_security_group" "web" {
  name = "web"
  dynamic "ingress" {
    for_each = var.ports
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
      description = "port ${ingress.key}"
    }
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_ecs_task_definition" "t" {
  family                = "t"
  container_definitions = "[]"
  dynamic "volume" {
    for_each = var.mounts
    iterator = m
    content {
      name = m.key
      dynamic "efs_volume_configuration" {
        for_each = m.key == "data" ? [m.value] : []
        content {
          file_system_id = "fs-1"
          root_directory = efs_volume_configuration.value
        }
      }
    }
  }
}
resource "aws_ecs_service" "s" {
  name            = "s"
  task_definition = aws_ecs_task_definition.t.arn
  desired_count   = 2
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
  network_configuration {
    subnets          = ["subnet-1"]
    assign_public_ip = false
  }
  lifecycle {
    ignore_changes = [desired_count]
  }
  depends_on = [aws_security_group.web]
}
output "subnets" { value = aws_ecs_service.s.network_configuration[0].assign_public_ip }
