
variable "s" {
  default   = "secret"
  sensitive = true
}
locals { o = { a = var.s, b = 1 } }
output "b" { value = local.o.b }
output "a" {
  value     = local.o
  sensitive = true
}
output "len" { value = nonsensitive(length(var.s)) }
output "eq" { value = nonsensitive(var.s == "secret") }
output "tern" { value = nonsensitive(var.s == "secret" ? 1 : 2) }
output "k" { value = keys(local.o) }
resource "aws_ecs_service" "s" {
  name = "x-${var.s}"
  tags = { a = var.s, b = "c" }
}
