locals {
  y = nofunc(1)
}
