//! Arithmetic, comparison and logic, with Terraform's conversions and Kleene's logic on what is unknown.

use super::alternatives::{choices, unknown_like};
use super::{Evaluator, Failure, Outcome};
use crate::source::Span;
use crate::syntax::hcl::{BinaryOperator, UnaryOperator};
use crate::terraform::convert;
use crate::value::{Kind, Number, Origin, Type, Unknown, Value};

impl Evaluator<'_> {
    pub(super) fn unary(&self, operator: UnaryOperator, operand: &Value, span: Span) -> Outcome {
        let origin = Origin::at(span);
        if let Some(outcome) =
            self.for_each_choice(operand, &origin, |operand| self.unary(operator, &operand, span))
        {
            return outcome;
        }
        let ty = match operator {
            UnaryOperator::Negate => Type::Number,
            UnaryOperator::Not => Type::Bool,
        };
        let value = self.operand(operand, &ty, span)?;
        let mut result = match (&value.kind, operator) {
            (Kind::Number(number), UnaryOperator::Negate) => Value::number(Number::neg(number), origin),
            (Kind::Bool(value), UnaryOperator::Not) => Value::bool(!value, origin),
            _ => non_null(unknown_like([&value], ty, origin)),
        };
        result.sensitive |= operand.sensitive;
        Ok(result)
    }

    /// An operand converted to the type the operator needs.
    fn operand(&self, value: &Value, ty: &Type, span: Span) -> Outcome {
        if value.is_null() {
            return Err(Failure::new(span, format!("an operand is null; a {ty} is required")));
        }
        let converted = convert::convert(value, ty).map_err(|error| {
            let found = convert::friendly_name(&convert::value_type(value));
            Failure::new(span, format!("an operand does not fit: {error}, and this is a {found}"))
        })?;
        if let Some(unknown) = value.as_unknown()
            && (!unknown.not_null || unknown.ty != *ty)
        {
            self.note_may_fail();
        }
        Ok(converted)
    }

    pub(super) fn binary(
        &self,
        operator: BinaryOperator,
        left: &Value,
        right: &Value,
        span: Span,
    ) -> Outcome {
        let origin = Origin::at(span);
        let width = |value: &Value| choices(value).map_or(1, |choices| choices.len());
        if width(left) * width(right) > 1 && width(left) * width(right) <= Unknown::MOST_ALTERNATIVES {
            if let Some(outcome) =
                self.for_each_choice(left, &origin, |left| self.binary(operator, &left, right, span))
            {
                return outcome;
            }
            if let Some(outcome) =
                self.for_each_choice(right, &origin, |right| self.binary(operator, left, &right, span))
            {
                return outcome;
            }
        }
        let mut result = match operator {
            BinaryOperator::Equal | BinaryOperator::NotEqual => {
                let mut equal = convert::equal(left, right);
                equal.origin = origin;
                if let (Kind::Bool(value), BinaryOperator::NotEqual) = (&mut equal.kind, operator) {
                    *value = !*value;
                }
                equal
            }
            BinaryOperator::And | BinaryOperator::Or => self.logic(operator, left, right, span)?,
            _ => self.arithmetic(operator, left, right, span)?,
        };
        result.sensitive |= left.sensitive || right.sensitive;
        Ok(result)
    }

    fn logic(&self, operator: BinaryOperator, left: &Value, right: &Value, span: Span) -> Outcome {
        let (left, right) = (self.operand(left, &Type::Bool, span)?, self.operand(right, &Type::Bool, span)?);
        let deciding = operator == BinaryOperator::Or;
        let origin = Origin::at(span);
        Ok(match (left.as_bool(), right.as_bool()) {
            (Some(a), Some(b)) => Value::bool(if deciding { a || b } else { a && b }, origin),
            // `false && unknown` is false whatever the unknown is.
            (Some(known), None) | (None, Some(known)) if known == deciding => Value::bool(deciding, origin),
            _ => non_null(unknown_like([&left, &right], Type::Bool, origin)),
        })
    }

    fn arithmetic(&self, operator: BinaryOperator, left: &Value, right: &Value, span: Span) -> Outcome {
        use BinaryOperator::{
            Add, Divide, Greater, GreaterEqual, Less, LessEqual, Modulo, Multiply, Subtract,
        };
        let (left, right) =
            (self.operand(left, &Type::Number, span)?, self.operand(right, &Type::Number, span)?);
        let origin = Origin::at(span);
        let compares = matches!(operator, Less | LessEqual | Greater | GreaterEqual);
        let (Some(a), Some(b)) = (left.as_number(), right.as_number()) else {
            if let Some(decided) = compare_bounds(operator, &left, &right) {
                return Ok(Value::bool(decided, origin));
            }
            let ty = if compares { Type::Bool } else { Type::Number };
            return Ok(non_null(unknown_like([&left, &right], ty, origin)));
        };
        let number = |result: Result<Number, crate::value::Undefined>| {
            result
                .map(|number| Value::number(number, origin.clone()))
                .map_err(|_| Failure::new(span, "the result of this operation is not defined"))
        };
        match operator {
            Add => number(Number::add(a, b)),
            Subtract => number(Number::sub(a, b)),
            Multiply => number(Number::mul(a, b)),
            Divide => number(Number::div(a, b)),
            Modulo => number(Number::rem(a, b)),
            Less => Ok(Value::bool(a < b, origin)),
            LessEqual => Ok(Value::bool(a <= b, origin)),
            Greater => Ok(Value::bool(a > b, origin)),
            _ => Ok(Value::bool(a >= b, origin)),
        }
    }
}

fn non_null(mut value: Value) -> Value {
    if let Kind::Unknown(unknown) = &mut value.kind {
        std::sync::Arc::make_mut(unknown).not_null = true;
    }
    value
}

/// A comparison decided by the bounds of numbers that are not known.
fn compare_bounds(operator: BinaryOperator, left: &Value, right: &Value) -> Option<bool> {
    let bounds = |value: &Value| match &value.kind {
        Kind::Number(number) => (Some(number.clone()), Some(number.clone())),
        Kind::Unknown(unknown) => unknown.range.clone(),
        _ => (None, None),
    };
    let ((left_low, left_high), (right_low, right_high)) = (bounds(left), bounds(right));
    let below = |high: &Option<Number>, low: &Option<Number>, or_equal: bool| match (high, low) {
        (Some(high), Some(low)) => high < low || (or_equal && high == low),
        _ => false,
    };
    let (always, never) = match operator {
        BinaryOperator::Less => (below(&left_high, &right_low, false), below(&right_high, &left_low, true)),
        BinaryOperator::LessEqual => {
            (below(&left_high, &right_low, true), below(&right_high, &left_low, false))
        }
        BinaryOperator::Greater => {
            (below(&right_high, &left_low, false), below(&left_high, &right_low, true))
        }
        BinaryOperator::GreaterEqual => {
            (below(&right_high, &left_low, true), below(&left_high, &right_low, false))
        }
        _ => return None,
    };
    if always {
        Some(true)
    } else if never {
        Some(false)
    } else {
        None
    }
}
