output "a" {
  value = 1
  foo = 1
}
