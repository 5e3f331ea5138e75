a = "tf"
b = "tf"
e = null
