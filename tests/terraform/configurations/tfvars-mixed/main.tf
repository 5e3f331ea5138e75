
variable "a" { default = "d" }
variable "b" { default = "d" }
variable "c" {
  type    = list(string)
  default = []
}
variable "d" {
  type    = object({ x = optional(number, 5), y = string })
  default = { y = "q" }
}
variable "e" {
  type     = string
  default  = "e"
  nullable = false
}
output "o" { value = [var.a, var.b, var.c, var.d, var.e] }
