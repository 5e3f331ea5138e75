resource "aws_ecs_service" "s" {
  name = "s"
  timeouts { create = "10m" }
}
resource "aws_ecs_service" "plain" { name = "p" }
output "create" { value = aws_ecs_service.s.timeouts.create }
output "none" { value = aws_ecs_service.plain.timeouts == null }
