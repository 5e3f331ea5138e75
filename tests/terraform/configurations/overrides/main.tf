variable "v" { default = "base" }
locals {
  a = 1
  b = 2
}
resource "aws_cloudwatch_log_group" "g" {
  name              = "base"
  retention_in_days = 1
  tags              = { a = "1" }
}
resource "aws_security_group" "s" {
  name = "s"
  ingress {
    from_port = 1
    to_port   = 1
    protocol  = "tcp"
  }
  ingress {
    from_port = 2
    to_port   = 2
    protocol  = "tcp"
  }
}
output "o" { value = "${var.v} ${local.a} ${local.b}" }
