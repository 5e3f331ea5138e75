from_auto = "b.auto"
flag      = null
