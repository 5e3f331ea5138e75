# The way out of private subnets: one NAT gateway, or interface endpoints in two zones.
variable "nat_gateways" { default = 1 }
variable "endpoints" { default = false }

provider "aws" {
  region = "us-east-1"
}

resource "aws_eip" "nat" {
  count  = var.nat_gateways
  domain = "vpc"
}

resource "aws_nat_gateway" "main" {
  count         = var.nat_gateways
  allocation_id = aws_eip.nat[count.index].id
  subnet_id     = "subnet-1"
}

resource "aws_vpc_endpoint" "main" {
  for_each          = toset(var.endpoints ? ["ecr.api", "ecr.dkr", "logs", "secretsmanager"] : [])
  service_name      = "com.amazonaws.us-east-1.${each.key}"
  vpc_endpoint_type = "Interface"
  vpc_id            = "vpc-1"
  subnet_ids        = ["subnet-1", "subnet-2"]
}
