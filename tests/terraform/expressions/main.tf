# The resource that the oracle makes unknowns with.
resource "terraform_data" "unknown" {
}
