terraform {
  backend "s3" {}
}

provider "aws" {
  region = "eu-west-1"
}

variable "days" {
  type = number
}

resource "aws_cloudwatch_log_group" "app" {
  name              = "app"
  retention_in_days = var.days
}
