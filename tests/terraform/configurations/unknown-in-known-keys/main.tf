resource "aws_vpc" "v" {
  for_each   = { a = "10.0.0.0/16", b = "10.1.0.0/16" }
  cidr_block = each.value
}
resource "aws_subnet" "s" {
  for_each   = aws_vpc.v
  vpc_id     = each.value.id
  cidr_block = cidrsubnet(each.value.cidr_block, 4, 1)
}
resource "aws_route_table" "r" {
  for_each = { for k, s in aws_subnet.s : "rt-${k}" => s.id }
  vpc_id   = each.value
}
locals {
  ids = { for k, v in aws_vpc.v : k => v.id }
}
output "keys" { value = keys(aws_route_table.r) }
output "ids" { value = local.ids }
output "cidrs" { value = values(aws_subnet.s)[*].cidr_block }
output "merged" { value = merge(local.ids, { c = "known" }) }
output "lookup" { value = lookup(local.ids, "c", "none") }
output "length" { value = length(local.ids) }
output "contains" { value = contains(keys(local.ids), "a") }
output "list" { value = concat(values(local.ids), ["x"]) }
output "json" { value = jsonencode(local.ids) }
output "template" { value = "%{ for k, id in local.ids }${k}=${id};%{ endfor }" }
