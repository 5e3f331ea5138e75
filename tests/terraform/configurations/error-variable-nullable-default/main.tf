variable "s" {
  type = number
  nullable = false
  default = null
}
