//! Is a text a secret? Name class × value class; also finds what must be masked in source text. No value
//! ever leaves this module.

mod entropy;
mod formats;
mod names;
mod scan;
mod values;

pub use names::{NameClass, is_secret_name, name_class, name_of};
pub use scan::{Found, find, find_formats, written};
pub use values::{
    RANDOM, Secret, ValueClass, classify, classify_strictly, is_format, is_key_material, value_class,
};
