variable "rules" {
  type    = map(object({ port = number, cidrs = optional(list(string), ["10.0.0.0/8"]) }))
  default = { web = { port = 443 }, admin = { port = 22, cidrs = ["192.168.0.0/16", "172.16.0.0/12"] } }
}
variable "secrets" {
  type    = set(string)
  default = ["b", "a"]
}
resource "aws_security_group" "g" {
  name = "g"
  dynamic "ingress" {
    for_each = { for name, rule in var.rules : "${name}-${rule.port}" => rule if length(rule.cidrs) > 0 }
    content {
      description = ingress.key
      from_port   = ingress.value.port
      to_port     = ingress.value.port
      protocol    = "tcp"
      cidr_blocks = ingress.value.cidrs
    }
  }
}
resource "aws_lb_listener" "l" {
  load_balancer_arn = "arn"
  port              = "443"
  default_action {
    type = "forward"
    forward {
      dynamic "target_group" {
        for_each = var.secrets
        content {
          arn    = target_group.value
          weight = target_group.key == "a" ? 90 : 10
        }
      }
    }
  }
}
output "names" { value = [for s in var.secrets : upper(s)] }
