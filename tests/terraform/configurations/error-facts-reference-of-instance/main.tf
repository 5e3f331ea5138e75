resource "aws_lb" "l" {
  count = 2
  name  = "l"
}
output "x" { value = aws_lb.l[1].dns_nam }
