variable "policies" {
  default = {
    one = { actions = ["a:Get", "a:Put"], conditions = [{ test = "StringEquals", values = ["x"] }] }
    two = { actions = ["b:*"], conditions = [] }
  }
}
variable "extra" { default = null }
locals {
  volumes = [
    { name = "data", efs = { id = "fs-1", iam = true } },
    { name = "tmp", efs = null },
  ]
}
data "aws_iam_policy_document" "d" {
  dynamic "statement" {
    for_each = var.policies
    iterator = policy
    content {
      sid       = title(policy.key)
      actions   = policy.value.actions
      resources = ["*"]
      dynamic "condition" {
        for_each = policy.value.conditions
        content {
          test     = condition.value.test
          variable = "aws:${policy.key}/${condition.key}"
          values   = condition.value.values
        }
      }
    }
  }
}
resource "aws_ecs_task_definition" "t" {
  family                = "t"
  container_definitions = "[]"
  dynamic "volume" {
    for_each = local.volumes
    iterator = v
    content {
      name = "${v.key}-${v.value.name}"
      dynamic "efs_volume_configuration" {
        for_each = v.value.efs[*]
        content {
          file_system_id     = efs_volume_configuration.value.id
          transit_encryption = efs_volume_configuration.value.iam ? "ENABLED" : "DISABLED"
          dynamic "authorization_config" {
            for_each = efs_volume_configuration.value.iam ? [1] : []
            content {
              iam = "ENABLED"
            }
          }
        }
      }
    }
  }
  volume {
    name = "fixed"
  }
  dynamic "runtime_platform" {
    for_each = var.extra == null ? [] : [var.extra]
    content {
      cpu_architecture = runtime_platform.value
    }
  }
}
output "volumes" { value = [for v in local.volumes : v.name if v.efs != null] }
