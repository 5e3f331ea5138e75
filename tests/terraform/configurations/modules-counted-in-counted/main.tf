module "outer" {
  source = "./outer"
  count  = 2
  offset = count.index * 10
}
output "all" { value = module.outer[*].inner }
output "sum" { value = sum(flatten(module.outer[*].inner)) }
output "last" { value = module.outer[length(module.outer) - 1].inner[1] }
