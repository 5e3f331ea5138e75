untyped_file = [1, "two", { three = 3 }]
map_of_any = {
  "a b" = [1, "2"]
  c     = [true]
}
numbers = ["1", 2.50, 1e3]
