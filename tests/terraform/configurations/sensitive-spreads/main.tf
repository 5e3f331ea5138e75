variable "token" {
  type      = string
  sensitive = true
}
variable "plain" { default = "p" }
locals {
  mixed = { token = var.token, plain = var.plain, list = ["x", var.token] }
}
module "m" {
  source = "./m"
  in     = var.token
}
resource "aws_ssm_parameter" "p" {
  name  = "/${var.plain}"
  type  = "SecureString"
  value = "prefix-${var.token}"
}
resource "aws_ecs_cluster" "c" {
  name = nonsensitive(var.token) == "x" ? "a" : "b"
  tags = local.mixed.list[0] == "x" ? { plain = local.mixed.plain } : {}
}
output "mixed" {
  value     = local.mixed
  sensitive = true
}
output "plain" { value = local.mixed.plain }
output "length" { value = nonsensitive(length(var.token)) }
output "open" { value = nonsensitive(var.token) }
output "is" { value = [issensitive(var.token), issensitive(var.plain), issensitive(local.mixed.list[0]), issensitive(module.m.out)] }
output "hash" {
  value     = sha1(var.token)
  sensitive = true
}
