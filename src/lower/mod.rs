//! Trees and evaluated resources to the model: one file per kind of input.

pub mod shape;
pub mod workflow;
