variable "in" { type = map(string) }
output "out" { value = join("|", [for k, v in var.in : "${k}=${v}"]) }
