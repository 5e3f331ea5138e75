variable "count_of" {
  type    = number
  default = null
}
resource "aws_ecs_service" "s" {
  name          = "s"
  launch_type   = null
  desired_count = var.count_of
  tags          = null
}
output "launch" { value = aws_ecs_service.s.launch_type }
output "tags" { value = aws_ecs_service.s.tags }
