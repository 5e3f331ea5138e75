variable "short" { default = [1] }
locals {
  on  = true
  off = false
  set = toset(["b", "a"])
}
resource "aws_cloudwatch_log_group" "maybe" {
  count = local.on ? 1 : 0
  name  = "maybe-${count.index}"
}
resource "aws_cloudwatch_log_group" "never" {
  count = local.off ? 1 : 0
  name  = var.short[5]
}
resource "aws_cloudwatch_log_group" "each" {
  for_each          = local.set
  name              = "${each.key}-${each.value}"
  retention_in_days = each.key == "a" ? 1 : 3
}
resource "aws_cloudwatch_log_group" "map" {
  for_each = { x = 1, "y z" = 2 }
  name     = "${each.key}${each.value}"
}
output "maybe" { value = aws_cloudwatch_log_group.maybe[0].name }
output "never" { value = aws_cloudwatch_log_group.never[*].name }
output "one" { value = one(aws_cloudwatch_log_group.never[*].name) }
output "each" { value = { for k, g in aws_cloudwatch_log_group.each : k => g.name } }
output "tried" { value = try(aws_cloudwatch_log_group.never[0].name, "none") }
output "values" { value = values(aws_cloudwatch_log_group.map)[*].name }
output "legacy" { value = aws_cloudwatch_log_group.maybe.0.name }
