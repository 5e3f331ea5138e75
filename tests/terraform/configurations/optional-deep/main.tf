variable "services" {
  type = map(object({
    image = string
    cpu   = optional(number, 256)
    scaling = optional(object({
      min     = optional(number, 1)
      max     = optional(number)
      targets = optional(map(number), { cpu = 70 })
    }), {})
    ports   = optional(list(object({ number = number, protocol = optional(string, "tcp") })), [{ number = 80 }])
    sidecar = optional(object({ image = string, essential = optional(bool, false) }))
    tags    = optional(map(string))
  }))
  default = {
    a = { image = "a:1" }
    b = { image = "b:1", cpu = null, scaling = null, ports = [], tags = {} }
    c = {
      image   = "c:1"
      cpu     = "512"
      scaling = { min = null, max = 4, targets = null }
      ports   = [{ number = "81" }, { number = 53, protocol = "udp" }]
      sidecar = { image = "s:1" }
      unused  = "dropped"
    }
  }
}
output "services" { value = var.services }
output "cpus" { value = { for k, s in var.services : k => s.cpu + 0 } }
output "maxima" { value = [for s in var.services : coalesce(s.scaling.max, s.scaling.min + 10)] }
