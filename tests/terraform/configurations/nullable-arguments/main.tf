module "m" {
  source = "./m"
  strict = null
  loose  = null
  object = { a = null }
}
module "n" {
  source = "./m"
}
output "m" { value = module.m.all }
output "n" { value = module.n.all }
