resource "aws_cloudwatch_log_group" "g" {
  for_each = ["a"]
  name     = each.key
}
