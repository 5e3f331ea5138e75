resource "aws_ecs_service" "s" {
  name = "s"
  load_balancer {
    container_name = "web"
    container_port = 80
  }
}
output "x" { value = aws_ecs_service.s.load_balancer[0].container_name }
