variable "name" {}
variable "subnet" {
  type = object({ cidr = string, index = number })
}
output "cidr" { value = var.subnet.cidr }
output "label" { value = "${var.name}:${var.subnet.index}:${cidrhost(var.subnet.cidr, 5)}" }
