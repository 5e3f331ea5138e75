locals { ports = ["80", "443"] }
resource "aws_security_group" "g" {
  name = "g"
  dynamic "ingress" {
    for_each = local.ports
    content {
      from_port = ingress.value
      to_port   = ingress.value
      protocol  = "tcp"
    }
  }
}
output "ports" { value = sort([for rule in aws_security_group.g.ingress : tostring(rule.to_port)]) }
output "protocols" { value = [for rule in aws_security_group.g.ingress : rule.protocol] }
output "in_order" { value = [for rule in aws_security_group.g.ingress : rule.from_port] }
output "number" { value = length(aws_security_group.g.ingress) }
