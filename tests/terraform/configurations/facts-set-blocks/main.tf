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
output "in_order" { value = [for b in aws_ecs_service.s.load_balancer : b.container_port] }
output "number" { value = length(aws_ecs_service.s.load_balancer) }
resource "aws_ecs_service" "repeated" {
  name = "r"
  dynamic "load_balancer" {
    for_each = ["b", "a", "c", "b"]
    content {
      container_name = load_balancer.value
      container_port = 80
    }
  }
}
output "repeated" { value = [for b in aws_ecs_service.repeated.load_balancer : b.container_name] }
resource "aws_lb_listener" "l" {
  load_balancer_arn = "arn"
  default_action {
    type = "forward"
    forward {
      target_group {
        arn    = "b"
        weight = 2
      }
      target_group {
        arn    = "a"
      }
    }
  }
}
output "nested" { value = [for t in aws_lb_listener.l.default_action[0].forward[0].target_group : t.arn] }
