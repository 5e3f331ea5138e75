variable "s" {
  type = number
  default = "x"
}
