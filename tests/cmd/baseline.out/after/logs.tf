# Some weeks later: the repository is mended, the log group has moved to another file, a second one is new.
provider "aws" {
  region = "eu-west-1"
}

resource "aws_cloudwatch_log_group" "worker" {
  name = "/ecs/worker"
}

resource "aws_cloudwatch_log_group" "web" {
  name = "/ecs/web"
}
