variable "size" { default = 256 }
resource "aws_lb" "l" { name = "l" }
resource "aws_ecs_task_definition" "t" {
  family                = aws_lb.l.id
  cpu                   = var.size
  memory                = length(aws_lb.l.arn)
  container_definitions = jsonencode([{ name = "web", image = aws_lb.l.dns_name }])
}
resource "aws_ecs_service" "s" {
  name = "s"
  network_configuration {
    subnets         = [aws_lb.l.id, aws_lb.l.arn]
    security_groups = aws_lb.l.security_groups
  }
}
output "memory" { value = aws_ecs_task_definition.t.memory }
output "cpu" { value = aws_ecs_task_definition.t.cpu }
