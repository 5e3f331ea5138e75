resource "aws_ecs_cluster" "c" {
  name = "c"
}
locals {
  services = {
    api = { cluster = aws_ecs_cluster.c.arn, count = 2 }
    job = { cluster = aws_ecs_cluster.c.id, count = 1 }
  }
  list = [for k, s in local.services : merge(s, { name = k })]
}
resource "aws_ecs_service" "s" {
  for_each      = local.services
  name          = each.key
  cluster       = each.value.cluster
  desired_count = each.value.count
}
resource "aws_appautoscaling_target" "t" {
  for_each           = { for name, service in aws_ecs_service.s : name => service if service.desired_count > 1 }
  min_capacity       = 1
  max_capacity       = each.value.desired_count * 2
  resource_id        = "service/${aws_ecs_cluster.c.name}/${each.value.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  service_namespace  = "ecs"
}
output "targets" { value = keys(aws_appautoscaling_target.t) }
output "list" { value = local.list }
output "ids" { value = [for t in aws_appautoscaling_target.t : t.resource_id] }
