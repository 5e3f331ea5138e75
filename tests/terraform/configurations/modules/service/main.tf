variable "name" {}
variable "cpu" { type = string }
variable "image" {
  default  = "example/none:0"
  nullable = false
}
resource "aws_ecs_task_definition" "this" {
  family = var.name
  cpu    = var.cpu
  container_definitions = jsonencode([{
    name  = var.name
    image = var.image
  }])
}
module "inner" {
  source = "../inner"
  family = aws_ecs_task_definition.this.family
}
output "name" { value = upper(module.inner.family) }
output "cpu" { value = aws_ecs_task_definition.this.cpu }
output "path" { value = path.module }
