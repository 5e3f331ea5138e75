locals {
  y = local.z
}
