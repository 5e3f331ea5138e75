variable "r" {}
