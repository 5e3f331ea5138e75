output "result" { value = local.g }
locals { g = "${local.f}${local.a}" }
