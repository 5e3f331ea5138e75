
locals { ports = [90] }
resource "aws_security_group" "g" {
  tags = { c = "3" }
  ingress {
    from_port = 1
    to_port   = 2
    protocol  = "udp"
  }
  lifecycle { create_before_destroy = true }
}
variable "v" { default = "7" }
output "v" { value = var.v * 2 }
module "m" { a = 2 }
