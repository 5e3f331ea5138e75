variable "name" { type = string }
variable "services" { type = map(number) }
module "service" {
  source   = "../service"
  for_each = var.services
  prefix   = var.name
  name     = each.key
  replicas = each.value
}
output "names" { value = [for k in sort(keys(module.service)) : module.service[k].full] }
output "counts" { value = { for k, m in module.service : k => length(m.members) } }
