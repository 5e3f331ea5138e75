size = 1 + 6
