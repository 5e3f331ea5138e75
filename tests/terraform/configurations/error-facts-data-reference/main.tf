data "aws_vpc" "v" { id = "vpc-1" }
output "x" { value = data.aws_vpc.v.cidr_blok }
