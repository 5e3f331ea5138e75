locals {
  sizes = { default = 1, prod = 3 }
}
resource "aws_cloudwatch_log_group" "g" {
  name              = "app-${terraform.workspace}"
  retention_in_days = lookup(local.sizes, terraform.workspace, 7)
}
