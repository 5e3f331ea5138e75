variable "t" {
  default = 1
}
variable "u" {
  default = 1
  validation {
    condition     = var.t == 1
    error_message = "no"
  }
}
