resource "aws_ecs_service" "s" {
  name = "s"
  load_balancers {
    container_name = "web"
    container_port = 80
  }
}
