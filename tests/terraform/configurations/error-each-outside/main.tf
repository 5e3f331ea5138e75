resource "aws_ecs_cluster" "c" {
  name = each.key
}
