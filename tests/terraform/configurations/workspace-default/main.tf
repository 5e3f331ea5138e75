output "workspace" { value = "${terraform.workspace}-${path.root}-${path.module}" }
output "is_default" { value = terraform.workspace == "default" }
