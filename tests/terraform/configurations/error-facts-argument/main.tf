resource "aws_ecs_service" "s" {
  name = "s"
  desired_counts = 2
}
