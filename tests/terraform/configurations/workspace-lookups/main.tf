locals {
  sizes = { default = 1, staging = 2, production = 4 }
  size  = lookup(local.sizes, terraform.workspace, 1)
  name  = terraform.workspace == "production" ? "api" : "api-${terraform.workspace}"
}
resource "aws_ecs_service" "s" {
  count         = terraform.workspace == "staging" ? 1 : 0
  name          = local.name
  desired_count = local.size
}
resource "aws_ecs_service" "p" {
  for_each = terraform.workspace == "production" ? toset(["a"]) : toset([])
  name     = each.key
}
output "size" { value = local.size }
output "p" { value = keys(aws_ecs_service.p) }
output "s" { value = one(aws_ecs_service.s[*].name) }
