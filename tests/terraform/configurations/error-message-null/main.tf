variable "t" {
  default = 1
}
output "o" {
  value = 1
  precondition {
    condition     = var.t == 1
    error_message = var.t == 1 ? null : "x"
  }
}
