resource "aws_ecs_task_definition" "t" {
  family                   = "t"
  container_definitions    = "[]"
  requires_compatibilities = ["FARGATE", "EC2", "FARGATE"]
}
resource "aws_ecs_service" "s" {
  name = "s"
  network_configuration {
    subnets         = ["subnet-b", "subnet-a", "subnet-b"]
    security_groups = [aws_security_group.g.id, "sg-1"]
  }
}
resource "aws_security_group" "g" { name = "g" }
output "compatibilities" { value = aws_ecs_task_definition.t.requires_compatibilities }
output "how_many" { value = length(aws_ecs_task_definition.t.requires_compatibilities) }
output "subnets" { value = aws_ecs_service.s.network_configuration[0].subnets }
output "first" { value = tolist(aws_ecs_service.s.network_configuration[0].subnets)[0] }
