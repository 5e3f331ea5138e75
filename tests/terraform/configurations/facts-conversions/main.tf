resource "aws_ecs_task_definition" "t" {
  family                = 12
  cpu                   = 256
  memory                = "512"
  skip_destroy          = "true"
  container_definitions = "[]"
}
resource "aws_ecs_service" "s" {
  name                   = "s"
  desired_count          = "2"
  enable_execute_command = "false"
  tags                   = { a = 1, b = true }
}
output "cpu" { value = aws_ecs_task_definition.t.cpu }
output "is_text" { value = aws_ecs_task_definition.t.cpu == "256" }
output "family" { value = aws_ecs_task_definition.t.family }
output "skip" { value = !aws_ecs_task_definition.t.skip_destroy }
output "count" { value = aws_ecs_service.s.desired_count + 1 }
output "tags" { value = aws_ecs_service.s.tags }
