resource "terraform_data" "x" {
  count = 0
  input = each.key
}
