variable "offset" { type = number }
module "inner" {
  source = "./inner"
  count  = 2
  value  = var.offset + count.index
}
output "inner" { value = [for m in module.inner : m.out] }
