variable "name" {
  type = string
  validation {
    condition     = can(regex("^[a-z]+-[0-9]+$", var.name))
    error_message = "Give a name such as web-1, not ${var.name}."
  }
  validation {
    condition     = length(var.name) < var.limit
    error_message = "At most ${var.limit} letters."
  }
}
variable "limit" { default = 12 }
variable "ports" {
  type = set(number)
  validation {
    condition     = alltrue([for p in var.ports : p > 0 && p < 65536])
    error_message = "Not a port."
  }
}
output "ports" { value = sort([for p in var.ports : tostring(p)]) }
output "name" {
  value = upper(var.name)
  precondition {
    condition     = startswith(var.name, "api")
    error_message = "Only for the API."
  }
}
resource "aws_ecs_cluster" "c" {
  name = var.name
  lifecycle {
    precondition {
      condition     = contains(var.ports, 443)
      error_message = "TLS is needed."
    }
    postcondition {
      condition     = self.name == var.name
      error_message = "Odd."
    }
  }
}
check "later" {
  assert {
    condition     = length(var.ports) > 5
    error_message = "A failed check is a warning only."
  }
}
