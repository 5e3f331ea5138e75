resource "aws_eip" "e" { vpc = true }
resource "aws_db_instance" "d" {
  instance_class = "db.t3.micro"
  name           = "app"
}
resource "aws_ecs_cluster" "c" {
  name               = "c"
  capacity_providers = ["FARGATE"]
}
resource "aws_elasticache_replication_group" "r" {
  replication_group_id  = "r"
  number_cache_clusters = 2
}
output "vpc" { value = aws_eip.e.vpc }
