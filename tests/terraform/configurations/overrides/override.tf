resource "aws_cloudwatch_log_group" "g" {
  name = "override.tf"
}
