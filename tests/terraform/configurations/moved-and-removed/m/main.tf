moved {
  from = aws_sqs_queue.a
  to   = aws_sqs_queue.b["x"]
}
resource "aws_sqs_queue" "b" {
  for_each = toset(["x", "y"])
  name     = each.value
}
output "n" { value = length(aws_sqs_queue.b) }
