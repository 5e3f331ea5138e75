locals {
  variables = { LOG = "info", "MODE" = "x\"y" }
  rendered = templatefile("${path.module}/task.json.tftpl", {
    containers = [{ name = "web", ports = [80, 443] }, { name = "job", ports = [] }]
    variables  = local.variables
    debug      = false
  })
  decoded = jsondecode(local.rendered)
}
resource "aws_ecs_task_definition" "t" {
  family                = "t"
  container_definitions = local.rendered
}
output "names" { value = local.decoded[*].name }
output "ports" { value = [for c in local.decoded : c.portMappings[*].containerPort] }
output "environment" { value = local.decoded[0].environment }
output "text" { value = templatefile("list.txt.tftpl", { rows = { b = 1, a = [1] } }) }
output "nested" { value = templatefile("outer.tftpl", { path = "inner.tftpl", n = 3 }) }
