terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "tags" { default = { owner = "team" } }
provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = merge(var.tags, { from = "provider" })
  }
}
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
resource "aws_ecs_cluster" "a" {
  name = "a"
  tags = { own = "1" }
}
resource "aws_ecs_cluster" "b" {
  provider = aws.us
  name     = "b"
}
module "m" {
  source    = "./m"
  providers = { aws = aws.us, aws.other = aws }
}
output "m" { value = module.m.names }
