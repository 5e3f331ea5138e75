variable "b" { default = upper("a") }
