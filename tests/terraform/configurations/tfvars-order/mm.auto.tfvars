h = "mm.auto"
e = "mm.auto"
