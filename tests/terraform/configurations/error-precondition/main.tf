variable "size" { default = 0 }
resource "aws_ecs_cluster" "c" {
  name = "c"
  lifecycle {
    precondition {
      condition     = var.size > 0
      error_message = "The size is ${var.size}."
    }
  }
}
