variable "size" {
  type    = number
  default = 1
}
variable "label" {
  default   = "base"
  sensitive = false
}
locals {
  kept     = "kept"
  replaced = "base"
}
resource "aws_ecs_service" "s" {
  name          = "base"
  desired_count = var.size
  tags          = { a = "1", b = "2" }
  ordered_placement_strategy {
    type  = "spread"
    field = "instanceId"
  }
  ordered_placement_strategy {
    type  = "binpack"
    field = "memory"
  }
  deployment_circuit_breaker {
    enable   = true
    rollback = false
  }
  lifecycle {
    create_before_destroy = true
  }
}
module "m" {
  source = "./one"
  text   = "base"
}
output "o" { value = "base" }
output "label" {
  value     = var.label
  sensitive = true
}
output "locals" { value = [local.kept, local.replaced] }
output "m" { value = module.m.text }
