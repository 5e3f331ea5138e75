resources "a" "b" {}
