resource "aws_ecs_cluster" "c" {
  count = -1
  name  = "c"
}
