variable "family" {}
output "family" { value = "inner-${var.family}" }
resource "aws_cloudwatch_log_group" "this" {
  name              = "/ecs/${var.family}"
  retention_in_days = 7
}
