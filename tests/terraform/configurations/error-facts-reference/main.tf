resource "aws_ecs_service" "s" {
  name = "s"
}
output "x" { value = aws_ecs_service.s.nmae }
