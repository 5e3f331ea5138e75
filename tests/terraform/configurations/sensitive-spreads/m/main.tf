variable "in" {}
output "out" {
  value     = upper(var.in)
  sensitive = true
}
