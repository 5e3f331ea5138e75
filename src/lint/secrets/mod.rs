//! Is a text a secret? Name class × value class; also finds what must be masked in source text. No value
//! ever leaves this module.

mod formats;
mod names;
mod scan;
mod values;

pub use names::{is_secret_name, name_of};
pub use scan::{find, find_formats};
pub use values::{Secret, ValueClass, classify, value_class};
