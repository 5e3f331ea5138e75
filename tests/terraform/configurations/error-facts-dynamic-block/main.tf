resource "aws_ecs_service" "s" {
  name = "s"
  dynamic "load_balancers" {
    for_each = [80]
    content {
      container_name = "web"
      container_port = load_balancers.value
    }
  }
}
