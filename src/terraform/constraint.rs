//! Type constraints as written in `variable` blocks, with the defaults of `optional(T, default)`.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::Span;
use crate::syntax::hcl::{Call, Expr, ExprKind, Item, ItemKey, UnaryOperator};
use crate::value::{Entries, Entry, Kind, Mapping, Number, ObjectAttribute, Origin, Sequence, Type, Value};

/// Defaults of optional attributes, by place in the type.
#[derive(Debug, Clone, Default)]
pub(crate) struct Defaults {
    /// Attribute name → default.
    values: BTreeMap<Arc<str>, Value>,
    /// Defaults inside attributes, and inside tuple elements by index.
    children: BTreeMap<Arc<str>, Defaults>,
    /// Defaults inside the elements of a list, set or map.
    element: Option<Box<Defaults>>,
}

/// A constraint that is none, at its place.
#[derive(Debug, Clone)]
pub(crate) struct ConstraintError {
    pub(crate) span: Span,
    pub(crate) message: String,
}

fn error<T>(span: Span, message: impl Into<String>) -> Result<T, ConstraintError> {
    Err(ConstraintError { span, message: message.into() })
}

/// Reads a type constraint.
pub(crate) fn read(expr: &Expr) -> Result<(Type, Defaults), ConstraintError> {
    match &expr.kind {
        ExprKind::Name(name) => match &**name {
            "any" => Ok((Type::Dynamic, Defaults::default())),
            "bool" => Ok((Type::Bool, Defaults::default())),
            "number" => Ok((Type::Number, Defaults::default())),
            "string" => Ok((Type::String, Defaults::default())),
            "list" => Ok((Type::List(Box::new(Type::Dynamic)), Defaults::default())),
            "map" => Ok((Type::Map(Box::new(Type::Dynamic)), Defaults::default())),
            "set" => Ok((Type::Set(Box::new(Type::Dynamic)), Defaults::default())),
            other => error(expr.span, format!("`{other}` is no type")),
        },
        // Terraform 0.11 wrote types as strings, and the first of them are still accepted.
        ExprKind::String(name) => match &**name {
            "string" => Ok((Type::String, Defaults::default())),
            "list" => Ok((Type::List(Box::new(Type::Dynamic)), Defaults::default())),
            "map" => Ok((Type::Map(Box::new(Type::Dynamic)), Defaults::default())),
            other => error(expr.span, format!("`{other}` is no type")),
        },
        ExprKind::Call(call) => read_call(call, expr.span),
        _ => error(expr.span, "this is no type"),
    }
}

fn only_argument(call: &Call, span: Span) -> Result<&Expr, ConstraintError> {
    match call.arguments.as_slice() {
        [argument] => Ok(argument),
        _ => error(span, format!("`{}` takes one type", call.name)),
    }
}

fn read_call(call: &Call, span: Span) -> Result<(Type, Defaults), ConstraintError> {
    let collection = |wrap: fn(Box<Type>) -> Type| {
        let (ty, inner) = read(only_argument(call, span)?)?;
        let element = (!inner.is_empty()).then(|| Box::new(inner));
        Ok((wrap(Box::new(ty)), Defaults { element, ..Defaults::default() }))
    };
    match &*call.name {
        "list" => collection(Type::List),
        "set" => collection(Type::Set),
        "map" => collection(Type::Map),
        "tuple" => {
            let argument = only_argument(call, span)?;
            let ExprKind::Tuple(items) = &argument.kind else {
                return error(argument.span, "`tuple` takes a list of types");
            };
            let mut types = Vec::new();
            let mut defaults = Defaults::default();
            for (at, item) in items.iter().enumerate() {
                let (ty, inner) = read(item)?;
                types.push(ty);
                if !inner.is_empty() {
                    defaults.children.insert(at.to_string().into(), inner);
                }
            }
            Ok((Type::Tuple(types), defaults))
        }
        "object" => {
            let argument = only_argument(call, span)?;
            let ExprKind::Object(items) = &argument.kind else {
                return error(argument.span, "`object` takes a map of types");
            };
            read_object(items)
        }
        "optional" => error(span, "`optional` is only allowed for attributes of `object`"),
        other => error(span, format!("`{other}` is no type")),
    }
}

fn read_object(items: &[Item]) -> Result<(Type, Defaults), ConstraintError> {
    let mut attributes = BTreeMap::new();
    let mut defaults = Defaults::default();
    for item in items {
        let name = match &item.key {
            ItemKey::Name(name) => name.clone(),
            ItemKey::Expr(Expr { kind: ExprKind::String(name), .. }) => name.clone(),
            ItemKey::Expr(_) | ItemKey::Ambiguous(_) => {
                return error(item.key_span, "an attribute name is required");
            }
        };
        let optional = match &item.value.kind {
            ExprKind::Call(call) if &*call.name == "optional" => Some(call),
            _ => None,
        };
        let (ty, inner) = match optional {
            None => read(&item.value)?,
            Some(call) => {
                let Some(ty) = call.arguments.first() else {
                    return error(item.value.span, "`optional` takes a type");
                };
                let (ty, inner) = read(ty)?;
                if let Some(default) = call.arguments.get(1) {
                    let Some(value) = constant(default) else {
                        return error(default.span, "a default must be a constant");
                    };
                    let value = inner.apply(&value);
                    let Ok(value) = super::convert::convert(&value, &ty) else {
                        return error(default.span, format!("the default is no {ty}"));
                    };
                    defaults.values.insert(name.clone(), value);
                }
                (ty, inner)
            }
        };
        if !inner.is_empty() {
            defaults.children.insert(name.clone(), inner);
        }
        attributes.insert(name, ObjectAttribute { ty, optional: optional.is_some() });
    }
    Ok((Type::Object(attributes), defaults))
}

/// The value of an expression without references and calls.
pub(crate) fn constant(expr: &Expr) -> Option<Value> {
    let origin = Origin::at(expr.span);
    Some(match &expr.kind {
        ExprKind::Null => Value::null(origin),
        ExprKind::Bool(value) => Value::bool(*value, origin),
        ExprKind::Number(value) => Value::number(value.clone(), origin),
        ExprKind::String(text) => Value::string(text.clone(), origin),
        ExprKind::Unary { operator: UnaryOperator::Negate, operand } => {
            let value = constant(operand)?;
            Value::number(Number::neg(value.as_number()?), origin)
        }
        ExprKind::Tuple(items) => Value::tuple(items.iter().map(constant).collect::<Option<_>>()?, origin),
        ExprKind::Object(items) => {
            let mut entries = Entries::new();
            for item in items {
                let key: Arc<str> = match &item.key {
                    ItemKey::Name(name) => name.clone(),
                    ItemKey::Expr(key) => match constant(key)?.kind {
                        Kind::String(text) => text.shared().clone(),
                        Kind::Number(number) => number.to_string().into(),
                        Kind::Bool(value) => value.to_string().into(),
                        _ => return None,
                    },
                    ItemKey::Ambiguous(_) => return None,
                };
                entries.insert(key, Entry { key_span: Some(item.key_span), value: constant(&item.value)? });
            }
            Value::object(entries, origin)
        }
        ExprKind::Template(parts) => {
            let mut text = String::new();
            for part in parts {
                match part {
                    crate::syntax::hcl::TemplatePart::Literal { text: literal, .. } => text.push_str(literal),
                    _ => return None,
                }
            }
            Value::string(text, origin)
        }
        _ => return None,
    })
}

impl Defaults {
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty() && self.children.is_empty() && self.element.is_none()
    }

    /// Fills in the defaults of attributes that are absent or null, at every depth. To be done before
    /// the value is converted to the type.
    pub(crate) fn apply(&self, value: &Value) -> Value {
        if self.is_empty() {
            return value.clone();
        }
        let mut filled = value.clone();
        match &value.kind {
            Kind::Mapping(mapping) => {
                let mut entries = mapping.entries.clone();
                for (name, default) in &self.values {
                    let missing = entries.get(name).is_none_or(|entry| entry.value.is_null());
                    // An unknown key may stand in for what is absent: nothing is filled in then.
                    if missing && mapping.rest.is_none() {
                        entries.insert(name.clone(), Entry { key_span: None, value: default.clone() });
                    }
                }
                for (name, entry) in &mut entries {
                    if let Some(inner) = self.children.get(name).or(self.element.as_deref()) {
                        entry.value = inner.apply(&entry.value);
                    }
                }
                filled.kind = Kind::Mapping(Arc::new(Mapping { entries, ..Mapping::clone(mapping) }));
            }
            Kind::Sequence(sequence) => {
                let apply = |(at, item): (usize, &Value)| match self.children.get(at.to_string().as_str()) {
                    Some(inner) => inner.apply(item),
                    None => self.element.as_ref().map_or_else(|| item.clone(), |inner| inner.apply(item)),
                };
                let items = sequence.items.iter().enumerate().map(apply).collect();
                filled.kind = Kind::Sequence(Arc::new(Sequence { items, ..Sequence::clone(sequence) }));
            }
            Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Unknown(_) => {}
        }
        filled
    }
}
