variable "prefix" { type = string }
variable "name" { type = string }
variable "replicas" { type = number }
resource "aws_cloudwatch_log_group" "this" {
  count = var.replicas
  name  = "/${var.prefix}/${var.name}/${count.index}"
}
output "full" { value = "${var.prefix}-${var.name}" }
output "members" { value = aws_cloudwatch_log_group.this[*].name }
