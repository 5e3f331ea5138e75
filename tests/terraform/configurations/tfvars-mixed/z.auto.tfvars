b = "z"
d = { y = 1 }
