# Ten secrets in Secrets Manager and ten in the parameter store.
provider "aws" {
  region = "us-east-1"
}

resource "aws_secretsmanager_secret" "app" {
  count = 10
  name  = "app/${count.index}"
}

resource "aws_ssm_parameter" "app" {
  count = 10
  name  = "/app/${count.index}"
  type  = "SecureString"
  value = "set-by-hand"
}
