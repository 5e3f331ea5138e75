//! Text to trees with spans and comments. No meaning: what a tree says is for `terraform` and `lower`.

pub mod hcl;
pub mod tree;
