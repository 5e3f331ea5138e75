variable "t" {
  default = 1
}
check "d" {
  assert {
    condition     = var.t == 2
    error_message = "no"
  }
}
output "path" { value = path.module }
