resource "aws_lb" "l" { name = "l" }
output "x" { value = try(aws_lb.l.dns_nam, "none") }
