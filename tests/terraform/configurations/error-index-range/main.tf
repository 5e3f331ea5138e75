variable "l" { default = ["a"] }
output "o" { value = var.l[1] }
