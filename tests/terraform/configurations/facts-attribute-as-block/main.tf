resource "aws_security_group" "as_attribute" {
  name    = "a"
  ingress = [{
    description      = "web"
    from_port        = "80"
    to_port          = 80
    protocol         = "tcp"
    cidr_blocks      = ["10.0.0.0/8"]
    ipv6_cidr_blocks = []
    prefix_list_ids  = []
    security_groups  = []
    self             = false
  }]
}
resource "aws_security_group" "as_block" {
  name = "b"
  ingress {
    from_port   = "80"
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}
resource "aws_security_group" "none" {
  name    = "c"
  ingress = []
}
output "attribute" { value = length(aws_security_group.as_attribute.ingress) }
output "block" { value = [for rule in aws_security_group.as_block.ingress : rule.from_port] }
output "self" { value = one(aws_security_group.as_attribute.ingress).self }
output "none" { value = length(aws_security_group.none.ingress) }
