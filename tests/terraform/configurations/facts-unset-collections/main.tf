resource "aws_ecs_service" "s" { name = "s" }
resource "aws_ecs_task_definition" "t" {
  family                = "t"
  container_definitions = "[]"
}
output "tags" { value = aws_ecs_service.s.tags }
output "no_tags" { value = aws_ecs_service.s.tags == null }
output "merged" { value = merge({ a = "b" }, aws_ecs_service.s.tags) }
output "balancers" { value = length(aws_ecs_service.s.load_balancer) }
output "networks" { value = length(aws_ecs_service.s.network_configuration) }
output "no_network" { value = try(aws_ecs_service.s.network_configuration[0].subnets, ["none"]) }
output "volumes" { value = [for volume in aws_ecs_task_definition.t.volume : volume.name] }
output "compatibilities" { value = aws_ecs_task_definition.t.requires_compatibilities }
