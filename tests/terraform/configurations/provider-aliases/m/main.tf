terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.other]
    }
  }
}
resource "aws_ecs_cluster" "c" {
  name = "c"
}
resource "aws_ecs_cluster" "d" {
  provider = aws.other
  name     = "d"
}
output "names" { value = [aws_ecs_cluster.c.name, aws_ecs_cluster.d.name] }
