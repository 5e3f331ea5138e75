variable "teams" {
  default = {
    red  = { services = { api = 2, job = 1 } }
    blue = { services = { web = 3 } }
  }
}
module "team" {
  source   = "./team"
  for_each = var.teams
  name     = each.key
  services = each.value.services
}
output "by_team" { value = { for k, m in module.team : k => m.names } }
output "flat" { value = flatten([for m in module.team : m.names]) }
output "first" { value = module.team["red"].counts["api"] }
output "totals" { value = { for k, m in module.team : k => sum(values(m.counts)) } }
