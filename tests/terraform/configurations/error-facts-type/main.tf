resource "aws_ecs_service" "s" {
  name = "s"
  desired_count = "two"
}
