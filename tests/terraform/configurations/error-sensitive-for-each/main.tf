variable "s" {
  default   = ["a"]
  sensitive = true
}
resource "aws_ecs_cluster" "c" {
  for_each = toset(var.s)
  name     = each.key
}
