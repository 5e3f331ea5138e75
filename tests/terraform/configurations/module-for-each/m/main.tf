
variable "name" {}
variable "sizes" { default = [9] }
resource "terraform_data" "d" {
  count = length(var.sizes)
  input = "${var.name}-${var.sizes[count.index]}"
}
output "name" { value = "<${var.name}>" }
output "sizes" { value = var.sizes }
output "ids" { value = terraform_data.d[*].id }
output "inputs" { value = terraform_data.d[*].input }
