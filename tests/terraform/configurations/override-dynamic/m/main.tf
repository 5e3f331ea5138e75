variable "a" {}
variable "b" { default = "b" }
output "out" { value = "${var.a}${var.b}" }
