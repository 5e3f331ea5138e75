days = 7
