variable "t" {
  default = 1
}
check "c" {
  assert {
    condition     = var.t == 1 ? null : true
    error_message = "no"
  }
}
