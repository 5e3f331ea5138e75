variable "nothing" {
  type    = object({ a = string })
  default = null
}
variable "one" { default = { a = "x", l = [{ v = 1 }, { v = 2 }] } }
resource "aws_ecs_cluster" "counted" {
  count = 2
  name  = "c${count.index}"
}
resource "aws_ecs_cluster" "none" {
  count = 0
  name  = "none"
}
resource "aws_ecs_cluster" "keyed" {
  for_each = toset(["a", "b"])
  name     = each.key
}
resource "aws_ecs_cluster" "single" {
  name = "single"
}
output "counted" { value = aws_ecs_cluster.counted[*].name }
output "legacy" { value = aws_ecs_cluster.counted.*.name }
output "legacy_index" { value = aws_ecs_cluster.counted.*.name[1] }
output "none" { value = aws_ecs_cluster.none[*].name }
output "one_none" { value = one(aws_ecs_cluster.none[*].name) }
output "keyed" { value = values(aws_ecs_cluster.keyed)[*].name }
output "single" { value = aws_ecs_cluster.single[*].name }
output "null" { value = var.nothing[*].a }
output "object" { value = var.one[*].a }
output "nested" { value = [var.one, var.one][*].l[*].v }
output "flat" { value = flatten([var.one, var.one][*].l[*].v) }
output "index" { value = [[1, 2], [3, 4]][*][1] }
output "try" { value = try(aws_ecs_cluster.none[0].name, "fallback") }
