locals {
  b = [for x in ["p", "q", "r"] : "${x}${local.c}"]
  c = var.d
}
variable "d" { default = 7 }
resource "aws_sqs_queue" "q" {
  name = "queue-${local.a}"
}
