variable "label" {
  default   = "overridden"
  sensitive = true
}
locals { replaced = "override" }
resource "aws_ecs_service" "s" {
  tags = { c = "3" }
  ordered_placement_strategy {
    type  = "random"
  }
  lifecycle {
    ignore_changes = [desired_count]
  }
}
output "o" { value = "first override" }
