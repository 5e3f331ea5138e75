check "c" {
  data "aws_ecs_cluster" "c" {
    count        = 2
    cluster_name = "c"
  }
  assert {
    condition     = data.aws_ecs_cluster.c.status == "ACTIVE"
    error_message = "no"
  }
}
