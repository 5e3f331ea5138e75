module "n" {
  source = "./n"
  zip    = 1
}
