variable "t" {
  default = 1
}
check "c" {
  data "aws_ecs_cluster" "c" {
    cluster_name = "c"
  }
  assert {
    condition     = data.aws_ecs_cluster.c.status == "ACTIVE"
    error_message = "no"
  }
}
check "d" {
  assert {
    condition     = var.t == 2
    error_message = "no"
  }
}
module "m" {
  source = "./m"
  count  = 2
}
output "t" { value = var.t }
