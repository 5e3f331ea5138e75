days = 30
