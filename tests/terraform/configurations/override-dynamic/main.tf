
locals { ports = [80, 81] }
resource "aws_security_group" "g" {
  name = "g"
  tags = { a = "1", b = "2" }
  dynamic "ingress" {
    for_each = local.ports
    content {
      from_port = ingress.value
      to_port   = ingress.value
      protocol  = "tcp"
    }
  }
  egress {
    from_port = 0
    to_port   = 0
    protocol  = "-1"
  }
  lifecycle { ignore_changes = [tags] }
}
output "n" { value = length(aws_security_group.g.ingress) }
variable "v" {
  type    = number
  default = 1
}
output "v" { value = var.v }
module "m" {
  source = "./m"
  a      = 1
}
output "m" { value = module.m.out }
