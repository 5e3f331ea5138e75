variable "strict" {
  type     = string
  default  = "fallback"
  nullable = false
}
variable "loose" {
  type    = string
  default = "fallback"
}
variable "object" {
  type     = object({ a = optional(string, "x"), b = optional(number) })
  default  = {}
  nullable = false
}
output "all" { value = { strict = var.strict, loose = var.loose, object = var.object, set = var.loose != null } }
