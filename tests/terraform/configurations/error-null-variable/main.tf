variable "v" {
  default  = null
  nullable = false
}
output "v" { value = var.v }
