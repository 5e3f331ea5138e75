resource "aws_ecs_service" "s" {
  name = "s"
  load_balancer {
    container_nmae = "web"
    container_port = 80
  }
}
