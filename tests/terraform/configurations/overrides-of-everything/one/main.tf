variable "text" {}
output "text" { value = "one ${var.text}" }
