variable "a" {
  default = "default"
}
output "a" { value = var.a }
variable "b" {
  default = "default"
}
output "b" { value = var.b }
variable "c" {
  default = "default"
}
output "c" { value = var.c }
variable "d" {
  default = "default"
}
output "d" { value = var.d }
variable "e" {
  default = "default"
}
output "e" { value = var.e }
variable "f" {
  default = "default"
}
output "f" { value = var.f }
variable "g" {
  default = "default"
}
output "g" { value = var.g }
variable "h" {
  default = "default"
}
output "h" { value = var.h }
variable "i" {
  default = "default"
}
output "i" { value = var.i }
