locals { x = "x" }
terraform {
  required_version = ">= 1.0"
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.0" }
  }
  backend "s3" {
    bucket = "example"
    key    = "x"
    region = "eu-west-1"
  }
}
provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { team = "x" }
  }
}
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
moved {
  from = aws_cloudwatch_log_group.old
  to   = aws_cloudwatch_log_group.g
}
check "c" {
  assert {
    condition     = length(local.x) == 1
    error_message = "no"
  }
}
resource "aws_cloudwatch_log_group" "g" {
  provider = aws.us
  name     = "g"
  lifecycle {
    create_before_destroy = true
    precondition {
      condition     = local.x == "x"
      error_message = "never"
    }
  }
}
