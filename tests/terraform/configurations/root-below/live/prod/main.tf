module "m" {
  source = "../../modules/m"
  env    = "prod"
}
output "p" { value = module.m.module_path }
