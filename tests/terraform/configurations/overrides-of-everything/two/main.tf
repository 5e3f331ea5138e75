variable "text" {}
output "text" { value = "two ${var.text}" }
