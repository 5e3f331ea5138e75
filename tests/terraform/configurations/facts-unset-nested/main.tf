resource "aws_ecs_service" "s" {
  name = "s"
  network_configuration { subnets = ["a"] }
  load_balancer {
    container_name = "web"
    container_port = "80"
  }
}
output "groups" { value = aws_ecs_service.s.network_configuration[0].security_groups }
output "port" { value = [for balancer in aws_ecs_service.s.load_balancer : balancer.container_port] }
output "advanced" { value = [for balancer in aws_ecs_service.s.load_balancer : length(balancer.advanced_configuration)] }
