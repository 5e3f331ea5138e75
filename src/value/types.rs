//! Terraform type constraints, which are also the types of values.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A Terraform type. `Dynamic` is `any`, and the type of what is not known at all.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    Dynamic,
    Bool,
    Number,
    String,
    List(Box<Type>),
    Set(Box<Type>),
    Map(Box<Type>),
    Tuple(Vec<Type>),
    Object(BTreeMap<Arc<str>, ObjectAttribute>),
}

/// An attribute of an object type. Defaults of `optional(T, default)` are kept by the evaluator, not here.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectAttribute {
    pub ty: Type,
    pub optional: bool,
}

impl fmt::Display for Type {
    /// The constraint as Terraform writes it: `list(string)`, `object({a = number})`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dynamic => f.write_str("any"),
            Self::Bool => f.write_str("bool"),
            Self::Number => f.write_str("number"),
            Self::String => f.write_str("string"),
            Self::List(item) => write!(f, "list({item})"),
            Self::Set(item) => write!(f, "set({item})"),
            Self::Map(item) => write!(f, "map({item})"),
            Self::Tuple(items) => {
                f.write_str("tuple([")?;
                for (at, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if at == 0 { "" } else { ", " })?;
                }
                f.write_str("])")
            }
            Self::Object(attributes) => {
                f.write_str("object({")?;
                for (at, (name, attribute)) in attributes.iter().enumerate() {
                    let comma = if at == 0 { "" } else { ", " };
                    if attribute.optional {
                        write!(f, "{comma}{name} = optional({})", attribute.ty)?;
                    } else {
                        write!(f, "{comma}{name} = {}", attribute.ty)?;
                    }
                }
                f.write_str("})")
            }
        }
    }
}
