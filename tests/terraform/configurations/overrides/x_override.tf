variable "v" { default = "over" }
locals { b = 3 }
resource "aws_cloudwatch_log_group" "g" {
  retention_in_days = 7
  tags              = { b = "2" }
}
resource "aws_security_group" "s" {
  ingress {
    from_port = 9
    to_port   = 9
    protocol  = "tcp"
  }
}
