b = "first"
c = "first"
e = "first"
