//! What a deployment costs a month. Knows the model and the price tables, not Terraform and not output formats.

pub mod catalogue;
pub mod estimate;
