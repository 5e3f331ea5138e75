//! `tostring`, `tolist` and their like.

use super::arguments::{Call, Outcome};
use super::{Failure, type_name};
use crate::terraform::convert::{convert, friendly_name};
use crate::value::{Kind, Type};

pub(super) fn tobool(call: &Call<'_>) -> Outcome {
    to(call, &Type::Bool)
}

pub(super) fn tonumber(call: &Call<'_>) -> Outcome {
    to(call, &Type::Number)
}

pub(super) fn tostring(call: &Call<'_>) -> Outcome {
    to(call, &Type::String)
}

pub(super) fn tolist(call: &Call<'_>) -> Outcome {
    to(call, &Type::List(Box::new(Type::Dynamic)))
}

pub(super) fn toset(call: &Call<'_>) -> Outcome {
    to(call, &Type::Set(Box::new(Type::Dynamic)))
}

pub(super) fn tomap(call: &Call<'_>) -> Outcome {
    to(call, &Type::Map(Box::new(Type::Dynamic)))
}

fn to(call: &Call<'_>, ty: &Type) -> Outcome {
    let value = call.arg(0);
    convert(&value, ty).map_err(|_| {
        let have = type_name(&value);
        let message = match (&value.kind, ty) {
            (Kind::String(_), Type::Bool) => {
                "cannot convert this string to bool; only the strings \"true\" or \"false\" are allowed".to_owned()
            }
            (Kind::String(_), Type::Number) => {
                "cannot convert this string to number; given string must be a decimal representation of a number"
                    .to_owned()
            }
            _ => format!("cannot convert {have} to {}", friendly_name(ty)),
        };
        Failure::argument(0, message)
    })
}
