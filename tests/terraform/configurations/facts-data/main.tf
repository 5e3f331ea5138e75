data "aws_vpc" "v" { id = "vpc-1" }
data "aws_subnets" "s" {
  filter {
    name   = "vpc-id"
    values = ["vpc-1"]
  }
}
resource "aws_security_group" "g" {
  name   = "g"
  vpc_id = data.aws_vpc.v.id
}
output "cidr" { value = "in ${data.aws_vpc.v.cidr_block}" }
output "ids" { value = data.aws_subnets.s.ids }
output "how_many" { value = length(data.aws_subnets.s.ids) }
output "is_list" { value = can(data.aws_subnets.s.ids[0]) }
