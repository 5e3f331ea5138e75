data "aws_vpc" "v" {
  id = "vpc-1"
}
data "aws_subnets" "s" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.v.id]
  }
}
data "aws_caller_identity" "me" {}
resource "aws_security_group" "g" {
  name   = "g-${data.aws_vpc.v.cidr_block}"
  vpc_id = data.aws_vpc.v.id
  tags   = { account = data.aws_caller_identity.me.account_id, fixed = "yes" }
}
resource "aws_lb" "l" {
  name            = "l"
  subnets         = data.aws_subnets.s.ids
  security_groups = [aws_security_group.g.id, "sg-1"]
}
output "arn" { value = "arn:aws:ecs:eu-west-1:${data.aws_caller_identity.me.account_id}:cluster/x" }
output "first" { value = data.aws_subnets.s.ids[0] }
output "pair" { value = [data.aws_vpc.v.cidr_block, "known", length(data.aws_subnets.s.ids)] }
output "decided" { value = startswith("arn:${data.aws_caller_identity.me.account_id}", "arn:") }
output "object" { value = { a = data.aws_vpc.v.id, b = { c = 1, d = [data.aws_vpc.v.arn, 2] } } }
