locals {
  settings = jsondecode(file("${path.module}/settings.json"))
  more     = yamldecode(file("${path.module}/more.yaml"))
  rows     = csvdecode(file("rows.csv"))
}
resource "aws_ecs_service" "s" {
  for_each      = local.settings.services
  name          = each.key
  desired_count = each.value.count
}
output "names" { value = keys(local.settings.services) }
output "list" { value = local.settings.list }
output "yaml" { value = local.more }
output "rows" { value = { for r in local.rows : r.name => tonumber(r.size) } }
output "exists" { value = [fileexists("rows.csv"), fileexists("missing.csv")] }
output "set" { value = fileset(path.module, "*.{yaml,csv}") }
output "hash" { value = filesha256("rows.csv") }
output "base64" { value = filebase64("rows.csv") }
output "missing" { value = try(file("missing.txt"), "none") }
