
resource "terraform_data" "a" { count = 3 }
resource "terraform_data" "b" {
  for_each = { x = terraform_data.a[0].id, y = "q" }
  input    = each.value
}
locals { by = { for i, r in terraform_data.a : "k${i}" => r.id } }
output "keys" { value = keys(local.by) }
output "b" { value = { for k, v in terraform_data.b : k => v.input } }
output "ids" { value = terraform_data.a[*].id }
output "n" { value = length(terraform_data.a) }
output "cond" { value = terraform_data.a[0].id == "x" ? { p = 1 } : { p = 2 } }
output "merged" { value = merge({ a = 1 }, { b = terraform_data.a[0].id }) }
