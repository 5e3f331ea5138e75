variable "image" { default = "example/app:1" }
resource "aws_ecs_task_definition" "t" {
  family                = "t"
  container_definitions = templatefile("${path.module}/containers.json.tftpl", { image = var.image, ports = [80, 443], debug = false })
}
resource "aws_ecs_task_definition" "h" {
  family                = "h"
  container_definitions = <<-JSON
    [
      {
        "name": "app",
        "image": "${var.image}",
        "cpu": ${128 * 2}
      }
    ]
  JSON
}
output "rendered" { value = templatefile("list.tftpl", { items = { b = 1, a = 2 } }) }
output "value" { value = templatefile("value.tftpl", { x = [1, 2] }) }
