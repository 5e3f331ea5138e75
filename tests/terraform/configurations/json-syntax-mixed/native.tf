locals {
  native = "from ${local.one}"
}
