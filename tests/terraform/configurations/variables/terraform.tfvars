from_file = "terraform.tfvars"
from_auto = "terraform.tfvars"
name      = "from file"
