resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}
data "aws_availability_zones" "z" {}
resource "aws_subnet" "s" {
  count             = 2
  vpc_id            = aws_vpc.v.id
  cidr_block        = cidrsubnet(aws_vpc.v.cidr_block, 8, count.index)
  availability_zone = data.aws_availability_zones.z.names[count.index]
}
resource "aws_ecs_cluster" "c" {
  name = "c"
}
resource "aws_ecs_service" "s" {
  name          = "${aws_ecs_cluster.c.name}-service"
  cluster       = aws_ecs_cluster.c.id
  desired_count = length(aws_subnet.s)
  network_configuration {
    subnets = aws_subnet.s[*].id
  }
  tags = { vpc = aws_vpc.v.id, static = "x" }
}
resource "aws_ecs_task_definition" "t" {
  family                = "t"
  container_definitions = jsonencode([{ name = "a", image = "${aws_ecs_cluster.c.arn}:1" }])
}
output "ids" { value = aws_subnet.s[*].id }
output "cidrs" { value = aws_subnet.s[*].cidr_block }
output "mixed" { value = { a = aws_vpc.v.id, b = [1, aws_vpc.v.arn] } }
output "zones" { value = data.aws_availability_zones.z.names }
