
variable "services" {
  type = map(object({
    image = string
    cpu   = optional(number, 256)
    env   = optional(map(string), { A = "1" })
    ports = optional(list(object({ port = number, proto = optional(string, "tcp") })), [{ port = 80 }])
    health = optional(object({ path = optional(string, "/"), interval = optional(number) }), {})
    tags  = optional(set(string))
    any   = optional(any, { x = 1 })
    pair  = optional(tuple([string, number]), ["a", 1])
  }))
  default = {
    web = { image = "a" }
    api = { image = "b", cpu = null, env = {}, ports = [{ port = "81" }, { port = 82, proto = null }], health = { path = null, interval = 5 }, tags = ["b", "a", "b"] }
  }
}
output "all" { value = var.services }
output "ports" { value = { for k, s in var.services : k => [for p in s.ports : "${p.port}/${p.proto}"] } }
resource "aws_ecs_service" "s" {
  for_each      = var.services
  name          = "${each.key}-${each.value.cpu}"
  desired_count = length(each.value.ports)
}
