variable "cidr" { type = string }
variable "zones" { type = set(string) }
locals {
  numbered = { for i, z in sort(tolist(var.zones)) : z => i }
}
resource "aws_subnet" "s" {
  for_each   = local.numbered
  vpc_id     = "vpc-1"
  cidr_block = cidrsubnet(var.cidr, 8, each.value)
}
output "subnets" {
  value = { for z, s in aws_subnet.s : "zone-${z}" => { cidr = s.cidr_block, index = local.numbered[z] } }
}
