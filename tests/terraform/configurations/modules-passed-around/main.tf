module "network" {
  source = "./network"
  cidr   = "10.1.0.0/16"
  zones  = ["a", "b", "c"]
}
module "apps" {
  source   = "./app"
  for_each = module.network.subnets
  name     = each.key
  subnet   = each.value
}
output "keys" { value = keys(module.apps) }
output "cidrs" { value = { for k, a in module.apps : k => a.cidr } }
output "longest" { value = max([for a in values(module.apps) : length(a.label)]...) }
