
module "m" {
  source   = "./m"
  for_each = { for k in ["a", "b"] : k => upper(k) }
  name     = each.value
  sizes    = [for i in range(each.key == "a" ? 1 : 2) : i]
}
module "n" {
  source = "./m"
  count  = 2
  name   = "n${count.index}"
}
output "names" { value = { for k, m in module.m : k => m.name } }
output "splat" { value = module.n[*].name }
output "values" { value = values(module.m)[*].ids }
output "one" { value = module.m["a"].sizes }
output "keys" { value = keys(module.m) }
output "len" { value = [length(module.m), length(module.n)] }
output "last" { value = module.n[length(module.n) - 1].name }
output "flat" { value = flatten([for m in module.m : m.sizes]) }
output "all" { value = module.n[0] }
