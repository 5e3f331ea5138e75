//! CloudWatch log groups.

use super::{Field, Meta};

#[derive(Debug, Clone)]
pub struct LogGroup {
    pub meta: Meta,
    pub name: Field<String>,
    /// Start of the name given by `name_prefix`.
    pub name_prefix: Field<String>,
    /// Days; absent or 0: for ever.
    pub retention: Field<i64>,
    /// `STANDARD` (where absent), `INFREQUENT_ACCESS`, `DELIVERY`.
    pub class: Field<String>,
}
