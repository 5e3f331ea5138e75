check "c" {
  data "aws_ecs_cluster" "c" {
    cluster_name = "c"
  }
  assert {
    condition     = data.aws_ecs_cluster.c.status == "ACTIVE"
    error_message = "no"
  }
}
output "o" { value = data.aws_ecs_cluster.c.status }
