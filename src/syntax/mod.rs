//! Text to trees with spans and comments. No meaning: what a tree says is for `terraform` and `lower`.

pub mod actions_expr;
pub mod comments;
pub mod hcl;
pub mod json;
mod parsed;
pub mod path;
pub mod shell;
pub mod template_json;
pub mod tree;
pub mod yaml;

pub use parsed::{Comment, Duplicate, ErrorClass, Parsed, SyntaxError};
