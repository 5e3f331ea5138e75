//! Literals, constructors, conditionals and references.

use std::sync::Arc;

use super::alternatives::{combine, unknown_like};
use super::{Context, Evaluator, Failure, Outcome};
use crate::source::Span;
use crate::syntax::hcl::{Expr, ExprKind, Item, ItemKey};
use crate::terraform::convert;
use crate::value::{Built, Causes, Entries, Entry, Kind, Mapping, MappingKind, Origin, Rest, Type, Value};

impl Evaluator<'_> {
    pub(super) fn eval_inner(&self, context: Context<'_>, expr: &Expr) -> Outcome {
        let origin = || Origin::at(expr.span);
        match &expr.kind {
            ExprKind::Null => Ok(Value::null(origin())),
            ExprKind::Bool(value) => Ok(Value::bool(*value, origin())),
            ExprKind::Number(value) => Ok(Value::number(value.clone(), origin())),
            ExprKind::String(text) => Ok(Value::string(text.clone(), origin())),
            ExprKind::Template(parts) => {
                self.template(context, parts, expr.span).map(|value| self.kept(value, expr.span))
            }
            ExprKind::Wrapped(inner) => self.eval(context, inner),
            ExprKind::Tuple(items) => {
                let items = items.iter().map(|item| self.eval(context, item)).collect::<Result<_, _>>()?;
                Ok(self.kept(Value::tuple(items, origin()), expr.span))
            }
            ExprKind::Object(items) => {
                self.object(context, items, expr.span).map(|value| self.kept(value, expr.span))
            }
            ExprKind::Name(_) => self.reference(context, expr, &[], expr.span),
            ExprKind::Traverse { root, steps } => self.reference(context, root, steps, expr.span),
            ExprKind::Conditional { condition, then, otherwise } => {
                self.conditional(context, condition, then, otherwise, expr.span)
            }
            ExprKind::Call(call) => {
                self.call(context, call, expr.span).map(|value| self.kept(value, expr.span))
            }
            ExprKind::Unary { operator, operand } => {
                let operand = self.eval(context, operand)?;
                self.unary(*operator, &operand, expr.span)
            }
            ExprKind::Binary { operator, left, right } => {
                let left = self.eval(context, left)?;
                let right = self.eval(context, right)?;
                self.binary(*operator, &left, &right, expr.span)
            }
            ExprKind::For(each) => {
                self.for_expression(context, each, expr.span).map(|value| self.kept(value, expr.span))
            }
        }
    }

    /// A value that was made: counted, and given up when it is too large.
    pub(super) fn kept(&self, value: Value, span: Span) -> Value {
        let value = self.bounded(value, span);
        self.spend(made(&value), span).unwrap_or(value)
    }

    fn object(&self, context: Context<'_>, items: &[Item], span: Span) -> Outcome {
        let mut entries = Entries::with_capacity(items.len());
        let mut unknown_keys = Causes::none();
        let mut sensitive = false;
        for item in items {
            let key = match &item.key {
                ItemKey::Name(name) => Some(name.clone()),
                ItemKey::Ambiguous(_) => {
                    return Err(Failure::fixed(
                        item.key_span,
                        "a reference as a key is ambiguous: put it in parentheses, or in quotes for a literal",
                    ));
                }
                ItemKey::Expr(key) => {
                    let key = self.eval(context, key)?;
                    sensitive |= key.sensitive;
                    self.key_text(&key, item.key_span, &mut unknown_keys)?
                }
            };
            let value = self.eval(context, &item.value)?;
            if let Some(key) = key {
                entries.insert(key, Entry { key_span: Some(item.key_span), value });
            }
        }
        let rest = (!unknown_keys.is_empty())
            .then(|| Arc::new(Rest { causes: unknown_keys, template: None, overrides: true }));
        let mapping = Mapping { kind: MappingKind::Object, entries, rest };
        let mut value = Value::new(Kind::Mapping(Arc::new(mapping)), Origin::at(span));
        value.sensitive = sensitive;
        Ok(value)
    }

    /// A value as object key; `None`, with the causes added, where it is not known.
    pub(super) fn key_text(
        &self,
        key: &Value,
        span: Span,
        unknown: &mut Causes,
    ) -> Result<Option<Arc<str>>, Box<Failure>> {
        if key.is_null() {
            return Err(Failure::new(span, "a key must not be null"));
        }
        let text = convert::convert(key, &Type::String)
            .map_err(|error| Failure::new(span, format!("this cannot be a key: {error}")))?;
        match &text.kind {
            Kind::String(text) => Ok(Some(text.shared().clone())),
            _ => {
                self.note_may_fail();
                unknown.add_all(&text.causes());
                Ok(None)
            }
        }
    }

    fn conditional(
        &self,
        context: Context<'_>,
        condition: &Expr,
        then: &Expr,
        otherwise: &Expr,
        span: Span,
    ) -> Outcome {
        let chosen = self.eval(context, condition)?;
        let may_fail = self.may_fail.replace(false);
        let then_outcome = self.eval(context, then);
        let then_may_fail = self.may_fail.replace(false);
        let otherwise_outcome = self.eval(context, otherwise);
        let otherwise_may_fail = self.may_fail.replace(may_fail);
        for outcome in [&then_outcome, &otherwise_outcome] {
            if let Err(failure) = outcome
                && !failure.catchable
            {
                return Err(failure.clone());
            }
        }
        let decided = self.condition(&chosen, condition.span)?;
        let uncertain = then_may_fail || otherwise_may_fail;
        let mut result = match decided {
            Some(decided) => {
                if if decided { then_may_fail } else { otherwise_may_fail } {
                    self.note_may_fail();
                }
                let (taken, other) = if decided {
                    (then_outcome?, otherwise_outcome.ok())
                } else {
                    (otherwise_outcome?, then_outcome.ok())
                };
                match other {
                    Some(other) => match self.unify(taken.clone(), other.clone(), uncertain, span) {
                        Ok(Unified::Same(taken, _) | Unified::Open(taken)) => taken,
                        // Where a branch fails, the other one keeps its type.
                        Err(_) if uncertain => {
                            self.note_may_fail();
                            unknown_like([&taken, &other], Type::Dynamic, Origin::at(span))
                        }
                        Err(failure) => return Err(failure),
                    },
                    None => taken,
                }
            }
            None => {
                if uncertain {
                    self.note_may_fail();
                }
                let origin = Origin::at(span);
                match (then_outcome, otherwise_outcome) {
                    (Ok(then), Ok(otherwise)) => {
                        match self.unify(then.clone(), otherwise.clone(), uncertain, span) {
                            Ok(Unified::Same(then, Some(otherwise))) => {
                                combine(vec![then, otherwise], chosen.causes(), origin)
                            }
                            Ok(_) => unknown_like([&chosen, &then, &otherwise], Type::Dynamic, origin),
                            Err(_) if uncertain => {
                                unknown_like([&chosen, &then, &otherwise], Type::Dynamic, origin)
                            }
                            Err(failure) => return Err(failure),
                        }
                    }
                    // A branch that fails leaves the other one, if Terraform gets through at all.
                    (Ok(value), Err(_)) | (Err(_), Ok(value)) => {
                        self.note_may_fail();
                        unknown_like([&chosen, &value], Type::Dynamic, origin)
                    }
                    (Err(failure), Err(_)) => return Err(failure),
                }
            }
        };
        result.sensitive |= chosen.sensitive;
        Ok(result)
    }

    /// A value as condition; `None` where it is not known.
    pub(super) fn condition(&self, value: &Value, span: Span) -> Result<Option<bool>, Box<Failure>> {
        if value.is_null() {
            return Err(Failure::new(span, "the condition is null; it must be true or false"));
        }
        let value = convert::convert(value, &Type::Bool)
            .map_err(|error| Failure::new(span, format!("the condition must be true or false: {error}")))?;
        if value.as_bool().is_none() {
            self.note_may_fail();
        }
        Ok(value.as_bool())
    }
}

/// Two branches of a conditional in the type they have in common.
enum Unified {
    /// The second is `None` where its value cannot be converted.
    Same(Value, Option<Value>),
    /// The common type depends on what is not known.
    Open(Value),
}

impl Evaluator<'_> {
    fn unify(
        &self,
        value: Value,
        other: Value,
        uncertain: bool,
        span: Span,
    ) -> Result<Unified, Box<Failure>> {
        let bare_null = |value: &Value| matches!(value.kind, Kind::Null(Type::Dynamic));
        let same_primitive = match (&value.kind, &other.kind) {
            (Kind::Bool(_), Kind::Bool(_))
            | (Kind::Number(_), Kind::Number(_))
            | (Kind::String(_), Kind::String(_)) => true,
            (Kind::Mapping(a), Kind::Mapping(b)) => Arc::ptr_eq(a, b),
            (Kind::Sequence(a), Kind::Sequence(b)) => Arc::ptr_eq(a, b),
            _ => false,
        };
        if same_primitive || (bare_null(&value) && bare_null(&other)) {
            return Ok(Unified::Same(value, Some(other)));
        }
        // Where a branch fails, a bare null beside it keeps no type.
        if uncertain && (bare_null(&value) || bare_null(&other)) {
            return Ok(Unified::Same(value, Some(other)));
        }
        let (own, foreign) = (convert::value_type(&value), convert::value_type(&other));
        let ty = match (bare_null(&value), bare_null(&other)) {
            (true, _) => foreign,
            (_, true) => own,
            _ if own == Type::Dynamic || foreign == Type::Dynamic => {
                self.note_may_fail();
                // Where a branch fails, the other one stays what it is.
                if uncertain {
                    return Ok(Unified::Open(value));
                }
                return Ok(unify_open(value, other, &own, &foreign));
            }
            _ if own == foreign => return Ok(Unified::Same(value, Some(other))),
            _ => match convert::unify(&[own, foreign]) {
                Some(ty) => ty,
                None => {
                    return Err(Failure::new(
                        span,
                        "the two results of this conditional have types that do not go together",
                    ));
                }
            },
        };
        let converted = convert::convert(&value, &ty).map_err(|error| {
            Failure::new(span, format!("the two results of this conditional have different types: {error}"))
        })?;
        let other = convert::convert(&other, &ty).ok();
        Ok(Unified::Same(converted, other))
    }
}

/// A branch whose type is not known: what the other one becomes beside it is told where it can be.
fn unify_open(value: Value, other: Value, own: &Type, foreign: &Type) -> Unified {
    let text = |value: &Value| {
        let text = convert::convert(value, &Type::String).ok()?;
        let lost =
            super::alternatives::choices(value).is_some() && super::alternatives::choices(&text).is_none();
        (!lost).then_some(text)
    };
    // Whatever goes together with a string becomes a string.
    if *own == Type::String || *foreign == Type::String {
        return match (text(&value), text(&other)) {
            (Some(value), other) => Unified::Same(value, other),
            _ => Unified::Open(value),
        };
    }
    let own_stays = !has_convertible_leaf(&value) && !has_convertible_leaf(&other);
    if own_stays { Unified::Same(value, Some(other)) } else { Unified::Open(value) }
}

/// Whether a number or bool stands in the value, which would become a string beside strings.
fn has_convertible_leaf(value: &Value) -> bool {
    match &value.kind {
        Kind::Number(_) | Kind::Bool(_) => true,
        Kind::Unknown(unknown) => matches!(unknown.ty, Type::Number | Type::Bool),
        Kind::Null(_) | Kind::String(_) => false,
        Kind::Sequence(sequence) => sequence.items.iter().any(has_convertible_leaf),
        Kind::Mapping(mapping) => mapping.entries.values().any(|entry| has_convertible_leaf(&entry.value)),
    }
}

/// Parts of a value that are not shared with those it was made from.
fn made(value: &Value) -> usize {
    1 + match &value.kind {
        Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) | Kind::Unknown(_) => 0,
        Kind::String(text) => {
            let parts = match text.built.as_deref() {
                Some(Built::Template(parts)) => parts.len(),
                _ => 0,
            };
            parts + text.as_str().len() / 128
        }
        Kind::Sequence(sequence) => sequence.items.len(),
        Kind::Mapping(mapping) => mapping.entries.len(),
    }
}
