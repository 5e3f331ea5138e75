variable "value" {}
resource "aws_sqs_queue" "q" {
  name = format("q-%03d", var.value)
}
output "out" { value = var.value * 2 }
