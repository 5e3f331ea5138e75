a = "extra"
c = ["e1", "e2"]
