variable "image" {
  default = "registry.example.com/shop:latest"
}

variable "retention" {
  type = number
}

module "api" {
  source = "./service"
  name   = "api"
  image  = var.image
}

# plimsoll: ignore[log-config-missing] the worker says nothing until=2027-01-31
module "worker" {
  source = "./service"
  name   = "worker"
  image  = var.image
}

resource "aws_cloudwatch_log_group" "shop" {
  name              = "/ecs/shop"
  retention_in_days = var.retention
}

# plimsoll: ignore[rds-public] there is no database here
resource "aws_ecs_cluster" "shop" {
  name = "shop"
}
