resource "aws_ecs_cluster" "c" {
  count = 0
  name  = var.nowhere
}
