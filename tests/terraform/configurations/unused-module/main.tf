module "m" {
  source = "./m"
  count  = 0
  r      = 1
}
output "all" { value = module.m[*].x }
output "none" { value = try(module.m[0].x, "none") }
