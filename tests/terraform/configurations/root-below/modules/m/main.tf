variable "env" {}
resource "aws_cloudwatch_log_group" "g" {
  name = "${var.env}-${basename(path.module)}-${path.root}"
}
output "module_path" { value = path.module }
