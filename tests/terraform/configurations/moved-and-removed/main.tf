moved {
  from = aws_ecs_cluster.old
  to   = aws_ecs_cluster.new
}
moved {
  from = module.before
  to   = module.after
}
removed {
  from = aws_sqs_queue.gone
  lifecycle {
    destroy = false
  }
}
resource "aws_ecs_cluster" "new" {
  name = "new"
}
module "after" { source = "./m" }
output "n" { value = "${aws_ecs_cluster.new.name}${module.after.n}" }
