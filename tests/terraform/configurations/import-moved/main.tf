
moved {
  from = terraform_data.old
  to   = terraform_data.new
}
removed {
  from = terraform_data.gone
  lifecycle { destroy = false }
}
resource "terraform_data" "new" { input = 1 }
output "i" { value = terraform_data.new.input }
output "o" { value = terraform_data.new.output }
