variable "name" {
  type = string
}
variable "size" {
  type    = number
  default = "3"
}
variable "object" {
  type = object({
    cpu    = number
    memory = optional(number, 512)
    tags   = optional(map(string), {})
    nested = optional(object({ a = optional(string, "x"), b = optional(bool) }), {})
    none   = optional(string)
  })
  default = { cpu = "256" }
}
variable "list" {
  type    = list(object({ name = string, port = optional(number, 80) }))
  default = [{ name = "a" }, { name = "b", port = 81 }]
}
variable "map" {
  type    = map(object({ on = optional(bool, true) }))
  default = { x = {}, y = { on = false } }
}
variable "set" {
  type    = set(string)
  default = ["b", "a", "b"]
}
variable "any" {
  type    = any
  default = [1, "a"]
}
variable "untyped" {}
variable "from_file" {
  type    = string
  default = "default"
}
variable "from_auto" {
  default = "default"
}
variable "flag" {
  type     = bool
  default  = true
  nullable = false
}
variable "secret" {
  default   = "not-a-real-password-1"
  sensitive = true
}
variable "tuple" {
  type    = tuple([string, number])
  default = [1, "2"]
}
variable "lines" {
  type    = string
  default = <<-EOT
    one
      two
  EOT
}
output "name" { value = var.name }
output "size" { value = var.size + 1 }
output "object" { value = var.object }
output "list" { value = var.list }
output "map" { value = var.map }
output "set" { value = var.set }
output "any" { value = var.any }
output "untyped" { value = var.untyped }
output "from_file" { value = var.from_file }
output "from_auto" { value = var.from_auto }
output "flag" { value = var.flag }
output "secret" {
  value     = var.secret
  sensitive = true
}
output "tuple" { value = var.tuple }
output "lines" { value = var.lines }
