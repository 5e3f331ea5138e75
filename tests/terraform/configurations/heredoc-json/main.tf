variable "image" { default = "example/app:1" }
variable "ports" { default = [80, 81] }
locals {
  definitions = <<-JSON
    [
      {
        "name": "app",
        "image": "${var.image}",
        "cpu": ${64 * 2},
        "portMappings": ${jsonencode([for p in var.ports : { containerPort = p }])},
        "command": ["sh", "-c", "echo $${HOME} \"quoted\""],
        "environment": [
          %{~ for i, p in var.ports ~}
          {"name": "PORT_${i}", "value": "${p}"}%{ if i + 1 < length(var.ports) },%{ endif }
          %{~ endfor ~}
        ]
      }
    ]
  JSON
  decoded     = jsondecode(local.definitions)
}
resource "aws_ecs_task_definition" "t" {
  family                = "t"
  container_definitions = local.definitions
}
output "name" { value = local.decoded[0].name }
output "cpu" { value = local.decoded[0].cpu + 1 }
output "ports" { value = local.decoded[0].portMappings[*].containerPort }
output "environment" { value = local.decoded[0].environment }
output "command" { value = local.decoded[0].command }
output "raw" {
  value = <<EOT
  kept
	tab
${"x"}
EOT
}
output "stripped" {
  value = <<-EOT
      deep
    base ${var.image}
      %{ if true }yes%{ else }no%{ endif }
  EOT
}
output "trim" { value = "a ${~ "b" ~} c %{~ if false ~} d %{~ endif ~} e" }
