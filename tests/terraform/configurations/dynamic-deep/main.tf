
variable "rules" {
  default = { a = { ports = [1, 2], on = true }, b = { ports = [], on = false }, c = { ports = [3], on = true } }
}
resource "aws_lb_listener_rule" "r" {
  listener_arn = "x"
  dynamic "action" {
    for_each = { for k, r in var.rules : k => r if r.on }
    iterator = rule
    content {
      type  = "forward"
      order = rule.value.ports[0]
      forward {
        dynamic "target_group" {
          for_each = rule.value.ports
          content {
            arn    = "${rule.key}-${target_group.key}-${target_group.value}"
            weight = target_group.value * 10
          }
        }
      }
    }
  }
  dynamic "condition" {
    for_each = [for p in ["/a", "/b"] : { path = p }]
    content {
      path_pattern { values = [condition.value.path, condition.key] }
    }
  }
}
resource "aws_ecs_task_definition" "t" {
  family                = "f"
  container_definitions = jsonencode([for k, r in var.rules : merge({ name = k }, r.on ? { portMappings = [for p in r.ports : { containerPort = p }] } : {})])
  dynamic "volume" {
    for_each = toset(["b", "a"])
    content { name = volume.value == volume.key ? "v-${volume.key}" : "no" }
  }
}
output "cd" { value = jsondecode(aws_ecs_task_definition.t.container_definitions) }
output "vols" { value = [for v in aws_ecs_task_definition.t.volume : v.name] }
