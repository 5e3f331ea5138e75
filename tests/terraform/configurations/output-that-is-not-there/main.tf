module "m" {
  source = "./m"
}
output "o" { value = try(module.m.nope, 1) }
output "can" { value = can(module.m.nope) }
