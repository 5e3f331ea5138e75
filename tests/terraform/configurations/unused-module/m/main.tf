variable "r" {}
resource "terraform_data" "x" {
  input = var.r == 2 ? tonumber("x") : 1
}
output "x" { value = tonumber("x${var.r}") }
