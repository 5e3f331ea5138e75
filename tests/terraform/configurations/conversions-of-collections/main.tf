variable "set" {
  type    = set(number)
  default = [3, 1, "2", 3]
}
variable "map" {
  type    = map(string)
  default = { b = 2, a = true, c = "x" }
}
variable "list" {
  type    = list(map(list(string)))
  default = [{ a = [1] }, { b = [true, "x"] }]
}
variable "objects" {
  type    = set(object({ n = number, s = optional(string) }))
  default = [{ n = 2 }, { n = 1, s = "x" }, { n = 2 }]
}
output "set" { value = var.set }
output "as_list" { value = tolist(var.set) }
output "strings" { value = toset([for n in var.set : "n${n}"]) }
output "map" { value = var.map }
output "values" { value = values(var.map) }
output "list" { value = var.list }
output "objects" { value = var.objects }
output "count" { value = length(var.objects) }
output "mixed_set" { value = toset([1, "1", true, "true"]) }
output "map_from_for" { value = tomap({ for i, v in ["x", "y"] : i => v }) }
output "grouped" { value = { for s in ["ab", "ac", "b"] : substr(s, 0, 1) => s... } }
output "zipped" { value = zipmap(["k", "l"], [1, "2"]) }
output "merged" { value = merge({ a = 1 }, null, { a = "x", b = [1] }) }
output "product" { value = setproduct(["a", "b"], toset([2, 1])) }
output "setops" { value = [setunion(["b"], ["a"]), setintersection(["a", "b"], ["b"]), setsubtract(["a", "b"], ["b"]), sort(setsubtract(["a", "b"], []))] }
output "equal" { value = [var.set == toset([1, 2, 3]), tomap({ a = 1 }) == { a = 1 }, [1] == [1]] }
output "branches" { value = [for b in [true, false] : b ? { a = 1 } : { b = "x" }] }
