resource "aws_ecs_service" "s" {
  name = "s"
  load_balancer {
    container_name = "web"
    container_port = 80
  }
  load_balancer {
    container_name = "admin"
    container_port = 81
  }
}
output "names" { value = sort(aws_ecs_service.s.load_balancer[*].container_name) }
output "ports" { value = sum([for b in aws_ecs_service.s.load_balancer : b.container_port]) }
output "by_name" { value = { for b in aws_ecs_service.s.load_balancer : b.container_name => b.container_port } }
