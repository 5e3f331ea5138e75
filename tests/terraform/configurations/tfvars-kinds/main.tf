variable "untyped" {}
variable "untyped_file" {}
variable "list" { type = list(string) }
variable "number" { type = string }
variable "object" {
  type = object({
    name  = string
    ports = set(number)
    extra = optional(string, "none")
  })
}
variable "text" { type = string }
variable "any" { type = any }
variable "map_of_any" { type = map(list(any)) }
variable "numbers" { type = list(number) }
output "untyped" { value = var.untyped }
output "untyped_file" { value = var.untyped_file }
output "list" { value = var.list }
output "number" { value = var.number }
output "object" { value = var.object }
output "text" { value = var.text }
output "any" { value = var.any }
output "map_of_any" { value = var.map_of_any }
output "numbers" { value = var.numbers }
