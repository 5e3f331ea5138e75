locals {
  f = module.m.out
  a = join(",", [for i in range(3) : local.b[i]])
}
module "m" {
  source = "./m"
  in     = { x = local.c, y = aws_sqs_queue.q.name }
}
