h = "aa.auto"
e = "aa.auto"
