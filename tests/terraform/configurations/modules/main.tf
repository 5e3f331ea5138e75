variable "short" { default = [1] }
variable "services" {
  default = {
    web = { cpu = 256, image = "example/web:1" }
    job = { cpu = 512 }
  }
}
module "service" {
  source   = "./service"
  for_each = var.services
  name     = each.key
  cpu      = each.value.cpu
  image    = try(each.value.image, "example/default:2")
}
module "pair" {
  source = "./service"
  count  = 2
  name   = "pair-${count.index}"
  cpu    = 128 * (count.index + 1)
}
module "none" {
  source = "./service"
  count  = 0
  name   = var.short[5]
  cpu    = 1
}
module "one" {
  source = "./service"
  name   = module.service["web"].name
  cpu    = module.pair[1].cpu
}
output "names" { value = { for k, m in module.service : k => m.name } }
output "pair" { value = module.pair[*].name }
output "one" { value = module.one.cpu }
output "none" { value = module.none }
output "all" { value = module.one }
output "path" { value = module.one.path }
