output "o" { value = terraform.workspac }
